"""One call as an audit replays it: what it must leave, and what speaks against it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, TypeVar

from ledger.audit.calls import Call
from ledger.audit.contracts import Contract
from ledger.audit.findings import Kind
from ledger.audit.signers import Register
from ledger.audit.world import World
from ledger.chain.codec import Event
from ledger.model.days import day_of_second
from ledger.model.errors import ERRORS, LedgerError

__all__ = ["Effect", "Handler", "Scene"]

Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Effect:
    """An event that an act must leave."""

    contract: str
    name: str
    values: Mapping[str, Any]


@dataclass(slots=True)
class Scene:
    """A call on a world at a second; handlers change the world and tell effects."""

    world: World
    call: Call
    second: int
    events: Sequence[Event] = ()
    """What the transaction has left, for what no command says: the number of a version."""
    effects: list[Effect] = field(default_factory=list)
    faults: list[tuple[Kind, LedgerError]] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)
    """Of the commands that it carries, in the order they are authorised."""

    @property
    def desk(self) -> Contract:
        """The contract that was called."""
        return self.call.desk

    @property
    def today(self) -> int:
        """The business day."""
        return day_of_second(self.second)

    @property
    def register(self) -> Register:
        """Who may sign."""
        return self.world.register

    def own(self, kind: type[Part]) -> Part:
        """What the called contract remembers."""
        return self.world.part(kind, self.desk.address)

    def near(self, kind: type[Part], wire: str, asker: Contract | None = None) -> Part:
        """What a contract remembers that the called one (or another asker) asks."""
        target = (asker or self.desk).wires.get(wire)
        if target is None:
            raise ERRORS["NotDesk"].of(bytes.fromhex(self.desk.address[2:]))
        return self.world.part(kind, target)

    def tell(self, contract: Contract | str, name: str, **values: Any) -> None:
        """An event that must be there."""
        address = contract if isinstance(contract, str) else contract.address
        plain = {key: _plain(value) for key, value in values.items()}
        self.effects.append(Effect(address, name, plain))

    def require(self, is_so: bool, refusal: str, *values: object) -> None:
        """Note the refusal that the contract had to give; the act was carried out nevertheless."""
        if not is_so:
            self.faults.append((Kind.RULE, ERRORS[refusal].of(*values)))

    def blame(self, kind: Kind, refusals: Iterable[LedgerError]) -> None:
        """Note refusals of a kind."""
        self.faults += [(kind, refusal) for refusal in refusals]


Handler = Callable[[Scene], None]
"""Replays one function of a desk."""


def _plain(value: Any) -> Any:
    """Values as events hold them."""
    return int(value) if isinstance(value, IntEnum) else value
