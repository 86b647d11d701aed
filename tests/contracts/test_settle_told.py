"""What settlement tells: each payee once, each loan as often as money reached it."""

import pytest

from ledger.chain.artifacts import artifact
from ledger.model.commands import FreezeParticipant, JoinVouchers
from ledger.model.errors import SettleFirst
from ledger.model.ids import payable_of
from ledger.service.ledger import Outcome
from tests.cast import DEPOSIT, Cast, named
from tests.contracts.situations import (
    DUE,
    FACE,
    MATURITY,
    RATE,
    cut_in_two,
    live,
    offer_part,
    passed,
    pay,
    pledge,
    pledge_terms,
    redeem,
    redemption_terms,
    serial,
    settle,
)
from tests.contracts.test_sell import balances, cost_of
from tests.contracts.test_settle import NOT_PAYABLE, UP_TO_DATE, results

ONE = 10**9


def named_events(outcome: Outcome, name: str) -> list[dict[str, object]]:
    """The values of every event of a kind, in order."""
    return [dict(event.values) for event in outcome.events if event.name == name]


def paid_out(outcome: Outcome) -> list[tuple[object, object]]:
    """Who was paid out of the hold, and how much."""
    return [(one["to"], one["amount"]) for one in named_events(outcome, "DepositPaidOut")]


class TestPaidOut:
    def test_to_one_holder_of_several_vouchers_at_once(self, cast, birch) -> None:
        root = live(cast)
        low, middle = cut_in_two(cast, root, 1_000), cut_in_two(cast, root, 500)
        cast.begin(MATURITY)
        pay(cast, 1, FACE)
        outcome = settle(cast, low, middle, root)
        assert paid_out(outcome) == [(birch.id, FACE)]
        assert balances(cast, birch) == (DEPOSIT + FACE,)
        shares = [one["to_holder"] for one in named_events(outcome, "VoucherSettled")]
        assert shares == [1_000, 500, FACE - 1_500]

    def test_to_each_holder_in_a_row(self, cast, birch, cedar) -> None:
        root = live(cast)
        cut = cut_in_two(cast, root, 10)
        cedars = passed(cast, root, 7, cedar)
        cast.begin(MATURITY)
        pay(cast, 1, FACE)
        expected = [(birch.id, 10), (cedar.id, 7), (birch.id, FACE - 17)]
        assert paid_out(settle(cast, cut, cedars, root)) == expected

    def test_for_each_payable_apart(self, cast, birch) -> None:
        roots = [live(cast), live(cast)]
        cast.begin(MATURITY)
        for root in roots:
            pay(cast, payable_of(root), FACE)
        assert paid_out(settle(cast, *roots)) == [(birch.id, FACE)] * 2

    def test_to_nobody_whose_share_is_nothing(self, cast, birch, delta) -> None:
        """The lender takes the whole of the first half."""
        root = live(cast)
        pledge(birch, delta, pledge_terms(cast, root, FACE))
        cast.begin(MATURITY)
        pay(cast, 1, FACE // 2)
        assert paid_out(settle(cast, root)) == [(delta.id, FACE // 2)]


class TestPledgedVoucher:
    def test_tells_what_its_lender_and_its_holder_had(self, cast, birch, delta) -> None:
        root = live(cast)
        pledge(birch, delta, pledge_terms(cast, root, FACE, advance=1_000_000))
        owed = 1_000_000 + cost_of(1_000_000, RATE, MATURITY - cast.ledger.today)
        cast.begin(MATURITY)
        pay(cast, 1, FACE)
        outcome = settle(cast, root)
        [told] = named_events(outcome, "VoucherSettled")
        assert (told["to_lender"], told["to_holder"]) == (owed, FACE - owed)
        assert told["holder"] == birch.id
        assert paid_out(outcome) == [(delta.id, owed), (birch.id, FACE - owed)]

    def test_serves_its_loan_until_it_is_paid(self, cast, birch, delta) -> None:
        root = live(cast)
        pledge(birch, delta, pledge_terms(cast, root, FACE, advance=1_000_000))
        cast.begin(MATURITY)
        for _ in range(2):
            pay(cast, 1, FACE // 2)
        assert len(named_events(settle(cast, root), "LoanServed")) == 1

    def test_does_not_serve_its_loan_with_a_share_of_nothing(self, cast, cedar, delta) -> None:
        """The first fen of a hundred gets nothing of the first half; interest runs on."""
        root = live(cast, face=100)
        part = passed(cast, root, 1, cedar)
        loan = pledge(cedar, delta, pledge_terms(cast, part, 1, advance=1, ltv=ONE))
        before = cast.ledger.loan(loan)
        cast.begin(MATURITY)
        pay(cast, 1, 50)
        assert named_events(settle(cast, part), "LoanServed") == []
        assert cast.ledger.loan(loan) == before


class TestWhatIsUpToDate:
    def test_stays_so_while_its_holder_is_frozen(self, cast, birch, regulator) -> None:
        root = live(cast)
        cast.begin(MATURITY)
        pay(cast, 1, FACE // 2)
        settle(cast, root)
        values = {"case_commitment": named("case"), "review_day": DUE}
        regulator.act(FreezeParticipant, subject=birch.id, **values)
        assert results(cast, root) == [UP_TO_DATE]

    def test_is_left_as_it_is(self, cast, cedar) -> None:
        """An offer that lapsed, too: what became of it is read, not written."""
        part = offer_part(cast, live(cast), 100, cedar)
        cast.advance(30)
        before = cast.storage()
        settle(cast, part)
        assert cast.storage() == before

    @pytest.mark.parametrize("how", ["redeemed", "joined"])
    def test_is_a_voucher_that_closed_before_the_payment(self, cast, birch, how, refused) -> None:
        root = live(cast)
        part = cut_in_two(cast, root, FACE // 4)
        if how == "redeemed":
            redeem(cast, birch, redemption_terms(cast, part, FACE // 4))
            open_ = root
        else:
            open_ = birch.act(JoinVouchers, low=part, high=root).value("VouchersJoined", "joined")
        cast.begin(MATURITY)
        pay(cast, 1, FACE // 4)
        cast.ledger.ask("Settlement", "requireCaughtUp", part)
        with refused(SettleFirst, voucher=open_):
            cast.ledger.ask("Settlement", "requireCaughtUp", open_)


def test_a_settlement_of_a_version_to_come_finds_nothing_payable(cast: Cast) -> None:
    """It is no desk yet, and asks none for what it does not need."""
    names = ("Participants", "Vouchers", "Rules", "Deposits", "Loans")
    values = [cast.ledger.deployment.address(name) for name in names]
    made = cast.node.send(None, artifact("Settlement").creation(*values)).contract
    entry = artifact("Settlement").functions["settle"]
    asked = [0, serial(1, 1), serial(9, 1)]
    found = entry.answer(cast.node.call(str(made).lower(), entry.call(asked)))
    assert list(found) == [NOT_PAYABLE] * len(asked)


def test_a_payment_of_late_interest_only_takes_nothing_off_what_is_outstanding(
    cast: Cast, acme
) -> None:
    live(cast)
    cast.begin(MATURITY + 30)
    outcome = pay(cast, 1, FACE // 100)
    assert outcome.value("PaymentRecorded", "principal") == 0
    assert "OutstandingChanged" not in [event.name for event in outcome.events]
    assert cast.ledger.ask("Exposure", "exposureOf", acme.id)[1] == FACE
