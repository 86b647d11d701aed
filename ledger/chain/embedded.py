"""A chain inside this process, for evaluation: py-evm as eth-tester sets it up.

It remembers by a journal: every block is written down before it becomes the head, and a restart
makes the same blocks again, down to their hashes.
"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from eth.constants import ZERO_ADDRESS, ZERO_HASH32
from eth.exceptions import Revert
from eth_utils.exceptions import ValidationError

from ledger.chain.codec import UNKNOWN_EVENT, Event
from ledger.chain.endpoint import Answer, Block, Landed, Question, Sending, SteerableEndpoint
from ledger.chain.engine import block_of, events_of, fresh_chain, landed_of
from ledger.chain.transactions import Reverted
from ledger.chain.typed_data import keccak
from ledger.model.errors.service import ChainMismatch, NodeFailed

__all__ = ["GAS_PRICE", "EmbeddedEndpoint", "JournalEntry"]

GAS_PRICE: Final = 10**10
"""This engine asks a price; its relayer keys are endowed at genesis."""

_NOBODY: Final = bytes(20)


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """How a block is made: at which second, from which transaction, and what came of it."""

    number: int
    second: int
    raw: bytes
    """The transaction's bytes; empty for a block without one."""
    hash: bytes


class EmbeddedEndpoint(SteerableEndpoint):
    """An endpoint whose node is this process. Threads may share it; they take turns.

    `journal` has written an entry for good when it returns; what it raises undoes the block.
    """

    name = "embedded"

    def __init__(
        self,
        start: int,
        keys: Sequence[str],
        *,
        journal: Callable[[JournalEntry], None],
        entries: Iterable[JournalEntry] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        """A chain that begins at second `start` with these relayer keys, and its blocks so far."""
        self._turn = threading.RLock()
        self._chain = fresh_chain(start, keys)
        self.chain_id = int(self._chain.chain_id)
        self._clock, self._shift = clock, 0
        self._journal: Callable[[JournalEntry], None] = lambda _: None
        self._head: Block | None = None
        self._landed: dict[bytes, Landed] = {}
        self._events: dict[int, tuple[Event, ...]] = {}
        self._machine: tuple[tuple[bytes, int], Any] = ((b"", 0), None)
        for entry in entries:
            self._replay(entry)
        self._journal = journal
        self._shift = max(0, self.head().second - int(clock()))

    def close(self) -> None:
        """Nothing is held open."""

    # ---- time

    @property
    def now(self) -> int:
        """Second of the next block: this machine's clock, or later where it was moved on."""
        return max(self.head().second + 1, int(self._clock()) + self._shift)

    @property
    def shift(self) -> int:
        """By how many seconds the clock is ahead of this machine's; asks nobody."""
        return self._shift

    def advance_to(self, second: int) -> None:
        """Move the clock forward for good, and make a block there; no move if it is later."""
        with self._turn:
            if second <= self.head().second:
                return
            self._shift = max(self._shift, second - int(self._clock()))
            self._make(second, b"")

    def tick(self) -> Block:
        """Make an empty block, so that the ledger's clock goes on while nobody acts."""
        with self._turn:
            self._make(self.now, b"")
            return self.head()

    # ---- questions

    def head(self) -> Block:
        """The last block; told apart by its hash, which the header of the next one names."""
        with self._turn:
            if self._head is None or self._head.hash != self._chain.header.parent_hash:
                self._head = block_of(self._chain.get_canonical_head(), self._chain)
            return self._head

    def block(self, number: int) -> Block | None:
        """A block by its number; None where there is none yet."""
        found = self.blocks(number, number)
        return found[0] if found else None

    def blocks(self, first: int, last: int) -> list[Block]:
        """Blocks `first` to `last` in order, up to the first that is missing."""
        with self._turn:
            end = min(last, int(self._chain.get_canonical_head().block_number))
            headers = map(
                self._chain.get_canonical_block_header_by_number, range(max(first, 0), end + 1)
            )
            return [block_of(one, self._chain) for one in headers]

    def logs(self, first: int, last: int, addresses: Sequence[str]) -> list[Event]:
        """Events of these contracts in some blocks, in order; of all where none is named."""
        wanted = {one.lower() for one in addresses}
        with self._turn:
            if last > self.head().number:
                raise NodeFailed(url=self.name, problem=f"no block yet: {last}")
            return [
                event
                for number in range(first, last + 1)
                for event in self._events.get(number, ())
                if (event.contract in wanted if wanted else event.name != UNKNOWN_EVENT)
            ]

    def logs_of(self, blocks: Sequence[Block], addresses: Sequence[str]) -> list[list[Event]]:
        """Events of these contracts in each of some blocks; there are no others here."""
        return [self.logs(one.number, one.number, addresses) for one in blocks]

    def call(self, question: Question) -> bytes:
        """The answer of a contract at the last block, at this second; raises `Reverted`."""
        with self._turn:
            address, vm = bytes.fromhex(question.to[2:]), self._vm()
            sender = bytes.fromhex(question.sender[2:]) if question.sender else _NOBODY
            point = vm.state.snapshot()
            done = vm.execute_bytecode(
                origin=sender,
                gas_price=0,
                gas=question.gas,
                to=address,
                sender=sender,
                value=0,
                data=question.data,
                code=vm.state.get_code(address),
            )
            vm.state.revert(point)
        if done.is_error:
            raise Reverted(bytes(done.output) if isinstance(done.error, Revert) else b"")
        return bytes(done.output)

    def calls(self, questions: Sequence[Question]) -> list[bytes | Reverted]:
        """Many answers at once; a `Reverted` stands in its question's place."""
        found: list[bytes | Reverted] = []
        for question in questions:
            try:
                found.append(self.call(question))
            except Reverted as reverted:
                found.append(reverted)
        return found

    def code(self, address: str) -> bytes:
        """Code at an address."""
        with self._turn:
            return bytes(self._vm().state.get_code(bytes.fromhex(address[2:])))

    def transaction_count(self, address: str) -> int:
        """The next nonce of a key."""
        with self._turn:
            return int(self._vm().state.get_nonce(bytes.fromhex(address[2:])))

    def landed(self, hashes: Sequence[bytes]) -> list[Landed | None]:
        """Where transactions stand; None for one that is in no block."""
        with self._turn:
            return [self._landed.get(one) for one in hashes]

    # ---- transactions

    def send(self, raws: Sequence[bytes]) -> list[Sending]:
        """Make a block of each transaction, in this order; what `journal` raises passes."""
        with self._turn:
            return [self._send(raw) for raw in raws]

    def _send(self, raw: bytes) -> Sending:
        hash_ = keccak(raw)
        if hash_ in self._landed:
            return Sending(Answer.KNOWN, hash_)
        try:
            transaction = self._decoded(raw)
            used = self.transaction_count("0x" + transaction.sender.hex())
            if transaction.nonce != used:
                low = transaction.nonce < used
                return Sending(Answer.NONCE_LOW if low else Answer.FULL, hash_)
            self._make(self.now, raw)
        except ValidationError as failure:
            return Sending(Answer.REFUSED, hash_, str(failure)[:200])
        return Sending(Answer.TAKEN, hash_)

    def _decoded(self, raw: bytes) -> Any:
        try:
            return self._chain.get_vm().get_transaction_builder().decode(raw)
        except Exception as failure:  # noqa: BLE001 -- the decoder raises what it likes
            raise ValidationError(f"no transaction: {type(failure).__name__}") from None

    # ---- blocks

    def _replay(self, entry: JournalEntry) -> None:
        try:
            self._make(entry.second, entry.raw)
            found = self.head().hash.hex()
        except ValidationError:
            found = "nothing"
        if found != entry.hash.hex():
            raise ChainMismatch(
                url=self.name,
                what=f"block {entry.number}",
                found=found,
                expected=entry.hash.hex(),
            )

    def _make(self, second: int, raw: bytes) -> None:
        """Make the next block, have it written down, and only then take it as the head."""
        chain = self._chain
        parent, receipt = chain.get_canonical_head(), None
        chain.header = chain.header.copy(timestamp=second)
        try:
            if raw:
                _, receipt, _ = chain.apply_transaction(self._decoded(raw))
            vm = chain.get_vm(chain.header.copy(coinbase=ZERO_ADDRESS))
            block = vm.mine_block(
                vm.get_block(), coinbase=ZERO_ADDRESS, mix_hash=ZERO_HASH32, blob_gas_used=0
            ).block
            self._journal(JournalEntry(int(block.number), second, raw, bytes(block.hash)))
        except BaseException:
            chain.header = chain.create_header_from_parent(parent)
            raise
        chain.chaindb.persist_block(block)
        chain.header = chain.create_header_from_parent(block.header)
        if receipt is not None:
            self._keep(block, keccak(raw), receipt)

    def _keep(self, block: Any, hash_: bytes, receipt: Any) -> None:
        """Keep what a block left, so that nobody has to look for it."""
        self._landed[hash_] = landed_of(block, receipt)
        self._events[int(block.number)] = events_of(block, hash_, receipt)

    def _vm(self) -> Any:
        """The engine as the next block finds it; kept while that does not change."""
        key = (self.head().hash, self.now)
        if self._machine[0] != key:
            self._machine = (key, self._chain.get_vm(self._chain.header.copy(timestamp=key[1])))
        return self._machine[1]
