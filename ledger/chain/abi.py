"""Values as the ABI encodes them, fast: a plan is made once for each list of types.

`eth_abi` looks at every value several times, which for one command costs more than all its checks
and hashes together. What is encoded here has been checked when it was made; a value that does not
fit its type fails nonetheless.
"""

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any, Final

from eth_abi.grammar import TupleType, parse

__all__ = ["encoded"]

_WORD: Final = 32
_ADDRESS: Final = 20

Encode = Callable[[Any], bytes]
Plan = tuple[bool, int, Encode]
"""Whether its length depends on the value; bytes that it takes in the head; how it is encoded."""


def encoded(types: tuple[str, ...], values: Sequence[Any]) -> bytes:
    """Values one after another, as a call's arguments. Raises `ValueError` or `OverflowError`."""
    return _members(_plans(types), values)


@cache
def _plans(types: tuple[str, ...]) -> tuple[Plan, ...]:
    return tuple(_plan(parse(one)) for one in types)


def _plan(kind: Any) -> Plan:
    if kind.is_array:
        [*_, sizes] = kind.arrlist
        if sizes:
            raise ValueError(f"an array of fixed length: {kind}")
        return True, _WORD, partial(_list, _plan(kind.item_type))
    if isinstance(kind, TupleType):
        plans = tuple(_plan(one) for one in kind.components)
        is_dynamic = any(one[0] for one in plans)
        size = _WORD if is_dynamic else sum(one[1] for one in plans)
        return is_dynamic, size, partial(_members, plans)
    if kind.base == "bytes" and kind.sub is None:
        return True, _WORD, _bytes
    return False, _WORD, _leaf(kind)


def _leaf(kind: Any) -> Encode:
    if kind.base == "address":
        return _address
    if kind.base == "bytes":
        return partial(_fixed, kind.sub)
    if kind.base not in ("uint", "bool"):
        raise ValueError(f"a type that no entry point has: {kind}")
    return partial(_number, kind.sub or 1)


def _members(plans: Sequence[Plan], values: Sequence[Any]) -> bytes:
    """A head of fixed length, which says where what has no fixed length begins after it."""
    heads, tails = [], []
    place = sum([size for _, size, _ in plans])
    for (is_dynamic, _, encode), value in zip(plans, values, strict=True):
        part = encode(value)
        if is_dynamic:
            heads.append(place.to_bytes(_WORD, "big"))
            tails.append(part)
            place += len(part)
        else:
            heads.append(part)
    return b"".join(heads + tails)


def _list(plan: Plan, values: Sequence[Any]) -> bytes:
    return len(values).to_bytes(_WORD, "big") + _members([plan] * len(values), values)


def _number(bits: int, value: int) -> bytes:
    if value >> bits:
        raise OverflowError(f"{value} has more than {bits} bits")
    return value.to_bytes(_WORD, "big")


def _fixed(length: int, value: bytes) -> bytes:
    if len(value) != length:
        raise ValueError(f"{len(value)} bytes instead of {length}")
    return value.ljust(_WORD, b"\0")


def _address(value: bytes | str) -> bytes:
    account = bytes.fromhex(value.removeprefix("0x")) if isinstance(value, str) else value
    if len(account) != _ADDRESS:
        raise ValueError(f"an address of {len(account)} bytes")
    return account.rjust(_WORD, b"\0")


def _bytes(value: bytes) -> bytes:
    return len(value).to_bytes(_WORD, "big") + value + bytes(-len(value) % _WORD)
