"""Settlement: every holder gets its share to the fen, whoever asks, when, and in which order."""

import itertools
import random

import pytest

from ledger.chain.artifacts import artifact
from ledger.model.commands import (
    FreezeParticipant,
    FreezeRange,
    JoinVouchers,
    PayPayable,
    UnfreezeParticipant,
    UnfreezeRange,
)
from ledger.model.errors import PaymentTooSmall
from ledger.model.ids import payable_of
from ledger.model.states import PayableState, VoucherState
from tests.cast import DEPOSIT, Cast, Member, named
from tests.contracts.situations import (
    DUE,
    FACE,
    MATURITY,
    RATE,
    attest,
    cut_in_two,
    live,
    offered,
    passed,
    pay,
    pledge,
    pledge_terms,
    redeem,
    redemption_terms,
    serial,
    settle,
)
from tests.contracts.test_sell import balances, cost_of

NOT_PAYABLE, UP_TO_DATE, FROZEN, SETTLED = range(4)
CASE = named("case")


def results(cast: Cast, *vouchers: int) -> list[int]:
    """What `settle` would answer for each voucher."""
    entry = artifact("Settlement").functions["settle"]
    address = cast.ledger.deployment.address("Settlement")
    return list(entry.answer(cast.node.call(address, entry.call(list(vouchers)))))


@pytest.fixture
def vouchers(cast: Cast) -> tuple[int, int, int]:
    """Of one payable: 7 fen of Cedar's, 1,000 of Delta Bank's, the rest of Birch's."""
    root = live(cast)
    low = passed(cast, root, 7, cast.cedar)
    middle = passed(cast, root, 1_000, cast.delta)
    return low, middle, root


class TestResults:
    @pytest.mark.usefixtures("vouchers")
    def test_of_what_owes_nothing_is_told(self, cast) -> None:
        offer = serial(offered(cast), 1)
        cast.begin(MATURITY)
        pay(cast, 1, FACE // 2)
        asked = [0, 1, serial(1, 0), serial(1, 4), serial(9, 1), 2**64 - 1, offer]
        assert results(cast, *asked) == [NOT_PAYABLE] * len(asked)
        before = cast.storage()
        settle(cast, *asked)
        assert cast.storage() == before

    def test_of_each_voucher_stand_apart(self, cast, vouchers, regulator) -> None:
        low, middle, root = vouchers
        cast.begin(MATURITY)
        pay(cast, 1, FACE // 2)
        settle(cast, middle)
        values = {"case_commitment": CASE, "review_day": DUE}
        regulator.act(FreezeRange, payable_id=1, start=0, end=7, **values)
        found = results(cast, low, middle, root, root, serial(7, 7))
        assert found == [FROZEN, UP_TO_DATE, SETTLED, UP_TO_DATE, NOT_PAYABLE]

    def test_before_any_payment_are_up_to_date(self, cast, vouchers) -> None:
        assert results(cast, *vouchers) == [UP_TO_DATE] * 3


class TestClosedVoucher:
    @pytest.mark.parametrize("how", ["redeemed", "joined"])
    @pytest.mark.parametrize("is_somebody_frozen", [False, True])
    def test_of_a_live_payable_gets_nothing_more(
        self, cast, birch, regulator, how: str, is_somebody_frozen: bool
    ) -> None:
        """It keeps its range and has had no payment; what it was has gone to others."""
        root = live(cast)
        part = cut_in_two(cast, root, FACE // 4)
        closed, open_ = [part], root
        if how == "redeemed":
            redeem(cast, birch, redemption_terms(cast, part, FACE // 4))
        else:
            closed = [part, root]
            open_ = birch.act(JoinVouchers, low=part, high=root).value("VouchersJoined", "joined")
        if is_somebody_frozen:
            values = {"case_commitment": CASE, "review_day": DUE}
            regulator.act(FreezeParticipant, subject=cast.cedar.id, **values)
        [before] = balances(cast, birch)
        cast.begin(MATURITY)
        first = FACE // 3
        pay(cast, 1, first)
        assert results(cast, *closed, open_) == [UP_TO_DATE] * len(closed) + [SETTLED]
        kept = cast.storage()
        settle(cast, *closed)
        assert cast.storage() == kept
        settle(cast, *closed, open_)
        assert balances(cast, birch) == (before + first,)
        rest = sum(cast.ledger.debt(1))
        pay(cast, 1, rest)
        settle(cast, *closed, open_, *closed)
        assert balances(cast, birch) == (before + first + rest,)
        assert first + rest == (FACE * 3 // 4 if how == "redeemed" else FACE)
        assert cast.ledger.payable(1)["pieces"] == 0


class TestShares:
    @pytest.mark.parametrize("payments", [(FACE,), (FACE // 3, FACE - FACE // 3), (1_000_003,) * 3])
    def test_add_up_whatever_the_order(self, cast, vouchers, payments) -> None:
        point = None
        found = set()
        for order in itertools.permutations(vouchers):
            if point is not None:
                cast.node.revert_to(point)
            point = cast.node.snapshot()
            cast.begin(MATURITY)
            for amount in payments:
                pay(cast, 1, amount)
                settle(cast, order[0])
            settle(cast, *order[1:])
            found.add(balances(cast, cast.acme, cast.birch, cast.cedar, cast.delta))
        [(acme, *shares)] = found
        assert acme == DEPOSIT - sum(payments)
        assert sum(shares) == 3 * DEPOSIT + sum(payments)

    def test_of_several_payables_are_settled_in_one_call(self, cast, birch) -> None:
        roots = [live(cast) for _ in range(3)]
        cast.begin(MATURITY)
        for root in roots:
            pay(cast, payable_of(root), FACE)
        outcome = settle(cast, *roots)
        assert [event.name for event in outcome.events].count("VoucherSettled") == 3
        assert balances(cast, birch) == (DEPOSIT + 3 * FACE,)
        assert {cast.ledger.voucher(root)["state"] for root in roots} == {VoucherState.CLOSED}

    def test_go_by_the_rail_that_each_payment_came_by(self, cast) -> None:
        root = live(cast)
        cast.begin(MATURITY)
        pay(cast, 1, FACE // 4)
        attest(cast, 1, FACE // 2)
        outcome = settle(cast, root)
        assert outcome.value("DepositPaidOut", "amount") == FACE // 4
        assert outcome.value("PayoutOpened", "amount") == FACE // 2

    def test_are_bounded_in_their_number(self, cast, birch, refused) -> None:
        root = live(cast)
        cast.begin(MATURITY)
        least = FACE // 100
        items = [cast.acme.item(PayPayable, payable_id=1, amount=least) for _ in range(99)]
        for start in range(0, 99, 33):
            for outcome in cast.ledger.relay(items[start : start + 33]):
                outcome.unwrap()
        with refused(PaymentTooSmall):
            pay(cast, 1, least - 1)
        pay(cast, 1, least)
        settle(cast, root)
        assert balances(cast, birch) == (DEPOSIT + FACE,)

    @pytest.mark.deep
    def test_end_with_250_part_payments(self, cast, refused) -> None:
        """Late interest keeps the debt up, so that a payable may have more than a hundred."""
        root = live(cast)
        least = FACE // 100
        cast.begin(MATURITY)
        for _ in range(250):
            cast.advance(20)
            pay(cast, 1, least)
        with refused(PaymentTooSmall):
            pay(cast, 1, least)
        settle(cast, root)
        pay(cast, 1, sum(cast.ledger.debt(1)))
        settle(cast, root)
        assert cast.ledger.voucher(root)["state"] == VoucherState.CLOSED


class TestFrozenMoney:
    @pytest.mark.parametrize("what", ["range", "holder"])
    def test_is_set_aside_and_paid_to_the_same_holder(
        self, cast, cedar, regulator, vouchers, what: str
    ) -> None:
        low, middle, root = vouchers
        values = {"case_commitment": CASE, "review_day": DUE}
        if what == "range":
            regulator.act(FreezeRange, payable_id=1, start=6, end=7, **values)
        else:
            regulator.act(FreezeParticipant, subject=cedar.id, **values)
        cast.begin(MATURITY)
        pay(cast, 1, FACE)
        settle(cast, low, middle, root)
        assert balances(cast, cedar) == (DEPOSIT,)
        desk = cast.ledger.deployment.address("Settlement")
        assert cast.ledger.ask("Deposits", "holdOf", cast.settlement_bank.id, desk, 1) == 7
        if what == "range":
            regulator.act(UnfreezeRange, payable_id=1, freeze=0, case_commitment=CASE)
        else:
            regulator.act(UnfreezeParticipant, subject=cedar.id, case_commitment=CASE)
        settle(cast, low)
        assert balances(cast, cedar) == (DEPOSIT + 7,)
        assert cast.ledger.payable(1)["pieces"] == 0

    @pytest.mark.parametrize("side", ["borrower", "lender"])
    def test_of_either_side_of_a_loan_is_set_aside(self, cast, birch, delta, regulator, side):
        root = live(cast)
        pledge(birch, delta, pledge_terms(cast, root, FACE))
        subject = birch if side == "borrower" else delta
        values = {"case_commitment": CASE, "review_day": DUE}
        regulator.act(FreezeParticipant, subject=subject.id, **values)
        cast.begin(MATURITY)
        pay(cast, 1, FACE)
        assert results(cast, root) == [FROZEN]


class TestPledgedVoucher:
    def test_pays_the_loan_first_then_its_holder(self, cast, birch, delta) -> None:
        root = live(cast)
        loan = pledge(birch, delta, pledge_terms(cast, root, FACE))
        days = MATURITY - cast.ledger.today
        cast.begin(MATURITY)
        pay(cast, 1, FACE)
        cast.begin(DUE + 90)
        settle(cast, root)
        advance = FACE * 4 // 5
        interest = cost_of(advance, RATE, days)
        assert balances(cast, birch, delta) == (
            DEPOSIT + FACE - interest,
            DEPOSIT + interest,
        )
        record = cast.ledger.loan(loan)
        assert (record["principal"], record["interest_left"]) == (0, 0)
        assert cast.ledger.voucher(root)["state"] == VoucherState.CLOSED

    def test_is_free_when_a_part_payment_pays_the_loan(self, cast, birch, delta) -> None:
        root = live(cast)
        pledge(birch, delta, pledge_terms(cast, root, FACE, advance=1_000))
        cast.begin(MATURITY)
        pay(cast, 1, FACE // 2)
        outcome = settle(cast, root)
        assert "VoucherFreed" in [event.name for event in outcome.events]
        record = cast.ledger.voucher(root)
        assert (record["state"], record["counterparty"]) == (VoucherState.HELD, 0)


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(8))
def test_random_layouts_and_payments_pay_out_to_the_fen(cast: Cast, seed: int) -> None:
    source = random.Random(seed)
    face = source.choice([101, 997, 10_007])
    root = live(cast, face=face)
    members: list[Member] = [cast.birch, cast.cedar, cast.delta, cast.echo]
    parts = [root]
    for _ in range(source.randint(1, 6)):
        record = cast.ledger.voucher(root)
        length = record["end"] - record["start"]
        if length < 2:
            break
        parts.append(passed(cast, root, source.randint(1, length - 1), source.choice(members[1:])))
    cast.begin(MATURITY)
    left = face
    while left:
        least = -(-face // 100)
        amount = left if left <= least else source.choice([left, source.randint(least, left)])
        pay(cast, 1, amount)
        left -= amount
        settle(cast, *source.sample(parts, source.randint(0, len(parts))))
    settle(cast, *parts)
    owned = dict.fromkeys((one.id for one in members), 0)
    for record in cast.ledger.vouchers_of(1).values():
        owned[record["holder"]] += record["end"] - record["start"]
    found = {one.id: balances(cast, one)[0] - DEPOSIT for one in members}
    assert found == owned
    assert cast.ledger.payable(1)["state"] == PayableState.SETTLED
