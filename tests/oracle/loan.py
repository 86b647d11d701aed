"""A loan against a pledged voucher."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from tests.oracle.money import interest_across
from tests.oracle.voucher import Voucher

__all__ = ["Loan"]


@dataclass(slots=True)
class Loan:
    """Principal, terms, and the date up to which its interest has been reckoned."""

    voucher: Voucher
    borrower: str
    lender: str
    principal: int
    ltv: Fraction
    rate: Fraction
    due: date
    overdue_multiplier: Fraction
    interest_from: date
    interest_carried: int = 0
    is_open: bool = True

    def interest_on(self, principal: int, today: date) -> int:
        """Interest on some of the principal since the last interest date."""
        span = (self.interest_from, today)
        return interest_across(
            principal, self.rate, span, due=self.due, multiplier=self.overdue_multiplier
        )

    def receive(self, share: int, today: date) -> int:
        """Take from a payment's share what is owed on that day, interest first; return it."""
        if share == 0:
            return 0
        interest = self.interest_carried + self.interest_on(self.principal, today)
        to_interest = min(share, interest)
        to_principal = min(share - to_interest, self.principal)
        self.interest_carried = interest - to_interest
        self.interest_from = today
        self.reduce(to_principal)
        return to_interest + to_principal

    def reduce(self, principal: int) -> None:
        """Lower the principal; at nothing the loan ends and its voucher, if open, is free."""
        self.principal -= principal
        if self.principal == 0:
            self.is_open = False
            if self.voucher.state == "pledged":
                self.voucher.hold()
