"""A payable: the integers [0, face), what of them is redeemed, and the payments made on it."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from tests.oracle.money import late_interest

__all__ = ["Payable", "Payment"]


@dataclass(frozen=True, slots=True)
class Payment:
    """What one payment did: its principal part, shared over what was then owed in all."""

    principal: int
    owed_before: int


@dataclass(slots=True)
class Payable:
    """The obligor's promise, with everything its shares are computed from."""

    name: str
    obligor: str
    face: int
    maturity: date
    state: str = "offered"
    redeemed: list[tuple[int, int]] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    late_paid: int = 0
    late_carried: int = 0
    last_payment_on: date | None = None
    invoice_uses: list[tuple[str, int]] = field(default_factory=list)

    def owed_below(self, unit: int) -> int:
        """DESIGN §4's pos(u): what is still owed on the units below `unit`, payment by payment."""
        gone = sum(min(unit, end) - start for start, end in self.redeemed if start < unit)
        position = unit - gone
        for payment in self.payments:
            position -= position * payment.principal // payment.owed_before
        return position

    def owed_on(self, start: int, end: int) -> int:
        """What is still owed on [start, end)."""
        return self.owed_below(end) - self.owed_below(start)

    @property
    def owed(self) -> int:
        """Unpaid, unredeemed principal in all: DESIGN §4's L."""
        return self.owed_below(self.face)

    @property
    def paid(self) -> int:
        """Principal paid; redemptions are not payments."""
        return sum(payment.principal for payment in self.payments)

    def share(self, total: int, start: int, end: int) -> int:
        """The part of `total` that belongs to [start, end), by what is owed before it is paid."""
        owed = self.owed
        if owed == 0:
            return 0
        return self.owed_below(end) * total // owed - self.owed_below(start) * total // owed

    @property
    def reckoned_from(self) -> date:
        """Interest on unpaid principal runs from the last payment, or from maturity."""
        return self.last_payment_on or self.maturity

    def late(self, today: date, daily: Fraction) -> int:
        """Late interest owed today: what was carried, and what came since the last payment."""
        return self.late_carried + late_interest(self.owed, daily, self.reckoned_from, today)

    def is_overdue(self, today: date) -> bool:
        """Live, past its maturity day and not fully paid."""
        return self.state == "live" and today > self.maturity and self.owed > 0

    def record_payment(self, late: int, principal: int, *, late_left: int, today: date) -> None:
        """Record a payment's two parts; its principal part moves every position."""
        self.late_paid += late
        if principal:
            self.payments.append(Payment(principal, self.owed))
        self.late_carried = late_left
        self.last_payment_on = today
