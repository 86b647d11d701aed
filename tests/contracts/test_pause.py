"""Pause, suspension and freeze stop new business and nothing else; nobody's money is held back."""

from collections.abc import Callable

import pytest

from ledger.chain.calls import Item
from ledger.model.commands import FreezeParticipant, PauseLedger, SuspendParticipant
from ledger.model.errors import (
    LedgerPaused,
    MissingRole,
    ParticipantFrozen,
    ParticipantSuspended,
    UnknownParticipant,
    VoucherNotOffered,
)
from ledger.model.ids import payable_of
from ledger.model.states import PayableState, Role
from tests.cast import Cast, Member, named
from tests.contracts.act import Act
from tests.contracts.campaign import ACTS
from tests.contracts.situations import DUE, MATURITY, NOTHING, attest, live, offered, pay

STOPPED = {
    "IssuePayable",
    "IssueBatch",
    "TransferVoucher",
    "AcceptVoucher",
    "JoinVouchers",
    "SellVoucher",
    "SaleQuote",
    "CostShareOffer",
    "PledgeVoucher",
    "PledgeQuote",
    "RedeemVoucher",
    "RedemptionQuote",
}
"""What pause, suspension and freeze stop."""

HELD_BY_FREEZE = {
    "MoveDeposit",
    "WithdrawDeposit",
    "RepayLoan",
    "ReleaseSecurity",
    "RecourseVoucher",
}
"""What a freeze holds too: money that leaves the ledger, security that is released, recourse."""


def pause(cast: Cast, paused: bool = True) -> Item:
    return cast.operator.item(PauseLedger, paused=paused, reason=named("fire"))


def suspend(cast: Cast, member: Member, suspended: bool = True) -> Item:
    values = {"suspended": suspended, "reason": named("fraud")}
    return cast.operator.item(SuspendParticipant, subject=member.id, **values)


def freeze(cast: Cast, member: Member) -> Item:
    values = {"case_commitment": named("case"), "review_day": DUE}
    return cast.regulator.item(FreezeParticipant, subject=member.id, **values)


def frozen_effect(verb: str) -> type[Exception] | None:
    """How a freeze of its participant meets a verb; None where it goes on."""
    if verb in STOPPED or verb in HELD_BY_FREEZE:
        return ParticipantFrozen
    return VoucherNotOffered if verb in ("DeclineVoucher", "WithdrawOffer") else None


@pytest.mark.parametrize("verb", sorted(ACTS))
def test_stops_meet_new_business_only(cast: Cast, verb: str) -> None:
    act = ACTS[verb](cast)
    actor = act.actor
    stopped = verb in STOPPED
    assert after(cast, act, pause(cast)) is (LedgerPaused if stopped else None)
    suspended = ParticipantSuspended if stopped else None
    assert after(cast, act, suspend(cast, actor)) is suspended
    assert after(cast, act, freeze(cast, actor)) is frozen_effect(verb)
    lifted = [pause(cast, paused=False), suspend(cast, actor, suspended=False)]
    assert after(cast, act, pause(cast), suspend(cast, actor), *lifted) is None


def after(cast: Cast, act: Act, *items: Item) -> type[Exception] | None:
    """How the act would be refused after these items, in one batch with them."""
    *before, own = cast.ledger.simulate([*items, act.item()])
    for outcome in before:
        outcome.unwrap()
    return type(own.refusal) if own.refusal else None


@pytest.mark.parametrize("stop", [pause, lambda cast: suspend(cast, cast.acme)])
class TestWhatAnybodyMayAskGoesOn:
    def test_settle(self, cast: Cast, stop: Callable[[Cast], Item]) -> None:
        voucher = live(cast)
        cast.begin(MATURITY)
        cast.ledger.carry_out(stop(cast))
        pay(cast, payable_of(voucher), 100_000_000)
        before = cast.ledger.deposit(cast.settlement_bank.id, cast.birch.id)
        cast.ledger.carry_out(cast.ledger.call("Settlement", "settle", [voucher]))
        after = cast.ledger.deposit(cast.settlement_bank.id, cast.birch.id)
        assert after - before == 100_000_000

    def test_lapse(self, cast: Cast, stop: Callable[[Cast], Item]) -> None:
        payable = offered(cast)
        cast.ledger.carry_out(stop(cast))
        cast.advance(10)
        cast.ledger.carry_out(cast.ledger.call("Offers", "lapse", payable, []))
        assert cast.ledger.payable(payable)["state"] == PayableState.CANCELLED

    def test_apply_unapplied(self, cast: Cast, stop: Callable[[Cast], Item]) -> None:
        payable = payable_of(live(cast))
        attest(cast, payable, 100_000_000)
        cast.ledger.carry_out(stop(cast))
        cast.begin(MATURITY)
        cast.ledger.carry_out(cast.ledger.call("Settlement", "applyUnapplied", payable))
        assert cast.ledger.payable(payable)["state"] == PayableState.SETTLED


class TestWhoMayStop:
    def test_only_the_operator_pauses(self, cast: Cast, refused) -> None:
        for member in (cast.regulator, cast.delta, cast.acme):
            with refused(MissingRole, participant=member.id, role=Role.OPERATOR):
                member.act(PauseLedger, paused=True, reason=NOTHING)

    def test_only_the_operator_suspends(self, cast: Cast, refused) -> None:
        for member in (cast.regulator, cast.delta, cast.birch):
            with refused(MissingRole, participant=member.id, role=Role.OPERATOR):
                member.act(SuspendParticipant, subject=2, suspended=True, reason=NOTHING)

    def test_nobody_is_not_suspended(self, cast: Cast, refused) -> None:
        with refused(UnknownParticipant, participant=99):
            cast.operator.act(SuspendParticipant, subject=99, suspended=True, reason=NOTHING)

    def test_administration_changes_no_claim(self, cast: Cast) -> None:
        live(cast)
        names = list(cast.ledger.deployment.addresses)
        before = dict(zip(names, cast.storage(), strict=True))
        for verb in ("AdmitParticipant", "ProposeRecovery", "AddVersion", "AddSigner"):
            cast.ledger.carry_out(ACTS[verb](cast).item())
        for item in (pause(cast), suspend(cast, cast.birch)):
            cast.ledger.carry_out(item)
        after = dict(zip(names, cast.storage(), strict=True))
        changed = {name for name in names if before[name] != after[name]}
        assert changed == {"Participants", "Administration"}
