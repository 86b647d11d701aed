"""A chain behind one JSON-RPC node, asked over a kept-alive connection.

No web3 here: a question through it costs seven times as much. Many questions travel in one batch.
"""

from base64 import b64encode
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final, TypeVar
from urllib.parse import unquote, urlsplit

import msgspec

from ledger.chain.codec import Event
from ledger.chain.endpoint import Block, Landed, Question, Sending
from ledger.chain.log_texts import Log, events_in, events_of
from ledger.chain.rpc_shapes import (
    block_of,
    bytes_of,
    landed_of,
    message_of,
    number_of,
    question_json,
    reverted_of,
    sending_of,
)
from ledger.chain.transactions import Reverted
from ledger.model.errors.service import NodeFailed, NodeUnreachable, SettingInvalid

__all__ = ["RpcEndpoint"]

BATCH_MAX: Final = 200
"""Questions in one HTTP request; Besu takes 1,024."""

BLOCKS_MAX: Final = 2_000
"""Blocks that one question about events spans; Besu answers for 5,000."""

_BODY_MAX: Final = 512 * 1024 * 1024
"""An answer beyond this is no answer."""

_TIMEOUT_SECONDS: Final = 10.0

_OTHERWISE: Final = "other shape"

_Call = tuple[str, list[Any]]
_Shape = TypeVar("_Shape")


class _Logs(msgspec.Struct, frozen=True):
    """The answer to a question about events."""

    id: int
    result: list[Log] | None = None
    error: Any = None


_ANY: Final = msgspec.json.Decoder[Any]()
_LOGS: Final = msgspec.json.Decoder(_Logs)


class RpcEndpoint:
    """One node. Any number of threads may ask at once; each question has a connection of its own.

    Made without asking anything, so that a service starts while its node is away.
    """

    def __init__(self, url: str, *, timeout: float = _TIMEOUT_SECONDS) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SettingInvalid(setting="node", problem="no address")
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._timeout = timeout
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if parts.username is not None:
            login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers["Authorization"] = "Basic " + b64encode(login.encode()).decode()
        self._idle: deque[HTTPConnection] = deque()
        self._chain_id: int | None = None
        self.name = _without_secrets(url)

    def close(self) -> None:
        """Let go of the connections; a later question makes a new one."""
        while self._idle:
            self._idle.pop().close()

    # ---- questions

    @property
    def chain_id(self) -> int:
        """Number of the chain; asked once."""
        if self._chain_id is None:
            self._chain_id = self._shaped(number_of, self._ask("eth_chainId"))
        return self._chain_id

    def head(self) -> Block:
        """The last block."""
        return self._shaped(block_of, self._ask("eth_getBlockByNumber", "latest", False))

    def block(self, number: int) -> Block | None:
        """A block by its number; None where there is none yet."""
        found = self.blocks(number, number)
        return found[0] if found else None

    def blocks(self, first: int, last: int) -> list[Block]:
        """Blocks `first` to `last` in order, up to the first that is missing."""
        calls: list[_Call] = [
            ("eth_getBlockByNumber", [hex(one), False]) for one in range(first, last + 1)
        ]
        found: list[Block] = []
        for answer in self._ask_all(calls):
            if answer is None:
                break
            found.append(self._shaped(block_of, answer))
        return found

    def logs(self, first: int, last: int, addresses: Sequence[str]) -> list[Event]:
        """Events of these contracts in some blocks, in order; in halves where that is too much.

        A node that has not come to the last block would leave events out without a word.
        """
        if self._shaped(number_of, self._ask("eth_blockNumber")) < last:
            raise self._failed(f"no block yet: {last}")
        read = partial(events_of, keeps_unknown=bool(addresses))
        events: list[Event] = []
        for low in range(first, last + 1, BLOCKS_MAX):
            high = min(low + BLOCKS_MAX - 1, last)
            events += self._shaped(read, self._logs(low, high, list(addresses)))
        return events

    def logs_of(self, blocks: Sequence[Block], addresses: Sequence[str]) -> list[list[Event]]:
        """Events of these contracts in each of some blocks; a node without one may tell of none."""
        calls: list[_Call] = []
        for hash_ in ("0x" + one.hash.hex() for one in blocks):
            asked = {"blockHash": hash_, "address": list(addresses)}
            calls += [("eth_getBlockByHash", [hash_, False]), ("eth_getLogs", [asked])]
        answers = self._ask_all(calls)
        if None in answers[::2]:
            raise self._failed("block named elsewhere")
        read = partial(events_in, keeps_unknown=bool(addresses))
        return [self._shaped(read, one) for one in answers[1::2]]

    def call(self, question: Question) -> bytes:
        """The answer of a contract at the last block; raises `Reverted`."""
        [answer] = self.calls([question])
        if isinstance(answer, Reverted):
            raise answer
        return answer

    def calls(self, questions: Sequence[Question]) -> list[bytes | Reverted]:
        """Many answers at once; a `Reverted` stands in its question's place."""
        calls: list[_Call] = [("eth_call", [question_json(one), "latest"]) for one in questions]
        return [self._answered(one) for one in self._answers(calls)]

    def code(self, address: str) -> bytes:
        """Code at an address."""
        return self._shaped(bytes_of, self._ask("eth_getCode", address, "latest"))

    def transaction_count(self, address: str) -> int:
        """The next nonce of a key by the mined blocks alone."""
        return self._shaped(number_of, self._ask("eth_getTransactionCount", address, "latest"))

    def landed(self, hashes: Sequence[bytes]) -> list[Landed | None]:
        """Where transactions stand; None for one that is in no block."""
        calls: list[_Call] = [("eth_getTransactionReceipt", ["0x" + one.hex()]) for one in hashes]
        answers = self._ask_all(calls)
        return [None if one is None else self._shaped(landed_of, one) for one in answers]

    # ---- transactions

    def send(self, raws: Sequence[bytes]) -> list[Sending]:
        """Send signed transactions in this order; each gets its answer."""
        calls: list[_Call] = [("eth_sendRawTransaction", ["0x" + one.hex()]) for one in raws]
        answers = self._answers(calls)
        return [sending_of(raw, one) for raw, one in zip(raws, answers, strict=True)]

    # ---- JSON-RPC

    def _ask(self, method: str, *parameters: Any) -> Any:
        [answer] = self._ask_all([(method, list(parameters))])
        return answer

    def _ask_all(self, calls: Sequence[_Call]) -> list[Any]:
        """Results alone; an error in one of them is the node's failure."""
        return [self._result(one) for one in self._answers(calls)]

    def _result(self, answer: Mapping[str, Any]) -> Any:
        if answer.get("error") is not None:
            raise self._failed(message_of(answer["error"]))
        return answer.get("result")

    def _answers(self, calls: Sequence[_Call]) -> list[Mapping[str, Any]]:
        """The node's answers, in the order of the calls."""
        found: list[Mapping[str, Any]] = []
        for start in range(0, len(calls), BATCH_MAX):
            found += self._batch(calls[start : start + BATCH_MAX])
        return found

    def _batch(self, calls: Sequence[_Call]) -> list[Mapping[str, Any]]:
        answer = self._exchange(_body(calls), _ANY)
        answers = answer if isinstance(answer, list) else [answer]
        numbered = {one.get("id"): one for one in answers if isinstance(one, dict)}
        if numbered.keys() != set(range(len(calls))):
            raise self._failed(message_of(answers[0]) if answers else "empty answer")
        return [numbered[number] for number in range(len(calls))]

    def _exchange(self, body: bytes, answers: msgspec.json.Decoder[_Shape]) -> _Shape:
        """One HTTP request. A kept-alive connection that the node has closed is tried anew once.

        To send the same bytes twice is harmless: every question here may be asked again, and a
        transaction is known by its hash.
        """
        for _ in range(2):
            connection, is_fresh = self._connection()
            try:
                connection.request("POST", self._path, body, self._headers)
                response = connection.getresponse()
                content = response.read(_BODY_MAX + 1)
                if len(content) > _BODY_MAX or not response.isclosed():
                    raise HTTPException("the answer is too long")
            except (OSError, HTTPException) as failure:
                connection.close()
                if is_fresh or isinstance(failure, TimeoutError):
                    break
                continue
            self._idle.append(connection)
            return self._read(response.status, content, answers)
        raise NodeUnreachable(url=self.name)

    def _connection(self) -> tuple[HTTPConnection, bool]:
        """A connection that is idle, or a fresh one."""
        try:
            return self._idle.pop(), False
        except IndexError:
            kind = HTTPSConnection if self._secure else HTTPConnection
            return kind(self._host, self._port, timeout=self._timeout), True

    def _read(self, status: int, content: bytes, answers: msgspec.json.Decoder[_Shape]) -> _Shape:
        try:
            return answers.decode(content)
        except msgspec.ValidationError:
            raise self._failed(_OTHERWISE) from None
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise self._failed(f"HTTP status: {status}") from None

    # ---- shapes

    def _shaped(self, shape: Callable[[Any], _Shape], answer: Any) -> _Shape:
        """An answer in our words; one of another shape is the node's failure."""
        try:
            return shape(answer)
        except (AttributeError, KeyError, TypeError, ValueError):
            raise self._failed(_OTHERWISE) from None

    def _logs(self, low: int, high: int, addresses: list[str]) -> list[Log]:
        asked = {"fromBlock": hex(low), "toBlock": hex(high), "address": addresses}
        try:
            answer = self._exchange(_body([("eth_getLogs", [asked])]), _LOGS)
            if answer.error is not None:
                raise self._failed(message_of(answer.error))
            if answer.result is None or answer.id != 0:
                raise self._failed(_OTHERWISE)
            return answer.result
        except NodeFailed:
            if low == high:
                raise
        middle = (low + high) // 2
        return self._logs(low, middle, addresses) + self._logs(middle + 1, high, addresses)

    def _answered(self, answer: Mapping[str, Any]) -> bytes | Reverted:
        error = answer.get("error")
        if error is None:
            return self._shaped(bytes_of, answer.get("result"))
        reverted = self._shaped(reverted_of, error)
        if reverted is None:
            raise self._failed(message_of(error))
        return reverted

    def _failed(self, problem: str) -> NodeFailed:
        return NodeFailed(url=self.name, problem=problem[:200])


def _body(calls: Sequence[_Call]) -> bytes:
    """Questions numbered in their order; one alone is no batch."""
    asked = [
        {"jsonrpc": "2.0", "id": number, "method": method, "params": parameters}
        for number, (method, parameters) in enumerate(calls)
    ]
    return msgspec.json.encode(asked if len(asked) > 1 else asked[0])


def _without_secrets(url: str) -> str:
    """An address that may be logged: neither a password nor a key in its path or query."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}"
