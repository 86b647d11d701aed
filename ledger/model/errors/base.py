"""The root of the refusals: typed values, a message in two languages, and what to do next."""

import typing
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple, dataclass_transform

from ledger.model.glossary import Language
from ledger.model.meanings import Meaning
from ledger.model.once import once
from ledger.model.rendering import NO_NAMES, Names, filled, rendered

__all__ = ["Kind", "LedgerError", "Wording", "meanings_of"]


class Kind(StrEnum):
    """What sort of refusal it is; each door maps it to its own status."""

    MALFORMED = "malformed"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    NOT_YET = "not_yet"
    TERMS = "terms"
    LIMIT = "limit"
    FUNDS = "funds"
    # What only a door says: of requests that never became commands, and of itself.
    UNREADABLE = "unreadable"
    UNAUTHENTICATED = "unauthenticated"
    NO_METHOD = "no_method"
    TOO_LARGE = "too_large"
    UNSUPPORTED = "unsupported"
    TOO_MANY = "too_many"
    UNAVAILABLE = "unavailable"
    BROKEN = "broken"


class Wording(NamedTuple):
    """What a refusal says and what to do about it, each in English and in Chinese."""

    message: tuple[str, str]
    next_steps: tuple[str, str]


@once
def meanings_of(error: "type[LedgerError]") -> Mapping[str, Meaning]:
    """The values of an error in the contract's order, each with its meaning."""
    hints = typing.get_type_hints(error, include_extras=True)
    return MappingProxyType(
        {
            name: Meaning.FLAG if hint is bool else hint.__metadata__[0].meaning
            for name, hint in hints.items()
            if typing.get_origin(hint) is not ClassVar
        }
    )


@dataclass_transform(kw_only_default=True)
class LedgerError(Exception):
    """The ledger refuses.

    A subclass is named like the contract's error. Its docstring is the English message, its
    annotations are the values in the contract's order.
    """

    kind: ClassVar[Kind]
    zh: ClassVar[str]
    next_steps: ClassVar[tuple[str, str]]
    """What to do about it, in English and in Chinese."""

    without: ClassVar[Mapping[str, Wording]] = MappingProxyType({})
    """What is said instead where a value is 0, by the value's name."""

    values: ClassVar[Mapping[str, Any]]
    """The values by their snake_case names; set on each instance."""

    def __init__(self, **values: Any) -> None:
        wanted = meanings_of(type(self))
        if values.keys() != wanted.keys():
            raise TypeError(f"{self.code} takes {', '.join(wanted) or 'nothing'}")
        super().__init__()
        ordered = {name: values[name] for name in wanted}
        self.__dict__.update(ordered)
        self.__dict__["values"] = MappingProxyType(ordered)

    @classmethod
    def of(cls, *values: object) -> "LedgerError":
        """Make the error from the values as a revert lists them."""
        return cls(**dict(zip(meanings_of(cls), values, strict=True)))

    @property
    def code(self) -> str:
        """The stable name of the refusal; never translated."""
        return type(self).__name__

    def message(self, language: Language = "en", names: Names = NO_NAMES) -> str:
        """What is wrong, with the values that explain it."""
        return self._filled(self._wording().message, language, names)

    def next_step(self, language: Language = "en", names: Names = NO_NAMES) -> str:
        """What to do about it."""
        return self._filled(self._wording().next_steps, language, names)

    def _wording(self) -> Wording:
        for name, wording in self.without.items():
            if not self.values[name]:
                return wording
        return Wording((_template(type(self)), self.zh), self.next_steps)

    def _filled(self, templates: tuple[str, str], language: Language, names: Names) -> str:
        template = templates[1 if language == "zh" else 0]
        field = self.values.get("field", "")
        texts = {
            name: rendered(self.values[name], meaning, language, names, field=field)
            for name, meaning in meanings_of(type(self)).items()
        }
        return filled(template, texts)

    def __str__(self) -> str:
        return self.message()

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in self.values.items())
        return f"{self.code}({values})"

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return _remade, (type(self), dict(self.values))


@once
def _template(error: type[LedgerError]) -> str:
    """The docstring as one line."""
    return " ".join((error.__doc__ or error.__name__).split())


def _remade(error: type[LedgerError], values: dict[str, Any]) -> LedgerError:
    """Rebuild an error that crossed a process border."""
    return error(**values)
