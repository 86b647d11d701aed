"""Random structs and commands with values at and between the limits of their types."""

import random
from typing import TypeVar

from ledger.model.structs import Field, Struct, fields_of

__all__ = ["random_struct"]

_Struct = TypeVar("_Struct", bound=Struct)


def random_struct(struct: type[_Struct], source: random.Random) -> _Struct:
    """A struct whose fields are random, often at the limits of their types."""
    return struct(**{member.name: _value(member, source) for member in fields_of(struct)})


def _value(member: Field, source: random.Random) -> object:
    if member.is_list:
        return tuple(_item(member, source) for _ in range(source.choice((0, 1, 2, 5))))
    return _item(member, source)


def _item(member: Field, source: random.Random) -> object:
    if member.struct is not None:
        return random_struct(member.struct, source)
    if member.item == "bool":
        return source.random() < 0.5
    if member.bits:
        top = (1 << member.bits) - 1
        return source.choice((0, 1, top, source.randint(0, top), source.randint(0, top)))
    return source.randbytes({"bytes32": 32, "address": 20}.get(member.item, source.randint(0, 90)))
