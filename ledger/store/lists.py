"""Lists of rows under conditions, a page at a time, by their keys.

A condition says what a row must be like, without the words of an engine. Whoever states conditions
decides who sees what; this module only asks.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    false,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)

from ledger.store.access import KeyRow, ReadRow
from ledger.store.columns import as_stored
from ledger.store.financing import quote_row, request_row
from ledger.store.operations import Operation
from ledger.store.rows import VIEW_TABLES
from ledger.store.runs import RunRow
from ledger.store.tables.access import ACCESS_LOG, API_KEYS
from ledger.store.tables.financing import QUOTES, REQUESTS
from ledger.store.tables.operations import OPERATIONS
from ledger.store.tables.scheduling import RUN_PAYOUTS, RUNS

__all__ = [
    "EVERYTHING",
    "NOTHING",
    "AllOf",
    "AnyOf",
    "Between",
    "Condition",
    "Has",
    "HasBit",
    "Is",
    "Named",
    "Of",
    "PayableIn",
    "find",
    "page",
    "page_up",
    "rows_of",
]

# Written out: PostgreSQL shifts by a number of 32 bits, and would be given one of 64.
_PAYABLE_BITS: Final[ColumnElement[Any]] = literal_column("32")


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
        return _whether(table.c[self.column].op("&")(self.bits) != 0)


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
    """A text such as `,1,3,` names a participant, or everybody as 0."""

    column: str
    participant: int

    def said(self, table: Table) -> ColumnElement[bool]:
        column = table.c[self.column]
        return or_(column.contains(f",{self.participant},"), column.contains(",0,"))


@dataclass(frozen=True, slots=True)
class Of(Condition):
    """A column has a value that rows of another view have in one of theirs."""

    column: str
    view: str
    other: str
    where: Condition

    def said(self, table: Table) -> ColumnElement[bool]:
        return table.c[self.column].in_(_chosen(self.view, self.other, self.where))


@dataclass(frozen=True, slots=True)
class PayableIn(Condition):
    """A column names a voucher of a payable for which the condition holds."""

    column: str
    where: Condition

    def said(self, table: Table) -> ColumnElement[bool]:
        payable = table.c[self.column].op(">>")(_PAYABLE_BITS)
        return _whether(payable.in_(_chosen("payables", "id", self.where)))


@dataclass(frozen=True, slots=True)
class Has(Condition):
    """A column names a payable with a voucher for which the condition holds."""

    column: str
    where: Condition

    def said(self, table: Table) -> ColumnElement[bool]:
        vouchers = VIEW_TABLES["vouchers"].table
        payable = vouchers.c.id.op(">>")(_PAYABLE_BITS)
        return table.c[self.column].in_(select(payable).where(self.where.said(vouchers)))


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


@dataclass(frozen=True, slots=True)
class _Source:
    """A table of rows with a key."""

    table: Table
    keys: tuple[str, ...]
    read: Callable[[Any], Any]

    @property
    def columns(self) -> list[Any]:
        """The columns of the key."""
        return [self.table.c[key] for key in self.keys]


def _named(row: Any, kind: Callable[..., Any], names: Sequence[str]) -> Any:
    return kind(**{name: row._mapping[name] for name in names})


_OTHERS: Final[Mapping[str, _Source]] = {
    "operations": _Source(
        OPERATIONS, ("id",), lambda row: _named(row, Operation, Operation.__slots__)
    ),
    "access_log": _Source(
        ACCESS_LOG, ("seq",), lambda row: _named(row, ReadRow, ReadRow.__slots__)
    ),
    "api_keys": _Source(API_KEYS, ("id",), lambda row: _named(row, KeyRow, KeyRow.__slots__)),
    "settlement_runs": _Source(
        RUNS, ("payable", "first_payment"), lambda row: _named(row, RunRow, RunRow.__slots__)
    ),
    "settlement_payouts": _Source(RUN_PAYOUTS, ("payout",), tuple),
    "financing_requests": _Source(REQUESTS, ("id",), request_row),
    "quotes": _Source(QUOTES, ("id",), quote_row),
}


def _source(view: str) -> _Source:
    if view in _OTHERS:
        return _OTHERS[view]
    found = VIEW_TABLES[view]
    return _Source(found.table, found.keys, lambda row: found.read_back(tuple(row)))


def page(
    connection: Connection,
    view: str,
    where: Condition,
    *,
    after: Sequence[Any] | None = None,
    most: int,
) -> list[tuple[tuple[Any, ...], Any]]:
    """Keys and rows that come after a key, from the highest key down."""
    source = _source(view)
    asked = select(source.table).where(where.said(source.table))
    if after is not None:
        asked = asked.where(_before(source.columns, after))
    order = (key.desc() for key in source.columns)
    return _keyed(source, connection.execute(asked.order_by(*order).limit(most)))


def page_up(
    connection: Connection, view: str, where: Condition, *, most: int
) -> list[tuple[tuple[Any, ...], Any]]:
    """Keys and rows from the lowest key up; a condition says where to begin."""
    source = _source(view)
    asked = select(source.table).where(where.said(source.table)).order_by(*source.columns)
    return _keyed(source, connection.execute(asked.limit(most)))


def rows_of(connection: Connection, view: str, where: Condition) -> Iterator[Any]:
    """Every row for which a condition holds, in the order of keys."""
    source = _source(view)
    asked = select(source.table).where(where.said(source.table)).order_by(*source.columns)
    for row in connection.execute(asked):
        yield source.read(row)


def find(connection: Connection, view: str, where: Condition) -> Any | None:
    """The first row for which a condition holds, or None."""
    return next(iter([row for _, row in page(connection, view, where, most=1)]), None)


def _keyed(source: _Source, found: Iterable[Any]) -> list[tuple[tuple[Any, ...], Any]]:
    return [(tuple(row._mapping[key] for key in source.keys), source.read(row)) for row in found]


def _before(keys: Sequence[ColumnElement[Any]], after: Sequence[Any]) -> ColumnElement[bool]:
    said = _whether(tuple_(*keys) < tuple_(*after))
    return said if len(keys) > 1 else keys[0] < after[0]


def _whether(said: Any) -> ColumnElement[bool]:
    """What the typing of operators loses."""
    whether: ColumnElement[bool] = said
    return whether


def _chosen(view: str, column: str, where: Condition) -> Any:
    table = _source(view).table
    return select(table.c[column]).where(where.said(table))


def _stored(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value
