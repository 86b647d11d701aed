"""What the contracts tell whoever asks, beside what the verbs need."""

import pytest

from ledger.chain.deployment import DESKS
from ledger.model.commands import (
    AddSigner,
    FreezeRange,
    RevokeSigner,
    SetThreshold,
    TransferVoucher,
)
from ledger.model.errors import BadSigner, IssuerBlocked, SignerRevoked, UnknownSigner
from ledger.model.ids import payable_of
from ledger.model.parts import Signer
from ledger.model.states import Duty, Role
from tests.cast import CHECKER, HIGH_FROM, MAKER, REVOKED, TODAY, Cast, Member, named
from tests.contracts.situations import FACE, MATURITY, NOTHING, live, offered, pay
from tests.contracts.test_rules import set_holidays

LEVELS = {"one": 0, "amount": 1, "highest": 2}


class TestParticipants:
    def test_a_member_is_told_with_its_thresholds(self, cast: Cast, birch: Member) -> None:
        told = cast.ledger.ask("Participants", "memberOf", birch.id)
        expected = {
            "roles": Role.SUPPLIER,
            "suspended": False,
            "frozen": False,
            "threshold_low": 1,
            "threshold_high": 2,
            "high_from": HIGH_FROM,
            "signers": 5,
            "first_signer": 0,
            "recovery_bank": cast.delta.id,
        }
        assert {name: told[name] for name in expected} == expected

    def test_signers_are_told_with_what_became_of_them(self, cast: Cast, birch: Member) -> None:
        for number, revoked in ((MAKER, False), (CHECKER, False), (REVOKED, True)):
            key, public = cast.ledger.ask("Participants", "signerOf", birch.id, number)
            assert bytes.fromhex(key["account"][2:]) == birch.spare[number].key
            assert (key["revoked"], public) == (revoked, b"")

    def test_how_many_signers_an_act_needs_is_told(self, cast: Cast, birch: Member) -> None:
        needs = {("one", HIGH_FROM): 1, ("amount", HIGH_FROM - 1): 1, ("amount", HIGH_FROM): 2}
        for (level, amount), count in {**needs, ("highest", 0): 2}.items():
            found = cast.ledger.ask(
                "Participants", "requiredSigners", birch.id, LEVELS[level], amount
            )
            assert found == count, (level, amount)

    def test_an_amount_beyond_what_is_kept_stands_for_never(self, cast, birch) -> None:
        birch.act(SetThreshold, threshold_low=1, threshold_high=2, high_from=2**64 - 1)
        assert cast.ledger.ask("Participants", "memberOf", birch.id)["high_from"] == 2**48 - 1
        asked = (birch.id, LEVELS["amount"], HIGH_FROM)
        assert cast.ledger.ask("Participants", "requiredSigners", *asked) == 1

    def test_a_signer_that_is_not_there_cannot_be_ended(self, birch: Member, refused) -> None:
        with refused(UnknownSigner, participant=birch.id, signer=5):
            birch.act(RevokeSigner, signer=5, reason=NOTHING)

    def test_a_signer_is_ended_once(self, birch: Member, refused) -> None:
        with refused(SignerRevoked, participant=birch.id, signer=REVOKED):
            birch.act(RevokeSigner, signer=REVOKED, reason=NOTHING)

    def test_nobody_signs_for_the_account_of_zeros(self, birch: Member, refused) -> None:
        signer = Signer(bytes(20), int(Duty.MAKER), 0, NOTHING)
        with refused(BadSigner):
            birch.act(AddSigner, bytes(65), signer=signer)


class TestDesks:
    def test_each_tells_the_domain_of_its_commands(self, cast: Cast) -> None:
        for desk in (one for one in DESKS if one != "Administration"):
            fields, name, version, chain, contract, salt, more = cast.ledger.ask(
                desk, "eip712Domain"
            )
            assert (fields, name, version, salt) == (b"\x0f", "Fenbook", "1", bytes(32))
            assert (chain, list(more)) == (cast.ledger.node.chain_id, [])
            assert contract.lower() == cast.ledger.deployment.address(desk)

    def test_a_freeze_is_told_by_its_number(self, cast: Cast) -> None:
        payable = payable_of(live(cast))
        values = {"case_commitment": named("case"), "review_day": MATURITY}
        cast.regulator.act(FreezeRange, payable_id=payable, start=3, end=9, **values)
        told = cast.ledger.ask("Oversight", "freezeOf", payable, 0)
        assert (told["start"], told["end"], told["lifted"]) == (3, 9, False)

    def test_a_payment_is_told_by_its_number(self, cast: Cast) -> None:
        payable = payable_of(live(cast))
        cast.begin(MATURITY)
        pay(cast, payable, FACE // 2)
        told = cast.ledger.ask("Settlement", "paymentOf", payable, 0)
        assert (told["principal"], told["interest"], told["owed"]) == (FACE // 2, 0, FACE)

    def test_rule_sets_are_counted(self, cast: Cast) -> None:
        assert cast.ledger.ask("Rules", "ruleSetCount") == 1

    def test_the_longest_run_of_holidays_ends(self, cast: Cast) -> None:
        first = TODAY + 256 & ~0xFF
        set_holidays(cast, *range(first, first + 31))
        assert cast.ledger.ask("Rules", "businessDay", first) == first + 31

    def test_a_closed_or_unknown_claim_is_nothing(self, cast: Cast) -> None:
        voucher = live(cast)
        assert cast.ledger.claim(voucher, day=MATURITY) == (FACE, 0)
        assert cast.ledger.debt(payable_of(voucher), day=MATURITY) == (0, FACE)
        waiting = offered(cast)
        assert cast.ledger.debt(waiting, day=MATURITY + 9)[0] == 0
        cast.begin(MATURITY)
        pay(cast, payable_of(voucher), FACE)
        cast.ledger.carry_out(cast.ledger.call("Settlement", "settle", [voucher]))
        assert cast.ledger.claim(voucher) == (0, 0)


def test_an_obligor_s_first_unpaid_day_follows_its_payments(cast: Cast) -> None:
    """Several days, two payables on one of them, the later day cleared before the first."""
    days = (MATURITY - 40, MATURITY - 40, MATURITY - 39, MATURITY)
    payables = [payable_of(live(cast, face=FACE // 4, maturity=day)) for day in days]
    cast.begin(MATURITY - 39)
    for number in (2, 0):
        pay(cast, payables[number], sum(cast.ledger.debt(payables[number])))
    assert [cast.ledger.is_overdue(one) for one in payables] == [False, True, False, False]
    with pytest.raises(IssuerBlocked):
        offered(cast)
    pay(cast, payables[1], sum(cast.ledger.debt(payables[1])))
    offered(cast)


def test_a_transfer_of_no_parts_offers_nothing_and_takes_its_nonce(cast: Cast, birch) -> None:
    outcome = birch.act(TransferVoucher, parts=(), nonce=7)
    assert [event.name for event in outcome.events] == ["CommandExecuted"]
    assert cast.ledger.ask("Participants", "isNonceUsed", birch.id, 7)
