"""The private records sealed anew, each participant's under a new key, while services run.

Whoever is stopped begins again: what is sealed anew already is passed over. The key before stays,
wrapped by the master key in force, until the next time: a service may seal under it meanwhile.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from ledger.model.errors.records import RecordTampered
from ledger.records.vault import DataKey, Place
from ledger.service.records.keyring import Keyring
from ledger.service.running.crash_points import writing
from ledger.store.database import Database
from ledger.store.sealed import SEALED, SealedColumn, SealedRow, put_sealed, some_sealed

__all__ = ["reseal"]

_ROWS: Final = 200
"""Values in one transaction."""

Heard = Callable[[str, int], None]
"""Hears the table and how many of its values were looked at."""


def reseal(database: Database, keyring: Keyring, heard: Heard = lambda *_: None) -> int:
    """Give every participant a new key and seal what is theirs under it; how many values.

    Raises `RecordTampered` for a value that no key of its owner opens; what was done stays done.
    """
    count = _walk(database, keyring, heard)  # what was left, or sealed meanwhile, the last time
    for owner in keyring.owners():
        keyring.renew(owner)
    return count + _walk(database, keyring, heard)


def _walk(database: Database, keyring: Keyring, heard: Heard) -> int:
    return sum(_walk_column(database, keyring, one, heard) for one in SEALED)


def _walk_column(database: Database, keyring: Keyring, column: SealedColumn, heard: Heard) -> int:
    after: Sequence[Any] = ()
    count = looked = 0
    while True:
        with database.reading() as connection:
            found = some_sealed(connection, column, after, _ROWS)
        if not found:
            return count
        fresh = [(row, new) for row in found if (new := _anew(keyring, column, row)) is not None]
        if fresh:
            with writing(database, "reseal") as connection:
                count += sum(put_sealed(connection, column, row, new) for row, new in fresh)
        after, looked = found[-1].key, looked + len(found)
        heard(column.table.name, looked)


def _anew(keyring: Keyring, column: SealedColumn, row: SealedRow) -> bytes | None:
    """The value under its owner's newest key; None where it is sealed under it already."""
    place = Place(column.table.name, column.name, row.name, row.owner)
    newest, before = keyring.pair(row.owner)
    if before is None or _opens(newest, row.sealed, place):
        return None
    return newest.seal(before.open(row.sealed, place), place)


def _opens(key: DataKey, sealed: bytes, place: Place) -> bool:
    try:
        key.open(sealed, place)
    except RecordTampered:
        return False
    return True
