"""What is reconciled, fund by fund: which views contracts are asked, and what our rows say."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from ledger.model.figures import loan_name, payable_name, voucher_name
from ledger.model.ids import voucher_id, vouchers_of
from ledger.model.states import Role, VoucherState
from ledger.service.reconciliation.claims import CLAIM_MATTERS
from ledger.service.reconciliation.matter import (
    PARTICIPANTS,
    PAYABLES,
    Ask,
    Figures,
    Matter,
    answered,
    begun,
    numbers,
    simple,
    valued,
)
from ledger.service.reconciliation.parties import PARTY_MATTERS
from ledger.store.database import Connection
from ledger.store.lists import Between, HasBit, Is, rows_of
from ledger.store.slices import sliced
from ledger.store.sums import amounts, kept_by_bank
from ledger.views.money_rows import Account, PayoutState
from ledger.views.party_rows import Exposure

__all__ = ["MATTERS"]


# ---- vouchers: as they stand at a second


_VOUCHER: Final = (
    "start", "end", "holder", "counterparty", "offered_at", "depth", "settled", "state", "flags",
)  # fmt: skip


def _voucher_keys(connection: Connection, ask: Ask) -> Iterable[int]:
    for payable in PAYABLES(connection, ask):
        serials = int(ask("Vouchers", "tallyOf", payable)["serials"])
        known = {voucher_id(payable, serial) for serial in range(1, serials + 1)}
        here = Between("id", *vouchers_of(payable))
        yield from sorted(known | {row.id for row in rows_of(connection, "vouchers", here)})


def _voucher_rows(
    connection: Connection, keys: Sequence[Any], second: int
) -> Mapping[Any, Figures]:
    found = list(rows_of(connection, "vouchers", Is("id", tuple(keys))))
    views = sliced(connection, found, second)
    rows = (views.voucher(one.id, second=second) for one in found)
    return {row.id: _voucher({name: getattr(row, name) for name in _VOUCHER}) for row in rows}


def _voucher(said: Mapping[str, Any]) -> Figures:
    """Only of an offer that is open the second says anything."""
    is_open = said["state"] == VoucherState.OFFERED
    figures = {name: int(said[name]) for name in _VOUCHER}
    return {**figures, "offered_at": figures["offered_at"] if is_open else 0}


# ---- what is owed and paid out


_ACCOUNT: Final = ("carried", "unapplied", "unapplied_day", "last_day", "payments")
_EXPOSURE: Final = ("limit", "outstanding", "unpaid_due")


def _payout_rows(connection: Connection, keys: Sequence[Any], _: int) -> Mapping[Any, Figures]:
    rows = rows_of(connection, "payouts", Is("number", tuple(keys)))
    return {
        row.number: {
            "bank": row.bank,
            "payee": row.payee,
            "amount": row.amount,
            "voucher": row.voucher,
            "state": 1 if row.state is PayoutState.OPEN else 2,
        }
        for row in rows
    }


# ---- deposits


def _banks(connection: Connection, _: Ask) -> list[int]:
    """Settlement banks, and whoever has issued a deposit."""
    found = rows_of(connection, "participants", HasBit("roles", int(Role.SETTLEMENT)))
    return sorted({row.id for row in found} | set(amounts(connection, "issued")))


def _issued_rows(connection: Connection, keys: Sequence[Any], _: int) -> Mapping[Any, Figures]:
    """What a bank has issued, and what it owes now: the same."""
    issued, kept = amounts(connection, "issued"), kept_by_bank(connection)
    return {key: {"issued": issued.get(key, 0), "amount": kept.get(key, 0)} for key in keys}


MATTERS: Final = (
    simple(
        "payables", ("Vouchers", "payableOf"), PAYABLES,
        ("obligor", "offeree", "bank", "offered_at", "face", "maturity", "due", "rules", "state",
         "invoices", "freezes"),
        payable_name,
    ),
    simple(
        "funds", ("Vouchers", "tallyOf"), PAYABLES,
        ("live", "paid", "redeemed", "pieces", "serials", "redemptions"),
        payable_name, view="payables",
    ),
    Matter(
        "vouchers", "Vouchers", "voucherOf", _voucher_keys, _voucher_rows, _voucher, voucher_name,
    ),
    Matter(
        "accounts", "Settlement", "accountOf", PAYABLES,
        partial(begun, "accounts", Account, _ACCOUNT), partial(answered, _ACCOUNT), payable_name,
    ),
    simple(
        "loans", ("Loans", "loanOf"), partial(numbers, "loans", "Loans", "loanCount"),
        ("voucher", "borrower", "lender", "principal", "interest_left", "rate", "ltv", "due",
         "interest_from"),
        loan_name,
    ),
    Matter(
        "payouts", "Settlement", "payoutOf",
        partial(numbers, "payouts", "Settlement", "payoutCount"), _payout_rows,
        partial(answered, ("bank", "payee", "amount", "voucher", "state")), str,
    ),
    valued("deposits", "Deposits", "depositOf"),
    valued("holds", "Deposits", "holdOf"),
    Matter(
        "issued", "Deposits", "issuedBy", _banks, _issued_rows,
        lambda answer: {"issued": int(answer), "amount": int(answer)}, str,
    ),
    simple(
        "participants", ("Participants", "memberOf"), PARTICIPANTS,
        ("roles", "suspended", "frozen", "threshold_low", "threshold_high", "signers",
         "first_signer", "high_from", "recovery_bank", "committed", "committed_day", "frozen_at"),
        str, suspended="is_suspended", frozen="is_frozen",
    ),
    Matter(
        "exposures", "Exposure", "exposureOf", PARTICIPANTS,
        partial(begun, "exposures", Exposure, _EXPOSURE),
        lambda answer: dict(zip(_EXPOSURE, map(int, answer), strict=True)), str,
    ),
    valued("limits", "Exposure", "limitOf"),
    *CLAIM_MATTERS,
    *PARTY_MATTERS,
)  # fmt: skip
