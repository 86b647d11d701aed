"""Deposits: issued by their bank, withdrawn with its word, moved by their owner alone."""

from ledger.chain.calls import item_of
from ledger.model.commands import FreezeParticipant, IssueDeposit, MoveDeposit, WithdrawDeposit
from ledger.model.errors import (
    AmountTooLarge,
    DepositShort,
    InvalidSignature,
    MissingRole,
    ParticipantFrozen,
    ReferenceConflict,
    ReferenceMissing,
    ReferenceUsed,
    SelfTransfer,
    UnknownParticipant,
    ZeroAmount,
)
from ledger.model.states import Role
from tests.cast import DEPOSIT, Cast, Member, named
from tests.contracts.act import beside
from tests.contracts.office_acts import cosigned
from tests.contracts.situations import MATURITY, NOTHING, attest, live
from tests.contracts.test_sell import balances


def issue(member: Member, to: int, amount: int, reference: bytes | None = None):
    reference = named("receipt") if reference is None else reference
    return member.act(IssueDeposit, to=to, amount=amount, payment_reference=reference)


def withdraw(cast: Cast, member: Member, amount: int, **changes):
    values = {"bank": cast.settlement_bank.id, "payment_reference": named("out"), **changes}
    command = member.make(WithdrawDeposit, amount=amount, **values)
    word = cosigned(cast.member(values["bank"]))
    return cast.ledger.carry_out(beside(word)(member.sign(command)))


def move(cast: Cast, member: Member, to: int, amount: int, **changes):
    values = {"bank": cast.settlement_bank.id, "purpose": NOTHING, **changes}
    return member.act(MoveDeposit, to=to, amount=amount, **values)


class TestIssue:
    def test_by_no_settlement_bank_is_refused(self, cast, birch, refused) -> None:
        for member in (cast.delta, cast.operator, cast.regulator, birch):
            with refused(MissingRole, participant=member.id, role=Role.SETTLEMENT):
                issue(member, birch.id, 1)

    def test_of_nothing_to_nobody_or_without_reference_is_refused(
        self, settlement_bank, refused
    ) -> None:
        with refused(ZeroAmount):
            issue(settlement_bank, 2, 0)
        with refused(UnknownParticipant, participant=99):
            issue(settlement_bank, 99, 1)
        with refused(ReferenceMissing):
            issue(settlement_bank, 2, 1, NOTHING)

    def test_under_one_reference_happens_once(self, settlement_bank, refused) -> None:
        issue(settlement_bank, 2, 5)
        for to, amount, error in (
            (2, 5, ReferenceUsed),
            (3, 5, ReferenceConflict),
            (2, 6, ReferenceConflict),
        ):
            with refused(error, bank=settlement_bank.id):
                issue(settlement_bank, to, amount)

    def test_adds_to_what_the_bank_has_issued(self, cast, birch, settlement_bank) -> None:
        before = cast.ledger.ask("Deposits", "issuedBy", settlement_bank.id)
        issue(settlement_bank, birch.id, 5)
        assert balances(cast, birch) == (DEPOSIT + 5,)
        assert cast.ledger.ask("Deposits", "issuedBy", settlement_bank.id) == before + 5

    def test_up_to_the_largest_sum_is_taken(self, cast, birch, settlement_bank, refused) -> None:
        most = 2**64 - 1
        left = most - cast.ledger.ask("Deposits", "issuedBy", settlement_bank.id)
        with refused(AmountTooLarge, amount=most + 1, most=most):
            issue(settlement_bank, birch.id, left + 1)
        issue(settlement_bank, birch.id, left)
        assert balances(cast, birch) == (DEPOSIT + left,)


class TestWithdraw:
    def test_at_no_settlement_bank_is_refused(self, cast, birch, delta, refused) -> None:
        with refused(MissingRole, participant=delta.id, role=Role.SETTLEMENT):
            withdraw(cast, birch, 1, bank=delta.id)

    def test_of_nothing_or_too_much_is_refused(self, cast, birch, refused) -> None:
        with refused(ZeroAmount):
            withdraw(cast, birch, 0)
        with refused(DepositShort, participant=birch.id, asked=DEPOSIT + 1, available=DEPOSIT):
            withdraw(cast, birch, DEPOSIT + 1)

    def test_by_a_frozen_owner_is_refused(self, cast, birch, regulator, refused) -> None:
        values = {"case_commitment": named("case"), "review_day": MATURITY}
        regulator.act(FreezeParticipant, subject=birch.id, **values)
        with refused(ParticipantFrozen, participant=birch.id):
            withdraw(cast, birch, 1)

    def test_under_a_used_reference_is_refused(self, cast, birch, cedar, refused) -> None:
        withdraw(cast, birch, 5)
        with refused(ReferenceUsed):
            withdraw(cast, birch, 5)
        with refused(ReferenceConflict):
            withdraw(cast, cedar, 5)
        with refused(ReferenceConflict):
            withdraw(cast, cedar, 5, payment_reference=named("Birch"))

    def test_takes_from_deposit_and_issue_alike(self, cast, birch, settlement_bank) -> None:
        before = cast.ledger.ask("Deposits", "issuedBy", settlement_bank.id)
        withdraw(cast, birch, DEPOSIT)
        assert balances(cast, birch) == (0,)
        assert cast.ledger.ask("Deposits", "issuedBy", settlement_bank.id) == before - DEPOSIT


class TestMove:
    def test_of_nothing_to_nobody_or_oneself_is_refused(self, cast, birch, refused) -> None:
        with refused(ZeroAmount):
            move(cast, birch, 3, 0)
        with refused(UnknownParticipant, participant=99):
            move(cast, birch, 99, 1)
        with refused(SelfTransfer, participant=birch.id):
            move(cast, birch, birch.id, 1)

    def test_of_more_than_there_is_is_refused(self, cast, birch, refused) -> None:
        with refused(DepositShort, participant=birch.id, asked=DEPOSIT + 1, available=DEPOSIT):
            move(cast, birch, 3, DEPOSIT + 1)
        with refused(DepositShort, participant=birch.id, asked=1, available=0):
            move(cast, birch, 3, 1, bank=cast.delta.id)

    def test_conserves_the_sum(self, cast, birch, cedar) -> None:
        outcome = move(cast, birch, cedar.id, 5, purpose=named("goods"))
        assert outcome.value("DepositMoved", "purpose") == named("goods")
        assert balances(cast, birch, cedar) == (DEPOSIT - 5, DEPOSIT + 5)


def test_a_banks_reference_stands_for_one_posting(cast, acme, settlement_bank, refused) -> None:
    payable = live(cast) >> 32
    issue(settlement_bank, acme.id, 500, named("money in"))
    with refused(ReferenceConflict, bank=settlement_bank.id):
        attest(cast, payable, 500)


def test_a_deposit_is_moved_by_its_owner_only(cast, birch, cedar, operator, refused) -> None:
    command = birch.make(
        MoveDeposit, bank=cast.settlement_bank.id, to=cedar.id, amount=5, purpose=NOTHING
    )
    for thief in (cedar, operator, cast.settlement_bank):
        with refused(InvalidSignature, participant=birch.id):
            cast.ledger.carry_out(item_of(thief.sign(command)))
    assert balances(cast, birch) == (DEPOSIT,)
