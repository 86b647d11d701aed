"""Settlement runs: everybody gets its share once, whatever dies, and the money adds up."""

import json
from typing import Any

import pytest

from ledger.chain.artifacts import artifact
from ledger.model.commands import (
    FreezeParticipant,
    FreezeRange,
    UnfreezeParticipant,
    UnfreezeRange,
)
from ledger.model.ids import payable_of
from ledger.service.relaying.outbox import Operation
from ledger.service.running.crash_points import NAMES
from ledger.service.scheduling import settling
from ledger.service.scheduling.room import Room
from ledger.service.scheduling.scheduler import LOOK_SECONDS
from ledger.store.lists import Is, rows_of
from ledger.store.runs import RunRow
from tests.cast import named
from tests.service.settlements import attest, divided, doubled, every_run, pay, settled_twice
from tests.service.stage import Killed, Stage, killing
from tests.views_scenario import FACE, MATURITY, YUAN


def _run(stage: Stage) -> RunRow:
    [run] = every_run(stage.database)
    return run


def _ended(stage: Stage, code: str) -> list[dict[str, Any]]:
    """The values of the reason with which operations have ended."""
    with stage.reading() as connection:
        texts = connection.exec_driver_sql("SELECT refusal FROM operations").scalars()
        found = [json.loads(one) for one in texts if one is not None]
    return [one["values"] for one in found if one["code"] == code]


def _assert_right(stage: Stage, run: RunRow, vouchers: int) -> None:
    assert (run.state, run.vouchers_done) == ("done", vouchers)
    assert (run.vouchers_left, run.vouchers_frozen) == (0, 0)
    assert run.received == run.distributed
    assert (run.left_amount, run.difference) == (0, 0)
    assert doubled(stage.database) == settled_twice(stage.database) == []


class TestWholePayment:
    def test_every_voucher_gets_its_share_and_the_difference_is_nothing(self, stage: Stage) -> None:
        root = divided(stage)
        loan_on = stage.acts.transfer(stage.cast.birch, root, 90_000 * YUAN, stage.cast.cedar)
        stage.acts.pledge(stage.cast.cedar, loan_on, 90_000 * YUAN, 50_000 * YUAN)
        stage.cast.begin(MATURITY)
        stage.run()
        assert every_run(stage.database) == []
        pay(stage, payable_of(root), FACE)
        before = stage.cast.ledger.deposit(stage.cast.settlement_bank.id, stage.cast.delta.id)
        stage.run()
        run = _run(stage)
        _assert_right(stage, run, 8)
        assert (run.expected, run.received) == (FACE, FACE)
        assert (run.first_payment, run.payments) == (0, 1)
        assert run.ended is not None
        after = stage.cast.ledger.deposit(stage.cast.settlement_bank.id, stage.cast.delta.id)
        assert after - before == 2 * 1_001 * YUAN + 1 + 4

    def test_nothing_is_asked_for_where_somebody_else_has_settled(self, stage: Stage) -> None:
        root = divided(stage)
        stage.cast.begin(MATURITY)
        pay(stage, payable_of(root), FACE)
        stage.acts.settle(payable_of(root))
        assert not any(one.asked for one in stage.run())
        _assert_right(stage, _run(stage), 7)

    def test_payables_are_settled_apart(self, stage: Stage) -> None:
        roots = [divided(stage, 2), divided(stage, 3)]
        stage.cast.begin(MATURITY)
        for root in roots:
            pay(stage, payable_of(root), FACE)
        stage.run()
        runs = every_run(stage.database)
        assert [one.vouchers_done for one in runs] == [3, 4]
        assert [one.difference for one in runs] == [0, 0]


class TestPartPayments:
    def test_each_payment_begins_a_run_of_its_own(self, stage: Stage) -> None:
        root = divided(stage)
        payable = payable_of(root)
        stage.cast.begin(MATURITY)
        pay(stage, payable, FACE // 3)
        stage.run()
        stage.cast.advance(10)
        debt = sum(stage.cast.ledger.debt(payable))
        pay(stage, payable, debt)
        stage.run()
        first, second = every_run(stage.database)
        for run in (first, second):
            _assert_right(stage, run, 7)
        assert (first.expected, first.received) == (FACE, FACE // 3)
        assert (second.first_payment, second.payments) == (1, 2)
        assert second.expected == second.received == debt > FACE - FACE // 3

    def test_late_interest_that_is_not_covered_is_expected_and_not_received(
        self, stage: Stage
    ) -> None:
        root = divided(stage)
        stage.cast.begin(MATURITY + 100)
        late, principal = stage.cast.ledger.debt(payable_of(root))
        pay(stage, payable_of(root), FACE // 100)
        stage.run()
        run = _run(stage)
        _assert_right(stage, run, 7)
        assert (run.expected, run.received) == (late + principal, FACE // 100)

    def test_payments_that_come_while_a_run_is_under_way_are_taken_into_it(
        self, stage: Stage
    ) -> None:
        root = divided(stage)
        payable = payable_of(root)
        stage.cast.begin(MATURITY)
        pay(stage, payable, FACE // 5)
        assert stage.look().asked == 1
        attest(stage, payable, FACE // 5, "one")
        assert stage.look().asked == 1
        attest(stage, payable, sum(stage.cast.ledger.debt(payable)), "two")
        stage.run()
        run = _run(stage)
        _assert_right(stage, run, 7)
        assert (run.payments, run.received) == (3, FACE)


class TestFrozen:
    def test_frozen_vouchers_are_left_and_reported_until_they_are_free(self, stage: Stage) -> None:
        root = divided(stage)
        regulator, cedar = stage.cast.regulator, stage.cast.cedar
        case = {"case_commitment": named("case"), "review_day": MATURITY + 90}
        stage.cast.begin(MATURITY)
        case["review_day"] = MATURITY + 30
        regulator.act(FreezeParticipant, subject=cedar.id, **case)
        regulator.act(FreezeRange, payable_id=payable_of(root), start=0, end=1, **case)
        pay(stage, payable_of(root), FACE)
        stage.run()
        run = _run(stage)
        assert (run.state, run.vouchers_left, run.vouchers_frozen) == ("waiting", 0, 2)
        assert run.left_amount == 2 * 1_001 * YUAN + 3
        assert run.received - run.distributed == run.left_amount
        assert run.difference == 0
        regulator.act(
            UnfreezeRange, payable_id=payable_of(root), freeze=0, case_commitment=named("case")
        )
        stage.run()
        assert _run(stage).vouchers_frozen == 2
        regulator.act(UnfreezeParticipant, subject=cedar.id, case_commitment=named("case"))
        stage.run()
        _assert_right(stage, _run(stage), 7)

    def test_contract_is_asked_once_for_as_long_as_no_freeze_changes(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = divided(stage)
        case = {"case_commitment": named("case"), "review_day": MATURITY + 30}
        stage.cast.begin(MATURITY)
        stage.cast.regulator.act(FreezeParticipant, subject=stage.cast.cedar.id, **case)
        pay(stage, payable_of(root), FACE)
        stage.run()
        calls: list[object] = []
        ask = stage.town.chain.calls
        monkeypatch.setattr(
            stage.town.chain, "calls", lambda asked: calls.append(asked) or ask(asked)
        )
        for _ in range(5):
            stage.cast.lapse_of_seconds(1)
            stage.look()
        assert calls == []

    def test_voucher_frozen_while_its_settlement_is_on_its_way_is_left(self, stage: Stage) -> None:
        root = divided(stage)
        stage.cast.begin(MATURITY)
        pay(stage, payable_of(root), FACE)
        assert stage.look().asked == 1
        case = {"case_commitment": named("case"), "review_day": MATURITY + 30}
        stage.cast.regulator.act(FreezeParticipant, subject=stage.cast.echo.id, **case)
        stage.run()
        run = _run(stage)
        assert (run.state, run.vouchers_frozen, run.difference) == ("waiting", 2, 0)


class TestRoom:
    def test_operations_are_sized_by_the_room_that_vouchers_take(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(settling, "OPERATION_GAS", 160_000)
        root = divided(stage, 20)
        stage.cast.begin(MATURITY)
        pay(stage, payable_of(root), FACE)
        assert stage.look().asked > 1
        stage.run()
        _assert_right(stage, _run(stage), 21)

    def test_settlement_that_does_not_fit_is_asked_for_in_smaller_ones(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A block that is smaller than was thought: what is too large reverts whole."""
        root = divided(stage, 12)
        monkeypatch.setattr("ledger.service.relaying.packing.TRANSACTION_GAS", 250_000)
        stage.cast.begin(MATURITY)
        pay(stage, payable_of(root), FACE)
        for _ in range(6):
            stage.run()
            stage.now += LOOK_SECONDS
        run = _run(stage)
        assert (run.state, run.vouchers_done, run.difference) == ("done", 13, 0)
        assert settled_twice(stage.database) == []
        assert "parked" not in stage.outbox.counts()
        replaced = _ended(stage, "OperationReplaced")
        assert replaced
        for one in replaced:
            parts = [stage.outbox.find(id_) for id_ in one["operations"].split(", ")]
            assert len(parts) > 1
            assert {part.state for part in parts} <= {"done", "refused"}
            assert {part.verb for part in parts} == {"settle"}

    def test_settlement_that_was_set_aside_ends_where_others_have_done_it(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = divided(stage, 12)
        monkeypatch.setattr(settling, "TRIES", -1)  # is left to the operator at once
        monkeypatch.setattr("ledger.service.relaying.packing.TRANSACTION_GAS", 250_000)
        stage.cast.begin(MATURITY)
        pay(stage, payable_of(root), FACE)
        for _ in range(3):
            stage.run()
            stage.now += LOOK_SECONDS
        assert stage.outbox.counts() == {"parked": 1}
        stage.acts.settle(payable_of(root))
        for _ in range(2):
            stage.run()
            stage.now += LOOK_SECONDS
        assert _run(stage).state == "done"
        assert "parked" not in stage.outbox.counts()
        assert _ended(stage, "OperationNeedless") == [{}]

    @pytest.mark.parametrize("by_bank", [False, True])
    @pytest.mark.parametrize("payments", [1, 8])
    def test_estimates_bound_what_settlements_take(
        self, stage: Stage, by_bank: bool, payments: int
    ) -> None:
        root = divided(stage, 9)
        payable = payable_of(root)
        for amount in (3_000 * YUAN, 2_000 * YUAN):
            stage.acts.redeem(stage.cast.birch, root, amount)
        lien = stage.acts.transfer(stage.cast.birch, root, 90_000 * YUAN, stage.cast.cedar)
        stage.acts.pledge(stage.cast.cedar, lien, 90_000 * YUAN, 50_000 * YUAN)
        stage.cast.begin(MATURITY)
        for number in range(payments):
            left = sum(stage.cast.ledger.debt(payable))
            amount = left if number == payments - 1 else FACE // 50
            if by_bank:
                attest(stage, payable, amount, f"part {number}")
            else:
                pay(stage, payable, amount)
        stage.follow()
        with stage.reading() as connection:
            vouchers = list(rows_of(connection, "vouchers", Is("state", (2, 3))))
        room = Room(payments, redemptions=2, by_bank=by_bank)
        free = [one for one in vouchers if one.id != lien]
        for some in (free[:1], free, [one for one in vouchers if one.id == lien]):
            point = stage.town.point()
            used = _used(stage, [one.id for one in some])
            stage.town.take_back(point)
            assert used <= room.whole(some) <= 1.6 * used


def _used(stage: Stage, ids: list[int]) -> int:
    call = artifact("Settlement").functions["settle"].call(ids)
    address = stage.cast.ledger.deployment.address("Settlement")
    # A transaction's own cost is borne by the whole batch.
    return stage.cast.node.send(address, call).gas_used - 21_000 - 16 * len(call)


_POINTS = [
    f"{when} {what}"
    for what in ("run", "accept", "pack", "send", "mark", "follow")
    for when in ("before", "after")
]


class TestKilled:
    @pytest.mark.parametrize("place", [1, 2])
    @pytest.mark.parametrize("point", _POINTS)
    def test_run_that_was_killed_anywhere_goes_on_and_doubles_nothing(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch, point: str, place: int
    ) -> None:
        assert point in NAMES
        monkeypatch.setattr(settling, "OPERATION_GAS", 160_000)
        root = divided(stage, 8)
        stage.cast.begin(MATURITY)
        stage.run()
        pay(stage, payable_of(root), FACE)
        try:
            with killing(point, place):
                stage.run()
        except Killed:
            stage.begin()
            stage.now += 100
            stage.run()
        _assert_right(stage, _run(stage), 9)

    def test_chain_that_lost_its_last_blocks_is_settled_again(self, stage: Stage) -> None:
        root = divided(stage)
        stage.cast.begin(MATURITY)
        pay(stage, payable_of(root), FACE)
        paid = stage.town.chain.head().hash
        stage.run()
        _assert_right(stage, _run(stage), 7)
        stage.town.rewind(paid)
        stage.now += 100
        stage.run()
        _assert_right(stage, _run(stage), 7)

    def test_run_of_a_payment_that_was_lost_is_forgotten(self, stage: Stage) -> None:
        root = divided(stage)
        stage.cast.begin(MATURITY)
        unpaid = stage.town.chain.head().hash
        pay(stage, payable_of(root), FACE)
        assert stage.look().asked == 1
        stage.town.rewind(unpaid)
        for _ in range(3):
            stage.cast.lapse_of_seconds(1)
        stage.look()
        assert every_run(stage.database) == []
        attest(stage, payable_of(root), FACE, "again")
        stage.run()
        run = _run(stage)
        assert (run.state, run.received, run.difference) == ("done", FACE, 0)

    def test_two_schedulers_ask_for_each_voucher_once(self, stage: Stage) -> None:
        root = divided(stage)
        stage.cast.begin(MATURITY)
        pay(stage, payable_of(root), FACE)
        other = Stage(stage.town, stage.database)
        stage.follow()
        asked = [stage.scheduler.step().asked, other.scheduler.step().asked]
        assert asked == [1, 0]
        stage.run()
        _assert_right(stage, _run(stage), 7)

    def test_scheduler_that_was_overtaken_asks_for_nothing(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = divided(stage)
        stage.cast.begin(MATURITY)
        pay(stage, payable_of(root), FACE)
        other = Stage(stage.town, stage.database)
        request = stage.intake.request

        def late(*given: object) -> list[Operation]:
            assert other.scheduler.step().asked == 1
            return request(*given)  # type: ignore[arg-type]

        monkeypatch.setattr(stage.intake, "request", late)
        assert stage.look().asked == 0
        stage.run()
        _assert_right(stage, _run(stage), 7)
