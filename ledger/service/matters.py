"""What is reconciled, fund by fund: which views contracts are asked, and what our rows say.

Of each key the contract's answer gives some whole numbers by name, and so do the rows; they must
be the same.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from ledger.model.figures import loan_name, payable_name, voucher_name
from ledger.model.states import Role
from ledger.store.database import Connection
from ledger.store.lists import EVERYTHING, Between, HasBit, Is, page, rows_of
from ledger.store.rows import VIEW_TABLES
from ledger.store.slices import sliced
from ledger.store.sums import amounts, kept_by_bank
from ledger.views.money_rows import Account, PayoutState
from ledger.views.party_rows import Exposure

__all__ = ["MATTERS", "MONEY", "Figures", "Matter"]

Figures = Mapping[str, int]
Ask = Callable[..., Any]
"""Asks a view of a contract: its name, the function's, values."""

MONEY: Final = frozenset(
    {
        "amount", "carried", "face", "interest_left", "issued", "limit", "live", "outstanding",
        "paid", "principal", "redeemed", "unapplied",
    }
)  # fmt: skip
"""Figures that are fen."""


@dataclass(frozen=True, slots=True)
class Matter:
    """A kind of record that a contract and our rows both keep."""

    name: str
    contract: str
    function: str
    keys: Callable[[Connection, Ask], Iterable[Any]]
    """Every key that either side knows of."""
    rows: Callable[[Connection, Sequence[Any], int], Mapping[Any, Figures]]
    """What the rows of some keys say at a second; a key without a row is left out."""
    figures: Callable[[Any], Figures]
    """What the contract's answer says."""
    named: Callable[[Any], str]
    """A key as people read it."""


def _numbers(view: str, contract: str, counter: str, connection: Connection, ask: Ask) -> range:
    """Numbers from 1 up to the highest that rows or contract have."""
    last = page(connection, view, EVERYTHING, most=1)
    highest = last[0][0][0] if last else 0
    return range(1, max(highest, int(ask(contract, counter))) + 1)


_PAYABLES: Final = partial(_numbers, "payables", "Vouchers", "payableCount")
_PARTICIPANTS: Final = partial(_numbers, "participants", "Participants", "participantCount")


def _answered(names: Sequence[str], answer: Any) -> Figures:
    return {name: int(answer[name]) for name in names}


def _told(
    view: str, names: Mapping[str, str], connection: Connection, keys: Sequence[Any], _: int
) -> Mapping[Any, Figures]:
    """Figures of rows whose key is one column."""
    column = VIEW_TABLES[view].keys[0]
    found = rows_of(connection, view, Is(column, tuple(keys)))
    return {
        getattr(row, column): {name: int(getattr(row, field)) for name, field in names.items()}
        for row in found
    }


def _simple(
    name: str,
    place: tuple[str, str],
    keys: Callable[[Connection, Ask], Iterable[Any]],
    names: Sequence[str],
    named: Callable[[Any], str],
    **otherwise: str,
) -> Matter:
    """Rows that have the same fields as the contract's record, but for those named otherwise."""
    fields = {one: otherwise.get(one, one) for one in names}
    view = otherwise.get("view", name)
    return Matter(
        name, *place, keys, partial(_told, view, fields), partial(_answered, names), named
    )


# ---- vouchers: as they stand at a second


_VOUCHER: Final = (
    "start", "end", "holder", "counterparty", "depth", "settled", "state", "flags",
)  # fmt: skip


def _voucher_keys(connection: Connection, ask: Ask) -> Iterable[int]:
    for payable in _PAYABLES(connection, ask):
        serials = int(ask("Vouchers", "tallyOf", payable)["serials"])
        known = {payable << 32 | serial for serial in range(1, serials + 1)}
        here = Between("id", payable << 32, payable << 32 | 0xFFFFFFFF)
        yield from sorted(known | {row.id for row in rows_of(connection, "vouchers", here)})


def _voucher_rows(
    connection: Connection, keys: Sequence[Any], second: int
) -> Mapping[Any, Figures]:
    found = list(rows_of(connection, "vouchers", Is("id", tuple(keys))))
    views = sliced(connection, found, second)
    rows = (views.voucher(one.id, second=second) for one in found)
    return {row.id: {name: int(getattr(row, name)) for name in _VOUCHER} for row in rows}


# ---- rows that begin with the first event that needs them


def _begun(
    view: str, kind: Callable[[int], Any], names: Sequence[str],
    connection: Connection, keys: Sequence[Any], _: int,
) -> Mapping[Any, Figures]:  # fmt: skip
    column = VIEW_TABLES[view].keys[0]
    rows = rows_of(connection, view, Is(column, tuple(keys)))
    found = {getattr(row, column): row for row in rows}
    return {
        key: {name: int(getattr(found.get(key) or kind(key), name)) for name in names}
        for key in keys
    }


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


def _amount_rows(
    view: str, connection: Connection, keys: Sequence[Any], _: int
) -> Mapping[Any, Figures]:
    found = amounts(connection, view)
    return {key: {"amount": found.get(key, 0)} for key in keys}


def _pair(key: Any) -> str:
    return " ".join(map(str, key)) if isinstance(key, tuple) else str(key)


def _valued(name: str, contract: str, function: str) -> Matter:
    return Matter(
        name,
        contract,
        function,
        lambda connection, _: sorted(amounts(connection, name)),
        partial(_amount_rows, name),
        lambda answer: {"amount": int(answer)},
        _pair,
    )


MATTERS: Final = (
    _simple(
        "payables", ("Vouchers", "payableOf"), _PAYABLES,
        ("obligor", "offeree", "bank", "offered_at", "face", "maturity", "due", "rules", "state",
         "invoices", "freezes"),
        payable_name,
    ),
    _simple(
        "funds", ("Vouchers", "tallyOf"), _PAYABLES,
        ("live", "paid", "redeemed", "pieces", "serials", "redemptions"),
        payable_name, view="payables",
    ),
    Matter(
        "vouchers", "Vouchers", "voucherOf", _voucher_keys, _voucher_rows,
        partial(_answered, _VOUCHER), voucher_name,
    ),
    Matter(
        "accounts", "Settlement", "accountOf", _PAYABLES,
        partial(_begun, "accounts", Account, _ACCOUNT), partial(_answered, _ACCOUNT), payable_name,
    ),
    _simple(
        "loans", ("Loans", "loanOf"), partial(_numbers, "loans", "Loans", "loanCount"),
        ("voucher", "borrower", "lender", "principal", "interest_left", "rate", "ltv", "due",
         "interest_from"),
        loan_name,
    ),
    Matter(
        "payouts", "Settlement", "payoutOf",
        partial(_numbers, "payouts", "Settlement", "payoutCount"), _payout_rows,
        partial(_answered, ("bank", "payee", "amount", "voucher", "state")), str,
    ),
    _valued("deposits", "Deposits", "depositOf"),
    _valued("holds", "Deposits", "holdOf"),
    Matter(
        "issued", "Deposits", "issuedBy", _banks, _issued_rows,
        lambda answer: {"issued": int(answer), "amount": int(answer)}, str,
    ),
    _simple(
        "participants", ("Participants", "memberOf"), _PARTICIPANTS,
        ("roles", "suspended", "frozen", "threshold_low", "threshold_high", "signers",
         "first_signer", "high_from", "recovery_bank"),
        str, suspended="is_suspended", frozen="is_frozen",
    ),
    Matter(
        "exposures", "Exposure", "exposureOf", _PARTICIPANTS,
        partial(_begun, "exposures", Exposure, _EXPOSURE),
        lambda answer: dict(zip(_EXPOSURE, map(int, answer), strict=True)), str,
    ),
    _valued("limits", "Exposure", "limitOf"),
)  # fmt: skip
