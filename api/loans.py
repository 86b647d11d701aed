"""Loans against pledged vouchers, and sales of vouchers."""

from typing import Annotated, Any, Final

from fastapi import Path, Request
from pydantic import Field

from api import shapes
from api.asking import Reader
from api.commands import add_verbs
from api.finding import OnVoucher, as_asked, named, on_voucher, within
from api.lists import Listing, Reading, Rows, add_lists, as_of, reading
from api.meanings import picked, shown
from api.router import router
from api.shapes import AsOf, Shape
from ledger.model.errors import ResourceUnknown
from ledger.model.ids import parse_loan, payable_of
from ledger.store.lists import AllOf, AnyOf, Between, Condition, Is, find
from ledger.views.money_rows import Loan as Row
from ledger.views.money_rows import Sale as SaleRow

__all__ = ["RELEASED_TOLD", "ROUTER", "Loan", "loan_json"]

ROUTER = router("loans")

RELEASED_TOLD: Final = 100
"""Of what a lender has set free; the feed has all of it."""

LoanPath = Annotated[str, Path(pattern=shapes.LOAN, max_length=12, examples=["L-1"])]


class Loan(Shape):
    """A loan against one pledged voucher."""

    id: shapes.LoanName
    voucher: shapes.VoucherName
    borrower: shapes.ParticipantNumber
    lender: shapes.ParticipantNumber
    is_open: bool
    advance: shapes.AmountOut
    advanced_day: shapes.BusinessDate
    principal: shapes.AmountOut = Field(description="Left to repay.")
    interest_left: shapes.AmountOut = Field(description="That payments did not cover.")
    interest_from: shapes.BusinessDate = Field(description="Interest is paid up to this day.")
    principal_paid: shapes.AmountOut
    interest_paid: shapes.AmountOut
    rate: shapes.RateText
    ltv: shapes.RateText
    due: shapes.BusinessDate
    registration: shapes.Hash
    released: list[shapes.VoucherName] = Field(description="The last 100.")


class OneLoan(Loan):
    """A loan at a block."""

    as_of: AsOf


class LoanFilters(OnVoucher):
    """Which loans."""

    open: bool | None = None
    borrower: shapes.ParticipantNumber | None = None
    lender: shapes.ParticipantNumber | None = None
    due_from: shapes.BusinessDate | None = None
    due_to: shapes.BusinessDate | None = None


class Sale(Shape):
    """A voucher sold to a bank."""

    voucher: shapes.VoucherName
    payable: shapes.PayableName
    start: shapes.Position
    end: shapes.Position
    seller: shapes.ParticipantNumber
    buyer: shapes.ParticipantNumber
    amount: shapes.AmountOut
    price: shapes.AmountOut
    rate: shapes.RateText
    cost_borne: shapes.AmountOut = Field(description="What of the cost the obligor bore.")
    is_with_recourse: bool
    registration: shapes.Hash
    sold_at: shapes.Moment


class SaleFilters(OnVoucher):
    """Which sales."""

    seller: shapes.ParticipantNumber | None = None
    buyer: shapes.ParticipantNumber | None = None


def loan_json(row: Row) -> dict[str, Any]:
    """A loan as it is shown."""
    names = Loan.model_fields.keys() - {"id", "released", "is_open"}
    return {
        "id": shown("loan_id", row.id),
        "is_open": row.is_open,
        "released": [shown("voucher", one) for one in row.released[-RELEASED_TOLD:]],
        **picked(row, *names),
    }


def _where(opened: Reading, asked: LoanFilters) -> Condition:
    found = [opened.sight.loans, *as_asked(asked, "borrower", "lender")]
    found += [within("due", asked.due_from, asked.due_to), *on_voucher(opened, asked)]
    if asked.open is True:
        found.append(AnyOf((Between("principal", 1), Between("interest_left", 1))))
    elif asked.open is False:
        found += [Is("principal", (0,)), Is("interest_left", (0,))]
    return AllOf(tuple(found))


def _shown(_: Reading, rows: Rows, __: LoanFilters) -> list[dict[str, Any]]:
    return [loan_json(row) for _, row in rows]


def _sold_where(opened: Reading, asked: SaleFilters) -> Condition:
    parties = as_asked(asked, "seller", "buyer")
    return AllOf((opened.sight.sales, *parties, *on_voucher(opened, asked)))


def _sold(_: Reading, rows: Rows, __: SaleFilters) -> list[dict[str, Any]]:
    return [_sale(row) for _, row in rows]


def _sale(row: SaleRow) -> dict[str, Any]:
    names = Sale.model_fields.keys() - {"payable", "is_with_recourse", "sold_at"}
    return {
        "payable": shown("payable", payable_of(row.voucher)),
        "is_with_recourse": bool(row.recourse),
        "sold_at": shown("second", row.second),
        **picked(row, *names),
    }


LOANS = Listing(
    name="loans",
    operation="Loans",
    view="loans",
    row=Loan,
    filters=LoanFilters,
    where=_where,
    shown=_shown,
)
SALES = Listing(
    name="sales",
    operation="Sales",
    view="sales",
    row=Sale,
    filters=SaleFilters,
    where=_sold_where,
    shown=_sold,
)

add_lists(ROUTER, LOANS, SALES)


@ROUTER.get("/v1/loans/{loan}", operation_id="readLoan")
def read_loan(request: Request, loan: LoanPath, subject: Reader) -> OneLoan:
    """One loan."""
    number = named(parse_loan, loan)
    with reading(request, subject) as opened:
        row = find(opened.connection, "loans", AllOf((Is("id", (number,)), opened.sight.loans)))
        if row is None:
            raise ResourceUnknown()
        return OneLoan(**loan_json(row), as_of=as_of(opened))


add_verbs(ROUTER, "RepayLoan", "ReleaseSecurity")
