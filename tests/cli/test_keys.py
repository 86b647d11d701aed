"""Key files at the command line: for one pair of eyes, never written over, never an argument."""

import json
import stat
from pathlib import Path

import pytest

from ledger.chain.keys import AccountKey
from ledger.cli.app import app
from tests.cli.conftest import PASSWORD, RUNNER

ENGLISH = {"LC_ALL": "C", "COLUMNS": "160"}


@pytest.fixture
def password(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text(PASSWORD + "\n", "utf-8")
    path.chmod(0o600)
    return path


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The password's hash in a test need not be hard."""
    save = AccountKey.save
    monkeypatch.setattr(AccountKey, "save", lambda self, path, word: save(self, path, word, work=2))


def test_new_key_is_its_owner_s_alone_and_opens_by_its_password(
    tmp_path: Path, password: Path
) -> None:
    path = tmp_path / "key.json"
    words = ["key", "new", str(path), "--password-file", str(password), "--json"]
    made = RUNNER.invoke(app, words, env=ENGLISH)
    assert made.exit_code == 0, made.stderr
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    address = json.loads(made.stdout)["address"]
    assert AccountKey.load(path, PASSWORD).address == address
    shown = RUNNER.invoke(app, ["key", "show", str(path), "--json"], env=ENGLISH)
    assert json.loads(shown.stdout)["address"] == address
    assert PASSWORD not in made.output + shown.output


def test_key_is_never_written_over(tmp_path: Path, password: Path) -> None:
    path = tmp_path / "key.json"
    path.write_text("mine")
    words = ["key", "new", str(path), "--password-file", str(password)]
    result = RUNNER.invoke(app, words, env=ENGLISH)
    assert (result.exit_code, path.read_text()) == (2, "mine")


def test_password_file_that_others_can_read_is_refused(tmp_path: Path, password: Path) -> None:
    password.chmod(0o644)
    words = ["key", "new", str(tmp_path / "key.json"), "--password-file", str(password)]
    result = RUNNER.invoke(app, words, env=ENGLISH)
    assert (result.exit_code, "can be read by others" in result.stderr) == (1, True)
    assert not (tmp_path / "key.json").exists()


def test_nobody_to_ask_is_said_so(tmp_path: Path) -> None:
    result = RUNNER.invoke(app, ["key", "new", str(tmp_path / "key.json")], env=ENGLISH)
    assert (result.exit_code, "--password-file" in result.stderr) == (2, True)


@pytest.mark.parametrize("text", ["", "{}", "[]", "not json", '{"version": 3}'])
def test_file_that_is_no_key_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "key.json"
    path.write_text(text)
    result = RUNNER.invoke(app, ["key", "show", str(path)], env=ENGLISH)
    assert (result.exit_code, "keystore" in result.stderr) == (2, True)
