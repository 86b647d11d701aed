"""Many rows to an engine in one statement: lists of values for SQLite, arrays for PostgreSQL."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import Any, Final

from sqlalchemy import Boolean, Column, Table
from sqlalchemy.engine import Connection

from ledger.store.columns import Plain, as_stored
from ledger.store.metadata import Bytes, Word

__all__ = ["Insertion", "array_type", "arrays", "insert_rows", "quoted", "update_rows"]

_VALUES_MAX: Final = 4_096
"""Values of one statement to SQLite, which takes 32,766; it keeps some 100 bytes for each."""

_COUNTS: Final = (1024, 256, 64)
"""Rows of one; a statement of fewer takes longer to put together than to run."""

_ESCAPED: Final = str.maketrans({'"': r"\"", "\\": r"\\"})


@dataclass(frozen=True, slots=True)
class Insertion:
    """Rows of some columns into a table, however many they are."""

    table: str
    """Its name, quoted."""
    columns: tuple[Column[Any], ...]
    conflict: str = ""
    """What is done about a row whose key stands there already; empty where that is a fault."""
    are_wide: bool = False
    """Whether numbers from 2^63 up to 2^64 may come; else the engine refuses one."""
    _texts: dict[int, str] = field(default_factory=dict, init=False, repr=False, compare=False)
    """By the rows of one statement: a number for SQLite, 0 for as many as there are."""

    def run(self, connection: Connection, rows: Sequence[Plain]) -> int:
        """Put rows in; how many went in. The transaction is of no use where one is a fault."""
        if connection.dialect.name == "sqlite":
            return sum(self._said_to_sqlite(connection, rows))
        return connection.exec_driver_sql(self._text(0), arrays(self._stored(rows))).rowcount

    def _said_to_sqlite(self, connection: Connection, rows: Sequence[Plain]) -> Iterator[int]:
        """In few statements of a few sizes, so that each is put together once; a rest row by row.

        Other threads may compute while one runs, and have the next one wait for its turn.
        """
        done = 0
        for count in _COUNTS:
            while count * len(self.columns) <= _VALUES_MAX and done + count <= len(rows):
                text = self._text(count)
                values = tuple(chain.from_iterable(rows[done : done + count]))
                try:
                    yield connection.exec_driver_sql(text, values).rowcount
                except OverflowError:  # a number beyond 2^63; nothing of it has run
                    if not self.are_wide:
                        raise
                    yield connection.exec_driver_sql(text, as_stored(values)).rowcount
                done += count
        if rest := self._stored(rows[done:]):
            yield connection.exec_driver_sql(self._text(1), rest).rowcount

    def _stored(self, rows: Sequence[Plain]) -> list[Plain]:
        return [as_stored(row) for row in rows] if self.are_wide else list(rows)

    def _text(self, count: int) -> str:
        """The statement that puts so many rows in."""
        found = self._texts.get(count)
        if found is None:
            found = self._texts[count] = self._put_together(count)
        return found

    def _put_together(self, count: int) -> str:
        columns = ", ".join(quoted(column.name) for column in self.columns)
        if count:
            # Else SQLite would copy what rows have changed, to undo this statement alone.
            into = "INSERT OR FAIL INTO"
            row = f"({', '.join('?' * len(self.columns))})"
            rows = f"VALUES {', '.join([row] * count)}"
        else:
            into = "INSERT INTO"
            kinds = (f"%s::{array_type(column)}[]" for column in self.columns)
            rows = f"SELECT * FROM unnest({', '.join(kinds)})"
        return f"{into} {self.table} ({columns}) {rows} {self.conflict}".rstrip()


def insert_rows(
    connection: Connection, table: Table, rows: Sequence[Plain], *, once: tuple[str, ...] = ()
) -> int:
    """Insert rows that give every column in the table's order; how many were inserted.

    One whose columns `once` stand in the table already is left out, where such columns are named.
    """
    return _insertion(table, once).run(connection, rows) if rows else 0


def update_rows(connection: Connection, statement: str, rows: Sequence[Plain]) -> None:
    """Run a change for each row of values; `?` stands for a value in either engine."""
    if connection.dialect.name != "sqlite":
        statement = statement.replace("?", "%s")
    if rows:
        connection.exec_driver_sql(statement, list(rows))


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


@cache
def _insertion(table: Table, once: tuple[str, ...]) -> Insertion:
    conflict = f"ON CONFLICT ({', '.join(map(quoted, once))}) DO NOTHING" if once else ""
    return Insertion(quoted(table.name), tuple(table.columns), conflict)
