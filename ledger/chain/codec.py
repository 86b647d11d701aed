"""What comes back from a chain, in our words: refusals with their values, events with theirs.

What a client raises for a revert is read in `reverts`.
"""

from collections.abc import Mapping
from typing import Any, Final

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from msgspec import Struct

from ledger.chain.artifacts import Entry, entries_of
from ledger.chain.event_words import words_by_hash
from ledger.model.errors import ERRORS, LedgerError
from ledger.model.structs import snake_case

__all__ = ["UNKNOWN_EVENT", "Event", "decode_event", "decode_refusal", "event_of"]

UNKNOWN_EVENT: Final = "?"
"""Name of an event that none of our contracts declares, or that does not decode."""


class Event(Struct, frozen=True, gc=False):
    """One event of a contract, as a block's log holds it."""

    name: str
    values: Mapping[str, Any]
    contract: str
    block: int
    index: int
    """Position among all events of its block."""
    transaction: bytes
    block_hash: bytes = b""
    """Hash of its block; empty where it was not told."""


def decode_refusal(data: bytes) -> LedgerError | None:
    """The refusal that a revert's bytes say; None where they are none of ours."""
    entry = entries_of("error").get(data[:4])
    error = ERRORS.get(entry.name) if entry else None
    if entry is None or error is None:
        return None
    return error.of(*entry.arguments(data[4:]))


def decode_event(log: Mapping[str, Any]) -> Event | None:
    """The event that a log holds; None where its contract is none of ours."""
    topics = [bytes(topic) for topic in log["topics"]]
    entry = entries_of("event").get(topics[0]) if topics else None
    if entry is None:
        return None
    return Event(
        name=entry.name,
        values=_event_values(entry, topics[1:], bytes(log["data"])),
        contract=str(log["address"]).lower(),
        block=int(log["blockNumber"]),
        index=int(log["logIndex"]),
        transaction=bytes(log["transactionHash"]),
        block_hash=bytes(log.get("blockHash") or b""),
    )


def event_of(log: Mapping[str, Any]) -> Event:
    """The event that a log holds; one without a meaning is `UNKNOWN_EVENT`."""
    try:
        known = decode_event(log)
    except (DecodingError, OverflowError, StopIteration):
        known = None
    if known is not None:
        return known
    topics = tuple(bytes(topic) for topic in log["topics"])
    return Event(
        name=UNKNOWN_EVENT,
        values={"topics": topics, "data": bytes(log["data"])},
        contract=str(log["address"]).lower(),
        block=int(log["blockNumber"]),
        index=int(log["logIndex"]),
        transaction=bytes(log["transactionHash"]),
        block_hash=bytes(log.get("blockHash") or b""),
    )


def _event_values(entry: Entry, topics: list[bytes], data: bytes) -> dict[str, Any]:
    words = words_by_hash().get(entry.hash)
    values = None if words is None else words.of_bytes((entry.hash, *topics), data)
    return _read_at_length(entry, topics, data) if values is None else values


def _read_at_length(entry: Entry, topics: list[bytes], data: bytes) -> dict[str, Any]:
    """The values of any event; the library refuses what is not encoded as a contract would."""
    plain = [
        kind
        for kind, member in zip(entry.types, entry.inputs, strict=True)
        if not member["indexed"]
    ]
    body = iter(decode(plain, data))
    heads = iter(topics)
    values: dict[str, Any] = {}
    for kind, member in zip(entry.types, entry.inputs, strict=True):
        value = decode([kind], next(heads))[0] if member["indexed"] else next(body)
        values[snake_case(member["name"])] = _record(member, value)
    return values


def _record(member: Mapping[str, Any], value: Any) -> Any:
    if member["type"] != "tuple":
        return value
    pairs = zip(member["components"], value, strict=True)
    return {snake_case(part["name"]): _record(part, item) for part, item in pairs}
