"""How many signers an act needs: by its amount, and by what the business day has committed."""

import pytest

from ledger.chain.artifacts import artifact
from ledger.chain.calls import Item, abi_values, item_of
from ledger.chain.keys import AccountKey
from ledger.model.commands import (
    AcceptVoucher,
    CostShareOffer,
    IssueBatch,
    IssuePayable,
    MoveDeposit,
    PayPayable,
    ReleaseSecurity,
    RepayLoan,
    RevokeSigner,
    SaleQuote,
    SellVoucher,
    SetThreshold,
    TransferVoucher,
    VoidNonce,
)
from ledger.model.days import first_second
from ledger.model.errors import (
    ApprovalsMalformed,
    BadThreshold,
    CheckerMissing,
    InvalidSignature,
    MakerMissing,
    SignerRevoked,
    SignersTooFew,
    TooManySigners,
)
from ledger.model.ids import payable_of, root_voucher
from ledger.model.parts import Part
from tests.cast import CHECKER, HIGH_FROM, MAKER, OTHER_MAKER, Cast, Member, named
from tests.contracts.situations import (
    EVIDENCE,
    FACE,
    MATURITY,
    NO_OFFER,
    NOTHING,
    issue_terms,
    live,
    offered,
    pledge,
    pledge_terms,
    sale_terms,
)
from tests.contracts.test_signer_keys import register


def by_maker(cast: Cast, member: Member, kind, *more, **values) -> None:
    """An act that the maker signs alone."""
    command = member.make(kind, **values)
    cast.ledger.carry_out(item_of(member.sign_by(command, MAKER), *more))


def moved(cast: Cast, amount: int) -> dict[str, object]:
    bank = cast.settlement_bank.id
    return {"bank": bank, "to": cast.cedar.id, "amount": amount, "purpose": NOTHING}


class TestByAmount:
    def test_below_the_mark_a_maker_is_enough(self, cast: Cast, birch: Member) -> None:
        by_maker(cast, birch, MoveDeposit, **moved(cast, HIGH_FROM - 1))

    def test_at_the_mark_a_checker_is_needed(self, cast: Cast, birch: Member, refused) -> None:
        with refused(SignersTooFew, participant=birch.id, required=2, given=1):
            by_maker(cast, birch, MoveDeposit, **moved(cast, HIGH_FROM))

    def test_two_makers_do_not_check_each_other(self, cast: Cast, birch: Member, refused) -> None:
        command = birch.make(MoveDeposit, **moved(cast, HIGH_FROM))
        with refused(CheckerMissing, participant=birch.id):
            cast.ledger.carry_out(item_of(birch.sign_by(command, MAKER, OTHER_MAKER)))

    def test_a_checker_makes_nothing(self, cast: Cast, birch: Member, refused) -> None:
        command = birch.make(MoveDeposit, **moved(cast, 1))
        with refused(MakerMissing, participant=birch.id):
            cast.ledger.carry_out(item_of(birch.sign_by(command, CHECKER)))

    def test_the_parts_of_a_transfer_add_up(self, cast: Cast, birch: Member, refused) -> None:
        voucher = live(cast)
        part = Part(cast.cedar.id, voucher, HIGH_FROM // 2, EVIDENCE)
        with refused(SignersTooFew, participant=birch.id):
            by_maker(cast, birch, TransferVoucher, parts=(part, part))

    def test_a_batch_counts_with_its_total(self, cast: Cast, acme: Member, refused) -> None:
        with refused(SignersTooFew, participant=acme.id):
            by_maker(cast, acme, IssueBatch, root=NOTHING, count=9, total=HIGH_FROM)

    def test_an_answer_needs_any_one_signer(self, cast: Cast, birch: Member) -> None:
        voucher = root_voucher(offered(cast))
        command = birch.make(AcceptVoucher, voucher=voucher, start=0, end=FACE)
        cast.ledger.carry_out(item_of(birch.sign_by(command, CHECKER)))


class TestByDay:
    def test_amounts_of_a_day_add_up_over_verbs(self, cast: Cast, acme: Member, refused) -> None:
        half = HIGH_FROM // 2
        by_maker(cast, acme, MoveDeposit, **moved(cast, half))
        by_maker(cast, acme, IssuePayable, **issue_terms(cast, face=half - 1))
        with refused(SignersTooFew, participant=acme.id):
            by_maker(cast, acme, MoveDeposit, **moved(cast, 1))

    def test_what_two_signed_counts_too(self, cast: Cast, birch: Member, refused) -> None:
        birch.act(MoveDeposit, **moved(cast, HIGH_FROM))
        with refused(SignersTooFew, participant=birch.id):
            by_maker(cast, birch, MoveDeposit, **moved(cast, 1))

    def test_what_was_refused_does_not_count(self, cast: Cast, birch: Member, refused) -> None:
        with refused(SignersTooFew):
            by_maker(cast, birch, MoveDeposit, **moved(cast, HIGH_FROM))
        by_maker(cast, birch, MoveDeposit, **moved(cast, HIGH_FROM - 1))

    def test_a_new_day_begins_at_midnight_in_china(
        self, cast: Cast, birch: Member, refused
    ) -> None:
        midnight = first_second(cast.ledger.today + 1)
        by_maker(cast, birch, MoveDeposit, **moved(cast, HIGH_FROM - 1))
        cast.node.advance_to(midnight - 2)
        with refused(SignersTooFew, participant=birch.id):
            by_maker(cast, birch, MoveDeposit, **moved(cast, 1))
        assert cast.ledger.now == midnight - 1
        by_maker(cast, birch, MoveDeposit, **moved(cast, HIGH_FROM - 1))

    def test_a_quote_counts_for_its_giver(self, cast: Cast, birch: Member, delta, refused) -> None:
        by_maker(cast, delta, MoveDeposit, **moved(cast, HIGH_FROM - 1))
        terms = sale_terms(cast, live(cast), 1)
        quote = delta.make(SaleQuote, taker=birch.id, **terms)
        sale = birch.make(SellVoucher, buyer=delta.id, obligor_share=0, **terms)
        with refused(SignersTooFew, participant=delta.id):
            cast.ledger.carry_out(item_of(birch.sign(sale), delta.sign_by(quote, MAKER), NO_OFFER))


class TestWhoMaySign:
    def test_a_checker_revoked_after_signing_does_not_count(self, cast, birch, refused) -> None:
        signed = birch.item(MoveDeposit, **moved(cast, HIGH_FROM))
        birch.act(RevokeSigner, signer=CHECKER, reason=named("left"))
        with refused(SignerRevoked, participant=birch.id, signer=CHECKER):
            cast.ledger.carry_out(signed)

    def test_a_new_threshold_holds_for_what_was_signed_before(self, cast, birch, refused) -> None:
        command = birch.make(MoveDeposit, **moved(cast, 1))
        signed = item_of(birch.sign_by(command, MAKER))
        birch.act(SetThreshold, threshold_low=2, threshold_high=2, high_from=HIGH_FROM)
        with refused(SignersTooFew, participant=birch.id, required=2):
            cast.ledger.carry_out(signed)

    @pytest.mark.parametrize(("low", "high"), [(0, 1), (2, 1), (1, 6), (6, 6)])
    def test_a_threshold_nobody_can_meet_is_refused(self, birch, low, high, refused) -> None:
        with refused(BadThreshold, low=low, high=high, signers=3):
            birch.act(SetThreshold, threshold_low=low, threshold_high=high, high_from=1)

    def test_a_revoked_or_expired_signer_does_not_count_for_a_threshold(
        self, birch: Member, refused
    ) -> None:
        for high in (4, 5):
            with refused(BadThreshold, signers=3):
                birch.act(SetThreshold, threshold_low=1, threshold_high=high, high_from=1)
        birch.act(SetThreshold, threshold_low=1, threshold_high=3, high_from=1)


class TestWhatMovesMoneyAtMaturityCountsToo:
    def test_a_payment_above_the_mark_needs_a_checker(self, cast: Cast, acme, refused) -> None:
        payable = payable_of(live(cast))
        cast.begin(MATURITY)
        with refused(SignersTooFew, participant=acme.id):
            by_maker(cast, acme, PayPayable, payable_id=payable, amount=FACE)

    def test_a_repayment_above_the_mark_needs_a_checker(self, cast, birch, delta, refused) -> None:
        loan = pledge(birch, delta, pledge_terms(cast, live(cast), FACE))
        cast.advance(1)
        with refused(SignersTooFew, participant=birch.id):
            by_maker(cast, birch, RepayLoan, loan=loan, principal=FACE // 2, release=0)

    def test_a_release_above_the_mark_needs_a_checker(self, cast, birch, delta, refused) -> None:
        terms = pledge_terms(cast, live(cast), FACE, advance=1)
        loan = pledge(birch, delta, terms)
        cast.advance(1)
        with refused(SignersTooFew, participant=delta.id):
            by_maker(cast, delta, ReleaseSecurity, loan=loan, amount=FACE // 2)


def test_cost_shares_of_a_day_add_up(cast: Cast, acme: Member, birch, delta, refused) -> None:
    voucher = live(cast)
    cast.advance(1)
    days = MATURITY - cast.ledger.today
    given = 0
    offers = 0
    while given < HIGH_FROM:
        terms = sale_terms(cast, voucher, FACE // 4, rate=360_000_000)
        offer = acme.make(
            CostShareOffer,
            payable_id=payable_of(voucher),
            share_max=10**9,
            rate_max=360_000_000,
            budget=HIGH_FROM - 1,
        )
        quote = delta.signed(SaleQuote, taker=birch.id, **terms)
        sale = birch.make(SellVoucher, buyer=delta.id, obligor_share=10**9, **terms)
        item = item_of(birch.sign(sale), quote, acme.sign_by(offer, MAKER))
        given += (2 * terms["amount"] * 36 * days + 36_000) // (2 * 36_000)
        offers += 1
        if given >= HIGH_FROM:
            with refused(SignersTooFew, participant=acme.id):
                cast.ledger.carry_out(item)
        else:
            cast.ledger.carry_out(item)
    assert offers > 1


class TestApprovalsAsTheyTravel:
    """Packed: a byte that numbers the signer, two for its signature's length, the signature."""

    @staticmethod
    def carried(birch: Member, approvals: bytes) -> Item:
        command = birch.make(VoidNonce, voided=5)
        entry = artifact(command.desk).functions["voidNonce"]
        signature = birch.sign_by(command, MAKER).approvals[0][1:]
        filled = approvals.replace(b"SIGNATURE", signature)
        return Item(command.desk, entry.call(abi_values(command), filled), command)

    @pytest.mark.parametrize(
        "approvals",
        [
            b"\0",
            b"\0\0",
            b"\0\0\x42SIGNATURE",
            b"\0\xff\xffSIGNATURE",
            b"\0\0\x41SIGNATURE\1",
            b"\0\0\x41SIGNATURE\1\0",
            b"\0\0\x41SIGNATURE\1\0\1",
        ],
    )
    def test_that_end_early_are_refused(self, cast, birch, approvals: bytes, refused) -> None:
        item = self.carried(birch, approvals)
        with refused(ApprovalsMalformed, participant=birch.id):
            cast.ledger.carry_out(item)

    def test_with_a_signature_that_takes_in_the_next_are_refused(self, cast, birch, refused):
        item = self.carried(birch, b"\0\0\x44SIGNATURE\1\0\0")
        with refused(InvalidSignature, participant=birch.id, signer=MAKER):
            cast.ledger.carry_out(item)

    def test_as_they_should_be_are_taken(self, cast, birch) -> None:
        cast.ledger.carry_out(self.carried(birch, b"\0\0\x41SIGNATURE"))

    def test_of_more_than_sixteen_are_refused(self, cast, birch, refused) -> None:
        keys = {number: AccountKey(named(f"signer {number}")) for number in range(5, 19)}
        for key in keys.values():
            register(cast, birch, key)
        birch.spare.update(keys)
        signers = [MAKER, CHECKER, OTHER_MAKER, *keys]
        command = birch.make(VoidNonce, voided=5)
        with refused(TooManySigners, asked=17, most=16):
            cast.ledger.carry_out(item_of(birch.sign_by(command, *signers)))
        cast.ledger.carry_out(item_of(birch.sign_by(command, *signers[:16])))
