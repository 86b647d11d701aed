"""A chain in memory with a pool, blocks and raw transactions: the node of simulated worlds.

Modelled: signatures and nonces of transactions, a pool that holds gaps, refuses what it knows and
is lost at a restart, blocks with hashes, a chain that loses its last blocks, a quorum of validators
without which no block is made. Not modelled: fees, and everything that `ModelLedger` leaves out.
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

import rlp
from coincurve import PublicKey

from ledger.chain.blooms import bloom_of
from ledger.chain.codec import Event, decode_event
from ledger.chain.endpoint import Answer, Block, Landed, Question, Sending
from ledger.chain.transactions import Reverted
from ledger.chain.typed_data import keccak
from ledger.model.errors.service import NodeFailed
from tests.faults.abi import Log
from tests.faults.model_ledger import CHAIN_ID, DEPLOYMENT, ModelLedger

__all__ = ["ModelChain"]

POOL_MAX: Final = 16
"""Waiting transactions of one key; Besu takes 614."""


@dataclass(frozen=True, slots=True)
class _Transaction:
    raw: bytes
    hash: bytes
    sender: str
    nonce: int
    gas: int
    to: str
    data: bytes


@dataclass(frozen=True, slots=True)
class _Made:
    """A block, what it left, and the state after it."""

    block: Block
    logs: tuple[dict[str, Any], ...]
    events: tuple[Event, ...]
    landed: Mapping[bytes, Landed]
    ledger: ModelLedger
    counts: Mapping[str, int]


@dataclass
class ModelChain:
    """An endpoint; `clock` dates its blocks, which are made by `mine` and by nothing else."""

    clock: Callable[[], int]
    validators: int = 4
    up: int = 4
    name: str = "model"
    chain_id: int = CHAIN_ID
    pool: dict[tuple[str, int], _Transaction] = field(default_factory=dict)
    taken: dict[bytes, bytes] = field(default_factory=dict)
    """The bytes of every transaction that ever came into the pool, by their hash."""
    _made: list[_Made] = field(default_factory=list)

    def __post_init__(self) -> None:
        first = Block(0, keccak(b"genesis"), bytes(32), self.clock() - 1, ())
        self._made.append(_Made(first, (), (), {}, ModelLedger(), {}))
        logs = tuple((one, keccak(b"deployment")) for one in ModelLedger.genesis())
        self._append(self.clock(), (keccak(b"deployment"),), logs, {}, ModelLedger(), {})

    # ---- what tests do to it

    @property
    def ledger(self) -> ModelLedger:
        """The state after the last block."""
        return self._made[-1].ledger

    @property
    def has_quorum(self) -> bool:
        """Whether enough validators are up to make a block."""
        return 3 * self.up >= 2 * self.validators

    def mine(self) -> bool:
        """Make a block of what is ready in the pool; none without a quorum."""
        if not self.has_quorum:
            return False
        last = self._made[-1]
        second = max(last.block.second + 1, self.clock())
        counts, ledger = dict(last.counts), last.ledger
        logs: list[tuple[Log, bytes]] = []
        done: dict[bytes, tuple[bool, int]] = {}
        for key in sorted(self.pool):
            one = self.pool[key]
            if one.nonce > counts.get(one.sender, 0):
                continue
            del self.pool[key]
            if one.nonce < counts.get(one.sender, 0):
                continue
            counts[one.sender] = one.nonce + 1
            trial = ledger.copied()
            try:
                own, _ = trial.relay(one.data, second, one.gas, is_real=True)
            except Reverted:
                done[one.hash] = (False, one.gas)
                continue
            ledger, done[one.hash] = trial, (True, one.gas)
            logs += [(entry, one.hash) for entry in own]
        self._append(second, tuple(done), tuple(logs), done, ledger, counts)
        return True

    def rollback(self, count: int) -> None:
        """Lose the last blocks, as a node does that was killed; what they held is gone."""
        del self._made[max(2, len(self._made) - count) :]

    def lose_pool(self) -> None:
        """Lose every waiting transaction."""
        self.pool.clear()

    def as_of(self, back: int) -> "ModelChain":
        """The chain as a node has it that is some blocks behind."""
        old = copy.copy(self)
        old._made = self._made[: max(2, len(self._made) - back)]
        return old

    def raw_logs(self, first: int, last: int) -> list[dict[str, Any]]:
        """Logs of some blocks, as a node has them."""
        return [one for made in self._made[first : last + 1] for one in made.logs]

    def with_hash(self, hash_: bytes) -> Block | None:
        """The block of a hash; None where there is none, or no longer."""
        return next((one.block for one in self._made if one.block.hash == hash_), None)

    # ---- what an endpoint does

    def close(self) -> None:
        """Nothing is held open."""

    def head(self) -> Block:
        """The last block."""
        return self._made[-1].block

    def block(self, number: int) -> Block | None:
        """A block by its number; None where there is none yet."""
        return self._made[number].block if 0 <= number < len(self._made) else None

    def blocks(self, first: int, last: int) -> list[Block]:
        """Blocks `first` to `last` in order, up to the first that is missing."""
        return [one.block for one in self._made[first : last + 1]]

    def logs(self, first: int, last: int, addresses: Sequence[str]) -> list[Event]:
        """Events of these contracts in some blocks, in order; of all where none is named."""
        if last >= len(self._made):
            raise NodeFailed(url=self.name, problem=f"no block yet: {last}")
        wanted = set(addresses)
        return [
            one
            for made in self._made[first : last + 1]
            for one in made.events
            if not wanted or one.contract in wanted
        ]

    def logs_of(self, blocks: Sequence[Block], addresses: Sequence[str]) -> list[list[Event]]:
        """Events of these contracts in each of some blocks, found by their hashes."""
        for one in blocks:
            if self.with_hash(one.hash) is None:
                raise NodeFailed(url=self.name, problem=f"no block: {one.hash.hex()}")
        return [self.logs(one.number, one.number, addresses) for one in blocks]

    def call(self, question: Question) -> bytes:
        """The answer of a contract at the last block; raises `Reverted`."""
        second = max(self.head().second, self.clock())
        return self.ledger.view(question.to, question.data, second, question.gas)

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
        return b"\1" if address in DEPLOYMENT.addresses.values() else b""

    def transaction_count(self, address: str) -> int:
        """The next nonce of a key by the mined blocks alone."""
        return self._made[-1].counts.get(address, 0)

    def landed(self, hashes: Sequence[bytes]) -> list[Landed | None]:
        """Where transactions stand; None for one that is in no block."""
        every: dict[bytes, Landed] = {}
        for made in self._made:
            every |= made.landed
        return [every.get(one) for one in hashes]

    def send(self, raws: Sequence[bytes]) -> list[Sending]:
        """Send signed transactions in this order; each gets its answer."""
        return [Sending(self._taken(one), one.hash) for one in map(_read, raws)]

    # ---- private

    def _taken(self, one: _Transaction) -> Answer:
        key, count = (one.sender, one.nonce), self.transaction_count(one.sender)
        if one.nonce < count:
            return Answer.NONCE_LOW
        if key in self.pool:
            known = self.pool[key].hash == one.hash
            return Answer.KNOWN if known else Answer.UNDERPRICED
        if sum(sender == one.sender for sender, _ in self.pool) >= POOL_MAX:
            return Answer.FULL
        self.pool[key] = one
        self.taken[one.hash] = one.raw
        return Answer.TAKEN

    def _append(
        self,
        second: int,
        hashes: tuple[bytes, ...],
        logs: tuple[tuple[Log, bytes], ...],
        done: Mapping[bytes, tuple[bool, int]],
        ledger: ModelLedger,
        counts: Mapping[str, int],
    ) -> None:
        parent = self._made[-1].block
        number = parent.number + 1
        hash_ = keccak(parent.hash + second.to_bytes(8, "big") + b"".join(hashes))
        bloom = bloom_of(address for (address, *_), _ in logs)
        block = Block(number, hash_, parent.hash, second, hashes, bloom)
        landed = {one: Landed(number, hash_, is_done, gas) for one, (is_done, gas) in done.items()}
        told = tuple(_told(block, index, *one) for index, one in enumerate(logs))
        events = tuple(one for one in map(decode_event, told) if one is not None)
        self._made.append(_Made(block, told, events, landed, ledger, counts))


def _told(block: Block, index: int, log: Log, transaction: bytes) -> dict[str, Any]:
    """A log as a node has it."""
    address, topics, data = log
    return {
        "address": address,
        "topics": list(topics),
        "data": data,
        "blockNumber": block.number,
        "logIndex": index,
        "transactionHash": transaction,
        "blockHash": block.hash,
    }


@lru_cache(maxsize=64)
def _read(raw: bytes) -> _Transaction:
    """A legacy transaction with its sender."""
    fields = rlp.decode(raw)
    nonce, price, gas, to, value, data, v, r, s = fields
    chain_id, recovery = divmod(int.from_bytes(v, "big") - 35, 2)
    signed = rlp.encode([nonce, price, gas, to, value, data, chain_id, 0, 0])
    signature = r.rjust(32, b"\0") + s.rjust(32, b"\0") + bytes([recovery])
    public = PublicKey.from_signature_and_message(signature, keccak(signed), hasher=None)
    sender = "0x" + keccak(public.format(compressed=False)[1:])[12:].hex()
    number, limit = (int.from_bytes(one, "big") for one in (nonce, gas))
    return _Transaction(raw, keccak(raw), sender, number, limit, "0x" + to.hex(), data)
