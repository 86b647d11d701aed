"""Payments, their distribution, payouts and deposits from their events."""

from collections.abc import Mapping
from typing import Final

from ledger.model.states import PayableState
from ledger.views.circulation import Handler, close, touched
from ledger.views.log import Entry
from ledger.views.money_rows import (
    Account,
    Movement,
    MovementKind,
    Payment,
    Payout,
    PayoutState,
    Settlement,
)
from ledger.views.row import replace
from ledger.views.state import State

__all__ = ["HANDLERS"]


def _account(state: State, payable: int) -> Account:
    return state.accounts.get(payable) or Account(payable)


# ---- payments


def _recorded(state: State, entry: Entry) -> None:
    payable = state.payables[entry["payable_id"]]
    payment = Payment(
        payable=payable.id,
        number=entry["number"],
        interest=entry["interest"],
        principal=entry["principal"],
        owed=payable.live,
        day=entry["day"],
        on_bank_rail=entry["on_bank_rail"],
    )
    state.payments.setdefault(payable.id, []).append(payment)
    account = _account(state, payable.id)
    shared = payment.amount if payment.on_bank_rail else 0
    state.accounts[payable.id] = replace(
        account,
        payments=payment.number + 1,
        carried=entry["carried"],
        last_day=payment.day,
        **_unapplied_less(account, shared),
    )


def _attested(state: State, entry: Entry) -> None:
    account = _account(state, entry["payable_id"])
    state.accounts[account.payable] = replace(
        account,
        unapplied=account.unapplied + entry["amount"],
        unapplied_day=max(account.unapplied_day, entry["value_day"]),
    )


def _unapplied_returned(state: State, entry: Entry) -> None:
    account = _account(state, entry["payable_id"])
    left = _unapplied_less(account, entry["amount"])
    state.accounts[account.payable] = replace(account, **left)


def _unapplied_less(account: Account, amount: int) -> dict[str, int]:
    """What waits after some of it has gone; the value day goes with the last of it."""
    left = account.unapplied - amount
    return {"unapplied": left, "unapplied_day": account.unapplied_day if left else 0}


def _distributed(state: State, entry: Entry) -> None:
    row = replace(touched(state, entry["voucher"]), settled=entry["payments"])
    loan = state.loans.get(state.loan_on.get(row.id, 0))
    state.vouchers[row.id] = row
    if state.payables[row.payable].state is PayableState.SETTLED:
        close(state, row)
    state.settlements.append(
        Settlement(
            voucher=row.id,
            start=row.start,
            end=row.end,
            holder=entry["holder"],
            lender=loan.lender if loan and entry["to_lender"] else 0,
            payments=entry["payments"],
            to_holder=entry["to_holder"],
            to_lender=entry["to_lender"],
            second=entry.second,
        )
    )


# ---- payouts


def _opened(state: State, entry: Entry) -> None:
    state.payouts[entry["payout"]] = Payout(
        number=entry["payout"],
        bank=entry["bank"],
        payee=entry["payee"],
        amount=entry["amount"],
        voucher=entry["voucher"],
    )


def _confirmed(state: State, entry: Entry) -> None:
    payout = state.payouts[entry["payout"]]
    state.payouts[payout.number] = replace(payout, state=PayoutState.CONFIRMED)


def _returned(state: State, entry: Entry) -> None:
    payout = state.payouts[entry["payout"]]
    state.payouts[payout.number] = replace(
        payout, state=PayoutState.OPEN, returns=payout.returns + 1
    )


# ---- deposits


def _change(state: State, bank: int, owner: int, amount: int) -> None:
    state.deposits[bank, owner] = state.deposits.get((bank, owner), 0) + amount


def _move(state: State, kind: MovementKind, entry: Entry, sides: tuple[int, int]) -> None:
    """Move an entry's amount between two deposits; 0 stands for no deposit."""
    bank, amount, (giver, taker) = entry["bank"], entry["amount"], sides
    if giver:
        _change(state, bank, giver, -amount)
    if taker:
        _change(state, bank, taker, amount)
    state.movements.append(
        Movement(
            kind=kind,
            bank=bank,
            giver=giver,
            taker=taker,
            amount=amount,
            second=entry.second,
            payable=entry.values.get("payable_id", 0),
            purpose=entry.values.get("purpose", b""),
        )
    )


def _deposit_issued(state: State, entry: Entry) -> None:
    _move(state, MovementKind.ISSUED, entry, (0, entry["to"]))
    state.issued[entry["bank"]] = state.issued.get(entry["bank"], 0) + entry["amount"]


def _deposit_withdrawn(state: State, entry: Entry) -> None:
    _move(state, MovementKind.WITHDRAWN, entry, (entry["from"], 0))
    state.issued[entry["bank"]] -= entry["amount"]


def _deposit_moved(state: State, entry: Entry) -> None:
    _move(state, MovementKind.MOVED, entry, (entry["from"], entry["to"]))


def _deposit_held(state: State, entry: Entry) -> None:
    _move(state, MovementKind.HELD, entry, (entry["from"], 0))
    _hold(state, entry, entry["amount"])


def _deposit_paid_out(state: State, entry: Entry) -> None:
    _move(state, MovementKind.PAID_OUT, entry, (0, entry["to"]))
    _hold(state, entry, -entry["amount"])


def _hold(state: State, entry: Entry, amount: int) -> None:
    bank, payable = entry["bank"], entry["payable_id"]
    key = (bank, entry["desk"], payable)
    state.holds[key] = state.holds.get(key, 0) + amount


HANDLERS: Final[Mapping[str, Handler]] = {
    "PaymentRecorded": _recorded,
    "PaymentAttested": _attested,
    "UnappliedReturned": _unapplied_returned,
    "VoucherSettled": _distributed,
    "PayoutOpened": _opened,
    "PayoutConfirmed": _confirmed,
    "PayoutReturned": _returned,
    "DepositIssued": _deposit_issued,
    "DepositWithdrawn": _deposit_withdrawn,
    "DepositMoved": _deposit_moved,
    "DepositHeld": _deposit_held,
    "DepositPaidOut": _deposit_paid_out,
}
