"""Sale: on a bank's exact quote, at face less cost; the obligor may bear a share of the cost."""

from dataclasses import replace
from typing import Any

import pytest

from ledger.chain.calls import Signed, item_of
from ledger.model.commands import CostShareOffer, SaleQuote, SellVoucher, VoidNonce
from ledger.model.errors import (
    AmountExceedsVoucher,
    BadTerms,
    CostShareExceeded,
    CostShareSpent,
    DeadlinePassed,
    DepositShort,
    NonceUsed,
    NotEligible,
    NotHolder,
    PastMaturity,
    QuoteMismatch,
    RangeChanged,
    RegistrationMissing,
    SelfTransfer,
    VoucherNotHeld,
    ZeroAmount,
)
from ledger.model.ids import payable_of
from ledger.model.states import VoucherState
from ledger.service.ledger import Outcome
from tests.cast import DEPOSIT, Cast, Member, named
from tests.contracts.forgeries import changed_fields
from tests.contracts.situations import (
    FACE,
    MATURITY,
    NO_OFFER,
    RATE,
    live,
    offer_part,
    pledge,
    pledge_terms,
    sale_terms,
    sell,
    serial,
    set_rules,
    spend,
)

ONE = 10**9
RATE_MAX = 360_000_000
HALF = ONE // 2


def cost_of(amount: int, rate: int, days: int) -> int:
    """Half up, once."""
    return (2 * amount * rate * days + 360 * ONE) // (2 * 360 * ONE)


def field_text(name: str) -> bytes:
    return name.encode().ljust(32, b"\0")


def offer_of(cast: Cast, voucher: int, **changes: Any) -> Signed:
    """Acme bears up to half of the cost."""
    values = {"share_max": HALF, "rate_max": RATE, "budget": FACE, **changes}
    return cast.acme.signed(CostShareOffer, payable_id=payable_of(voucher), **values)


@pytest.fixture
def root(cast: Cast) -> int:
    return live(cast)


class TestSell:
    FIELDS = ("voucher", "start", "end", "amount", "rate", "recourse", "registration")

    @pytest.mark.parametrize("name", [*FIELDS, "taker", "participant"])
    def test_on_a_quote_that_differs_is_refused(self, cast, birch, root, name, refused) -> None:
        terms = sale_terms(cast, root, FACE // 2)
        quote = cast.delta.make(SaleQuote, taker=birch.id, **terms)
        quotes = dict(changed_fields(quote))
        other = replace(quotes[name], nonce=quote.nonce)
        giver = cast.echo if name == "participant" else cast.delta
        fields = {"participant": "buyer", "start": "voucher", "end": "voucher"}
        with refused(QuoteMismatch, field=field_text(fields.get(name, name))):
            birch.act(
                SellVoucher,
                giver.sign(other),
                NO_OFFER,
                buyer=cast.delta.id,
                obligor_share=0,
                **terms,
            )

    def test_on_a_quote_used_before_is_refused(self, cast, birch, delta, root, refused) -> None:
        low = sale_terms(cast, root, FACE // 4)
        quote = delta.signed(SaleQuote, taker=birch.id, **low)
        values = {"buyer": delta.id, "obligor_share": 0}
        birch.act(SellVoucher, quote, NO_OFFER, **values, **low)
        with refused(NonceUsed, participant=delta.id, nonce=quote.command.nonce):
            birch.act(SellVoucher, quote, NO_OFFER, **values, **low)

    def test_on_an_expired_quote_is_refused(self, cast, birch, delta, root, refused) -> None:
        terms = sale_terms(cast, root, FACE)
        deadline = cast.ledger.now
        quote = delta.signed(SaleQuote, taker=birch.id, deadline=deadline, **terms)
        with refused(DeadlinePassed, deadline=deadline):
            values = {"buyer": delta.id, "obligor_share": 0}
            birch.act(SellVoucher, quote, NO_OFFER, **values, **terms)

    def test_by_another_than_the_holder_is_refused(self, cast, cedar, delta, root, refused) -> None:
        for member in (cedar, cast.acme):
            with refused(NotHolder, voucher=root, participant=member.id):
                sell(member, delta, sale_terms(cast, root, FACE))

    def test_of_an_offered_or_pledged_voucher_is_refused(
        self, cast, birch, cedar, delta, root, refused
    ) -> None:
        part = offer_part(cast, root, 1_000, cedar)
        pledge(birch, delta, pledge_terms(cast, root, FACE - 1_000))
        for voucher, state in ((part, VoucherState.OFFERED), (root, VoucherState.PLEDGED)):
            with refused(VoucherNotHeld, voucher=voucher, state=state):
                sell(birch, delta, sale_terms(cast, voucher, 1_000))

    def test_on_the_day_of_maturity_is_refused(self, cast, birch, delta, root, refused) -> None:
        cast.begin(MATURITY)
        with refused(PastMaturity, payable_id=1):
            sell(birch, delta, sale_terms(cast, root, FACE))

    def test_of_a_range_that_was_cut_since_is_refused(
        self, cast, birch, cedar, delta, root, refused
    ) -> None:
        terms = sale_terms(cast, root, 1_000)
        offer_part(cast, root, 5, cedar)
        with refused(RangeChanged, voucher=root, start=5, end=FACE):
            sell(birch, delta, terms)

    @pytest.mark.parametrize("name", ["cedar", "settlement_bank", "acme"])
    def test_to_no_bank_is_refused(self, cast, birch, root, name, refused) -> None:
        member = getattr(cast, name)
        with refused(NotEligible, participant=member.id):
            sell(birch, member, sale_terms(cast, root, FACE))

    def test_to_oneself_is_refused(self, cast, birch, delta, root, refused) -> None:
        sell(birch, delta, sale_terms(cast, root, FACE))
        with refused(SelfTransfer, participant=delta.id):
            sell(delta, delta, sale_terms(cast, root, FACE))

    def test_above_the_highest_rate_is_refused(self, cast, birch, delta, root, refused) -> None:
        with refused(BadTerms, field=field_text("rate"), value=RATE_MAX + 1):
            sell(birch, delta, sale_terms(cast, root, FACE, rate=RATE_MAX + 1))
        sell(birch, delta, sale_terms(cast, root, FACE, rate=RATE_MAX))

    def test_without_a_registration_that_the_rules_want_is_refused(
        self, cast, birch, delta, root, refused
    ) -> None:
        set_rules(cast, registration_required=True)
        later = live(cast)
        with refused(RegistrationMissing):
            sell(birch, delta, sale_terms(cast, later, FACE))
        sell(birch, delta, sale_terms(cast, later, FACE, registration=named("entry")))
        sell(birch, delta, sale_terms(cast, root, FACE))

    def test_of_nothing_or_too_much_is_refused(self, cast, birch, delta, root, refused) -> None:
        with refused(ZeroAmount):
            sell(birch, delta, sale_terms(cast, root, 0))
        with refused(AmountExceedsVoucher, asked=FACE + 1, available=FACE):
            sell(birch, delta, sale_terms(cast, root, FACE + 1))

    def test_beyond_the_buyers_deposit_is_refused(self, cast, birch, delta, root, refused) -> None:
        spend(cast, delta, DEPOSIT - 1)
        with refused(DepositShort, participant=delta.id, asked=2, available=1):
            sell(birch, delta, sale_terms(cast, root, 2, rate=0))
        sell(birch, delta, sale_terms(cast, root, 1, rate=0))


class TestPrice:
    @pytest.mark.parametrize("amount", [1, 49, 50, 51, 999, FACE // 3, FACE])
    def test_is_the_amount_less_the_cost(self, cast, birch, delta, root, amount: int) -> None:
        rate, days = RATE_MAX, MATURITY - cast.ledger.today
        outcome = sell(birch, delta, sale_terms(cast, root, amount, rate=rate))
        price = amount - cost_of(amount, rate, days)
        assert outcome.value("SalePriced", "price") == price
        assert balances(cast, birch, delta) == (DEPOSIT + price, DEPOSIT - price)

    def test_of_the_part_sold_only(self, cast, birch, delta, root) -> None:
        outcome = sell(birch, delta, sale_terms(cast, root, 1_000, recourse=True))
        assert [event.name for event in outcome.events] == [
            "CommandExecuted",
            "CommandExecuted",
            "VoucherCut",
            "Transfer",
            "DepositMoved",
            "SalePriced",
            "VoucherSold",
            "Transfer",
        ]
        part = cast.ledger.voucher(serial(1, 2))
        assert (part["start"], part["end"], part["holder"]) == (0, 1_000, delta.id)
        assert part["depth"] == 2
        sale = cast.ledger.ask("Sales", "saleOf", 1)
        assert sale == {"seller": birch.id, "rate": RATE, "previous": 0}
        assert cast.ledger.ask("Vouchers", "recourseOf", root) == 0


def balances(cast: Cast, *members: Member) -> tuple[int, ...]:
    return tuple(cast.ledger.deposit(cast.settlement_bank.id, one.id) for one in members)


class TestCostShare:
    def sale(self, cast: Cast, root: int, offer: Signed, share: int = HALF, **changes) -> Outcome:
        terms = sale_terms(cast, root, FACE // 2, **changes)
        return sell(cast.birch, cast.delta, terms, share=share, offer=offer)

    def test_of_another_obligor_is_refused(self, cast, birch, root, refused) -> None:
        offer = birch.signed(CostShareOffer, payable_id=1, share_max=ONE, rate_max=ONE, budget=9)
        with refused(QuoteMismatch, field=field_text("obligor")):
            self.sale(cast, root, offer)

    def test_on_another_payable_is_refused(self, cast, root, refused) -> None:
        other = live(cast)
        with refused(QuoteMismatch, field=field_text("payableId")):
            self.sale(cast, root, offer_of(cast, other))

    def test_above_the_offer_is_refused(self, cast, root, refused) -> None:
        offer = offer_of(cast, root)
        with refused(QuoteMismatch, field=field_text("obligorShare")):
            self.sale(cast, root, offer, share=HALF + 1)
        with refused(QuoteMismatch, field=field_text("rateMax")):
            self.sale(cast, root, offer, rate=RATE + 1)
        with refused(BadTerms, field=field_text("obligorShare"), value=ONE + 1):
            self.sale(cast, root, offer, share=ONE + 1)

    def test_without_an_offer_is_refused(self, cast, root, refused) -> None:
        with refused(QuoteMismatch, field=field_text("obligor")):
            self.sale(cast, root, NO_OFFER)

    def test_past_the_offer_is_refused(self, cast, acme, root, refused) -> None:
        late = offer_of(cast, root, deadline=cast.ledger.now)
        with refused(DeadlinePassed, deadline=late.command.deadline):
            self.sale(cast, root, late)
        void = offer_of(cast, root)
        acme.act(VoidNonce, voided=void.command.nonce)
        with refused(NonceUsed, participant=acme.id):
            self.sale(cast, root, void)

    def test_beyond_the_budget_is_refused_by_one_fen(self, cast, root, refused) -> None:
        days = MATURITY - cast.ledger.today
        borne = (cost_of(FACE // 2, RATE, days) + 1) // 2
        offer = offer_of(cast, root, budget=2 * borne - 1)
        self.sale(cast, root, offer)
        with refused(CostShareExceeded, asked=2 * borne, budget=2 * borne - 1):
            self.sale(cast, root, offer)
        self.sale(cast, root, offer_of(cast, root, budget=borne))

    def test_is_given_once_on_a_range(self, cast, delta, echo, root, refused) -> None:
        offer = offer_of(cast, root)
        self.sale(cast, root, offer)
        part = serial(1, 2)
        sold = sale_terms(cast, part, 100)
        with refused(CostShareSpent, voucher=part):
            sell(delta, echo, sold, share=1, offer=offer)
        sell(delta, echo, sold)

    def test_goes_from_the_obligor_to_the_seller(self, cast, acme, birch, delta, root) -> None:
        cost = cost_of(FACE // 2, RATE, MATURITY - cast.ledger.today)
        borne = (2 * cost * HALF + ONE) // (2 * ONE)
        outcome = self.sale(cast, root, offer_of(cast, root))
        assert outcome.value("CostShareGiven", "amount") == borne
        price = FACE // 2 - cost + borne
        assert outcome.value("SalePriced", "price") == price
        found = balances(cast, acme, birch, delta)
        assert found == (DEPOSIT - borne, DEPOSIT + price, DEPOSIT + borne - price)

    def test_of_an_offer_and_its_corrected_twin_one_stands(self, cast, acme, root, refused) -> None:
        offer = offer_of(cast, root)
        twin = acme.sign(replace(offer.command, budget=FACE // 2))
        self.sale(cast, root, offer)
        with refused(NonceUsed):
            self.sale(cast, root, twin)


def test_a_sale_and_its_quote_are_one_transaction(cast, birch, delta, root) -> None:
    terms = sale_terms(cast, root, FACE)
    quote = delta.make(SaleQuote, taker=birch.id, **terms)
    sale = birch.make(SellVoucher, buyer=delta.id, obligor_share=0, **terms)
    items = [item_of(birch.sign(sale), delta.sign(quote), NO_OFFER)]
    cast.ledger.carry_out(items[0])
    assert cast.ledger.ask("Participants", "isNonceUsed", delta.id, quote.nonce)
    assert cast.ledger.ask("Participants", "isNonceUsed", birch.id, sale.nonce)
