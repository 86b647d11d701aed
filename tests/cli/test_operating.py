"""Running a service from the shell: it starts alone, ends gracefully, and can be looked over."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ledger.cli.app import app
from ledger.cli.client import Client
from ledger.model.errors import ServiceUnreachable
from ledger.service.running.logs import ALLOWED
from ledger.store.database import Database
from ledger.store.operations import add_operations
from tests.cast import free_port
from tests.cli.conftest import RUNNER, Shell
from tests.databases import an_operation

WAIT_SECONDS = 60


@dataclass(slots=True)
class Process:
    """A service of its own, as anybody starts it."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def log(self) -> list[Any]:
        lines = (self.folder / "log").read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def run(self, *words: object) -> Any:
        """A command beside the service; its status and its JSON."""
        environment = {"FENBOOK_DATABASE": _url(self.folder), "LC_ALL": "C", "COLUMNS": "160"}
        result = RUNNER.invoke(app, [*map(str, words), "--json"], env=environment)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.output
        return result.exit_code, json.loads(result.stdout)


def _url(folder: Path) -> str:
    return f"sqlite:///{folder / 'fenbook.sqlite'}"


def _started(folder: Path) -> Process:
    port = free_port()
    environment = {**os.environ, "FENBOOK_DATABASE": _url(folder), "LC_ALL": "C"}
    code = "from ledger.cli import main; main()"
    command = [sys.executable, "-c", code, "serve", "--port", str(port)]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    client, limit = Client(f"http://127.0.0.1:{port}"), time.monotonic() + WAIT_SECONDS
    with closing(client):
        while True:
            try:
                client.get("/healthz")
            except ServiceUnreachable:
                assert process.poll() is None, (folder / "log").read_text("utf-8")
                assert time.monotonic() < limit
                time.sleep(0.05)
            else:
                return Process(folder, port, process)


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A service that somebody signed in to, and that was told to stop."""
    folder = tmp_path_factory.mktemp("service")
    made = _started(folder)
    shell = Shell("a", f"http://127.0.0.1:{made.port}", folder / "home").sign_in()
    assert shell.done("deposit", "list")[0]["amount"] == "20000000.00"
    terms = ["--bank", 5, "--to", 3, "--amount", "1.00"]
    shell.signed("deposit", "move", *terms)
    made.process.send_signal(signal.SIGTERM)
    made.process.wait(WAIT_SECONDS)
    yield made
    assert made.process.returncode == 0


class TestServe:
    def test_term_ends_it_with_status_0_and_nothing_is_lost(self, ended: Process) -> None:
        assert ended.process.returncode == 0
        assert [one["event"] for one in ended.log][-1] == "stopped"
        assert ended.log[-1]["in_time"] is True

    def test_log_is_lines_of_json_with_names_that_are_allowed(self, ended: Process) -> None:
        assert {"serving", "answered", "started", "evaluation only"} <= {
            one["event"] for one in ended.log
        }
        assert all(set(one) <= ALLOWED for one in ended.log)

    def test_trace_id_of_a_command_is_its_digest(self, ended: Process) -> None:
        [move] = [one for one in ended.log if one.get("operation") == "moveDeposit"]
        assert len(move["trace_id"]) == 64
        assert move["status"] == 200

    def test_log_holds_no_secret(self, ended: Process) -> None:
        text = (ended.folder / "log").read_text("utf-8")
        session = json.loads((ended.folder / "home/fenbook/session.json").read_text("utf-8"))
        assert session["secret"] not in text
        assert "fbs_" not in text

    def test_port_that_is_taken_ends_it(self, tmp_path: Path) -> None:
        with closing(socket.socket()) as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = str(taken.getsockname()[1])
            environment = {"FENBOOK_DATABASE": _url(tmp_path), "LC_ALL": "C"}
            result = RUNNER.invoke(app, ["serve", "--port", port], env=environment)
        assert result.exit_code == 2, result.stderr
        said = " ".join(result.stderr.split())
        assert f"nothing can listen at: 127.0.0.1:{port}, Address already in use" in said
        assert list(tmp_path.iterdir()) == []  # no ledger was founded for it
        assert "/docs" not in result.stderr  # which would be somebody else's

    @pytest.mark.parametrize("host", ["a..b", "nowhere.invalid", "203.0.113.7"])
    def test_host_where_nothing_can_listen_ends_it(self, tmp_path: Path, host: str) -> None:
        environment = {"FENBOOK_DATABASE": _url(tmp_path), "LC_ALL": "C"}
        result = RUNNER.invoke(app, ["serve", "--host", host], env=environment)
        assert result.exit_code == 2, result.stderr
        assert f"nothing can listen at: {host}:" in " ".join(result.stderr.split())

    def test_wrong_setting_is_named_and_its_value_is_not(self, tmp_path: Path) -> None:
        for name, value in (
            ("FENBOOK_CONFIRMATIONS", "many"),
            ("FENBOOK_DOOR_BODY_BYTES", "large"),
            ("FENBOOK_DOOR_COLOUR", "red"),
            ("FENBOOK_LOG", "loud"),
        ):
            environment = {"FENBOOK_DATABASE": _url(tmp_path), name: value, "LC_ALL": "C"}
            result = RUNNER.invoke(app, ["serve"], env=environment)
            assert (result.exit_code, name in result.stderr) == (2, True), result.stderr
            assert value not in result.stderr


class TestBeside:
    def test_chain_and_views_agree(self, ended: Process) -> None:
        status, told = ended.run("reconcile")
        assert (status, told["difference"], told["differences"]) == (0, "0.00", [])
        status, told = ended.run("views", "rebuild", "--compare")
        assert (status, told["is_equal"]) == (0, True)
        status, told = ended.run("views", "rebuild")
        assert (status, told["is_equal"]) == (0, True)

    def test_relayer_is_paused_and_goes_on(self, ended: Process) -> None:
        assert ended.run("relayer", "pause")[1]["is_paused"] is True
        assert ended.run("relayer", "show")[1]["is_paused"] is True
        status, found = ended.run("doctor")
        assert (status, _state(found, "outbox")) == (0, "look")
        assert ended.run("relayer", "resume")[1]["is_paused"] is False

    def test_operation_is_released_only_if_it_was_parked(self, ended: Process) -> None:
        environment = {"FENBOOK_DATABASE": _url(ended.folder), "LC_ALL": "C"}
        words = ["operation", "release", "op_" + "0" * 26]
        result = RUNNER.invoke(app, words, env=environment)
        assert (result.exit_code, "There is no operation" in result.stderr) == (1, True)

    def test_operation_is_parked_with_the_answer_alone_on_standard_output(
        self, tmp_path: Path
    ) -> None:
        one, database = an_operation(1, wall=1, deadline=2), Database.open(_url(tmp_path))
        database.migrate()
        with database.writing() as connection:
            add_operations(connection, [one])
        database.close()
        environment = {"FENBOOK_DATABASE": _url(tmp_path), "LC_ALL": "C"}
        words = ["operation", "park", one.id, "--reason", "asked by its sender", "--json"]
        result = RUNNER.invoke(app, words, env=environment)
        told = {"id": one.id, "verb": "moveDeposit", "state": "parked"}
        assert json.loads(result.stdout) == told

    def test_doctor_finds_all_well(self, ended: Process) -> None:
        status, found = ended.run("doctor")
        assert status == 0
        states = {one["check"]: one["state"] for one in found}
        assert states["database"] == states["code"] == states["views"] == states["node"] == "ok"
        assert states["evaluation"] == "look"
        [code] = [one for one in found if one["check"] == "code"]
        assert (code["contracts"], code["other_code"]) == (14, "")

    def test_doctor_sees_a_secret_that_others_can_read(
        self, ended: Process, tmp_path: Path
    ) -> None:
        file = tmp_path / "keys"
        file.write_text("00" * 32)
        file.chmod(0o644)
        environment = {"FENBOOK_DATABASE": _url(ended.folder), "LC_ALL": "C",
                       "FENBOOK_RECORDS_KEY_FILE": str(file)}  # fmt: skip
        result = RUNNER.invoke(app, ["doctor", "--json"], env=environment)
        assert result.exit_code == 1
        wrong = [one for one in json.loads(result.stdout) if one["state"] == "wrong"]
        assert {"check": "file", "state": "wrong", "file": "FENBOOK_RECORDS_KEY_FILE",
                "mode": "0644"} in wrong  # fmt: skip
        assert "00" * 32 not in result.output

    def test_doctor_looks_where_nothing_is_yet_and_leaves_nothing(self, tmp_path: Path) -> None:
        environment = {"FENBOOK_DATABASE": _url(tmp_path), "LC_ALL": "C"}
        result = RUNNER.invoke(app, ["doctor", "--json"], env=environment)
        states = {one["check"]: one["state"] for one in json.loads(result.stdout)}
        assert (result.exit_code, states["file"], states["database"]) == (0, "look", "look")
        assert not any(tmp_path.iterdir())

    def test_service_starts_again_where_it_ended(self, ended: Process) -> None:
        again = _started(ended.folder)
        try:
            shell = Shell("b", f"http://127.0.0.1:{again.port}", ended.folder / "b").sign_in()
            assert shell.done("deposit", "list")[0]["amount"] == "20000001.00"
        finally:
            again.process.send_signal(signal.SIGTERM)
            assert again.process.wait(WAIT_SECONDS) == 0


def _state(found: list[Any], check: str) -> str:
    return str(next(one["state"] for one in found if one["check"] == check))
