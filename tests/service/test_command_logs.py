"""A command is followed through the log by its digest; trouble is told as it begins and ends."""

from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from ledger.chain.relayer_key import RelayerKey
from ledger.model.errors import DatabaseBusy, LedgerError, NodeFailed, NodeUnreachable
from ledger.service.following import endings
from ledger.service.relaying.outbox import Operation
from ledger.service.relaying.relayer import Lane
from ledger.service.running.doctor import State, look_over
from ledger.service.running.lane_watch import LaneWatch, Trouble, troubles_of
from ledger.service.running.logs import ALLOWED
from ledger.service.running.settings import Settings
from ledger.store.database import Database
from tests.faults.model_ledger import CHAIN_ID, POISON
from tests.service.rig import Rig

OWN = {"event", "log_level"}
Lines = list[Any]


@pytest.fixture
def lines() -> Iterator[Lines]:
    with structlog.testing.capture_logs() as told:
        yield told
    assert all(set(one) <= ALLOWED | OWN for one in told)


def _of(lines: Lines, event: str) -> Lines:
    return [one for one in lines if one["event"] == event]


def _about(lines: Lines, operation: Operation) -> list[str]:
    """The events that name a command, or a batch that holds it."""
    trace_id = (operation.digest or b"").hex()
    held = {one["transaction"] for one in lines if trace_id in one.get("trace_ids", ())}
    return [
        one["event"]
        for one in lines
        if one.get("trace_id") == trace_id or one.get("transaction") in held
    ]


def _refused_for_now(rig: Rig) -> Operation:
    """The second of two commands over the same money."""
    rig.taken(rig.issue(2, 5, 1))
    rig.rounds(2)
    rig.taken(rig.move(2, 3, 5, 1))
    [waiting] = rig.taken(rig.move(2, 4, 5, 2))
    return waiting


class TestCommand:
    def test_command_is_followed_by_its_digest_from_batch_to_end(
        self, rig: Rig, lines: Lines
    ) -> None:
        one, two = rig.taken(rig.issue(2, 5, 1), rig.issue(3, 5, 2))
        rig.rounds(2)
        assert _about(lines, one) == ["batch stored", "batch sent", "batch done"]
        [stored] = _of(lines, "batch stored")
        assert (stored["count"], stored["nonce"], stored["log_level"]) == (2, 0, "info")
        assert stored["trace_ids"] == [(each.digest or b"").hex() for each in (one, two)]
        [done] = _of(lines, "batch done")
        assert (done["block"], done["count"]) == (rig.outbox.find(one.id).block, 2)

    def test_refusal_is_told_with_its_reason_once_and_its_end_once(
        self, rig: Rig, lines: Lines
    ) -> None:
        waiting = _refused_for_now(rig)
        rig.rounds(20, seconds=30)
        [line] = [one for one in lines if one["event"] == "command refused for now"]
        assert line["trace_id"] == (waiting.digest or b"").hex()
        assert (line["code"], line["tries"]) == ("DepositShort", 1)
        rig.now += 900
        rig.rounds(4)
        assert rig.state(waiting) == "refused"
        [end] = _of(lines, "command refused")
        assert end["trace_id"] == line["trace_id"]
        assert (end["code"], end["after"]) == ("DeadlinePassed", "DepositShort")

    def test_command_that_another_has_carried_is_told_as_done(self, rig: Rig, lines: Lines) -> None:
        command = rig.issue(2, 5, 1)
        [one] = rig.taken(command)
        rig.relay_past(RelayerKey(b"\x09" * 32, chain_id=CHAIN_ID), command)
        rig.follow()
        [done] = _of(lines, "batch done")
        assert done["trace_ids"] == [(one.digest or b"").hex()]

    def test_poison_is_told_by_each_split_and_where_it_is_parked(
        self, rig: Rig, lines: Lines
    ) -> None:
        rig.taken(rig.issue(2, 1_000, 0))
        rig.rounds(2)
        rig.taken(rig.move(2, 3, 1, 1))
        [poison] = rig.taken(rig.move(2, 3, 1, 99, POISON))
        rig.rounds(6)
        [split] = _of(lines, "batch split")
        assert (split["count"], split["log_level"]) == (2, "warning")
        [parked] = _of(lines, "command parked")
        assert parked["trace_id"] == (poison.digest or b"").hex()
        assert (parked["code"], parked["log_level"]) == ("BatchReverted", "warning")
        rig.outbox.release(poison.id)
        [released] = _of(lines, "command released")
        assert released["trace_id"] == parked["trace_id"]

    def test_batch_that_no_block_takes_is_told_each_time_it_is_sent(
        self, rig: Rig, lines: Lines
    ) -> None:
        rig.taken(rig.issue(2, 5, 1))
        for _ in range(25):
            rig.relay()
            rig.now += 1
        [sent] = _of(lines, "batch sent")
        again = _of(lines, "batches sent again")
        assert [one["transactions"] for one in again] == [[sent["transaction"]]] * 2

    def test_what_is_undone_is_not_told(self, rig: Rig, lines: Lines) -> None:
        rig.taken(rig.issue(2, 5, 1))
        key = rig.relayer.key

        class Broken:
            address = key

            def sign(self, *_: object, **__: object) -> None:
                raise DatabaseBusy()

        rig.relayer._packing._key = Broken()  # type: ignore[assignment]
        rig.relay()
        assert not _of(lines, "batch stored")

    def test_log_that_cannot_be_told_keeps_nothing_from_being_read(
        self, rig: Rig, lines: Lines, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def busy(*_: object) -> None:
            raise DatabaseBusy()

        monkeypatch.setattr(endings, "ended_between", busy)
        [one] = rig.taken(rig.issue(2, 5, 1))
        rig.rounds(2)
        assert rig.state(one) == "done"
        assert _of(lines, "endings not told")


class TestLanes:
    def _lane(self, problem: LedgerError | None = None) -> Lane:
        return Lane("0x", problem=problem)

    def test_trouble_is_told_when_it_begins_changes_and_ends(self, rig: Rig, lines: Lines) -> None:
        watch = LaneWatch(rig.database, rig.wall)
        away, failed = NodeUnreachable(url="x"), NodeFailed(url="x", problem="secret")
        for problem in (None, away, away, failed, failed):
            watch.see([self._lane(), self._lane(problem)])
            rig.now += 1
        assert troubles_of(rig.database) == {2: Trouble("NodeFailed", rig.now - 4)}
        rig.now += 10
        watch.see([self._lane(), self._lane()])
        watch.see([self._lane(), self._lane()])
        assert troubles_of(rig.database) == {}
        told = [(one["event"], one["lane"], one.get("code")) for one in lines]
        assert told == [
            ("lane in trouble", 2, "NodeUnreachable"),
            ("lane in trouble", 2, "NodeFailed"),
            ("lane well again", 2, None),
        ]
        assert lines[-1]["seconds"] == 14
        assert "secret" not in str(lines)

    def test_trouble_of_a_process_that_died_is_forgotten_by_the_next(self, rig: Rig) -> None:
        LaneWatch(rig.database, rig.wall).see([self._lane(NodeUnreachable(url="x"))])
        assert troubles_of(rig.database)
        LaneWatch(rig.database, rig.wall).see([self._lane()])
        assert troubles_of(rig.database) == {}

    def test_trouble_with_the_database_itself_is_kept_when_it_is_back(
        self, rig: Rig, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        watch = LaneWatch(rig.database, rig.wall)

        def away(_: Database) -> None:
            raise DatabaseBusy()

        with monkeypatch.context() as patch:
            patch.setattr(Database, "writing", away)
            watch.see([self._lane(DatabaseBusy())])
        assert troubles_of(rig.database) == {}
        watch.see([self._lane(DatabaseBusy())])
        assert troubles_of(rig.database)[1].code == "DatabaseBusy"

    def test_doctor_names_a_lane_in_trouble(self, url: str) -> None:
        database = Database.open(url)
        watch = LaneWatch(database, lambda: 1_772_413_200)
        watch.see([self._lane(NodeUnreachable(url="x"))])
        database.close()
        [found] = [one for one in look_over(Settings(database=url), {}) if one.check == "lanes"]
        assert found.state is State.LOOK
        assert found.facts == {
            "lane": 1,
            "problem": "NodeUnreachable",
            "since": "2026-03-02T01:00:00Z",
        }
