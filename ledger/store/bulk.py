"""Many rows to an engine in one statement: repeated on SQLite, as arrays on PostgreSQL."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import Boolean, Column, Table
from sqlalchemy.engine import Connection

from ledger.store.columns import Plain
from ledger.store.metadata import Bytes, Word

__all__ = ["array_type", "arrays", "insert_rows", "quoted", "rows_clause", "update_rows"]


_ESCAPED: Final = str.maketrans({'"': r"\"", "\\": r"\\"})


def insert_rows(
    connection: Connection, table: Table, rows: Sequence[Plain], *, once: tuple[str, ...] = ()
) -> int:
    """Insert rows that give every column in the table's order; how many were inserted.

    One whose columns `once` stand in the table already is left out, where such columns are named.
    """
    if not rows:
        return 0
    statement = _insert(table, connection.dialect.name)
    if once:
        statement += f" ON CONFLICT ({', '.join(map(quoted, once))}) DO NOTHING"
    return _many(connection, statement, rows)


def update_rows(connection: Connection, statement: str, rows: Sequence[Plain]) -> None:
    """Run a change for each row of values; `?` stands for a value in either engine."""
    if connection.dialect.name != "sqlite":
        statement = statement.replace("?", "%s")
    if rows:
        connection.exec_driver_sql(statement, list(rows))


def rows_clause(columns: Sequence[Column[object]], dialect: str) -> str:
    """What follows the columns of an INSERT: where its rows come from."""
    if dialect == "sqlite":
        return f"VALUES ({', '.join('?' * len(columns))})"
    arrays = ", ".join(f"%s::{array_type(column)}[]" for column in columns)
    return f"SELECT * FROM unnest({arrays})"


def array_type(column: Column[object]) -> str:
    """PostgreSQL's name of a column's type."""
    kind = column.type
    if kind is Word:
        return "bigint"
    if isinstance(kind, Bytes):
        return "bytea"
    return "boolean" if isinstance(kind, Boolean) else "text"


def arrays(rows: Sequence[Plain]) -> Plain:
    """The columns of rows, each as PostgreSQL takes an array."""
    return tuple(map(_array, zip(*rows, strict=True)))


def _array(values: Sequence[Any]) -> Any:
    """Values as the driver writes them; texts by ourselves.

    It leaves a text bare that PostgreSQL then takes for no value: `null`, however it is written.
    """
    if not any(isinstance(one, str) for one in values):
        return list(values)
    told = ("NULL" if one is None else f'"{one.translate(_ESCAPED)}"' for one in values)
    return f"{{{','.join(told)}}}"


def quoted(name: str) -> str:
    """A name that may be a word of SQL."""
    return f'"{name}"'


def _many(connection: Connection, statement: str, rows: Sequence[Plain]) -> int:
    if connection.dialect.name == "sqlite":
        return connection.exec_driver_sql(statement, list(rows)).rowcount
    return connection.exec_driver_sql(statement, arrays(rows)).rowcount


@cache
def _insert(table: Table, dialect: str) -> str:
    columns = ", ".join(quoted(column.name) for column in table.columns)
    rows = rows_clause(list(table.columns), dialect)
    return f"INSERT INTO {quoted(table.name)} ({columns}) {rows}"
