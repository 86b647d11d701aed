"""Late interest: what a payment leaves of it is carried, and part payments come to an end."""

from ledger.chain.calls import item_of
from ledger.model.commands import IssueDeposit, PayPayable, SetLimit
from ledger.model.errors import AmountTooLarge, PaymentTooSmall
from ledger.model.states import PayableState
from tests.cast import MAKER, Cast, named
from tests.contracts.situations import FACE, MATURITY, live, pay, set_rules

LEAST = FACE // 100
TENTH = 10**8
"""The highest rate that rules may have: a tenth a day."""

PAYMENTS_MAX = 250
FACE_MAX = 2**56 - 1
MOST = 2**64 - 1


def test_what_a_payment_leaves_of_it_is_carried_and_bears_none(cast: Cast) -> None:
    set_rules(cast, late_rate_daily=TENTH)
    payable = live(cast) >> 32
    cast.begin(MATURITY + 3)
    outcome = pay(cast, payable, LEAST)
    carried = 3 * FACE // 10 - LEAST
    assert outcome.value("PaymentRecorded", "carried") == carried
    assert cast.ledger.debt(payable) == (carried, FACE)
    cast.advance(2)
    assert cast.ledger.debt(payable) == (carried + 2 * FACE // 10, FACE)


def test_after_250_payments_only_the_whole_debt_is_taken(cast: Cast, refused) -> None:
    """Late interest keeps the debt up, or a hundred of the least would pay it."""
    set_rules(cast, late_rate_daily=TENTH)
    payable = live(cast, face=100) >> 32
    cast.begin(MATURITY + 30)
    terms = {"payable_id": payable, "amount": 1}
    commands = [cast.acme.make(PayPayable, **terms) for _ in range(PAYMENTS_MAX)]
    items = [item_of(cast.acme.sign_by(one, MAKER)) for one in commands]
    for start in range(0, PAYMENTS_MAX, 50):
        for outcome in cast.ledger.relay(items[start : start + 50]):
            outcome.unwrap()
    debt = 400 - PAYMENTS_MAX
    for amount in (1, debt - 1):
        with refused(PaymentTooSmall, amount=amount, least=1):
            pay(cast, payable, amount)
    pay(cast, payable, debt)
    assert cast.ledger.payable(payable)["state"] == PayableState.SETTLED


def test_that_the_ledger_cannot_keep_is_refused_never_cut(cast: Cast, acme, refused) -> None:
    set_rules(cast, late_rate_daily=TENTH)
    cast.echo.act(SetLimit, obligor=acme.id, amount=MOST)
    deposit = {"amount": FACE_MAX, "payment_reference": named("much")}
    cast.settlement_bank.act(IssueDeposit, to=acme.id, **deposit)
    payable = live(cast, face=FACE_MAX) >> 32
    # The first day on which the least payment leaves more than 64 bits hold.
    cast.begin(MATURITY + 2_561)
    late, _ = cast.ledger.debt(payable)
    with refused(AmountTooLarge, amount=MOST + 1, most=MOST):
        pay(cast, payable, late - MOST - 1)
    outcome = pay(cast, payable, late - MOST)
    assert outcome.value("PaymentRecorded", "carried") == MOST
