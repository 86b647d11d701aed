"""A voucher: a range of a payable with one holder, and the rights that travel with it."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from tests.oracle.payable import Payable

__all__ = ["Recourse", "Voucher"]


@dataclass(frozen=True, slots=True)
class Recourse:
    """A sale with full recourse: to whom, at what rate, and the right the seller had itself."""

    seller: str
    rate: Fraction
    before: "Recourse | None"


@dataclass(slots=True)
class Voucher:
    """The half-open range [start, end) of one payable."""

    payable: Payable
    start: int
    end: int
    holder: str
    state: str
    depth: int = 0
    offeree: str | None = None
    offered_on: date | None = None
    recourse: Recourse | None = None
    is_share_spent: bool = False

    @property
    def length(self) -> int:
        """How many units the range has."""
        return self.end - self.start

    @property
    def owed(self) -> int:
        """What is still owed on the range."""
        return self.payable.owed_on(self.start, self.end)

    def share(self, total: int) -> int:
        """The range's part of something shared over the whole payable."""
        return self.payable.share(total, self.start, self.end)

    def offer(self, offeree: str, today: date) -> None:
        """Offer the voucher; its holder stays the offeror."""
        self.state, self.offeree, self.offered_on = "offered", offeree, today

    def give(self, holder: str) -> None:
        """Hand the voucher over: one hop more."""
        self.holder = holder
        self.depth += 1
        self.hold()

    def hold(self) -> None:
        """Make the voucher plainly held by its holder."""
        self.state, self.offeree, self.offered_on = "held", None, None

    def close(self) -> None:
        """End the voucher; it keeps its last holder."""
        self.state, self.offeree, self.offered_on = "closed", None, None
