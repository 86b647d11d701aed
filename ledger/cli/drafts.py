"""A command's fields as options of the command line, and what was given as its plain form."""

import inspect
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

import typer

from ledger.model.errors.input import InvalidField
from ledger.model.glossary import label
from ledger.model.meanings import Meaning
from ledger.model.plain import DEFAULTED
from ledger.model.structs import Command, Field, Struct, fields_of

__all__ = ["FILLED", "draft_of", "parameters_of"]

FILLED: Final = ("start", "end")
"""Fields that are read from the voucher if they are not given."""

_WHOLE: Final = (
    Meaning.PARTICIPANT,
    Meaning.PAYOUT,
    Meaning.DAY_COUNT,
    Meaning.COUNT,
    Meaning.INDEX,
    Meaning.NUMBER,
)
"""What the plain form writes as a number."""
_WORDS: Final = (Meaning.ROLES, Meaning.DUTIES)
_REQUIRED: Final = inspect.Parameter.empty
_NOTHING: Final = "0x" + "00" * 32
_MAY_LACK: Final = ("evidence", "reason", "purpose")
"""Commitments that stand for nothing if they are not given."""


def _fraction(value: str, percent: str) -> tuple[str, str]:
    return (
        f", a fraction such as {value} for {percent} %",
        f"，按小数填写，如 {value} 即 {percent}%",
    )


_FRACTIONS: Final = {
    Meaning.RATE: _fraction("0.042", "4.2"),
    Meaning.SHARE: _fraction("0.8", "80"),
}
"""How a rate or share is written, in English and in Chinese, after its name."""


def parameters_of(kind: type[Command]) -> list[inspect.Parameter]:
    """One option for each field that whoever signs chooses."""
    return [_parameter(one) for one in fields_of(kind) if one.name not in DEFAULTED]


def draft_of(kind: type[Command], given: Mapping[str, Any]) -> dict[str, Any]:
    """The plain form of what was given; what may be left out and was is not in it."""
    members = {one.name: one for one in fields_of(kind)}
    named = {name: value for name, value in given.items() if name in members}
    lacking = {name: _NOTHING for name in _MAY_LACK if name in named and named[name] is None}
    return {
        name: _value(members[name], value)
        for name, value in (named | lacking).items()
        if value is not None
    }


# ---- options


def _parameter(member: Field) -> inspect.Parameter:
    flag = f"--{_flag_name(member)}"
    english, chinese = _FRACTIONS.get(member.meaning, ("", ""))
    shown = f"{label(member.name, 'en')}{english} {label(member.name, 'zh')}{chinese}"
    kind, default, option = _option(member, flag, shown)
    return inspect.Parameter(
        member.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[kind, option],
    )


def _flag_name(member: Field) -> str:
    """The field's own name; of a list that of one item, for the option may be repeated."""
    is_many = member.is_list or member.meaning is Meaning.DAY_SET
    name = member.name.removesuffix("s") if is_many else member.name
    return name.replace("_", "-")


def _option(member: Field, flag: str, shown: str) -> tuple[Any, Any, Any]:
    is_spared = member.name in FILLED or member.name in _MAY_LACK
    if member.meaning is Meaning.FLAG:
        option = typer.Option(f"{flag}/--no-{flag[2:]}", help=shown, show_default=False)
        return bool, _REQUIRED, option
    if member.struct is not None and member.is_list:
        hint = ",".join(f"{one.name}=…" for one in fields_of(member.struct))
        option = typer.Option(flag, metavar=hint, help=f"{shown}; may be repeated.")
        return list[str], [] if member.name == "invoices" else _REQUIRED, option
    if member.struct is not None:
        hint = ",".join(f"{one.name}=…" for one in fields_of(member.struct))
        return str, _REQUIRED, typer.Option(flag, metavar=hint, help=shown)
    if member.is_list or member.meaning is Meaning.DAY_SET:
        return list[str], _REQUIRED, typer.Option(flag, help=f"{shown}; may be repeated.")
    kind: Any = int if member.meaning in _WHOLE and not member.is_list else str
    # Lists filter by `payable` what a command names as `payable_id`.
    flags = (flag, flag.removesuffix("-id")) if flag.endswith("-id") else (flag,)
    if is_spared:
        return kind | None, None, typer.Option(*flags, help=shown, show_default=False)
    return kind, _REQUIRED, typer.Option(*flags, help=shown)


# ---- values


def _value(member: Field, value: Any) -> Any:
    if member.struct is not None and member.is_list:
        return [_struct(member.struct, one, member.name) for one in value]
    if member.struct is not None:
        return _struct(member.struct, value, member.name)
    return _plain(member, value, member.name)


def _struct(struct: type[Struct], text: str, field: str) -> dict[str, Any]:
    """A struct inside a command from `name=value` pairs."""
    pairs = [one.partition("=") for one in text.split(",") if one]
    given = {name.strip().replace("-", "_"): value.strip() for name, _, value in pairs}
    members = {one.name: one for one in fields_of(struct)}
    if len(given) != len(pairs) or not given.keys() <= members.keys():
        raise InvalidField(field=field, value=text, expected="pairs")
    made = {name: _plain(members[name], value, f"{field}.{name}") for name, value in given.items()}
    for name, member in members.items():
        if name not in made and member.meaning is Meaning.COMMITMENT:
            made[name] = _NOTHING
    return made


def _plain(member: Field, value: Any, field: str) -> Any:
    """A value as the plain form has it: numbers, flags and lists of words out of text."""
    if member.meaning in _WORDS and isinstance(value, str):
        return _words(value)
    if isinstance(value, str) and member.meaning is Meaning.FLAG:
        if value not in ("true", "false"):
            raise InvalidField(field=field, value=value, expected="bool")
        return value == "true"
    if isinstance(value, str) and member.meaning in _WHOLE:
        if not (value.isascii() and value.isdigit()):
            raise InvalidField(field=field, value=value, expected=member.item)
        return int(value)
    if isinstance(value, str) and member.name == "expiry" and value == "never":
        return None
    return list(value) if isinstance(value, list | tuple) else value


def _words(text: str) -> Sequence[str]:
    return [one for one in text.replace("+", ",").split(",") if one]
