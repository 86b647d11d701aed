"""What a chain has recorded, read through any JSON-RPC endpoint; no key is held, nothing sent."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from web3 import HTTPProvider, Web3
from web3.exceptions import Web3Exception, Web3RPCError
from web3.middleware import ExtraDataToPOAMiddleware

from ledger.chain.artifacts import entries_of
from ledger.chain.codec import UNKNOWN_EVENT, Event, event_of
from ledger.chain.reverts import revert_data
from ledger.chain.transactions import Reverted
from ledger.model.errors.service import NodeUnreachable

__all__ = ["UNKNOWN_EVENT", "Block", "History", "Transaction", "answering"]

_BLOCKS: Final = 2_000
"""Blocks that one question about logs spans; nodes refuse larger answers."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block by its number, with what tells it from another one of that number."""

    number: int
    hash: bytes
    second: int


@dataclass(frozen=True, slots=True)
class Transaction:
    """A mined transaction with the events it left, in order."""

    hash: bytes
    block: int
    place: int
    """Its number within the block."""
    to: str | None
    """None where it creates a contract."""
    data: bytes
    created: str | None
    is_done: bool
    events: tuple[Event, ...]


class History:
    """Blocks, transactions, events and code of a chain."""

    def __init__(self, w3: Web3) -> None:
        self._w3 = w3
        self._seconds: dict[int, int] = {}
        self.chain_id = int(w3.eth.chain_id)

    @classmethod
    def connect(cls, url: str) -> "History":
        """The chain behind an endpoint."""
        # The validators of QBFT sign in a block's extra data, which are longer than others have.
        # No other middleware: it asks for the chain's number before each question to a contract.
        provider = HTTPProvider(url, request_kwargs={"timeout": 60})
        w3 = Web3(provider, middleware=[(ExtraDataToPOAMiddleware, "signed blocks")])
        if not w3.is_connected():
            raise NodeUnreachable(url=url)
        return cls(w3)

    @property
    def last_block(self) -> int:
        """Number of the last block."""
        return int(self._w3.eth.block_number)

    def block(self, number: int) -> Block:
        """A block by its number."""
        found = self._w3.eth.get_block(number)
        return Block(number, bytes(found["hash"]), int(found["timestamp"]))

    def second(self, block: int) -> int:
        """Second of a block."""
        if block not in self._seconds:
            self._seconds[block] = int(self._w3.eth.get_block(block)["timestamp"])
        return self._seconds[block]

    def events(self, first: int, last: int, contracts: Sequence[str]) -> Iterator[Event]:
        """Events of contracts in some blocks, in order; those that nobody declares too."""
        addresses = [_checksummed(one) for one in contracts]
        for low in range(first, last + 1, _BLOCKS):
            high = min(low + _BLOCKS - 1, last)
            yield from (event_of(log) for log in self._logs(low, high, addresses))

    def _logs(self, low: int, high: int, addresses: list[Any]) -> list[Any]:
        """Logs of some blocks, in halves where the node finds the answer too large."""
        asked: Any = {"fromBlock": low, "toBlock": high, "address": addresses}
        try:
            return list(self._w3.eth.get_logs(asked))
        except Web3RPCError:
            if low == high:
                raise
        middle = (low + high) // 2
        return self._logs(low, middle, addresses) + self._logs(middle + 1, high, addresses)

    def emitters(self, first: int, last: int, event: str) -> list[str]:
        """The contracts that have left an event of this name, whatever they are."""
        [topic] = {hash_ for hash_, entry in entries_of("event").items() if entry.name == event}
        found: dict[str, None] = {}
        for low in range(first, last + 1, _BLOCKS):
            high = min(low + _BLOCKS - 1, last)
            asked: Any = {"fromBlock": low, "toBlock": high, "topics": ["0x" + topic.hex()]}
            found |= {str(log["address"]).lower(): None for log in self._w3.eth.get_logs(asked)}
        return list(found)

    def transaction(self, hash_: bytes) -> Transaction:
        """A transaction with everything it left, whoever emitted it."""
        asked: Any = hash_
        sent: Mapping[str, Any] = self._w3.eth.get_transaction(asked)
        receipt: Mapping[str, Any] = self._w3.eth.get_transaction_receipt(asked)
        return Transaction(
            hash=bytes(hash_),
            block=int(receipt["blockNumber"]),
            place=int(receipt["transactionIndex"]),
            to=_lower(sent.get("to")),
            data=bytes(sent["input"]),
            created=_lower(receipt.get("contractAddress")),
            is_done=receipt["status"] == 1,
            events=tuple(event_of(log) for log in receipt["logs"]),
        )

    def code(self, address: str) -> bytes:
        """Code at an address; contracts of a ledger never change theirs."""
        return bytes(self._w3.eth.get_code(_checksummed(address)))

    def call(self, to: str, data: bytes, block: int) -> bytes:
        """Ask a view as of a block; raises `Reverted`."""
        try:
            asked: Any = {"to": _checksummed(to), "data": data}
            # A contract that asks for an answer from elsewhere (EIP-3668) gets none.
            return bytes(self._w3.eth.call(asked, block, ccip_read_enabled=False))
        except Exception as failure:
            reverted = revert_data(failure)
            if reverted is None:
                raise
            raise Reverted(reverted) from None

    def has_state(self, block: int, address: str) -> bool:
        """Whether the endpoint still answers questions about a block."""
        try:
            return bool(self._w3.eth.get_code(_checksummed(address), block))
        except (Web3Exception, ValueError):
            return False


@contextmanager
def answering(url: str) -> Iterator[None]:
    """Turn an endpoint's failures into ours: gone, or without an answer that it owes."""
    try:
        yield
    except (OSError, Web3Exception):
        raise NodeUnreachable(url=url) from None


def _lower(address: Any) -> str | None:
    return None if not address else str(address).lower()


def _checksummed(address: str) -> Any:
    return Web3.to_checksum_address(address)
