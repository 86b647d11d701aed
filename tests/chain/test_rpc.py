"""A node over JSON-RPC: what it answers, and everything that may go wrong on the way."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from ledger.chain import rpc
from ledger.chain.codec import UNKNOWN_EVENT
from ledger.chain.endpoint import ENDPOINT_FAILURES, Answer, Question
from ledger.chain.relayer_key import RelayerKey
from ledger.chain.rpc import RpcEndpoint
from ledger.chain.rpc_shapes import reverted_of, sending_of
from ledger.chain.transactions import Reverted
from ledger.model.errors.service import NodeFailed, NodeUnreachable, SettingInvalid
from tests.cast import MORNING, free_port
from tests.faults.acts import batch, issue, move
from tests.faults.model_chain import ModelChain
from tests.faults.model_ledger import CHAIN_ID, DEPLOYMENT
from tests.faults.served import FAULTS, Served, serving

RELAY = DEPLOYMENT.address("Relay")
KEY = RelayerKey(b"\5" * 32, chain_id=CHAIN_ID)
BROKEN = [one for one in FAULTS if one not in ("doubled", "late")]


@pytest.fixture
def served() -> Iterator[Served]:
    with serving(ModelChain(lambda: MORNING)) as found:
        yield found


@pytest.fixture
def node(served: Served) -> Iterator[RpcEndpoint]:
    found = RpcEndpoint(served.url, timeout=5)
    yield found
    found.close()


def _raw(nonce: int, amount: int = 100) -> bytes:
    data = batch([issue(2, amount, nonce, MORNING + 900)])
    return KEY.sign(nonce, RELAY, data, gas=1_000_000).raw


class TestAddress:
    @pytest.mark.parametrize("url", ["", "node", "ftp://node", "ipc:///tmp/x", "http://"])
    def test_address_that_is_none_is_refused(self, url: str) -> None:
        with pytest.raises(SettingInvalid):
            RpcEndpoint(url)

    def test_nobody_there_is_unreachable_and_named_without_secrets(self) -> None:
        port = free_port()
        node = RpcEndpoint(f"http://me:secret@127.0.0.1:{port}/v3/key?token=1")
        with pytest.raises(NodeUnreachable) as caught:
            node.head()
        assert str(caught.value) == f"No chain answers at http://127.0.0.1:{port}."
        login = base64.b64encode(b"me:secret").decode()
        assert node._headers["Authorization"] == f"Basic {login}"
        assert node._path == "/v3/key?token=1"


class TestAnswers:
    def test_node_answers_as_the_chain_behind_it(self, served: Served, node: RpcEndpoint) -> None:
        chain = served.chain
        raws = [_raw(one) for one in range(3)]
        assert node.send(raws) == chain_taken(raws)
        chain.mine()
        assert node.chain_id == CHAIN_ID
        assert node.head() == chain.head()
        assert node.blocks(0, 9) == chain.blocks(0, 9)
        assert node.block(9) is None
        assert node.block(1) == chain.block(1)
        for addresses in ((), (DEPLOYMENT.address("Deposits"),)):
            assert node.logs(0, 2, addresses) == chain.logs(0, 2, addresses) != []
        assert node.transaction_count(KEY.address) == 3
        hashes = [one.hash for one in chain_taken(raws)]
        assert node.landed([*hashes, bytes(32)]) == chain.landed([*hashes, bytes(32)])
        assert node.code(RELAY) == b"\1"

    def test_a_thousand_questions_take_five_requests_on_one_connection(
        self, served: Served, node: RpcEndpoint
    ) -> None:
        good = Question(RELAY, batch([issue(2, 1, 1, MORNING + 9)]))
        bad = Question(RELAY, b"\1\2\3\4")
        answers = node.calls([good, bad] * 500)
        assert [isinstance(one, Reverted) for one in answers] == [False, True] * 500
        assert (served.requests, served.connections) == (5, 1)

    def test_refusal_comes_back_as_it_was_said(self, served: Served, node: RpcEndpoint) -> None:
        short = Question(RELAY, batch([move(2, 3, 1, 1, MORNING + 9)]))
        assert node.call(short) == served.chain.call(short)
        with pytest.raises(Reverted):
            node.call(Question(RELAY, b"\1\2\3\4"))

    def test_each_transaction_gets_its_answer(self, served: Served, node: RpcEndpoint) -> None:
        node.send([_raw(0)])
        served.chain.mine()
        answers = node.send([_raw(0, 7), _raw(1), _raw(1), _raw(1, 7)])
        expected = [Answer.NONCE_LOW, Answer.TAKEN, Answer.KNOWN, Answer.UNDERPRICED]
        assert [one.answer for one in answers] == expected
        answers = node.send([_raw(nonce) for nonce in range(2, 20)])
        assert {one.answer for one in answers} == {Answer.TAKEN, Answer.FULL}

    def test_events_of_many_blocks_are_asked_in_pieces(
        self, served: Served, node: RpcEndpoint, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for nonce in range(5):
            served.chain.send([_raw(nonce)])
            served.chain.mine()
        monkeypatch.setattr(rpc, "BLOCKS_MAX", 2)
        assert node.logs(0, 6, ()) == served.chain.logs(0, 6, ())
        assert served.requests == 5
        ask = served._eth_getLogs

        def bounded(asked: dict[str, Any]) -> list[Any]:
            if asked["fromBlock"] != asked["toBlock"]:
                raise ValueError("query returned more than 10000 results")
            return ask(asked)

        served._eth_getLogs = bounded  # type: ignore[method-assign]
        monkeypatch.setattr(rpc, "BLOCKS_MAX", 100)
        assert node.logs(0, 6, ()) == served.chain.logs(0, 6, ())

    def test_event_without_a_meaning_is_told_of_named_contracts_alone(
        self, served: Served, node: RpcEndpoint
    ) -> None:
        home = node.logs(0, 1, ())[0].contract
        known = node.logs(0, 1, (home,))
        ask = served._eth_getLogs

        def with_another(asked: dict[str, Any]) -> list[Any]:
            found = ask(asked)
            return [*found, {**found[-1], "topics": ["0x" + "ab" * 32], "logIndex": "0x63"}]

        served._eth_getLogs = with_another  # type: ignore[method-assign]
        assert [one.name for one in node.logs(0, 1, ())].count(UNKNOWN_EVENT) == 0
        *others, last = node.logs(0, 1, (home,))
        assert others == known != []
        assert (last.name, last.index, last.block_hash) == (UNKNOWN_EVENT, 99, known[-1].block_hash)

    def test_node_that_has_not_come_to_the_last_block_leaves_nothing_out_without_a_word(
        self, node: RpcEndpoint
    ) -> None:
        with pytest.raises(NodeFailed, match="not come to this block: 2"):
            node.logs(0, 2, ())

    def test_events_of_a_block_are_those_of_its_hash(
        self, served: Served, node: RpcEndpoint
    ) -> None:
        node.send([_raw(0)])
        served.chain.mine()
        blocks = served.chain.blocks(0, 2)
        for addresses in ((), (DEPLOYMENT.address("Deposits"),)):
            found = node.logs_of(blocks, addresses)
            assert found == served.chain.logs_of(blocks, addresses)
            assert [bool(one) for one in found] == [False, not addresses, True]
        other = replace(blocks[2], hash=bytes(32))
        with pytest.raises(NodeFailed, match="another answer named is not there"):
            node.logs_of([blocks[1], other], ())

    def test_answer_about_a_block_s_events_has_their_shape(
        self, served: Served, node: RpcEndpoint
    ) -> None:
        for wrong in ({}, None, "0x", [{"address": 5}]):
            served._eth_getLogs = lambda _, wrong=wrong: wrong  # type: ignore[misc]
            with pytest.raises(NodeFailed, match="another shape"):
                node.logs_of(served.chain.blocks(1, 1), ())

    def test_event_tells_the_block_that_holds_it(self, served: Served, node: RpcEndpoint) -> None:
        events = node.logs(0, 1, ())
        assert {one.block_hash for one in events} == {served.chain.head().hash}


def chain_taken(raws: list[bytes]) -> list[Any]:
    """What a fresh chain says to transactions."""
    return ModelChain(lambda: MORNING).send(raws)


class TestFaults:
    @pytest.mark.parametrize("fault", BROKEN)
    def test_broken_answer_is_a_failure_and_the_next_one_is_whole(
        self, served: Served, node: RpcEndpoint, fault: str
    ) -> None:
        served.fault = lambda: fault
        for ask in (node.head, lambda: node.send([_raw(0)]), lambda: node.landed([bytes(32)])):
            with pytest.raises(ENDPOINT_FAILURES):
                ask()
        served.fault = lambda: ""
        assert node.head() == served.chain.head()

    def test_lost_answer_is_made_good_by_the_same_bytes(
        self, served: Served, node: RpcEndpoint
    ) -> None:
        served.fault = lambda: "lost answer"
        with pytest.raises(NodeUnreachable):
            node.send([_raw(0)])
        served.fault = lambda: ""
        assert [one.answer for one in node.send([_raw(0)])] == [Answer.KNOWN]
        served.chain.mine()
        assert served.chain.ledger.deposits == {2: 100}

    def test_connection_that_was_closed_while_idle_is_made_anew(
        self, served: Served, node: RpcEndpoint
    ) -> None:
        node.head()
        faults = iter(["lost request", ""])
        served.fault = lambda: next(faults)
        assert node.head() == served.chain.head()
        assert served.connections == 2

    def test_node_that_takes_too_long_is_unreachable(self, served: Served) -> None:
        served.fault = lambda: "late"
        with pytest.raises(NodeUnreachable):
            RpcEndpoint(served.url, timeout=0.05).head()
        assert served.requests == 1

    @pytest.mark.parametrize(
        "answer", ["null", "7", '"x"', "[]", "{}", '{"id":0}', '{"id":0,"result":{}}', "[1]"]
    )
    def test_answer_of_another_shape_is_the_node_s_failure(
        self, served: Served, node: RpcEndpoint, answer: str
    ) -> None:
        served.answers = lambda _: json.loads(answer)  # type: ignore[method-assign]
        for ask in (
            node.head,
            lambda: node.chain_id,
            lambda: node.transaction_count(KEY.address),
            lambda: node.code(RELAY),
            lambda: node.logs(0, 0, ()),
            lambda: node.call(Question(RELAY, b"")),
        ):
            with pytest.raises(NodeFailed):
                ask()

    def test_answer_to_another_question_about_events_is_the_node_s_failure(
        self, served: Served, node: RpcEndpoint
    ) -> None:
        asked: list[bytes] = []

        def answered(body: bytes) -> dict[str, Any]:
            asked.append(body)
            return {"id": 7, "result": []} if b"eth_getLogs" in body else {"id": 0, "result": "0x0"}

        served.answers = answered  # type: ignore[method-assign]
        with pytest.raises(NodeFailed):
            node.logs(0, 0, ())
        assert b"eth_getLogs" in asked[-1]


@pytest.mark.parametrize(
    ("message", "answer"),
    [
        ("already known", Answer.KNOWN),
        ("transaction already imported", Answer.KNOWN),
        ("Known transaction", Answer.KNOWN),
        ("Nonce too low", Answer.NONCE_LOW),
        ("nonce too low: next nonce 5, tx nonce 3", Answer.NONCE_LOW),
        ("Replacement transaction underpriced", Answer.UNDERPRICED),
        ("replacement transaction underpriced", Answer.UNDERPRICED),
        ("Gas price below configured minimum gas price", Answer.UNDERPRICED),
        ("txpool is full", Answer.FULL),
        ("Transaction nonce is too far in the future", Answer.FULL),
        ("insufficient funds for gas * price + value", Answer.REFUSED),
        ("Sender account not authorized to send transactions", Answer.REFUSED),
        ("exceeds block gas limit", Answer.REFUSED),
    ],
)
def test_words_of_nodes_are_known(message: str, answer: Answer) -> None:
    said = {"id": 0, "error": {"code": -32000, "message": message}}
    assert sending_of(b"raw", said).answer is answer


@pytest.mark.parametrize(
    ("error", "data"),
    [
        ({"code": 3, "message": "execution reverted", "data": "0x0102"}, b"\1\2"),
        ({"code": -32000, "message": "Execution reverted", "data": "Reverted 0x0102"}, b"\1\2"),
        ({"code": -32000, "message": "execution reverted"}, b""),
        ({"code": -32003, "message": "Out of gas: gas required exceeds allowance"}, b""),
        ({"code": -32000, "message": "header not found"}, None),
    ],
)
def test_reverts_of_nodes_are_known(error: dict[str, Any], data: bytes | None) -> None:
    found = reverted_of(error)
    assert (None if found is None else found.data) == data
