"""The oracle: a scenario book run step by step by the rules in plain Python."""

from collections.abc import Callable
from datetime import date
from typing import Any

from tests.oracle import financing, invariants, offers, settlement
from tests.oracle import outcome as outcomes
from tests.oracle.loan import Loan
from tests.oracle.payable import Payable
from tests.oracle.refusal import BookError, Refused
from tests.oracle.state import State
from tests.oracle.voucher import Voucher

__all__ = ["VERBS", "Oracle", "run"]


def _wait(_state: State, _step: dict[str, Any]) -> None:
    """Do nothing; only the date moves."""


VERBS: dict[str, Callable[[State, dict[str, Any]], None]] = {
    "issue": offers.issue,
    "accept": offers.accept,
    "decline": offers.decline,
    "transfer": offers.transfer,
    "sell": financing.sell,
    "pledge": financing.pledge,
    "repay": financing.repay,
    "redeem": financing.redeem,
    "pay": settlement.pay,
    "recourse": settlement.recourse,
    "wait": _wait,
}


class Oracle:
    """A book and what it has come to; `book["steps"]` may grow while it runs."""

    def __init__(self, book: dict[str, Any]) -> None:
        self.book = book
        self.state = State(book)
        self.refused: list[dict[str, Any]] = []
        self.next_step = 0

    def step(self, index: int) -> str | None:
        """Run the next step; return None, or the code of its refusal."""
        if index != self.next_step:
            raise BookError(f"step {index} out of order: the next one is {self.next_step}")
        step = self.book["steps"][index]
        self.next_step += 1
        self.pass_time(date.fromisoformat(step["on"]))
        try:
            VERBS[step["do"]](self.state, step)
        except Refused as refusal:
            self.refused.append({"step": index, "code": refusal.code})
            return refusal.code
        return None

    def pass_time(self, today: date) -> None:
        """Move to a date before its step is known; what lapses by then lapses."""
        self.state.pass_time(today)

    def outcome(self) -> dict[str, Any]:
        """The outcome object of docs/books.md, as of the last date."""
        return outcomes.outcome(self.state, self.refused)

    def check(self) -> None:
        """Raise AssertionError when an invariant of conservation is broken."""
        invariants.check(self.state)

    @property
    def claims(self) -> dict[str, outcomes.Claim]:
        """Open principal and late interest per holder, in fen; holders with nothing left out."""
        return outcomes.claims(self.state)

    @property
    def net_cash(self) -> dict[str, int]:
        """What every party has received less what it has paid, in fen."""
        return dict(self.state.cash.net)

    @property
    def payables(self) -> dict[str, Payable]:
        """Every payable that was issued, by name."""
        return self.state.payables

    @property
    def vouchers(self) -> dict[str, Voucher]:
        """Every voucher by its present name, closed ones too."""
        return self.state.vouchers

    @property
    def loans(self) -> dict[str, Loan]:
        """Every loan by its id, closed ones too."""
        return self.state.loans

    @property
    def blocked_issuers(self) -> list[str]:
        """The obligors with an overdue payable."""
        return outcomes.blocked_issuers(self.state)


def run(book: dict[str, Any]) -> dict[str, Any]:
    """Run a whole book on a fresh oracle and return its outcome."""
    oracle = Oracle(book)
    for index in range(len(book["steps"])):
        oracle.step(index)
    return oracle.outcome()
