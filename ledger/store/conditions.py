"""Conditions: what a row must be like, without the words of an engine."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, and_, false, or_, true

from ledger.store.columns import as_stored

__all__ = [
    "EVERYTHING",
    "NOTHING",
    "AllOf",
    "AnyOf",
    "Below",
    "Between",
    "Condition",
    "HasBit",
    "Is",
    "Named",
    "whether",
]


class Condition:
    """What a row must be like."""

    __slots__ = ()

    def said(self, table: Table) -> ColumnElement[bool]:
        """The condition in the words of SQL."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Is(Condition):
    """A column has one of some values."""

    column: str
    values: tuple[Any, ...]

    def said(self, table: Table) -> ColumnElement[bool]:
        return table.c[self.column].in_(as_stored(tuple(map(_stored, self.values))))


@dataclass(frozen=True, slots=True)
class HasBit(Condition):
    """A column of bits has one of these."""

    column: str
    bits: int

    def said(self, table: Table) -> ColumnElement[bool]:
        return whether(table.c[self.column].op("&")(self.bits) != 0)


@dataclass(frozen=True, slots=True)
class Between(Condition):
    """A column lies within bounds, both included; None for no bound."""

    column: str
    low: Any = None
    high: Any = None

    def said(self, table: Table) -> ColumnElement[bool]:
        column, (low, high) = table.c[self.column], as_stored((self.low, self.high))
        bounds = [column >= low] if low is not None else []
        bounds += [column <= high] if high is not None else []
        return and_(true(), *bounds)


@dataclass(frozen=True, slots=True)
class Named(Condition):
    """A text such as `,1,3,` names a participant, or everybody as 0 unless that is not enough."""

    column: str
    participant: int
    is_itself: bool = False

    def said(self, table: Table) -> ColumnElement[bool]:
        column = table.c[self.column]
        itself = column.contains(f",{self.participant},")
        return itself if self.is_itself else or_(itself, column.contains(",0,"))


@dataclass(frozen=True, slots=True)
class Below(Condition):
    """A column is lower than another of the same row, or the same."""

    column: str
    other: str
    or_same: bool = False

    def said(self, table: Table) -> ColumnElement[bool]:
        column, other = table.c[self.column], table.c[self.other]
        return whether(column <= other) if self.or_same else whether(column < other)


@dataclass(frozen=True, slots=True)
class AnyOf(Condition):
    """At least one holds."""

    conditions: tuple[Condition, ...]

    def said(self, table: Table) -> ColumnElement[bool]:
        return or_(false(), *(one.said(table) for one in self.conditions))


@dataclass(frozen=True, slots=True)
class AllOf(Condition):
    """Each of them holds."""

    conditions: tuple[Condition, ...]

    def said(self, table: Table) -> ColumnElement[bool]:
        return and_(true(), *(one.said(table) for one in self.conditions))


EVERYTHING: Final[Condition] = AllOf(())
NOTHING: Final[Condition] = AnyOf(())


def whether(said: Any) -> ColumnElement[bool]:
    """What the typing of operators loses."""
    whether: ColumnElement[bool] = said
    return whether


def _stored(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value
