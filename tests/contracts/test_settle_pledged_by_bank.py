"""A pledged voucher whose money comes by the bank: the lender's share waits for a payout."""

from ledger.model.ids import payable_of
from ledger.model.states import VoucherState
from ledger.service.ledger import Outcome
from tests.cast import Cast, named
from tests.contracts.situations import (
    FACE,
    MATURITY,
    RATE,
    attest,
    live,
    passed,
    pledge,
    pledge_terms,
    settle,
)
from tests.contracts.test_sell import cost_of

ONE = 10**9


def payouts(outcome: Outcome) -> list[tuple[int, int]]:
    """Whom the bank has to pay, and how much."""
    opened = [one.values for one in outcome.events if one.name == "PayoutOpened"]
    return [(one["payee"], one["amount"]) for one in opened]


def test_settle_of_a_pledged_voucher_opens_the_lenders_payouts(cast: Cast) -> None:
    voucher = live(cast)
    loan = pledge(cast.birch, cast.delta, pledge_terms(cast, voucher, FACE))
    before = cast.ledger.loan(loan)["principal"]
    cast.begin(MATURITY)
    for number in range(2):
        attest(cast, payable_of(voucher), FACE // 4, payment_reference=bytes([number + 1] * 32))
    outcome = settle(cast, voucher)
    assert {payee for payee, _ in payouts(outcome)} == {cast.delta.id}
    assert sum(amount for _, amount in payouts(outcome)) == FACE // 4 * 2
    assert cast.ledger.loan(loan)["principal"] < before
    assert cast.ledger.deposit(cast.settlement_bank.id, cast.delta.id) > 0


def test_settle_of_a_loan_paid_by_the_first_payment_gives_the_lender_no_more(cast: Cast) -> None:
    """A loan that is paid ends its lien at once, so that no share of it is ever nothing."""
    voucher = live(cast)
    days = MATURITY - cast.ledger.today
    loan = pledge(cast.birch, cast.delta, pledge_terms(cast, voucher, FACE, advance=1_000_000))
    owed = 1_000_000 + cost_of(1_000_000, RATE, days)
    cast.begin(MATURITY)
    for number in range(2):
        attest(cast, 1, FACE // 2, payment_reference=named(f"half {number}"))
    outcome = settle(cast, voucher)
    assert payouts(outcome) == [(cast.delta.id, owed), (cast.birch.id, FACE - owed)]
    assert cast.ledger.loan(loan)["principal"] == 0
    assert cast.ledger.voucher(voucher)["state"] == VoucherState.CLOSED


def test_settle_of_a_share_of_nothing_opens_no_payout(cast: Cast) -> None:
    """The first fen of a hundred gets nothing of the first half, and its fen of the second."""
    root = live(cast, face=100)
    part = passed(cast, root, 1, cast.cedar)
    loan = pledge(cast.cedar, cast.delta, pledge_terms(cast, part, 1, advance=1, ltv=ONE))
    cast.begin(MATURITY)
    attest(cast, 1, 50)
    assert payouts(settle(cast, part)) == []
    assert cast.ledger.loan(loan)["principal"] == 1
    assert cast.ledger.voucher(part)["state"] == VoucherState.PLEDGED
    attest(cast, 1, 50, payment_reference=named("the second half"))
    assert payouts(settle(cast, part)) == [(cast.delta.id, 1)]
    assert cast.ledger.loan(loan)["principal"] == 0
    assert payouts(settle(cast, root)) == [(cast.birch.id, 99)]
