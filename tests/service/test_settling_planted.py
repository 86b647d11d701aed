"""Planted bugs of settlement runs: each must be found by what the other tests look at."""

from collections.abc import Sequence

import pytest
from structlog.testing import capture_logs

from ledger.model.commands import FreezeParticipant
from ledger.model.ids import payable_of
from ledger.service.scheduling import run_figures
from ledger.store import runs as stored
from ledger.views.money_rows import Payment
from ledger.views.shares import Range
from tests.cast import named
from tests.service.settlements import cut, divided, doubled, every_run, pay
from tests.service.stage import Stage
from tests.views_scenario import FACE, MATURITY, YUAN


def test_run_that_forgets_whom_it_has_named_is_found(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = divided(stage)
    stage.cast.begin(MATURITY)
    pay(stage, payable_of(root), FACE)
    monkeypatch.setattr(stored, "assigned", lambda *_: [])
    monkeypatch.setattr(stored, "assign", lambda *_, **__: None)
    stage.look()
    stage.begin()
    stage.look()
    assert len(doubled(stage.database)) == 7


def test_voucher_that_is_named_twice_is_refused_by_the_database(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key of the table holds even where the code forgets."""
    root = divided(stage)
    stage.cast.begin(MATURITY)
    pay(stage, payable_of(root), FACE)
    monkeypatch.setattr(stored, "assigned", lambda *_: [])
    stage.look()
    stage.begin()
    with capture_logs() as logs:
        assert stage.look().asked == 0
    assert [one["fault"] for one in logs if one["event"] == "part broke"] == ["IntegrityError"]
    assert doubled(stage.database) == []


def test_settlement_that_is_told_twice_does_not_add_up(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = divided(stage)
    stage.cast.begin(MATURITY)
    pay(stage, payable_of(root), FACE)
    told = stored.distributed
    monkeypatch.setattr(stored, "distributed", lambda *given: (told(*given)[0] + 1_001 * YUAN, 7))
    stage.run()
    assert every_run(stage.database)[0].difference == -1_001 * YUAN


def test_share_of_the_cumulative_sum_does_not_add_up(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tempting shortcut, on vouchers that are still to be settled."""
    root = stage.acts.issue(1_000_003)
    cut(stage, root, [333_331, 333_337], [stage.cast.delta, stage.cast.cedar])
    stage.cast.begin(MATURITY)
    case = {"case_commitment": named("case"), "review_day": MATURITY + 30}
    stage.cast.regulator.act(FreezeParticipant, subject=stage.cast.cedar.id, **case)
    # The cumulative share of this range is a fen more than its shares of the three payments.
    for amount in (500_000, 100_000, 300_001):
        pay(stage, payable_of(root), amount)
    stage.run()
    assert every_run(stage.database)[0].difference == 0

    def shortcut(units: Range, payments: Sequence[Payment], *_: object, **__: object) -> int:
        total = sum(one.amount for one in payments)
        low, high = (unit * total // 1_000_003 for unit in units)
        return high - low

    monkeypatch.setattr(run_figures, "share_of", shortcut)
    stage.cast.lapse_of_seconds(1)
    stage.look()
    assert every_run(stage.database)[0].difference != 0
