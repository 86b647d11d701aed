"""Payment proposals: every open payout once, under a reference that leads back to it."""

import re

import pytest

from ledger.model.commands import ConfirmPayout, ReturnPayout
from ledger.model.ids import payable_of
from ledger.records.profiles import BankAccount, Profile
from ledger.records.vault import MasterKeys
from ledger.service.records.directory import Directory, Reader
from ledger.service.records.keyring import Keyring
from ledger.service.scheduling.proposals import (
    REFERENCE_MAX,
    accounts_of,
    end_to_end_id,
    payment_reference,
    payouts_of,
    totals_of,
)
from ledger.store.lists import rows_of
from ledger.store.runs import RunRow
from ledger.views.money_rows import Payout, PayoutState
from tests.service.settlements import attest, divided, every_run, pay
from tests.service.stage import Stage
from tests.views_scenario import FACE, MATURITY


def _paid_by_bank(stage: Stage, *amounts: int) -> list[RunRow]:
    root = divided(stage)
    stage.cast.begin(MATURITY)
    for place, amount in enumerate(amounts):
        attest(stage, payable_of(root), amount, f"wire {place}")
        stage.run()
    return every_run(stage.database)


def _payouts(stage: Stage, run: RunRow) -> list[Payout]:
    with stage.reading() as connection:
        return list(rows_of(connection, "payouts", payouts_of(run)))


def _fact(stage: Stage, kind: type, payout: Payout) -> None:
    reference = end_to_end_id(stage.site.deployment, payout)
    stage.cast.settlement_bank.act(
        kind,
        payout=payout.number,
        amount=payout.amount,
        payment_reference=payment_reference(reference, is_return=kind is ReturnPayout),
    )
    stage.run()


class TestLines:
    def test_every_share_that_came_by_the_bank_is_a_line_and_they_add_up(
        self, stage: Stage
    ) -> None:
        [run] = _paid_by_bank(stage, FACE)
        lines = _payouts(stage, run)
        assert sum(one.amount for one in lines) == run.received == FACE
        assert len({one.voucher for one in lines}) == len(lines) == 7

    def test_each_run_has_its_own_lines(self, stage: Stage) -> None:
        first, second = _paid_by_bank(stage, FACE // 4, FACE)
        early, late = _payouts(stage, first), _payouts(stage, second)
        assert sum(one.amount for one in early) == first.received == FACE // 4
        assert sum(one.amount for one in late) == second.received
        assert not {one.number for one in early} & {one.number for one in late}

    def test_payment_from_deposits_has_no_lines(self, stage: Stage) -> None:
        root = divided(stage)
        stage.cast.begin(MATURITY)
        pay(stage, payable_of(root), FACE)
        stage.run()
        [run] = every_run(stage.database)
        assert _payouts(stage, run) == []


class TestFacts:
    def test_signed_facts_are_told_of_the_run_and_a_returned_payout_is_open_again(
        self, stage: Stage
    ) -> None:
        [run] = _paid_by_bank(stage, FACE)
        lines = _payouts(stage, run)
        with stage.reading() as connection:
            totals = totals_of(connection, run)
        assert (totals.open_count, totals.open_amount) == (7, FACE)
        for one in lines[:3]:
            _fact(stage, ConfirmPayout, one)
        _fact(stage, ReturnPayout, lines[0])
        with stage.reading() as connection:
            totals = totals_of(connection, run)
        paid = lines[1].amount + lines[2].amount
        assert (totals.confirmed_count, totals.confirmed_amount) == (2, paid)
        assert (totals.open_count, totals.open_amount) == (5, FACE - paid)
        assert totals.returned_count == 1


class TestReferences:
    def test_references_are_short_plain_and_never_the_same(self, stage: Stage) -> None:
        deployment = stage.site.deployment
        state = PayoutState.OPEN
        found = [
            end_to_end_id(deployment, Payout(number, 6, 2, 100, 1, state, returns))
            for number in (1, 11, 2**64 - 1)
            for returns in (0, 1, 11)
        ]
        assert len(set(found)) == len(found)
        assert all(len(one) <= REFERENCE_MAX for one in found)
        assert all(re.fullmatch("[A-Z0-9]+", one) for one in found)
        assert len({payment_reference(one) for one in found}) == len(found)

    def test_payout_that_came_back_is_paid_under_another_reference(self, stage: Stage) -> None:
        [run] = _paid_by_bank(stage, FACE)
        [first, *_] = _payouts(stage, run)
        before = end_to_end_id(stage.site.deployment, first)
        _fact(stage, ConfirmPayout, first)
        _fact(stage, ReturnPayout, first)
        [again, *_] = _payouts(stage, run)
        after = end_to_end_id(stage.site.deployment, again)
        assert (before[-2:], after[-2:]) == ("T1", "T2")
        _fact(stage, ConfirmPayout, again)


class TestAccounts:
    def test_accounts_are_those_recorded_and_their_reading_is_logged(self, stage: Stage) -> None:
        keyring = Keyring(stage.database, MasterKeys(bytes(32)), lambda: 7)
        directory = Directory(stage.database, keyring, lambda: 7)
        account = BankAccount("Birch Castings", "6222020200112233445", "Harbour Bank")
        directory.put(Profile(2, name_en="Birch Castings", accounts=(account,)))
        directory.put(Profile(3, name_en="Cedar Machining"))
        reader = Reader(6, "key_1", "payment proposal")
        assert accounts_of(directory, [2, 3, 4], reader) == {2: account}
        assert [one.subjects for one in directory.readings()] == [",2,3,4,"]

    @pytest.mark.parametrize("payees", [[], [2, 3]])
    def test_without_records_there_are_none(self, payees: list[int]) -> None:
        assert accounts_of(None, payees, Reader(6, "key_1", "payment proposal")) == {}
