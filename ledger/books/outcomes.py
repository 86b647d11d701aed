"""The outcome of a book, read off the ledger's views and the deposits as of its last date."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.books.cast import Cast
from ledger.books.names import Names
from ledger.model.ids import root_voucher, voucher_id
from ledger.model.money import amount_text
from ledger.model.states import PayableState, VoucherState

__all__ = ["outcome"]


@dataclass(frozen=True, slots=True)
class _Standing:
    """A voucher that is not closed, as the ledger shows it."""

    id: int
    payable: str
    is_live: bool
    record: Mapping[str, Any]


def outcome(cast: Cast, names: Names, refused: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Everything a book is judged by, as docs/books.md says it."""
    payables = {name: cast.ledger.payable(names.payables[name]) for name in sorted(names.payables)}
    standing = [
        one
        for name, payable in payables.items()
        for one in _standing(cast, name, names.payables[name], payable)
    ]
    standing.sort(key=lambda one: (one.payable, one.record["start"]))
    principal, late = _claims(cast, standing)
    overdue = [name for name in payables if cast.ledger.is_overdue(names.payables[name])]
    return {
        "net_cash": {name: amount_text(_net_cash(cast, name)) for name in cast.parties},
        "open_principal": principal,
        "accrued_late_interest": late,
        "payables": {
            name: {
                "state": PayableState(payable["state"]).name.lower(),
                "paid": amount_text(payable["paid"]),
                "overdue": name in overdue,
            }
            for name, payable in payables.items()
        },
        "loans": {name: _loan(cast, names.loans[name]) for name in sorted(names.loans)},
        "blocked_issuers": sorted(_blocked(cast, payables.values())),
        "vouchers": [_voucher(cast, one) for one in standing],
        "refused": [dict(refusal) for refusal in refused],
    }


def _blocked(cast: Cast, payables: Iterable[Mapping[str, Any]]) -> set[str]:
    """Obligors to whom the contracts refuse every issue."""
    obligors = {int(one["obligor"]) for one in payables}
    return {cast.id_of(one) for one in obligors if cast.ledger.is_blocked(one)}


def _net_cash(cast: Cast, name: str) -> int:
    return cast.ledger.deposit(cast.bank.id, cast.parties[name].id) - cast.deposit


def _standing(
    cast: Cast, name: str, number: int, payable: Mapping[str, Any]
) -> Iterator[_Standing]:
    """The vouchers of a payable that are not closed. Serial numbers begin with acceptance."""
    state = PayableState(payable["state"])
    if state is PayableState.OFFERED:
        ids = [root_voucher(number)]
    elif payable["pieces"]:
        ids = [voucher_id(number, serial) for serial in range(1, payable["serials"] + 1)]
    else:
        ids = []
    for one in ids:
        record = cast.ledger.voucher(one)
        if record["state"] != VoucherState.CLOSED:
            yield _Standing(one, name, state is PayableState.LIVE, record)


def _claims(cast: Cast, standing: Sequence[_Standing]) -> tuple[dict[str, str], dict[str, str]]:
    """Open principal and late interest of each holder, as of today."""
    principal: Counter[str] = Counter()
    late: Counter[str] = Counter()
    for one in standing:
        if one.is_live:
            holder = cast.id_of(one.record["holder"])
            owed, interest = cast.ledger.claim(one.id)
            principal[holder] += owed
            late[holder] += interest
    return _texts(principal), _texts(late)


def _texts(amounts: Counter[str]) -> dict[str, str]:
    return {name: amount_text(fen) for name, fen in sorted(amounts.items()) if fen}


def _loan(cast: Cast, loan: int) -> dict[str, Any]:
    record = cast.ledger.loan(loan)
    return {
        "open": bool(record["principal"] or record["interest_left"]),
        "principal": amount_text(record["principal"]),
    }


def _voucher(cast: Cast, one: _Standing) -> dict[str, Any]:
    return {
        "payable": one.payable,
        "units": [one.record["start"], one.record["end"]],
        "holder": cast.id_of(one.record["holder"]),
        "state": VoucherState(one.record["state"]).name.lower(),
        "depth": one.record["depth"],
    }
