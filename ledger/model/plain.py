"""Structs as plain JSON for people and their systems: decimal amounts, dates, names of claims.

What a signing device shows counts fen and days since 1970; the plain form says `"400000.00"` and
`"2026-08-28"`. Both stand for the same struct, and only the struct is signed.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, TypeVar

from ledger.model.days import DAY_MAX, bits_of, date_text, day_of_second, days_of, parse_day
from ledger.model.errors.input import InvalidField, MissingField, UnknownField
from ledger.model.figures import amount_text, loan_name, multiple_text, payable_name, voucher_name
from ledger.model.ids import parse_loan, parse_payable, parse_voucher
from ledger.model.meanings import Meaning
from ledger.model.money import parse_amount, parse_rate
from ledger.model.states import Duty, PayableState, Role, VoucherState
from ledger.model.structs import Field, Struct, fields_of

__all__ = ["DEFAULTED", "moment_text", "parse_moment", "plain_of", "plain_value", "struct_of"]

DEFAULTED: Final = ("participant", "nonce", "deadline")
"""Fields of every command that whoever prepares it may leave out."""

_SAFE: Final = 2**53 - 1
_DIGITS: Final = re.compile(r"0|[1-9][0-9]{0,77}")
_HEX: Final = re.compile(r"0x(?:[0-9a-fA-F]{2})*")
_MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_FIRST_DAY: Final = "first_day"
"""The field that says where a set of days begins."""

_Kind = TypeVar("_Kind", bound=Struct)
Parser = Callable[[object, str], Any]


def plain_of(struct: Struct) -> dict[str, Any]:
    """The plain form of a struct, with every field."""
    return {one.name: _shown(one, struct) for one in fields_of(type(struct))}


def struct_of(kind: type[_Kind], plain: Mapping[str, object], *, path: str = "") -> _Kind:
    """The struct that a plain form stands for: every field and no other.

    Raises `InvalidField`, `MissingField` or `UnknownField`.
    """
    members = {one.name: one for one in fields_of(kind)}
    for name in plain:
        if name not in members:
            raise UnknownField(field=path + str(name), struct=kind.__name__)
    values: dict[str, Any] = {}
    for name, member in members.items():
        if name not in plain:
            raise MissingField(field=path + name, struct=kind.__name__)
        if member.meaning is Meaning.DAY_SET:
            value: Any = _day_set(plain[name], values[_FIRST_DAY], path + name)
        else:
            value = _read(member, plain[name], path + name)
        member.check(value, path=path + name)
        values[name] = value
    return kind(**values)


def plain_value(value: Any, meaning: Meaning) -> Any:
    """One value by its meaning."""
    return _SHOWN.get(meaning, _as_it_is)(value)


@lru_cache(1_024)
def moment_text(second: int) -> str:
    """A chain second in RFC 3339, UTC; one out of every calendar stays a number."""
    try:
        day_of_second(second)
    except InvalidField:
        return str(second)
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_moment(text: object, *, field: str = "moment") -> int:
    """The chain second of a time such as `2026-03-02T01:00:00Z`; UTC and whole seconds only."""
    if not isinstance(text, str) or not _MOMENT.fullmatch(text):
        raise InvalidField(field=field, value=text, expected="moment")
    try:
        moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        second = int(moment.timestamp())
        day_of_second(second)
    except (ValueError, OverflowError, InvalidField):
        raise InvalidField(field=field, value=text, expected="moment") from None
    return second


def _shown(member: Field, struct: Struct) -> Any:
    value = getattr(struct, member.name)
    if member.meaning is Meaning.DAY_SET:
        days = days_of(value, getattr(struct, _FIRST_DAY))
        return [plain_value(day, Meaning.DAY) for day in days]
    if member.is_list:
        return [_shown_item(member, one) for one in value]
    return _shown_item(member, value)


def _shown_item(member: Field, value: Any) -> Any:
    if member.struct is not None:
        return plain_of(value)
    if member.meaning is Meaning.SECOND and member.name == "expiry" and not value:
        return None
    return plain_value(value, member.meaning)


def _as_it_is(value: Any) -> Any:
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _SAFE:
        return str(value)
    return value


def _words(kind: type[Role] | type[Duty]) -> Callable[[int], list[str]]:
    return lambda value: [str(one.name).lower() for one in kind if value & one]


def _state(kind: type[PayableState] | type[VoucherState]) -> Callable[[int], str]:
    return lambda value: kind(value).name.lower()


_SHOWN: Final[Mapping[Meaning, Callable[[Any], Any]]] = MappingProxyType(
    {
        Meaning.PAYABLE: payable_name,
        Meaning.VOUCHER: voucher_name,
        Meaning.LOAN: loan_name,
        Meaning.AMOUNT: amount_text,
        Meaning.POSITION: str,
        Meaning.RATE: multiple_text,
        Meaning.DAILY_RATE: multiple_text,
        Meaning.SHARE: multiple_text,
        Meaning.MULTIPLIER: multiple_text,
        Meaning.DAY: lambda day: date_text(day) if day <= DAY_MAX else str(day),
        Meaning.SECOND: moment_text,
        Meaning.NONCE: str,
        Meaning.ROLES: _words(Role),
        Meaning.DUTIES: _words(Duty),
        Meaning.PAYABLE_STATE: _state(PayableState),
        Meaning.VOUCHER_STATE: _state(VoucherState),
        Meaning.FIELD_NAME: lambda name: name.rstrip(b"\0").decode("ascii", "replace"),
        Meaning.FIELD_VALUE: str,
        Meaning.DAY_SET: lambda days: f"0x{days:064x}",
    }
)


def _read(member: Field, value: object, path: str) -> Any:
    if not member.is_list:
        return _read_item(member, value, path)
    if not isinstance(value, list | tuple):
        raise InvalidField(field=path, value=value, expected="list")
    return tuple(_read_item(member, one, f"{path}[{at}]") for at, one in enumerate(value))


def _read_item(member: Field, value: object, path: str) -> Any:
    if member.struct is not None:
        if not isinstance(value, Mapping):
            raise InvalidField(field=path, value=value, expected=member.struct.__name__)
        return struct_of(member.struct, value, path=path + ".")
    if member.meaning is Meaning.SECOND and member.name == "expiry" and value is None:
        return 0
    if member.item in ("address", "bytes", "bytes32"):
        return _bytes(value, path, member.item)
    return _READ.get(member.meaning, _unread)(value, path)


def _unread(value: object, _: str) -> object:
    return value


def _bytes(value: object, path: str, kind: str) -> bytes:
    if not (isinstance(value, str) and _HEX.fullmatch(value)):
        raise InvalidField(field=path, value=value, expected=kind)
    return bytes.fromhex(value[2:])


def _digits(value: object, path: str) -> int:
    if not (isinstance(value, str) and _DIGITS.fullmatch(value)):
        raise InvalidField(field=path, value=value, expected="digits")
    return int(value)


def _bits(kind: type[Role] | type[Duty]) -> Parser:
    known = {str(one.name).lower(): int(one) for one in kind}

    def read(value: object, path: str) -> int:
        words = [str(one) for one in value] if isinstance(value, list | tuple) else []
        if not words or len(set(words)) != len(words) or not set(words) <= known.keys():
            raise InvalidField(field=path, value=value, expected="words")
        return sum(known[word] for word in words)

    return read


def _day_set(value: object, first: int, path: str) -> int:
    if not isinstance(value, list | tuple):
        raise InvalidField(field=path, value=value, expected="list")
    days = [parse_day(one, field=f"{path}[{at}]") for at, one in enumerate(value)]
    return bits_of(days, first, field=path)


def _rate(value: object, path: str) -> int:
    return parse_rate(value, field=path)


_READ: Final[Mapping[Meaning, Parser]] = MappingProxyType(
    {
        Meaning.PAYABLE: lambda value, path: parse_payable(value, field=path),
        Meaning.VOUCHER: lambda value, path: parse_voucher(value, field=path),
        Meaning.LOAN: lambda value, path: parse_loan(value, field=path),
        Meaning.AMOUNT: lambda value, path: parse_amount(value, field=path),
        Meaning.POSITION: _digits,
        Meaning.RATE: _rate,
        Meaning.DAILY_RATE: _rate,
        Meaning.SHARE: _rate,
        Meaning.MULTIPLIER: _rate,
        Meaning.DAY: lambda value, path: parse_day(value, field=path),
        Meaning.SECOND: lambda value, path: parse_moment(value, field=path),
        Meaning.NONCE: _digits,
        Meaning.ROLES: _bits(Role),
        Meaning.DUTIES: _bits(Duty),
    }
)
