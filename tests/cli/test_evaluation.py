"""An evaluation from the shell: keys that everybody has, and the built-in key of the records."""

import json
import re
import shlex
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.chain.keys import AccountKey
from ledger.cli.app import app
from ledger.model.states import Duty
from ledger.service.running.cast import CAST, evaluation_key
from ledger.service.running.service import Service
from ledger.service.running.settings import Settings
from tests.cli.conftest import RUNNER, Served, Shell
from tests.databases import database_url

NETWORK = {
    "FENBOOK_NODES": "http://127.0.0.1:1",
    "FENBOOK_DEPLOYMENT": "deployment.json",
    "FENBOOK_RELAYER_KEYS": "11" * 32,
}


@pytest.fixture
def shell(served: Served, tmp_path: Path) -> Shell:
    """Somebody new at a shell."""
    return Shell("a", served.url, tmp_path / "home")


class TestKeys:
    def test_next_command_signs_in_as_it_is_printed(self, shell: Shell, tmp_path: Path) -> None:
        folder = tmp_path / "the cast"
        made = shell.run("key", "evaluation", folder)
        assert made.exit_code == 0, made.stderr
        printed = made.stderr.partition("fenbook sign-in ")[2]
        words = shlex.split(printed.replace("http://127.0.0.1:8371", shell.server))
        done = shell.run("sign-in", *words)
        assert done.exit_code == 0, done.stderr
        assert shell.done("deposit", "list")[0]["owner"] == 1

    def test_files_are_those_of_the_founders_and_their_owner_s_alone(
        self, shell: Shell, tmp_path: Path
    ) -> None:
        folder = tmp_path / "cast"
        rows = shell.done("key", "evaluation", folder)
        assert [(one["participant"], one["name"], one["signer"]) for one in rows] == [
            (number, name, signer) for number, name in enumerate(CAST, 1) for signer in (0, 1)
        ]
        assert rows[7]["roles"] == ["bank"]
        password = (folder / "password").read_text("utf-8").strip()
        for row in rows:
            key = AccountKey.load(Path(row["file"]), password)
            assert key.key == evaluation_key(row["name"], Duty[row["duty"].upper()]).key
        files = [*folder.iterdir()]
        assert len(files) == len(rows) + 1
        assert {stat.S_IMODE(one.stat().st_mode) for one in files} == {0o600}

    def test_password_may_be_one_s_own(self, shell: Shell, tmp_path: Path) -> None:
        folder = tmp_path / "cast"
        rows = shell.done("key", "evaluation", folder, "--password-file", shell.password)
        assert not (folder / "password").exists()
        assert AccountKey.load(Path(rows[0]["file"]), "correct horse")

    @pytest.mark.parametrize("name", ["regulator-checker.json", "password"])
    def test_file_that_is_there_is_not_written_over(
        self, shell: Shell, tmp_path: Path, name: str
    ) -> None:
        (tmp_path / name).write_text("mine")
        refused = shell.run("key", "evaluation", tmp_path)
        assert (refused.exit_code, (tmp_path / name).read_text()) == (2, "mine")
        assert not (tmp_path / "core-maker.json").exists()

    def test_network_has_no_such_keys(self, shell: Shell, tmp_path: Path) -> None:
        refused = shell.run("--lang", "zh", "key", "evaluation", tmp_path / "cast", **NETWORK)
        assert (refused.exit_code, "fenbook key new" in refused.stderr) == (2, True)
        assert not (tmp_path / "cast").exists()


class TestRecords:
    @pytest.fixture
    def founded(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """An evaluation that has begun, on settings that name no key."""
        for name in ("FENBOOK_RECORDS_KEY", "FENBOOK_RECORDS_KEY_FILE"):
            monkeypatch.delenv(name, raising=False)
        with database_url("sqlite", tmp_path) as url:
            service = Service.open(Settings(database=url))
            while not service.follower.step().is_caught_up:
                pass
            service.close()
            monkeypatch.setenv("FENBOOK_DATABASE", url)
            yield

    def run(self, *words: object, lang: str = "en") -> tuple[int, str]:
        done = RUNNER.invoke(app, ["--lang", lang, *map(str, words)], env={"COLUMNS": "160"})
        return done.exit_code, done.output

    @pytest.mark.usefixtures("founded")
    def test_names_of_the_cast_are_recorded_under_their_codes(self, tmp_path: Path) -> None:
        path = tmp_path / "profiles.json"
        profiles = [
            {"participant": number, "name_en": name, "uscc": one.uscc}
            for number, (name, one) in enumerate(CAST.items(), 1)
        ]
        path.write_text(json.dumps(profiles), "utf-8")
        status, told = self.run("records", "put", path, "--by", "Wang")
        assert (status, "before: 7." in told) == (0, True), told
        status, told = self.run("records", "check-log")
        assert (status, "it has 7." in told) == (0, True), told

    @pytest.mark.usefixtures("founded")
    def test_key_that_is_named_and_cannot_be_read_is_not_replaced(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """`rotate` would seal everything by a key that everybody has."""
        monkeypatch.setenv("FENBOOK_RECORDS_KEY_FILE", str(tmp_path / "absent"))
        status, told = self.run("records", "rotate")
        assert (status, "No key for the records is set." in told) == (1, True), told

    @pytest.mark.usefixtures("founded")
    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (["reconcile"], "链、视图与存款一致，相差 0.00。"),
            (["doctor"], "合约代码 合约"),
            (["relayer", "show"], "已暂停"),
        ],
    )
    def test_what_operators_read_is_chinese_where_that_is_asked_for(
        self, words: list[str], told: str
    ) -> None:
        """Numbers, files and the names of packages alone are the same in both languages."""
        _, said = self.run(*words, lang="zh")
        assert told in " ".join(said.split()), said
        assert not re.search(r"[a-z]_[a-z]|Nothing", said), said
