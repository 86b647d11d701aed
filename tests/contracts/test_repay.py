"""Loans that a payment reached: interest left over, the last fen, and a voucher that is closed."""

import pytest

from ledger.model.commands import ReleaseSecurity, RepayLoan
from ledger.model.errors import ZeroAmount
from ledger.model.states import VoucherState
from tests.cast import DEPOSIT, Cast
from tests.contracts.situations import (
    FACE,
    MATURITY,
    RATE,
    live,
    pay,
    pledge,
    pledge_terms,
    settle,
)
from tests.contracts.test_sell import balances, cost_of

ONE = 10**9
ADVANCE = FACE * 4 // 5
LEAST = FACE // 100
"""The smallest payment; less than the loan's interest up to maturity."""


@pytest.fixture
def loan(cast: Cast) -> int:
    """Delta Bank's loan to Birch on the whole of a voucher."""
    return pledge(cast.birch, cast.delta, pledge_terms(cast, live(cast), FACE))


@pytest.fixture
def interest(cast: Cast, loan: int) -> int:
    """What the loan bears up to maturity."""
    return cost_of(ADVANCE, RATE, MATURITY - cast.ledger.loan(loan)["interest_from"])


class TestInterestLeft:
    @pytest.fixture
    def left(self, cast: Cast, loan: int, interest: int) -> int:
        """What a payment on the day of maturity did not cover."""
        cast.begin(MATURITY)
        pay(cast, 1, LEAST)
        settle(cast, cast.ledger.loan(loan)["voucher"])
        return interest - LEAST

    def test_stands_on_the_loan(self, cast, loan, left) -> None:
        record = cast.ledger.loan(loan)
        assert left > 0
        assert (record["principal"], record["interest_left"]) == (ADVANCE, left)
        assert record["interest_from"] == MATURITY

    def test_bears_none_and_comes_first_in_the_next_payment(self, cast, loan, left) -> None:
        cast.advance(10)
        pay(cast, 1, 10 * LEAST)
        outcome = settle(cast, cast.ledger.loan(loan)["voucher"])
        served = outcome.value("LoanServed", "interest")
        assert served == left + cost_of(ADVANCE, RATE, 10)
        assert outcome.value("LoanServed", "principal") == 10 * LEAST - served
        assert outcome.value("LoanServed", "interest_left") == 0

    def test_stays_when_a_part_of_the_principal_is_repaid(
        self, cast, birch, delta, loan, left
    ) -> None:
        before = balances(cast, birch, delta)
        outcome = birch.act(RepayLoan, loan=loan, principal=1_000, release=0)
        assert outcome.value("LoanRepaid", "interest") == 0
        record = cast.ledger.loan(loan)
        assert (record["principal"], record["interest_left"]) == (ADVANCE - 1_000, left)
        assert balances(cast, birch, delta) == (before[0] - 1_000, before[1] + 1_000)

    def test_is_paid_with_the_last_of_the_principal(self, cast, birch, delta, loan, left) -> None:
        cast.advance(10)
        before = balances(cast, birch, delta)
        outcome = birch.act(RepayLoan, loan=loan, principal=ADVANCE, release=0)
        asked = left + cost_of(ADVANCE, RATE, 10)
        assert outcome.value("LoanRepaid", "interest") == asked
        record = cast.ledger.loan(loan)
        assert (record["principal"], record["interest_left"]) == (0, 0)
        moved = ADVANCE + asked
        assert balances(cast, birch, delta) == (before[0] - moved, before[1] + moved)
        assert cast.ledger.voucher(record["voucher"])["state"] == VoucherState.HELD


def test_a_payment_of_the_principal_leaves_the_interest_owed(
    cast, birch, delta, loan, interest
) -> None:
    """Interest comes first, so that as much of the principal is still open."""
    before = balances(cast, birch, delta)
    cast.begin(MATURITY)
    pay(cast, 1, ADVANCE)
    settle(cast, cast.ledger.loan(loan)["voucher"])
    record = cast.ledger.loan(loan)
    assert (record["principal"], record["interest_left"]) == (interest, 0)
    assert balances(cast, birch, delta) == (before[0], before[1] + ADVANCE)


def test_a_loan_above_the_face_is_repaid_after_its_voucher_is_closed(cast, birch, delta) -> None:
    """The payable paid all it owed and the loan is open still; nothing is there to be freed."""
    root = live(cast)
    loan = pledge(birch, delta, pledge_terms(cast, root, FACE, advance=FACE, ltv=ONE))
    interest = cost_of(FACE, RATE, MATURITY - cast.ledger.today)
    cast.begin(MATURITY)
    pay(cast, 1, FACE)
    settle(cast, root)
    assert cast.ledger.voucher(root)["state"] == VoucherState.CLOSED
    outcome = birch.act(RepayLoan, loan=loan, principal=interest, release=0)
    names = [event.name for event in outcome.events]
    assert names == ["CommandExecuted", "LoanRepaid", "DepositMoved"]
    assert cast.ledger.loan(loan)["principal"] == 0
    assert cast.ledger.voucher(root)["state"] == VoucherState.CLOSED
    assert balances(cast, birch, delta) == (DEPOSIT + FACE - interest, DEPOSIT + interest)


def test_a_release_of_nothing_is_refused_before_the_lien_is_looked_at(
    birch, delta, loan, refused
) -> None:
    birch.act(RepayLoan, loan=loan, principal=ADVANCE, release=0)
    with refused(ZeroAmount):
        delta.act(ReleaseSecurity, loan=loan, amount=0)
