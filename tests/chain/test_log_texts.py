"""Events straight from texts are what the decoder reads; what it refuses is refused alike."""

import random
from typing import Any

import msgspec
import pytest
from eth_abi.exceptions import DecodingError

from ledger.chain.artifacts import Entry, entries_of
from ledger.chain.codec import UNKNOWN_EVENT, Event, decode_event
from ledger.chain.event_words import EventWords, words_by_text
from ledger.chain.log_texts import Log, _in_bytes, events_of
from tests.chain.test_event_words import PLAIN, _log

FAILURES = (DecodingError, StopIteration, OverflowError, ValueError, KeyError, IndexError)


def texts(entry: Entry, chance: random.Random) -> dict[str, Any]:
    topics, data = _log(entry, chance)
    return {
        "address": "0x" + chance.randbytes(20).hex().upper(),
        "topics": ["0x" + one.hex() for one in (entry.hash, *topics)],
        "data": "0x" + data.hex(),
        "blockNumber": hex(chance.getrandbits(32)),
        "logIndex": hex(chance.getrandbits(8)),
        "transactionHash": "0x" + chance.randbytes(32).hex(),
        "blockHash": "0x" + chance.randbytes(32).hex(),
    }


def from_texts(*logs: dict[str, Any], keeps_unknown: bool = False) -> list[Event]:
    return events_of(msgspec.convert(logs, list[Log]), keeps_unknown=keeps_unknown)


def at_length(log: dict[str, Any]) -> list[Event]:
    found = decode_event(_in_bytes(msgspec.convert(log, Log)))
    return [] if found is None else [found]


def read(function: Any, argument: Any) -> object:
    try:
        return function(argument)
    except FAILURES as failure:
        return type(failure)


def test_every_event_of_plain_words_is_read_from_texts() -> None:
    assert {words.name for words in words_by_text().values()} == {one.name for one in PLAIN}


@pytest.mark.parametrize("entry", PLAIN, ids=lambda one: one.name)
def test_texts_are_read_as_the_decoder_reads_them(entry: Entry) -> None:
    chance = random.Random(entry.name)
    for _ in range(20):
        log = texts(entry, chance)
        [found] = from_texts(log)
        assert [found] == at_length(log)
        kinds = {name: type(value) for name, value in found.values.items()}
        assert kinds == {name: type(one) for name, one in at_length(log)[0].values.items()}


@pytest.mark.parametrize("entry", PLAIN, ids=lambda one: one.name)
def test_what_no_contract_writes_is_refused_alike(entry: Entry) -> None:
    chance = random.Random(entry.name)
    for _ in range(20):
        log = texts(entry, chance)
        digits = list(log["data"][2:] or "00")
        digits[chance.randrange(len(digits))] = chance.choice("0123456789abcdef")
        spoilt = "0x" + "".join(digits)
        topics = log["topics"]
        bad = [
            {**log, "data": data}
            for data in (spoilt, log["data"][:-2], log["data"] + "00" * 32, "0x", "0xzz", "0x0")
        ]
        bad += [{**log, "topics": some} for some in (topics[:-1], [*topics, topics[-1]], [])]
        bad += [{**log, "topics": [*topics[:-1], topics[-1][:-1] + "g"]}]
        for one in bad:
            assert read(from_texts, one) == read(at_length, one), one


@pytest.mark.parametrize("entry", PLAIN, ids=lambda one: one.name)
def test_many_of_one_event_are_read_together_and_stand_in_their_order(entry: Entry) -> None:
    chance = random.Random(entry.name)
    logs = [texts(entry, chance) for _ in range(9)] + [texts(PLAIN[0], chance)]
    chance.shuffle(logs)
    assert from_texts(*logs) == [one for log in logs for one in at_length(log)]


def test_one_that_is_written_otherwise_leaves_the_others_as_they_are() -> None:
    chance = random.Random(3)
    logs = [texts(PLAIN[0], chance) for _ in range(3)]
    capitals = {**logs[1], "data": "0X" + logs[1]["data"][2:].upper()}
    shifted = {**logs[1], "data": "0x" + "0 " + logs[1]["data"][4:]}
    assert from_texts(logs[0], capitals, logs[2]) == from_texts(*logs)
    assert read(lambda log: from_texts(logs[0], log), shifted) == read(at_length, shifted)


def test_words_of_which_one_is_longer_and_one_shorter_are_not_read() -> None:
    [words] = [one for one in words_by_text().values() if one.name == "VoucherAccepted"]
    assert isinstance(words, EventWords)
    head = "0x" + "00" * 32
    assert words.of_texts([(head, head, head, "0x")] * 2) is not None
    assert words.of_texts([(head, head + "0", head[:-1], "0x")] * 2) is None
    assert words.of_texts([(head, head[:-1], head + "0", "0x")] * 2) is None
    assert words.of_texts([(head, head, head[:-1], "0x0")] * 2) is None


def test_strangers_and_long_events_stand_in_their_order() -> None:
    chance = random.Random(1)
    long = [one for one in entries_of("event").values() if one not in PLAIN]
    assert {one.name for one in long} >= {"ItemRefused", "SignerAdded"}
    logs = [texts(one, chance) for one in PLAIN[:3]]
    stranger = {**logs[0], "topics": ["0x" + "ab" * 32]}
    found = from_texts(logs[0], stranger, {**stranger, "topics": []}, logs[1], logs[2])
    assert [one.name for one in found] == [one.name for one in PLAIN[:3]]


def test_events_without_a_meaning_of_our_contracts_are_told_as_such() -> None:
    chance = random.Random(2)
    known = texts(PLAIN[0], chance)
    unknown = {**known, "topics": ["0x" + "ab" * 32]}
    cut = {**known, "data": known["data"] + "ab", "topics": known["topics"][:1]}
    found = from_texts(known, unknown, {**known, "topics": []}, cut, keeps_unknown=True)
    assert [one.name for one in found] == [PLAIN[0].name] + [UNKNOWN_EVENT] * 3
    assert {one.block for one in found} == {int(known["blockNumber"], 16)}
    assert {one.block_hash for one in found} == {bytes.fromhex(known["blockHash"][2:])}
