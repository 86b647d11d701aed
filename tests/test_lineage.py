"""Lineage: where every range comes from, what lies on it, and what payments brought it."""

from collections.abc import Iterator
from itertools import pairwise

import pytest

from ledger.model.ids import root_voucher
from ledger.model.states import VoucherState
from ledger.views import Lineage, Projection, lineage_of
from ledger.views.lineage import pieces_of
from tests.cast import Cast, running_node
from tests.views_scenario import (
    FACE,
    YUAN,
    Acts,
    circulate,
    cure,
    finance,
    govern,
    mature,
    projected,
)

ROOT = root_voucher(1)


@pytest.fixture(scope="module")
def cast() -> Iterator[Cast]:  # type: ignore[override]
    """A ledger of this module's own, at the end of the whole scenario."""
    with running_node() as node:
        told = Cast(node)
        acts = Acts(told)
        for act in (circulate, finance, govern, mature, cure):
            act(acts)
        yield told


@pytest.fixture(scope="module")
def views(cast: Cast) -> Projection:
    return projected(cast)


@pytest.fixture(scope="module")
def whole(views: Projection) -> Lineage:
    return lineage_of(views, payable=1)


def test_pieces_cover_the_payable_without_overlap(views: Projection) -> None:
    position = 0
    for piece in pieces_of(views, 1):
        assert piece.voucher.start == position
        position = piece.voucher.end
    assert position == FACE


def test_branches_part_every_range_whole_and_in_order(whole: Lineage) -> None:
    for branch in whole.root.walk():
        if branch.branches:
            assert branch.branches[0].start == branch.start
            assert branch.branches[-1].end == branch.end
            ends = [one.end for one in branch.branches[:-1]]
            assert ends == [one.start for one in branch.branches[1:]]
        else:
            assert branch.pieces


def test_lineage_begins_with_the_issue_to_the_first_holder(cast: Cast, whole: Lineage) -> None:
    first = whole.root.hops[0]
    assert (first.kind, first.start, first.end) == ("issue", 0, FACE)
    assert (first.giver, first.taker) == (cast.acme.id, cast.birch.id)
    assert first.evidence == whole.payable.evidence


def test_every_hop_is_in_the_branches_of_its_range(views: Projection, whole: Lineage) -> None:
    found: dict[int, list[tuple[int, int]]] = {}
    for branch in whole.root.walk():
        for hop in branch.hops:
            found.setdefault(id(hop), []).append((branch.start, branch.end))
    for hop in views.state.hops[1]:
        parts = sorted(found[id(hop)])
        assert parts[0][0] <= hop.start
        assert parts[-1][1] >= hop.end
        covered = sum(min(end, hop.end) - max(start, hop.start) for start, end in parts)
        assert covered == hop.end - hop.start


def test_hops_of_a_sold_range_name_each_holder_in_turn(cast: Cast, views: Projection) -> None:
    sold = next(one for one in views.state.sales if one.buyer == cast.echo.id)
    hops = lineage_of(views, voucher=sold.voucher).root.hops
    assert [hop.kind for hop in hops][:4] == ["issue", "transfer", "sale", "sale"]
    for hop, following in pairwise(hops):
        assert hop.taker == following.giver
    assert hops[3].price == sold.price
    assert hops[3].is_with_recourse


def test_digests_of_hops_are_of_executed_commands(views: Projection) -> None:
    executed = {one.digest for one in views.state.executed}
    signed = [hop.digest for hop in views.state.hops[1] if hop.kind != "release"]
    assert signed
    assert set(signed) <= executed


def test_joined_vouchers_stand_for_both_their_ranges(views: Projection) -> None:
    joined = next(row for row in views.state.vouchers.values() if len(row.parents) == 2)
    low, high = (views.state.vouchers[one] for one in joined.parents)
    assert {low.state, high.state} == {VoucherState.CLOSED}
    ids = {piece.voucher.id for piece in pieces_of(views, 1)}
    assert not ids & {low.id, high.id}
    kinds = [hop.kind for hop in views.state.hops[1] if hop.voucher == joined.id]
    assert kinds[0] == "join"


def test_redeemed_range_is_told_from_a_paid_one(views: Projection) -> None:
    redeemed = [piece for piece in pieces_of(views, 1) if piece.is_redeemed]
    assert [piece.voucher.amount for piece in redeemed] == [5_000 * YUAN]
    assert not any(piece.settlements for piece in redeemed)


def test_shares_of_all_ranges_add_up_to_all_payments(whole: Lineage) -> None:
    paid = sum(payment.amount for payment in whole.payments)
    shared = sum(piece.to_holders + piece.to_lenders for piece in whole.pieces)
    assert shared == paid
    assert any(piece.to_lenders for piece in whole.pieces)
    assert any(payment.interest for payment in whole.payments)


def test_lineage_shows_the_loans_on_its_ranges(whole: Lineage) -> None:
    loans = {piece.loan.id for piece in whole.pieces if piece.loan}
    assert loans == {1, 2}
    released = [hop for one in whole.root.walk() for hop in one.hops if hop.kind == "release"]
    assert {hop.loan for hop in released} == {1, 2}


def test_lineage_of_a_voucher_is_that_of_its_range(views: Projection) -> None:
    row = views.state.vouchers[ROOT + 1]
    lineage = lineage_of(views, voucher=row.id)
    assert (lineage.start, lineage.end) == (row.start, row.end)
    assert {piece.voucher.id for piece in lineage.pieces} == {row.id}


def test_lineage_of_an_unknown_voucher_is_no_lineage(views: Projection) -> None:
    with pytest.raises(KeyError):
        lineage_of(views, voucher=root_voucher(99))


def test_cancelled_payable_has_one_closed_piece_and_no_hops(views: Projection) -> None:
    lineage = lineage_of(views, payable=2)
    assert [piece.voucher.state for piece in lineage.pieces] == [VoucherState.CLOSED]
    assert not lineage.root.hops
