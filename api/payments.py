"""Payments on payables, what they brought to whom, and what banks pay out."""

from typing import Any, Literal

from pydantic import Field

from api import shapes
from api.commands import add_verbs
from api.finding import OnPayable, OnVoucher, as_asked, on_payable, on_voucher
from api.lists import Listing, Reading, Rows, add_lists
from api.meanings import picked, shown
from api.router import router
from api.shapes import Shape
from ledger.store.lists import AllOf, Condition, Is
from ledger.views.money_rows import PayoutState

__all__ = ["ROUTER"]

ROUTER = router("payments")


class Payment(Shape):
    """Money shared over a payable: late interest first, then principal."""

    payable: shapes.PayableName
    number: int = Field(ge=0)
    amount: shapes.AmountOut
    interest: shapes.AmountOut
    principal: shapes.AmountOut
    owed: shapes.AmountOut = Field(description="Principal owed before it.")
    day: shapes.BusinessDate
    rail: Literal["deposit", "bank"]


class PaymentFilters(OnPayable):
    """Which payments."""

    rail: Literal["deposit", "bank"] | None = None


class Settlement(Shape):
    """What one distribution brought a voucher."""

    voucher: shapes.VoucherName
    payable: shapes.PayableName
    start: shapes.Position
    end: shapes.Position
    holder: shapes.ParticipantNumber
    lender: shapes.ParticipantNumber | None
    to_holder: shapes.AmountOut
    to_lender: shapes.AmountOut
    payments: int = Field(ge=0, description="Payments distributed to the voucher by then.")
    settled_at: shapes.Moment


class SettlementFilters(OnVoucher):
    """Which settlements."""

    holder: shapes.ParticipantNumber | None = None
    lender: shapes.ParticipantNumber | None = None


class Payout(Shape):
    """A settled share that a settlement bank pays out."""

    number: int = Field(ge=0, examples=[1])
    bank: shapes.ParticipantNumber
    payee: shapes.ParticipantNumber
    amount: shapes.AmountOut
    voucher: shapes.VoucherName
    state: Literal["open", "confirmed"]
    returns: int = Field(ge=0, description="How often it came back.")


class PayoutFilters(OnVoucher):
    """Which payouts."""

    state: Literal["open", "confirmed"] | None = None
    bank: shapes.ParticipantNumber | None = None
    payee: shapes.ParticipantNumber | None = None


def _payments_where(opened: Reading, asked: PaymentFilters) -> Condition:
    rail = [Is("on_bank_rail", (asked.rail == "bank",))] if asked.rail else []
    return AllOf((opened.sight.payments, *rail, *on_payable(opened, asked)))


def _payments(_: Reading, rows: Rows, __: PaymentFilters) -> list[dict[str, Any]]:
    names = Payment.model_fields.keys() - {"rail"}
    return [
        {**picked(row, *names), "rail": "bank" if row.on_bank_rail else "deposit"}
        for _, row in rows
    ]


def _settlements_where(opened: Reading, asked: SettlementFilters) -> Condition:
    parties = as_asked(asked, "holder", "lender")
    return AllOf((opened.sight.settlements, *parties, *on_voucher(opened, asked)))


def _settlements(_: Reading, rows: Rows, __: SettlementFilters) -> list[dict[str, Any]]:
    names = Settlement.model_fields.keys() - {"lender", "settled_at"}
    return [
        {
            **picked(row, *names),
            "lender": row.lender or None,
            "settled_at": shown("second", row.second),
        }
        for _, row in rows
    ]


def _payouts_where(opened: Reading, asked: PayoutFilters) -> Condition:
    found = [opened.sight.payouts, *as_asked(asked, "bank", "payee")]
    if asked.state:
        found.append(Is("state", (PayoutState(asked.state),)))
    return AllOf((*found, *on_voucher(opened, asked)))


def _payouts(_: Reading, rows: Rows, __: PayoutFilters) -> list[dict[str, Any]]:
    names = Payout.model_fields.keys() - {"state"}
    return [{**picked(row, *names), "state": row.state.value} for _, row in rows]


PAYMENTS = Listing(
    name="payments",
    operation="Payments",
    view="payments",
    row=Payment,
    filters=PaymentFilters,
    where=_payments_where,
    shown=_payments,
)
SETTLEMENTS = Listing(
    name="settlements",
    operation="Settlements",
    view="settlements",
    row=Settlement,
    filters=SettlementFilters,
    where=_settlements_where,
    shown=_settlements,
)
PAYOUTS = Listing(
    name="payouts",
    operation="Payouts",
    view="payouts",
    row=Payout,
    filters=PayoutFilters,
    where=_payouts_where,
    shown=_payouts,
)

add_lists(ROUTER, PAYMENTS, SETTLEMENTS, PAYOUTS)
add_verbs(ROUTER, "ConfirmPayout", "ReturnPayout")
