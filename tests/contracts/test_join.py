"""Join: two vouchers that touch, of one holder, one depth and no recourse, become one."""

import pytest

from ledger.model.commands import FreezeRange, JoinVouchers
from ledger.model.errors import (
    NotHolder,
    NotJoinable,
    PastMaturity,
    RangeFrozen,
    UnknownVoucher,
    VoucherNotHeld,
)
from ledger.model.states import VoucherState
from tests.cast import Cast, Member, named
from tests.contracts.situations import (
    FACE,
    MATURITY,
    cut_in_two,
    live,
    offer_part,
    passed,
    pledge,
    pledge_terms,
    sale_terms,
    sell,
    serial,
)

LOW = 40_000_000


def join(member: Member, low: int, high: int):
    return member.act(JoinVouchers, low=low, high=high)


@pytest.fixture
def halves(cast: Cast) -> tuple[int, int]:
    """The low and the high voucher of Birch."""
    root = live(cast)
    return cut_in_two(cast, root, LOW), root


class TestJoin:
    def test_of_an_unknown_voucher_is_refused(self, birch, halves, refused) -> None:
        with refused(UnknownVoucher, voucher=serial(1, 9)):
            join(birch, halves[0], serial(1, 9))

    def test_by_another_than_the_holder_is_refused(self, cast, halves, refused) -> None:
        for member in (cast.acme, cast.cedar, cast.operator):
            with refused(NotHolder, voucher=halves[0], participant=member.id):
                join(member, *halves)

    def test_with_anothers_voucher_is_refused(self, cast, birch, cedar, refused) -> None:
        root = live(cast)
        part = passed(cast, root, LOW, cedar)
        with refused(NotHolder, voucher=part, participant=birch.id):
            join(birch, part, root)
        with refused(NotHolder, voucher=root, participant=cedar.id):
            join(cedar, part, root)

    def test_of_an_offered_voucher_is_refused(self, cast, birch, cedar, refused) -> None:
        root = live(cast)
        part = offer_part(cast, root, LOW, cedar)
        with refused(VoucherNotHeld, voucher=part, state=VoucherState.OFFERED):
            join(birch, part, root)

    def test_of_a_pledged_and_a_free_voucher_is_refused(
        self, cast, birch, delta, halves, refused
    ) -> None:
        low, high = halves
        pledge(birch, delta, pledge_terms(cast, high, FACE - LOW))
        with refused(VoucherNotHeld, voucher=high, state=VoucherState.PLEDGED):
            join(birch, low, high)

    def test_on_the_day_of_maturity_is_refused(self, cast, birch, halves, refused) -> None:
        cast.begin(MATURITY)
        with refused(PastMaturity, payable_id=1):
            join(birch, *halves)

    @pytest.mark.parametrize("start", [0, FACE - 1])
    def test_of_a_frozen_voucher_is_refused(
        self, birch, regulator, halves, start: int, refused
    ) -> None:
        values = {"case_commitment": named("case"), "review_day": MATURITY}
        regulator.act(FreezeRange, payable_id=1, start=start, end=start + 1, **values)
        with refused(RangeFrozen, voucher=halves[0] if start == 0 else halves[1]):
            join(birch, *halves)

    def test_of_what_does_not_touch_in_this_order_is_refused(self, cast, birch, refused) -> None:
        root = live(cast)
        low = cut_in_two(cast, root, LOW)
        middle = cut_in_two(cast, root, LOW)
        for pair in ((low, root), (root, low), (middle, low), (root, middle), (low, low)):
            with refused(NotJoinable, low=pair[0], high=pair[1]):
                join(birch, *pair)

    def test_of_two_payables_is_refused(self, cast, birch, refused) -> None:
        first, second = live(cast), live(cast)
        low = cut_in_two(cast, first, LOW)
        cut_in_two(cast, second, LOW)
        with refused(NotJoinable, low=low, high=second):
            join(birch, low, second)

    def test_of_two_depths_is_refused(self, cast, birch, cedar, refused) -> None:
        root = live(cast)
        part = passed(cast, root, LOW, cedar)
        passed(cast, part, LOW, birch)
        with refused(NotJoinable, low=part, high=root):
            join(birch, part, root)

    def test_of_vouchers_with_recourse_is_refused(self, cast, birch, delta, refused) -> None:
        root = live(cast)
        sell(birch, delta, sale_terms(cast, root, FACE, recourse=True))
        low = cut_in_two(cast, root, LOW)
        with refused(NotJoinable, low=low, high=root):
            join(delta, low, root)

    def test_makes_a_third_voucher_and_closes_both(self, cast, birch, halves) -> None:
        low, high = halves
        outcome = join(birch, low, high)
        names = [event.name for event in outcome.events if event.name != "VoucherClosed"]
        assert names == ["CommandExecuted", "VouchersJoined", *["Transfer"] * 3]
        joined = outcome.value("VouchersJoined", "joined")
        record = cast.ledger.voucher(joined)
        assert (record["start"], record["end"], record["holder"]) == (0, FACE, birch.id)
        closed = [cast.ledger.voucher(one)["state"] for one in halves]
        assert closed == [VoucherState.CLOSED] * 2
        assert cast.ledger.payable(1)["pieces"] == 1

    def test_of_what_is_joined_already_is_refused(self, birch, halves, refused) -> None:
        join(birch, *halves)
        with refused(VoucherNotHeld, voucher=halves[0], state=VoucherState.CLOSED):
            join(birch, *halves)

    def test_undoes_any_number_of_cuts(self, cast: Cast, birch) -> None:
        root = live(cast)
        parts = [cut_in_two(cast, root, 1_000 + number) for number in range(4)]
        whole = parts[0]
        for part in [*parts[1:], root]:
            whole = join(birch, whole, part).value("VouchersJoined", "joined")
        record = cast.ledger.voucher(whole)
        assert (record["start"], record["end"]) == (0, FACE)
        assert cast.ledger.payable(1)["pieces"] == 1
