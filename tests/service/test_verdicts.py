"""What nodes answer about vouchers, late or not at all, stops no settlement for good."""

from collections.abc import Callable, Sequence

import pytest
from structlog.testing import capture_logs

from ledger.chain.artifacts import artifact
from ledger.chain.endpoint import Question
from ledger.chain.transactions import Reverted
from ledger.model.commands import FreezeParticipant
from ledger.model.ids import payable_of
from ledger.service.scheduling.verdicts import BELIEVED_SECONDS, STUCK_SECONDS
from ledger.store.runs import RunRow
from tests.cast import Member, named
from tests.service.settlements import divided, every_run, pay, settled_twice
from tests.service.stage import Stage
from tests.views_scenario import FACE, MATURITY

_NOT_PAYABLE, _UP_TO_DATE, _FROZEN = range(3)
_SETTLE = artifact("Settlement").functions["settle"]

_Reply = Callable[[list[int], bytes | Reverted], bytes | Reverted]
"""What a node says of vouchers instead of what is so."""


def _said(results: Sequence[int]) -> bytes:
    return b"".join(one.to_bytes(32, "big") for one in (32, len(results), *results))


def _all(result: int) -> _Reply:
    return lambda ids, _: _said([result] * len(ids))


def _lying(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, reply: _Reply, times: int = 10**6
) -> list[list[int]]:
    """Have the node answer so often falsely; returns whom it was asked about, as it goes on."""
    asked: list[list[int]] = []
    calls, start = stage.town.chain.calls, _SETTLE.call([])[:4]

    def false(questions: Sequence[Question]) -> list[bytes | Reverted]:
        answers = calls(questions)
        for place, question in enumerate(questions):
            if question.data[:4] == start:
                words = range(4 + 64, len(question.data), 32)
                ids = [int.from_bytes(question.data[at : at + 32], "big") for at in words]
                asked.append(ids)
                if len(asked) <= times:
                    answers[place] = reply(ids, answers[place])
        return answers

    monkeypatch.setattr(stage.town.chain, "calls", false)
    return asked


def _paid(stage: Stage, frozen: Member) -> int:
    """A payable that is paid while somebody is frozen, so that the contract is asked; its root."""
    root = divided(stage)
    stage.cast.begin(MATURITY)
    case = {"case_commitment": named("case"), "review_day": MATURITY + 30}
    stage.cast.regulator.act(FreezeParticipant, subject=frozen.id, **case)
    pay(stage, payable_of(root), FACE)
    return root


def _later(stage: Stage, seconds: float) -> RunRow:
    stage.now += seconds
    stage.run()
    [run] = every_run(stage.database)
    return run


class TestLateAnswer:
    @pytest.mark.parametrize("result", [_NOT_PAYABLE, _UP_TO_DATE])
    def test_answer_of_a_node_that_lags_is_asked_for_again(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch, result: int
    ) -> None:
        _paid(stage, stage.cast.operator)
        asked = _lying(stage, monkeypatch, _all(result), times=1)
        run = _later(stage, 0)
        assert (run.state, run.vouchers_left, run.vouchers_frozen) == ("running", 7, 0)
        stage.look()
        assert len(asked) == 1  # it rests meanwhile
        run = _later(stage, 60)
        assert (run.state, run.vouchers_done, run.difference) == ("done", 7, 0)

    def test_vouchers_that_are_answered_for_do_not_wait_for_the_others(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = _paid(stage, stage.cast.operator)
        late: _Reply = lambda ids, _: _said([3 if one != root else 1 for one in ids])  # noqa: E731
        _lying(stage, monkeypatch, late)
        run = _later(stage, 0)
        assert (run.vouchers_done, run.vouchers_left, run.vouchers_frozen) == (6, 1, 0)

    def test_freeze_that_the_contract_tells_of_is_not_believed_for_ever(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _paid(stage, stage.cast.operator)
        _lying(stage, monkeypatch, _all(_FROZEN), times=1)
        run = _later(stage, 0)
        assert (run.state, run.vouchers_frozen) == ("waiting", 7)
        run = _later(stage, BELIEVED_SECONDS)
        assert (run.state, run.vouchers_done) == ("done", 7)


class TestRevertedAnswer:
    def test_question_that_reverts_is_asked_in_halves(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What fits into no answer is no freeze; who is frozen is told all the same."""
        _paid(stage, stage.cast.cedar)
        large: _Reply = lambda ids, so: Reverted(b"") if len(ids) > 2 else so  # noqa: E731
        asked = _lying(stage, monkeypatch, large)
        run = _later(stage, 0)
        assert max(map(len, asked)) == 7
        assert (run.state, run.vouchers_done, run.vouchers_frozen) == ("waiting", 5, 2)
        assert run.difference == 0

    def test_voucher_that_reverts_alone_is_unknown_and_tried_later(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = _paid(stage, stage.cast.operator)
        spoilt: _Reply = lambda ids, so: Reverted(b"") if root in ids else so  # noqa: E731
        _lying(stage, monkeypatch, spoilt)
        run = _later(stage, 0)
        assert (run.state, run.vouchers_done, run.vouchers_left) == ("running", 6, 1)
        monkeypatch.undo()
        run = _later(stage, 60)
        assert (run.state, run.vouchers_done) == ("done", 7)
        assert settled_twice(stage.database) == []


def test_run_that_cannot_go_on_is_told_to_the_operator(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = _paid(stage, stage.cast.operator)
    asked = _lying(stage, monkeypatch, _all(_UP_TO_DATE))
    with capture_logs() as logs:
        for _ in range(int(STUCK_SECONDS) // 10):
            assert _later(stage, 10).state == "running"
            told = [one for one in logs if one["event"] == "settlement stuck"]
            assert not told or stage.now >= 1_800_000_000 + STUCK_SECONDS
        assert len(asked) < 8  # later each time
        _later(stage, STUCK_SECONDS)
    told = [one for one in logs if one["event"] == "settlement stuck"]
    assert told
    assert told[-1]["log_level"] == "error"
    assert (told[-1]["payable"], told[-1]["count"]) == (payable_of(root), 7)
