"""Sums over the views for reports: what falls due by day, and what moved on deposits."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, case, func, literal_column, select

from ledger.model.states import PayableState, VoucherState
from ledger.store.rows import VIEW_TABLES

__all__ = ["Moved", "held_of_paid", "held_unpaid", "moved", "owed_by_due"]

_OPEN = (int(VoucherState.OFFERED), int(VoucherState.HELD), int(VoucherState.PLEDGED))
_LIVE = int(PayableState.LIVE)


@dataclass(frozen=True, slots=True)
class Moved:
    """What came in and went out of a deposit at a bank, in fen."""

    bank: int
    before: int
    """What had come in less what had gone out before the first second."""
    received: int
    spent: int


def owed_by_due(
    connection: Connection, obligor: int, first: int, last: int
) -> list[tuple[int, int, int]]:
    """By due day: how many live payables an obligor has, and what is owed on them."""
    table = VIEW_TABLES["payables"].table
    found = connection.execute(
        select(table.c.due, func.count(), *_halves(table.c.live))
        .where(table.c.obligor == obligor, table.c.state == _LIVE, table.c.due.between(first, last))
        .group_by(table.c.due)
        .order_by(table.c.due)
    )
    return [(int(due), int(count), _whole(*halves)) for due, count, *halves in found]


def held_unpaid(
    connection: Connection, holder: int, first: int, last: int
) -> list[tuple[int, int, int]]:
    """By due day: vouchers of a holder on payables without a payment, and their amounts."""
    vouchers, payables, paid = _held()
    found = connection.execute(
        select(payables.c.due, func.count(), *_halves(vouchers.c.end - vouchers.c.start))
        .select_from(vouchers)
        .join(payables, _of_payable(vouchers, payables))
        .where(*_wanted(vouchers, payables, holder, first, last), payables.c.id.not_in(paid))
        .group_by(payables.c.due)
    )
    return [(int(due), int(count), _whole(*halves)) for due, count, *halves in found]


def held_of_paid(
    connection: Connection, holder: int, first: int, last: int
) -> list[tuple[int, int, int, int]]:
    """Vouchers of a holder on payables with payments: payable, due day, bounds."""
    vouchers, payables, paid = _held()
    found = connection.execute(
        select(payables.c.id, payables.c.due, vouchers.c.start, vouchers.c.end)
        .select_from(vouchers)
        .join(payables, _of_payable(vouchers, payables))
        .where(*_wanted(vouchers, payables, holder, first, last), payables.c.id.in_(paid))
        .order_by(vouchers.c.id)
    )
    return [(int(one), int(due), int(start), int(end)) for one, due, start, end in found]


def moved(connection: Connection, owner: int, first: int, end: int) -> list[Moved]:
    """What moved on the deposits of an owner from a second up to another, bank by bank."""
    table = VIEW_TABLES["movements"].table
    is_in = (table.c.taker == owner) & (table.c.second < end)
    is_out = (table.c.giver == owner) & (table.c.second < end)
    is_within = table.c.second >= first

    def total(which: Any) -> tuple[Any, Any]:
        return _halves(case((which, table.c.amount), else_=0))

    found = connection.execute(
        select(
            table.c.bank,
            *total(is_in & ~is_within),
            *total(is_out & ~is_within),
            *total(is_in & is_within),
            *total(is_out & is_within),
        )
        .where(is_in | is_out)
        .group_by(table.c.bank)
        .order_by(table.c.bank)
    )
    return [_moved(*row) for row in found]


def _moved(bank: int, *halves: Any) -> Moved:
    came, went, received, spent = map(_whole, halves[::2], halves[1::2])
    return Moved(int(bank), came - went, received, spent)


def _halves(amount: Any) -> tuple[Any, Any]:
    """The sum of amounts in two columns: the engines' numbers end at 2^63, and sums may not.

    An amount from there on is stored as the negative number of the same bits.
    """
    high = amount.op(">>")(literal_column("32")).op("&")(literal_column("4294967295"))
    return func.sum(high), func.sum(amount.op("&")(literal_column("4294967295")))


def _whole(high: Any, low: Any) -> int:
    return (int(high) << 32) + int(low)


def _held() -> tuple[Any, Any, Any]:
    accounts = VIEW_TABLES["accounts"].table
    paid = select(accounts.c.payable).where(accounts.c.payments > 0)
    return VIEW_TABLES["vouchers"].table, VIEW_TABLES["payables"].table, paid


def _of_payable(vouchers: Any, payables: Any) -> Any:
    # Written out: PostgreSQL shifts by a number of 32 bits, and would be given one of 64.
    return payables.c.id == vouchers.c.id.op(">>")(literal_column("32"))


def _wanted(vouchers: Any, payables: Any, holder: int, first: int, last: int) -> tuple[Any, ...]:
    return (
        vouchers.c.holder == holder,
        vouchers.c.state.in_(_OPEN),
        payables.c.state == _LIVE,
        payables.c.due.between(first, last),
    )
