"""Deposits at settlement banks, and every movement of them."""

from typing import Any, Literal

from pydantic import Field

from api import shapes
from api.commands import add_verbs
from api.finding import OnPayable, as_asked, of_payables, seen_of
from api.lists import Filters, Listing, Reading, Rows, add_lists
from api.meanings import picked, shown
from api.router import router
from api.shapes import Shape
from ledger.model.ids import parse_payable
from ledger.store.lists import AllOf, Condition, Is, Of

__all__ = ["ROUTER"]

ROUTER = router("deposits")


class Deposit(Shape):
    """What a participant has at a settlement bank."""

    bank: shapes.ParticipantNumber
    owner: shapes.ParticipantNumber
    amount: shapes.AmountOut


class DepositFilters(Filters):
    """Which deposits."""

    bank: shapes.ParticipantNumber | None = None
    owner: shapes.ParticipantNumber | None = None


class Movement(Shape):
    """Deposit money that moved at a bank."""

    kind: Literal["issued", "withdrawn", "moved", "held", "paid_out"]
    bank: shapes.ParticipantNumber
    giver: shapes.ParticipantNumber | None = Field(description="Null: from outside, or a hold.")
    taker: shapes.ParticipantNumber | None = Field(description="Null: to outside, or a hold.")
    amount: shapes.AmountOut
    payable: shapes.PayableName | None
    purpose: shapes.Hash | None
    moved_at: shapes.Moment


class MovementFilters(OnPayable):
    """Which movements."""

    kind: Literal["issued", "withdrawn", "moved", "held", "paid_out"] | None = None
    bank: shapes.ParticipantNumber | None = None
    giver: shapes.ParticipantNumber | None = None
    taker: shapes.ParticipantNumber | None = None


def _where(opened: Reading, asked: DepositFilters) -> Condition:
    return AllOf((opened.sight.deposits, *as_asked(asked, "bank", "owner")))


def _shown(_: Reading, rows: Rows, __: DepositFilters) -> list[dict[str, Any]]:
    return [
        {"bank": bank, "owner": owner, "amount": shown("amount", amount)}
        for (bank, owner), amount in rows
    ]


def _moved_where(opened: Reading, asked: MovementFilters) -> Condition:
    found = [opened.sight.movements, *as_asked(asked, "kind", "bank", "giver", "taker")]
    if asked.payable:
        found.append(Is("payable", (parse_payable(asked.payable),)))
    if payables := of_payables(opened, asked):
        known = AllOf((opened.sight.payables, *payables))
        found.append(Of("payable", "payables", "id", known))
    return AllOf(tuple(found))


def _still_known(opened: Reading, rows: Rows, asked: MovementFilters) -> Rows:
    """Those on payables that are their reader's whatever time did, where one asks about these."""
    if not asked.is_of_some:
        return rows
    seen = seen_of(opened, (row.payable for _, row in rows))
    return [(key, row) for key, row in rows if row.payable in seen]


def _moved(_: Reading, rows: Rows, __: MovementFilters) -> list[dict[str, Any]]:
    return [
        {
            "kind": row.kind.value,
            "giver": row.giver or None,
            "taker": row.taker or None,
            "payable": shown("payable", row.payable) if row.payable else None,
            "purpose": shown("purpose", row.purpose) if row.purpose else None,
            "moved_at": shown("second", row.second),
            **picked(row, "bank", "amount"),
        }
        for _, row in rows
    ]


DEPOSITS = Listing(
    name="deposits",
    operation="Deposits",
    view="deposits",
    row=Deposit,
    filters=DepositFilters,
    where=_where,
    shown=_shown,
)
MOVEMENTS = Listing(
    name="movements",
    operation="Movements",
    view="movements",
    row=Movement,
    filters=MovementFilters,
    where=_moved_where,
    shown=_moved,
    seen=_still_known,
)

add_lists(ROUTER, DEPOSITS, MOVEMENTS)
add_verbs(ROUTER, "IssueDeposit", "WithdrawDeposit", "MoveDeposit")
