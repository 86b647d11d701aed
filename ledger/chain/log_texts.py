"""Events straight from the texts of a JSON answer: a follower reads a million of them.

What is not exactly as our contracts write it is read at length, or refused, by `decode_event`.
"""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct, ValidationError, convert

from ledger.chain.codec import Event, decode_event, event_of
from ledger.chain.event_words import words_by_text

__all__ = ["Log", "events_in", "events_of"]


class Log(Struct, frozen=True, gc=False, rename="camel"):
    """What is read of a log in a JSON answer."""

    address: str
    topics: tuple[str, ...]
    data: str
    block_number: str
    block_hash: str
    log_index: str
    transaction_hash: str


def events_in(answer: Any, *, keeps_unknown: bool = False) -> list[Event]:
    """The same as `events_of`, of an answer that is read already."""
    try:
        logs = convert(answer, list[Log])
    except ValidationError as failure:
        raise ValueError(str(failure)) from None
    return events_of(logs, keeps_unknown=keeps_unknown)


def events_of(logs: Sequence[Log], *, keeps_unknown: bool = False) -> list[Event]:
    """The events of our contracts among the logs of a JSON answer, in their order.

    `keeps_unknown` where every log is of a contract of ours: what has no meaning is told too.

    Raises `ValueError` for what is no log, and what `decode_event` raises.
    """
    known = words_by_text()
    events: list[Event] = []
    number_text, number, hash_text, hash_ = "", 0, "", b""
    sent_text, sent = "", b""
    for log, values in zip(logs, _values(logs), strict=True):
        if values is None:
            read = event_of if keeps_unknown else decode_event
            if (event := read(_in_bytes(log))) is not None:
                events.append(event)
            continue
        # The logs of a block and of a transaction stand together.
        if log.block_number != number_text:
            number_text = log.block_number
            number = int(number_text, 16)
        if log.block_hash != hash_text:
            hash_text = log.block_hash
            hash_ = bytes.fromhex(hash_text[2:])
        if log.transaction_hash != sent_text:
            sent_text = log.transaction_hash
            sent = bytes.fromhex(sent_text[2:])
        name, index = known[log.topics[0]].name, int(log.log_index, 16)
        events.append(Event(name, values, log.address.lower(), number, index, sent, hash_))
    return events


def _values(logs: Sequence[Log]) -> list[dict[str, Any] | None]:
    """The values of each log, those of one event read together; None for what is no plain words."""
    known = words_by_text()
    found: list[dict[str, Any] | None] = [None] * len(logs)
    places: dict[str, list[int]] = {}
    for place, log in enumerate(logs):
        if log.topics:
            places.setdefault(log.topics[0], []).append(place)
    for topic, some in places.items():
        words = known.get(topic)
        told = words and words.of_texts([(*logs[one].topics, logs[one].data) for one in some])
        for place, values in zip(some, told or (), strict=False):
            found[place] = values
    return found


def _in_bytes(log: Log) -> dict[str, Any]:
    """A log as the decoder takes it."""
    return {
        "address": log.address,
        "topics": [bytes.fromhex(one[2:]) for one in log.topics],
        "data": bytes.fromhex(log.data[2:]),
        "blockNumber": int(log.block_number, 16),
        "logIndex": int(log.log_index, 16),
        "transactionHash": bytes.fromhex(log.transaction_hash[2:]),
        "blockHash": bytes.fromhex(log.block_hash[2:]),
    }
