"""Quotes on a request side by side, beside holding the part; as an answer and as a file."""

from collections.abc import Set
from typing import Annotated, Any, Final

from fastapi import Query, Request
from pydantic import Field
from starlette.responses import Response

from api import shapes
from api.asking import Exporter, Reader
from api.exports import File, Format, exported_as_found
from api.financing_requests import RequestPath, one_request
from api.financing_shapes import KindName
from api.meanings import shown
from api.operations import Refusal, refusal_now
from api.quote_shapes import KIND_NAMES, Terms, terms_shape
from api.reading import Reading, as_of, reading
from api.router import router
from api.shapes import AsOf, Shape
from api.veil import told_to
from ledger.chain.calls import Signed
from ledger.model.days import day_of_second
from ledger.model.errors import LedgerError, ResourceUnknown
from ledger.model.ids import payable_of
from ledger.model.plain import moment_text
from ledger.service.access import Subject
from ledger.service.financing.desk import signed_of
from ledger.service.financing.states import QuoteState, RequestStanding
from ledger.service.financing.terms import holidays_in, terms_of, unfit
from ledger.store.financing import QuoteRow
from ledger.store.lists import Is, find
from ledger.views.claim_rows import Payable

__all__ = ["ROUTER"]

ROUTER = router("financing requests")

_COLUMNS: Final = (
    *("quote", "giver", "kind", "is_with_recourse", "deadline"),
    *Terms.model_fields,
    *("refusal", "detail", "next_step"),
    *("holding_at_maturity", "holding_due", "holding_days"),
)
_FILE: Final = File("comparison", _COLUMNS)


class Compared(Shape):
    """A quote that may be taken, beside holding the part."""

    quote: shapes.QuoteName
    giver: shapes.ParticipantNumber
    kind: KindName
    is_with_recourse: bool
    deadline: shapes.Moment
    terms: Terms
    refusal: Refusal | None = Field(description="Why the ledger would not carry it out now.")


class Holding(Shape):
    """What holding the part until it is due comes to."""

    at_maturity: shapes.AmountOut = Field(description="What comes on the due day.")
    due: shapes.BusinessDate = Field(description="Maturity, moved over holidays.")
    days: int = Field(ge=0, description="Until the due day.")


class Comparison(Shape):
    """The open quotes on a request, the cheapest first."""

    holding: Holding
    data: list[Compared]
    as_of: AsOf


@ROUTER.get("/v1/financing-requests/{request_id}/comparison", operation_id="compareQuotes")
def compare_quotes(request: Request, request_id: RequestPath, subject: Reader) -> Comparison:
    """The quotes on your request by cost a year, each asked of the ledger whether it stands."""
    return _compare(request, request_id, subject)[1]


@ROUTER.get(
    "/v1/exports/financing-requests/{request_id}/comparison",
    operation_id="exportComparison",
    **_FILE.told,
)
def export_comparison(
    request: Request, request_id: RequestPath, subject: Exporter, query: Annotated[Format, Query()]
) -> Response:
    """The same quotes, in one file; each row ends with what holding comes to."""

    def find() -> tuple[Reading, list[dict[str, Any]]]:
        opened, made = _compare(request, request_id, subject)
        holding = {f"holding_{name}": one for name, one in made.holding.model_dump().items()}
        return opened, [_row(one) | holding for one in made.data]

    return exported_as_found(request, subject, _FILE, query, find)


# ---- private


def _compare(request: Request, id_: str, subject: Subject) -> tuple[Reading, Comparison]:
    """A request's comparison, after the read whose block it names: the contracts are slow."""
    with reading(request, subject) as opened:
        asked, holidays = _asked(opened, id_), holidays_in(opened.connection)
    return opened, _comparison(opened, *asked, holidays)


def _asked(opened: Reading, id_: str) -> tuple[RequestStanding, Payable]:
    """A request of the reader's own, and its payable; raises `ResourceUnknown`."""
    standing = one_request(opened, id_)
    own = Is("id", (payable_of(standing.row.voucher),))
    payable: Payable | None = find(opened.connection, "payables", own)
    is_own = opened.sight.sees_all or standing.row.participant == opened.sight.own
    if payable is None or not is_own:
        raise ResourceUnknown()
    return standing, payable


def _comparison(
    opened: Reading, standing: RequestStanding, payable: Payable, holidays: Set[int]
) -> Comparison:
    """The open quotes of a request as the contracts judge them now."""
    context = opened.context
    today = day_of_second(max(context.service.now, opened.at.second))
    rows = [one.row for one in standing.quotes if one.state is QuoteState.OPEN]
    quotes = [signed_of(one) for one in rows]
    days = {"today": today, "maturity": payable.maturity, "due": payable.due}
    every = [terms_of(one.command, **days, holidays=holidays) for one in quotes]
    said = context.financing.trials.deals(
        [
            (one, payable.bank, max(terms.net_cash, 0))
            for one, terms in zip(quotes, every, strict=True)
        ]
    )
    refusals = [
        unfit(one.command, today=today, maturity=payable.maturity) or refusal
        for one, refusal in zip(quotes, said, strict=True)
    ]
    found = sorted(zip(rows, quotes, every, refusals, strict=True), key=_by_cost)
    return Comparison(
        holding=_holding(payable, standing, today),
        data=[
            _compared(row, quote, terms_shape(terms), _refusal(opened, refusal))
            for row, quote, terms, refusal in found
        ],
        as_of=as_of(opened),
    )


def _row(one: Compared) -> dict[str, Any]:
    """A quote as a line of a file."""
    told = one.model_dump()
    terms, refusal = told.pop("terms"), told.pop("refusal") or {}
    why = {name: refusal.get(name) for name in ("detail", "next_step")}
    return {**told, **terms, **why, "refusal": refusal.get("code")}


def _by_cost(one: tuple[QuoteRow, Signed, Any, Any]) -> tuple[bool, int, int]:
    """The cheapest a year first; of equals the one that brings more cash."""
    terms = one[2]
    return (terms.annual is None, terms.annual or 0, -terms.net_cash)


def _holding(payable: Payable, standing: RequestStanding, today: int) -> Holding:
    return Holding(
        at_maturity=shown("amount", standing.row.amount),
        due=shown("due", payable.due),
        days=max(payable.due - today, 0),
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
    if refusal is None:
        return None
    return Refusal(**refusal_now(told_to(opened.sight, refusal), opened.language))
