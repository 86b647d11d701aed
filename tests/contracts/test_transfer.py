"""Transfer: parts of held vouchers are cut from the low end and offered; the rest stays."""

import pytest

from ledger.model.commands import FreezeRange, TransferVoucher
from ledger.model.errors import (
    AmountExceedsVoucher,
    DepthExceeded,
    NotEligible,
    NotHolder,
    PastMaturity,
    PieceTooSmall,
    RangeFrozen,
    SelfTransfer,
    ToObligor,
    TooManyPieces,
    UnknownVoucher,
    VoucherNotHeld,
    ZeroAmount,
)
from ledger.model.parts import Part
from ledger.model.states import VoucherState
from tests.cast import Cast, Member, named
from tests.contracts.situations import (
    EVIDENCE,
    FACE,
    MATURITY,
    live,
    offer_part,
    offered,
    passed,
    pledge,
    pledge_terms,
    serial,
    set_rules,
)


def transfer(member: Member, *parts: tuple[int, int, Member | int]):
    made = [
        Part(to if isinstance(to, int) else to.id, voucher, amount, EVIDENCE)
        for voucher, amount, to in parts
    ]
    return member.act(TransferVoucher, parts=tuple(made))


class TestTransfer:
    def test_of_an_unknown_voucher_is_refused(self, cast: Cast, birch, cedar, refused) -> None:
        root = live(cast)
        for voucher in (0, 1, serial(1, 0), serial(1, 2), serial(2, 1), 2**64 - 1):
            with refused(UnknownVoucher, voucher=voucher):
                transfer(birch, (voucher, 1, cedar))
        assert cast.ledger.voucher(root)["holder"] == birch.id

    def test_by_another_than_the_holder_is_refused(self, cast: Cast, cedar, delta, refused) -> None:
        root = live(cast)
        for member in (cast.acme, cedar, cast.operator, cast.regulator):
            with refused(NotHolder, voucher=root, participant=member.id):
                transfer(member, (root, 5, delta))

    def test_of_an_unanswered_root_is_refused(self, cast: Cast, acme, birch, refused) -> None:
        root = serial(offered(cast), 1)
        with refused(VoucherNotHeld, voucher=root, state=VoucherState.OFFERED):
            transfer(acme, (root, 5, cast.cedar))
        with refused(NotHolder, voucher=root, participant=birch.id):
            transfer(birch, (root, 5, cast.cedar))

    def test_of_an_offered_part_is_refused(self, cast: Cast, birch, cedar, delta, refused) -> None:
        part = offer_part(cast, live(cast), 100, cedar)
        with refused(VoucherNotHeld, voucher=part, state=VoucherState.OFFERED):
            transfer(birch, (part, 5, delta))
        with refused(NotHolder, voucher=part, participant=cedar.id):
            transfer(cedar, (part, 5, delta))

    def test_of_a_pledged_voucher_is_refused(
        self, cast: Cast, birch, cedar, delta, refused
    ) -> None:
        root = live(cast)
        pledge(birch, delta, pledge_terms(cast, root, FACE))
        with refused(VoucherNotHeld, voucher=root, state=VoucherState.PLEDGED):
            transfer(birch, (root, 5, cedar))
        with refused(NotHolder, voucher=root, participant=delta.id):
            transfer(delta, (root, 5, cedar))

    def test_on_the_day_of_maturity_is_refused(self, cast: Cast, birch, cedar, refused) -> None:
        root = live(cast)
        cast.begin(MATURITY)
        with refused(PastMaturity, payable_id=1, maturity=MATURITY, today=MATURITY):
            transfer(birch, (root, 5, cedar))

    def test_after_maturity_is_refused(self, cast: Cast, birch, cedar, refused) -> None:
        root = live(cast)
        cast.begin(MATURITY + 1)
        with refused(PastMaturity, payable_id=1, maturity=MATURITY, today=MATURITY + 1):
            transfer(birch, (root, 5, cedar))

    def test_of_what_a_freeze_overlaps_by_one_fen_is_refused(
        self, cast: Cast, birch, cedar, regulator, refused
    ) -> None:
        root = live(cast)
        regulator.act(
            FreezeRange,
            payable_id=1,
            start=FACE - 1,
            end=FACE,
            case_commitment=named("case"),
            review_day=MATURITY,
        )
        with refused(RangeFrozen, voucher=root):
            transfer(birch, (root, 5, cedar))

    def test_to_oneself_is_refused(self, cast: Cast, birch: Member, refused) -> None:
        root = live(cast)
        with refused(SelfTransfer, participant=birch.id):
            transfer(birch, (root, 5, birch))

    @pytest.mark.parametrize("to", [6, 7, 8, 0, 99])
    def test_to_an_office_or_nobody_is_refused(self, cast: Cast, birch, to, refused) -> None:
        root = live(cast)
        with refused(NotEligible, participant=to):
            transfer(birch, (root, 5, to))

    def test_to_the_obligor_is_refused(self, cast: Cast, birch, acme, refused) -> None:
        root = live(cast)
        with refused(ToObligor, participant=acme.id):
            transfer(birch, (root, 5, acme))

    def test_beyond_the_depth_of_the_rules_is_refused(self, cast, birch, cedar, refused) -> None:
        root, holders = live(cast), [birch, cedar] * 3
        for hop in range(1, 5):
            passed(cast, root, FACE, holders[hop])
        assert cast.ledger.voucher(root)["depth"] == 5
        with refused(DepthExceeded, voucher=root, most=5):
            transfer(birch, (root, FACE, cedar))

    def test_of_nothing_is_refused(self, cast: Cast, birch, cedar, refused) -> None:
        root = live(cast)
        with refused(ZeroAmount):
            transfer(birch, (root, 0, cedar))

    @pytest.mark.parametrize("more", [1, 2**64 - 1 - FACE])
    def test_of_more_than_the_voucher_is_refused(self, cast, birch, cedar, more, refused) -> None:
        root = live(cast)
        with refused(AmountExceedsVoucher, voucher=root, asked=FACE + more, available=FACE):
            transfer(birch, (root, FACE + more, cedar))

    def test_that_leaves_too_small_a_piece_is_refused(self, cast, birch, cedar, refused) -> None:
        set_rules(cast, piece_min=100)
        root = live(cast)
        for amount, piece in ((99, 99), (FACE - 99, 99)):
            with refused(PieceTooSmall, voucher=root, piece=piece, least=100):
                transfer(birch, (root, amount, cedar))
        transfer(birch, (root, 100, cedar), (root, FACE - 200, cedar))

    def test_into_too_many_pieces_is_refused(self, cast: Cast, birch, cedar, refused) -> None:
        set_rules(cast, pieces_max=3)
        root = live(cast)
        transfer(birch, (root, 5, cedar), (root, 5, cedar))
        with refused(TooManyPieces, payable_id=1, most=3):
            transfer(birch, (root, 5, cedar))
        transfer(birch, (root, FACE - 10, cedar))

    def test_with_one_bad_part_moves_none(self, cast: Cast, birch, cedar, refused) -> None:
        root = live(cast)
        with refused(AmountExceedsVoucher, voucher=root, asked=FACE, available=FACE - 5):
            transfer(birch, (root, 5, cedar), (root, FACE, cedar))
        with refused(VoucherNotHeld, voucher=root, state=VoucherState.OFFERED):
            transfer(birch, (root, FACE, cedar), (root, 1, cedar))

    def test_cuts_the_low_end_and_keeps_the_rest(self, cast: Cast, birch, cedar, delta) -> None:
        root = live(cast)
        outcome = transfer(birch, (root, 100, cedar), (root, 50, delta))
        assert [event.name for event in outcome.events] == [
            "CommandExecuted",
            *["PartOffered", "Transfer"] * 2,
        ]
        vouchers = cast.ledger.vouchers_of(1)
        ranges = {one: (record["start"], record["end"]) for one, record in vouchers.items()}
        assert ranges == {
            root: (150, FACE),
            serial(1, 2): (0, 100),
            serial(1, 3): (100, 150),
        }
        states = [record["state"] for record in vouchers.values()]
        assert states == [VoucherState.HELD, VoucherState.OFFERED, VoucherState.OFFERED]
        assert {record["holder"] for record in vouchers.values()} == {birch.id}
        assert cast.ledger.payable(1)["pieces"] == 3

    def test_of_the_whole_cuts_nothing(self, cast: Cast, birch, cedar) -> None:
        root = live(cast)
        outcome = transfer(birch, (root, FACE, cedar))
        assert [one.name for one in outcome.events] == ["CommandExecuted", "VoucherOffered"]
        assert cast.ledger.voucher(root)["counterparty"] == cedar.id
