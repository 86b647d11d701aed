"""Recourse: an overdue voucher goes back to its seller against payment, link by link."""

import pytest

from ledger.model.commands import (
    DeclineVoucher,
    FreezeParticipant,
    FreezeRange,
    RecourseVoucher,
    RepayLoan,
)
from ledger.model.errors import (
    NoRecourse,
    NotHolder,
    NotOverdue,
    RangeFrozen,
    SettleFirst,
    VoucherNotHeld,
)
from ledger.model.ids import payable_of
from ledger.model.states import VoucherState
from tests.cast import Cast, Member, named
from tests.contracts.situations import (
    DUE,
    FACE,
    MATURITY,
    RATE,
    attest,
    live,
    offer_part,
    passed,
    pay,
    pledge,
    pledge_terms,
    sale_terms,
    sell,
    settle,
    spend,
)
from tests.contracts.test_sell import balances, cost_of

CASE = named("case")


def recourse(member: Member, voucher: int):
    return member.act(RecourseVoucher, voucher=voucher)


@pytest.fixture
def root(cast: Cast) -> int:
    """Sold by Birch to Delta Bank with recourse."""
    voucher = live(cast)
    sell(cast.birch, cast.delta, sale_terms(cast, voucher, FACE, recourse=True))
    return voucher


class TestRecourse:
    def test_of_a_pledged_voucher_is_refused(self, cast, delta, echo, root, refused) -> None:
        pledge(delta, echo, pledge_terms(cast, root, FACE))
        cast.begin(MATURITY + 1)
        with refused(VoucherNotHeld, voucher=root, state=VoucherState.PLEDGED):
            recourse(delta, root)

    def test_by_another_than_the_buyer_is_refused(self, cast, birch, root, refused) -> None:
        cast.begin(MATURITY + 1)
        for member in (birch, cast.echo, cast.acme, cast.operator):
            with refused(NotHolder, voucher=root, participant=member.id):
                recourse(member, root)

    def test_after_a_sale_without_it_is_refused(self, cast, delta, echo, root, refused) -> None:
        sell(delta, echo, sale_terms(cast, root, FACE))
        cast.begin(MATURITY + 1)
        with refused(NoRecourse, voucher=root):
            recourse(echo, root)

    def test_after_a_transfer_is_refused(self, cast, cedar, root, refused) -> None:
        part = passed(cast, root, 1_000, cedar)
        cast.begin(MATURITY + 1)
        with refused(NoRecourse, voucher=part):
            recourse(cedar, part)

    @pytest.mark.parametrize("days", [-1, 0])
    def test_until_the_due_day_is_over_is_refused(self, cast, delta, root, days, refused) -> None:
        cast.begin(MATURITY + days)
        with refused(NotOverdue, payable_id=1, due=MATURITY):
            recourse(delta, root)

    def test_of_a_paid_payable_is_refused(self, cast, delta, root, refused) -> None:
        cast.begin(MATURITY)
        pay(cast, 1, FACE)
        cast.advance(1)
        with refused(NotOverdue, payable_id=1):
            recourse(delta, root)

    def test_of_a_frozen_voucher_is_refused(self, cast, delta, regulator, root, refused) -> None:
        cast.begin(MATURITY + 1)
        values = {"case_commitment": CASE, "review_day": DUE}
        regulator.act(FreezeRange, payable_id=1, start=5, end=6, **values)
        with refused(RangeFrozen, voucher=root):
            recourse(delta, root)

    def test_before_the_voucher_has_caught_up_is_refused(self, cast, delta, root, refused) -> None:
        cast.begin(MATURITY + 1)
        pay(cast, 1, FACE // 2)
        with refused(SettleFirst, voucher=root):
            recourse(delta, root)

    def test_pays_principal_and_interest_at_the_raised_rate(self, cast, birch, delta, root) -> None:
        before = balances(cast, birch, delta)
        cast.begin(MATURITY + 10)
        outcome = recourse(delta, root)
        price = FACE + cost_of(FACE, RATE * 3 // 2, 10)
        assert outcome.value("RecoursePriced", "price") == price
        after = balances(cast, birch, delta)
        assert (before[0] - after[0], after[1] - before[1]) == (price, price)
        record = cast.ledger.voucher(root)
        assert (record["holder"], record["state"]) == (birch.id, VoucherState.HELD)

    def test_after_a_part_payment_asks_for_what_is_open(self, cast, delta, root) -> None:
        cast.begin(MATURITY + 4)
        late = FACE * 4 // 2_000
        pay(cast, 1, FACE // 2)
        settle(cast, root)
        cast.advance(6)
        price = recourse(delta, root).value("RecoursePriced", "price")
        open_ = FACE - (FACE // 2 - late)
        assert price == open_ + cost_of(open_, RATE * 3 // 2, 6)

    def test_asks_for_late_interest_that_payments_left_over(self, cast, delta, root) -> None:
        cast.begin(MATURITY + 30)
        pay(cast, 1, FACE // 100)
        settle(cast, root)
        cast.advance(6)
        price = recourse(delta, root).value("RecoursePriced", "price")
        carried = FACE * 30 // 2_000 - FACE // 100
        assert price == FACE + carried + cost_of(FACE, RATE * 3 // 2, 6)

    def test_of_what_is_paid_already_costs_nothing(self, cast, birch, cedar, delta) -> None:
        """The last fen of a hundred is paid by the first half; there is no price left to ask."""
        root = live(cast, face=100)
        rest = passed(cast, root, 99, cedar)
        sell(birch, delta, sale_terms(cast, root, 1, recourse=True))
        before = balances(cast, birch, cedar, delta)
        cast.begin(MATURITY + 1)
        pay(cast, 1, 50)
        settle(cast, root, rest)
        cast.advance(30)
        outcome = recourse(delta, root)
        assert outcome.value("RecoursePriced", "price") == 0
        assert "DepositMoved" not in [event.name for event in outcome.events]
        assert balances(cast, birch, cedar, delta) == (before[0], before[1] + 49, before[2] + 1)
        record = cast.ledger.voucher(root)
        assert (record["holder"], record["state"]) == (birch.id, VoucherState.HELD)
        pay(cast, 1, sum(cast.ledger.debt(1)))
        settle(cast, root, rest)
        late = 1  # of 50 fen in 30 days
        after = (before[0], before[1] + 99 + late, before[2] + 1)
        assert balances(cast, birch, cedar, delta) == after

    def test_happens_once(self, cast, birch, delta, root, refused) -> None:
        cast.begin(MATURITY + 1)
        recourse(delta, root)
        with refused(NotHolder, voucher=root):
            recourse(delta, root)
        with refused(NoRecourse, voucher=root):
            recourse(birch, root)

    def test_of_a_short_deposit_leaves_a_dated_demand(self, cast, birch, delta, root) -> None:
        spend(cast, birch, cast.ledger.deposit(cast.settlement_bank.id, birch.id) - FACE + 1)
        cast.begin(MATURITY + 1)
        before = balances(cast, birch, delta)
        outcome = recourse(delta, root)
        assert [event.name for event in outcome.events] == ["CommandExecuted", "RecourseDemanded"]
        assert outcome.value("RecourseDemanded", "day") == MATURITY + 1
        assert balances(cast, birch, delta) == before
        assert cast.ledger.voucher(root)["holder"] == delta.id

    def test_takes_the_last_fen_of_the_sellers_deposit(self, cast, birch, delta, root) -> None:
        [deposit] = balances(cast, birch)
        cast.begin(MATURITY + 10)
        price = FACE + cost_of(FACE, RATE * 3 // 2, 10)
        spend(cast, birch, deposit - price)
        [before] = balances(cast, delta)
        outcome = recourse(delta, root)
        assert outcome.value("RecoursePriced", "buyer") == delta.id
        assert outcome.value("RecoursePriced", "seller") == birch.id
        assert balances(cast, birch, delta) == (0, before + price)

    def test_goes_back_link_by_link(self, cast, birch, delta, echo, root, refused) -> None:
        sell(delta, echo, sale_terms(cast, root, FACE, recourse=True, rate=2 * RATE))
        cast.begin(MATURITY + 2)
        with refused(NotHolder):
            recourse(delta, root)
        second = recourse(echo, root).value("RecoursePriced", "price")
        first = recourse(delta, root).value("RecoursePriced", "price")
        assert second == FACE + cost_of(FACE, RATE * 3, 2)
        assert first == FACE + cost_of(FACE, RATE * 3 // 2, 2)
        assert cast.ledger.voucher(root)["holder"] == birch.id
        pay(cast, 1, sum(cast.ledger.debt(1)))
        settle(cast, root)
        assert cast.ledger.voucher(root)["state"] == VoucherState.CLOSED

    def test_survives_a_cut_a_pledge_and_a_declined_offer(
        self, cast, cedar, delta, echo, root
    ) -> None:
        part = offer_part(cast, root, 1_000, cedar)
        cedar.act(DeclineVoucher, (), voucher=part, reason=bytes(32))
        loan = pledge(delta, echo, pledge_terms(cast, root, 1_000))
        delta.act(RepayLoan, loan=loan, principal=800, release=0)
        cast.begin(MATURITY + 1)
        for voucher in (part, cast.ledger.loan(loan)["voucher"], root):
            recourse(delta, voucher)


def test_a_payable_whose_money_is_attested_is_not_turned_back(cast, delta, root, refused) -> None:
    """The whole face came before maturity; only nobody has asked to share it out yet."""
    attest(cast, payable_of(root), FACE)
    cast.begin(MATURITY + 30)
    with refused(SettleFirst, voucher=root):
        recourse(delta, root)


def test_a_frozen_sellers_money_stays_where_it_is(cast, birch, delta, regulator, root) -> None:
    values = {"case_commitment": CASE, "review_day": DUE}
    regulator.act(FreezeParticipant, subject=birch.id, **values)
    cast.begin(MATURITY + 1)
    before = balances(cast, birch, delta)
    outcome = recourse(delta, root)
    assert [event.name for event in outcome.events] == ["CommandExecuted", "RecourseDemanded"]
    assert balances(cast, birch, delta) == before
