"""Blooms as the engines make them: what our contracts told in a block is never hidden."""

from ledger.chain.blooms import FULL_BLOOM, bloom_of, may_hold
from ledger.chain.rpc_shapes import block_of
from tests.cast import Cast, named

STRANGERS = ["0x" + named(f"stranger {one}")[:20].hex() for one in range(200)]


def test_blooms_of_the_engine_tell_where_our_contracts_told(cast: Cast) -> None:
    node, addresses = cast.node, list(cast.ledger.deployment.addresses.values())
    events = node.events(0, node.block, addresses)
    told = {(one.block, one.contract) for one in events}
    assert len({block for block, _ in told}) > 1
    hopes = 0
    for number in range(node.block + 1):
        bloom = int.from_bytes(node._w3.eth.get_block(number)["logsBloom"])
        for address in addresses:
            is_told = (number, address.lower()) in told
            assert may_hold(bloom, [address]) or not is_told
            hopes += may_hold(bloom, [address]) and not is_told
        hopes += sum(may_hold(bloom, [one]) for one in STRANGERS)
    assert hopes < 100


def test_empty_bloom_holds_nothing_and_a_full_one_perhaps_everything() -> None:
    assert not may_hold(0, STRANGERS)
    assert not may_hold(FULL_BLOOM, [])
    assert may_hold(FULL_BLOOM, STRANGERS[:1])
    assert may_hold(bloom_of(STRANGERS[:2]), STRANGERS[1:])


def test_block_without_a_bloom_may_hold_everything() -> None:
    hash_ = "0x" + "ab" * 32
    said = {"number": "0x1", "hash": hash_, "parentHash": hash_, "timestamp": "0x2"}
    said = {**said, "transactions": []}
    for more in ({}, {"logsBloom": None}):
        assert block_of({**said, **more}).bloom == FULL_BLOOM
    assert block_of({**said, "logsBloom": "0x" + "00" * 255 + "07"}).bloom == 7
