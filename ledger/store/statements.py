"""What statements need on either engine: an insert that may meet its row, values by the some."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

__all__ = ["chunks", "insert_of"]

_MANY: Final = 400
"""Values in one statement: SQLite takes no list without end."""


def chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Values in lists that are short enough for one statement."""
    every = list(values)
    for start in range(0, len(every), _MANY):
        yield every[start : start + _MANY]


def insert_of(connection: Connection) -> Any:
    """The insert of the engine, which knows what to do where its row stands already."""
    return postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
