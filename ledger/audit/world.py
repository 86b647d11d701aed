"""Everything that a ledger remembers: the register and one part for each of its contracts."""

from dataclasses import dataclass, field
from typing import Any, TypeVar

from ledger.audit.contracts import Contracts
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

    def part(self, kind: type[Part], address: str) -> Part:
        """What one contract remembers."""
        key = (kind, address)
        if key not in self._parts:
            made: Any = kind
            self._parts[key] = made(self.contracts[address])
        found: Part = self._parts[key]
        return found

    def parts(self, kind: type[Part]) -> list[Part]:
        """All parts of a kind."""
        return [part for (one, _), part in self._parts.items() if one is kind]
