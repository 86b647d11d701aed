"""A node of the tests as an endpoint that can be read."""

from collections.abc import Sequence
from typing import Any

from ledger.chain.codec import Event
from ledger.chain.endpoint import Block, Question
from ledger.chain.node import Node
from ledger.chain.transactions import Reverted

__all__ = ["NodeEndpoint"]


class NodeEndpoint:
    """Reads what a node holds; nothing is sent through it."""

    name = "tester"

    def __init__(self, node: Node) -> None:
        self._node = node
        self.chain_id = node.chain_id

    def head(self) -> Block:
        """The last block."""
        return self._block("latest")

    def block(self, number: int) -> Block | None:
        """A block by its number; None where there is none yet."""
        return self._block(number) if number <= self._node.block else None

    def blocks(self, first: int, last: int) -> list[Block]:
        """Blocks `first` to `last` in order, up to the first that is missing."""
        return [self._block(one) for one in range(first, min(last, self._node.block) + 1)]

    def logs(self, first: int, last: int, addresses: Sequence[str]) -> list[Event]:
        """Events of these contracts in some blocks, in order."""
        return self._node.events(first, last, addresses)

    def logs_of(self, blocks: Sequence[Block], addresses: Sequence[str]) -> list[list[Event]]:
        """Events of these contracts in each of some blocks."""
        return [self.logs(one.number, one.number, addresses) for one in blocks]

    def call(self, question: Question) -> bytes:
        """The answer of a contract at the last block; raises `Reverted`."""
        return self._node.call(question.to, question.data)

    def calls(self, questions: Sequence[Question]) -> list[bytes | Reverted]:
        """Many answers at once; a `Reverted` stands in its question's place."""
        return [self._answer(one) for one in questions]

    def _answer(self, question: Question) -> bytes | Reverted:
        try:
            return self.call(question)
        except Reverted as reverted:
            return reverted

    def _block(self, number: Any) -> Block:
        found: Any = self._node._w3.eth.get_block(number)
        return Block(
            int(found["number"]),
            bytes(found["hash"]),
            bytes(found["parentHash"]),
            int(found["timestamp"]),
            tuple(bytes(one) for one in found["transactions"]),
        )
