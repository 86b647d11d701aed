"""What a request is judged by: the checks, and the lineage for those who are asked."""

from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any, Final, Literal

from fastapi import Query, Request
from pydantic import Field
from starlette.responses import Response

from api import shapes
from api.asking import Exporter, Reader
from api.exports import File, Format, exported
from api.financing_requests import RequestPath, one_request
from api.lineages import LINEAGE, LineagePage, Span, exported_lineage, lineage_page
from api.openapi import ALSO
from api.paging import Paging
from api.reading import Reading, as_of, reading
from api.router import router
from api.shapes import AsOf, Shape
from ledger.model.checks import Check
from ledger.model.errors import RequestEnded, ResourceUnknown
from ledger.service.financing.checks import checks_on
from ledger.service.financing.states import RequestStanding, is_asked, was_before
from ledger.store.lists import Is, find
from ledger.views.claim_rows import Voucher
from ledger.views.row import replace

__all__ = ["ROUTER"]

ROUTER = router("financing requests")

_ENDED: Final = {ALSO: [409]}
"""Whoever was asked is told that its time is over."""


class CheckShape(Shape):
    """One thing that was looked at. It decides nothing."""

    code: str = Field(examples=["round_trip"])
    level: Literal["fine", "look", "stop"]
    detail: str = Field(examples=["The range never came back to a party that had it before."])
    participants: list[shapes.ParticipantNumber] = Field(description="Whom it names.")


_CHECKS: Final = File.of("checks", CheckShape)


class RequestChecks(Shape):
    """What the ledger and its parties' declarations say about a request."""

    data: list[CheckShape]
    as_of: AsOf


@ROUTER.get(
    "/v1/financing-requests/{request_id}/checks", operation_id="readChecks", openapi_extra=_ENDED
)
def read_checks(request: Request, request_id: RequestPath, subject: Reader) -> RequestChecks:
    """Obligor, lines, tenor, invoices, liens, freezes, round trips, related parties."""
    with reading(request, subject) as opened:
        return RequestChecks(data=_checks(opened, request_id), as_of=as_of(opened))


@ROUTER.get(
    "/v1/exports/financing-requests/{request_id}/checks",
    operation_id="exportChecks",
    **_CHECKS.told,
)
def export_checks(
    request: Request, request_id: RequestPath, subject: Exporter, query: Annotated[Format, Query()]
) -> Response:
    """The same, in one file."""

    def rows(opened: Reading) -> Iterator[dict[str, Any]]:
        return (one.model_dump() for one in _checks(opened, request_id))

    return exported(request, subject, _CHECKS, query, rows)


def _checks(opened: Reading, id_: str) -> list[CheckShape]:
    directory = opened.context.service.directory
    groups = directory.groups if directory is not None else lambda _: {}
    found = checks_on(
        opened.connection,
        _judged(opened, id_).row,
        opened.at.second,
        viewer=opened.subject.participant,
        groups=groups,
    )
    named = {one for check in found for one in check.values.get("participants", ())}
    names = opened.names(named) if named else {}
    return [_check(opened, one, names) for one in found]


def _check(opened: Reading, check: Check, names: Any) -> CheckShape:
    return CheckShape(
        code=check.code,
        level=check.level.value,
        detail=check.message(opened.language, names),
        participants=list(check.values.get("participants", ())),
    )


@ROUTER.get(
    "/v1/financing-requests/{request_id}/lineage",
    operation_id="readRequestLineage",
    openapi_extra=_ENDED,
)
def read_lineage(
    request: Request, request_id: RequestPath, subject: Reader, query: Annotated[Paging, Query()]
) -> LineagePage:
    """How the units asked for had come to their holder when it asked, hop by hop."""
    with reading(request, subject) as opened:
        return lineage_page(opened, _span(opened, request_id), query, of=request_id)


@ROUTER.get(
    "/v1/exports/financing-requests/{request_id}/lineage",
    operation_id="exportRequestLineage",
    **LINEAGE.told,
)
def export_lineage(
    request: Request, request_id: RequestPath, subject: Exporter, query: Annotated[Format, Query()]
) -> Response:
    """The same hops, in one file."""
    return exported_lineage(request, subject, query, lambda opened: _span(opened, request_id))


def _span(opened: Reading, id_: str) -> Span:
    """The units asked for, as they were then."""
    asked = _judged(opened, id_).row
    found: Voucher | None = find(opened.connection, "vouchers", Is("id", (asked.voucher,)))
    if found is None:
        raise ResourceUnknown()
    row = replace(found, start=asked.start, end=asked.start + asked.amount)
    is_own = is_asked(asked, opened.subject.participant)
    is_whole = opened.sight.sees_lineage(asked.participant, 0, is_asked=is_own)
    return Span(row, is_whole, partial(was_before, asked))


def _judged(opened: Reading, id_: str) -> RequestStanding:
    """A request whose range is still on the ledger, for those who may still judge it.

    Whoever was asked and can neither answer any more nor be taken at its word has no business with
    what became of the range.
    """
    standing = one_request(opened, id_)
    if standing.reason is not None and standing.reason.code == "UnknownVoucher":
        raise ResourceUnknown()
    is_own = opened.sight.sees_all or standing.row.participant == opened.sight.own
    if not is_own and not standing.is_underway:
        raise RequestEnded(request=id_, state=standing.state.value)
    return standing
