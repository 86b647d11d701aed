"""A nonce is used once, by whichever verb; of two corrected twins under it one takes effect."""

from dataclasses import replace

import pytest

from ledger.chain.calls import item_of
from ledger.model.commands import (
    AcceptVoucher,
    IssuePayable,
    PledgeQuote,
    PledgeVoucher,
    RepayLoan,
    TransferVoucher,
    VoidNonce,
)
from ledger.model.errors import LimitExceeded, NonceUsed, VoucherNotHeld
from ledger.model.ids import root_voucher
from ledger.model.parts import Part
from tests.cast import CHECKER, Cast, Member
from tests.contracts.situations import (
    EVIDENCE,
    FACE,
    issue_terms,
    live,
    offered,
    pledge,
    pledge_terms,
)

EDGES = [0, 1, 255, 256, 257, 2**128, 2**255 - 1, 2**255, 2**256 - 256, 2**256 - 1]


@pytest.mark.parametrize("nonce", EDGES)
def test_any_nonce_is_used_once_and_touches_no_other(cast: Cast, acme, nonce, refused) -> None:
    others = [one for one in EDGES if one != nonce]
    acme.act(VoidNonce, voided=10**6, nonce=nonce)
    with refused(NonceUsed, participant=acme.id, nonce=nonce):
        acme.act(IssuePayable, **issue_terms(cast), nonce=nonce)
    used = [cast.ledger.ask("Participants", "isNonceUsed", acme.id, one) for one in others]
    assert not any(used)
    assert not cast.ledger.ask("Participants", "isNonceUsed", cast.birch.id, nonce)


def test_another_verb_does_not_use_it_again(cast: Cast, birch: Member, refused) -> None:
    voucher = root_voucher(offered(cast))
    accepted = birch.make(AcceptVoucher, voucher=voucher, start=0, end=FACE)
    cast.ledger.carry_out(item_of(birch.sign(accepted)))
    parts = (Part(cast.cedar.id, voucher, FACE, EVIDENCE),)
    with refused(NonceUsed, participant=birch.id, nonce=accepted.nonce):
        birch.act(TransferVoucher, parts=parts, nonce=accepted.nonce)


def test_the_same_pledge_after_its_repayment_is_a_replay(cast, birch, delta, refused) -> None:
    """The one replay that only the nonce stops: every condition of the pledge holds again."""
    voucher = live(cast)
    terms = pledge_terms(cast, voucher, FACE)
    from_quote = delta.make(PledgeQuote, taker=birch.id, **terms)
    command = birch.make(PledgeVoucher, lender=delta.id, **terms)
    item = item_of(birch.sign(command), delta.sign(from_quote))
    loan = cast.ledger.carry_out(item).value("LoanAdvanced", "loan_id")
    birch.act(RepayLoan, loan=loan, principal=terms["advance"], release=0)
    assert cast.ledger.voucher(voucher)["state"] == 2
    with refused(NonceUsed, participant=birch.id, nonce=command.nonce):
        cast.ledger.carry_out(item)
    again = replace(command, nonce=birch.next_nonce())
    with refused(NonceUsed, participant=delta.id, nonce=from_quote.nonce):
        cast.ledger.carry_out(item_of(birch.sign(again), delta.sign(from_quote)))
    pledge(birch, delta, terms)


class TestCorrectedTwins:
    @pytest.mark.parametrize("first", ["wrong", "right"])
    def test_of_two_at_most_one_takes_effect(self, cast: Cast, acme, first, refused) -> None:
        wrong = acme.make(IssuePayable, **issue_terms(cast))
        right = replace(wrong, face=FACE - 1)
        one, two = (wrong, right) if first == "wrong" else (right, wrong)
        cast.ledger.carry_out(item_of(acme.sign(one)))
        with refused(NonceUsed, participant=acme.id, nonce=one.nonce):
            cast.ledger.carry_out(item_of(acme.sign(two)))
        assert cast.ledger.payable_count() == 1

    def test_in_one_batch_the_first_wins(self, cast: Cast, acme: Member) -> None:
        wrong = acme.make(IssuePayable, **issue_terms(cast))
        right = replace(wrong, face=FACE - 1)
        outcomes = cast.ledger.relay([item_of(acme.sign(one)) for one in (right, wrong)])
        assert [type(one.refusal) for one in outcomes] == [type(None), NonceUsed]

    def test_a_refused_command_leaves_its_nonce_to_the_corrected_one(
        self, cast: Cast, acme: Member, refused
    ) -> None:
        wrong = acme.make(IssuePayable, **issue_terms(cast, face=10**13))
        with refused(LimitExceeded):
            cast.ledger.carry_out(item_of(acme.sign(wrong)))
        cast.ledger.carry_out(item_of(acme.sign(replace(wrong, face=FACE))))


class TestVoid:
    def test_a_voided_nonce_is_good_for_nothing(self, cast: Cast, acme: Member, refused) -> None:
        signed = acme.make(IssuePayable, **issue_terms(cast))
        outcome = acme.act(VoidNonce, voided=signed.nonce)
        assert [event.name for event in outcome.events] == ["CommandExecuted", "NonceVoided"]
        with refused(NonceUsed, participant=acme.id, nonce=signed.nonce):
            cast.ledger.carry_out(item_of(acme.sign(signed)))

    def test_a_used_nonce_is_not_voided(self, cast: Cast, acme: Member, refused) -> None:
        acme.act(IssuePayable, **issue_terms(cast), nonce=77)
        with refused(NonceUsed, participant=acme.id, nonce=77):
            acme.act(VoidNonce, voided=77)

    def test_its_own_nonce_is_not_voided(self, acme: Member, refused) -> None:
        with refused(NonceUsed, participant=acme.id, nonce=77):
            acme.act(VoidNonce, voided=77, nonce=77)

    def test_any_one_signer_voids_but_for_its_own_participant_only(self, cast, acme, birch) -> None:
        command = acme.make(VoidNonce, voided=77)
        cast.ledger.carry_out(item_of(acme.sign_by(command, CHECKER)))
        birch.act(VoidNonce, voided=78, nonce=77)

    def test_a_voided_quote_is_no_quote(self, cast: Cast, birch: Member, delta, refused) -> None:
        terms = pledge_terms(cast, live(cast), FACE)
        quote = delta.signed(PledgeQuote, taker=birch.id, **terms)
        delta.act(VoidNonce, voided=quote.command.nonce)
        with refused(NonceUsed, participant=delta.id, nonce=quote.command.nonce):
            birch.act(PledgeVoucher, quote, lender=delta.id, **terms)


def test_a_range_is_given_away_once_whatever_the_order(cast: Cast, birch: Member, delta) -> None:
    voucher = live(cast)
    terms = pledge_terms(cast, voucher, FACE)
    quote = delta.signed(PledgeQuote, taker=birch.id, **terms)
    pledged = birch.item(PledgeVoucher, quote, lender=delta.id, **terms)
    parts = (Part(cast.cedar.id, voucher, FACE, EVIDENCE),)
    passed_on = birch.item(TransferVoucher, parts=parts)
    for order in ([pledged, passed_on], [passed_on, pledged]):
        outcomes = cast.ledger.simulate(order)
        assert [type(one.refusal) for one in outcomes] == [type(None), VoucherNotHeld]
