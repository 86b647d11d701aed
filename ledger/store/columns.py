"""How the value of a field is stored: its column, what makes it plain, and what reads it back.

What is stored is plain: whole numbers, bytes, text, and yes or no.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from enum import Enum, IntEnum, IntFlag, StrEnum
from operator import attrgetter
from typing import Any, Final

import msgspec
from msgspec.structs import astuple
from sqlalchemy import Boolean

from ledger.store.metadata import Bytes, Json, Word, Words
from ledger.views.row import Row

__all__ = ["Plain", "as_stored", "as_was", "column_type", "maker", "putter", "reader", "taker"]

Plain = tuple[Any, ...]
"""A row as it is stored."""

Converter = Callable[[Any], Any] | None
Taker = Callable[[Any], Plain]

_WIDE: Final = ("nonce", "holidays")
"""Numbers of 256 bits; they are kept as 32 bytes."""

_SORTED: Final = msgspec.json.Encoder(order="sorted")


def as_stored(values: Plain) -> Plain:
    """Numbers from 2^63 up to 2^64 as the negative ones that the engines have room for."""
    return tuple(
        value - (1 << 64) if type(value) is int and value >> 63 == 1 else value for value in values
    )


def as_was(value: Any) -> Any:
    """A stored number as it was."""
    return value + (1 << 64) if type(value) is int and value < 0 else value


def column_type(hint: Any, name: str) -> Any:
    """The column type of a field."""
    if name in _WIDE or hint is bytes:
        return Bytes
    if hint is bool:
        return Boolean
    if isinstance(hint, type) and issubclass(hint, str):
        return Words
    if isinstance(hint, type) and issubclass(hint, int):
        return Word
    return Json


def putter(hint: Any, name: str) -> Converter:
    """What makes a value plain; None for one that is so already."""
    if name in _WIDE:
        return lambda value: value.to_bytes(32, "big")
    if isinstance(hint, type) and issubclass(hint, IntFlag):
        return int
    if isinstance(hint, type) and issubclass(hint, Enum):
        return attrgetter("_value_")  # without asking the enum
    if isinstance(hint, type) and issubclass(hint, bytes | bool | int | str):
        return None
    return _json


def reader(hint: Any, name: str) -> Converter:
    """What makes the state's value of a stored one; None where it is the same."""
    if name in _WIDE:
        return lambda value: int.from_bytes(value, "big")
    if isinstance(hint, type) and issubclass(hint, IntEnum | IntFlag | StrEnum | bool):
        return hint
    if hint is int:
        return as_was
    if hint is dict:
        return lambda value: dict(json.loads(value))
    return None if hint in (bytes, str) else _from_json


def taker(kind: type[Row], hints: Mapping[str, Any], names: Sequence[str]) -> Taker:
    """Takes the plain values of some fields out of a row."""
    take = astuple if tuple(names) == kind.__struct_fields__ else attrgetter(*names)
    made = [
        (at, put) for at, name in enumerate(names) if (put := putter(hints[name], name)) is not None
    ]
    if not made:
        return take

    def taken(row: Row) -> Plain:
        values = list(take(row))
        for at, put in made:
            values[at] = put(values[at])
        return tuple(values)

    return taken


def maker(
    kind: type, hints: Mapping[str, Any], columns: Sequence[str]
) -> Callable[[Sequence[Any]], Any]:
    """Makes a row from the values of its columns."""
    places = [(columns.index(name), reader(hint, name)) for name, hint in hints.items()]

    def made(values: Sequence[Any]) -> Any:
        return kind(*(values[at] if read is None else read(values[at]) for at, read in places))

    return made


def _json(value: Any) -> str:
    return _SORTED.encode(value).decode()


def _from_json(value: str) -> Any:
    return () if value == "[]" else _tuples(json.loads(value))


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
