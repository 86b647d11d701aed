"""The key of the records from the shell: made, changed, and never shown."""

import json
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from ledger.chain.typed_data import keccak
from ledger.cli.app import app
from ledger.model.states import Role
from ledger.records.profiles import Profile
from ledger.service.records.directory import Directory, Reader
from ledger.service.records.keyring import Keyring, master_keys_of
from ledger.store.database import Database
from ledger.store.state import SqlState
from ledger.views.party_rows import Participant
from tests.databases import database_url

READER = Reader(1, "session 1", "test")


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with database_url("sqlite", tmp_path) as url:
        monkeypatch.setenv("FENBOOK_DATABASE", url)
        yield url


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["--lang", "en", "records", *words])


def directory_of(database: Database, **settings: Path) -> Directory:
    named = {f"FENBOOK_RECORDS_{name.upper()}_FILE": str(path) for name, path in settings.items()}
    keyring = Keyring(database, master_keys_of(named), lambda: 1)
    return Directory(database, keyring, lambda: 1)


def test_new_key_is_for_its_owner_alone_and_is_never_shown_or_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "key"
    done = run("new-key", str(path))
    secret = path.read_text().strip()
    assert done.exit_code == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secret not in done.output
    again = run("new-key", str(path))
    assert again.exit_code == 2
    assert path.read_text().strip() == secret


def test_settings_file_of_the_service_names_database_and_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FENBOOK_DATABASE", "FENBOOK_RECORDS_KEY", "FENBOOK_RECORDS_KEY_FILE"):
        monkeypatch.setenv(name, "")  # so that what the file sets is taken back afterwards
        monkeypatch.delenv(name)
    key, settings = tmp_path / "key", tmp_path / "settings.toml"
    assert run("new-key", str(key)).exit_code == 0
    with database_url("sqlite", tmp_path) as url:
        settings.write_text(f'[fenbook]\ndatabase = "{url}"\nrecords_key_file = "{key}"\n')
        for command in ("rotate", "check-log"):
            done = run(command, "--settings", str(settings), "--json")
            assert done.exit_code == 0, done.output
            assert json.loads(done.stdout)["count"] == 0


@pytest.mark.usefixtures("url")
@pytest.mark.parametrize("command", ["rotate", "check-log"])
def test_without_a_key_nothing_is_done(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FENBOOK_RECORDS_KEY", raising=False)
    monkeypatch.setenv("FENBOOK_NODES", "http://127.0.0.1:1")  # an evaluation has one built in
    monkeypatch.setenv("FENBOOK_DEPLOYMENT", "deployment.json")
    monkeypatch.setenv("FENBOOK_RELAYER_KEYS", "11" * 32)
    done = run(command)
    assert done.exit_code == 1
    assert "No key for the records is set." in done.output


def test_rotation_and_log_from_the_shell(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for path in (old, new):
        run("new-key", str(path))
    database = Database.open(url)
    directory = directory_of(database, key=old)
    directory.put(Profile(2, name_en="Birch"))
    directory.read([2], READER)
    monkeypatch.setenv("FENBOOK_RECORDS_KEY_FILE", str(new))
    refused = run("rotate")
    assert refused.exit_code == 1
    assert "another key" in refused.output
    monkeypatch.setenv("FENBOOK_RECORDS_KEY_PREVIOUS_FILE", str(old))
    assert json.loads(run("rotate", "--json").output) == {"count": 3, "records": 1}
    assert "r_profiles: 1 looked at" in run("rotate").output
    monkeypatch.delenv("FENBOOK_RECORDS_KEY_PREVIOUS_FILE")
    assert directory_of(database, key=new).names([2], READER) == {2: "Birch"}
    assert json.loads(run("check-log", "--json").output) == {"count": 2}
    with database.writing() as connection:
        connection.execute(text("DROP TRIGGER r_access_keeps_update"))
        connection.execute(text("UPDATE r_access SET purpose = 'audit' WHERE seq = 1"))
    tampered = run("check-log")
    assert tampered.exit_code == 1
    assert "r_access[1]" in tampered.output
    database.close()


class TestRecorded:
    """Profiles recorded by the operator's people; participant 2 is admitted under this code."""

    CODE = "91350100M000100Y43"

    @pytest.fixture
    def directory(
        self, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[Directory]:
        run("new-key", str(tmp_path / "key"))
        monkeypatch.setenv("FENBOOK_RECORDS_KEY_FILE", str(tmp_path / "key"))
        database = Database.open(url)
        database.migrate()
        directory = directory_of(database, key=tmp_path / "key")
        identities = {2: directory.identity(self.CODE), 3: keccak(b"another")}
        with database.writing() as connection:
            state = SqlState(connection)
            state.begin(connection)
            for number, identity in identities.items():
                state.participants[number] = Participant(number, Role.SUPPLIER, identity, 0)
            state.seal()
            state.flush()
        yield directory
        database.close()

    @pytest.fixture
    def put(self, tmp_path: Path) -> Callable[..., Result]:
        def put(*profiles: dict[str, Any]) -> Result:
            path = tmp_path / "profiles.json"
            path.write_text(json.dumps(profiles), "utf-8")
            return run("put", str(path), "--by", "Wang", "--json")

        return put

    def test_profile_under_the_code_of_its_admission_is_recorded_and_logged(
        self, directory: Directory, put: Callable[..., Result]
    ) -> None:
        done = put({"participant": 2, "name_en": "Birch", "uscc": self.CODE})
        assert json.loads(done.output) == {"count": 1}
        assert directory.by_uscc([self.CODE]) == {self.CODE: 2}
        [row] = directory.readings(0)
        assert (row.actor, row.purpose) == ("Wang", "profile recorded")

    def test_code_of_another_s_admission_is_refused_and_nothing_is_recorded(
        self, directory: Directory, put: Callable[..., Result]
    ) -> None:
        """Whoever is recorded under another's code would be paid, and sign, as the other."""
        good = {"participant": 2, "name_en": "Birch", "uscc": self.CODE}
        done = put(good, {"participant": 3, "name_en": "Birch", "uscc": self.CODE})
        assert done.exit_code == 1
        assert "not the one under which it was admitted" in " ".join(done.output.split())
        assert directory.by_uscc([self.CODE]) == {}

    @pytest.mark.usefixtures("directory")
    def test_participant_that_the_ledger_does_not_know_is_refused(
        self, put: Callable[..., Result]
    ) -> None:
        done = put({"participant": 9, "name_en": "Nobody"})
        assert done.exit_code == 1
        assert "9" in done.output

    @pytest.mark.usefixtures("directory")
    @pytest.mark.parametrize("text", ["", "[1]", '"Birch"', '{"participant": 2}'])
    def test_file_of_another_form_is_refused(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "profiles.json"
        path.write_text(text, "utf-8")
        assert run("put", str(path), "--by", "Wang").exit_code == 2

    def test_identity_is_what_stands_on_the_ledger(self, directory: Directory) -> None:
        said = json.loads(run("identity", self.CODE, "--json").output)
        assert said == {"identity": "0x" + directory.identity(self.CODE).hex()}
