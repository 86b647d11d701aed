"""The part of the views' state that concerns some payables, in memory, for questions about them.

The views answer questions on a `State`. A whole one is too large to hold; what lies on one payable
never depends on another's vouchers, so a part of it gives the same answers.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from ledger.model.ids import payable_of, vouchers_of
from ledger.model.states import VoucherState
from ledger.store.lists import AllOf, Between, Is, rows_of
from ledger.store.rows import VIEW_TABLES
from ledger.views.claim_rows import HopKind
from ledger.views.projection import Projection
from ledger.views.state import State

__all__ = ["add_payments", "sliced", "whole"]


def sliced(connection: Connection, vouchers: Iterable[Any], second: int) -> Projection:
    """What says how some vouchers stand at a second: their payables, rules, freezes, parties."""
    rows = list(vouchers)
    made = _begun(connection, {payable_of(row.id) for row in rows}, second)
    made.state.vouchers = {row.id: row for row in rows}
    _add_parties(connection, made.state)
    return made


def add_payments(connection: Connection, made: Projection) -> None:
    """To a slice, what says how much of its vouchers is paid: two questions, if any is in part."""
    state: State = made.state
    is_open = (row for row in state.vouchers.values() if row.state is not VoucherState.CLOSED)
    paid = {row.payable for row in is_open if state.payables[row.payable].paid}
    if not paid:
        return  # then nothing is, and a page is spared them
    on_them, redeemed = Is("payable", tuple(paid)), Is("kind", (HopKind.REDEMPTION,))
    for payment in rows_of(connection, "payments", on_them):
        state.payments.setdefault(payment.payable, []).append(payment)
    for hop in rows_of(connection, "hops", AllOf((on_them, redeemed))):
        state.hops.setdefault(hop.payable, []).append(hop)


def whole(connection: Connection, payable: int, second: int) -> Projection:
    """Everything that lies on one payable."""
    made = _begun(connection, {payable}, second)
    state, (first, last) = made.state, vouchers_of(payable)
    on_it = Between("voucher", first, last)
    own = Is("payable", (payable,))
    vouchers = rows_of(connection, "vouchers", Between("id", first, last))
    state.vouchers = {row.id: row for row in vouchers}
    state.loans = {row.id: row for row in rows_of(connection, "loans", on_it)}
    state.loan_on = {row.voucher: row.id for row in state.loans.values()}
    state.settlements = list(rows_of(connection, "settlements", on_it))
    state.offers = list(rows_of(connection, "offers", on_it))
    state.open_offers = {
        row.voucher: place for place, row in enumerate(state.offers) if row.state == "open"
    }
    state.sales = list(rows_of(connection, "sales", on_it))
    state.recourse = {row.recourse: row for row in state.sales if row.recourse}
    state.hops = {payable: list(rows_of(connection, "hops", own))}
    state.payments = {payable: list(rows_of(connection, "payments", own))}
    state.accounts = {row.payable: row for row in rows_of(connection, "accounts", own)}
    _add_parties(connection, state)
    return made


def _begun(connection: Connection, payables: set[int], second: int) -> Projection:
    made = Projection()
    state: State = made.state
    named = Is("id", tuple(payables))
    state.second = second
    state.payables = {row.id: row for row in rows_of(connection, "payables", named)}
    rules = tuple({row.rules for row in state.payables.values()})
    table = VIEW_TABLES["rules"]
    numbered = table.table.select().where(table.table.c.number.in_(rules))
    state.rules = {row[0]: table.read_back(tuple(row)) for row in connection.execute(numbered)}
    freezes = rows_of(connection, "freezes", Is("payable", tuple(payables)))
    state.freezes = {(row.payable, row.number): row for row in freezes}
    return made


def _add_parties(connection: Connection, state: State) -> None:
    """Whoever holds or is offered one of the vouchers."""
    parties = {row.holder for row in state.vouchers.values()}
    parties |= {row.counterparty for row in state.vouchers.values()} - {0}
    found = rows_of(connection, "participants", Is("id", tuple(parties)))
    state.participants = {row.id: row for row in found}
