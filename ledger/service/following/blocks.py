"""Blocks of the chain as they are read: a stretch at a time, each linked to the one before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ledger.chain.blooms import may_hold
from ledger.chain.codec import Event
from ledger.chain.endpoint import Block, Endpoint
from ledger.model.errors.store import ChainDiverged
from ledger.service.running.collecting import uncollected
from ledger.views import Entry

__all__ = ["Stretch", "Unsettled", "stretch_of"]


class Unsettled(Exception):
    """The answers do not fit together: the node changed its mind, or another one took over."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Blocks in their order, each linked to the one before, and the events of each."""

    blocks: tuple[Block, ...]
    entries: Mapping[int, list[Entry]]
    """By block; none for a block without events."""

    @property
    def last(self) -> Block:
        """The last block."""
        return self.blocks[-1]

    @property
    def event_count(self) -> int:
        """How many events there are."""
        return sum(map(len, self.entries.values()))

    @property
    def transaction_count(self) -> int:
        """How many transactions the blocks hold, ours and others."""
        return sum(len(one.transactions) for one in self.blocks)


def stretch_of(
    endpoint: Endpoint,
    numbers: range,
    addresses: Sequence[str],
    *,
    parent: bytes = b"",
    transactions_max: int,
) -> Stretch:
    """The first blocks of some numbers, with the events of these contracts.

    There are as many blocks as hold so many transactions, but one at least. `parent` is the hash
    that the first must be linked to; empty for any. Raises `ChainDiverged` if it is not,
    `Unsettled` where the answers do not fit together, and what the endpoint raises.
    """
    blocks = _linked(endpoint.blocks(numbers[0], numbers[-1]), numbers[0], parent)
    blocks = _short(blocks, transactions_max)
    with uncollected():
        events = endpoint.logs(blocks[0].number, blocks[-1].number, addresses)
        entries = _dated(events, {one.number: one for one in blocks})
        bare = [one for one in blocks if one.number not in entries]
        entries |= _left_out(endpoint, bare, addresses)
    return Stretch(tuple(blocks), entries)


def _linked(blocks: list[Block], first: int, parent: bytes) -> list[Block]:
    if not blocks or blocks[0].number != first:
        raise Unsettled
    if parent and blocks[0].parent != parent:
        raise ChainDiverged(number=first - 1, found=blocks[0].parent)
    for block, later in pairwise(blocks):
        if later.parent != block.hash or later.number != block.number + 1:
            raise Unsettled
    return blocks


def _short(blocks: list[Block], transactions_max: int) -> list[Block]:
    count = 0
    for place, block in enumerate(blocks):
        count += len(block.transactions)
        if place and count > transactions_max:
            return blocks[:place]
    return blocks


def _left_out(
    endpoint: Endpoint, blocks: Sequence[Block], addresses: Sequence[str]
) -> dict[int, list[Entry]]:
    """Events of blocks of which none was told, perhaps by a node that has others in their place."""
    doubtful = [one for one in blocks if may_hold(one.bloom, addresses)]
    events = endpoint.logs_of(doubtful, addresses) if doubtful else []
    return _dated([one for some in events for one in some], {one.number: one for one in doubtful})


def _dated(events: Sequence[Event], blocks: Mapping[int, Block]) -> dict[int, list[Entry]]:
    """Events by their blocks; each must be of the very block that was read."""
    entries: dict[int, list[Entry]] = {}
    number, second, hash_ = -1, 0, b""
    of_block: list[Entry] = []
    for event in events:
        if event.block != number:
            block = blocks.get(event.block)
            if block is None or event.block < number:
                raise Unsettled
            number, second, hash_ = block.number, block.second, block.hash
            of_block = entries[number] = []
        if event.block_hash != hash_:
            raise Unsettled
        of_block.append(
            Entry(
                event.name,
                event.values,
                event.contract,
                number,
                event.index,
                event.transaction,
                second,
            )
        )
    return entries
