"""A thief of records' keys: what it has, and what it can open."""

from collections.abc import Mapping

from ledger.model.errors.records import RecordTampered
from ledger.records.vault import MasterKeys, Place
from ledger.service.records.keyring import Purpose
from ledger.store.data_keys import every_key
from ledger.store.database import Database
from ledger.store.sealed import SEALED, some_sealed

__all__ = ["old_keys", "opened_by_thief"]


def old_keys(database: Database) -> dict[int, bytes]:
    """The data keys of now, as a thief has them."""
    with database.reading() as connection:
        return {one.owner: one.wrapped for one in every_key(connection)
                if one.purpose == Purpose.RECORDS}  # fmt: skip


def opened_by_thief(database: Database, stolen: Mapping[int, bytes], master: bytes) -> int:
    """How many values the stolen keys open, which that master key wrapped."""
    masters, count = MasterKeys(master), 0
    for column in SEALED:
        with database.reading() as connection:
            found = some_sealed(connection, column, (), 10_000)
        for row in found:
            if row.owner not in stolen:
                continue
            place = Place("r_keys", "wrapped", Purpose.RECORDS, row.owner)
            key = masters.unwrap(stolen[row.owner], place)
            try:
                key.open(row.sealed, Place(column.table.name, column.name, row.name, row.owner))
                count += 1
            except RecordTampered:
                continue
    return count
