"""What is recorded about a participant and never goes on chain: names, identifiers, contacts."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from ledger.model.canonical import canonical
from ledger.model.errors.input import InvalidField, MissingField, UnknownField
from ledger.model.glossary import Language
from ledger.records import identifiers

__all__ = ["ACCOUNTS_MAX", "CONTACTS_MAX", "BankAccount", "Contact", "Profile"]

CONTACTS_MAX: Final = 16
ACCOUNTS_MAX: Final = 16
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s.]{2,60}")
_BRANCH: Final = re.compile(r"[0-9]{12}")
_PHONE: Final = re.compile(r"\+?[0-9][0-9 \-()]{4,24}")


@dataclass(frozen=True, slots=True)
class Contact:
    """A person to reach, by telephone or e-mail."""

    name: str
    phone: str = ""
    email: str = ""
    position: str = ""

    def __post_init__(self) -> None:
        _set(self, "name", identifiers.name(self.name, field="contact.name"))
        if self.position:
            _set(self, "position", identifiers.name(self.position, field="contact.position"))
        if not self.phone and not self.email:
            raise InvalidField(field="contact", value=self.name, expected="contact")
        for value, form, field in (
            (self.phone, _PHONE, "phone"),
            (self.email, _EMAIL, "email"),
        ):
            if value:
                _check(value, form, field=f"contact.{field}", expected=field)


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account to which the participant is paid."""

    holder: str
    number: str
    bank: str
    branch: str = ""
    """The twelve digits by which the clearing system knows the branch."""

    def __post_init__(self) -> None:
        _set(self, "holder", identifiers.name(self.holder, field="account.holder"))
        _set(self, "bank", identifiers.name(self.bank, field="account.bank"))
        _set(self, "number", identifiers.account_number(self.number, field="account.number"))
        if self.branch:
            _check(self.branch, _BRANCH, field="account.branch", expected="branch")


@dataclass(frozen=True, slots=True)
class Profile:
    """A participant as people know it. At least one name; identifiers where there are any."""

    participant: int
    name_zh: str = ""
    name_en: str = ""
    uscc: str = ""
    lei: str = ""
    group: str = ""
    """The group that the participant declares to belong to: related parties share it."""
    contacts: tuple[Contact, ...] = ()
    accounts: tuple[BankAccount, ...] = ()

    def __post_init__(self) -> None:
        if type(self.participant) is not int or not 0 < self.participant < 1 << 32:
            raise InvalidField(field="participant", value=self.participant, expected="uint32")
        if not self.name_zh and not self.name_en:
            raise InvalidField(field="name_zh", value="", expected="either_name")
        for field in ("name_zh", "name_en", "group"):
            if getattr(self, field):
                _set(self, field, identifiers.name(getattr(self, field), field=field))
        if self.uscc:
            _set(self, "uscc", identifiers.uscc(self.uscc))
        if self.lei:
            _set(self, "lei", identifiers.lei(self.lei))
        for field, kind, most in (
            ("contacts", Contact, CONTACTS_MAX),
            ("accounts", BankAccount, ACCOUNTS_MAX),
        ):
            values = getattr(self, field)
            if len(values) > most or not all(isinstance(one, kind) for one in values):
                raise InvalidField(field=field, value=len(values), expected="list")

    @property
    def names(self) -> tuple[str, ...]:
        """The names it goes by, each once."""
        return tuple(dict.fromkeys(one for one in (self.name_zh, self.name_en) if one))

    def name(self, language: Language) -> str:
        """The name in a language, or in the other one where there is only that."""
        first, second = (self.name_zh, self.name_en)[:: 1 if language == "zh" else -1]
        return first or second

    def to_values(self) -> dict[str, Any]:
        """The whole profile in plain values, as `from_values` takes it."""
        values: dict[str, Any] = _plain(self)
        return values

    def to_json(self) -> bytes:
        """The whole profile, canonically: what is sealed."""
        return canonical(self.to_values()).encode()

    @classmethod
    def from_json(cls, text: bytes) -> "Profile":
        """A profile as `to_json` wrote it."""
        return cls.from_values(json.loads(text))

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> "Profile":
        """A profile from what a door has parsed; raises `UnknownField` and `InvalidField`."""
        given = dict(values)
        given["contacts"] = _each(Contact, given.get("contacts", ()), "contacts")
        given["accounts"] = _each(BankAccount, given.get("accounts", ()), "accounts")
        made: Profile = _made(cls, given)
        return made


def _each(kind: type[Any], values: object, field: str) -> tuple[Any, ...]:
    if not isinstance(values, Sequence) or isinstance(values, str | bytes):
        raise InvalidField(field=field, value=values, expected="list")
    for one in values:
        if not isinstance(one, Mapping):
            raise InvalidField(field=field, value=one, expected="message")
    return tuple(_placed(kind, one, f"{field}[{place}]") for place, one in enumerate(values))


def _placed(kind: type[Any], values: Mapping[str, Any], place: str) -> Any:
    """One of a list; what is wrong with it is told by its place there."""
    try:
        return _made(kind, values)
    except InvalidField as refusal:
        _, _, name = str(refusal.values["field"]).partition(".")
        field = f"{place}.{name}" if name else place
        raise InvalidField(**{**refusal.values, "field": field}) from None
    except UnknownField as refusal:
        field = f"{place}.{refusal.values['field']}"
        raise UnknownField(**{**refusal.values, "field": field}) from None
    except MissingField as refusal:
        field = f"{place}.{refusal.values['field']}"
        raise MissingField(**{**refusal.values, "field": field}) from None


def _made(kind: type[Any], values: Mapping[str, Any]) -> Any:
    known = {one.name: one for one in fields(kind)}
    for name in values:
        if name not in known:
            raise UnknownField(field=str(name), struct=kind.__name__)
    try:
        return kind(**values)
    except TypeError:
        missing = next(name for name in known if name not in values)
        raise MissingField(field=missing, struct=kind.__name__) from None


def _plain(value: Any) -> Any:
    if isinstance(value, Profile | Contact | BankAccount):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def _check(value: object, form: re.Pattern[str], *, field: str, expected: str) -> None:
    if not isinstance(value, str) or not form.fullmatch(value):
        raise InvalidField(field=field, value=value, expected=expected)


def _set(value: object, name: str, checked: object) -> None:
    """Keep the one spelling of a value that is being made."""
    object.__setattr__(value, name, checked)
