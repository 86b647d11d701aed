"""Loans: pledge, repayment and release; a lien binds one exact range to one loan."""

from dataclasses import replace

import pytest

from ledger.model.commands import (
    FreezeRange,
    PledgeQuote,
    PledgeVoucher,
    ReleaseSecurity,
    RepayLoan,
)
from ledger.model.errors import (
    AmountExceedsVoucher,
    BadTerms,
    CoverTooLow,
    DepositShort,
    NotBorrower,
    NotEligible,
    NotHolder,
    NotLender,
    PastMaturity,
    QuoteMismatch,
    RangeChanged,
    RangeFrozen,
    RegistrationMissing,
    RepaymentExceedsLoan,
    SelfTransfer,
    SettleFirst,
    UnknownLoan,
    VoucherNotHeld,
    ZeroAmount,
)
from ledger.model.states import VoucherState
from tests.cast import DEPOSIT, Cast, Member, named
from tests.contracts.forgeries import changed_fields
from tests.contracts.situations import (
    DUE,
    FACE,
    MATURITY,
    RATE,
    live,
    offer_part,
    pay,
    pledge,
    pledge_terms,
    sale_terms,
    sell,
    serial,
    set_rules,
    settle,
    spend,
)
from tests.contracts.test_sell import balances, cost_of, field_text

ONE = 10**9
ADVANCE = FACE * 4 // 5


@pytest.fixture
def root(cast: Cast) -> int:
    return live(cast)


@pytest.fixture
def loan(cast: Cast, root: int) -> int:
    """Delta Bank's loan to Birch on the whole of a voucher, at the limit of its cover."""
    return pledge(cast.birch, cast.delta, pledge_terms(cast, root, FACE))


class TestPledge:
    FIELDS = (
        "voucher",
        "start",
        "end",
        "amount",
        "advance",
        "ltv",
        "rate",
        "due",
        "registration",
        "taker",
        "participant",
    )

    @pytest.mark.parametrize("name", FIELDS)
    def test_on_a_quote_that_differs_is_refused(self, cast, birch, root, name, refused) -> None:
        terms = pledge_terms(cast, root, FACE // 2)
        quote = cast.delta.make(PledgeQuote, taker=birch.id, **terms)
        other = replace(dict(changed_fields(quote))[name], nonce=quote.nonce)
        giver = cast.echo if name == "participant" else cast.delta
        fields = {"participant": "lender", "start": "voucher", "end": "voucher"}
        with refused(QuoteMismatch, field=field_text(fields.get(name, name))):
            birch.act(PledgeVoucher, giver.sign(other), lender=cast.delta.id, **terms)

    def test_by_another_than_the_holder_is_refused(self, cast, cedar, delta, root, refused) -> None:
        with refused(NotHolder, voucher=root, participant=cedar.id):
            pledge(cedar, delta, pledge_terms(cast, root, FACE))

    @pytest.mark.usefixtures("loan")
    def test_of_what_is_pledged_is_refused(self, cast, birch, echo, root, refused) -> None:
        with refused(VoucherNotHeld, voucher=root, state=VoucherState.PLEDGED):
            pledge(birch, echo, pledge_terms(cast, root, FACE))

    def test_of_a_range_that_was_cut_since_is_refused(
        self, cast, birch, cedar, delta, root, refused
    ) -> None:
        terms = pledge_terms(cast, root, 1_000)
        offer_part(cast, root, 5, cedar)
        with refused(RangeChanged, voucher=root, start=5, end=FACE):
            pledge(birch, delta, terms)

    def test_to_no_bank_or_oneself_is_refused(self, cast, birch, cedar, root, refused) -> None:
        with refused(NotEligible, participant=cedar.id):
            pledge(birch, cedar, pledge_terms(cast, root, FACE))
        with refused(NotEligible, participant=birch.id):
            pledge(birch, birch, pledge_terms(cast, root, FACE))

    @pytest.mark.parametrize(
        ("name", "value"),
        [("rate", 360_000_001), ("ltv", 0), ("ltv", ONE + 1), ("advance", 0), ("due", 0)],
    )
    def test_on_bad_terms_is_refused(self, cast, birch, delta, root, name, value, refused) -> None:
        with refused(BadTerms, field=field_text(name), value=value):
            pledge(birch, delta, pledge_terms(cast, root, FACE, **{name: value}))

    def test_due_today_is_refused(self, cast, birch, delta, root, refused) -> None:
        with refused(BadTerms, field=field_text("due")):
            pledge(birch, delta, pledge_terms(cast, root, FACE, due=cast.ledger.today))

    def test_without_a_registration_that_the_rules_want_is_refused(
        self, cast, birch, delta, refused
    ) -> None:
        set_rules(cast, registration_required=True)
        root = live(cast)
        with refused(RegistrationMissing):
            pledge(birch, delta, pledge_terms(cast, root, FACE))
        pledge(birch, delta, pledge_terms(cast, root, FACE, registration=named("entry")))

    def test_of_nothing_or_too_much_is_refused(self, cast, birch, delta, root, refused) -> None:
        with refused(ZeroAmount):
            pledge(birch, delta, pledge_terms(cast, root, 0, advance=1))
        with refused(AmountExceedsVoucher, asked=FACE + 1):
            pledge(birch, delta, pledge_terms(cast, root, FACE + 1))

    def test_above_its_cover_is_refused_by_one_fen(self, cast, birch, delta, root, refused) -> None:
        terms = pledge_terms(cast, root, 9, ltv=777_777_777)
        with refused(CoverTooLow, cover=6, owed=7):
            pledge(birch, delta, {**terms, "advance": 7})
        pledge(birch, delta, {**terms, "advance": 6})

    def test_beyond_the_lenders_deposit_is_refused(self, cast, birch, delta, root, refused) -> None:
        spend(cast, delta, DEPOSIT - ADVANCE + 1)
        with refused(DepositShort, participant=delta.id, asked=ADVANCE, available=ADVANCE - 1):
            pledge(birch, delta, pledge_terms(cast, root, FACE))

    def test_pays_the_advance_and_holds_the_voucher(self, cast, birch, delta, root, loan) -> None:
        record = cast.ledger.voucher(root)
        assert (record["state"], record["holder"]) == (VoucherState.PLEDGED, birch.id)
        assert record["counterparty"] == delta.id
        assert balances(cast, birch, delta) == (DEPOSIT + ADVANCE, DEPOSIT - ADVANCE)
        made = cast.ledger.loan(loan)
        assert (made["borrower"], made["lender"], made["principal"]) == (
            birch.id,
            delta.id,
            ADVANCE,
        )
        assert (made["due"], made["interest_from"]) == (DUE, cast.ledger.today)


class TestRepay:
    def test_of_an_unknown_loan_is_refused(self, birch: Member, refused) -> None:
        for number in (0, 7):
            with refused(UnknownLoan, loan=number):
                birch.act(RepayLoan, loan=number, principal=1, release=0)

    def test_by_another_than_the_borrower_is_refused(self, cast, delta, loan, refused) -> None:
        for member in (delta, cast.cedar, cast.acme):
            with refused(NotBorrower, loan=loan, participant=member.id):
                member.act(RepayLoan, loan=loan, principal=1, release=0)

    def test_of_nothing_or_more_than_is_owed_is_refused(self, birch, loan, refused) -> None:
        with refused(ZeroAmount):
            birch.act(RepayLoan, loan=loan, principal=0, release=1)
        with refused(RepaymentExceedsLoan, loan=loan, asked=ADVANCE + 1, principal=ADVANCE):
            birch.act(RepayLoan, loan=loan, principal=ADVANCE + 1, release=0)

    def test_before_the_voucher_has_caught_up_is_refused(
        self, cast, birch, root, loan, refused
    ) -> None:
        cast.begin(MATURITY)
        pay(cast, 1, FACE // 2)
        with refused(SettleFirst, voucher=root):
            birch.act(RepayLoan, loan=loan, principal=1, release=0)
        settle(cast, root)
        birch.act(RepayLoan, loan=loan, principal=1, release=0)

    def test_of_all_frees_the_voucher_without_the_lender(self, cast, birch, delta, root, loan):
        cast.advance(30)
        outcome = birch.act(RepayLoan, loan=loan, principal=ADVANCE, release=0)
        interest = cost_of(ADVANCE, RATE, 30)
        assert outcome.value("LoanRepaid", "interest") == interest
        assert cast.ledger.voucher(root)["state"] == VoucherState.HELD
        assert balances(cast, birch, delta) == (DEPOSIT - interest, DEPOSIT + interest)

    def test_of_a_part_takes_interest_on_that_part_only(self, cast, birch, loan) -> None:
        for days, principal in ((30, 5_000_000), (10, 7_000_000)):
            cast.advance(days)
            outcome = birch.act(RepayLoan, loan=loan, principal=principal, release=0)
            since = cast.ledger.today - cast.ledger.loan(loan)["interest_from"]
            assert outcome.value("LoanRepaid", "interest") == cost_of(principal, RATE, since)
        assert cast.ledger.loan(loan)["principal"] == ADVANCE - 12_000_000

    def test_above_the_borrowers_deposit_is_refused(self, cast, birch, loan, refused) -> None:
        spend(cast, birch, DEPOSIT)
        cast.advance(30)
        with refused(DepositShort, participant=birch.id, available=ADVANCE):
            birch.act(RepayLoan, loan=loan, principal=ADVANCE, release=0)

    def test_with_too_large_a_release_is_refused(self, cast, birch, loan, refused) -> None:
        with refused(CoverTooLow):
            birch.act(RepayLoan, loan=loan, principal=8_000_000, release=10_000_001)
        birch.act(RepayLoan, loan=loan, principal=8_000_000, release=10_000_000)
        assert cast.ledger.voucher(serial(1, 2))["state"] == VoucherState.HELD


class TestRelease:
    def test_of_an_unknown_loan_is_refused(self, delta: Member, refused) -> None:
        with refused(UnknownLoan, loan=7):
            delta.act(ReleaseSecurity, loan=7, amount=1)

    def test_by_another_than_the_lender_is_refused(self, cast, birch, echo, loan, refused) -> None:
        for member in (birch, echo, cast.operator):
            with refused(NotLender, loan=loan, participant=member.id):
                member.act(ReleaseSecurity, loan=loan, amount=1)

    def test_of_nothing_is_refused(self, delta, loan, refused) -> None:
        with refused(ZeroAmount):
            delta.act(ReleaseSecurity, loan=loan, amount=0)

    def test_after_the_loan_is_repaid_is_refused(self, birch, delta, root, loan, refused) -> None:
        birch.act(RepayLoan, loan=loan, principal=ADVANCE, release=0)
        with refused(VoucherNotHeld, voucher=root, state=VoucherState.HELD):
            delta.act(ReleaseSecurity, loan=loan, amount=1)

    def test_on_the_day_of_maturity_is_refused(self, cast, delta, loan, refused) -> None:
        cast.begin(MATURITY)
        with refused(PastMaturity, payable_id=1):
            delta.act(ReleaseSecurity, loan=loan, amount=1)

    def test_of_frozen_security_is_refused(self, delta, regulator, root, loan, refused) -> None:
        values = {"case_commitment": named("case"), "review_day": MATURITY}
        regulator.act(FreezeRange, payable_id=1, start=0, end=1, **values)
        with refused(RangeFrozen, voucher=root):
            delta.act(ReleaseSecurity, loan=loan, amount=1)

    def test_below_cover_or_above_the_security_is_refused(self, birch, delta, loan, refused):
        birch.act(RepayLoan, loan=loan, principal=8, release=0)
        with refused(CoverTooLow):
            delta.act(ReleaseSecurity, loan=loan, amount=11)
        with refused(AmountExceedsVoucher, asked=FACE + 1, available=FACE):
            delta.act(ReleaseSecurity, loan=loan, amount=FACE + 1)
        delta.act(ReleaseSecurity, loan=loan, amount=10)

    def test_frees_the_low_end_for_the_borrower(self, cast, birch, delta, root) -> None:
        terms = pledge_terms(cast, root, FACE, advance=8)
        loan = pledge(birch, delta, terms)
        outcome = delta.act(ReleaseSecurity, loan=loan, amount=FACE - 10)
        freed = cast.ledger.voucher(outcome.value("SecurityReleased", "released"))
        assert (freed["start"], freed["end"], freed["state"]) == (0, FACE - 10, VoucherState.HELD)
        assert freed["holder"] == birch.id
        assert cast.ledger.voucher(root)["state"] == VoucherState.PLEDGED


class TestALienBelongsToItsLoan:
    """Repaid by Birch, pledged again to Echo Bank: Delta Bank has nothing to release any more."""

    @pytest.mark.parametrize("amount", [1, FACE])
    def test_a_former_lender_releases_nothing(
        self, cast, birch, delta, echo, root, loan, amount, refused
    ) -> None:
        birch.act(RepayLoan, loan=loan, principal=ADVANCE, release=0)
        pledge(birch, echo, pledge_terms(cast, root, FACE))
        with refused(VoucherNotHeld):
            delta.act(ReleaseSecurity, loan=loan, amount=amount)


def test_a_lender_may_not_lend_to_itself(cast, birch, delta, root, refused) -> None:
    sell(birch, delta, sale_terms(cast, root, FACE))
    with refused(SelfTransfer, participant=delta.id):
        pledge(delta, delta, pledge_terms(cast, root, FACE))
