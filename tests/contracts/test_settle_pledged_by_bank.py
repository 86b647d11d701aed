"""A pledged voucher whose money comes by the bank: the lender's share waits for a payout."""

from ledger.model.ids import payable_of
from tests.cast import Cast
from tests.contracts.situations import FACE, MATURITY, attest, live, pledge, pledge_terms


def test_settle_of_a_pledged_voucher_opens_the_lenders_payouts(cast: Cast) -> None:
    voucher = live(cast)
    loan = pledge(cast.birch, cast.delta, pledge_terms(cast, voucher, FACE))
    before = cast.ledger.loan(loan)["principal"]
    cast.begin(MATURITY)
    for number in range(2):
        attest(cast, payable_of(voucher), FACE // 4, payment_reference=bytes([number + 1] * 32))
    outcome = cast.ledger.carry_out(cast.ledger.call("Settlement", "settle", [voucher]))
    opened = [one.values for one in outcome.events if one.name == "PayoutOpened"]
    assert {one["payee"] for one in opened} == {cast.delta.id}
    assert sum(one["amount"] for one in opened) == FACE // 4 * 2
    assert cast.ledger.loan(loan)["principal"] < before
    assert cast.ledger.deposit(cast.settlement_bank.id, cast.delta.id) > 0
