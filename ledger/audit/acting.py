"""What each function of a desk comes to, and one call carried out."""

from collections.abc import Mapping
from typing import Final

from ledger.audit.administering import ADMINISTERING
from ledger.audit.circulation import CIRCULATION
from ledger.audit.depositing import DEPOSITING
from ledger.audit.findings import Kind
from ledger.audit.issuing import ISSUING
from ledger.audit.lending import LENDING
from ledger.audit.paying import PAYING
from ledger.audit.ruling import RULING
from ledger.audit.scene import Handler, Scene
from ledger.audit.selling import SELLING
from ledger.audit.settling import SETTLING
from ledger.model.errors import LedgerError

__all__ = ["HANDLERS", "carry_out"]

HANDLERS: Final[Mapping[str, Handler]] = {
    **CIRCULATION,
    **ISSUING,
    **SELLING,
    **LENDING,
    **PAYING,
    **SETTLING,
    **DEPOSITING,
    **RULING,
    **ADMINISTERING,
}
"""By contract and function; any other function changes nothing that an event tells."""


def carry_out(scene: Scene) -> Scene:
    """Replay a call on the world of its scene, with what it leaves and what speaks against it."""
    handler = HANDLERS.get(f"{scene.desk.name}.{scene.call.function}")
    if handler is None:
        return scene
    try:
        handler(scene)
    except LedgerError as refusal:
        scene.faults.append((Kind.RULE, refusal))
    return scene
