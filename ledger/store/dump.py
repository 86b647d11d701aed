"""All rows of the views as bytes that are the same on every engine."""

import hashlib
from collections.abc import Iterator

from sqlalchemy.engine import Connection

from ledger.store.rows import VIEW_TABLES
from ledger.store.view_sql import LIVE, ViewSql

__all__ = ["dump", "dump_hash"]


def dump(connection: Connection, *, prefix: str = LIVE) -> Iterator[bytes]:
    """Each row in the order of its table and key, one line a row, then where the reading stands.

    A line is the table's name and the row's plain values, as Python writes them.
    """
    sql = ViewSql(connection.dialect.name, prefix=prefix)
    sql.bind(connection)
    for field, table in VIEW_TABLES.items():
        for values in sql.every(table):
            plain = table.put_down(table.key_of(values), table.read_back(values))
            yield f"{field} {plain!r}\n".encode()
    yield f"standing {sql.standing()}\n".encode()


def dump_hash(connection: Connection, *, prefix: str = LIVE) -> bytes:
    """The hash of a dump: equal rows, equal hash."""
    found = hashlib.sha256()
    for line in dump(connection, prefix=prefix):
        found.update(line)
    return found.digest()
