"""The key of the records from the shell: made, changed, and never shown."""

import json
import stat
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from ledger.cli.app import app
from ledger.records.profiles import Profile
from ledger.service.directory import Directory, Reader
from ledger.service.keyring import Keyring, master_keys_of
from ledger.store.database import Database
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


@pytest.mark.usefixtures("url")
@pytest.mark.parametrize("command", ["rotate", "check-log"])
def test_without_a_key_nothing_is_done(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FENBOOK_RECORDS_KEY", raising=False)
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
