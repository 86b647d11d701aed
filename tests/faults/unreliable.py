"""A network between the service and its node: answers are lost, doubled, failed, late or old."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any, Final
from unittest.mock import patch

from ledger.chain.codec import Event
from ledger.chain.endpoint import Block, Landed, Question, Sending
from ledger.chain.transactions import Reverted
from ledger.model.errors.service import NodeFailed, NodeUnreachable
from ledger.service.reconciliation import reconciling
from tests.faults.model_chain import ModelChain

__all__ = ["KINDS", "Unreliable", "faltering"]

KINDS: Final = ("lost request", "lost answer", "doubled", "error", "old")
"""What may happen to a question."""


@contextmanager
def faltering(at: int) -> Iterator[None]:
    """Have the node be away once in this process while books are compared, at a question."""
    compare, left = reconciling.reconcile, [at]

    def compared(database: Any, endpoint: Any, *more: Any, **options: Any) -> Any:
        away: Any = _Faltering(endpoint, left)
        return compare(database, away, *more, **options)

    with patch.object(reconciling, "reconcile", compared):
        yield


class _Faltering:
    """An endpoint that is away at one question of all that `left` counts."""

    def __init__(self, endpoint: Any, left: list[int]) -> None:
        self._endpoint, self._left = endpoint, left

    def call(self, question: Question) -> Any:
        self._count()
        return self._endpoint.call(question)

    def calls(self, questions: Sequence[Question]) -> Any:
        self._count()
        return self._endpoint.calls(questions)

    def _count(self) -> None:
        self._left[0] -= 1
        if self._left[0] == 0:
            raise NodeUnreachable(url="faltering")


class Unreliable:
    """An endpoint over a chain whose every answer may go wrong, by one source of chance."""

    name = "unreliable"

    def __init__(self, chain: ModelChain, chance: Random, told: Callable[[str], None]) -> None:
        self._chain, self._chance, self._told = chain, chance, told
        self.chain_id = chain.chain_id
        self.rate = 0.0
        self.count = 0

    def _ask(self, what: str, question: Callable[[ModelChain], Any]) -> Any:
        kind = self._chance.choice(KINDS) if self._chance.random() < self.rate else ""
        self._told(f"{what} {kind}")
        self.count += bool(kind)
        if kind == "lost request":
            raise NodeUnreachable(url=self.name)
        if kind == "error":
            raise NodeFailed(url=self.name, problem="bad gateway")
        if kind == "old" and what != "send":
            return question(self._chain.as_of(self._chance.randint(1, 2)))
        found = question(self._chain)
        if kind == "doubled":
            return question(self._chain)
        if kind == "lost answer":
            raise NodeUnreachable(url=self.name)
        return found

    def close(self) -> None:
        """Nothing is held open."""

    def head(self) -> Block:
        """The last block."""
        found: Block = self._ask("head", lambda chain: chain.head())
        return found

    def block(self, number: int) -> Block | None:
        """A block by its number."""
        found: Block | None = self._ask("block", lambda chain: chain.block(number))
        return found

    def blocks(self, first: int, last: int) -> list[Block]:
        """Blocks in order."""
        found: list[Block] = self._ask("blocks", lambda chain: chain.blocks(first, last))
        return found

    def logs(self, first: int, last: int, addresses: Sequence[str]) -> list[Event]:
        """Events of some blocks."""
        found: list[Event] = self._ask("logs", lambda chain: chain.logs(first, last, addresses))
        return found

    def logs_of(self, blocks: Sequence[Block], addresses: Sequence[str]) -> list[list[Event]]:
        """Events of each of some blocks."""
        found: list[list[Event]] = self._ask("logs", lambda chain: chain.logs_of(blocks, addresses))
        return found

    def call(self, question: Question) -> bytes:
        """The answer of a contract."""
        found: bytes = self._ask("call", lambda chain: chain.call(question))
        return found

    def calls(self, questions: Sequence[Question]) -> list[bytes | Reverted]:
        """Many answers at once."""
        found: list[bytes | Reverted] = self._ask("calls", lambda chain: chain.calls(questions))
        return found

    def code(self, address: str) -> bytes:
        """Code at an address."""
        found: bytes = self._ask("code", lambda chain: chain.code(address))
        return found

    def send(self, raws: Sequence[bytes]) -> list[Sending]:
        """Send transactions."""
        found: list[Sending] = self._ask("send", lambda chain: chain.send(raws))
        return found

    def transaction_count(self, address: str) -> int:
        """The next nonce of a key."""
        found: int = self._ask("count", lambda chain: chain.transaction_count(address))
        return found

    def landed(self, hashes: Sequence[bytes]) -> list[Landed | None]:
        """Where transactions stand."""
        found: list[Landed | None] = self._ask("landed", lambda chain: chain.landed(hashes))
        return found
