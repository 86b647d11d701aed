"""An endpoint that tells recorded events again, with blocks that fit: to be followed quickly."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from ledger.chain.codec import Event
from ledger.chain.deployment import Deployment
from ledger.chain.endpoint import Block
from ledger.model.errors.service import NodeFailed
from ledger.views import Entry
from tests.event_streams import by_block

__all__ = ["RecordedChain"]


def _hash(*parts: object) -> bytes:
    return hashlib.sha256(repr(parts).encode()).digest()


@dataclass(slots=True)
class RecordedChain:
    """The first blocks of a chain; `head_number` may be moved, and the tail replaced."""

    made: list[Block] = field(default_factory=list)
    events: dict[int, tuple[Event, ...]] = field(default_factory=dict)
    addresses: set[str] = field(default_factory=set)
    head_number: int = -1
    name: str = "recorded"
    chain_id: int = 1
    asked: list[tuple[int, int]] = field(default_factory=list)
    """The ranges whose events were asked for."""

    @classmethod
    def of(cls, stream: Sequence[Entry], *, flavour: str = "a") -> "RecordedChain":
        """A chain that holds these events; another flavour has other hashes."""
        chain = cls()
        chain.extend(stream, flavour=flavour)
        return chain

    @property
    def deployment(self) -> Deployment:
        """Where its ledger stands."""
        names = dict(enumerate(sorted(self.addresses)))
        return Deployment(1, 0, {str(name): address for name, address in names.items()})

    def extend(self, stream: Sequence[Entry], *, flavour: str) -> None:
        """Put blocks behind the last one; blocks without an event are made too."""
        held = {block[0].block: block for block in by_block(tuple(stream))}
        for number in range(len(self.made), max(held, default=len(self.made) - 1) + 1):
            self._append(held.get(number, []), flavour)
        self.head_number = len(self.made) - 1

    def empty(self, count: int, *, flavour: str = "a") -> None:
        """Put blocks without an event behind the last one."""
        for _ in range(count):
            self._append([], flavour)
        self.head_number = len(self.made) - 1

    def cut(self, number: int) -> None:
        """Lose every block above a number."""
        del self.made[number + 1 :]
        self.events = {one: found for one, found in self.events.items() if one <= number}
        self.head_number = len(self.made) - 1

    def _append(self, entries: Sequence[Entry], flavour: str) -> None:
        parent = self.made[-1] if self.made else None
        number = len(self.made)
        before = parent.hash if parent else bytes(32)
        second = entries[0].second if entries else (parent.second + 1 if parent else 1)
        hashes = tuple(dict.fromkeys(entry.transaction for entry in entries))
        hash_ = _hash(flavour, before, number, second, hashes)
        self.made.append(Block(number, hash_, before, second, hashes))
        self.events[number] = tuple(
            Event(one.name, one.values, one.contract, number, one.index, one.transaction, hash_)
            for one in entries
        )
        self.addresses |= {one.contract for one in entries}

    # ---- what an endpoint does

    def head(self) -> Block:
        """The last block."""
        return self.made[self.head_number]

    def block(self, number: int) -> Block | None:
        """A block by its number; None where there is none."""
        return self.made[number] if 0 <= number <= self.head_number else None

    def blocks(self, first: int, last: int) -> list[Block]:
        """Blocks `first` to `last` in order, up to the first that is missing."""
        return self.made[first : min(last, self.head_number) + 1]

    def logs(self, first: int, last: int, addresses: Sequence[str]) -> list[Event]:
        """Events of these contracts in some blocks, in order."""
        if last > self.head_number:
            raise NodeFailed(url=self.name, problem=f"no block yet: {last}")
        self.asked.append((first, last))
        found = (event for number in range(first, last + 1) for event in self.events[number])
        return [event for event in found if event.contract in addresses]

    def logs_of(self, blocks: Sequence[Block], addresses: Sequence[str]) -> list[list[Event]]:
        """Events of these contracts in each of some blocks."""
        return [self.logs(one.number, one.number, addresses) for one in blocks]
