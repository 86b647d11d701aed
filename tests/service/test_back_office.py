"""The process behind the door: it works, ends with its door, and its door with it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from ledger.cli.client import Client
from ledger.model.commands import Command
from ledger.model.errors import (
    BackOfficeLost,
    LedgerError,
    NodeUnreachable,
    ServiceBusy,
    ServiceUnreachable,
)
from ledger.service.intake.first_answers import Keyed
from ledger.service.intake.intake import Post
from ledger.service.relaying.window import Window
from ledger.service.running.back_office import BackOffice, Line
from ledger.service.running.service import Service
from ledger.service.running.settings import Settings
from tests.cast import MORNING, free_port
from tests.faults.acts import issue, posted, signed
from tests.faults.model_chain import ModelChain
from tests.faults.model_ledger import BANK, DEPLOYMENT, KEYS
from tests.faults.served import Served, serving
from tests.service.doors import Door, Doors

WAIT_SECONDS = 60

Process = Door | subprocess.Popen[bytes]


def _await(holds: Callable[[], bool], told: Callable[[], object] = lambda: "") -> None:
    limit = time.monotonic() + WAIT_SECONDS
    while not holds():
        assert time.monotonic() < limit, told()
        time.sleep(0.02)


@dataclass(slots=True)
class Town:
    """A database, a node, and services over them that are started and killed."""

    folder: Path
    url: str
    node: Served
    doors: Doors
    port: int = 0

    @property
    def settings(self) -> Settings:
        manifest = self.folder / "manifest.json"
        DEPLOYMENT.save(manifest)
        return Settings(
            database=self.url, nodes=(self.node.url,), deployment=manifest, relayer_keys="11" * 32
        )

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text("utf-8")

    @property
    def events(self) -> list[str]:
        lines = [one for one in self.log.splitlines() if one.startswith("{")]
        return [json.loads(one)["event"] for one in lines]

    def accept(self, nonce: int) -> str:
        """Have a command stored by somebody who cannot relay it."""
        with closing(Service.open(self.settings)) as service:
            post = Post(posted(issue(2, 5, nonce, MORNING + 900)))
            [operation] = service.intake.submit([post])
            assert not isinstance(operation, LedgerError)
            return operation.id

    def await_done(self, operation: str) -> None:
        with closing(Service.open(self.settings)) as service:
            _await(lambda: service.outbox.find(operation).state == "done", lambda: self.log)

    def ask(self, path: str, body: Mapping[str, Any], **headers: str) -> tuple[int, Any]:
        """Post to the door: status and JSON of the answer."""
        known = {"Content-Type": "application/json", **headers}
        data, url = json.dumps(body).encode(), f"http://127.0.0.1:{self.port}{path}"
        try:
            with urlopen(Request(url, data, known)) as answer:
                return answer.status, json.load(answer)
        except HTTPError as failure:
            return failure.code, json.load(failure)

    def signed_in(self, participant: int) -> str:
        """The header of a session of a participant's only signer."""
        who = {"participant": participant, "signer": 0}
        made: dict[str, Any] = {}

        def is_known() -> bool:
            _, asked = self.ask("/v1/sign-in/challenge", who)
            signature = KEYS[participant].sign(bytes.fromhex(asked["digest"][2:]))
            challenge = asked["typed_data"]["message"]["challenge"]
            said = {**who, "challenge": challenge, "signature": "0x" + signature.hex()}
            made.update(self.ask("/v1/sign-in", said)[1])
            return "secret" in made

        _await(is_known, lambda: made)
        return f"Bearer {made['secret']}"

    @contextmanager
    def served(self, *, is_forked: bool = True, **more: str) -> Iterator[Process]:
        """`fenbook serve`, once it answers; forked off one that has begun, or from the command."""
        chosen, port = self.settings, free_port()
        self.port = port
        environment = {
            **os.environ,
            "LC_ALL": "C",
            "FENBOOK_DATABASE": self.url,
            "FENBOOK_DOOR_SIGN_IN": "10000/60",
            "FENBOOK_NODES": self.node.url,
            "FENBOOK_DEPLOYMENT": str(chosen.deployment),
            "FENBOOK_RELAYER_KEYS": chosen.relayer_keys.get_secret_value(),
            **more,
        }
        words = ["serve", "--port", str(port)]
        door: Process
        if is_forked:
            door = self.doors.begin(words, environment, self.folder / "log")
        else:
            command = [sys.executable, "-c", "from ledger.cli import main; main()", *words]
            with (self.folder / "log").open("ab") as log:
                door = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            with closing(Client(f"http://127.0.0.1:{port}")) as client:
                _await(lambda: door.poll() is not None or _answers(client), lambda: self.log)
            assert door.poll() is None, self.log
            yield door
        finally:
            door.kill()
            door.wait(WAIT_SECONDS)


def _answers(client: Client) -> bool:
    try:
        client.get("/healthz")
    except ServiceUnreachable:
        return False
    return True


def _form(command: Command) -> dict[str, Any]:
    """A signed command as a client posts it."""
    [approval] = signed(command).approvals
    signature = "0x" + approval[1:].hex()
    return {
        "message": command.to_message(),
        "approvals": [{"signer": approval[0], "signature": signature}],
    }


def _offices_of(door: Process) -> list[int]:
    """The processes behind it, in the order in which they were begun: all the rest, taking in."""
    text = Path(f"/proc/{door.pid}/task/{door.pid}/children").read_text("ascii")
    return [int(one) for one in text.split()]


def _is_gone(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text("ascii")
    except FileNotFoundError:
        return True
    return status.rpartition(")")[2].split()[0] == "Z"


@pytest.fixture(scope="module")
def doors() -> Iterator[Doors]:
    with closing(Doors()) as doors:
        yield doors


@pytest.fixture
def town(tmp_path: Path, url: str, doors: Doors) -> Iterator[Town]:
    with serving(ModelChain(lambda: MORNING)) as node:
        yield Town(tmp_path, url, node, doors)


class TestServe:
    def test_office_relays_and_reads_and_both_end_when_told(self, town: Town) -> None:
        with town.served(is_forked=False) as door:
            operation = town.accept(1)
            _await(lambda: bool(town.node.chain.pool), lambda: town.log)
            with town.node.turn:
                town.node.chain.mine()
            town.await_done(operation)
            offices = _offices_of(door)
            assert len(offices) == 2
            door.send_signal(signal.SIGTERM)
            assert door.wait(WAIT_SECONDS) == 0
            assert all(_is_gone(one) for one in offices)
        assert town.events.count("stopped") == 2
        assert "back office is lost" not in town.events

    def test_what_is_posted_is_taken_in_behind_the_door(self, town: Town) -> None:
        with town.served():
            secret = town.signed_in(BANK)
            good, late = (_form(issue(2, 5, abs(one), MORNING + one * 900)) for one in (1, -1))
            heads = {"Authorization": secret, "Idempotency-Key": "first"}
            status, first = town.ask("/v1/deposits/issue", good, **heads)
            assert (status, first["state"]) == (202, "accepted"), first
            _await(lambda: bool(town.node.chain.pool), lambda: town.log)  # the other process hears
            assert town.ask("/v1/deposits/issue", good, **heads) == (202, first)
            status, told = town.ask("/v1/deposits/issue", late, **heads)
            assert (status, told["code"]) == (422, "IdempotencyKeyReused")
            heads["Idempotency-Key"] = "second"
            status, told = town.ask("/v1/deposits/issue", late, **heads)
            assert (status, told["code"]) == (409, "DeadlinePassed")
            false = {**good, "approvals": [{"signer": 0, "signature": "0x" + "11" * 65}]}
            status, told = town.ask("/v1/deposits/issue", false, **heads)
            assert told["code"] == "InvalidSignature"

    def test_all_ends_with_status_1_when_one_behind_the_door_is_killed(self, town: Town) -> None:
        with town.served() as door:
            rest, intake = _offices_of(door)
            os.kill(intake, signal.SIGKILL)
            assert door.wait(WAIT_SECONDS) == 1
            _await(lambda: _is_gone(rest), lambda: town.log)
        with town.served() as door:
            rest, intake = _offices_of(door)
            os.kill(rest, signal.SIGKILL)
            assert door.wait(WAIT_SECONDS) == 1
            _await(lambda: _is_gone(intake), lambda: town.log)
        assert "back office is lost" in town.events
        assert str(BackOfficeLost()) in " ".join(town.log.split())
        operation = town.accept(1)
        with town.served():
            _await(lambda: bool(town.node.chain.pool), lambda: town.log)
            with town.node.turn:
                town.node.chain.mine()
            town.await_done(operation)

    def test_office_ends_when_its_door_is_killed(self, town: Town) -> None:
        with town.served() as door:
            offices = _offices_of(door)
            door.kill()
            _await(lambda: all(_is_gone(one) for one in offices), lambda: town.log)
        assert town.events[-1] == "stopped"

    def test_two_processes_do_where_memory_is_short(self, town: Town) -> None:
        with town.served(FENBOOK_PROCESSES="2") as door:
            assert len(_offices_of(door)) == 1
            secret = town.signed_in(BANK)
            heads = {"Authorization": secret, "Idempotency-Key": "first"}
            good = _form(issue(2, 5, 1, MORNING + 900))
            status, told = town.ask("/v1/deposits/issue", good, **heads)
            assert status == 202
            _await(lambda: bool(town.node.chain.pool), lambda: town.log)
            with town.node.turn:
                town.node.chain.mine()
            town.await_done(told["id"])


class TestForked:
    def test_word_is_heard_on_both_sides(self, tmp_path: Path) -> None:
        def work(line: Line, _: Window) -> None:
            while line.hear():
                (tmp_path / "heard").touch()
                line.tell()

        ended: list[bool] = []
        office = BackOffice.forked(work)
        office.start(ended=lambda: ended.append(True), lost=lambda: None)
        office.wake()
        _await(lambda: (tmp_path / "heard").exists() and bool(ended))
        assert office.stop(WAIT_SECONDS)
        assert not office.is_lost

    def test_word_told_right_after_the_start_is_not_taken_for_it(self, tmp_path: Path) -> None:
        def work(line: Line, _: Window) -> None:
            if line.hear():
                (tmp_path / "heard").touch()

        office = BackOffice.forked(work)
        os.kill(office.pid, signal.SIGSTOP)  # so that both words wait before any is heard
        office.start(ended=lambda: None, lost=lambda: None)
        office.wake()
        os.kill(office.pid, signal.SIGCONT)
        _await((tmp_path / "heard").exists)
        assert office.stop(WAIT_SECONDS)

    def test_one_that_does_not_end_is_killed(self) -> None:
        office = BackOffice.forked(lambda _, __: time.sleep(WAIT_SECONDS))
        office.start(ended=lambda: None, lost=lambda: None)
        begun = time.monotonic()
        assert not office.stop(0.2)
        assert time.monotonic() - begun < WAIT_SECONDS / 2

    def test_one_that_fails_is_lost(self) -> None:
        def work(_: Line, __: Window) -> None:
            raise NodeUnreachable(url="http://one")

        lost: list[bool] = []
        office = BackOffice.forked(work)
        office.start(ended=lambda: None, lost=lambda: lost.append(True))
        _await(lambda: bool(lost))
        assert office.is_lost
        assert not office.stop(WAIT_SECONDS)

    def test_one_is_lost_even_to_a_door_that_stumbles_over_its_words(self) -> None:
        def work(line: Line, _: Window) -> None:
            line.tell()
            line.hear()

        def stumble() -> None:
            heard.append(True)
            raise ZeroDivisionError

        heard: list[bool] = []
        lost: list[bool] = []
        office = BackOffice.forked(work)
        office.start(ended=stumble, lost=lambda: lost.append(True))
        _await(lambda: bool(heard))
        office.wake()
        _await(lambda: bool(lost))
        office.stop(WAIT_SECONDS)

    @pytest.mark.parametrize("size", [10, 10_000_000])
    def test_one_that_gives_no_answer_is_killed_and_who_waits_is_told_so(self, size: int) -> None:
        lost: list[bool] = []
        office = BackOffice.forked(lambda _, __: time.sleep(WAIT_SECONDS))
        office.start(ended=lambda: None, lost=lambda: lost.append(True), silence=0.3)
        begun = time.monotonic()
        for _ in range(2):
            with pytest.raises(ServiceBusy):
                office.window.submit([Keyed(1, "key", bytes(32), Post("x" * size))], MORNING)
        assert 0.3 < time.monotonic() - begun < WAIT_SECONDS / 2
        _await(lambda: bool(lost))
        assert not office.stop(WAIT_SECONDS)

    def test_one_that_answers_slowly_is_let_be(self) -> None:
        def work(_: Line, window: Window) -> None:
            window.serve(lambda writes, __: time.sleep(0.3) or [ServiceBusy()] * len(writes))

        office = BackOffice.forked(work)
        office.start(ended=lambda: None, lost=lambda: None, silence=0.7)
        for _ in range(4):
            [told] = office.window.submit([Keyed(1, "key", bytes(32), Post("x"))], MORNING)
            assert isinstance(told, ServiceBusy)
        assert office.window.waited == 0
        office.window.close()
        assert office.stop(WAIT_SECONDS)
        assert not office.is_lost

    def test_one_that_was_never_started_ends(self, tmp_path: Path) -> None:
        office = BackOffice.forked(lambda _, __: (tmp_path / "worked").touch())
        assert office.stop(WAIT_SECONDS)
        assert not (tmp_path / "worked").exists()

    def test_many_words_that_nobody_hears_do_not_block(self) -> None:
        office = BackOffice.forked(lambda _, __: time.sleep(WAIT_SECONDS))
        office.start(ended=lambda: None, lost=lambda: None)
        for _ in range(100_000):
            office.wake()
        office.stop(0.1)


@pytest.mark.parametrize(
    ("processes", "nodes", "is_divided"),
    [
        (3, ("http://one",), True),
        (2, ("http://one",), True),
        (1, ("http://one",), False),
        (3, (), False),
    ],
)
def test_chain_in_this_process_keeps_it_whole(
    tmp_path: Path, processes: int, nodes: tuple[str, ...], is_divided: bool
) -> None:
    chosen = Settings(
        nodes=nodes,
        deployment=tmp_path / "manifest.json",
        relayer_keys="11" * 32,
        processes=processes,
    )
    assert chosen.is_divided is is_divided


def test_service_on_a_network_does_without_an_engine_of_its_own() -> None:
    """What only the chain for evaluation needs takes a second to import, and its memory."""
    heavy = ["eth", "eth_account", "eth_keyfile", "eth_tester", "py_ecc", "web3"]
    asked = f"import sys, api.serving; print([one for one in {heavy} if one in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True, text=True)
    assert done.stdout == "[]\n"
