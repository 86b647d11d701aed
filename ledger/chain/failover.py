"""Several nodes of one chain as one endpoint: another answers where one dies, or lies late.

A node is used once it has shown the ledger's chain id and genesis block, and again after each
failure, since another may stand in its place by then.
"""

import time
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

import structlog

from ledger.chain.codec import Event
from ledger.chain.endpoint import (
    ENDPOINT_FAILURES,
    Block,
    Endpoint,
    Landed,
    Question,
    Sending,
)
from ledger.chain.transactions import Reverted
from ledger.model.errors.base import LedgerError
from ledger.model.errors.service import ChainMismatch, NodeFailed

__all__ = ["Endpoints"]

RETRY_SECONDS: Final = 5.0
"""A node that failed is left alone for so long, unless all have."""

STALE_SECONDS: Final = 15.0
"""A node whose head has not moved for so long is compared with the others."""

_log = structlog.get_logger("fenbook.chain")
_Found = TypeVar("_Found")


class Endpoints:
    """The first node that answers, checked; `monotonic` counts seconds and never goes back.

    Any number of threads may ask: what is kept here is a preference, and a lost update of it costs
    one question more.
    """

    def __init__(
        self,
        nodes: Sequence[Endpoint],
        *,
        chain_id: int | None = None,
        genesis: bytes | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._nodes = tuple(nodes)
        self._expected_id, self._genesis = chain_id, genesis
        self._monotonic = monotonic
        self._current = 0
        self._known: set[int] = set()
        self._failed_at: dict[int, float] = {}
        self._best, self._moved_at = -1, monotonic()

    def close(self) -> None:
        """Let go of every node's connections."""
        for node in self._nodes:
            node.close()

    # ---- which node

    @property
    def name(self) -> str:
        """The node that is asked now."""
        return self._nodes[self._current].name

    @property
    def chain_id(self) -> int:
        """Number of the chain."""
        if self._expected_id is None:
            self._expected_id = self._ask(lambda node: node.chain_id)
        return self._expected_id

    @property
    def genesis(self) -> bytes:
        """Hash of block 0, by which chains of one number are told apart."""
        if self._genesis is None:
            self._ask(lambda node: node.chain_id)
        return self._genesis or b""

    def _ask(self, question: Callable[[Endpoint], _Found]) -> _Found:
        """Ask the current node, then the others; raises the last one's failure."""
        failure: LedgerError | None = None
        for place in self._order():
            try:
                self._check(place)
                found = question(self._nodes[place])
            except ENDPOINT_FAILURES as failed:
                failure = failed
                self._known.discard(place)
                if place not in self._failed_at:
                    _log.warning("node failed", node=place + 1, code=failed.code)
                self._failed_at[place] = self._monotonic()
                continue
            if self._failed_at.pop(place, None) is not None:
                _log.info("node well again", node=place + 1)
            self._use(place)
            return found
        raise failure or NodeFailed(url="", problem="no node")

    def _use(self, place: int) -> None:
        """Ask this node first from now on; a log tells its place among the settings' nodes."""
        if place != self._current:
            _log.warning("node changed", node=place + 1)
        self._current = place

    def _order(self) -> list[int]:
        """The current node first; those that failed lately only if there is no other."""
        count, now = len(self._nodes), self._monotonic()
        order = [(self._current + step) % count for step in range(count)]
        resting = {place for place, at in self._failed_at.items() if 0 <= now - at < RETRY_SECONDS}
        ready = [place for place in order if place not in resting]
        return ready or order

    def _check(self, place: int) -> None:
        """Have a node show that it is on our chain."""
        if place in self._known:
            return
        node = self._nodes[place]
        first = node.block(0)
        if first is None:
            raise NodeFailed(url=node.name, problem="no block: 0")
        self._expected_id = self._same(node, "chain id", node.chain_id, self._expected_id)
        genesis = self._genesis.hex() if self._genesis is not None else None
        self._genesis = bytes.fromhex(self._same(node, "genesis", first.hash.hex(), genesis))
        self._known.add(place)

    def _same(self, node: Endpoint, what: str, found: _Found, expected: _Found | None) -> _Found:
        if expected is not None and found != expected:
            raise ChainMismatch(url=node.name, what=what, found=str(found), expected=str(expected))
        return found

    # ---- late nodes

    def head(self) -> Block:
        """The last block; a node that stands still or goes back is held against the others."""
        head = self._ask(lambda node: node.head())
        now = self._monotonic()
        if head.number > self._best:
            self._best, self._moved_at = head.number, now
        elif head.number < self._best or now - self._moved_at > STALE_SECONDS:
            head = self._latest(head)
            self._best, self._moved_at = head.number, now
        return head

    def _latest(self, own: Block) -> Block:
        """The furthest head of all nodes; whoever has it is asked from now on."""
        best, chosen = own, self._current
        for place, node in enumerate(self._nodes):
            if place == self._current:
                continue
            try:
                self._check(place)
                head = node.head()
            except ENDPOINT_FAILURES:
                continue
            if head.number > best.number:
                best, chosen = head, place
        self._use(chosen)
        return best

    # ---- what every endpoint does

    def block(self, number: int) -> Block | None:
        """A block by its number; None where there is none yet."""
        return self._ask(lambda node: node.block(number))

    def blocks(self, first: int, last: int) -> list[Block]:
        """Blocks `first` to `last` in order, up to the first that is missing."""
        return self._ask(lambda node: node.blocks(first, last))

    def logs(self, first: int, last: int, addresses: Sequence[str]) -> list[Event]:
        """Events of these contracts in some blocks, in order."""
        return self._ask(lambda node: node.logs(first, last, addresses))

    def logs_of(self, blocks: Sequence[Block], addresses: Sequence[str]) -> list[list[Event]]:
        """Events of these contracts in each of some blocks, found by their hashes."""
        return self._ask(lambda node: node.logs_of(blocks, addresses))

    def call(self, question: Question) -> bytes:
        """The answer of a contract at the last block; raises `Reverted`."""
        return self._ask(lambda node: node.call(question))

    def calls(self, questions: Sequence[Question]) -> list[bytes | Reverted]:
        """Many answers at once; a `Reverted` stands in its question's place."""
        return self._ask(lambda node: node.calls(questions))

    def code(self, address: str) -> bytes:
        """Code at an address."""
        return self._ask(lambda node: node.code(address))

    def send(self, raws: Sequence[bytes]) -> list[Sending]:
        """Send signed transactions in this order; each gets its answer."""
        return self._ask(lambda node: node.send(raws))

    def transaction_count(self, address: str) -> int:
        """The next nonce of a key by the mined blocks alone."""
        return self._ask(lambda node: node.transaction_count(address))

    def landed(self, hashes: Sequence[bytes]) -> list[Landed | None]:
        """Where transactions stand; None for one that is in no block."""
        return self._ask(lambda node: node.landed(hashes))
