"""Recovery of lost keys: operator, recovery bank, a delay; any key of the participant ends it."""

from dataclasses import replace
from typing import Any

import pytest

from ledger.chain.calls import item_of
from ledger.model.commands import RevokeSigner, VetoRecovery, VoidNonce
from ledger.model.errors import (
    BadSigner,
    BadThreshold,
    InvalidSignature,
    LedgerError,
    MissingRole,
    RecoveryNotProposed,
    RecoveryTooEarly,
    SignerExpired,
    SignerKeyTaken,
    SignerRevoked,
    SignersTooFew,
    UnknownParticipant,
    UnknownSigner,
)
from ledger.model.states import Role
from tests.cast import CHECKER, EXPIRED, MAKER, REVOKED, Cast, Member
from tests.contracts.act import Act, beside
from tests.contracts.office_acts import (
    NEW_KEYS,
    admission,
    cosigned,
    new_signers,
    proven,
    recovery,
)
from tests.contracts.situations import NOTHING

DELAY = 7 * 24 * 3600


def propose(cast: Cast, **changes: Any) -> Act:
    act = recovery(cast, **changes)
    cast.ledger.carry_out(act.item())
    return act


def complete(cast: Cast, act: Act) -> None:
    values = tuple(getattr(act.command, name) for name in type(act.command).__slots__)
    signers = [(one.key, one.duty, one.expiry, one.certificate) for one in act.command.signers]
    command = tuple(signers if value is act.command.signers else value for value in values)
    cast.ledger.carry_out(cast.ledger.call(act.command.desk, "completeRecovery", command))


def to_the_last_second(cast: Cast) -> None:
    """The next block is the last one before the delay is over."""
    cast.lapse_of_seconds(DELAY - 2)


class TestProposal:
    def test_needs_the_operator(self, cast: Cast, delta: Member, refused) -> None:
        act = recovery(cast)
        names = [name for name in type(act.command).__slots__ if name not in ("participant",)]
        values = {name: getattr(act.command, name) for name in names}
        with refused(MissingRole, participant=delta.id, role=Role.OPERATOR):
            cast.ledger.carry_out(act.carry(delta.sign(type(act.command)(delta.id, **values))))

    def test_needs_the_recovery_bank_and_no_other(self, cast: Cast, refused) -> None:
        act = recovery(cast)
        for words in ((), cosigned(cast.echo), cosigned(cast.birch)):
            with refused(SignersTooFew if words == () else InvalidSignature, participant=4):
                carry = beside(words, proven(cast, *NEW_KEYS))
                cast.ledger.carry_out(carry(act.signed()))

    def test_of_a_participant_without_recovery_bank_is_refused(self, cast: Cast, refused) -> None:
        cast.ledger.carry_out(admission(cast, recovery_bank=0).item())
        act = recovery(cast, subject=9)
        carry = beside((), proven(cast, *NEW_KEYS))
        with refused(MissingRole, participant=0, role=Role.BANK):
            cast.ledger.carry_out(carry(act.signed()))

    def test_of_nobody_is_refused(self, cast: Cast, refused) -> None:
        with refused(UnknownParticipant, participant=99):
            propose(cast, subject=99)

    def test_each_new_key_proves_itself(self, cast: Cast, refused) -> None:
        act = recovery(cast)
        for keys in ([], NEW_KEYS[:1], NEW_KEYS[::-1]):
            with refused(BadSigner):
                carry = beside(cosigned(cast.delta), proven(cast, *keys))
                cast.ledger.carry_out(carry(act.signed()))

    def test_replaces_one_that_waits_and_the_delay_starts_anew(self, cast, birch, refused):
        first = propose(cast)
        to_the_last_second(cast)
        second = propose(cast)
        with refused(RecoveryNotProposed, participant=birch.id):
            complete(cast, first)
        with refused(RecoveryTooEarly, participant=birch.id):
            complete(cast, second)
        cast.lapse_of_seconds(DELAY)
        complete(cast, second)

    def test_says_when_it_takes_effect(self, cast: Cast) -> None:
        act = recovery(cast)
        outcome = cast.ledger.carry_out(act.item())
        assert [event.name for event in outcome.events] == ["CommandExecuted", "RecoveryProposed"]
        assert outcome.value("RecoveryProposed", "effective") == cast.ledger.now + DELAY
        assert outcome.value("RecoveryProposed", "digest") == cast.ledger.digest(act.command)

    def test_changes_no_key_yet(self, cast: Cast, birch: Member, refused) -> None:
        propose(cast)
        birch.act(VoidNonce, voided=7)
        new = dict(zip((MAKER, CHECKER), NEW_KEYS, strict=True))
        for keys, error in (
            ({5: NEW_KEYS[0], 6: NEW_KEYS[1]}, UnknownSigner),
            (new, InvalidSignature),
        ):
            birch.keys = keys
            with refused(error, participant=birch.id, signer=min(keys)):
                birch.act(VoidNonce, voided=8)


class TestVeto:
    def test_of_nothing_is_refused(self, birch: Member, refused) -> None:
        with refused(RecoveryNotProposed, participant=birch.id):
            birch.act(VetoRecovery)

    @pytest.mark.parametrize("signer", [MAKER, CHECKER])
    def test_any_key_ends_it_in_the_last_second(self, cast: Cast, birch, refused, signer) -> None:
        act = propose(cast)
        to_the_last_second(cast)
        command = birch.make(VetoRecovery)
        cast.ledger.carry_out(item_of(birch.sign_by(command, signer)))
        cast.advance(30)
        with refused(RecoveryNotProposed, participant=birch.id):
            complete(cast, act)
        birch.act(VoidNonce, voided=7)

    @pytest.mark.parametrize(
        ("signer", "error"), [(EXPIRED, SignerExpired), (REVOKED, SignerRevoked)]
    )
    def test_by_a_key_that_signs_no_more_is_refused(
        self, cast, birch, signer, error, refused
    ) -> None:
        propose(cast)
        item = item_of(birch.sign_by(birch.make(VetoRecovery), signer))
        with refused(error, participant=birch.id, signer=signer):
            cast.ledger.carry_out(item)

    def test_by_the_operator_or_the_bank_is_refused(self, cast: Cast, refused) -> None:
        propose(cast)
        for member in (cast.operator, cast.delta):
            with refused(RecoveryNotProposed, participant=member.id):
                member.act(VetoRecovery)

    def test_leaves_room_for_a_new_proposal(self, cast: Cast, birch: Member) -> None:
        propose(cast)
        birch.act(VetoRecovery)
        propose(cast)


class TestCompletion:
    def test_before_the_delay_is_over_is_refused(self, cast: Cast, birch: Member, refused) -> None:
        act = propose(cast)
        to_the_last_second(cast)
        with refused(RecoveryTooEarly, participant=birch.id, time=cast.ledger.now + 1):
            complete(cast, act)
        complete(cast, act)

    def test_with_other_keys_than_proposed_is_refused(self, cast: Cast, birch, refused) -> None:
        act = propose(cast)
        cast.advance(8)
        other = recovery(cast, signers=new_signers()[::-1])
        with refused(RecoveryNotProposed, participant=birch.id):
            complete(cast, other)
        complete(cast, act)
        with refused(RecoveryNotProposed, participant=birch.id):
            complete(cast, act)

    def test_replaces_every_key(self, cast: Cast, birch: Member, refused) -> None:
        act = propose(cast)
        cast.advance(8)
        signed_before = birch.item(VoidNonce, voided=7)
        complete(cast, act)
        with refused(SignerRevoked, participant=birch.id, signer=MAKER):
            cast.ledger.carry_out(signed_before)
        birch.keys = {5: NEW_KEYS[0], 6: NEW_KEYS[1]}
        birch.act(VoidNonce, voided=8)
        birch.act(RevokeSigner, signer=6, reason=NOTHING)

    def test_leaves_no_replaced_key_to_be_revoked(self, cast: Cast, birch, refused) -> None:
        """They sign no more already; the record keeps who had signed before."""
        act = propose(cast)
        cast.advance(8)
        complete(cast, act)
        birch.keys = {5: NEW_KEYS[0], 6: NEW_KEYS[1]}
        for signer in (MAKER, CHECKER, REVOKED):
            with refused(SignerRevoked, participant=birch.id, signer=signer):
                birch.act(RevokeSigner, signer=signer, reason=NOTHING)
        birch.act(RevokeSigner, signer=6, reason=NOTHING)

    def test_moves_no_claim_and_no_money(self, cast: Cast) -> None:
        act = propose(cast)
        before = cast.storage()
        cast.advance(8)
        complete(cast, act)
        changed = {
            name
            for name, one, two in zip(
                cast.ledger.deployment.addresses, before, cast.storage(), strict=True
            )
            if one != two
        }
        assert changed == {"Participants", act.command.desk}

    def test_a_living_participant_keeps_its_old_keys_until_then(self, cast, birch) -> None:
        propose(cast)
        to_the_last_second(cast)
        birch.act(VoidNonce, voided=9)


@pytest.mark.parametrize("flaw", ["a key it had already", "a threshold nobody meets"])
def test_a_proposal_that_cannot_complete_makes_room_for_a_better_one(
    cast: Cast, birch: Member, flaw: str, refused
) -> None:
    """With all keys lost nobody can veto it; it must not keep the participant locked for ever."""
    keys = (birch.keys[CHECKER], NEW_KEYS[0])
    act = recovery(cast, threshold_high=3)
    error: type[LedgerError] = BadThreshold
    if flaw == "a key it had already":
        act = recovery(cast, signers=new_signers(keys))
        act = replace(act, carry=beside(cosigned(cast.delta), proven(cast, *keys)))
        error = SignerKeyTaken
    cast.ledger.carry_out(act.item())
    cast.advance(8)
    with refused(error):
        complete(cast, act)
    better = propose(cast)
    cast.advance(8)
    complete(cast, better)
