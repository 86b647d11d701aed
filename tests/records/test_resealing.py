"""Records sealed anew: all of them, whatever stops it, while somebody else reads and writes."""

import pytest

from ledger.model.errors.records import RecordsKeyUnknown, RecordTampered
from ledger.records.commitments import RecordKind
from ledger.records.profiles import Profile
from ledger.records.vault import MasterKeys
from ledger.service.records import resealing
from ledger.service.records.directory import Directory, Reader
from ledger.service.records.keyring import Keyring, Purpose
from ledger.service.records.resealing import reseal
from ledger.store import records as rows
from ledger.store.database import Database
from ledger.store.metadata import METADATA
from ledger.store.sealed import SEALED
from tests.records.conftest import MASTER, OTHER_MASTER, directory_of
from tests.records.thief import old_keys, opened_by_thief

LATER = 1_900_000_000
OWNERS = range(1, 8)


def filled(directory: Directory) -> dict[bytes, str]:
    """Profiles and texts of some participants; the texts by their commitments."""
    texts = {}
    for owner in OWNERS:
        directory.put(Profile(owner, name_en=f"Member {owner}"))
        for number in range(3):
            text = f"text {number} of {owner}"
            texts[directory.commit(owner, RecordKind.MEMO, text)] = text
    return texts


def later(database: Database, days: int = 0) -> Keyring:
    """A keyring under the new master key alone, later."""
    return Keyring(database, MasterKeys(OTHER_MASTER, [MASTER]), lambda: LATER + days * 86_400)


def assert_all_there(directory: Directory, texts: dict[bytes, str], reader: Reader) -> None:
    assert len(directory.read(OWNERS, reader)) == len(OWNERS)
    found = directory.reveal(texts, reader)
    assert {one: memo.text for one, memo in found.items()} == texts


def test_every_sealed_column_is_known() -> None:
    found = {
        (table.name, column.name)
        for table in METADATA.tables.values()
        for column in table.columns
        if column.name.startswith("sealed")
    }
    assert {(one.table.name, one.name) for one in SEALED} == found
    for one in SEALED:
        assert tuple(column.name for column in one.table.primary_key) == one.key


def test_rotation_leaves_nothing_that_the_old_keys_open(
    database: Database, directory: Directory, reader: Reader
) -> None:
    texts = filled(directory)
    stolen = old_keys(database)
    assert opened_by_thief(database, stolen, MASTER) == 28
    keyring = later(database)
    keyring.rotate()
    heard: list[tuple[str, int]] = []
    assert reseal(database, keyring, lambda *told: heard.append(told)) == 28
    assert ("r_profiles", 7) in heard
    assert opened_by_thief(database, stolen, MASTER) == 0
    assert_all_there(directory_of(database, MasterKeys(OTHER_MASTER)), texts, reader)
    with pytest.raises(RecordsKeyUnknown):
        directory_of(database, MasterKeys(MASTER)).read([2], reader)


@pytest.mark.parametrize("dies_at", [1, 2, 5])
def test_rotation_that_is_stopped_goes_on_when_called_again(
    database: Database,
    directory: Directory,
    reader: Reader,
    monkeypatch: pytest.MonkeyPatch,
    dies_at: int,
) -> None:
    monkeypatch.setattr(resealing, "_ROWS", 4)
    texts, stolen = filled(directory), old_keys(database)
    keyring, looks = later(database), []

    def heard(*told: object) -> None:
        looks.append(told)
        if len(looks) == 8 + dies_at:  # the first walk finds nothing to do
            raise KeyboardInterrupt

    keyring.rotate()
    with pytest.raises(KeyboardInterrupt):
        reseal(database, keyring, heard)
    assert_all_there(directory_of(database, MasterKeys(OTHER_MASTER)), texts, reader)
    assert 0 < opened_by_thief(database, stolen, MASTER) < 28
    reseal(database, later(database))
    assert opened_by_thief(database, stolen, MASTER) == 0
    assert_all_there(directory_of(database, MasterKeys(OTHER_MASTER)), texts, reader)


def test_service_that_runs_reads_on_and_what_it_sealed_under_the_old_key_is_found_later(
    database: Database, directory: Directory, reader: Reader
) -> None:
    """It knows the keys from before."""
    texts, stolen = filled(directory), old_keys(database)
    keyring = Keyring(database, MasterKeys(MASTER), lambda: LATER)
    assert reseal(database, keyring) == 28
    assert_all_there(directory, texts, reader)
    directory.put(Profile(2, name_en="Renamed"))
    assert opened_by_thief(database, stolen, MASTER) == 1
    other = directory_of(database, MasterKeys(MASTER))
    assert other.names([2], reader) == {2: "Renamed"}
    reseal(database, Keyring(database, MasterKeys(MASTER), lambda: LATER + 90_000))
    assert opened_by_thief(database, stolen, MASTER) == 0
    fresh = directory_of(database, MasterKeys(MASTER))
    assert fresh.names([2], reader) == {2: "Renamed"}


def test_service_that_runs_takes_up_the_new_key(
    database: Database, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(directory)
    stolen = old_keys(database)
    reseal(database, Keyring(database, MasterKeys(MASTER), lambda: LATER))
    monkeypatch.setattr("ledger.service.records.keyring._STALE_SECONDS", -1.0)
    directory.put(Profile(2, name_en="Renamed"))
    assert opened_by_thief(database, stolen, MASTER) == 0


def test_value_that_no_key_opens_is_told_and_nothing_is_lost(
    database: Database, directory: Directory, reader: Reader
) -> None:
    filled(directory)
    with database.writing() as connection:
        row = rows.ProfileRow(9, b"\x01" + bytes(40), None, None, None, 0)
        rows.put_profile(connection, row, ())
    directory.keyring.key(9, Purpose.RECORDS)
    with pytest.raises(RecordTampered):
        reseal(database, Keyring(database, MasterKeys(MASTER), lambda: LATER))
    again = directory_of(database, MasterKeys(MASTER))
    assert len(again.read(OWNERS, reader)) == len(OWNERS)
