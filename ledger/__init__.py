"""Fenbook, a ledger of supply-chain receivables: the service, without HTTP.

The public names; each is imported when it is first asked for, since a chain takes seconds.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ledger.books import BookRun
    from ledger.chain.calls import Item, Signed, item_of
    from ledger.chain.codec import Event
    from ledger.chain.deployment import Deployment, Founder
    from ledger.chain.keys import AccountKey
    from ledger.chain.node import Node
    from ledger.model.commands import COMMANDS, Command, command_of
    from ledger.model.errors import ERRORS, Kind, LedgerError
    from ledger.model.ids import root_voucher
    from ledger.model.parts import RuleSet, Signer
    from ledger.model.sentences import sentence
    from ledger.model.states import Duty, Role
    from ledger.service.ledger import Ledger, Outcome
    from ledger.service.party import Party
    from ledger.views import Projection

__version__ = "0.1.0"

_HOMES = {
    "ledger.books": ("BookRun",),
    "ledger.chain.calls": ("Item", "Signed", "item_of"),
    "ledger.chain.codec": ("Event",),
    "ledger.chain.deployment": ("Deployment", "Founder"),
    "ledger.chain.keys": ("AccountKey",),
    "ledger.chain.node": ("Node",),
    "ledger.model.commands": ("COMMANDS", "Command", "command_of"),
    "ledger.model.errors": ("ERRORS", "Kind", "LedgerError"),
    "ledger.model.ids": ("root_voucher",),
    "ledger.model.parts": ("RuleSet", "Signer"),
    "ledger.model.sentences": ("sentence",),
    "ledger.model.states": ("Duty", "Role"),
    "ledger.service.ledger": ("Ledger", "Outcome"),
    "ledger.service.party": ("Party",),
    "ledger.views": ("Projection",),
}

__all__ = [
    "COMMANDS",
    "ERRORS",
    "AccountKey",
    "BookRun",
    "Command",
    "Deployment",
    "Duty",
    "Event",
    "Founder",
    "Item",
    "Kind",
    "Ledger",
    "LedgerError",
    "Node",
    "Outcome",
    "Party",
    "Projection",
    "Role",
    "RuleSet",
    "Signed",
    "Signer",
    "__version__",
    "command_of",
    "item_of",
    "root_voucher",
    "sentence",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its home."""
    for home, names in _HOMES.items():
        if name in names:
            value = getattr(import_module(home), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
