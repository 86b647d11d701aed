"""Whether an act is its participant's own: what a day has committed, and offers that stand."""

from typing import Any

import pytest

from ledger.chain.artifacts import artifact
from ledger.chain.calls import Item, Signed, item_of
from ledger.chain.transactions import Reverted
from ledger.model.commands import (
    CostShareOffer,
    FreezeParticipant,
    MoveDeposit,
    SaleQuote,
    SellVoucher,
    SuspendParticipant,
    UnfreezeParticipant,
    VoidNonce,
)
from ledger.model.errors import (
    DeadlinePassed,
    ParticipantFrozen,
    ParticipantSuspended,
    SignersTooFew,
)
from ledger.model.ids import payable_of
from tests.cast import HIGH_FROM, MAKER, Cast, Member, named
from tests.contracts.situations import FACE, MATURITY, NOTHING, live, sale_terms
from tests.contracts.test_sell import HALF, RATE, cost_of

AMOUNT = FACE // 100
"""Little enough for the share of its cost to be far below any threshold."""

LEVEL_AMOUNT = 1


def sale(cast: Cast, voucher: int, *signers: int, **changes: Any) -> Item:
    """A sale of which Acme bears half the cost, on an offer that these of its signers approve."""
    terms = sale_terms(cast, voucher, AMOUNT)
    values = {"share_max": HALF, "rate_max": RATE, "budget": HIGH_FROM - 1, **changes}
    offer = cast.acme.make(CostShareOffer, payable_id=payable_of(voucher), **values)
    quote = cast.delta.signed(SaleQuote, taker=cast.birch.id, **terms)
    command = cast.birch.make(SellVoucher, buyer=cast.delta.id, obligor_share=HALF, **terms)
    signed = cast.acme.sign_by(offer, *signers) if signers else cast.acme.sign(offer)
    return item_of(cast.birch.sign(command), quote, signed)


def borne(cast: Cast) -> int:
    """What Acme bears of the cost of such a sale today."""
    return (cost_of(AMOUNT, RATE, MATURITY - cast.ledger.today) + 1) // 2


def committed(cast: Cast, member: Member) -> tuple[int, int]:
    told = cast.ledger.ask("Participants", "memberOf", member.id)
    return told["committed"], told["committed_day"]


@pytest.fixture
def root(cast: Cast) -> int:
    voucher = live(cast)
    # On a day on which nobody has committed anything yet.
    cast.advance(1)
    return voucher


class TestAnOfferThatStands:
    def test_is_good_in_its_last_second(self, cast: Cast, root: int, refused) -> None:
        late = sale(cast, root, deadline=cast.ledger.now)
        with refused(DeadlinePassed, deadline=cast.ledger.now, time=cast.ledger.now + 1):
            cast.ledger.carry_out(late)
        deadline = cast.ledger.now + 1
        cast.ledger.carry_out(sale(cast, root, deadline=deadline))
        assert cast.ledger.now == deadline

    def test_of_a_suspended_participant_is_refused(self, cast: Cast, acme, root, refused) -> None:
        values = {"subject": acme.id, "reason": NOTHING}
        cast.operator.act(SuspendParticipant, suspended=True, **values)
        with refused(ParticipantSuspended, participant=acme.id):
            cast.ledger.carry_out(sale(cast, root))
        cast.operator.act(SuspendParticipant, suspended=False, **values)
        cast.ledger.carry_out(sale(cast, root))

    def test_of_a_frozen_participant_is_refused(self, cast: Cast, acme, root, refused) -> None:
        values = {"subject": acme.id, "case_commitment": named("case")}
        cast.regulator.act(FreezeParticipant, review_day=MATURITY, **values)
        with refused(ParticipantFrozen, participant=acme.id):
            cast.ledger.carry_out(sale(cast, root))
        cast.regulator.act(UnfreezeParticipant, **values)
        cast.ledger.carry_out(sale(cast, root))

    def test_without_an_approval_is_refused(self, cast: Cast, acme, birch, root, refused) -> None:
        terms = sale_terms(cast, root, AMOUNT)
        values = {"share_max": HALF, "rate_max": RATE, "budget": 10**6}
        offer = acme.make(CostShareOffer, payable_id=payable_of(root), **values)
        quote = cast.delta.signed(SaleQuote, taker=birch.id, **terms)
        command = birch.make(SellVoucher, buyer=cast.delta.id, obligor_share=HALF, **terms)
        with refused(SignersTooFew, participant=acme.id, required=1, given=0):
            cast.ledger.carry_out(item_of(birch.sign(command), quote, Signed(offer, ())))

    def test_of_a_large_budget_needs_a_checker_for_little_of_it(self, cast, acme, root, refused):
        with refused(SignersTooFew, participant=acme.id, required=2, given=1):
            cast.ledger.carry_out(sale(cast, root, MAKER, budget=HIGH_FROM))
        cast.ledger.carry_out(sale(cast, root, MAKER))

    def test_commits_what_is_used_of_it(self, cast: Cast, acme: Member, root: int) -> None:
        first = cast.ledger.carry_out(sale(cast, root))
        assert first.value("StandingOfferUsed", "amount") == borne(cast)
        assert first.value("StandingOfferUsed", "participant") == acme.id
        assert committed(cast, acme) == (borne(cast), cast.ledger.today)


class TestWhatADayHasCommitted:
    def test_is_told_with_its_day(self, cast: Cast, birch: Member) -> None:
        cast.advance(1)
        yesterday = committed(cast, birch)
        values = {"bank": cast.settlement_bank.id, "to": cast.cedar.id, "purpose": NOTHING}
        birch.act(MoveDeposit, amount=7, **values)
        outcome = birch.act(MoveDeposit, amount=5, nonce=77, **values)
        executed = outcome.events[0]
        told = {name: executed.values[name] for name in ("participant", "nonce", "amount")}
        assert told == {"participant": birch.id, "nonce": 77, "amount": 5}
        assert committed(cast, birch) == (12, cast.ledger.today)
        assert yesterday[1] != cast.ledger.today

    def test_counts_for_how_many_signers_are_needed(self, cast: Cast, birch: Member) -> None:
        values = {"bank": cast.settlement_bank.id, "to": cast.cedar.id, "purpose": NOTHING}

        def needed(amount: int) -> int:
            asked = (birch.id, LEVEL_AMOUNT, amount)
            return int(cast.ledger.ask("Participants", "requiredSigners", *asked))

        birch.act(MoveDeposit, amount=HIGH_FROM - 2, **values)
        assert [needed(amount) for amount in (0, 1, 2)] == [1, 1, 2]
        birch.act(MoveDeposit, amount=2, **values)
        assert [needed(amount) for amount in (0, 1, 2)] == [1, 2, 2]
        cast.advance(1)
        assert [needed(amount) for amount in (0, 1, 2)] == [1, 1, 1]


@pytest.mark.parametrize("cut", [0, 3, 40])
def test_a_call_that_a_desk_cannot_read_has_no_digest(cast: Cast, birch: Member, cut: int) -> None:
    """It would be refused without a word; so it is here, and not told as a call of no command."""
    item = birch.item(VoidNonce, voided=5)
    digest_of = artifact("Participants").functions["digestOf"]
    address, registry = map(cast.ledger.deployment.address, (item.desk, "Participants"))
    with pytest.raises(Reverted) as caught:
        cast.node.call(registry, digest_of.call(address, item.data[:cut]))
    assert caught.value.data == b""
    told = cast.node.call(registry, digest_of.call(address, item.data))
    assert item.command is not None
    assert told == cast.ledger.digest(item.command)
