"""What fails in the scheduler is logged and rests; nothing that comes behind it waits."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import pytest
from structlog.testing import capture_logs

from ledger.chain.endpoint import Question
from ledger.model.commands import FreezeParticipant
from ledger.model.days import first_second
from ledger.model.errors import NodeUnreachable
from ledger.model.ids import payable_of
from ledger.service.intake.posted import Act
from ledger.service.relaying.outbox import Operation
from ledger.service.running.patience import RESTS, Patience
from ledger.service.scheduling import scheduler
from ledger.service.scheduling.due import DUE
from ledger.service.scheduling.run_figures import RunScene
from ledger.store.database import Connection
from ledger.store.errands import find_errands
from ledger.store.runs import RunRow
from tests.cast import TODAY, named
from tests.service.settlements import divided, every_run, pay
from tests.service.stage import Stage
from tests.views_scenario import FACE, MATURITY

FIRST, MOST = RESTS


def _broken(*_: object) -> Any:
    raise ValueError("this one cannot be done")


def _faults(logs: Sequence[Any]) -> list[str]:
    return [one["fault"] for one in logs if one["event"] == "part broke"]


class TestPatience:
    def test_what_fails_rests_longer_each_time_up_to_a_bound(self) -> None:
        now, tries = 0.0, list[float]()
        patience = Patience("schedule", lambda: now)

        def fail() -> None:
            tries.append(now)
            _broken()

        for tick in range(4_000):
            now = tick / 10
            assert patience.tried("one", fail) is None
            assert patience.tried("other", lambda: 7) == 7
        gaps = [after - before for before, after in pairwise(tries)]
        assert FIRST <= gaps[0] < gaps[3] < gaps[-1] <= MOST + 0.2

    def test_success_ends_the_rests_and_a_clock_put_back_a_rest(self) -> None:
        now = 100.0
        patience = Patience("schedule", lambda: now)
        assert patience.tried("one", _broken) is None
        assert patience.is_resting("one")
        now = 50.0
        assert patience.tried("one", lambda: 1) == 1
        assert not patience.is_resting("one")

    def test_failures_that_nobody_asks_for_are_forgotten(self) -> None:
        patience = Patience("schedule", lambda: 0.0)
        for key in ("one", "two"):
            patience.tried(key, _broken)
        patience.keep(["two"])
        assert [patience.is_resting(key) for key in ("one", "two")] == [False, True]


class TestErrands:
    def test_errand_that_cannot_be_asked_for_keeps_no_other_back(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        roots = [stage.acts.issue(accepted=False) for _ in range(3)]
        spoilt, *others = (payable_of(root) for root in roots)
        request = stage.intake.request

        def asked(acts: Sequence[Act], *given: Any) -> list[Operation]:
            if any(one.values[0] == spoilt for one in acts):
                _broken()
            return request(acts, *given)

        monkeypatch.setattr(stage.intake, "request", asked)
        stage.town.chain.advance_to(first_second(TODAY + 10))
        with capture_logs() as logs:
            stage.look()
        assert _faults(logs) == ["ValueError"]
        with stage.reading() as connection:
            found = find_errands(connection, [f"lapse {one}" for one in (spoilt, *others)])
        assert sorted(found) == [f"lapse {one}" for one in others]
        monkeypatch.undo()
        stage.now += MOST
        stage.cast.lapse_of_seconds(scheduler.SWEEP_SECONDS)
        stage.run()
        with stage.reading() as connection:
            assert find_errands(connection, [f"lapse {spoilt}"])

    def test_kind_that_cannot_be_found_keeps_no_other_and_no_settlement_back(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_: object) -> Iterator[Any]:
            yield _broken()

        root = divided(stage)
        stage.cast.begin(MATURITY)
        pay(stage, payable_of(root), FACE)
        monkeypatch.setattr(scheduler, "DUE", {**DUE, "lapses": broken})
        monkeypatch.setattr(scheduler, "remind", _broken)
        with capture_logs() as logs:
            stage.run()
        assert _faults(logs)[:2] == ["ValueError", "ValueError"]
        [run] = every_run(stage.database)
        assert (run.state, run.difference) == ("done", 0)


class TestRuns:
    def test_run_that_fails_keeps_no_other_back_and_goes_on_later(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        roots = [divided(stage, 2), divided(stage, 3)]
        spoilt = payable_of(roots[0])
        read = RunScene.read

        def of(connection: Connection, run: RunRow) -> RunScene | None:
            return _broken() if run.payable == spoilt else read(connection, run)

        monkeypatch.setattr(RunScene, "read", of)
        stage.cast.begin(MATURITY)
        for root in roots:
            pay(stage, payable_of(root), FACE)
        with capture_logs() as logs:
            stage.run()
        assert "ValueError" in _faults(logs)
        assert [one.state for one in every_run(stage.database)] == ["running", "done"]
        monkeypatch.undo()
        stage.now += MOST
        stage.run()
        assert [one.state for one in every_run(stage.database)] == ["done", "done"]

    def test_nodes_that_are_away_are_waited_for_once_and_not_by_each_run(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        roots = [divided(stage, 2), divided(stage, 3)]
        stage.cast.begin(MATURITY)
        case = {"case_commitment": named("case"), "review_day": MATURITY + 30}
        stage.cast.regulator.act(FreezeParticipant, subject=stage.cast.operator.id, **case)
        for root in roots:
            pay(stage, payable_of(root), FACE)
        stage.follow()
        asked: list[int] = []

        def away(questions: Sequence[Question]) -> list[bytes]:
            asked.append(len(questions))
            raise NodeUnreachable(url="http://node")

        monkeypatch.setattr(stage.town.chain, "calls", away)
        assert stage.scheduler.step().asked == 0
        assert len(asked) == 1
        monkeypatch.undo()
        stage.now += MOST
        stage.run()
        assert [one.state for one in every_run(stage.database)] == ["done", "done"]
