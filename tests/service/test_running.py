"""A service as it is started: settings, claims on a database, threads that end, evaluation."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ledger.chain.endpoint_node import EndpointNode
from ledger.chain.typed_data import keccak
from ledger.model.commands import AcceptVoucher, InvoiceUse, IssuePayable, MoveDeposit
from ledger.model.errors import (
    ChainMismatch,
    DatabaseForeign,
    KeyFileExposed,
    LedgerError,
    NodeUnreachable,
    SettingInvalid,
)
from ledger.model.states import Duty
from ledger.service.intake.intake import Post
from ledger.service.intake.posted import Act
from ledger.service.party import Party
from ledger.service.relaying.outbox import Operation, is_final
from ledger.service.running import crash_points, evaluation
from ledger.service.running.cast import CAST, evaluation_key
from ledger.service.running.evaluation import DEPOSIT
from ledger.service.running.loops import Loop
from ledger.service.running.service import Service
from ledger.service.running.settings import Settings, settings_from
from ledger.store import journal
from ledger.store.database import Database
from ledger.store.rows import VIEW_TABLES
from tests.cast import MORNING, free_port
from tests.faults.acts import issue, posted
from tests.faults.model_chain import ModelChain
from tests.faults.model_ledger import DEPLOYMENT
from tests.faults.served import serving

WAIT_SECONDS = 20


def _settings(url: str, **more: Any) -> Settings:
    return Settings(database=url, **more)


def _posted(party: Party, kind: Any, **values: Any) -> Post:
    signed = party.signed(kind, **values)
    return Post(
        {
            "command": kind.__name__,
            "message": signed.command.to_message(),
            "approvals": ["0x" + one.hex() for one in signed.approvals],
        }
    )


def _party(service: Service, name: str) -> Party:
    keys = {0: evaluation_key(name, Duty.MAKER), 1: evaluation_key(name, Duty.CHECKER)}
    return Party(service.ledger, list(CAST).index(name) + 1, keys)


def _ended(service: Service, operation: Operation) -> Operation:
    """Wait for the end of an operation as a door does."""
    told = threading.Event()
    service.outbox.waiters.add(operation.id, told.set)
    found = service.outbox.find(operation.id)
    if not is_final(found):
        assert told.wait(WAIT_SECONDS), service.lanes
        found = service.outbox.find(operation.id)
    return found


def _taken(service: Service, *posts: Post) -> list[Operation]:
    answers = service.intake.submit(posts)
    assert all(isinstance(one, Operation) for one in answers), answers
    return [one for one in answers if isinstance(one, Operation)]


class TestSettings:
    def test_nothing_set_is_sqlite_and_the_chain_in_this_process(self) -> None:
        found = settings_from({})
        assert found.is_evaluation
        assert found.database.get_secret_value() == "sqlite:///fenbook.sqlite"

    def test_network_is_named_by_settings_alone(self, tmp_path: Path) -> None:
        found = settings_from(
            {
                "FENBOOK_DATABASE": "postgresql+pg8000://me:secret@host/fenbook",
                "FENBOOK_NODES": "http://one:8545, http://two:8545",
                "FENBOOK_DEPLOYMENT": str(tmp_path / "manifest.json"),
                "FENBOOK_RELAYER_KEYS": "0x" + "11" * 32 + ",\n" + "22" * 32,
                "FENBOOK_CONFIRMATIONS": "2",
                "PATH": "/bin",
            }
        )
        assert not found.is_evaluation
        assert found.nodes == ("http://one:8545", "http://two:8545")
        assert found.secrets == (b"\x11" * 32, b"\x22" * 32)
        assert found.confirmations == 2
        assert "secret" not in repr(found)
        assert "1111" not in repr(found)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("CONFIRMATIONS", "-1"),
            ("CONFIRMATIONS", "many"),
            ("PENDING_MAX", "0"),
            ("NODE_TIMEOUT", "nan"),
            ("GAS_PRICE", "1.5"),
            ("NODES", "http://one"),
            ("RELAYER_KEYS", "verysecret"),
            ("RELAYER_KEYS", "11,11"),
        ],
    )
    def test_wrong_setting_is_named_and_its_value_is_not(self, name: str, value: str) -> None:
        with pytest.raises(SettingInvalid) as caught:
            settings_from({f"FENBOOK_{name}": value})
        assert "verysecret" not in str(caught.value)

    def test_secret_may_come_from_a_file_that_nobody_else_reads(self, tmp_path: Path) -> None:
        path = tmp_path / "keys"
        path.write_text("11" * 32 + "\n")
        environment = {"FENBOOK_RELAYER_KEYS_FILE": str(path)}
        path.chmod(0o644)
        with pytest.raises(KeyFileExposed):
            settings_from(environment)
        path.chmod(0o600)
        assert settings_from(environment).secrets == (b"\x11" * 32,)
        path.unlink()
        with pytest.raises(SettingInvalid):
            settings_from(environment)


class TestLoops:
    def test_failure_does_not_end_a_loop(self) -> None:
        calls = []

        def step() -> float:
            calls.append(None)
            if len(calls) == 1:
                raise NodeUnreachable(url="x")
            if len(calls) == 2:
                raise RuntimeError("a fault of ours")
            return 60.0

        loop = Loop("test", step)
        loop.start()
        _await(lambda: len(calls) == 3)
        loop.wake()
        _await(lambda: len(calls) == 4)
        loop.stop()
        assert loop.join(5)

    def test_loop_that_is_busy_ends_after_its_step(self) -> None:
        begun, go = threading.Event(), threading.Event()

        def step() -> float:
            begun.set()
            go.wait(WAIT_SECONDS)
            return 0.0

        loop = Loop("test", step)
        loop.start()
        begun.wait(WAIT_SECONDS)
        loop.stop()
        assert not loop.join(0.05)
        go.set()
        assert loop.join(5)

    def test_loop_that_never_began_has_ended(self) -> None:
        assert Loop("test", lambda: 0.0).join(0)


def _await(condition: Callable[[], bool]) -> None:
    limit = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.005)


@pytest.fixture
def service(url: str) -> Iterator[Service]:
    """An evaluation service on a fresh database."""
    found = Service.open(_settings(url))
    yield found
    found.stop()


class TestEvaluation:
    def test_command_is_accepted_relayed_read_and_told(self, service: Service) -> None:
        service.start()
        a = _party(service, "a")
        [one] = _taken(service, _posted(a, MoveDeposit, bank=5, to=3, amount=7, purpose=bytes(32)))
        done = _ended(service, one)
        assert (done.state, done.block) == ("done", service.endpoint.head().number)
        assert service.ledger.deposit(5, 3) == DEPOSIT + 7
        assert service.is_evaluation
        assert service.directory is not None
        table = VIEW_TABLES["deposits"].table
        with service.database.reading() as connection:
            rows = {tuple(row)[:2]: tuple(row)[2] for row in connection.execute(table.select())}
        assert rows[5, 3] == DEPOSIT + 7

    def test_issue_and_acceptance_that_waits_for_it_are_both_done(self, service: Service) -> None:
        core, a = _party(service, "core"), _party(service, "a")
        invoice = InvoiceUse(keccak(b"invoice"), 10**9, 10**9)
        issued = _posted(
            core,
            IssuePayable,
            to=a.id,
            bank=5,
            face=10**9,
            maturity=service.ledger.today + 90,
            evidence=keccak(b"contract"),
            invoices=(invoice,),
        )
        accepted = _posted(a, AcceptVoucher, voucher=1 << 32 | 1, start=0, end=10**9)
        operations = _taken(service, issued, replace(accepted, on_refusal="wait"))
        service.start()
        assert [_ended(service, one).state for one in operations] == ["done", "done"]
        assert service.ledger.voucher(1 << 32 | 1)["holder"] == a.id

    def test_act_that_nobody_signs_is_done_or_refused(self, service: Service) -> None:
        service.start()
        [settled, lapsed] = service.intake.request([Act("settle", ([],)), Act("lapse", (7, []))])
        assert _ended(service, settled).state == "done"
        refused = _ended(service, lapsed)
        assert refused.state == "refused"
        assert "PayableNotOffered" in (refused.refusal or "")

    def test_restart_goes_on_with_the_same_chain(self, url: str) -> None:
        service = Service.open(_settings(url))
        party = _party(service, "a")
        [one] = _taken(
            service, _posted(party, MoveDeposit, bank=5, to=3, amount=7, purpose=bytes(32))
        )
        service.start()
        _ended(service, one)
        head = service.endpoint.head()
        assert service.stop()
        again = Service.open(_settings(url))
        assert again.endpoint.head() == head
        assert again.deployment == service.deployment
        assert again.outbox.find(one.id).state == "done"
        assert again.ledger.deposit(5, 3) == DEPOSIT + 7
        again.close()

    def test_death_while_the_ledger_is_founded_begins_anew(self, url: str) -> None:
        class Killed(BaseException):
            pass

        left = 9

        def strike(name: str) -> None:
            nonlocal left
            left -= name == "after journal"
            if left == 0:
                raise Killed

        with crash_points.hook(strike), pytest.raises(Killed):
            Service.open(_settings(url))
        service = Service.open(_settings(url))
        with service.database.reading() as connection:
            rows = list(journal.entries(connection))
        assert [one.number for one in rows] == list(range(1, len(rows) + 1))
        assert service.endpoint.head().hash == rows[-1].hash
        service.close()

    def test_journal_that_was_changed_is_refused(self, url: str) -> None:
        Service.open(_settings(url)).close()
        database = Database.open(url)
        with database.writing() as connection:
            connection.exec_driver_sql("UPDATE journal SET second = second + 1 WHERE number = 5")
        with pytest.raises(ChainMismatch):
            evaluation.reopened(database)
        database.close()


class TestNetwork:
    @pytest.fixture
    def manifest(self, tmp_path: Path) -> Path:
        path = tmp_path / "manifest.json"
        DEPLOYMENT.save(path)
        return path

    def _network(self, url: str, node: str, manifest: Path) -> Settings:
        keys = "11" * 32 + "," + "22" * 32
        return _settings(url, nodes=(node,), deployment=manifest, relayer_keys=keys)

    def test_service_runs_over_http_and_survives_its_node(self, url: str, manifest: Path) -> None:
        chain = ModelChain(lambda: MORNING)
        with serving(chain) as served:
            service = Service.open(self._network(url, served.url, manifest))
            service.start()
            [one] = _taken(service, Post(posted(issue(2, 5, 1, MORNING + 900))))
            _await(lambda: bool(chain.pool))
            served.fault = lambda: "error"
            time.sleep(0.2)
            served.fault = lambda: ""
            with served.turn:
                chain.mine()
            assert _ended(service, one).state == "done"
            assert len(service.lanes) == 2
            assert service.stop()
        again = Service.open(self._network(url, served.url, manifest))  # its node is away
        assert again.outbox.find(one.id).state == "done"
        again.close()

    def test_first_start_needs_a_node(self, url: str, manifest: Path) -> None:
        with pytest.raises(NodeUnreachable):
            Service.open(self._network(url, f"http://127.0.0.1:{free_port()}", manifest))

    def test_database_of_another_ledger_is_refused(self, url: str, manifest: Path) -> None:
        Service.open(_settings(url)).close()
        with (
            serving(ModelChain(lambda: MORNING)) as served,
            pytest.raises((DatabaseForeign, ChainMismatch)),
        ):
            Service.open(self._network(url, served.url, manifest))

    def test_node_of_another_chain_is_refused(self, url: str, manifest: Path) -> None:
        chain = ModelChain(lambda: MORNING)
        chain.chain_id += 1
        with serving(chain) as served, pytest.raises(ChainMismatch):
            Service.open(self._network(url, served.url, manifest))


def test_evaluation_keys_are_the_founders(service: Service) -> None:
    node = service.ledger.node
    assert isinstance(node, EndpointNode)
    for number, name in enumerate(CAST, start=1):
        for place, duty in enumerate((Duty.MAKER, Duty.CHECKER)):
            key, _ = service.ledger.ask("Participants", "signerOf", number, place)
            assert key["account"] == evaluation_key(name, duty).address
    with pytest.raises(LedgerError):
        service.ledger.ask("Participants", "requireActive", 99)
