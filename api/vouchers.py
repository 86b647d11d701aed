"""Vouchers: ranges of payables, with what lies on them and how they came."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from fastapi import Path, Request
from pydantic import Field

from api import shapes
from api.asking import Reader
from api.commands import add_verbs
from api.finding import OnPayable, as_asked, named, on_voucher
from api.lists import Listing, Reading, Rows, add_lists, as_of, reading
from api.loans import Loan, loan_json
from api.meanings import picked, shown
from api.router import router
from api.shapes import AsOf, Shape
from ledger.model.errors import ResourceUnknown
from ledger.model.ids import parse_voucher
from ledger.model.states import VoucherState
from ledger.store.lists import AllOf, Condition, Is, find
from ledger.store.slices import sliced, whole
from ledger.views.claim_rows import Hop as HopRow
from ledger.views.claim_rows import Voucher as Row
from ledger.views.projection import Projection

__all__ = ["ROUTER", "LineageShape", "lineage_shape"]

ROUTER = router("vouchers")

VoucherStateName = Literal["offered", "held", "pledged", "closed"]
VoucherPath = Annotated[str, Path(pattern=shapes.VOUCHER, max_length=24, examples=["V-1.1"])]


class Voucher(Shape):
    """A voucher as it stands at the block: an offer that has ended counts as ended."""

    id: shapes.VoucherName
    payable: shapes.PayableName
    obligor: shapes.ParticipantNumber
    start: shapes.Position
    end: shapes.Position
    amount: shapes.AmountOut
    holder: shapes.ParticipantNumber
    counterparty: shapes.ParticipantNumber | None = Field(
        description="To whom it is offered or pledged."
    )
    state: VoucherStateName
    is_frozen: bool
    is_with_recourse: bool
    is_cost_shared: bool
    depth: int = Field(ge=0, description="Hops from the obligor.")
    maturity: shapes.BusinessDate
    due: shapes.BusinessDate
    is_overdue: bool
    offered_at: shapes.Moment | None


class OneVoucher(Voucher):
    """A voucher at a block, with what lies on it."""

    principal_left: shapes.AmountOut
    payments_received: int = Field(ge=0, description="Payments already distributed to it.")
    payments_made: int = Field(ge=0, description="Payments on its payable.")
    loan: Loan | None = Field(description="The loan that it secures or last secured.")
    as_of: AsOf


class Hop(Shape):
    """One step by which units of the range changed their holder or lien."""

    kind: Literal[
        "issue", "transfer", "sale", "pledge", "release", "redemption", "recourse", "join"
    ]
    voucher: shapes.VoucherName
    start: shapes.Position
    end: shapes.Position
    giver: shapes.ParticipantNumber
    taker: shapes.ParticipantNumber
    at: shapes.Moment
    evidence: shapes.Hash | None
    digest: shapes.Hash | None
    price: shapes.AmountOut | None = Field(description="Of the whole hop, where all is yours.")
    rate: shapes.RateText
    is_with_recourse: bool


class LineageShape(Shape):
    """The hops of a voucher's units, the oldest first."""

    voucher: shapes.VoucherName
    start: shapes.Position
    end: shapes.Position
    is_whole: bool = Field(description="False where only your own legs are told.")
    hops: list[Hop]
    as_of: AsOf


class VoucherFilters(OnPayable):
    """Which vouchers."""

    state: VoucherStateName | None = None
    holder: shapes.ParticipantNumber | None = None
    counterparty: shapes.ParticipantNumber | None = None


def _where(opened: Reading, asked: VoucherFilters) -> Condition:
    found = [opened.sight.vouchers, *as_asked(asked, "holder", "counterparty")]
    if asked.state in ("pledged", "closed"):
        found.append(Is("state", (VoucherState[asked.state.upper()],)))
    elif asked.state:
        # An offer that ended by itself is still written as offered.
        found.append(Is("state", (VoucherState.OFFERED, VoucherState.HELD)))
    return AllOf((*found, *on_voucher(opened, asked, "id")))


def voucher_json(opened: Reading, made: Projection, row: Row) -> dict[str, Any]:
    """A voucher as it stands."""
    payable = made.state.payables[row.payable]
    return {
        "id": shown("voucher", row.id),
        "payable": shown("payable", row.payable),
        "obligor": payable.obligor,
        "holder": row.holder,
        "counterparty": row.counterparty or None,
        "state": row.state.name.lower(),
        "is_frozen": made.is_frozen(row.id),
        "is_with_recourse": bool(row.recourse),
        "is_cost_shared": row.is_cost_shared,
        "depth": row.depth,
        "is_overdue": payable.is_overdue(opened.day) and row.state is not VoucherState.CLOSED,
        **picked(row, "start", "end", "amount", "offered_at"),
        **picked(payable, "maturity", "due"),
    }


def _is_seen(opened: Reading, row: Row) -> bool:
    """Whether it is still this reader's: an offer that has ended is not."""
    return opened.sight.sees_all or opened.sight.own in (row.holder, row.counterparty)


def _seen(opened: Reading, rows: Rows, _: VoucherFilters) -> Rows:
    offered = [row for _, row in rows if row.state is VoucherState.OFFERED]
    if not offered:
        return rows  # nothing else ends by itself
    made = sliced(opened.connection, offered, opened.at.second)
    gone = {row.id for row in offered if not _is_seen(opened, made.voucher(row.id))}
    return [(key, row) for key, row in rows if row.id not in gone]


def _shown(opened: Reading, rows: Rows, asked: VoucherFilters) -> list[dict[str, Any]]:
    made = sliced(opened.connection, (row for _, row in rows), opened.at.second)
    now = [made.voucher(row.id) for _, row in rows]
    return [
        voucher_json(opened, made, row)
        for row in now
        if asked.state in (None, row.state.name.lower())
    ]


VOUCHERS = Listing(
    name="vouchers",
    operation="Vouchers",
    view="vouchers",
    row=Voucher,
    filters=VoucherFilters,
    where=_where,
    shown=_shown,
    seen=_seen,
)

add_lists(ROUTER, VOUCHERS)


def _one(opened: Reading, name: str) -> tuple[Projection, Row]:
    """A voucher with everything on its payable; raises `ResourceUnknown`."""
    number = named(parse_voucher, name)
    found = find(opened.connection, "vouchers", Is("id", (number,)))
    if found is None:
        raise ResourceUnknown()
    made = whole(opened.connection, found.payable, opened.at.second)
    row = made.voucher(number)
    if not _is_seen(opened, row):
        raise ResourceUnknown()
    return made, row


@ROUTER.get("/v1/vouchers/{voucher}", operation_id="readVoucher")
def read_voucher(request: Request, voucher: VoucherPath, subject: Reader) -> OneVoucher:
    """One voucher, with the loan on it and what payments have brought it."""
    with reading(request, subject) as opened:
        made, row = _one(opened, voucher)
        state = made.state
        loan = state.loans.get(state.loan_on.get(row.id, 0))
        return OneVoucher(
            **voucher_json(opened, made, row),
            principal_left=shown("amount", made.principal_left(row.id)),
            payments_received=row.settled,
            payments_made=len(state.payments.get(row.payable, ())),
            loan=None if loan is None else Loan(**loan_json(loan)),
            as_of=as_of(opened),
        )


@ROUTER.get("/v1/vouchers/{voucher}/lineage", operation_id="readLineage")
def read_lineage(request: Request, voucher: VoucherPath, subject: Reader) -> LineageShape:
    """How the units of a voucher came: every hop to a bank that is concerned, else your own."""
    with reading(request, subject) as opened:
        made, row = _one(opened, voucher)
        is_whole = opened.sight.sees_lineage(row.holder, row.counterparty)
        hops = made.state.hops.get(row.payable, ())
        return lineage_shape(opened, hops, row, is_whole=is_whole)


def lineage_shape(
    opened: Reading, every: Iterable[HopRow], row: Row, *, is_whole: bool
) -> LineageShape:
    """The hops of a voucher's units: all of them, or the reader's own legs."""
    hops = [
        hop
        for hop in every
        if hop.start < row.end
        and row.start < hop.end
        and (is_whole or opened.sight.own in (hop.giver, hop.taker))
    ]
    return LineageShape(
        voucher=shown("voucher", row.id),
        start=str(row.start),
        end=str(row.end),
        is_whole=is_whole,
        hops=[Hop(**_hop(hop, row, is_whole=is_whole)) for hop in hops],
        as_of=as_of(opened),
    )


def _hop(hop: HopRow, row: Row, *, is_whole: bool) -> dict[str, Any]:
    """A hop; a bank is told only of the units that it asks about."""
    start, end = max(hop.start, row.start), min(hop.end, row.end)
    is_part = is_whole and (start, end) != (hop.start, hop.end)
    return {
        "kind": hop.kind.value,
        "start": str(start if is_whole else hop.start),
        "end": str(end if is_whole else hop.end),
        "at": shown("second", hop.second),
        "evidence": shown("evidence", hop.evidence) if hop.evidence else None,
        "digest": shown("digest", hop.digest) if hop.digest else None,
        "price": None if is_part else shown("price", hop.price),
        "rate": shown("rate", hop.rate),
        "is_with_recourse": hop.is_with_recourse,
        **picked(hop, "voucher", "giver", "taker"),
    }


add_verbs(
    ROUTER,
    "TransferVoucher",
    "AcceptVoucher",
    "DeclineVoucher",
    "WithdrawOffer",
    "JoinVouchers",
    "SellVoucher",
    "RedeemVoucher",
    "RecourseVoucher",
    "PledgeVoucher",
)
