"""The base of everything that is signed: values that know their EIP-712 shape and check themselves.

A struct's annotations (`ledger.model.meanings`) are its only description: names, order, widths and
meanings are read from them, by the hasher, the sentences and the tests alike.
"""

import re
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar, Self

from ledger.model.errors.input import InvalidField, MissingField, UnknownField
from ledger.model.meanings import FieldType, Meaning
from ledger.model.once import once

__all__ = [
    "Command",
    "Field",
    "Struct",
    "camel_case",
    "fields_of",
    "snake_case",
    "structs_of",
    "values_in",
]

# An integer that JavaScript cannot hold exactly travels in JSON as a decimal string.
_SAFE_BITS = 48
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,77}", re.ASCII)
_HEX = re.compile(r"0x(?:[0-9a-fA-F]{2})*", re.ASCII)


def values_in(struct: "Struct") -> Iterator[tuple["Field", Any]]:
    """Every value of a struct with its member, in signing order, in lists and structs too."""
    for member in fields_of(type(struct)):
        value = getattr(struct, member.name)
        for one in value if member.is_list else (value,):
            if isinstance(one, Struct):
                yield from values_in(one)
            else:
                yield member, one


def camel_case(name: str) -> str:
    """`payable_id` as the contracts spell it: `payableId`."""
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


@lru_cache(maxsize=1024)
def snake_case(name: str) -> str:
    """`payableId` as Python spells it: `payable_id`."""
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


@dataclass(frozen=True, slots=True)
class Field:
    """One member of a struct: how it is named, encoded and read."""

    name: str
    camel: str
    item: str
    """EIP-712 type of the value, or of one item of a list."""
    meaning: Meaning
    struct: "type[Struct] | None"
    is_list: bool
    bits: int = field(init=False)
    """Width of an unsigned integer; 0 for anything else."""

    def __post_init__(self) -> None:
        width = int(self.item[4:]) if self.item.startswith("uint") else 0
        object.__setattr__(self, "bits", width)

    @property
    def type(self) -> str:
        """The member's EIP-712 type."""
        return self.item + "[]" if self.is_list else self.item

    def check(self, value: object, *, path: str) -> None:
        """Refuse a value that the contracts could not carry."""
        if not self.is_list:
            self._check_item(value, path)
        elif not isinstance(value, tuple):
            raise InvalidField(field=path, value=value, expected="list")
        else:
            for index, item in enumerate(value):
                self._check_item(item, f"{path}[{index}]")

    def _check_item(self, value: object, path: str) -> None:
        if self.struct is not None:
            valid, expected = type(value) is self.struct, self.struct.__name__
        elif self.item == "bool":
            valid, expected = isinstance(value, bool), "bool"
        elif self.bits:
            # bool is an int to Python, never to us.
            valid = type(value) is int and 0 <= value < 1 << self.bits
            expected = self.item
        else:
            length = {"bytes32": 32, "address": 20}.get(self.item)
            valid = isinstance(value, bytes) and length in (None, len(value))
            expected = self.item
        if not valid:
            raise InvalidField(field=path, value=value, expected=expected)


@once
def fields_of(struct: "type[Struct]") -> tuple[Field, ...]:
    """The members of a struct in signing order."""
    hints = typing.get_type_hints(struct, include_extras=True)
    return tuple(
        _field(name, hint)
        for name, hint in hints.items()
        if typing.get_origin(hint) is not ClassVar
    )


def _field(name: str, hint: Any) -> Field:
    is_list = typing.get_origin(hint) is tuple
    item = typing.get_args(hint)[0] if is_list else hint
    struct: type[Struct] | None = None
    if item is bool:
        kind = FieldType("bool", Meaning.FLAG)
    elif isinstance(item, type) and issubclass(item, Struct):
        kind, struct = FieldType(item.__name__, Meaning.STRUCT), item
    else:
        kind = item.__metadata__[0]
    return Field(name, camel_case(name), kind.solidity, kind.meaning, struct, is_list)


@once
def _by_camel(struct: "type[Struct]") -> dict[str, Field]:
    return {member.camel: member for member in fields_of(struct)}


@once
def structs_of(struct: "type[Struct]") -> "tuple[type[Struct], ...]":
    """The struct and every struct inside it: itself first, the others by name, as EIP-712 wants."""
    inner: set[type[Struct]] = set()
    for member in fields_of(struct):
        if member.struct is not None:
            inner.update(structs_of(member.struct))
    return (struct, *sorted(inner, key=lambda one: one.__name__))


class Struct:
    """A value with an EIP-712 shape; subclasses are frozen dataclasses that check themselves."""

    __slots__ = ()

    def __post_init__(self) -> None:
        for member in fields_of(type(self)):
            member.check(getattr(self, member.name), path=member.name)

    def to_message(self) -> dict[str, object]:
        """The JSON that a signing device shows: camelCase, bytes as hex, wide integers as text."""
        return {
            member.camel: _to_json(member, getattr(self, member.name))
            for member in fields_of(type(self))
        }

    @classmethod
    def from_message(cls, message: Mapping[str, object], *, path: str = "") -> Self:
        """Read the JSON strictly: every field, no other, each as `to_message` writes it."""
        members = _by_camel(cls)
        for name in message:
            if name not in members:
                raise UnknownField(field=path + str(name), struct=cls.__name__)
        values = {}
        for name, member in members.items():
            if name not in message:
                raise MissingField(field=path + name, struct=cls.__name__)
            values[member.name] = _from_json(member, message[name], path + name)
        try:
            return cls(**values)
        except InvalidField:
            # A value checks itself when it is made; here it is named as it stands in the message.
            for name, member in members.items():
                member.check(values[member.name], path=path + name)
            raise


class Command(Struct):
    """What a participant signs; `nonce` is used once, `deadline` is in chain seconds."""

    __slots__ = ()

    desk: ClassVar[str]
    """The contract that takes the command, and the verifying contract of its signature."""

    if typing.TYPE_CHECKING:  # every command has them; as fields here they would all come first

        @property
        def participant(self) -> int: ...
        @property
        def nonce(self) -> int: ...
        @property
        def deadline(self) -> int: ...


def _to_json(member: Field, value: Any) -> object:
    if member.is_list:
        return [_item_to_json(member, item) for item in value]
    return _item_to_json(member, value)


def _item_to_json(member: Field, value: Any) -> object:
    if member.struct is not None:
        return value.to_message()
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return str(value) if member.bits > _SAFE_BITS else value


def _from_json(member: Field, value: object, path: str) -> object:
    if not member.is_list:
        return _item_from_json(member, value, path)
    if not isinstance(value, list | tuple):
        raise InvalidField(field=path, value=value, expected="list")
    return tuple(
        _item_from_json(member, item, f"{path}[{index}]") for index, item in enumerate(value)
    )


def _item_from_json(member: Field, value: object, path: str) -> object:
    if member.struct is not None:
        if not isinstance(value, Mapping):
            raise InvalidField(field=path, value=value, expected=member.struct.__name__)
        return member.struct.from_message(value, path=path + ".")
    if member.bits > _SAFE_BITS and isinstance(value, str) and _DECIMAL.fullmatch(value):
        return int(value)
    if member.item in ("address", "bytes", "bytes32"):
        if not (isinstance(value, str) and _HEX.fullmatch(value)):
            raise InvalidField(field=path, value=value, expected=member.item)
        return bytes.fromhex(value[2:])
    return value
