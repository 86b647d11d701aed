"""What is owed on a payable on a business day, reckoned from rows alone.

The contract tells the same as `debtOf`, and takes no more than that; whoever must pay reads it here
without asking a node.
"""

from dataclasses import dataclass

from ledger.model.interest import daily
from ledger.model.states import PayableState
from ledger.views.claim_rows import Payable
from ledger.views.money_rows import Account

__all__ = ["Owing"]


@dataclass(frozen=True, slots=True)
class Owing:
    """What is owed on a payable on a day, in fen, and the money that waits beside it."""

    live: int
    """Unpaid principal."""
    late_interest: int
    """What earlier payments did not cover, and what has accrued since the last one."""
    carried: int
    """The part of the late interest that earlier payments did not cover; it bears none."""
    unapplied: int
    """Attested money that is not shared yet, so that it has not lessened the debt."""

    @classmethod
    def of(
        cls, payable: Payable, account: Account | None, *, late_rate_daily: int, day: int
    ) -> "Owing":
        """By the daily rate of the rules that the payable was issued under."""
        paid = account or Account(payable.id)
        late = 0
        if payable.state is PayableState.LIVE:
            since = max(paid.last_day, payable.due)
            late = paid.carried + daily(payable.live, late_rate_daily, day - since)
        return cls(payable.live, late, paid.carried, paid.unapplied)

    @property
    def owed(self) -> int:
        """The whole debt: a payment of it on that day leaves nothing."""
        return self.live + self.late_interest
