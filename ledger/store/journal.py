"""Statements about the journal of the embedded chain."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from ledger.store.tables.journal import JOURNAL

__all__ = ["JournalRow", "add_entry", "drop_entries", "entries"]


@dataclass(frozen=True, slots=True)
class JournalRow:
    """How a block is made."""

    number: int
    second: int
    raw: bytes
    hash: bytes


def add_entry(connection: Connection, row: JournalRow) -> None:
    """Write down the next block."""
    values = {"number": row.number, "second": row.second, "raw": row.raw, "hash": row.hash}
    connection.execute(insert(JOURNAL).values(**values))


def entries(connection: Connection) -> Iterator[JournalRow]:
    """Every block in its order."""
    for one in connection.execute(select(JOURNAL).order_by(JOURNAL.c.number)):
        yield JournalRow(one.number, one.second, one.raw, one.hash)


def drop_entries(connection: Connection) -> None:
    """Forget a chain that was never finished."""
    connection.execute(delete(JOURNAL))
