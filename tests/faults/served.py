"""A model chain behind JSON-RPC over HTTP, with faults of the network on the way."""

import base64
import json
import pickle
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any, Final

from ledger.chain.endpoint import Answer, Block, Landed, Question
from ledger.chain.transactions import Reverted
from tests.faults.model_chain import ModelChain

__all__ = ["FAULTS", "Served", "serving"]

FAULTS: Final = ("lost request", "lost answer", "doubled", "error", "garbage", "half", "late")
"""What may happen to one HTTP request."""

_SAID: Final = {
    Answer.KNOWN: "already known",
    Answer.NONCE_LOW: "nonce too low",
    Answer.UNDERPRICED: "replacement transaction underpriced",
    Answer.FULL: "txpool is full",
}


class Served:
    """The server's state; `fault` says what happens to the next request, if anything."""

    def __init__(self, chain: ModelChain) -> None:
        self.chain = chain
        self.fault: Callable[[], str] = lambda: ""
        self.url = ""
        self.ahead = 0
        self.requests = 0
        self.connections = 0
        self.turn = threading.RLock()

    def answers(self, body: bytes) -> Any:
        """The answer to one request: a batch or a single question."""
        asked = json.loads(body)
        with self.turn:
            if isinstance(asked, list):
                # Answers may stand in any order.
                return [self._answer(one) for one in asked][::-1]
            return self._answer(asked)

    def _answer(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        head = {"jsonrpc": "2.0", "id": asked["id"]}
        method = getattr(self, "_" + asked["method"], None)
        if method is None:
            return {**head, "error": {"code": -32601, "message": "no such method"}}
        try:
            return {**head, "result": method(*asked["params"])}
        except Reverted as reverted:
            data = "0x" + reverted.data.hex()
            return {**head, "error": {"code": 3, "message": "execution reverted", "data": data}}
        except ValueError as failure:
            return {**head, "error": {"code": -32000, "message": str(failure)}}

    # ---- what a campaign does to the node

    def _model_reset(self, rate: float, seed: int) -> None:
        """A fresh chain; requests fail at a rate."""
        self.ahead = 0
        self.chain = ModelChain(lambda: int(time.time()) + self.ahead)
        chance = Random(seed)

        def fault() -> str:
            kinds = ("lost request", "lost answer", "doubled", "error", "garbage", "half")
            return chance.choice(kinds) if chance.random() < rate else ""

        self.fault = fault

    def _model_mine(self) -> None:
        self.chain.mine()

    def _model_advance(self, seconds: int) -> None:
        """Time passes, and a block says so."""
        self.ahead += seconds
        self.chain.mine()

    def _model_rollback(self, count: int) -> None:
        """The node was killed and begins without its last blocks and its pool."""
        self.chain.rollback(count)
        self.chain.lose_pool()
        self.ahead += 1

    def _model_dump(self) -> str:
        """The whole chain, for whoever judges."""
        chain = self.chain
        return base64.b64encode(pickle.dumps((chain._made, chain.taken))).decode()

    # ---- methods

    def _eth_chainId(self) -> str:  # noqa: N802 -- as the network spells it
        return hex(self.chain.chain_id)

    def _eth_blockNumber(self) -> str:  # noqa: N802
        return hex(self.chain.head().number)

    def _eth_getBlockByNumber(self, number: str, _full: bool) -> Any:  # noqa: N802
        found = self.chain.head() if number == "latest" else self.chain.block(int(number, 16))
        return None if found is None else _block(found)

    def _eth_getLogs(self, asked: Mapping[str, Any]) -> list[Any]:  # noqa: N802
        if "blockHash" in asked:
            block = self.chain.with_hash(bytes.fromhex(asked["blockHash"][2:]))
            if block is None:
                return []  # as some nodes say
            first = last = block.number
        else:
            first, last = int(asked["fromBlock"], 16), int(asked["toBlock"], 16)
        found = self.chain.raw_logs(first, last)
        return [
            _log(one) for one in found if one["address"] in (asked["address"] or [one["address"]])
        ]

    def _eth_getBlockByHash(self, hash_: str, _full: bool) -> Any:  # noqa: N802
        found = self.chain.with_hash(bytes.fromhex(hash_[2:]))
        return None if found is None else _block(found)

    def _eth_call(self, asked: Mapping[str, str], _block: str) -> str:
        question = Question(asked["to"], bytes.fromhex(asked["data"][2:]), int(asked["gas"], 16))
        return "0x" + self.chain.call(question).hex()

    def _eth_getCode(self, address: str, _block: str) -> str:  # noqa: N802
        return "0x" + self.chain.code(address).hex()

    def _eth_getTransactionCount(self, address: str, _block: str) -> str:  # noqa: N802
        return hex(self.chain.transaction_count(address))

    def _eth_getTransactionReceipt(self, hash_: str) -> Any:  # noqa: N802
        [found] = self.chain.landed([bytes.fromhex(hash_[2:])])
        return None if found is None else _receipt(found)

    def _eth_sendRawTransaction(self, raw: str) -> str:  # noqa: N802
        [sending] = self.chain.send([bytes.fromhex(raw[2:])])
        if sending.answer is not Answer.TAKEN:
            raise ValueError(_SAID[sending.answer])
        return "0x" + sending.hash.hex()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # an answer is two writes; the second would wait for an ACK
    served: Served

    def setup(self) -> None:
        super().setup()
        self.served.connections += 1

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fault = "" if b'"model_' in body else self.served.fault()
        self.served.requests += 1
        if fault == "lost request":
            self.close_connection = True
            return
        content, status = json.dumps(self.served.answers(body)).encode(), 200
        if fault == "lost answer":
            self.close_connection = True
            return
        if fault == "doubled":
            self.served.answers(body)
        elif fault == "error":
            content, status = b"bad gateway", 502
        elif fault == "garbage":
            content = b"[]"
        elif fault == "late":
            time.sleep(0.3)
        self._reply(status, content, cut=fault == "half")

    def _reply(self, status: int, content: bytes, *, cut: bool) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if cut else content)
        self.close_connection = self.close_connection or cut

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class _Quiet(ThreadingHTTPServer):
    """Says nothing about a caller that died in the middle of a request."""

    def handle_error(self, *_: Any) -> None:
        if not isinstance(sys.exception(), (OSError, ValueError)):
            super().handle_error(*_)


@contextmanager
def serving(chain: ModelChain) -> Iterator[Served]:
    """A chain behind HTTP, in threads of this process."""
    served = Served(chain)
    handler = type("Handler", (_Handler,), {"served": served})
    with _Quiet(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        served.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield served
        finally:
            server.shutdown()
            thread.join(timeout=5)


def _block(block: Block) -> dict[str, Any]:
    return {
        "number": hex(block.number),
        "hash": "0x" + block.hash.hex(),
        "parentHash": "0x" + block.parent.hex(),
        "timestamp": hex(block.second),
        "transactions": ["0x" + one.hex() for one in block.transactions],
        "logsBloom": f"0x{block.bloom:0512x}",
    }


def _log(log: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "address": log["address"],
        "topics": ["0x" + one.hex() for one in log["topics"]],
        "data": "0x" + log["data"].hex(),
        "blockNumber": hex(log["blockNumber"]),
        "logIndex": hex(log["logIndex"]),
        "transactionHash": "0x" + log["transactionHash"].hex(),
        "blockHash": "0x" + log["blockHash"].hex(),
    }


def _receipt(landed: Landed) -> dict[str, Any]:
    return {
        "blockNumber": hex(landed.block),
        "blockHash": "0x" + landed.block_hash.hex(),
        "status": hex(landed.is_done),
        "gasUsed": hex(landed.gas_used),
        "contractAddress": landed.contract,
    }
