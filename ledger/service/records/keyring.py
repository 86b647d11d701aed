"""The data keys of the records: made when first needed, wrapped by the master key, kept at hand."""

import os
import stat
import time
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

from ledger.model.errors.input import KeyFileExposed
from ledger.model.errors.records import RecordsKeyMissing
from ledger.records.vault import DataKey, HeirKey, MasterKeys, Place
from ledger.service.running.crash_points import writing
from ledger.store import data_keys as rows
from ledger.store.database import Connection, Database

__all__ = ["LEDGER", "RECORDS_KEY_SETTINGS", "Keyring", "Purpose", "master_keys_of"]

LEDGER: Final = 0
"""Owner of the keys that belong to no participant."""

_STALE_SECONDS: Final = 60.0
"""After so long the records keys of a participant are read again."""
_RENEWED_SECONDS: Final = 86_400
"""A key that is younger was renewed by a run that did not come to its end, or a moment ago."""

_SETTING: Final = "FENBOOK_RECORDS_KEY"
_PREVIOUS: Final = "FENBOOK_RECORDS_KEY_PREVIOUS"
RECORDS_KEY_SETTINGS: Final = (_SETTING, f"{_SETTING}_FILE")
"""Where the key in force is named."""


class Purpose(StrEnum):
    """What a data key is for; all but the first are the ledger's own."""

    RECORDS = "records"
    BEFORE = "records before"
    """A participant's records key until it was renewed."""
    INDEX = "index"
    INVOICES = "invoices"
    ACCESS = "access"


def master_keys_of(settings: Mapping[str, str]) -> MasterKeys:
    """The master keys of settings or of the files they name, the one in force and the previous.

    Raises `RecordsKeyMissing`, `RecordsKeyInvalid`, and `KeyFileExposed` of a file that others may
    read.
    """
    current = _setting(settings, _SETTING)
    if not current:
        raise RecordsKeyMissing()
    previous = _setting(settings, _PREVIOUS)
    return MasterKeys.read(current, [previous] if previous else [])


def _setting(settings: Mapping[str, str], name: str) -> str:
    path = settings.get(f"{name}_FILE", "")
    if not path:
        return settings.get(name, "")
    try:
        mode = stat.S_IMODE(os.stat(path).st_mode)
        if mode & 0o077:
            raise KeyFileExposed(path=path, mode=f"{mode:03o}")
        return Path(path).read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise RecordsKeyMissing() from None


class Keyring:
    """Unwraps data keys and remembers them for as long as the process runs."""

    def __init__(self, database: Database, masters: MasterKeys, wall: Callable[[], int]) -> None:
        self._database = database
        self._masters = masters
        self._wall = wall
        self._known: dict[tuple[int, str], DataKey] = {}
        self._read_at: dict[int, float] = {}
        """When the records keys of owners were read last."""

    def __repr__(self) -> str:
        return f"Keyring({self._masters!r})"

    def key(self, owner: int, purpose: Purpose) -> DataKey:
        """A data key that is there or is made now; raises `RecordsKeyUnknown`.

        It opens a transaction of its own, so it must not be asked within one that writes.
        """
        found = self._known.get((owner, purpose))
        if found is not None and not (purpose is Purpose.RECORDS and self._is_stale(owner)):
            return found
        with self._database.reading() as connection:
            wrapped = rows.find_key(connection, owner, purpose)
        if wrapped is None:
            with writing(self._database, "records key") as connection:
                self._database.lock(connection, "records-keys")
                wrapped = rows.find_key(connection, owner, purpose)
                wrapped = wrapped or self._make(connection, owner, purpose)
        key = self._masters.unwrap(wrapped, _place(owner, purpose))
        if purpose is Purpose.RECORDS:
            before = self.pair(owner)[1]
            key = HeirKey(key, before=before, after=lambda: self.pair(owner)[0])
            self._read_at[owner] = time.monotonic()
        self._known[owner, purpose] = key
        return key

    def _is_stale(self, owner: int) -> bool:
        """Whether another process may long have renewed an owner's key."""
        return time.monotonic() - self._read_at.get(owner, 0.0) > _STALE_SECONDS

    # ---- other keys

    def owners(self) -> list[int]:
        """Whoever has a records key."""
        with self._database.reading() as connection:
            found = rows.every_key(connection)
        return [one.owner for one in found if one.purpose == Purpose.RECORDS]

    def pair(self, owner: int) -> tuple[DataKey, DataKey | None]:
        """An owner's records key as it stands in the database, and the one before it."""
        with self._database.reading() as connection:
            newest = rows.find_key(connection, owner, Purpose.RECORDS)
            before = rows.find_key(connection, owner, Purpose.BEFORE)
        if newest is None:
            raise RecordsKeyMissing()
        return (
            self._masters.unwrap(newest, _place(owner, Purpose.RECORDS)),
            None if before is None else self._masters.unwrap(before, _place(owner, Purpose.BEFORE)),
        )

    def renew(self, owner: int) -> bool:
        """Give an owner a new records key; False where the one in force is younger than a day.

        What the key before it has sealed must be sealed under the one in force: it is dropped.
        """
        with writing(self._database, "renew") as connection:
            self._database.lock(connection, "records-keys")
            known = {one.purpose: one for one in rows.every_key(connection, owner)}
            now = known[Purpose.RECORDS]
            if now.made_wall > self._wall() - _RENEWED_SECONDS:
                return False
            key = self._masters.unwrap(now.wrapped, _place(owner, Purpose.RECORDS))
            rows.drop_keys(connection, owner, (Purpose.RECORDS, Purpose.BEFORE))
            wrapped = self._masters.wrap(key, _place(owner, Purpose.BEFORE))
            rows.add_key(connection, rows.KeyRow(owner, Purpose.BEFORE, wrapped, now.made_wall))
            self._make(connection, owner, Purpose.RECORDS)
        return True

    def rotate(self) -> int:
        """Wrap every data key under the master key in force; returns how many were not yet.

        In one transaction: whoever is stopped half-way has changed nothing.
        """
        count = 0
        with writing(self._database, "rotate") as connection:
            self._database.lock(connection, "records-keys")
            for row in rows.every_key(connection):
                if self._masters.is_current(row.wrapped):
                    continue
                place = _place(row.owner, row.purpose)
                key = self._masters.unwrap(row.wrapped, place)
                wrapped = self._masters.wrap(key, place)
                rows.rewrap(connection, row.owner, row.purpose, wrapped)
                count += 1
        return count

    def _make(self, connection: Connection, owner: int, purpose: Purpose) -> bytes:
        wrapped = self._masters.wrap(DataKey.random(), _place(owner, purpose))
        rows.add_key(connection, rows.KeyRow(owner, purpose, wrapped, self._wall()))
        return wrapped


def _place(owner: int, purpose: str) -> Place:
    return Place("r_keys", "wrapped", purpose, owner)
