"""Issue: the obligor's unconditional promise, within its line, backed by invoices or evidence."""

import pytest

from ledger.model.commands import AcceptVoucher, DeclineVoucher, IssuePayable, SetLimit
from ledger.model.errors import (
    EvidenceMissing,
    FaceTooLarge,
    InvoiceMismatch,
    InvoiceOverused,
    InvoiceShort,
    IssuerBlocked,
    LimitExceeded,
    MissingRole,
    NotEligible,
    PastMaturity,
    SelfTransfer,
    TenorTooLong,
    TooManyInvoices,
    ZeroAmount,
)
from ledger.model.ids import root_voucher
from ledger.model.states import PayableState, Role
from tests.cast import LINE, Cast, Member, named
from tests.contracts.situations import (
    EVIDENCE,
    FACE,
    MATURITY,
    NOTHING,
    invoice,
    issue_terms,
    live,
    offered,
    pay,
)

FACE_MAX = 2**56 - 1


class TestIssue:
    def test_by_a_supplier_is_refused(self, cast: Cast, birch: Member, cedar, refused) -> None:
        with refused(NotEligible, participant=birch.id, roles=Role.SUPPLIER):
            birch.act(IssuePayable, **issue_terms(cast, to=cedar.id))

    @pytest.mark.parametrize("name", ["delta", "settlement_bank", "operator", "regulator"])
    def test_to_a_bank_or_an_office_is_refused(self, cast: Cast, name: str, refused) -> None:
        member = getattr(cast, name)
        with refused(NotEligible, participant=member.id):
            offered(cast, to=member.id)

    def test_to_nobody_is_refused(self, cast: Cast, refused) -> None:
        with refused(NotEligible, participant=99, roles=0):
            offered(cast, to=99)

    def test_to_the_obligor_itself_is_refused(self, cast: Cast, acme: Member, refused) -> None:
        with refused(SelfTransfer, participant=acme.id):
            offered(cast, to=acme.id)

    def test_while_a_payable_is_overdue_is_refused(self, cast: Cast, acme, refused) -> None:
        voucher = live(cast, maturity=cast.ledger.today + 10)
        due = cast.ledger.payable(1)["due"]
        cast.begin(due)
        offered(cast, maturity=due + 50)
        cast.advance(1)
        with refused(IssuerBlocked, obligor=acme.id, unpaid_since=due):
            offered(cast, maturity=due + 50)
        pay(cast, 1, sum(cast.ledger.debt(1)))
        offered(cast, maturity=due + 50)
        assert cast.ledger.payable(voucher >> 32)["state"] == PayableState.SETTLED

    def test_of_nothing_is_refused(self, cast: Cast, refused) -> None:
        with refused(ZeroAmount):
            offered(cast, face=0)

    @pytest.mark.parametrize("days", [0, -1])
    def test_due_today_or_before_is_refused(self, cast: Cast, days: int, refused) -> None:
        today = cast.ledger.today
        with refused(PastMaturity, maturity=today + days, today=today):
            offered(cast, maturity=today + days)

    def test_for_longer_than_the_rules_allow_is_refused(self, cast: Cast, refused) -> None:
        with refused(TenorTooLong, tenor=366, most=365):
            offered(cast, maturity=cast.ledger.today + 366)
        offered(cast, maturity=cast.ledger.today + 365)

    @pytest.mark.parametrize("name", ["delta", "birch", "operator"])
    def test_at_a_bank_that_settles_nothing_is_refused(self, cast: Cast, name, refused) -> None:
        member = getattr(cast, name)
        with refused(MissingRole, participant=member.id, role=Role.SETTLEMENT):
            offered(cast, bank=member.id)

    def test_above_the_line_is_refused_by_one_fen(self, cast: Cast, acme, refused) -> None:
        offered(cast, face=LINE - 10)
        values = {"obligor": acme.id, "outstanding": LINE - 10, "face": 11, "limit": LINE}
        with refused(LimitExceeded, **values):
            offered(cast, face=11)
        offered(cast, face=10)

    def test_above_the_largest_face_is_refused(self, cast: Cast, echo: Member, acme, refused):
        echo.act(SetLimit, obligor=acme.id, amount=2**64 - 1)
        with refused(FaceTooLarge, face=FACE_MAX + 1, most=FACE_MAX):
            offered(cast, face=FACE_MAX + 1)
        offered(cast, face=FACE_MAX)

    def test_on_more_than_64_invoices_is_refused(self, cast: Cast, refused) -> None:
        invoices = tuple(invoice(str(number), FACE) for number in range(65))
        with refused(TooManyInvoices, asked=65, most=64):
            offered(cast, invoices=invoices)
        offered(cast, invoices=invoices[:64])
        assert cast.ledger.payable(1)["invoices"] == 64

    def test_on_an_invoice_of_another_total_is_refused(self, cast: Cast, refused) -> None:
        offered(cast, face=5, invoices=(invoice("one", 5, 10),))
        values = {"fingerprint": named("one"), "total": 11, "first_total": 10}
        with refused(InvoiceMismatch, **values):
            offered(cast, face=5, invoices=(invoice("one", 5, 11),))

    def test_on_more_than_is_left_of_an_invoice_is_refused(self, cast: Cast, refused) -> None:
        offered(cast, face=5, invoices=(invoice("one", 5, 10),))
        values = {"fingerprint": named("one"), "used": 5, "asked": 6, "total": 10}
        with refused(InvoiceOverused, **values):
            offered(cast, face=5, invoices=(invoice("one", 6, 10),))
        twice = (invoice("one", 3, 10), invoice("one", 3, 10))
        with refused(InvoiceOverused, used=8, asked=3):
            offered(cast, face=5, invoices=twice)
        offered(cast, face=5, invoices=(invoice("one", 5, 10),))

    def test_on_invoices_below_the_face_is_refused(self, cast: Cast, refused) -> None:
        with refused(InvoiceShort, used=9, face=10):
            offered(cast, face=10, invoices=(invoice("one", 4), invoice("two", 5)))

    def test_without_invoices_and_evidence_is_refused(self, cast: Cast, refused) -> None:
        with refused(EvidenceMissing):
            offered(cast, evidence=NOTHING)

    def test_opens_a_payable_and_offers_its_root(self, cast: Cast, acme, birch) -> None:
        terms = issue_terms(cast, invoices=(invoice("one", FACE, 2 * FACE),))
        outcome = acme.act(IssuePayable, **terms)
        names = [event.name for event in outcome.events]
        assert names == ["CommandExecuted", "OutstandingChanged", "InvoiceUsed", "PayableIssued"]
        issued = dict(outcome.events[-1].values)
        assert issued["payable_id"] == 1
        assert issued["evidence"] == EVIDENCE
        record = cast.ledger.payable(1)
        assert record["state"] == PayableState.OFFERED
        assert (record["obligor"], record["offeree"], record["face"]) == (acme.id, birch.id, FACE)
        assert (record["maturity"], record["due"]) == (MATURITY, MATURITY)
        assert record["live"] == record["paid"] == record["pieces"] == 0
        limit, outstanding, unpaid = cast.ledger.ask("Exposure", "exposureOf", acme.id)
        assert (limit, outstanding, unpaid) == (LINE, FACE, 0)
        assert cast.ledger.ask("Invoices", "invoiceOf", named("one")) == (2 * FACE, FACE)


class TestInvoicesOfACancelledPayable:
    def test_are_free_again(self, cast: Cast, acme: Member, birch: Member) -> None:
        payable = offered(cast, invoices=(invoice("one", FACE),))
        fingerprints = [named("one")]
        birch.act(DeclineVoucher, fingerprints, voucher=root_voucher(payable), reason=NOTHING)
        assert cast.ledger.ask("Invoices", "invoiceOf", named("one")) == (FACE, 0)
        assert cast.ledger.ask("Exposure", "exposureOf", acme.id)[1] == 0
        again = offered(cast, invoices=(invoice("one", FACE),))
        birch.act(AcceptVoucher, voucher=root_voucher(again), start=0, end=FACE)

    def test_are_shared_out_among_payables_exactly(self, cast: Cast, birch: Member) -> None:
        payables = [offered(cast, face=3, invoices=(invoice("one", 3, 10),)) for _ in range(3)]
        for number, payable in enumerate(payables):
            birch.act(DeclineVoucher, [named("one")], voucher=root_voucher(payable), reason=NOTHING)
            assert cast.ledger.ask("Invoices", "invoiceOf", named("one"))[1] == 6 - 3 * number
