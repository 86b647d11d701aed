"""Lineages: how the units of a voucher came, hop by hop, in pages and as a file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Any, Final, Literal

from fastapi import Query, Request
from pydantic import Field
from starlette.responses import Response

from api import shapes
from api.asking import Exporter, Reader
from api.exports import File, Format, exported
from api.finding import named
from api.meanings import picked, shown
from api.paging import Paging, bound_to
from api.reading import Reading, as_of, reading
from api.router import router
from api.shapes import AsOf, Shape
from api.vouchers import VoucherPath, is_seen
from ledger.model.errors import ResourceUnknown
from ledger.model.ids import parse_voucher
from ledger.service.access import Subject
from ledger.store.lists import EVERYTHING, AllOf, Between, Is, find, page_up
from ledger.store.slices import sliced
from ledger.views.claim_rows import Hop as HopRow
from ledger.views.claim_rows import Voucher as Row

__all__ = ["LINEAGE", "ROUTER", "LineagePage", "Span", "exported_lineage", "lineage_page"]

ROUTER = router("vouchers")

_AT_ONCE: Final = 200


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


LINEAGE: Final = File.of("lineage", Hop)
"""Of a voucher, and of a request."""


class LineagePage(Shape):
    """The hops of a voucher's units, the oldest first."""

    voucher: shapes.VoucherName
    start: shapes.Position
    end: shapes.Position
    is_whole: bool = Field(description="False where only your own legs are told.")
    data: list[Hop]
    has_more: bool
    next_cursor: str | None
    as_of: AsOf


@dataclass(frozen=True, slots=True)
class Span:
    """Units whose lineage a reader may have."""

    row: Row
    """A voucher with the range that is told of."""
    is_whole: bool
    """Whether every hop is told, or the reader's own legs alone."""
    was_there: Callable[[HopRow], bool] = lambda _: True
    """Whether a hop belongs to what is asked for."""


@ROUTER.get("/v1/vouchers/{voucher}/lineage", operation_id="readLineage")
def read_lineage(
    request: Request, voucher: VoucherPath, subject: Reader, query: Annotated[Paging, Query()]
) -> LineagePage:
    """How the units of a voucher came: every hop to a bank that is concerned, else your own."""
    with reading(request, subject) as opened:
        return lineage_page(opened, _span(opened, voucher), query, of=voucher)


@ROUTER.get("/v1/exports/vouchers/{voucher}/lineage", operation_id="exportLineage", **LINEAGE.told)
def export_lineage(
    request: Request, voucher: VoucherPath, subject: Exporter, query: Annotated[Format, Query()]
) -> Response:
    """The same hops, in one file."""
    return exported_lineage(request, subject, query, lambda opened: _span(opened, voucher))


def lineage_page(opened: Reading, span: Span, asked: Paging, *, of: str) -> LineagePage:
    """A page of a lineage; its cursors are good for these units of what it is of, as this reader
    is told of them.
    """
    cursors, row = opened.context.cursors, span.row
    told = {"of": of, "start": row.start, "end": row.end, "is_whole": span.is_whole}
    bound = bound_to("lineage", opened.subject, told)
    rows, more = cursors.page(
        bound,
        asked,
        lambda after, most: list(islice(_hops(opened, span, after[0] if after else -1), most)),
        lambda hop: [hop[0]],
    )
    return LineagePage(
        voucher=shown("voucher", row.id),
        start=str(row.start),
        end=str(row.end),
        is_whole=span.is_whole,
        data=[Hop(**_hop(hop, span)) for _, hop in rows],
        has_more=more is not None,
        next_cursor=more,
        as_of=as_of(opened),
    )


def exported_lineage(
    request: Request, subject: Subject, asked: Format, span_of: Callable[[Reading], Span]
) -> Response:
    """A lineage in one file."""

    def rows(opened: Reading) -> Iterator[dict[str, Any]]:
        span = span_of(opened)
        return (_hop(hop, span) for _, hop in _hops(opened, span, -1))

    return exported(request, subject, LINEAGE, asked, rows)


# ---- private


def _span(opened: Reading, name: str) -> Span:
    """The units of a voucher; raises `ResourceUnknown`."""
    found = find(opened.connection, "vouchers", Is("id", (named(parse_voucher, name),)))
    if found is None:
        raise ResourceUnknown()
    row = sliced(opened.connection, [found], opened.at.second).voucher(found.id)
    if not is_seen(opened, row):
        raise ResourceUnknown()
    return Span(row, opened.sight.sees_lineage(row.holder, row.counterparty))


def _hops(opened: Reading, span: Span, after: int) -> Iterator[tuple[int, HopRow]]:
    """The hops behind a place in the payable's life, in their order."""
    row = span.row
    where = (
        Is("payable", (row.payable,)),
        Between("start", None, row.end - 1),
        Between("end", row.start + 1, None),
        EVERYTHING if span.is_whole else opened.sight.hops,
    )
    while True:
        behind = AllOf((*where, Between("place", after + 1, None)))
        found = page_up(opened.connection, "hops", behind, most=_AT_ONCE)
        yield from ((place, hop) for (_, place), hop in found if span.was_there(hop))
        if len(found) < _AT_ONCE:
            return
        after = found[-1][0][1]


def _hop(hop: HopRow, span: Span) -> dict[str, Any]:
    """A hop; a bank is told only of the units that it asks about."""
    row, is_whole = span.row, span.is_whole
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
