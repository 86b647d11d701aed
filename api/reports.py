"""Reports of your own figures: what falls due, and statements of your deposits."""

from collections.abc import Iterator
from typing import Annotated, Any, Final

from fastapi import Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api import shapes
from api.asking import Exporter, Reader
from api.exports import File, Format, exported
from api.lists import as_of, reading
from api.reading import Reading
from api.router import router
from api.shapes import AsOf, Shape
from ledger.model.days import date_text, parse_day
from ledger.model.figures import amount_text
from ledger.service.reports import Due, Statement, maturities, statements

__all__ = ["ROUTER"]

ROUTER = router("reports")


class DaysAsked(BaseModel):
    """Over which days, both included; 400 at most."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    first: shapes.BusinessDate
    last: shapes.BusinessDate

    @property
    def days(self) -> tuple[int, int]:
        """As day numbers; raises `InvalidField`."""
        return parse_day(self.first, field="first"), parse_day(self.last, field="last")


class DaysExported(DaysAsked, Format):
    """Over which days, in which file."""


class Maturity(Shape):
    """What falls due on a day, in unpaid principal."""

    date: shapes.BusinessDate
    payable_count: int = Field(ge=0)
    owed: shapes.AmountOut = Field(description="By you, as obligor; late interest is beside it.")
    voucher_count: int = Field(ge=0)
    receivable: shapes.AmountOut = Field(description="On the vouchers that you hold.")


class Maturities(Shape):
    """Day by day; days without anything are left out."""

    data: list[Maturity]
    as_of: AsOf


class DepositStatement(Shape):
    """A deposit over the days: opening + received − spent = closing."""

    bank: shapes.ParticipantNumber
    opening: shapes.AmountOut
    received: shapes.AmountOut
    spent: shapes.AmountOut
    closing: shapes.AmountOut


class DepositStatements(Shape):
    """Bank by bank."""

    data: list[DepositStatement]
    as_of: AsOf


_MATURITIES: Final = File.of("maturities", Maturity)
_STATEMENTS: Final = File.of("deposit-statements", DepositStatement)


@ROUTER.get("/v1/reports/maturities", operation_id="reportMaturities")
def report_maturities(
    request: Request, subject: Reader, query: Annotated[DaysAsked, Query()]
) -> Maturities:
    """What falls due to you and from you, day by day."""
    first, last = query.days
    with reading(request, subject) as opened:
        found = maturities(opened.connection, subject.participant, first, last)
        return Maturities(data=[Maturity(**_due(one)) for one in found], as_of=as_of(opened))


@ROUTER.get("/v1/reports/deposit-statements", operation_id="reportDepositStatements")
def report_statements(
    request: Request, subject: Reader, query: Annotated[DaysAsked, Query()]
) -> DepositStatements:
    """Your deposits over some days: what stood, came in, went out, stands."""
    first, last = query.days
    with reading(request, subject) as opened:
        found = statements(opened.connection, subject.participant, first, last)
        data = [DepositStatement(**_statement(one)) for one in found]
        return DepositStatements(data=data, as_of=as_of(opened))


@ROUTER.get("/v1/exports/reports/maturities", operation_id="exportMaturities", **_MATURITIES.told)
def export_maturities(
    request: Request, subject: Exporter, query: Annotated[DaysExported, Query()]
) -> Response:
    """The same, in one file."""
    first, last = query.days

    def rows(opened: Reading) -> Iterator[dict[str, Any]]:
        return map(_due, maturities(opened.connection, subject.participant, first, last))

    return exported(request, subject, _MATURITIES, query, rows)


@ROUTER.get(
    "/v1/exports/reports/deposit-statements",
    operation_id="exportDepositStatements",
    **_STATEMENTS.told,
)
def export_statements(
    request: Request, subject: Exporter, query: Annotated[DaysExported, Query()]
) -> Response:
    """The same, in one file."""
    first, last = query.days

    def rows(opened: Reading) -> Iterator[dict[str, Any]]:
        found = statements(opened.connection, subject.participant, first, last)
        return map(_statement, found)

    return exported(request, subject, _STATEMENTS, query, rows)


def _due(one: Due) -> dict[str, Any]:
    return {
        "date": date_text(one.day),
        "payable_count": one.payable_count,
        "owed": amount_text(one.owed),
        "voucher_count": one.voucher_count,
        "receivable": amount_text(one.receivable),
    }


def _statement(one: Statement) -> dict[str, Any]:
    names = ("opening", "received", "spent", "closing")
    return {"bank": one.bank, **{name: amount_text(getattr(one, name)) for name in names}}
