"""Everything a book has come to: records by name, the date, and what time alone does."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.oracle.cash import Cash
from tests.oracle.invoice import InvoiceRegister
from tests.oracle.loan import Loan
from tests.oracle.money import amount, rate
from tests.oracle.payable import Payable
from tests.oracle.refusal import BookError
from tests.oracle.voucher import Voucher

__all__ = ["Rules", "State"]


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one book."""

    late_rate_daily: Fraction
    overdue_multiplier: Fraction
    offer_days: timedelta
    tenor_max: timedelta
    depth_max: int

    @classmethod
    def of(cls, rules: dict[str, Any]) -> "Rules":
        """Read the rules of a book."""
        if rules.get("day_count", "ACT/360") != "ACT/360":
            raise BookError(f"unknown day count: {rules['day_count']}")
        return cls(
            late_rate_daily=rate(rules["late_rate_daily"]),
            overdue_multiplier=rate(rules["overdue_multiplier"]),
            offer_days=timedelta(days=rules["offer_days"]),
            tenor_max=timedelta(days=rules["tenor_days_max"]),
            depth_max=rules["depth_max"],
        )


class State:
    """Parties and limits, which stay; payables, vouchers and loans, which steps make."""

    def __init__(self, book: dict[str, Any]) -> None:
        self.rules = Rules.of(book["rules"])
        self.roles = {party["id"]: frozenset(party["roles"]) for party in book["parties"]}
        self.limits: dict[str, int] = {}
        for limit in book["limits"]:
            known = self.limits.get(limit["obligor"], 0)
            self.limits[limit["obligor"]] = known + amount(limit["amount"])
        self.today = date.min
        self.payables: dict[str, Payable] = {}
        self.vouchers: dict[str, Voucher] = {}
        self.loans: dict[str, Loan] = {}
        self.invoices = InvoiceRegister()
        self.cash = Cash(dict.fromkeys(self.roles, 0))

    def has_role(self, party: str, *roles: str) -> bool:
        """Whether a party has one of the roles; an unknown party has none."""
        return bool(self.roles.get(party, frozenset()).intersection(roles))

    def pass_time(self, today: date) -> None:
        """Move to a date: offers whose time is up lapse. Overdue is derived, never stored."""
        if today < self.today:
            raise BookError(f"the date goes back from {self.today} to {today}")
        self.today = today
        for voucher in self.vouchers.values():
            if voucher.state == "offered" and self._has_lapsed(voucher):
                self.return_offer(voucher)

    def _has_lapsed(self, voucher: Voucher) -> bool:
        assert voucher.offered_on is not None
        end = voucher.offered_on + self.rules.offer_days
        return self.today >= min(end, voucher.payable.maturity)

    def return_offer(self, voucher: Voucher) -> None:
        """Undo an offer: a part is held again, a root's payable is cancelled and frees its uses."""
        if voucher.payable.state == "live":
            voucher.hold()
            return
        voucher.payable.state = "cancelled"
        voucher.close()
        self.invoices.free(voucher.payable.invoice_uses)

    def outstanding(self, obligor: str) -> int:
        """What counts against an obligor's limit; a closed payable owes nothing."""
        return sum(
            payable.owed
            for payable in self.payables.values()
            if payable.obligor == obligor and payable.state in ("offered", "live")
        )

    def is_blocked(self, obligor: str) -> bool:
        """Whether the obligor has an overdue payable."""
        return any(
            payable.obligor == obligor and payable.is_overdue(self.today)
            for payable in self.payables.values()
        )

    def take_part(self, name: str, part: int, new_name: str) -> Voucher:
        """Cut `part` units from the low end as `new_name`; the whole is renamed instead."""
        voucher = self.vouchers[name]
        if part == voucher.length:
            if new_name != name:
                self._expect_new(new_name)
                self.vouchers[new_name] = self.vouchers.pop(name)
            return voucher
        self._expect_new(new_name)
        low = replace(voucher, end=voucher.start + part)
        voucher.start = low.end
        self.vouchers[new_name] = low
        return low

    def _expect_new(self, name: str) -> None:
        if name in self.vouchers:
            raise BookError(f"voucher {name} exists already")
