"""Fresh tables beside those in use, filled by a rebuild and taken over at one stroke."""

from typing import Final

from sqlalchemy import MetaData, Table
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.schema import CreateTable

from ledger.store.bulk import quoted
from ledger.store.rows import STANDING, VIEW_TABLES
from ledger.store.tables.blocks import BLOCKS
from ledger.store.view_sql import LIVE

__all__ = ["SHADOW", "SHADOW_BLOCKS", "drop_shadow", "make_shadow", "take_over"]

SHADOW: Final = "fresh_"
"""What the names of the fresh tables begin with."""

_OTHERS: Final = MetaData()


def _shadow_of(table: Table, name: str) -> Table:
    """The same columns and keys, without indices: nobody asks for these rows but by key."""
    copy = table.to_metadata(_OTHERS, name=name)
    copy.indexes.clear()
    for constraint in copy.constraints:
        constraint.name = None
    return copy


_TABLES: Final = (*(one.table for one in VIEW_TABLES.values()), STANDING, BLOCKS)

_FRESH: Final = {
    table.name: _shadow_of(table, SHADOW + table.name.removeprefix(LIVE)) for table in _TABLES
}

SHADOW_BLOCKS: Final = _FRESH[BLOCKS.name]
"""The blocks that a rebuild has read."""


def make_shadow(connection: Connection) -> None:
    """Make the fresh tables, empty, whatever an earlier rebuild has left."""
    drop_shadow(connection)
    for statement in _creations(connection.dialect):
        connection.exec_driver_sql(statement)


_CREATIONS: Final[dict[str, list[str]]] = {}


def _creations(dialect: Dialect) -> list[str]:
    """How an engine is told to make the fresh tables; finding the words takes longer than that."""
    if dialect.name not in _CREATIONS:
        _CREATIONS[dialect.name] = [
            str(CreateTable(table).compile(dialect=dialect)) for table in _FRESH.values()
        ]
    return _CREATIONS[dialect.name]


def drop_shadow(connection: Connection) -> None:
    """Drop the fresh tables."""
    for table in _FRESH.values():
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {quoted(table.name)}")


def take_over(connection: Connection) -> None:
    """Put the fresh rows in the place of those in use, and drop the fresh tables.

    Whoever reads sees the old rows or the new ones, never some of both.
    """
    for table in _TABLES:
        columns = ", ".join(quoted(column.name) for column in table.columns)
        old, fresh = quoted(table.name), quoted(_FRESH[table.name].name)
        connection.exec_driver_sql(f"DELETE FROM {old}")
        connection.exec_driver_sql(f"INSERT INTO {old} ({columns}) SELECT {columns} FROM {fresh}")
    drop_shadow(connection)
