"""Everything that a ledger remembers: the register and one part for each of its contracts."""

from dataclasses import dataclass, field
from typing import Any, TypeVar

from ledger.audit.contracts import Contracts
from ledger.audit.drafts import drafted
from ledger.audit.signers import Register

__all__ = ["World"]

Part = TypeVar("Part")


@dataclass(slots=True)
class World:
    """The parts of a ledger by the addresses of their contracts, and the register they share."""

    chain_id: int
    registry: str
    contracts: Contracts
    register: Register = field(default_factory=Register)
    _parts: dict[tuple[type, str], Any] = field(default_factory=dict)
    _under: dict[tuple[type, str], Any] = field(default_factory=dict)
    """Of a draft, the parts of the world that it is a draft of."""

    def draft(self) -> "World":
        """A world to try an act on: nothing of it comes back to this one."""
        register = drafted(self.register)
        return World(self.chain_id, self.registry, self.contracts, register, _under=self._parts)

    def part(self, kind: type[Part], address: str) -> Part:
        """What one contract remembers."""
        key = (kind, address)
        if key not in self._parts:
            made: Any = kind
            known = self._under.get(key)
            self._parts[key] = made(self.contracts[address]) if known is None else drafted(known)
        found: Part = self._parts[key]
        return found

    def parts(self, kind: type[Part]) -> list[Part]:
        """All parts of a kind."""
        return [part for (one, _), part in self._parts.items() if one is kind]
