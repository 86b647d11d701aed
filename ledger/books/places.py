"""Places in a book, and the kinds of values that may stand there."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledger.books.notation import is_amount, is_date, is_rate, signed_parts
from ledger.model.errors.service import BookInvalid

__all__ = [
    "AMOUNT",
    "DATE",
    "LIST",
    "NAME",
    "RATE",
    "Kind",
    "Place",
    "choice",
    "rate_within",
    "whole_within",
]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a value must be, in words, and whether one is."""

    expected: str
    accepts: Callable[[object], bool]


NAME: Final = Kind("a name", lambda value: isinstance(value, str) and value != "")
AMOUNT: Final = Kind("an amount such as 1000000.00, a decimal string", is_amount)
RATE: Final = Kind("a rate such as 0.0385, a decimal string of nine decimals at most", is_rate)
DATE: Final = Kind("a date such as 2027-03-31", is_date)
LIST: Final = Kind("a list", lambda value: isinstance(value, list))


def choice(what: str, words: Collection[str]) -> Kind:
    """One of some words; `what` names them."""
    return Kind(what, lambda value: isinstance(value, str) and value in words)


def whole_within(least: int, most: int) -> Kind:
    """A whole number within bounds; true and false are none."""
    expected = f"a whole number from {least} to {most}"
    return Kind(expected, lambda value: type(value) is int and least <= value <= most)


def rate_within(least: str, most: str) -> Kind:
    """A rate within bounds."""
    low, high = signed_parts(least), signed_parts(most)
    return Kind(
        f"a decimal string from {least} to {most}, of nine decimals at most",
        lambda value: (
            isinstance(value, str) and is_rate(value) and low <= signed_parts(value) <= high
        ),
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a book something stands; it refuses what must not stand there."""

    name: str

    def refusal(self, field: str, value: object, expected: str) -> BookInvalid:
        """The refusal of a value."""
        return BookInvalid(place=self.name, field=field, value=value, expected=expected)

    def expect(self, field: str, value: object, kind: Kind) -> None:
        """Refuse a value that is not of its kind."""
        if not kind.accepts(value):
            raise self.refusal(field, value, kind.expected)

    def expect_record(
        self,
        record: object,
        required: Mapping[str, Kind],
        optional: Mapping[str, Kind],
        *,
        field: str = "",
    ) -> None:
        """Refuse anything but a record of these fields; `field` is where it stands itself."""
        if not isinstance(record, dict):
            raise self.refusal(field or self.name, record, "an object")
        prefix = f"{field}." if field else ""
        known = {**required, **optional}
        for name in record:
            if name not in known:
                raise self.refusal(prefix + str(name), record[name], "left out")
        for name, kind in known.items():
            if name in record:
                self.expect(prefix + name, record[name], kind)
            elif name in required:
                raise self.refusal(prefix + name, None, kind.expected)

    def entries(self, record: Mapping[str, Any], field: str) -> list[Any]:
        """The entries of a list."""
        value = record.get(field)
        self.expect(field, value, LIST)
        entries: list[Any] = record[field]
        return entries
