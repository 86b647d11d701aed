"""Statements about the payables of imports: the leaves of a batch and what becomes of each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, func, select, tuple_, update

from ledger.store.bulk import insert_rows
from ledger.store.statements import chunks
from ledger.store.tables.imports import ROWS
from ledger.store.tables.operations import OPERATIONS

__all__ = [
    "ImportItem",
    "add_items",
    "count_items",
    "drop_items",
    "ended_items",
    "items_in",
    "items_of",
    "mark_items",
    "refused_sources",
]

_MARKED: Final = ("state", "operation", "payable", "refusal")


@dataclass(frozen=True, slots=True)
class ImportItem:
    """One payable of an import on its way to the ledger."""

    place: int
    line: int
    leaf: str
    state: str
    operation: str | None = None
    payable: int | None = None
    refusal: str | None = None


_ITEM_COLUMNS: Final = tuple(ROWS.c[field.name] for field in fields(ImportItem))


def add_items(connection: Connection, id_: str, items: Sequence[ImportItem]) -> None:
    """Keep the leaves of an import."""
    rows = [
        (
            id_,
            one.place,
            one.line,
            one.leaf,
            str(one.state),
            one.operation,
            one.payable,
            one.refusal,
        )
        for one in items
    ]
    insert_rows(connection, ROWS, rows)


def drop_items(connection: Connection, id_: str) -> None:
    """Forget leaves that were not signed to the end."""
    connection.execute(delete(ROWS).where(ROWS.c.import_id == id_))


def items_of(
    connection: Connection, id_: str, *, after: int = -1, limit: int = 10_000
) -> list[ImportItem]:
    """Payables of an import by their places."""
    rows = connection.execute(
        select(*_ITEM_COLUMNS)
        .where(ROWS.c.import_id == id_, ROWS.c.place > after)
        .order_by(ROWS.c.place)
        .limit(limit)
    )
    return [ImportItem(**row._mapping) for row in rows]


def items_in(connection: Connection, id_: str, state: str, limit: int) -> list[ImportItem]:
    """Payables of an import in a state, by their places."""
    rows = connection.execute(
        select(*_ITEM_COLUMNS)
        .where(ROWS.c.import_id == id_, ROWS.c.state == state)
        .order_by(ROWS.c.place)
        .limit(limit)
    )
    return [ImportItem(**row._mapping) for row in rows]


def count_items(connection: Connection, id_: str) -> dict[str, int]:
    """How many payables of an import are in each state."""
    rows = connection.execute(
        select(ROWS.c.state, func.count()).where(ROWS.c.import_id == id_).group_by(ROWS.c.state)
    )
    return {row[0]: int(row[1]) for row in rows}


def mark_items(
    connection: Connection, id_: str, places: Iterable[int], values: Iterable[Mapping[str, Any]]
) -> None:
    """Change payables by their places: of each its state, operation, payable and refusal."""
    rows = [
        {"operation": None, "payable": None, "refusal": None, **said, "at": place, "of": id_}
        for place, said in zip(places, values, strict=True)
    ]
    if rows:
        connection.execute(
            update(ROWS)
            .where(ROWS.c.import_id == bindparam("of"), ROWS.c.place == bindparam("at"))
            .values({name: bindparam(name) for name in _MARKED}),
            rows,
        )


def ended_items(
    connection: Connection, id_: str, state: str, ended: Sequence[str], limit: int
) -> list[tuple[ImportItem, str | None]]:
    """Payables in a state whose operation has come to one of these ends, with its refusal."""
    told = connection.execute(
        select(*_ITEM_COLUMNS, OPERATIONS.c.refusal.label("said"))
        .join(OPERATIONS, OPERATIONS.c.id == ROWS.c.operation)
        .where(ROWS.c.import_id == id_, ROWS.c.state == state, OPERATIONS.c.state.in_(ended))
        .order_by(ROWS.c.place)
        .limit(limit)
    )
    found = []
    for row in told:
        values = dict(row._mapping)
        said = values.pop("said")
        found.append((ImportItem(**values), said))
    return found


def refused_sources(connection: Connection, state: str, sources: Iterable[str]) -> set[str]:
    """Those of the sources, `import:place`, whose payable is in a state."""
    places = [(id_, int(place)) for id_, _, place in (one.partition(":") for one in sources)]
    found: set[str] = set()
    for some in chunks(places):
        rows = connection.execute(
            select(ROWS.c.import_id, ROWS.c.place).where(
                tuple_(ROWS.c.import_id, ROWS.c.place).in_(some),
                ROWS.c.state == state,
            )
        )
        found.update(f"{row[0]}:{row[1]}" for row in rows)
    return found
