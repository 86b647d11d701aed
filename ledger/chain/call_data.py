"""Call data read as contracts read it: each word where it is needed, and nothing that is not.

A pointer may lead anywhere in the data, and what a contract never looks at may be anything; who
carries somebody's command has the choice. A value that no contract could have read is None.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from eth_abi.grammar import ABIType, BasicType, TupleType, parse

from ledger.chain.artifacts import Entry

__all__ = ["values_of"]

_WORD: Final = 32


@dataclass(frozen=True, slots=True)
class _Shape:
    """How values of a type stand in call data."""

    read: Callable[[bytes, int], Any]
    """Reads the value that stands at a place."""
    size: int
    """What it takes among its neighbours: its own length, or a word that points to it."""
    is_dynamic: bool = False

    def at(self, data: bytes, frame: int, place: int) -> Any:
        """The value among neighbours that stand in a frame."""
        if not self.is_dynamic:
            return self.read(data, place)
        offset = _number(data, place)
        if offset is None:
            return None
        # Pointers lead backwards too.
        return self.read(data, frame + offset - (offset >> 255 << 256))


def values_of(entry: Entry, data: bytes) -> tuple[Any, ...]:
    """The arguments of a call of a function, in their order."""
    return _members([_shape(kind) for kind in entry.types], data, 4)


@cache
def _shape(kind: str) -> _Shape:
    return _shape_of(parse(kind))


def _shape_of(kind: ABIType) -> _Shape:
    if kind.is_array:
        assert kind.arrlist[-1] == (), "no list is of a fixed length"
        item = _shape_of(kind.item_type)
        return _Shape(lambda data, place: _listed(item, data, place), _WORD, is_dynamic=True)
    if isinstance(kind, TupleType):
        shapes = [_shape_of(one) for one in kind.components]
        is_dynamic = any(one.is_dynamic for one in shapes)
        size = _WORD if is_dynamic else sum(one.size for one in shapes)
        return _Shape(lambda data, place: _members(shapes, data, place), size, is_dynamic)
    assert isinstance(kind, BasicType)
    if kind.is_dynamic:
        return _Shape(_string, _WORD, is_dynamic=True)
    return _Shape(_word_reader(kind.base, kind.sub), _WORD)


def _members(shapes: Iterable[_Shape], data: bytes, frame: int) -> tuple[Any, ...]:
    values, place = [], frame
    for shape in shapes:
        values.append(shape.at(data, frame, place))
        place += shape.size
    return tuple(values)


def _listed(item: _Shape, data: bytes, place: int) -> tuple[Any, ...] | None:
    count = _number(data, place)
    frame = place + _WORD
    if count is None or frame + count * item.size > len(data):
        return None
    return tuple(item.at(data, frame, frame + number * item.size) for number in range(count))


def _string(data: bytes, place: int) -> bytes | None:
    length = _number(data, place)
    start = place + _WORD
    if length is None or start + length > len(data):
        return None
    return data[start : start + length] if length else b""


def _word(data: bytes, place: int) -> bytes | None:
    """Before the data, which is far behind them, there are zeros."""
    word = data[place : place + _WORD] if place >= 0 else bytes(_WORD)
    return word if len(word) == _WORD else None


def _number(data: bytes, place: int) -> int | None:
    word = _word(data, place)
    return None if word is None else int.from_bytes(word, "big")


def _word_reader(kind: str, width: int) -> Callable[[bytes, int], Any]:
    """Reads a value of one word; one that the type does not hold is none."""
    if kind == "uint":
        return lambda data, place: _below(_number(data, place), width)
    if kind == "bool":
        return lambda data, place: _flag(_below(_number(data, place), 1))
    if kind == "address":
        return lambda data, place: _address(_below(_number(data, place), 160))
    assert kind == "bytes", kind
    return lambda data, place: _fixed(_word(data, place), width)


def _below(value: int | None, bits: int) -> int | None:
    return None if value is None or value >> bits else value


def _flag(value: int | None) -> bool | None:
    return None if value is None else value == 1


def _address(value: int | None) -> str | None:
    return None if value is None else f"0x{value:040x}"


def _fixed(word: bytes | None, length: int) -> bytes | None:
    return None if word is None or any(word[length:]) else word[:length]
