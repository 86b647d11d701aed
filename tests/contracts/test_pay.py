"""Money for a payable: paid from a deposit or attested by its bank; payouts of the bank."""

import pytest

from ledger.model.commands import (
    AttestPayment,
    ConfirmPayout,
    PayPayable,
    ReturnPayout,
    ReturnUnapplied,
)
from ledger.model.errors import (
    DepositShort,
    NothingUnapplied,
    NotObligor,
    NotSettlementBank,
    NotYetDue,
    PayableNotLive,
    PaymentExceedsDebt,
    PaymentTooSmall,
    PayoutMismatch,
    PayoutNotConfirmed,
    PayoutNotOpen,
    ReferenceConflict,
    ReferenceMissing,
    ReferenceUsed,
    UnappliedExceeded,
    UnknownPayable,
    UnknownPayout,
    ZeroAmount,
)
from ledger.model.ids import root_voucher
from ledger.model.states import PayableState
from tests.cast import DEPOSIT, Cast, Member, named
from tests.contracts.situations import (
    FACE,
    MATURITY,
    NOTHING,
    attest,
    live,
    offered,
    pay,
    settle,
    spend,
)
from tests.contracts.test_sell import balances

LEAST = FACE // 100


@pytest.fixture
def payable(cast: Cast) -> int:
    return live(cast) >> 32


def late_interest(principal: int, days: int) -> int:
    """Half a thousandth a day, half up."""
    return (2 * principal * 5 * days + 10_000) // 20_000


class TestPay:
    def test_of_an_unknown_payable_is_refused(self, acme: Member, refused) -> None:
        with refused(UnknownPayable, payable_id=7):
            acme.act(PayPayable, payable_id=7, amount=1)

    def test_by_another_than_the_obligor_is_refused(self, cast, payable, refused) -> None:
        cast.begin(MATURITY)
        for member in (cast.birch, cast.operator, cast.settlement_bank):
            with refused(NotObligor, payable_id=payable, participant=member.id):
                member.act(PayPayable, payable_id=payable, amount=FACE)

    def test_of_an_offered_payable_is_refused(self, cast, refused) -> None:
        number = offered(cast)
        with refused(PayableNotLive, payable_id=number, state=PayableState.OFFERED):
            pay(cast, number, FACE)

    def test_before_maturity_is_refused(self, cast, payable, refused) -> None:
        cast.begin(MATURITY - 1)
        with refused(NotYetDue, maturity=MATURITY, today=MATURITY - 1):
            pay(cast, payable, FACE)

    def test_of_nothing_is_refused(self, cast, payable, refused) -> None:
        cast.begin(MATURITY)
        with refused(ZeroAmount):
            pay(cast, payable, 0)

    @pytest.mark.parametrize("days", [0, 10])
    def test_of_more_than_the_debt_is_refused(self, cast, payable, days, refused) -> None:
        cast.begin(MATURITY + days)
        debt = FACE + late_interest(FACE, days)
        with refused(PaymentExceedsDebt, amount=debt + 1, debt=debt):
            pay(cast, payable, debt + 1)
        pay(cast, payable, debt)
        assert cast.ledger.payable(payable)["state"] == PayableState.SETTLED

    def test_of_less_than_a_hundredth_is_refused(self, cast, payable, refused) -> None:
        cast.begin(MATURITY)
        with refused(PaymentTooSmall, amount=LEAST - 1, least=LEAST):
            pay(cast, payable, LEAST - 1)
        pay(cast, payable, LEAST)
        pay(cast, payable, FACE - LEAST - 5)
        pay(cast, payable, 5)

    def test_beyond_the_deposit_is_refused(self, cast, acme, payable, refused) -> None:
        spend(cast, acme, DEPOSIT - LEAST)
        cast.begin(MATURITY)
        with refused(DepositShort, participant=acme.id, asked=LEAST + 1, available=LEAST):
            pay(cast, payable, LEAST + 1)

    def test_of_a_settled_payable_is_refused(self, cast, payable, refused) -> None:
        cast.begin(MATURITY)
        pay(cast, payable, FACE)
        with refused(PayableNotLive, state=PayableState.SETTLED):
            pay(cast, payable, 1)

    def test_stands_in_the_hold_of_its_payable(self, cast, acme, birch, payable) -> None:
        cast.begin(MATURITY + 2)
        outcome = pay(cast, payable, FACE // 2)
        recorded = dict(outcome.events[2].values)
        late = late_interest(FACE, 2)
        assert (recorded["interest"], recorded["principal"]) == (late, FACE // 2 - late)
        desk = cast.ledger.deployment.address("Settlement")
        bank = cast.settlement_bank.id
        assert cast.ledger.ask("Deposits", "holdOf", bank, desk, payable) == FACE // 2
        assert balances(cast, acme, birch) == (DEPOSIT - FACE // 2, DEPOSIT)
        issued = cast.ledger.ask("Deposits", "issuedBy", bank)
        assert issued == 5 * DEPOSIT
        assert cast.ledger.payable(payable)["live"] == FACE - FACE // 2 + late


class TestAttest:
    def test_by_another_bank_is_refused(self, cast, delta, payable, refused) -> None:
        values = {"amount": 1, "value_day": MATURITY, "payment_reference": named("x")}
        for member in (delta, cast.acme, cast.operator):
            with refused(NotSettlementBank, payable_id=payable, participant=member.id):
                member.act(AttestPayment, payable_id=payable, **values)

    def test_of_an_unknown_payable_is_refused(self, cast, refused) -> None:
        with refused(UnknownPayable, payable_id=7):
            attest(cast, 7, 1)

    def test_of_nothing_or_without_reference_is_refused(self, cast, payable, refused) -> None:
        with refused(ZeroAmount):
            attest(cast, payable, 0)
        with refused(ReferenceMissing):
            attest(cast, payable, 1, payment_reference=NOTHING)

    def test_of_the_same_fact_again_is_refused(self, cast, payable, refused) -> None:
        attest(cast, payable, 5)
        for _ in range(2):
            with refused(ReferenceUsed, bank=6, payment_reference=named("money in")):
                attest(cast, payable, 5)

    def test_of_another_fact_under_its_reference_is_refused(self, cast, payable, refused) -> None:
        attest(cast, payable, 5)
        other = live(cast) >> 32
        day = cast.ledger.today
        for number, amount, value_day in (
            (payable, 6, day),
            (payable, 5, day - 1),
            (other, 5, day),
        ):
            with refused(ReferenceConflict, payment_reference=named("money in")):
                attest(cast, number, amount, value_day=value_day)

    @pytest.mark.parametrize(
        ("stated", "taken"), [(-9, -5), (-5, -5), (-1, -1), (0, 0), (1, 0), (900, 0)]
    )
    def test_dates_within_five_days_back(self, cast, payable, stated: int, taken: int) -> None:
        cast.begin(MATURITY + 20)
        today = cast.ledger.today
        outcome = attest(cast, payable, LEAST, value_day=today + stated)
        assert outcome.value("PaymentAttested", "value_day") == today + taken
        assert outcome.value("PaymentRecorded", "day") == today + taken
        assert outcome.value("PaymentRecorded", "interest") == min(
            LEAST, late_interest(FACE, 20 + taken)
        )

    def test_is_not_dated_before_the_last_payment(self, cast, payable) -> None:
        cast.begin(MATURITY + 3)
        pay(cast, payable, LEAST)
        outcome = attest(cast, payable, LEAST, value_day=MATURITY)
        assert outcome.value("PaymentRecorded", "day") == MATURITY + 3

    def test_before_maturity_waits_and_is_applied_by_anybody(self, cast, payable, refused) -> None:
        attest(cast, payable, FACE)
        assert cast.ledger.payable(payable)["paid"] == 0
        apply = cast.ledger.call("Settlement", "applyUnapplied", payable)
        with refused(NothingUnapplied, payable_id=payable):
            cast.ledger.carry_out(apply)
        cast.begin(MATURITY + 40)
        cast.ledger.carry_out(apply)
        record = cast.ledger.payable(payable)
        assert (record["state"], record["paid"]) == (PayableState.SETTLED, FACE)

    def test_of_more_than_the_debt_keeps_the_rest(self, cast, payable, refused) -> None:
        cast.begin(MATURITY)
        attest(cast, payable, FACE + 7)
        account = cast.ledger.ask("Settlement", "accountOf", payable)
        assert account["unapplied"] == 7
        with refused(UnappliedExceeded, asked=8, available=7):
            self.give_back(cast, payable, 8)
        with refused(ZeroAmount):
            self.give_back(cast, payable, 0)
        with refused(ReferenceConflict):
            self.give_back(cast, payable, 7, reference="money in")
        self.give_back(cast, payable, 7)
        assert cast.ledger.ask("Settlement", "accountOf", payable)["unapplied"] == 0

    def test_of_a_little_waits_for_more(self, cast, payable) -> None:
        cast.begin(MATURITY)
        attest(cast, payable, LEAST - 1)
        assert cast.ledger.payable(payable)["paid"] == 0
        attest(cast, payable, 1, payment_reference=named("one more"))
        assert cast.ledger.payable(payable)["paid"] == LEAST

    @staticmethod
    def give_back(cast: Cast, payable: int, amount: int, reference: str = "money back") -> None:
        cast.settlement_bank.act(
            ReturnUnapplied,
            payable_id=payable,
            amount=amount,
            payment_reference=named(reference),
        )


class TestPayouts:
    @pytest.fixture
    def payout(self, cast: Cast, payable: int) -> int:
        cast.begin(MATURITY)
        attest(cast, payable, FACE)
        outcome = settle(cast, root_voucher(payable))
        return int(outcome.value("PayoutOpened", "payout"))

    @staticmethod
    def say(member: Member, kind, payout: int, *, amount: int = FACE, reference: str = "out"):
        return member.act(kind, payout=payout, amount=amount, payment_reference=named(reference))

    def test_are_the_banks_own(self, cast, payout, refused) -> None:
        for member in (cast.delta, cast.birch, cast.operator):
            for kind in (ConfirmPayout, ReturnPayout):
                with refused(UnknownPayout, payout=payout):
                    self.say(member, kind, payout)
        with refused(UnknownPayout, payout=9):
            self.say(cast.settlement_bank, ConfirmPayout, 9)

    def test_of_another_amount_are_refused(self, settlement_bank, payout, refused) -> None:
        with refused(PayoutMismatch, payout=payout, asked=FACE - 1, amount=FACE):
            self.say(settlement_bank, ConfirmPayout, payout, amount=FACE - 1)

    def test_are_confirmed_once(self, settlement_bank, payout, refused) -> None:
        with refused(PayoutNotConfirmed, payout=payout):
            self.say(settlement_bank, ReturnPayout, payout)
        with refused(ReferenceConflict):
            self.say(settlement_bank, ConfirmPayout, payout, reference="money in")
        self.say(settlement_bank, ConfirmPayout, payout)
        with refused(PayoutNotOpen, payout=payout):
            self.say(settlement_bank, ConfirmPayout, payout, reference="again")

    def test_that_came_back_are_open_again(self, cast, settlement_bank, payout, refused) -> None:
        self.say(settlement_bank, ConfirmPayout, payout)
        self.say(settlement_bank, ReturnPayout, payout, reference="back")
        assert cast.ledger.ask("Settlement", "payoutOf", payout)["state"] == 1
        with refused(ReferenceUsed):
            self.say(settlement_bank, ConfirmPayout, payout)
        self.say(settlement_bank, ConfirmPayout, payout, reference="out again")

    def test_come_back_under_a_reference_of_their_own(self, settlement_bank, payout, refused):
        self.say(settlement_bank, ConfirmPayout, payout)
        with refused(ReferenceConflict, payment_reference=named("out")):
            self.say(settlement_bank, ReturnPayout, payout)

    def test_move_no_deposit(self, cast, birch, payout) -> None:
        assert balances(cast, birch) == (DEPOSIT,)
        assert cast.ledger.ask("Settlement", "payoutOf", payout)["payee"] == birch.id


def test_a_payout_fact_told_twice_is_the_same_fact(cast, settlement_bank, payable, refused) -> None:
    attest(cast, payable, FACE)
    values = {"payable_id": payable, "amount": 5, "payment_reference": named("money back")}
    settlement_bank.act(ReturnUnapplied, **values)
    with refused(ReferenceUsed):
        settlement_bank.act(ReturnUnapplied, **values)
