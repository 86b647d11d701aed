"""Every column that is sealed under a participant's key, and how its rows are walked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Table, select, tuple_, update

from ledger.store.tables.access import FIRST_ANSWERS
from ledger.store.tables.imports import IMPORTS, LAYOUTS
from ledger.store.tables.records import MEMOS, PROFILES, REFERENCES
from ledger.store.tables.webhooks import ENDPOINTS

__all__ = ["SEALED", "SealedColumn", "SealedRow", "put_sealed", "some_sealed"]


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of sealed bytes."""

    table: Table
    name: str
    owner: str
    """The column that names whose key seals it."""
    key: tuple[str, ...]
    """The primary key; its last part names the row in the place that is sealed."""


@dataclass(frozen=True, slots=True)
class SealedRow:
    """One sealed value."""

    key: tuple[Any, ...]
    owner: int
    sealed: bytes

    @property
    def name(self) -> str:
        """How the place names the row."""
        last = self.key[-1]
        return last.hex() if isinstance(last, bytes) else str(last)


SEALED: Final = (
    SealedColumn(PROFILES, "sealed", "participant", ("participant",)),
    SealedColumn(MEMOS, "sealed", "owner", ("commitment",)),
    SealedColumn(REFERENCES, "sealed", "owner", ("owner", "reference_index")),
    SealedColumn(IMPORTS, "sealed_file", "participant", ("id",)),
    SealedColumn(IMPORTS, "sealed_meta", "participant", ("id",)),
    SealedColumn(IMPORTS, "sealed_report", "participant", ("id",)),
    SealedColumn(LAYOUTS, "sealed", "participant", ("participant",)),
    SealedColumn(ENDPOINTS, "sealed", "participant", ("id",)),
    SealedColumn(FIRST_ANSWERS, "sealed", "participant", ("participant", "key")),
)
"""A test compares them with the tables."""


def some_sealed(
    connection: Connection, column: SealedColumn, after: Sequence[Any], limit: int
) -> list[SealedRow]:
    """The next values behind a key, in the order of the keys."""
    keys = [column.table.c[one] for one in column.key]
    sealed = column.table.c[column.name]
    asked = select(*keys, column.table.c[column.owner], sealed).where(sealed.is_not(None))
    if after:
        asked = asked.where(tuple_(*keys) > tuple_(*after))
    found = connection.execute(asked.order_by(*keys).limit(limit))
    return [SealedRow(tuple(row[:-2]), row[-2], row[-1]) for row in found]


def put_sealed(connection: Connection, column: SealedColumn, row: SealedRow, sealed: bytes) -> bool:
    """Put a value in place of a row's; False where somebody has written another meanwhile."""
    where = [column.table.c[name] == one for name, one in zip(column.key, row.key, strict=True)]
    changed = connection.execute(
        update(column.table)
        .where(*where, column.table.c[column.name] == row.sealed)
        .values({column.name: sealed})
    )
    return changed.rowcount == 1
