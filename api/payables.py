"""Payables: what an obligor owes, and to whom it is known."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from fastapi import Path, Request
from pydantic import Field

from api import shapes
from api.asking import Reader
from api.commands import add_verbs
from api.finding import (
    OfPayables,
    as_asked,
    named,
    of_payables,
    still_seen,
    whether_overdue,
)
from api.lists import Listing, Reading, Rows, add_lists, as_of, reading
from api.meanings import picked, shown
from api.router import router
from api.shapes import AsOf, Shape
from ledger.model.errors import ResourceUnknown
from ledger.model.ids import parse_payable
from ledger.model.states import PayableState
from ledger.store.debts import owing_on
from ledger.store.lists import AllOf, Condition, Is, find
from ledger.views.claim_rows import Payable as Row
from ledger.views.debts import Owing

__all__ = ["ROUTER"]

ROUTER = router("payables")

PayableStateName = Literal["offered", "live", "settled", "cancelled"]
PayablePath = Annotated[str, Path(pattern=shapes.PAYABLE, max_length=12, examples=["P-1"])]


class Payable(Shape):
    """A payable. What lies on others' vouchers is told to its obligor and settlement bank only."""

    id: shapes.PayableName
    obligor: shapes.ParticipantNumber
    offeree: shapes.ParticipantNumber | None = Field(description="To whom it was issued.")
    settlement_bank: shapes.ParticipantNumber
    state: PayableStateName
    is_overdue: bool
    maturity: shapes.BusinessDate
    due: shapes.BusinessDate = Field(description="Maturity, moved over holidays.")
    offered_at: shapes.Moment
    rules: int = Field(ge=0, description="Number of the rules that it was issued under.")
    face: shapes.AmountOut | None
    live: shapes.AmountOut | None = Field(description="Principal owed: not yet paid.")
    late_interest: shapes.AmountOut | None = Field(
        description="Late interest owed on the business date of `as_of`; it grows daily."
    )
    owed: shapes.AmountOut | None = Field(
        description="`live` and `late_interest`: what pays the whole on that date."
    )
    paid: shapes.AmountOut | None = Field(
        description="Principal paid; late interest that was paid is not in it."
    )
    redeemed: shapes.AmountOut | None = Field(description="Principal redeemed before maturity.")
    cancelled: shapes.AmountOut | None = Field(description="Principal that was never accepted.")
    pieces: int | None = Field(description="Vouchers that are not closed.")
    invoices: int | None
    evidence: shapes.Hash | None
    digest: shapes.Hash | None = Field(description="The obligor's signed promise.")


class OnePayable(Payable):
    """A payable at a block."""

    carried: shapes.AmountOut | None = Field(
        description="The part of `late_interest` that earlier payments did not cover."
    )
    unapplied: shapes.AmountOut | None = Field(
        description="Attested money not yet shared; it has not lessened `owed`."
    )
    as_of: AsOf


class PayableFilters(OfPayables):
    """Which payables."""

    state: PayableStateName | None = None
    offeree: shapes.ParticipantNumber | None = None
    settlement_bank: shapes.ParticipantNumber | None = None
    overdue: bool | None = None


_WHOLE = ("live", "paid", "redeemed", "cancelled")
_OWING = ("late_interest", "owed")


def _where(opened: Reading, asked: PayableFilters) -> Condition:
    found: list[Condition] = [opened.sight.payables, *of_payables(opened, asked)]
    if asked.state:
        found.append(Is("state", (PayableState[asked.state.upper()],)))
    if asked.offeree:
        found += [*as_asked(asked, "offeree"), opened.sight.issues]
    if asked.settlement_bank:
        found.append(Is("bank", (asked.settlement_bank,)))
    if asked.overdue is not None:
        found.append(whether_overdue(opened.day, asked.overdue))
    return AllOf(tuple(found))


def _owing(opened: Reading, rows: Sequence[Row]) -> Mapping[int, Owing]:
    """What is owed on those of some payables of which this reader sees that."""
    whole = [one for one in rows if opened.sight.sees_whole(one.obligor, one.bank)]
    return owing_on(opened.connection, whole, opened.day)


def payable_json(opened: Reading, row: Row, owing: Owing | None) -> dict[str, Any]:
    """A payable as somebody may see it; `owing` is None for whoever does not see the whole."""
    sight = opened.sight
    sees_issue = sight.sees_issue(row.obligor, row.offeree, row.bank)
    return {
        "id": shown("payable", row.id),
        "settlement_bank": row.bank,
        "state": row.state.name.lower(),
        "is_overdue": row.is_overdue(opened.day),
        "pieces": row.pieces if owing else None,
        "rules": row.rules,
        **picked(row, "obligor", "maturity", "due", "offered_at"),
        **{name: shown(name, getattr(row, name)) if owing else None for name in _WHOLE},
        **{name: shown(name, getattr(owing, name)) if owing else None for name in _OWING},
        "face": shown("face", row.face) if sees_issue else None,
        "offeree": row.offeree if sees_issue else None,
        "invoices": row.invoices if sees_issue else None,
        "evidence": shown("evidence", row.evidence) if sees_issue else None,
        "digest": shown("digest", row.digest) if sees_issue and row.digest else None,
    }


def _seen(opened: Reading, rows: Rows, _: PayableFilters) -> Rows:
    ids = {one.id for one in still_seen(opened, [row for _, row in rows])}
    return [(key, row) for key, row in rows if row.id in ids]


def _shown(opened: Reading, rows: Rows, _: PayableFilters) -> list[dict[str, Any]]:
    owing = _owing(opened, [row for _, row in rows])
    return [payable_json(opened, row, owing.get(row.id)) for _, row in rows]


PAYABLES = Listing(
    name="payables",
    operation="Payables",
    view="payables",
    row=Payable,
    filters=PayableFilters,
    where=_where,
    shown=_shown,
    seen=_seen,
)

add_lists(ROUTER, PAYABLES)


@ROUTER.get("/v1/payables/{payable}", operation_id="readPayable")
def read_payable(request: Request, payable: PayablePath, subject: Reader) -> OnePayable:
    """One payable."""
    number = named(parse_payable, payable)
    with reading(request, subject) as opened:
        where = AllOf((Is("id", (number,)), opened.sight.payables))
        row: Row | None = find(opened.connection, "payables", where)
        if row is None or not still_seen(opened, [row]):
            raise ResourceUnknown()
        owing = _owing(opened, [row]).get(number)
        beside: dict[str, Any] = {
            name: shown(name, getattr(owing, name)) if owing else None
            for name in ("carried", "unapplied")
        }
        return OnePayable(**payable_json(opened, row, owing), **beside, as_of=as_of(opened))


add_verbs(
    ROUTER,
    "IssuePayable",
    "PayPayable",
    "AttestPayment",
    "ReturnUnapplied",
    "FreezeRange",
    "UnfreezeRange",
)
