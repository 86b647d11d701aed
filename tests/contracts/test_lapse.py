"""Lapse: silence is no consent; a root past its time frees limit and invoices, exactly those."""

import pytest

from ledger.model.commands import AcceptVoucher, DeclineVoucher, FreezeRange, WithdrawOffer
from ledger.model.errors import (
    InvoiceNotUsed,
    InvoicesIncomplete,
    OfferOpen,
    PayableNotOffered,
)
from ledger.model.ids import root_voucher
from ledger.model.states import PayableState
from tests.cast import Cast, named
from tests.contracts.situations import FACE, MATURITY, NOTHING, invoice, live, offered

INVOICES = (invoice("one", FACE - 1), invoice("two", 1))
FINGERPRINTS = [one.fingerprint for one in INVOICES]


def lapse(cast: Cast, payable: int, fingerprints: list[bytes]):
    return cast.ledger.carry_out(cast.ledger.call("Offers", "lapse", payable, fingerprints))


class TestLapse:
    @pytest.mark.parametrize("payable", [0, 7, 2**32 - 1])
    def test_of_an_unknown_payable_is_refused(self, cast: Cast, payable: int, refused) -> None:
        with refused(PayableNotOffered, payable_id=payable, state=PayableState.NONE):
            lapse(cast, payable, [])

    def test_of_a_live_payable_is_refused(self, cast: Cast, refused) -> None:
        live(cast)
        cast.advance(100)
        with refused(PayableNotOffered, payable_id=1, state=PayableState.LIVE):
            lapse(cast, 1, [])

    def test_of_an_offer_that_may_be_answered_is_refused(self, cast: Cast, refused) -> None:
        payable = offered(cast)
        cast.advance(9)
        with refused(OfferOpen, voucher=root_voucher(payable)):
            lapse(cast, payable, [])

    def test_happens_once(self, cast: Cast, refused) -> None:
        payable = offered(cast)
        cast.advance(10)
        lapse(cast, payable, [])
        with refused(PayableNotOffered, state=PayableState.CANCELLED):
            lapse(cast, payable, [])

    def test_frees_limit_and_invoices(self, cast: Cast, acme) -> None:
        payable = offered(cast, invoices=INVOICES)
        cast.advance(10)
        outcome = lapse(cast, payable, FINGERPRINTS)
        assert [event.name for event in outcome.events] == [
            "PayableCancelled",
            "OutstandingChanged",
            "InvoiceFreed",
            "InvoiceFreed",
        ]
        assert cast.ledger.ask("Exposure", "exposureOf", acme.id)[1:] == (0, 0)
        offered(cast, invoices=INVOICES)

    def test_comes_at_once_with_a_freeze_of_the_root(self, cast: Cast, regulator) -> None:
        payable = offered(cast)
        values = {"case_commitment": named("case"), "review_day": MATURITY}
        regulator.act(FreezeRange, payable_id=payable, start=0, end=1, **values)
        lapse(cast, payable, [])


FALSE_LISTS = {
    "none": ([], InvoicesIncomplete),
    "one": (FINGERPRINTS[:1], InvoicesIncomplete),
    "one more": ([*FINGERPRINTS, named("other")], InvoicesIncomplete),
    "one twice": ([FINGERPRINTS[0]] * 2, InvoiceNotUsed),
    "another": ([FINGERPRINTS[0], named("other")], InvoiceNotUsed),
}


@pytest.mark.parametrize("name", FALSE_LISTS)
class TestTheInvoicesOfACancelledPayableAreNamedExactly:
    def test_at_a_lapse(self, cast: Cast, name: str, refused) -> None:
        fingerprints, error = FALSE_LISTS[name]
        payable = offered(cast, invoices=INVOICES)
        cast.advance(10)
        with refused(error, payable_id=payable):
            lapse(cast, payable, fingerprints)

    def test_at_a_decline(self, cast: Cast, birch, name: str, refused) -> None:
        fingerprints, error = FALSE_LISTS[name]
        payable = offered(cast, invoices=INVOICES)
        voucher = root_voucher(payable)
        with refused(error, payable_id=payable):
            birch.act(DeclineVoucher, fingerprints, voucher=voucher, reason=NOTHING)

    def test_at_a_withdrawal(self, cast: Cast, acme, name: str, refused) -> None:
        fingerprints, error = FALSE_LISTS[name]
        payable = offered(cast, invoices=INVOICES)
        with refused(error, payable_id=payable):
            acme.act(WithdrawOffer, fingerprints, voucher=root_voucher(payable))


def test_another_payables_use_of_an_invoice_is_not_freed(cast: Cast, birch) -> None:
    shared = invoice("shared", FACE, 2 * FACE)
    first, second = offered(cast, invoices=(shared,)), offered(cast, invoices=(shared,))
    birch.act(AcceptVoucher, voucher=root_voucher(first), start=0, end=FACE)
    cast.advance(10)
    lapse(cast, second, [shared.fingerprint])
    assert cast.ledger.ask("Invoices", "invoiceOf", shared.fingerprint) == (2 * FACE, FACE)
