"""Acceptance: exactly the offered range, by exactly the offeree, in time."""

import pytest

from ledger.model.commands import (
    AcceptVoucher,
    DeclineVoucher,
    FreezeParticipant,
    FreezeRange,
    IssuePayable,
    TransferVoucher,
    UnfreezeParticipant,
    UnfreezeRange,
    WithdrawOffer,
)
from ledger.model.days import first_second
from ledger.model.errors import RangeChanged, UnknownVoucher, VoucherNotOffered
from ledger.model.ids import root_voucher
from ledger.model.parts import Part
from ledger.model.states import PayableState, VoucherState
from tests.cast import Cast, Member, named
from tests.contracts.situations import (
    FACE,
    MATURITY,
    NOTHING,
    issue_terms,
    live,
    offer_part,
    offered,
    pledge,
    pledge_terms,
    sale_terms,
    sell,
    serial,
    set_rules,
)
from tests.contracts.test_rules import set_holidays

CASE = named("case")
OFFER_DAYS = 10


def accept(member: Member, voucher: int, start: int = 0, end: int = FACE):
    return member.act(AcceptVoucher, voucher=voucher, start=start, end=end)


class TestAccept:
    @pytest.mark.parametrize("voucher", [0, serial(1, 0), serial(1, 2), serial(7, 1), 2**64 - 1])
    def test_of_an_unknown_voucher_is_refused(self, cast, birch, voucher, refused) -> None:
        offered(cast)
        with refused(VoucherNotOffered, voucher=voucher, participant=birch.id):
            accept(birch, voucher)

    def test_by_another_than_the_offeree_is_refused(self, cast: Cast, refused) -> None:
        root = root_voucher(offered(cast))
        for member in (cast.acme, cast.cedar, cast.operator, cast.delta):
            with refused(VoucherNotOffered, voucher=root, participant=member.id):
                accept(member, root)

    def test_of_a_held_voucher_is_refused(self, cast: Cast, birch, refused) -> None:
        root = live(cast)
        with refused(VoucherNotOffered, voucher=root, participant=birch.id):
            accept(birch, root)

    def test_of_a_pledged_voucher_by_its_lender_is_refused(
        self, cast: Cast, birch, delta, refused
    ) -> None:
        root = live(cast)
        pledge(birch, delta, pledge_terms(cast, root, FACE))
        with refused(VoucherNotOffered, voucher=root, participant=delta.id):
            accept(delta, root)
        assert cast.ledger.ask("Vouchers", "offerOf", root) == (0, 0)

    @pytest.mark.parametrize(("start", "end"), [(1, FACE), (0, FACE - 1), (0, FACE + 1), (0, 0)])
    def test_of_another_range_is_refused(self, cast, birch, start, end, refused) -> None:
        root = root_voucher(offered(cast))
        with refused(RangeChanged, voucher=root, start=0, end=FACE):
            accept(birch, root, start, end)

    def test_past_the_days_of_the_offer_is_refused(self, cast: Cast, birch, refused) -> None:
        root = root_voucher(offered(cast))
        last = first_second(cast.ledger.today + OFFER_DAYS)
        cast.node.advance_to(last - 1)
        with refused(VoucherNotOffered, voucher=root, participant=birch.id):
            accept(birch, root)

    def test_in_the_last_second_of_the_offer_is_in_time(self, cast: Cast, birch) -> None:
        root = root_voucher(offered(cast))
        last = first_second(cast.ledger.today + OFFER_DAYS)
        cast.node.advance_to(last - 2)
        accept(birch, root)
        assert cast.ledger.now == last - 1

    def test_on_the_day_of_maturity_is_refused(self, cast: Cast, birch, refused) -> None:
        root = root_voucher(offered(cast, maturity=cast.ledger.today + 3))
        cast.advance(3)
        with refused(VoucherNotOffered, voucher=root, participant=birch.id):
            accept(birch, root)

    def test_of_a_root_makes_the_payable_live(self, cast: Cast, acme, birch) -> None:
        root = root_voucher(offered(cast))
        outcome = accept(birch, root)
        assert [event.name for event in outcome.events] == [
            "CommandExecuted",
            "UnpaidChanged",
            "PayableAccepted",
            "VoucherAccepted",
            "Transfer",
        ]
        record = cast.ledger.payable(1)
        assert (record["state"], record["live"], record["pieces"]) == (PayableState.LIVE, FACE, 1)
        voucher = cast.ledger.voucher(root)
        assert (voucher["holder"], voucher["state"]) == (birch.id, VoucherState.HELD)
        assert voucher["depth"] == 1
        assert cast.ledger.ask("Exposure", "exposureOf", acme.id)[2] == MATURITY

    def test_of_a_part_makes_its_offeree_the_holder(self, cast: Cast, birch, cedar) -> None:
        root = live(cast)
        part = offer_part(cast, root, 100, cedar)
        accept(cedar, part, 0, 100)
        record = cast.ledger.voucher(part)
        assert (record["holder"], record["counterparty"], record["depth"]) == (cedar.id, 0, 2)
        assert cast.ledger.voucher(root)["holder"] == birch.id

    def test_ends_the_recourse_of_the_offeror(self, cast: Cast, birch, cedar, delta) -> None:
        root = live(cast)
        sell(birch, delta, sale_terms(cast, root, FACE, recourse=True))
        assert cast.ledger.ask("Vouchers", "recourseOf", root) == 1
        part = offer_part(cast, root, 100, cedar)
        assert cast.ledger.ask("Vouchers", "recourseOf", part) == 1
        accept(cedar, part, 0, 100)
        assert cast.ledger.ask("Vouchers", "recourseOf", part) == 0
        assert cast.ledger.ask("Vouchers", "recourseOf", root) == 1


class TestAnOfferThatEnded:
    def test_of_a_part_counts_as_held_by_itself(self, cast: Cast, cedar, refused) -> None:
        part = offer_part(cast, live(cast), 100, cedar)
        cast.advance(OFFER_DAYS)
        record = cast.ledger.voucher(part)
        assert (record["state"], record["counterparty"]) == (VoucherState.HELD, 0)
        with refused(VoucherNotOffered):
            accept(cedar, part, 0, 100)
        offer_part(cast, part, 50, cedar)

    @pytest.mark.parametrize("lifted", [False, True])
    @pytest.mark.parametrize("whose", ["root", "part"])
    def test_by_a_freeze_of_its_range_stays_ended(
        self, cast: Cast, birch, cedar, regulator, whose: str, lifted: bool, refused
    ) -> None:
        voucher = root_voucher(offered(cast)) if whose == "root" else None
        voucher = voucher or offer_part(cast, live(cast), FACE, cedar)
        offeree = birch if whose == "root" else cedar
        values = {"case_commitment": CASE, "review_day": MATURITY}
        regulator.act(FreezeRange, payable_id=1, start=FACE - 1, end=FACE, **values)
        if lifted:
            regulator.act(UnfreezeRange, payable_id=1, freeze=0, case_commitment=CASE)
        with refused(VoucherNotOffered, voucher=voucher, participant=offeree.id):
            accept(offeree, voucher)

    @pytest.mark.parametrize("side", ["holder", "offeree"])
    def test_by_a_freeze_of_a_side_stays_ended(
        self, cast: Cast, birch, cedar, regulator, side: str, refused
    ) -> None:
        part = offer_part(cast, live(cast), FACE, cedar)
        subject = (birch if side == "holder" else cedar).id
        values = {"subject": subject, "case_commitment": CASE}
        regulator.act(FreezeParticipant, review_day=MATURITY, **values)
        regulator.act(UnfreezeParticipant, **values)
        with refused(VoucherNotOffered, voucher=part, participant=cedar.id):
            accept(cedar, part)
        offer_part(cast, part, FACE, cedar)
        accept(cedar, part)

    @pytest.mark.parametrize("side", ["holder", "offeree"])
    def test_by_a_freeze_of_a_side_in_the_same_second_stays_ended(
        self, cast: Cast, birch, cedar, regulator, side: str, refused
    ) -> None:
        root = live(cast)
        parts = (Part(cedar.id, root, FACE, named("invoice of the part")),)
        values = {"subject": (birch if side == "holder" else cedar).id, "case_commitment": CASE}
        freeze = regulator.item(FreezeParticipant, review_day=MATURITY, **values)
        for outcome in cast.ledger.relay([birch.item(TransferVoucher, parts=parts), freeze]):
            outcome.unwrap()
        assert cast.ledger.voucher(root)["offered_at"] == cast.ledger.now
        regulator.act(UnfreezeParticipant, **values)
        with refused(VoucherNotOffered, voucher=root, participant=cedar.id):
            accept(cedar, root)

    def test_by_a_freeze_beside_its_range_goes_on(self, cast: Cast, cedar, regulator) -> None:
        part = offer_part(cast, live(cast), 100, cedar)
        values = {"case_commitment": CASE, "review_day": MATURITY}
        regulator.act(FreezeRange, payable_id=1, start=100, end=FACE, **values)
        accept(cedar, part, 0, 100)

    def test_by_a_freeze_is_made_again_once_it_is_lifted(
        self, cast: Cast, birch, cedar, regulator, refused
    ) -> None:
        """What was frozen and is free again circulates; the lifted freeze is still on record."""
        part = offer_part(cast, live(cast), FACE, cedar)
        values = {"payable_id": 1, "case_commitment": CASE}
        freeze = {"start": 0, "end": FACE, "review_day": MATURITY, **values}
        regulator.act(FreezeRange, **freeze)
        regulator.act(UnfreezeRange, freeze=0, **values)
        assert offer_part(cast, part, FACE, cedar) == part
        assert cast.ledger.voucher(part)["state"] == VoucherState.OFFERED
        accept(cedar, part)
        assert cast.ledger.voucher(part)["holder"] == cedar.id
        offer_part(cast, part, FACE, birch)
        regulator.act(FreezeRange, **freeze)
        with refused(VoucherNotOffered, voucher=part, participant=birch.id):
            accept(birch, part)

    def test_under_longer_offer_days_of_later_rules_is_not_longer(
        self, cast: Cast, birch, refused
    ) -> None:
        root = root_voucher(offered(cast))
        set_rules(cast, offer_days=30)
        later = root_voucher(offered(cast))
        cast.advance(OFFER_DAYS)
        with refused(VoucherNotOffered, voucher=root):
            accept(birch, root)
        accept(birch, later)


class TestDecline:
    def test_by_another_than_the_offeree_is_refused(self, cast: Cast, refused) -> None:
        root = root_voucher(offered(cast))
        for member in (cast.acme, cast.cedar, cast.operator):
            with refused(VoucherNotOffered, voucher=root, participant=member.id):
                member.act(DeclineVoucher, (), voucher=root, reason=NOTHING)

    def test_of_an_unknown_voucher_is_refused(self, birch: Member, refused) -> None:
        for voucher in (0, serial(9, 1), 2**64 - 1):
            with refused(VoucherNotOffered, voucher=voucher):
                birch.act(DeclineVoucher, (), voucher=voucher, reason=NOTHING)

    def test_of_a_part_gives_it_back(self, cast: Cast, birch, cedar) -> None:
        part = offer_part(cast, live(cast), 100, cedar)
        outcome = cedar.act(DeclineVoucher, (), voucher=part, reason=named("not ours"))
        assert [event.name for event in outcome.events] == ["CommandExecuted", "OfferEnded"]
        record = cast.ledger.voucher(part)
        assert (record["holder"], record["state"]) == (birch.id, VoucherState.HELD)

    def test_of_a_root_cancels_the_payable_for_good(self, cast: Cast, acme, birch, refused) -> None:
        root = root_voucher(offered(cast))
        birch.act(DeclineVoucher, (), voucher=root, reason=named("not ours"))
        assert cast.ledger.payable(1)["state"] == PayableState.CANCELLED
        assert cast.ledger.voucher(root)["state"] == VoucherState.CLOSED
        with refused(VoucherNotOffered):
            accept(birch, root)
        with refused(VoucherNotOffered):
            acme.act(WithdrawOffer, (), voucher=root)


class TestWithdraw:
    def test_by_another_than_the_offeror_is_refused(self, cast: Cast, cedar, refused) -> None:
        part = offer_part(cast, live(cast), 100, cedar)
        for member in (cedar, cast.acme, cast.operator):
            with refused(VoucherNotOffered, voucher=part, participant=member.id):
                member.act(WithdrawOffer, (), voucher=part)

    def test_of_a_part_leaves_it_with_the_holder(self, cast: Cast, birch, cedar, refused) -> None:
        part = offer_part(cast, live(cast), 100, cedar)
        birch.act(WithdrawOffer, (), voucher=part)
        with refused(VoucherNotOffered):
            accept(cedar, part, 0, 100)
        with refused(VoucherNotOffered):
            birch.act(WithdrawOffer, (), voucher=part)

    def test_of_a_root_cancels_the_payable(self, cast: Cast, acme) -> None:
        acme.act(WithdrawOffer, (), voucher=root_voucher(offered(cast)))
        assert cast.ledger.payable(1)["state"] == PayableState.CANCELLED


def test_an_offer_of_a_payable_tells_its_maturity_and_the_day_it_is_due(cast: Cast, acme) -> None:
    set_holidays(cast, MATURITY, MATURITY + 1)
    told = acme.act(IssuePayable, **issue_terms(cast))
    assert told.value("PayableIssued", "maturity") == MATURITY
    assert told.value("PayableIssued", "due") == MATURITY + 2


def test_the_root_of_a_cancelled_payable_is_no_voucher(cast: Cast, acme, refused) -> None:
    acme.act(WithdrawOffer, (), voucher=root_voucher(offered(cast)))
    with refused(UnknownVoucher, voucher=serial(1, 2)):
        cast.ledger.voucher(serial(1, 2))
