"""Admission: the operator never alone, one live admission a legal identity, keys proven."""

from dataclasses import replace
from typing import Any

import pytest

from ledger.chain.keys import AccountKey
from ledger.model.commands import AdmitParticipant, IssuePayable
from ledger.model.errors import (
    BadRoles,
    BadSigner,
    BadThreshold,
    IdentityTaken,
    MissingRole,
    NotEligible,
    SameCosigner,
    SignerKeyTaken,
    SignersTooFew,
    TooManySigners,
    UnknownParticipant,
)
from ledger.model.states import Duty, Role
from tests.cast import HIGH_FROM, MAKER, Cast, Member, named
from tests.contracts.act import beside
from tests.contracts.office_acts import NEW_KEYS, admission, cosigned, new_signers, proven
from tests.contracts.situations import issue_terms

FIRST_NEW = 9
INSTITUTIONS = [Role.BANK, Role.SETTLEMENT, Role.REGULATOR, Role.OPERATOR]


def admit(cast: Cast, **changes: Any) -> None:
    cast.ledger.carry_out(admission(cast, **changes).item())


class TestAdmission:
    def test_by_another_than_the_operator_is_refused(self, cast: Cast, delta: Member, refused):
        act = admission(cast)
        command = delta.make(
            AdmitParticipant,
            **{
                name: getattr(act.command, name)
                for name in type(act.command).__slots__
                if name not in ("participant", "nonce", "deadline")
            },
        )
        with refused(MissingRole, participant=delta.id, role=Role.OPERATOR):
            cast.ledger.carry_out(act.carry(delta.sign(command)))

    def test_by_the_operator_alone_is_refused(self, cast: Cast, delta: Member, refused) -> None:
        act = admission(cast)
        with refused(SignersTooFew, participant=delta.id, required=2, given=0):
            words = beside((), (), proven(cast, *NEW_KEYS))
            cast.ledger.carry_out(words(act.signed()))

    @pytest.mark.parametrize("name", ["birch", "acme", "settlement_bank", "regulator"])
    def test_of_a_supplier_needs_a_bank(self, cast: Cast, name: str, refused) -> None:
        cosigner = getattr(cast, name)
        with refused(MissingRole, participant=cosigner.id, role=Role.BANK):
            admit(cast, cosigner=cosigner.id)

    @pytest.mark.parametrize("role", INSTITUTIONS)
    def test_of_an_institution_needs_two_others(self, cast: Cast, role: Role, refused) -> None:
        roles = int(role)
        with refused(SameCosigner, participant=cast.delta.id):
            admit(cast, roles=roles, second_cosigner=cast.delta.id)
        with refused(SameCosigner, participant=cast.operator.id):
            admit(cast, roles=roles, second_cosigner=cast.operator.id)
        with refused(MissingRole, participant=0):
            admit(cast, roles=roles)
        with refused(MissingRole, participant=cast.birch.id):
            admit(cast, roles=roles, second_cosigner=cast.birch.id)
        with refused(MissingRole, participant=cast.birch.id):
            admit(cast, roles=roles, cosigner=cast.birch.id, second_cosigner=cast.delta.id)
        admit(cast, roles=roles, second_cosigner=cast.regulator.id)

    def test_of_a_supplier_that_is_a_bank_too_needs_two(self, cast: Cast, refused) -> None:
        with refused(MissingRole, participant=0):
            admit(cast, roles=int(Role.SUPPLIER | Role.BANK))

    def test_a_second_cosigner_without_a_word_is_refused(self, cast: Cast, echo, refused) -> None:
        act = admission(cast, roles=int(Role.BANK), second_cosigner=echo.id)
        words = beside(cosigned(cast.delta), (), proven(cast, *NEW_KEYS))
        with refused(SignersTooFew, participant=echo.id, required=2, given=0):
            cast.ledger.carry_out(words(act.signed()))

    def test_an_operator_that_is_a_bank_does_not_cosign_itself(self, cast: Cast, refused) -> None:
        both = dual_operator(cast)
        values = {**_values(cast), "cosigner": both.id}
        with refused(SameCosigner, participant=both.id):
            command = both.make(AdmitParticipant, **values)
            words = beside(cosigned(both), (), proven(cast, *NEW_KEYS))
            cast.ledger.carry_out(words(both.sign(command)))

    def test_no_role_and_unknown_roles_are_refused(self, cast: Cast, refused) -> None:
        with refused(BadRoles, roles=0):
            admit(cast, roles=0)
        with refused(BadRoles, roles=64 | 2):
            admit(cast, roles=64 | 2)

    def test_of_an_admitted_identity_is_refused(self, cast: Cast, birch: Member, refused) -> None:
        with refused(IdentityTaken, identity=named("Birch"), by=birch.id):
            admit(cast, identity=named("Birch"))
        admit(cast)
        with refused(IdentityTaken, identity=named("Fir"), by=FIRST_NEW):
            admit(cast)

    def test_without_an_identity_is_refused(self, cast: Cast, refused) -> None:
        with refused(IdentityTaken, identity=bytes(32), by=0):
            admit(cast, identity=bytes(32))

    def test_with_a_recovery_bank_that_is_none_is_refused(self, cast: Cast, refused) -> None:
        with refused(MissingRole, participant=cast.cedar.id, role=Role.BANK):
            admit(cast, recovery_bank=cast.cedar.id)
        with refused(MissingRole, participant=99, role=Role.BANK):
            admit(cast, recovery_bank=99)

    def test_each_first_signer_proves_its_key(self, cast: Cast, refused) -> None:
        for proofs in ([NEW_KEYS[0]], [*reversed(NEW_KEYS)], []):
            act = admission(cast)
            words = beside(cosigned(cast.delta), (), proven(cast, *proofs))
            with refused(BadSigner):
                cast.ledger.carry_out(words(act.signed()))

    def test_with_one_key_as_two_signers_is_refused(self, cast: Cast, refused) -> None:
        keys = (NEW_KEYS[0], NEW_KEYS[0])
        act = admission(cast, signers=new_signers(keys))
        with refused(SignerKeyTaken, participant=FIRST_NEW):
            words = beside(cosigned(cast.delta), (), proven(cast, *keys))
            cast.ledger.carry_out(words(act.signed()))

    def test_without_signers_or_with_too_many_is_refused(self, cast: Cast, refused) -> None:
        with refused(TooManySigners, asked=0, most=16):
            admit(cast, signers=())
        with refused(TooManySigners, asked=18, most=16):
            admit(cast, signers=new_signers() * 9)

    def test_with_sixteen_signers_is_taken(self, cast: Cast) -> None:
        keys = tuple(AccountKey(named(f"signer {number}")) for number in range(16))
        signers = tuple(
            replace(new_signers()[number % 2], key=key.key) for number, key in enumerate(keys)
        )
        act = admission(cast, signers=signers)
        words = beside(cosigned(cast.delta), (), proven(cast, *keys))
        outcome = cast.ledger.carry_out(words(act.signed()))
        assert [event.name for event in outcome.events].count("SignerAdded") == 16

    def test_with_seventeen_signers_is_refused(self, cast: Cast, refused) -> None:
        with refused(TooManySigners, asked=17, most=16):
            admit(cast, signers=(new_signers() * 9)[:17])

    @pytest.mark.parametrize(("low", "high"), [(0, 1), (2, 1), (1, 3), (0, 0)])
    def test_with_a_threshold_nobody_can_meet_is_refused(
        self, cast: Cast, low: int, high: int, refused
    ) -> None:
        with refused(BadThreshold, low=low, high=high, signers=2):
            admit(cast, threshold_low=low, threshold_high=high)

    @pytest.mark.parametrize(("duty", "high"), [(Duty.MAKER, 2), (Duty.CHECKER, 1)])
    def test_without_a_maker_or_for_two_without_a_checker_is_refused(
        self, cast: Cast, duty: int, high: int, refused
    ) -> None:
        signers = tuple(replace(one, duty=int(duty)) for one in new_signers())
        act = admission(cast, signers=signers, threshold_low=1, threshold_high=high)
        with refused(BadThreshold, low=1, high=high, signers=2):
            cast.ledger.carry_out(act.item())

    def test_numbers_the_newcomer_and_lets_it_act(self, cast: Cast, acme: Member) -> None:
        outcome = cast.ledger.carry_out(admission(cast).item())
        names = [event.name for event in outcome.events]
        assert names == [
            "CommandExecuted",
            "ParticipantAdmitted",
            "SignerAdded",
            "SignerAdded",
            "ThresholdSet",
        ]
        assert outcome.value("ParticipantAdmitted", "participant") == FIRST_NEW
        acme.act(IssuePayable, **issue_terms(cast, to=FIRST_NEW))
        fir = Member(cast.ledger, FIRST_NEW, dict(enumerate(NEW_KEYS)), name="Fir")
        with pytest.raises(NotEligible):
            fir.act(IssuePayable, **issue_terms(cast, to=cast.birch.id))


def test_nobody_acts_for_a_participant_that_is_not_admitted(cast: Cast, refused) -> None:
    ghost = Member(cast.ledger, 99, dict(enumerate(NEW_KEYS)), name="Ghost")
    with refused(UnknownParticipant, participant=99):
        ghost.act(IssuePayable, **issue_terms(cast))
    nobody = Member(cast.ledger, 0, dict(enumerate(NEW_KEYS)), name="Nobody")
    with refused(UnknownParticipant, participant=0):
        nobody.act(IssuePayable, **issue_terms(cast))


def _values(cast: Cast) -> dict[str, Any]:
    return {
        "cosigner": cast.delta.id,
        "second_cosigner": 0,
        "roles": int(Role.SUPPLIER),
        "identity": named("Gum"),
        "recovery_bank": 0,
        "threshold_low": 1,
        "threshold_high": 2,
        "high_from": HIGH_FROM,
        "signers": new_signers(),
    }


def dual_operator(cast: Cast) -> Member:
    """An institution that is admitted as operator and bank at once."""
    roles = int(Role.OPERATOR | Role.BANK)
    admit(cast, roles=roles, second_cosigner=cast.echo.id)
    return Member(cast.ledger, FIRST_NEW, dict(enumerate(NEW_KEYS)), 9_000, name="Fir")


def test_one_maker_of_the_operator_admits_nobody(cast: Cast, operator: Member, refused) -> None:
    act = admission(cast)
    with refused(SignersTooFew, participant=operator.id, required=2, given=1):
        cast.ledger.carry_out(act.carry(operator.sign_by(act.command, MAKER)))
