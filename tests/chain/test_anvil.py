"""The same endpoint against a real node: its words, its blocks, its events."""

from collections.abc import Iterator
from itertools import pairwise

import pytest

from ledger.chain.endpoint import Answer, Question
from ledger.chain.endpoint_node import EndpointNode
from ledger.chain.failover import Endpoints
from ledger.chain.node import Node
from ledger.chain.rpc import RpcEndpoint
from ledger.chain.transactions import Reverted
from ledger.model.errors import UnknownVoucher
from tests.chain.chains import SECRET, founded, relayer_key, running_anvil

pytestmark = pytest.mark.anvil

CHAIN_ID = 20261
KEY = relayer_key(CHAIN_ID)
TO = "0x" + "11" * 20


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running_anvil("--no-mining") as found:
        yield found


@pytest.fixture(scope="module")
def mining() -> Iterator[str]:
    with running_anvil() as found:
        yield found


@pytest.fixture
def node(url: str) -> Iterator[RpcEndpoint]:
    found = RpcEndpoint(url)
    yield found
    found.close()


def test_real_node_says_what_we_understand(node: RpcEndpoint) -> None:
    first = node.transaction_count(KEY.address)
    raws = [KEY.sign(first + one, TO, b"", gas=100_000).raw for one in range(3)]
    assert [one.answer for one in node.send(raws)] == [Answer.TAKEN] * 3
    other = KEY.sign(first, TO, b"\1", gas=100_000).raw
    answers = [one.answer for one in node.send([raws[0], other])]
    assert answers == [Answer.KNOWN, Answer.UNDERPRICED]
    node._ask("evm_mine")
    answers = [one.answer for one in node.send([raws[0], other])]
    assert answers[1] is Answer.NONCE_LOW
    assert answers[0] in (Answer.NONCE_LOW, Answer.KNOWN)
    heavy = KEY.sign(first + 3, TO, b"", gas=10**12).raw
    [refused] = node.send([heavy])
    assert refused.answer is Answer.REFUSED
    landed = node.landed([one.hash for one in node.send(raws)])
    assert [one.is_done for one in landed if one is not None] == [True] * 3
    head = node.head()
    assert {one.block for one in landed if one is not None} == {head.number}
    assert len(head.transactions) == 3


def test_ledger_is_put_on_a_real_node_through_the_endpoint(mining: str) -> None:
    endpoint = RpcEndpoint(mining)
    several = Endpoints([endpoint], chain_id=CHAIN_ID)
    ledger = founded(EndpointNode(several, KEY))
    reference = Node.connect(mining, SECRET)
    addresses = list(ledger.deployment.addresses.values())
    assert ledger.events() == reference.events(1, reference.block, addresses) != []
    assert ledger.ask("Participants", "participantCount") == 8
    with pytest.raises(UnknownVoucher):
        ledger.voucher(7 << 32 | 1)
    relay = ledger.deployment.address("Relay")
    good = Question(ledger.deployment.address("Participants"), b"\1\2\3\4")
    answers = several.calls([good, Question(relay, b"\1\2\3\4")] * 150)
    assert all(isinstance(one, Reverted) for one in answers)
    blocks = several.blocks(0, 1_000)
    assert blocks[0].hash == several.genesis
    for before, after in pairwise(blocks):
        assert after.parent == before.hash
    endpoint.close()
