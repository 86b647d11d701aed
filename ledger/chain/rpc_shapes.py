"""What JSON-RPC nodes say, in our words. They differ in how they report; this knows each way."""

from collections.abc import Mapping
from typing import Any, Final

from ledger.chain.blooms import FULL_BLOOM
from ledger.chain.endpoint import Answer, Block, Landed, Question, Sending
from ledger.chain.transactions import Reverted
from ledger.chain.typed_data import keccak

__all__ = [
    "block_of",
    "bytes_of",
    "landed_of",
    "message_of",
    "number_of",
    "question_json",
    "reverted_of",
    "sending_of",
]

_SAID: Final = (
    (Answer.KNOWN, ("already known", "known transaction", "already imported", "already exists")),
    (Answer.NONCE_LOW, ("nonce too low", "nonce is too low", "old nonce")),
    (Answer.UNDERPRICED, ("underpriced", "price too low", "price below")),
    (
        Answer.FULL,
        (
            "pool is full",
            "txpool is full",
            "nonce too high",
            "too far in the future",
            "nonce gap",
            "sender limit",
            "exceeds sender",
            "too many transactions",
        ),
    ),
)
"""What nodes say to a transaction that they do not take anew, in lower case."""


def question_json(question: Question) -> dict[str, str]:
    """A question as `eth_call` takes it."""
    said = {"to": question.to, "data": "0x" + question.data.hex(), "gas": hex(question.gas)}
    return {**said, "from": question.sender} if question.sender else said


def block_of(answer: Any) -> Block:
    """A block from its JSON; raises what a wrong shape raises."""
    bloom = answer.get("logsBloom")
    return Block(
        number=number_of(answer["number"]),
        hash=bytes_of(answer["hash"]),
        parent=bytes_of(answer["parentHash"]),
        second=number_of(answer["timestamp"]),
        transactions=tuple(bytes_of(one) for one in answer["transactions"]),
        bloom=FULL_BLOOM if bloom is None else number_of(bloom),
    )


def landed_of(answer: Any) -> Landed:
    """Where a transaction stands, from its receipt."""
    return Landed(
        block=number_of(answer["blockNumber"]),
        block_hash=bytes_of(answer["blockHash"]),
        is_done=number_of(answer["status"]) == 1,
        gas_used=number_of(answer["gasUsed"]),
        contract=answer.get("contractAddress"),
    )


def reverted_of(error: Any) -> Reverted | None:
    """The revert that a node tells of; None where its error is no answer of a contract."""
    message = message_of(error).lower()
    data = error.get("data") if isinstance(error, dict) else None
    if isinstance(data, str) and data.removeprefix("Reverted ").startswith("0x"):
        return Reverted(bytes_of(data.removeprefix("Reverted ")))
    if any(word in message for word in ("revert", "out of gas", "outofgas", "invalid opcode")):
        return Reverted(b"")
    return None


def sending_of(raw: bytes, answer: Mapping[str, Any]) -> Sending:
    """What a node said to a transaction."""
    hash_, error = keccak(raw), answer.get("error")
    if error is None:
        return Sending(Answer.TAKEN, hash_)
    message = message_of(error)
    for meant, words in _SAID:
        if any(word in message.lower() for word in words):
            return Sending(meant, hash_)
    return Sending(Answer.REFUSED, hash_, message[:200])


def message_of(error: Any) -> str:
    """The words of an error, whatever holds them."""
    if isinstance(error, dict):
        inner = error.get("error")
        return str(error.get("message") or (message_of(inner) if inner is not None else error))
    return str(error)


def number_of(value: Any) -> int:
    """A quantity."""
    return int(value, 16)


def bytes_of(value: Any) -> bytes:
    """Data."""
    return bytes.fromhex(value[2:])
