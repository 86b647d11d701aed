"""A stretch of blocks whose events another node tells, which may be on another fork."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from ledger.chain.blooms import FULL_BLOOM, bloom_of
from ledger.chain.codec import Event
from ledger.chain.endpoint import Block
from ledger.model.errors.service import NodeFailed
from ledger.service.following.blocks import Stretch, Unsettled, stretch_of

OURS, THEIRS = "0x" + "11" * 20, "0x" + "22" * 20
BLOCKS = [
    Block(number, bytes([number]) * 32, bytes([number - 1]) * 32, number, (bytes([number]),))
    for number in range(4, 8)
]


def _event(block: Block, contract: str = OURS) -> Event:
    return Event("NonceVoided", {}, contract, block.number, 0, block.transactions[0], block.hash)


@dataclass
class Mixed:
    """One node tells of the blocks, another of the events in a range; whoever has it of a block."""

    made: list[Block]
    told: list[Event]
    held: dict[bytes, list[Event]] = field(default_factory=dict)
    """By the hash of a block; those of any other are not here."""
    asked: list[int] = field(default_factory=list)

    def blocks(self, first: int, last: int) -> list[Block]:
        return [one for one in self.made if first <= one.number <= last]

    def logs(self, first: int, last: int, addresses: Sequence[str]) -> list[Event]:
        assert addresses == [OURS]
        return [one for one in self.told if first <= one.block <= last]

    def logs_of(self, blocks: Sequence[Block], addresses: Sequence[str]) -> list[list[Event]]:
        assert addresses == [OURS]
        self.asked += [one.number for one in blocks]
        if any(one.hash not in self.held for one in blocks):
            raise NodeFailed(url="other", problem="it does not have the block")
        return [self.held[one.hash] for one in blocks]

    def read(self) -> Stretch:
        """The stretch as the follower reads it."""
        chain: Any = self
        return stretch_of(chain, range(4, 8), [OURS], transactions_max=99)


def _with_bloom(place: int, bloom: int) -> list[Block]:
    return [replace(one, bloom=bloom) if at == place else one for at, one in enumerate(BLOCKS)]


@pytest.mark.parametrize("place", range(4))
def test_event_that_another_fork_lacks_is_asked_for_by_the_block_s_hash(place: int) -> None:
    held = {BLOCKS[place].hash: [_event(BLOCKS[place])]}
    others = [_event(one) for at, one in enumerate(BLOCKS) if at != place]
    chain = Mixed(_with_bloom(place, bloom_of([OURS, THEIRS])), others, held)
    stretch = chain.read()
    assert stretch.event_count == 4
    assert [one.block for one in stretch.entries[4 + place]] == [4 + place]
    assert chain.asked == [4 + place]


def test_nothing_is_read_while_nobody_has_the_block() -> None:
    with pytest.raises(NodeFailed):
        Mixed(_with_bloom(3, bloom_of([OURS])), []).read()


def test_answer_of_another_block_does_not_fit() -> None:
    other = replace(BLOCKS[3], hash=b"\x99" * 32)
    chain = Mixed(_with_bloom(3, bloom_of([OURS])), [], {BLOCKS[3].hash: [_event(other)]})
    with pytest.raises(Unsettled):
        chain.read()


def test_bloom_of_others_asks_nobody() -> None:
    chain = Mixed(_with_bloom(3, bloom_of([THEIRS])), [_event(BLOCKS[0])])
    assert chain.read().event_count == 1
    assert chain.asked == []


def test_false_hope_holds_no_events() -> None:
    held: dict[bytes, list[Event]] = {one.hash: [] for one in BLOCKS}
    chain = Mixed([replace(one, bloom=FULL_BLOOM) for one in BLOCKS], [_event(BLOCKS[1])], held)
    assert chain.read().event_count == 1
    assert chain.asked == [4, 6, 7]
