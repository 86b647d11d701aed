"""The states of an import and of its payables."""

from enum import StrEnum

__all__ = ["ImportState", "ItemState"]


class ImportState(StrEnum):
    """Where an import stands."""

    UPLOADED = "uploaded"
    PREVIEWED = "previewed"
    AWAITING_SIGNATURES = "awaiting_signatures"
    RECORDING = "recording"
    """Signed; the ledger has not yet recorded the commitment."""
    ISSUING = "issuing"
    DONE = "done"
    """Every payable is issued, or refused with its reason."""
    FAILED = "failed"
    """The ledger refused the whole."""
    CANCELLED = "cancelled"


class ItemState(StrEnum):
    """Where one payable of an import stands."""

    WAITING = "waiting"
    ASKED = "asked"
    """An operation asks for it."""
    ISSUED = "issued"
    REFUSED = "refused"
