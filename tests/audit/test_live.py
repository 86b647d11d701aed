"""The audits' own door to an in-process chain says what eth-tester's says."""

from ledger.audit import audit
from ledger.chain.history import History
from ledger.chain.transactions import Reverted
from tests.audit.conftest import Told
from tests.audit.live import Live


def _plain(told: Told) -> History:
    """The same chain by the door that eth-tester has."""
    return History(told.cast.node._w3)


def test_history_of_a_chain_is_the_same_by_both_doors(told: Told) -> None:
    live, plain = Live(told.cast.node).history(), _plain(told)
    last, contracts = plain.last_block, list(told.honest.contracts)
    assert (live.chain_id, live.last_block) == (plain.chain_id, last)
    assert [live.block(one) for one in range(last + 1)] == [
        plain.block(one) for one in range(last + 1)
    ]
    events = list(plain.events(0, last, contracts))
    assert list(live.events(0, last, contracts)) == events
    assert live.emitters(0, last, "DeskAdded") == plain.emitters(0, last, "DeskAdded")
    for hash_ in {one.transaction for one in events}:
        assert live.transaction(hash_) == plain.transaction(hash_)
    for contract in contracts:
        assert live.code(contract) == plain.code(contract)


def test_refusal_of_a_view_is_the_same_by_both_doors(told: Told) -> None:
    asked = told.cast.ledger.deployment.address("Vouchers"), b"\1\2\3\4"
    said = []
    for history in (Live(told.cast.node).history(), _plain(told)):
        try:
            history.call(*asked, history.last_block)
        except Reverted as reverted:
            said.append(reverted.data)
    assert len(said) == 2
    assert said[0] == said[1]


def test_audit_by_both_doors_says_the_same(told: Told) -> None:
    assert audit(_plain(told), told.registry) == told.honest
