"""What a request is judged by: the checks and the lineage for those asked, quotes side by side."""

from typing import Any, Literal

from fastapi import Request
from pydantic import Field

from api import shapes
from api.asking import Reader
from api.context import context_of
from api.financing_requests import RequestPath, one_request
from api.financing_shapes import KindName
from api.lists import Reading, as_of, reading
from api.meanings import shown
from api.operations import Refusal, refusal_now
from api.quote_shapes import KIND_NAMES, Terms, terms_shape
from api.router import router
from api.shapes import AsOf, Shape
from api.vouchers import LineageShape, lineage_shape
from ledger.chain.calls import Signed
from ledger.model.checks import Check
from ledger.model.days import day_of_second
from ledger.model.errors import LedgerError, RequestEnded, ResourceUnknown
from ledger.model.ids import payable_of
from ledger.model.plain import moment_text
from ledger.service.financing import signed_of
from ledger.service.financing_checks import checks_on
from ledger.service.financing_states import (
    QuoteState,
    RequestStanding,
    is_asked,
    was_before,
)
from ledger.service.quote_terms import terms_of
from ledger.store.financing import QuoteRow
from ledger.store.slices import whole
from ledger.views.claim_rows import Payable
from ledger.views.row import replace

__all__ = ["ROUTER"]

ROUTER = router("financing requests")


class CheckShape(Shape):
    """One thing that was looked at. It decides nothing."""

    code: str = Field(examples=["round_trip"])
    level: Literal["fine", "look", "stop"]
    detail: str = Field(examples=["The range never came back to a party that had it before."])
    participants: list[shapes.ParticipantNumber] = Field(description="Whom it names.")


class Checks(Shape):
    """What the ledger and its parties' declarations say about a request."""

    data: list[CheckShape]
    as_of: AsOf


class Compared(Shape):
    """A quote that may be taken, beside holding the part to maturity."""

    quote: shapes.QuoteName
    giver: shapes.ParticipantNumber
    kind: KindName
    is_with_recourse: bool
    deadline: shapes.Moment
    terms: Terms
    refusal: Refusal | None = Field(description="Why the ledger would not carry it out now.")


class Holding(Shape):
    """What holding the part to maturity comes to."""

    at_maturity: shapes.AmountOut
    due: shapes.BusinessDate
    days: int = Field(ge=0)


class Comparison(Shape):
    """The open quotes on a request, the cheapest first."""

    holding: Holding
    data: list[Compared]
    as_of: AsOf


@ROUTER.get("/v1/financing-requests/{request_id}/checks", operation_id="readChecks")
def read_checks(request: Request, request_id: RequestPath, subject: Reader) -> Checks:
    """Obligor, lines, tenor, invoices, liens, freezes, round trips, related parties."""
    directory = context_of(request).service.directory
    groups = directory.groups if directory is not None else lambda _: {}
    with reading(request, subject) as opened:
        standing = _judged(opened, request_id)
        found = checks_on(
            opened.connection,
            standing.row,
            opened.at.second,
            viewer=subject.participant,
            groups=groups,
        )
        named = {one for check in found for one in check.values.get("participants", ())}
        names = opened.names(named) if named else {}
        return Checks(data=[_check(opened, one, names) for one in found], as_of=as_of(opened))


def _check(opened: Reading, check: Check, names: Any) -> CheckShape:
    return CheckShape(
        code=check.code,
        level=check.level.value,
        detail=check.message(opened.language, names),
        participants=list(check.values.get("participants", ())),
    )


@ROUTER.get("/v1/financing-requests/{request_id}/lineage", operation_id="readRequestLineage")
def read_lineage(request: Request, request_id: RequestPath, subject: Reader) -> LineageShape:
    """How the units asked for had come to their holder when it asked, hop by hop."""
    with reading(request, subject) as opened:
        standing = _judged(opened, request_id)
        row = standing.row
        made = whole(opened.connection, payable_of(row.voucher), opened.at.second)
        part = replace(made.voucher(row.voucher), start=row.start, end=row.start + row.amount)
        hops = [hop for hop in made.state.hops.get(part.payable, ()) if was_before(row, hop)]
        sees = opened.sight.sees_lineage(
            row.participant, 0, is_asked=is_asked(row, subject.participant)
        )
        return lineage_shape(opened, hops, part, is_whole=sees)


@ROUTER.get("/v1/financing-requests/{request_id}/comparison", operation_id="compareQuotes")
def compare_quotes(request: Request, request_id: RequestPath, subject: Reader) -> Comparison:
    """The quotes on your request by cost a year, each asked of the ledger whether it stands."""
    context = context_of(request)
    with reading(request, subject) as opened:
        standing = one_request(opened, request_id)
        if not opened.sight.sees_all and standing.row.participant != opened.sight.own:
            raise ResourceUnknown()
        made = whole(opened.connection, payable_of(standing.row.voucher), opened.at.second)
        payable = made.state.payables[payable_of(standing.row.voucher)]
    today = day_of_second(max(context.service.now, opened.at.second))
    rows = [one.row for one in standing.quotes if one.state is QuoteState.OPEN]
    quotes = [signed_of(one) for one in rows]
    every = [terms_of(one.command, today=today, maturity=payable.maturity) for one in quotes]
    refusals = context.financing.trials.deals(
        [(one, payable.bank, terms.net_cash) for one, terms in zip(quotes, every, strict=True)]
    )
    found = sorted(zip(rows, quotes, every, refusals, strict=True), key=_by_cost)
    return Comparison(
        holding=_holding(payable, standing, today),
        data=[
            _compared(row, quote, terms_shape(terms), _refusal(opened, refusal))
            for row, quote, terms, refusal in found
        ],
        as_of=as_of(opened),
    )


def _by_cost(one: tuple[QuoteRow, Signed, Any, Any]) -> tuple[bool, int, int]:
    """The cheapest a year first; of equals the one that brings more cash."""
    terms = one[2]
    return (terms.annual is None, terms.annual or 0, -terms.net_cash)


def _holding(payable: Payable, standing: RequestStanding, today: int) -> Holding:
    return Holding(
        at_maturity=shown("amount", standing.row.amount),
        due=shown("due", payable.due),
        days=max(payable.maturity - today, 0),
    )


def _compared(row: QuoteRow, quote: Signed, terms: Terms, refusal: Refusal | None) -> Compared:
    return Compared(
        quote=row.id,
        giver=row.giver,
        kind=KIND_NAMES[row.kind],
        is_with_recourse=bool(getattr(quote.command, "recourse", False)),
        deadline=moment_text(row.deadline),
        terms=terms,
        refusal=refusal,
    )


def _refusal(opened: Reading, refusal: LedgerError | None) -> Refusal | None:
    return None if refusal is None else Refusal(**refusal_now(refusal, opened.language))


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
