"""The long random tests' quick engine leaves in every block what the engine as it comes leaves."""

import random
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from trie.hexary import HexaryTrie

from ledger.books import run
from ledger.model.days import day_of, first_second
from ledger.model.errors.service import BatchReverted
from tests.cast import SteppedNode
from tests.machine.quick_node import QuickNode
from tests.machine.quick_tries import plain_tries, quicken_tries
from tests.oracle.random_books import random_book

STEPS = 25
GAS_LIMITS = range(60_000, 360_000, 12_500)
"""From too little for anything to enough for all."""


def _block(node: Any, number: int) -> tuple[Any, ...]:
    """State, receipts, events and gas of a block; its hash has a random part."""
    header = node._tester.backend.chain.get_canonical_block_by_number(number).header
    return (
        *(header.state_root, header.receipt_root, header.bloom),
        *(header.transaction_root, header.gas_used, header.timestamp),
    )


def _sent(node: Any, number: int) -> list[Any]:
    """The transactions of a block."""
    return list(node._tester.backend.chain.get_canonical_block_by_number(number).transactions)


def _follow(node: Any, leader: Any) -> None:
    """Make all blocks of another chain, with the same transactions at the same seconds."""
    for number in range(1, leader.block + 1):
        node._set_pending_second(leader.block_second(number))
        if sent := _sent(leader, number):
            [transaction] = sent
            node._tester.send_raw_transaction("0x" + transaction.encode().hex())
        else:
            node._tester.mine_block()


@pytest.mark.parametrize("seed", [1, 2])
def test_quick_engine_leaves_the_same_in_every_block(seed: int) -> None:
    book = random_book(seed, steps=STEPS)
    opening = first_second(day_of(date.fromisoformat(book["steps"][0]["on"])))
    quick, plain = (kind.in_process(start=opening) for kind in (QuickNode, SteppedNode))
    run(book, node=quick)
    [last] = _sent(quick, quick.block)
    for gas in GAS_LIMITS:
        with suppress(BatchReverted):
            quick.send("0x" + last.to.hex(), last.data, gas=gas)
    with plain_tries():
        _follow(plain, quick)
    assert quick.block == plain.block > STEPS + len(GAS_LIMITS)
    for number in range(1, plain.block + 1):
        assert _block(quick, number) == _block(plain, number), number


def _roots(seed: int) -> list[bytes]:
    """The roots of a trie that is written at random, by short keys too, so that nodes nest."""
    dice, found = random.Random(seed), []
    trie = HexaryTrie({})
    keys = [dice.randbytes(dice.choice((1, 2, 2, 32))) for _ in range(60)]
    for _ in range(40):
        with trie.squash_changes() as changed:
            for key in dice.sample(keys, 6):
                changed[key] = dice.randbytes(dice.choice((0, 1, 2, 40)))
                assert changed[key] == changed.get(key)
        found += [trie.root_hash, *(trie.get(one) for one in keys)]
    return found


@pytest.mark.parametrize("seed", range(5))
def test_quick_tries_are_those_that_come_with_the_engine(seed: int) -> None:
    quicken_tries()
    quick = _roots(seed)
    with plain_tries():
        assert _roots(seed) == quick
    assert len(set(quick)) > 40
