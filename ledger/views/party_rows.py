"""Rows about who takes part: participants, signers, commands, lines, invoices, batches."""

from ledger.model.lateness import is_blocking
from ledger.model.states import Role
from ledger.views.row import Row

__all__ = [
    "Batch",
    "Executed",
    "Exposure",
    "Invoice",
    "Participant",
    "Recovery",
    "Refused",
    "SignerRow",
]


class Participant(Row, frozen=True):
    """An admitted organisation."""

    id: int
    roles: Role
    identity: bytes
    recovery_bank: int
    threshold_low: int = 0
    threshold_high: int = 0
    high_from: int = 0
    signers: int = 0
    """Numbers given to signers."""
    first_signer: int = 0
    """Signers below were replaced by a recovery."""
    is_suspended: bool = False
    is_frozen: bool = False
    frozen_at: int = 0
    """The last second a freeze began."""
    committed: int = 0
    """What it committed on `committed_day`, up to the largest sum that is kept."""
    committed_day: int = 0


class SignerRow(Row, frozen=True):
    """A key that may sign for a participant."""

    participant: int
    number: int
    key: bytes
    duty: int
    expiry: int
    certificate: bytes
    is_revoked: bool = False


class Recovery(Row, frozen=True):
    """New keys proposed for a participant that lost its own."""

    participant: int
    digest: bytes
    effective: int


class Executed(Row, frozen=True):
    """A command that took effect."""

    digest: bytes
    participant: int
    nonce: int
    second: int
    transaction: bytes


class Refused(Row, frozen=True):
    """An item of a batch that changed nothing."""

    digest: bytes
    reason: bytes
    """The refusal as the contract's error."""
    second: int
    transaction: bytes


class Exposure(Row, frozen=True):
    """What an obligor may have and has outstanding."""

    obligor: int
    limit: int = 0
    outstanding: int = 0
    unpaid: tuple[tuple[int, int], ...] = ()
    """Due days of unpaid payables and how many fall due on each, rising."""

    @property
    def unpaid_due(self) -> int:
        """First day on which an unpaid payable fell or falls due; 0 for none."""
        return self.unpaid[0][0] if self.unpaid else 0

    def is_blocked(self, day: int) -> bool:
        """Whether a payable is overdue, so that nothing can be issued."""
        return is_blocking(self.unpaid_due, day)


class Invoice(Row, frozen=True):
    """An invoice and how much of it backs payables."""

    fingerprint: bytes
    total: int
    used: int
    uses: tuple[tuple[int, int], ...] = ()
    """Payables and what each uses of it."""


class Batch(Row, frozen=True):
    """Many issues that one signature commits to."""

    digest: bytes
    obligor: int
    root: bytes
    count: int
    left: int
    deadline: int
    issued: int = 0
    is_void: bool = False
