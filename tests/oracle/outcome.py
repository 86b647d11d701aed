"""The outcome object of a book, exactly as docs/books.md describes it."""

from dataclasses import dataclass
from typing import Any

from tests.oracle.money import text
from tests.oracle.payable import Payable
from tests.oracle.state import State
from tests.oracle.voucher import Voucher

__all__ = ["Claim", "blocked_issuers", "claims", "outcome"]


@dataclass(frozen=True, slots=True)
class Claim:
    """What one holder is owed on live payables, in fen."""

    principal: int
    late: int


def claims(state: State) -> dict[str, Claim]:
    """Claims per holder, sorted; late interest is shared like a payment of today."""
    found: dict[str, Claim] = {}
    for voucher in state.vouchers.values():
        payable = voucher.payable
        if payable.state != "live" or voucher.state == "closed":
            continue
        late = voucher.share(payable.late(state.today, state.rules.late_rate_daily))
        known = found.get(voucher.holder, Claim(0, 0))
        found[voucher.holder] = Claim(known.principal + voucher.owed, known.late + late)
    return {holder: claim for holder, claim in sorted(found.items()) if claim != Claim(0, 0)}


def blocked_issuers(state: State) -> list[str]:
    """The obligors with an overdue payable, sorted."""
    return sorted({p.obligor for p in state.payables.values() if p.is_overdue(state.today)})


def outcome(state: State, refused: list[dict[str, Any]]) -> dict[str, Any]:
    """Everything a book is judged by."""
    held = claims(state)
    is_open = [voucher for voucher in state.vouchers.values() if voucher.state != "closed"]
    is_open.sort(key=lambda voucher: (voucher.payable.name, voucher.start))
    return {
        "net_cash": {party: text(net) for party, net in state.cash.net.items()},
        "open_principal": _texts({holder: claim.principal for holder, claim in held.items()}),
        "accrued_late_interest": _texts({holder: claim.late for holder, claim in held.items()}),
        "payables": {name: _payable(state, p) for name, p in sorted(state.payables.items())},
        "loans": {
            name: {"open": loan.is_open, "principal": text(loan.principal)}
            for name, loan in sorted(state.loans.items())
        },
        "blocked_issuers": blocked_issuers(state),
        "vouchers": [_voucher(voucher) for voucher in is_open],
        "refused": list(refused),
    }


def _texts(amounts: dict[str, int]) -> dict[str, str]:
    return {holder: text(fen) for holder, fen in amounts.items() if fen}


def _payable(state: State, payable: Payable) -> dict[str, Any]:
    return {
        "state": payable.state,
        "paid": text(payable.paid),
        "overdue": payable.is_overdue(state.today),
    }


def _voucher(voucher: Voucher) -> dict[str, Any]:
    return {
        "payable": voucher.payable.name,
        "units": [voucher.start, voucher.end],
        "holder": voucher.holder,
        "state": voucher.state,
        "depth": voucher.depth,
    }
