"""Lists of rows under conditions, a page at a time, by their keys.

Whoever states conditions decides who sees what; this module only asks.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    literal_column,
    select,
    tuple_,
)

from ledger.store.access import KeyRow, ReadRow
from ledger.store.conditions import (
    EVERYTHING,
    NOTHING,
    AllOf,
    AnyOf,
    Below,
    Between,
    Condition,
    HasBit,
    Is,
    Named,
    whether,
)
from ledger.store.financing import quote_row, request_row
from ledger.store.operations import Operation
from ledger.store.rows import VIEW_TABLES
from ledger.store.runs import RunRow
from ledger.store.tables.access import ACCESS_LOG, API_KEYS
from ledger.store.tables.events import EVENTS
from ledger.store.tables.financing import QUOTES, REQUESTS
from ledger.store.tables.operations import OPERATIONS
from ledger.store.tables.scheduling import RUN_PAYOUTS, RUNS

__all__ = [
    "EVERYTHING",
    "NOTHING",
    "AllOf",
    "AnyOf",
    "Below",
    "Between",
    "Condition",
    "Has",
    "HasBit",
    "Is",
    "Named",
    "Of",
    "OfEach",
    "PayableIn",
    "PayableInEach",
    "find",
    "page",
    "page_up",
    "rows_of",
]

# Written out: PostgreSQL shifts by a number of 32 bits, and would be given one of 64.
_PAYABLE_BITS: Final[ColumnElement[Any]] = literal_column("32")


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
class OfEach(Of):
    """The same, looked up for each row: where rows are few and those of the other view many."""

    def said(self, table: Table) -> ColumnElement[bool]:
        other = _source(self.view).table
        is_it = other.c[self.other] == table.c[self.column]
        return select(other.c[self.other]).where(is_it, self.where.said(other)).exists()


@dataclass(frozen=True, slots=True)
class PayableIn(Condition):
    """A column names a voucher of a payable for which the condition holds."""

    column: str
    where: Condition

    def said(self, table: Table) -> ColumnElement[bool]:
        payable = table.c[self.column].op(">>")(_PAYABLE_BITS)
        return whether(payable.in_(_chosen("payables", "id", self.where)))


@dataclass(frozen=True, slots=True)
class PayableInEach(PayableIn):
    """The same, looked up for each row: a page ends long before most payables are gone through."""

    def said(self, table: Table) -> ColumnElement[bool]:
        payables = VIEW_TABLES["payables"].table
        is_it = payables.c.id == table.c[self.column].op(">>")(_PAYABLE_BITS)
        return select(payables.c.id).where(is_it, self.where.said(payables)).exists()


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
    "events": _Source(EVENTS, ("seq",), tuple),
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
    said = whether(tuple_(*keys) < tuple_(*after))
    return said if len(keys) > 1 else keys[0] < after[0]


def _chosen(view: str, column: str, where: Condition) -> Any:
    table = _source(view).table
    return select(table.c[column]).where(where.said(table))
