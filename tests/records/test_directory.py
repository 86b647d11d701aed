"""The directory: what is refused, what is found without being opened, and who has read what."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from ledger.model.errors import (
    DatabaseFailed,
    IdentifierTaken,
    InvalidField,
    KeyFileExposed,
    PurposeMissing,
    RecordsKeyInvalid,
    RecordsKeyMissing,
    RecordsKeyUnknown,
    RecordTampered,
    RecordUnknown,
)
from ledger.records.commitments import RecordKind
from ledger.records.profiles import BankAccount, Contact, Profile
from ledger.records.vault import MasterKeys
from ledger.service.records.directory import Directory, Reader
from ledger.service.records.keyring import LEDGER, Keyring, Purpose, master_keys_of
from ledger.store import data_keys
from ledger.store import records as rows
from ledger.store.database import Connection, Database
from ledger.store.tables.records import ACCESS, KEYS, PROFILES
from tests.records.conftest import MASTER, OTHER_MASTER, directory_of

GOOD = "91110000600037341L"
BIRCH = Profile(
    2,
    name_zh="白桦零部件（武汉）有限公司",
    name_en="Birch Parts",
    uscc=GOOD,
    lei="5493001KJTIIGC8Y1R12",
    group="Forest Group",
    contacts=(Contact("李梅梅", phone="+86 27 8888 0000", email="li.mei@birch.example"),),
    accounts=(BankAccount("白桦零部件", "6222000011112222", "Delta Bank Wuhan"),),
)
CEDAR = Profile(3, name_en="Cedar Castings", group="forest group")


class TestKeys:
    def test_none_set_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(RecordsKeyMissing):
            master_keys_of({})
        with pytest.raises(RecordsKeyMissing):
            master_keys_of({"FENBOOK_RECORDS_KEY_FILE": str(tmp_path / "none")})
        with pytest.raises(RecordsKeyInvalid):
            master_keys_of({"FENBOOK_RECORDS_KEY": "secret"})

    def test_file_that_others_may_read_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "key"
        path.write_text(MASTER.hex() + "\n")
        path.chmod(0o640)
        with pytest.raises(KeyFileExposed):
            master_keys_of({"FENBOOK_RECORDS_KEY_FILE": str(path)})
        path.chmod(0o600)
        keys = master_keys_of({"FENBOOK_RECORDS_KEY_FILE": str(path)})
        assert keys.id == MasterKeys(MASTER).id

    def test_another_master_key_opens_nothing(
        self, database: Database, directory: Directory, reader: Reader
    ) -> None:
        directory.put(BIRCH)
        with pytest.raises(RecordsKeyUnknown):
            directory_of(database, MasterKeys(OTHER_MASTER)).read([2], reader)

    def test_rotation_changes_the_wrapping_and_nothing_else(
        self, database: Database, directory: Directory, reader: Reader
    ) -> None:
        directory.put(BIRCH)
        directory.put(CEDAR)
        both = MasterKeys(OTHER_MASTER, [MASTER])
        assert Keyring(database, both, lambda: 0).rotate() == 3  # two of parties, one of indices
        assert Keyring(database, both, lambda: 0).rotate() == 0
        later = directory_of(database, MasterKeys(OTHER_MASTER))
        assert later.read([2, 3], reader) == {2: BIRCH, 3: CEDAR}
        assert later.by_uscc([GOOD]) == {GOOD: 2}
        with pytest.raises(RecordsKeyUnknown):
            directory_of(database, MasterKeys(MASTER)).read([2], reader)

    def test_rotation_that_fails_midway_changes_nothing(
        self, database: Database, directory: Directory, reader: Reader
    ) -> None:
        directory.put(BIRCH)
        with database.writing() as connection:
            broken = MasterKeys(bytes(32)).id + b"?"
            data_keys.add_key(connection, data_keys.KeyRow(9, Purpose.RECORDS, broken, 0))
        with pytest.raises(RecordsKeyUnknown):
            Keyring(database, MasterKeys(OTHER_MASTER, [MASTER]), lambda: 0).rotate()
        assert directory_of(database, MasterKeys(MASTER)).read([2], reader) == {2: BIRCH}

    def test_two_that_need_a_new_key_at_once_get_the_same(self, database: Database) -> None:
        rings = [Keyring(database, MasterKeys(MASTER), lambda: 0) for _ in range(4)]
        macs: list[bytes] = []
        threads = [
            threading.Thread(
                target=lambda one=ring: macs.append(one.key(LEDGER, Purpose.INDEX).mac("x"))
            )
            for ring in rings
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(macs) == 4
        assert len(set(macs)) == 1


class TestProfiles:
    def test_nobody_recorded_is_told(self, directory: Directory, reader: Reader) -> None:
        with pytest.raises(RecordUnknown):
            directory.read_one(7, reader)
        assert directory.read([7], reader) == {}

    def test_a_code_of_another_is_refused(self, directory: Directory) -> None:
        directory.put(BIRCH)
        with pytest.raises(IdentifierTaken, match="USCC"):
            directory.put(replace(CEDAR, uscc=GOOD))
        with pytest.raises(IdentifierTaken, match="LEI"):
            directory.put(replace(CEDAR, lei=BIRCH.lei))
        directory.put(BIRCH)

    def test_a_row_put_in_anothers_place_is_not_opened(
        self, database: Database, directory: Directory, reader: Reader
    ) -> None:
        directory.put(BIRCH)
        directory.put(CEDAR)
        with database.writing() as connection:
            sealed = connection.scalar(select(PROFILES.c.sealed).where(PROFILES.c.participant == 2))
            connection.execute(
                update(PROFILES).where(PROFILES.c.participant == 3).values(sealed=sealed)
            )
        assert directory.read([2], reader) == {2: BIRCH}
        with pytest.raises(RecordTampered):
            directory.read([3], reader)

    def test_is_read_as_it_was_put_and_put_again(
        self, directory: Directory, reader: Reader
    ) -> None:
        directory.put(BIRCH)
        later = replace(BIRCH, name_en="Birch Components", uscc="", lei="")
        directory.put(later)
        assert directory.read_one(2, reader) == later
        assert directory.by_name(["Birch Parts", "BIRCH components"]) == {"BIRCH components": [2]}
        assert directory.by_uscc([GOOD]) == {}
        assert directory.names([2, 3], reader, "zh") == {2: BIRCH.name_zh}

    def test_is_found_by_code_and_name_without_a_reading(self, directory: Directory) -> None:
        directory.put(BIRCH)
        directory.put(replace(CEDAR, name_zh="白桦零部件(武汉)有限公司"))
        found = directory.by_uscc([GOOD.lower(), "91110000600037341M", "nonsense"])
        assert found == {GOOD.lower(): 2}
        asked = ["birch parts", "白桦零部件(武汉)有限公司", "Nobody"]
        assert directory.by_name(asked) == {asked[0]: [2], asked[1]: [2, 3]}
        assert directory.readings() == []

    def test_related_parties_share_a_value(self, directory: Directory) -> None:
        directory.put(BIRCH)
        directory.put(CEDAR)
        directory.put(Profile(4, name_en="Delta Bank"))
        groups = directory.groups([2, 3, 4])
        assert groups[2] == groups[3]
        assert 4 not in groups

    def test_identity_is_one_for_all_spellings(self, directory: Directory) -> None:
        with pytest.raises(InvalidField):
            directory.identity("nonsense")
        assert directory.identity(GOOD) == directory.identity(" " + GOOD.lower())


class TestMemos:
    def test_unknown_ones_are_not_there(self, directory: Directory, reader: Reader) -> None:
        assert directory.reveal([bytes(32)], reader) == {}

    def test_are_revealed_and_the_reading_is_logged(
        self, directory: Directory, reader: Reader
    ) -> None:
        commitment = directory.commit(2, RecordKind.EVIDENCE, "Contract HT-2027-03")
        memo = directory.reveal([commitment], reader)[commitment]
        assert (memo.kind, memo.text) == (RecordKind.EVIDENCE, "Contract HT-2027-03")
        assert memo.opens(commitment)
        [row] = directory.readings()
        assert (row.what, row.subjects) == ("memo", ",2,")


class TestReferences:
    def test_are_claimed_once_per_owner(self, database: Database, directory: Directory) -> None:
        row = directory.sealed_reference(1, "PO-7", source="op_1")
        again = directory.sealed_reference(1, "ｐｏ－７", source="op_2")
        new = directory.sealed_reference(1, "PO-9", source="op_4")
        other = directory.sealed_reference(2, "PO-7", source="op_3")
        with database.writing() as connection:
            assert rows.add_references(connection, [row, other]) == 2
        with database.writing() as connection:
            assert rows.add_references(connection, [again, new, new]) == 1
        claimed = directory.references_claimed(1, ["po-7", "PO7", "PO-8", "PO-9"])
        assert {one: row.source for one, row in claimed.items()} == {"po-7": "op_1", "PO-9": "op_4"}
        assert directory.reference_of(claimed["po-7"]) == "PO-7"

    def test_are_given_back_unless_a_payable_came_of_them(
        self, database: Database, directory: Directory
    ) -> None:
        claims = [directory.sealed_reference(1, f"PO-{one}", source=f"s{one}") for one in (1, 2)]
        with database.writing() as connection:
            rows.add_references(connection, claims)
            rows.name_payables(connection, 1, [("s1", 41)])
            rows.free_references(connection, 1, ["s1", "s2"])
        claimed = directory.references_claimed(1, ["PO-1", "PO-2"])
        assert {one: row.payable for one, row in claimed.items()} == {"PO-1": 41}


class TestReadings:
    @pytest.mark.parametrize("values", [(1, "", "why"), (1, "session", " ")])
    def test_without_who_and_what_for_are_refused(self, values: tuple[int, str, str]) -> None:
        with pytest.raises(PurposeMissing):
            Reader(*values)

    def test_leave_a_row_each_also_where_nothing_is_found(
        self, directory: Directory, reader: Reader
    ) -> None:
        directory.put(BIRCH)
        for _ in range(3):
            directory.read([2, 9], reader)
        directory.names([2], replace(reader, participant=8, purpose="supervision"))
        found = directory.readings()
        assert [row.seq for row in found] == [1, 2, 3, 4]
        told = found[3]
        assert (told.reader, told.purpose, told.what, told.subjects) == (
            8,
            "supervision",
            "name",
            ",2,",
        )
        assert directory.readings(after=3) == found[3:]
        assert directory.check_readings() == 4

    def test_that_cannot_be_logged_open_nothing(
        self, database: Database, directory: Directory, reader: Reader
    ) -> None:
        directory.put(BIRCH)
        directory.read([2], reader)
        with database.writing() as connection:
            connection.execute(update(KEYS).where(KEYS.c.purpose == "access").values(wrapped=b"?"))
        with pytest.raises(RecordsKeyUnknown):
            directory_of(database, MasterKeys(MASTER)).read([2], reader)

    def test_cannot_be_changed_in_the_database(
        self, database: Database, directory: Directory, reader: Reader
    ) -> None:
        directory.read([2], reader)
        for statement in ("UPDATE r_access SET purpose = ''", "DELETE FROM r_access"):
            with (
                pytest.raises((IntegrityError, DatabaseFailed), match="only grows"),
                database.writing() as connection,
            ):
                connection.exec_driver_sql(statement)

    @pytest.mark.parametrize("change", ["purpose", "missing", "added"])
    def test_changed_afterwards_are_noticed(
        self, database: Database, directory: Directory, reader: Reader, change: str
    ) -> None:
        for _ in range(3):
            directory.read([2], reader)
        with database.writing() as connection:
            self._let_change(database, connection)
            if change == "purpose":
                connection.execute(update(ACCESS).where(ACCESS.c.seq == 2).values(purpose="audit"))
            elif change == "missing":
                connection.execute(delete(ACCESS).where(ACCESS.c.seq == 2))
            else:
                last = rows.read_access(connection)[-1]
                rows.add_access(connection, replace(last, seq=4))
        with pytest.raises(RecordTampered, match="r_access"):
            directory.check_readings()

    def _let_change(self, database: Database, connection: Connection) -> None:
        """What somebody with all rights over the database would do first."""
        if database.dialect == "sqlite":
            for act in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER r_access_keeps_{act}")
        else:
            connection.exec_driver_sql("DROP TRIGGER r_access_keeps ON r_access")

    def test_cannot_be_changed_through_the_store(self) -> None:
        names = [name for name in rows.__all__ if "access" in name]
        assert names == ["add_access", "last_access", "read_access"]


def test_nothing_private_stands_in_the_database_in_clear(
    database: Database, directory: Directory, reader: Reader, tmp_path: Path
) -> None:
    directory.put(BIRCH)
    directory.commit(2, RecordKind.EVIDENCE, "Contract HT-2027-03")
    claim = directory.sealed_reference(2, "PO-778899", source="op_1")
    with database.writing() as connection:
        rows.add_references(connection, [claim])
    directory.read([2], reader)
    secrets = ["白桦", "Birch", "birch", GOOD, "5493001KJTIIGC8Y1R12", "Forest", "forest", "李梅梅"]
    secrets += ["8888 0000", "li.mei", "6222000011112222", "Delta Bank Wuhan", "HT-2027-03"]
    secrets += ["PO-778899", "778899", MASTER.hex()]
    texts = [*(one.encode() for one in secrets), MASTER]
    if database.dialect == "sqlite":
        kept = b"".join(path.read_bytes() for path in sorted(tmp_path.glob("*.sqlite*")))
    else:
        with database.reading() as connection:
            found = [
                row
                for table in (KEYS, PROFILES, ACCESS)
                for row in connection.execute(select(table))
            ]
        kept = b"|".join(
            bytes(value) if isinstance(value, bytes) else str(value).encode()
            for row in found
            for value in row
        )
    assert len(kept) > 500
    assert [one for one in texts if one in kept] == []
