"""Events of plain words, read all at once: forty times as fast as through the library.

A follower reads a million of them. What is not exactly as a contract writes it is left to the
library, which reads it at length or refuses it.
"""

import re
import struct
from binascii import unhexlify
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from types import MappingProxyType
from typing import Any, Final

from ledger.chain.artifacts import Entry, entries_of
from ledger.model.structs import snake_case

__all__ = ["EventWords", "words_by_hash", "words_by_text"]

_WORD: Final = 32
_TOPIC: Final = 2 + 2 * _WORD
_UINT: Final = re.compile(r"uint(\d+)")
_IN_ONE: Final = 64
"""Numbers of so many bits are taken from the bytes as they are."""

_Reader = Callable[[bytes], Any]


@dataclass(frozen=True, slots=True)
class EventWords:
    """How the words of an event are read: those of its topics, then those of its data."""

    name: str
    topic_count: int
    data_size: int
    padding: bytes
    """The bits that a contract leaves empty."""
    layout: struct.Struct
    names: tuple[str, ...]
    readers: tuple[tuple[str, _Reader], ...]
    """Of the values that are not taken as they are."""

    def of_bytes(self, topics: Sequence[bytes], data: bytes) -> dict[str, Any] | None:
        """The values of one event; None where they are not as a contract writes them."""
        if len(topics) != self.topic_count or len(data) != self.data_size:
            return None
        found = self._read(b"".join((*topics, data)), 1)
        return None if found is None else found[0]

    def of_texts(self, events: Sequence[tuple[str, ...]]) -> list[dict[str, Any]] | None:
        """The values of many, each given as its topics and its data in hexadecimal digits.

        None where one of them is not as a contract writes it.
        """
        heads = range(0, (self.topic_count + 1) * _TOPIC, _TOPIC)
        length = heads[-1] + 2 + 2 * self.data_size
        text = "".join(chain.from_iterable(events))
        if len(text) != length * len(events) or {*map(len, events)} != {len(heads)}:
            return None
        try:
            return self._read(_digits(text, length, heads), len(events))
        except ValueError:
            return None

    def _read(self, words: bytes, count: int) -> list[dict[str, Any]] | None:
        if len(words) != self.layout.size * count:
            return None
        if int.from_bytes(words) & int.from_bytes(self.padding * count):
            return None
        names = self.names
        # To have their number checked takes as long again.
        found = [dict(zip(names, row)) for row in self.layout.iter_unpack(words)]  # noqa: B905
        for name, read in self.readers:
            for values in found:
                values[name] = read(values[name])
        return found


def _digits(text: str, length: int, heads: range) -> bytes:
    """The bytes of a text that says `0x` at the same places of every stretch of a length.

    Raises `ValueError` for any that says it elsewhere: one digit too few in one part and one too
    many in the next would pass for other values.
    """
    digits, count = bytearray(text, "ascii"), len(text) // length
    for head in reversed(heads):
        for mark in b"0x":
            if digits[head::length].count(mark) != count:
                raise ValueError("no 0x where one belongs")
            del digits[head::length]
            length -= 1
    return unhexlify(digits)


@cache
def words_by_hash() -> Mapping[bytes, EventWords]:
    """Every event of plain words by its first topic."""
    found = {hash_: _words_of(entry) for hash_, entry in entries_of("event").items()}
    return MappingProxyType({hash_: one for hash_, one in found.items() if one is not None})


@cache
def words_by_text() -> Mapping[str, EventWords]:
    """The same by the first topic as a text, in the lower case that nodes write."""
    return MappingProxyType({"0x" + hash_.hex(): one for hash_, one in words_by_hash().items()})


def _words_of(entry: Entry) -> EventWords | None:
    """None for an event that carries more than words, or data before topics."""
    is_topic = [member["indexed"] for member in entry.inputs]
    kinds = [_kind(one) for one in entry.types]
    if is_topic != sorted(is_topic, reverse=True) or None in kinds:
        return None
    names = [snake_case(member["name"]) for member in entry.inputs]
    words = [one for one in kinds if one is not None]
    empty = b"".join((2**256 - 2**bits).to_bytes(_WORD) for bits, _, _ in words)
    return EventWords(
        name=entry.name,
        topic_count=1 + sum(is_topic),
        data_size=_WORD * (len(words) - sum(is_topic)),
        padding=bytes(_WORD) + empty,
        layout=struct.Struct(f">{_WORD}x" + "".join(shape for _, shape, _ in words)),
        names=tuple(names),
        readers=tuple((name, one[2]) for name, one in zip(names, words, strict=True) if one[2]),
    )


def _kind(type_: str) -> tuple[int, str, _Reader | None] | None:
    """Bits, layout and reader of a word of a type; None for one that is no word."""
    if found := _UINT.fullmatch(type_):
        bits = int(found[1])
        if bits <= _IN_ONE:
            return bits, "24xQ", None
        return bits, "32s", int.from_bytes
    return _KINDS.get(type_)


_KINDS: Final[Mapping[str, tuple[int, str, _Reader | None]]] = {
    "address": (160, "12x20s", lambda word: "0x" + word.hex()),
    "bool": (1, "31x?", None),
    "bytes32": (256, "32s", None),
}
