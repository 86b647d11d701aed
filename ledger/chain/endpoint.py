"""What the service asks of a chain, whoever answers: a process, a node, several nodes.

Nothing here waits: an answer comes or a failure, and what to do then is the asker's.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from ledger.chain.codec import Event
from ledger.chain.transactions import Reverted
from ledger.model.errors.service import ChainMismatch, NodeFailed, NodeUnreachable

__all__ = [
    "CALL_GAS",
    "ENDPOINT_FAILURES",
    "Answer",
    "Block",
    "Endpoint",
    "Landed",
    "Question",
    "Sending",
    "SteerableEndpoint",
]

CALL_GAS: Final = 16_000_000
"""What one question may use: as much as a transaction may, so that both end alike."""

ENDPOINT_FAILURES: Final = (NodeUnreachable, NodeFailed, ChainMismatch)
"""What every method of an endpoint may raise: nobody is there, no answer, another chain."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the chain."""

    number: int
    hash: bytes
    parent: bytes
    """Hash of the block before it."""
    second: int
    """Unix second: the ledger's clock."""
    transactions: tuple[bytes, ...]
    """Hashes, in order."""
    bloom: int = 0
    """Which contracts may have events in it (`blooms`); 0 where the answers cannot disagree."""


@dataclass(frozen=True, slots=True)
class Landed:
    """Where a mined transaction stands and whether it was carried out."""

    block: int
    block_hash: bytes
    is_done: bool
    """False where it reverted whole."""
    gas_used: int
    contract: str | None = None
    """Address of the contract that it created."""


class Answer(StrEnum):
    """What a node says to a transaction. All but `REFUSED` are facts about it, not failures."""

    TAKEN = "taken"
    KNOWN = "known"
    """The node has these bytes already."""
    NONCE_LOW = "nonce_low"
    """Its nonce is used: by these bytes, or by others."""
    UNDERPRICED = "underpriced"
    """Another transaction with its nonce waits, or its price is below the node's least."""
    FULL = "full"
    """The node takes no more for now."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Sending:
    """The answer to one transaction."""

    answer: Answer
    hash: bytes
    """Hash of the transaction; follows from its bytes whatever the answer."""
    message: str = ""
    """The node's own words, where it refused."""


@dataclass(frozen=True, slots=True)
class Question:
    """A view of a contract that is asked, or an act that is tried without effect."""

    to: str
    data: bytes
    gas: int = CALL_GAS
    sender: str = ""
    """Who would call; nobody in particular where it is empty."""


class Endpoint(Protocol):
    """A chain that can be read and sent to. Any method may raise one of `ENDPOINT_FAILURES`."""

    @property
    def chain_id(self) -> int:
        """Number of the chain, part of every signature's domain."""

    @property
    def name(self) -> str:
        """What people call it in a log: an address without a password, or the engine's name."""

    def close(self) -> None:
        """Let go of whatever is held open; a later question opens it again."""

    def head(self) -> Block:
        """The last block."""

    def block(self, number: int) -> Block | None:
        """A block by its number; None where there is none yet."""

    def blocks(self, first: int, last: int) -> list[Block]:
        """Blocks `first` to `last` in order, up to the first that is missing."""

    def logs(self, first: int, last: int, addresses: Sequence[str]) -> list[Event]:
        """Events of these contracts in some blocks, in order; of all where none is named.

        Every block must be there: who has not come to the last one fails. An event of a named
        contract that has no meaning comes as `UNKNOWN_EVENT`.
        """

    def logs_of(self, blocks: Sequence[Block], addresses: Sequence[str]) -> list[list[Event]]:
        """Events of these contracts in each of some blocks, found by their hashes.

        Fails for a block that is not there, or no longer.
        """

    def call(self, question: Question) -> bytes:
        """The answer of a contract at the last block; raises `Reverted`."""

    def calls(self, questions: Sequence[Question]) -> list[bytes | Reverted]:
        """Many answers at once; a `Reverted` stands in its question's place."""

    def code(self, address: str) -> bytes:
        """Code at an address."""

    def send(self, raws: Sequence[bytes]) -> list[Sending]:
        """Send signed transactions in this order; each gets its answer."""

    def transaction_count(self, address: str) -> int:
        """The next nonce of a key by the mined blocks alone."""

    def landed(self, hashes: Sequence[bytes]) -> list[Landed | None]:
        """Where transactions stand; None for one that is in no block."""


class SteerableEndpoint(ABC):
    """An endpoint whose chain's clock can be moved on: the chain is for evaluation."""

    @property
    @abstractmethod
    def now(self) -> int:
        """Second of the next block."""

    @property
    @abstractmethod
    def shift(self) -> int:
        """By how many seconds the clock is ahead of this machine's; asks nobody."""

    @abstractmethod
    def head(self) -> Block:
        """The last block."""

    @abstractmethod
    def advance_to(self, second: int) -> None:
        """Move the clock forward for good, and make a block there; no move if it is later."""

    @abstractmethod
    def tick(self) -> Block:
        """Make an empty block, so that the ledger's clock goes on while nobody acts."""
