"""Events straight from the texts of a JSON answer: a follower reads a million of them.

What is not exactly as our contracts write it is read at length, or refused, by `decode_event`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from ledger.chain.artifacts import Entry, entries_of
from ledger.chain.codec import Event, decode_event, event_of
from ledger.chain.rpc_shapes import log_of
from ledger.model.structs import snake_case

__all__ = ["events_of"]

_WORD: Final = 64
_BYTES: Final = -1
_ADDRESS: Final = 160
_BOOL: Final = 1
_BITS: Final = {"bytes32": _BYTES, "address": _ADDRESS, "bool": _BOOL}


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where the values of an event stand in its texts."""

    name: str
    topic_count: int
    data_length: int
    fields: tuple[tuple[str, str, int, int, int], ...]
    """Name, type, topic or 0, place in the data, and bits of each value."""


def events_of(logs: Sequence[Mapping[str, Any]], *, keeps_unknown: bool = False) -> list[Event]:
    """The events of our contracts among the logs of a JSON answer, in their order.

    `keeps_unknown` where every log is of a contract of ours: what has no meaning is told too.

    Raises `KeyError`, `ValueError` and the like for what is no log, and what `decode_event` raises.
    """
    plans = _plans()
    events: list[Event] = []
    number_text, number, hash_text, hash_ = "", 0, "", b""
    sent_text, sent = "", b""
    for log in logs:
        topics = log["topics"]
        plan = plans.get(topics[0]) if topics else None
        values = None if plan is None else _values(plan, topics, log["data"])
        if plan is None or values is None:
            read = event_of if keeps_unknown else decode_event
            if (event := read(log_of(log))) is not None:
                events.append(event)
            continue
        # The logs of a block and of a transaction stand together.
        if log["blockNumber"] != number_text:
            number_text = log["blockNumber"]
            number = int(number_text, 16)
        if log["blockHash"] != hash_text:
            hash_text = log["blockHash"]
            hash_ = bytes.fromhex(hash_text[2:])
        if log["transactionHash"] != sent_text:
            sent_text = log["transactionHash"]
            sent = bytes.fromhex(sent_text[2:])
        index, contract = int(log["logIndex"], 16), log["address"].lower()
        events.append(Event(plan.name, values, contract, number, index, sent, hash_))
    return events


def _values(plan: _Plan, topics: Sequence[str], data: str) -> dict[str, Any] | None:
    """The values; None where they are not as a contract writes them."""
    if len(topics) != plan.topic_count or len(data) != plan.data_length:
        return None
    values: dict[str, Any] = {}
    for name, kind, topic, place, bits in plan.fields:
        word = topics[topic] if topic else data[place : place + _WORD]
        if bits == _BYTES:
            values[name] = bytes.fromhex(word[2:] if topic else word)
            continue
        value = int(word, 16)
        if value >> bits:
            return None
        if kind == "uint":
            values[name] = value
        else:
            values[name] = bool(value) if bits == _BOOL else f"0x{value:040x}"
    return values


@cache
def _plans() -> Mapping[str, _Plan]:
    """By the first topic, in the lower case that nodes write."""
    found = {"0x" + hash_.hex(): _plan(entry) for hash_, entry in entries_of("event").items()}
    return {topic: plan for topic, plan in found.items() if plan is not None}


def _plan(entry: Entry) -> _Plan | None:
    """None for an event that carries more than plain words."""
    fields: list[tuple[str, str, int, int, int]] = []
    topic, place = 1, 2
    for member, kind in zip(entry.inputs, entry.types, strict=True):
        is_number = kind.startswith("uint") and kind[4:].isdigit()
        bits = int(kind[4:]) if is_number else _BITS.get(kind)
        if bits is None:
            return None
        name = snake_case(member["name"])
        shape = "uint" if is_number else kind
        if member["indexed"]:
            fields.append((name, shape, topic, 0, bits))
            topic += 1
        else:
            fields.append((name, shape, 0, place, bits))
            place += _WORD
    return _Plan(entry.name, topic, place, tuple(fields))
