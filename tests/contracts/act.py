"""One signed act that is about to succeed: what the forgeries start from."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ledger.chain.calls import Item, Signed, item_of
from ledger.model.commands import Command
from tests.cast import CHECKER, MAKER, Member

__all__ = ["Act", "Need", "beside"]


class Need(Enum):
    """How many signers an act needs, and which."""

    ONE = "any one signer"
    LOW = "a maker"
    HIGH = "a maker and a checker"


@dataclass(frozen=True, slots=True)
class Act:
    """A command in a situation where it would be carried out."""

    actor: Member
    command: Command
    need: Need
    carry: Callable[[Signed], Item]
    """The call that takes the signed command, with everything else that it needs."""
    standing: bool = False
    """An offer that stands: it may be good for long, and it uses no nonce."""

    def signed(self, command: Command | None = None) -> Signed:
        """The act as its participant signs it."""
        return self.actor.sign_by(command or self.command, MAKER, CHECKER)

    def item(self, command: Command | None = None) -> Item:
        """The act ready to relay."""
        return self.carry(self.signed(command))


def beside(*more: Any) -> Callable[[Signed], Item]:
    """The call with fixed things beside the command, or with such as follow from it."""

    def carry(signed: Signed) -> Item:
        return item_of(signed, *(one(signed.command) if callable(one) else one for one in more))

    return carry
