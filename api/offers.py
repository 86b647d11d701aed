"""Offers of vouchers: made, answered, or ended by themselves."""

from typing import Any, Literal

from pydantic import Field

from api import shapes
from api.finding import OnVoucher, as_asked, on_voucher
from api.lists import Listing, Reading, Rows, add_lists
from api.meanings import picked, shown
from api.router import router
from api.shapes import Shape
from ledger.model.ids import payable_of
from ledger.store.lists import EVERYTHING, AllOf, AnyOf, Condition, Is, rows_of
from ledger.store.slices import sliced
from ledger.views.circulation import has_offer_ended
from ledger.views.claim_rows import Offer as Row
from ledger.views.claim_rows import OfferState
from ledger.views.projection import Projection

__all__ = ["ROUTER"]

ROUTER = router("offers")

OfferStateName = Literal["open", "accepted", "declined", "withdrawn", "lapsed"]


class Offer(Shape):
    """A voucher offered to somebody. It is never taken for accepted: unanswered, it lapses."""

    voucher: shapes.VoucherName
    payable: shapes.PayableName
    start: shapes.Position
    end: shapes.Position
    amount: shapes.AmountOut
    giver: shapes.ParticipantNumber
    taker: shapes.ParticipantNumber
    state: OfferStateName
    offered_at: shapes.Moment
    ended_at: shapes.Moment | None = Field(description="Of the answer; a lapse has none.")
    reason: shapes.Hash | None
    evidence: shapes.Hash
    digest: shapes.Hash | None


class OfferFilters(OnVoucher):
    """Which offers."""

    state: OfferStateName | None = None
    giver: shapes.ParticipantNumber | None = None
    taker: shapes.ParticipantNumber | None = None


def _where(opened: Reading, asked: OfferFilters) -> Condition:
    found = [opened.sight.offers, *as_asked(asked, "giver", "taker")]
    if asked.is_of_some:
        found.append(_answered_or_standing(opened))
    if asked.state in ("open", "lapsed"):
        # One that ended by itself is still written as open.
        found.append(Is("state", (OfferState.OPEN, OfferState.LAPSED)))
    elif asked.state:
        found.append(Is("state", (OfferState(asked.state),)))
    return AllOf((*found, *on_voucher(opened, asked)))


def _answered_or_standing(opened: Reading) -> Condition:
    """Offers whose payable their reader knows: to whom one was made that ended, it is none."""
    if opened.sight.sees_all:
        return EVERYTHING
    known = Is("state", (OfferState.OPEN, OfferState.ACCEPTED))
    return AnyOf((Is("giver", (opened.sight.own,)), known))


def _seen(opened: Reading, rows: Rows, asked: OfferFilters) -> Rows:
    """The same, of those that may have ended by themselves."""
    sight = opened.sight
    if sight.sees_all or not asked.is_of_some:
        return rows
    made = _standing(opened, rows)
    return [
        (key, row)
        for key, row in rows
        if row.giver == sight.own or not _has_ended(opened, made, row)
    ]


def _shown(opened: Reading, rows: Rows, asked: OfferFilters) -> list[dict[str, Any]]:
    made = _standing(opened, rows)
    found = [_offer(opened, made, row) for _, row in rows]
    return [one for one in found if asked.state in (None, one["state"])]


def _standing(opened: Reading, rows: Rows) -> Projection:
    """What the offers among these that are written as open lie on."""
    ids = tuple({row.voucher for _, row in rows if row.state is OfferState.OPEN})
    vouchers = rows_of(opened.connection, "vouchers", Is("id", ids))
    return sliced(opened.connection, vouchers, opened.at.second)


def _has_ended(opened: Reading, made: Projection, row: Row) -> bool:
    """Whether it is written as open and has ended by itself."""
    return row.state is OfferState.OPEN and has_offer_ended(
        made.state, made.state.vouchers[row.voucher], opened.at.second
    )


def _offer(opened: Reading, made: Projection, row: Row) -> dict[str, Any]:
    has_ended = _has_ended(opened, made, row)
    return {
        "payable": shown("payable", payable_of(row.voucher)),
        "amount": shown("amount", row.end - row.start),
        "state": (OfferState.LAPSED if has_ended else row.state).value,
        "reason": shown("reason", row.reason) if any(row.reason) else None,
        "digest": shown("digest", row.digest) if row.digest else None,
        **picked(row, "voucher", "start", "end", "giver", "taker", "offered_at", "ended_at"),
        **picked(row, "evidence"),
    }


OFFERS = Listing(
    name="offers",
    operation="Offers",
    view="offers",
    row=Offer,
    filters=OfferFilters,
    where=_where,
    shown=_shown,
    seen=_seen,
)

add_lists(ROUTER, OFFERS)
