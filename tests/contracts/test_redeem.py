"""Redemption: the obligor pays early, less interest to maturity; the range closes for good."""

from dataclasses import replace

import pytest

from ledger.model.commands import RedeemVoucher, RedemptionQuote
from ledger.model.errors import (
    AmountExceedsVoucher,
    BadTerms,
    DepositShort,
    NonceUsed,
    NotHolder,
    PastMaturity,
    QuoteMismatch,
    RangeChanged,
    TooManyRedemptions,
    VoucherNotHeld,
    ZeroAmount,
)
from ledger.model.states import PayableState, VoucherState
from tests.cast import DEPOSIT, Cast
from tests.contracts.forgeries import changed_fields
from tests.contracts.situations import (
    FACE,
    MATURITY,
    RATE,
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
    spend,
)
from tests.contracts.test_sell import balances, cost_of, field_text

RATE_MAX = 360_000_000


@pytest.fixture
def root(cast: Cast) -> int:
    return live(cast)


class TestRedeem:
    @pytest.mark.parametrize(
        "name", ["voucher", "start", "end", "amount", "rate", "taker", "participant"]
    )
    def test_on_a_quote_that_differs_is_refused(self, cast, birch, root, name, refused) -> None:
        terms = redemption_terms(cast, root, FACE // 2)
        quote = cast.acme.make(RedemptionQuote, taker=birch.id, **terms)
        other = replace(dict(changed_fields(quote))[name], nonce=quote.nonce)
        giver = cast.birch if name == "participant" else cast.acme
        if name == "participant":
            other = replace(quote, participant=birch.id, nonce=birch.next_nonce())
        fields = {"participant": "obligor", "start": "voucher", "end": "voucher"}
        with refused(QuoteMismatch, field=field_text(fields.get(name, name))):
            birch.act(RedeemVoucher, giver.sign(other), **terms)

    def test_on_a_quote_used_before_is_refused(self, cast, acme, birch, root, refused) -> None:
        terms = redemption_terms(cast, root, 1_000)
        quote = acme.signed(RedemptionQuote, taker=birch.id, **terms)
        birch.act(RedeemVoucher, quote, **terms)
        with refused(NonceUsed, participant=acme.id):
            birch.act(RedeemVoucher, quote, **terms)

    def test_by_another_than_the_holder_is_refused(self, cast, cedar, root, refused) -> None:
        with refused(NotHolder, voucher=root, participant=cedar.id):
            redeem(cast, cedar, redemption_terms(cast, root, FACE))

    def test_of_a_pledged_voucher_is_refused(self, cast, birch, delta, root, refused) -> None:
        pledge(birch, delta, pledge_terms(cast, root, FACE))
        with refused(VoucherNotHeld, voucher=root, state=VoucherState.PLEDGED):
            redeem(cast, birch, redemption_terms(cast, root, FACE))

    def test_on_the_day_of_maturity_is_refused(self, cast, birch, root, refused) -> None:
        cast.begin(MATURITY)
        with refused(PastMaturity, payable_id=1):
            redeem(cast, birch, redemption_terms(cast, root, FACE))

    def test_of_a_range_that_was_cut_since_is_refused(
        self, cast, birch, cedar, root, refused
    ) -> None:
        terms = redemption_terms(cast, root, 1_000)
        offer_part(cast, root, 5, cedar)
        with refused(RangeChanged, voucher=root, start=5):
            redeem(cast, birch, terms)

    def test_of_a_range_with_another_end_is_refused(self, cast, birch, root, refused) -> None:
        terms = {**redemption_terms(cast, root, 1_000), "end": FACE - 1}
        with refused(RangeChanged, voucher=root, start=0, end=FACE):
            redeem(cast, birch, terms)

    def test_above_the_highest_rate_is_refused(self, cast, birch, root, refused) -> None:
        terms = redemption_terms(cast, root, FACE, rate=RATE_MAX + 1)
        with refused(BadTerms, field=field_text("rate"), value=RATE_MAX + 1):
            redeem(cast, birch, terms)
        redeem(cast, birch, {**terms, "rate": RATE_MAX})

    def test_of_nothing_or_too_much_is_refused(self, cast, birch, root, refused) -> None:
        with refused(ZeroAmount):
            redeem(cast, birch, redemption_terms(cast, root, 0))
        with refused(AmountExceedsVoucher, asked=FACE + 1):
            redeem(cast, birch, redemption_terms(cast, root, FACE + 1))

    def test_beyond_the_obligors_deposit_is_refused(self, cast, acme, birch, root, refused) -> None:
        spend(cast, acme, DEPOSIT - 5)
        with refused(DepositShort, participant=acme.id, asked=6, available=5):
            redeem(cast, birch, redemption_terms(cast, root, 6, rate=0))

    def test_pays_less_interest_and_closes_the_range(self, cast, acme, birch, root) -> None:
        outcome = redeem(cast, birch, redemption_terms(cast, root, FACE // 4))
        price = FACE // 4 - cost_of(FACE // 4, RATE, MATURITY - cast.ledger.today)
        assert outcome.value("RedemptionPriced", "price") == price
        assert balances(cast, acme, birch) == (DEPOSIT - price, DEPOSIT + price)
        assert cast.ledger.voucher(serial(1, 2))["state"] == VoucherState.CLOSED
        record = cast.ledger.payable(1)
        assert (record["live"], record["redeemed"]) == (FACE * 3 // 4, FACE // 4)
        assert cast.ledger.ask("Exposure", "exposureOf", acme.id)[1] == FACE * 3 // 4

    def test_of_all_settles_the_payable(self, cast, acme, birch, root) -> None:
        redeem(cast, birch, redemption_terms(cast, root, FACE))
        assert cast.ledger.payable(1)["state"] == PayableState.SETTLED
        assert cast.ledger.ask("Exposure", "exposureOf", acme.id)[1:] == (0, 0)

    def test_happens_32_times_on_a_payable(self, cast, birch, root, refused) -> None:
        for _ in range(32):
            redeem(cast, birch, redemption_terms(cast, root, 10, rate=0))
        with refused(TooManyRedemptions, payable_id=1, most=32):
            redeem(cast, birch, redemption_terms(cast, root, 10, rate=0))
        cast.begin(MATURITY)
        pay(cast, 1, FACE - 320)
        settle(cast, root)
        assert balances(cast, birch) == (DEPOSIT + FACE,)

    def test_leaves_each_other_holder_its_own(self, cast, acme, birch, cedar, root) -> None:
        low = passed(cast, root, 300, cedar)
        redeem(cast, birch, redemption_terms(cast, root, 500, rate=0))
        cast.begin(MATURITY)
        total = FACE - 500
        first = total // 3
        pay(cast, 1, first)
        settle(cast, low, root)
        pay(cast, 1, total - first)
        settle(cast, root, low)
        assert balances(cast, acme, birch, cedar) == (
            DEPOSIT - FACE,
            DEPOSIT + FACE - 300,
            DEPOSIT + 300,
        )
