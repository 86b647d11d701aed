"""Events read by slices are what the library reads, and what it refuses is refused alike."""

import random
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_abi.exceptions import DecodingError

from ledger.chain.artifacts import Entry, entries_of
from ledger.chain.codec import _event_values, _read_at_length, decode_event
from ledger.chain.event_words import words_by_hash

EVENTS = list(entries_of("event").values())
PLAIN = [one for one in EVENTS if one.hash in words_by_hash()]


def _value(kind: str, chance: random.Random) -> Any:
    if kind.startswith("uint"):
        bits = int(kind[4:])
        return chance.choice([0, 1, 2**bits - 1, chance.getrandbits(bits)])
    if kind == "bool":
        return chance.random() < 0.5
    return "0x" + chance.randbytes(20).hex() if kind == "address" else chance.randbytes(32)


def _log(entry: Entry, chance: random.Random) -> tuple[list[bytes], bytes]:
    """Topics behind the first and data of an event with random values."""
    values = [_value(kind, chance) for kind in entry.types]
    members = list(zip(entry.inputs, entry.types, values, strict=True))
    heads = [encode([kind], [value]) for member, kind, value in members if member["indexed"]]
    body = [(kind, value) for member, kind, value in members if not member["indexed"]]
    return heads, encode([kind for kind, _ in body], [value for _, value in body])


def _read(function: Any, *arguments: Any) -> object:
    try:
        return function(*arguments)
    except (DecodingError, StopIteration, OverflowError) as failure:
        return type(failure)


def test_most_events_are_plain_words() -> None:
    assert len(PLAIN) >= len(EVENTS) - 6


@pytest.mark.parametrize("entry", PLAIN, ids=lambda one: one.name)
def test_slices_read_what_the_library_reads(entry: Entry) -> None:
    chance = random.Random(entry.name)
    for _ in range(20):
        topics, data = _log(entry, chance)
        assert _event_values(entry, topics, data) == _read_at_length(entry, topics, data)


@pytest.mark.parametrize("entry", PLAIN, ids=lambda one: one.name)
def test_what_no_contract_writes_is_refused_alike(entry: Entry) -> None:
    chance = random.Random(entry.name)
    for _ in range(20):
        topics, data = _log(entry, chance)
        spoilt = bytearray(data or b"\0")
        spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
        for bad in (bytes(spoilt), data[:-1], data + b"\1", data + bytes(32), b""):
            found = _read(_event_values, entry, topics, bad)
            assert found == _read(_read_at_length, entry, topics, bad)
        fewer = topics[:-1]
        assert _read(_event_values, entry, fewer, data) == _read(
            _read_at_length, entry, fewer, data
        )


def test_stranger_s_event_is_none_of_ours() -> None:
    log = {"address": "0x0", "topics": [bytes(32)], "data": b""}
    assert decode_event(log) is None
    assert decode_event({**log, "topics": []}) is None
