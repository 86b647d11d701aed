"""Freezes: a regulator with a case number stops claims where they are, and gives them to nobody."""

import pytest

from ledger.model.commands import (
    AcceptVoucher,
    FreezeParticipant,
    FreezeRange,
    MoveDeposit,
    TransferVoucher,
    UnfreezeParticipant,
    UnfreezeRange,
)
from ledger.model.errors import (
    BadRange,
    CaseMissing,
    CaseOpen,
    MissingRole,
    NotFrozen,
    ParticipantFrozen,
    RangeFrozen,
    ReviewDayPast,
    TooManyFreezes,
    UnknownParticipant,
    UnknownPayable,
)
from ledger.model.parts import Part
from ledger.model.states import Role
from tests.cast import Cast, Member, named
from tests.contracts.situations import (
    FACE,
    MATURITY,
    NOTHING,
    live,
    offer_part,
    offered,
    passed,
    pledge,
    pledge_terms,
    redeem,
    redemption_terms,
    sale_terms,
    sell,
)

CASE = named("case")
DAY = 24 * 3600


def freeze(member: Member, payable: int = 1, start: int = 0, end: int = FACE, **changes):
    values = {"case_commitment": CASE, "review_day": MATURITY, **changes}
    return member.act(FreezeRange, payable_id=payable, start=start, end=end, **values)


def unfreeze(member: Member, payable: int = 1, number: int = 0, case: bytes = CASE):
    return member.act(UnfreezeRange, payable_id=payable, freeze=number, case_commitment=case)


def freeze_member(member: Member, subject: int, **changes):
    values = {"case_commitment": CASE, "review_day": MATURITY, **changes}
    return member.act(FreezeParticipant, subject=subject, **values)


class TestFreezeRange:
    @pytest.mark.parametrize("name", ["operator", "delta", "birch", "settlement_bank"])
    def test_by_no_regulator_is_refused(self, cast, name: str, refused) -> None:
        live(cast)
        member = getattr(cast, name)
        with refused(MissingRole, participant=member.id, role=Role.REGULATOR):
            freeze(member)
        with refused(MissingRole, participant=member.id, role=Role.REGULATOR):
            unfreeze(member)

    def test_without_a_case_is_refused(self, cast, regulator, refused) -> None:
        live(cast)
        with refused(CaseMissing):
            freeze(regulator, case_commitment=NOTHING)

    def test_with_a_review_day_past_is_refused(self, cast, regulator, refused) -> None:
        live(cast)
        today = cast.ledger.today
        with refused(ReviewDayPast, review_day=today - 1, today=today):
            freeze(regulator, review_day=today - 1)
        freeze(regulator, review_day=today)

    def test_of_an_unknown_payable_is_refused(self, regulator, refused) -> None:
        with refused(UnknownPayable, payable_id=7):
            freeze(regulator, payable=7)

    @pytest.mark.parametrize(("start", "end"), [(0, 0), (5, 5), (6, 5), (0, FACE + 1)])
    def test_of_no_range_is_refused(self, cast, regulator, start, end, refused) -> None:
        live(cast)
        with refused(BadRange, start=start, end=end):
            freeze(regulator, start=start, end=end)

    def test_a_seventeenth_time_is_refused(self, cast, regulator, refused) -> None:
        live(cast)
        for number in range(16):
            freeze(regulator, start=number, end=number + 1)
        with refused(TooManyFreezes, payable_id=1, most=16):
            freeze(regulator)
        unfreeze(regulator, number=3)
        with refused(TooManyFreezes):
            freeze(regulator)
        cast.advance(62)
        outcome = freeze(regulator)
        assert outcome.value("RangeFrozenBy", "freeze") == 3
        assert cast.ledger.payable(1)["freezes"] == 16
        with refused(TooManyFreezes):
            freeze(regulator)

    def test_takes_a_lifted_number_again_once_no_older_offer_can_be_open(
        self, cast, regulator
    ) -> None:
        live(cast)
        freeze(regulator)
        last = cast.ledger.now + 61 * DAY
        unfreeze(regulator)
        cast.node.advance_to(last - 1)
        outcome = freeze(regulator)
        assert (cast.ledger.now, outcome.value("RangeFrozenBy", "freeze")) == (last, 1)
        assert freeze(regulator).value("RangeFrozenBy", "freeze") == 0

    def test_leaves_its_neighbours_free(self, cast, birch, cedar, regulator, refused) -> None:
        root = live(cast)
        low, middle = (passed(cast, root, 1_000, cedar) for _ in range(2))
        freeze(regulator, start=1_000, end=2_000)
        offer_part(cast, low, 5, birch)
        offer_part(cast, root, 5, cedar)
        with refused(RangeFrozen, voucher=middle):
            offer_part(cast, middle, 5, birch)

    def test_stops_every_way_to_move_what_it_overlaps(self, cast, birch, regulator, refused):
        root = live(cast)
        free = passed(cast, root, 1_000, cast.cedar)
        freeze(regulator, start=FACE - 1)
        with refused(RangeFrozen, voucher=root):
            offer_part(cast, root, 5, cast.cedar)
        with refused(RangeFrozen, voucher=root):
            sell(birch, cast.delta, sale_terms(cast, root, 5))
        with refused(RangeFrozen, voucher=root):
            pledge(birch, cast.delta, pledge_terms(cast, root, 5))
        with refused(RangeFrozen, voucher=root):
            redeem(cast, birch, redemption_terms(cast, root, 5))
        offer_part(cast, free, 5, birch)
        unfreeze(regulator)
        offer_part(cast, root, 5, cast.cedar)

    def test_moves_nothing(self, cast, regulator) -> None:
        root = live(cast)
        before = cast.ledger.voucher(root)
        outcome = freeze(regulator)
        names = [event.name for event in outcome.events]
        assert names == ["CommandExecuted", "FreezesChanged", "RangeFrozenBy"]
        assert cast.ledger.voucher(root) == before


class TestUnfreezeRange:
    def test_of_nothing_is_refused(self, cast, regulator, refused) -> None:
        live(cast)
        with refused(NotFrozen):
            unfreeze(regulator)
        freeze(regulator)
        unfreeze(regulator)
        with refused(NotFrozen):
            unfreeze(regulator)

    def test_under_another_case_is_refused(self, cast, regulator, refused) -> None:
        live(cast)
        freeze(regulator)
        with refused(CaseMissing):
            unfreeze(regulator, case=named("another"))

    def test_leaves_another_freeze_in_force(self, cast, regulator, refused) -> None:
        root = live(cast)
        freeze(regulator)
        freeze(regulator, case_commitment=named("second"))
        unfreeze(regulator)
        with refused(RangeFrozen, voucher=root):
            offer_part(cast, root, 5, cast.cedar)

    def test_leaves_later_offers_alone(self, cast, cedar, regulator) -> None:
        root = live(cast)
        freeze(regulator)
        unfreeze(regulator)
        part = passed(cast, root, 5, cedar)
        assert cast.ledger.voucher(part)["holder"] == cedar.id

    def test_in_the_second_of_an_offer_does_not_bring_it_back(self, cast, birch, regulator):
        root = live(cast)
        parts = (Part(cast.cedar.id, root, 5, NOTHING),)
        values = {"payable_id": 1, "case_commitment": CASE}
        items = [
            birch.item(TransferVoucher, parts=parts),
            regulator.item(FreezeRange, start=0, end=FACE, review_day=MATURITY, **values),
            regulator.item(UnfreezeRange, freeze=0, **values),
        ]
        offer, *_ = [one.unwrap() for one in cast.ledger.relay(items)]
        assert tuple(cast.ledger.ask("Vouchers", "offerOf", offer.offered[0])) == (0, 0)


class TestFreezeParticipant:
    def test_by_no_regulator_is_refused(self, birch, operator, refused) -> None:
        with refused(MissingRole, participant=operator.id, role=Role.REGULATOR):
            freeze_member(operator, birch.id)

    def test_of_nobody_without_case_or_review_is_refused(self, cast, regulator, refused) -> None:
        with refused(UnknownParticipant, participant=99):
            freeze_member(regulator, 99)
        with refused(CaseMissing):
            freeze_member(regulator, 2, case_commitment=NOTHING)
        with refused(ReviewDayPast):
            freeze_member(regulator, 2, review_day=cast.ledger.today - 1)

    def test_stops_the_participant_and_no_other(self, cast, birch, cedar, regulator, refused):
        root = live(cast)
        part = passed(cast, root, 1_000, cedar)
        freeze_member(regulator, birch.id)
        with refused(ParticipantFrozen, participant=birch.id):
            offer_part(cast, root, 5, cedar)
        values = {"bank": cast.settlement_bank.id, "amount": 1, "purpose": NOTHING}
        with refused(ParticipantFrozen, participant=birch.id):
            birch.act(MoveDeposit, to=cedar.id, **values)
        cedar.act(MoveDeposit, to=birch.id, **values)
        offered_part = offer_part(cast, part, 5, birch)
        with refused(ParticipantFrozen, participant=birch.id):
            birch.act(AcceptVoucher, voucher=offered_part, start=0, end=5)

    def test_is_lifted_under_its_case_only(self, cast, birch, regulator, refused) -> None:
        with refused(NotFrozen):
            regulator.act(UnfreezeParticipant, subject=birch.id, case_commitment=CASE)
        freeze_member(regulator, birch.id)
        with refused(NotFrozen):
            regulator.act(UnfreezeParticipant, subject=birch.id, case_commitment=named("x"))
        with refused(CaseOpen, case_commitment=CASE):
            freeze_member(regulator, birch.id)
        regulator.act(UnfreezeParticipant, subject=birch.id, case_commitment=CASE)
        offer_part(cast, live(cast), 5, cast.cedar)

    def test_is_lifted_once_and_may_begin_again(self, birch, regulator, refused) -> None:
        freeze_member(regulator, birch.id)
        freeze_member(regulator, birch.id, case_commitment=named("second"))
        values = {"subject": birch.id, "case_commitment": CASE}
        outcome = regulator.act(UnfreezeParticipant, **values)
        told = {**values, "regulator": regulator.id, "frozen": False, "review_day": 0}
        assert (outcome.events[-1].name, outcome.events[-1].values) == (
            "ParticipantFreezeSet",
            told,
        )
        with refused(NotFrozen):
            regulator.act(UnfreezeParticipant, **values)
        freeze_member(regulator, birch.id)

    @pytest.mark.parametrize("order", [("case", "second"), ("second", "case")])
    def test_under_two_cases_is_lifted_with_both(self, cast, birch, regulator, order, refused):
        root = live(cast)
        freeze_member(regulator, birch.id)
        freeze_member(regulator, birch.id, case_commitment=named("second"))
        values = {"subject": birch.id}
        regulator.act(UnfreezeParticipant, case_commitment=named(order[0]), **values)
        with refused(ParticipantFrozen, participant=birch.id):
            offer_part(cast, root, 5, cast.cedar)
        regulator.act(UnfreezeParticipant, case_commitment=named(order[1]), **values)
        offer_part(cast, root, 5, cast.cedar)


def test_a_freeze_of_an_offered_payable_leaves_no_open_offer(cast: Cast, regulator) -> None:
    payable = offered(cast)
    freeze(regulator, payable=payable, start=0, end=1)
    offer = cast.ledger.ask("Vouchers", "offerOf", payable << 32 | 1)
    assert tuple(offer) == (0, 0)
