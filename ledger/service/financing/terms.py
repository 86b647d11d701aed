"""What a quote comes to for whoever takes it: cash now, its cost, and that as a rate a year.

No contract prices a quote before it is taken, so it is reckoned here as `Interest.yearly` and
`Rules.businessDay` do it; tests take quotes of all kinds and compare with what the ledger paid.
"""

from collections.abc import Set
from dataclasses import dataclass
from typing import Any, Final

from ledger.model.commands import Command, PledgeQuote
from ledger.model.days import DAY_MAX, SET_DAYS, days_of
from ledger.model.errors import BadTerms, CoverTooLow, LedgerError
from ledger.model.figures import RATE_MAX, RATE_ONE
from ledger.model.interest import DAYS_OF_YEAR, half_up, yearly
from ledger.store.database import Connection
from ledger.store.lists import EVERYTHING, page

__all__ = ["Terms", "holidays_in", "terms_of", "unfit"]

_HUNDREDTHS: Final = 10_000
"""Hundredths of a percent in one whole."""
_HOLIDAYS_RUN_MAX: Final = 31
"""The longest run of holidays that is skipped."""


@dataclass(frozen=True, slots=True)
class Terms:
    """A quote beside holding the part, which costs nothing and pays nothing until it is due."""

    net_cash: int
    """What the taker gets now, in fen."""
    cost: int
    """What that is dearer than holding: of a price its interest to maturity, or a loan's interest.

    A loan bears it until it is due on a business day, or until the payable is if that is earlier.
    """
    days: int
    """For how many days the taker has the cash: those of a loan, else until the payable is due.

    Maturity on a holiday means due later, without interest; so a price may bear fewer days.
    """
    annual: int | None
    """The cost in hundredths of a percent a year of the cash, by actual days over 360, half up.

    None where no day lies between, or no cash comes.
    """
    at_maturity: int
    """What still comes to the taker when all is paid on its day."""


def holidays_in(connection: Connection) -> Set[int]:
    """The holidays of the views."""
    sets = page(connection, "holidays", EVERYTHING, most=DAY_MAX // SET_DAYS + 1)
    return {day for (first,), bits in sets for day in days_of(bits, first)}


def terms_of(quote: Command, *, today: int, maturity: int, due: int, holidays: Set[int]) -> Terms:
    """What a quote comes to if it is taken today, on a payable that falls due on a business day."""
    deal: Any = quote
    days = max(due - today, 0)
    if isinstance(quote, PledgeQuote):
        # A loan that is not due before is repaid by the payment of the payable.
        days = max(min(_business_day(deal.due, holidays), due) - today, 0)
        cost = yearly(deal.advance, deal.rate, days)
        return _terms(deal.advance, cost, days, left=deal.amount - deal.advance - cost)
    cost = yearly(deal.amount, deal.rate, maturity - today)
    return _terms(deal.amount - cost, cost, days, left=0)


def unfit(quote: Command, *, today: int, maturity: int) -> LedgerError | None:
    """Why no ledger would carry such terms out today, whoever takes them; None where one would.

    As `Sales` and `Loans` look at them, who see them only when both sides have signed.
    """
    deal: Any = quote
    if deal.rate > RATE_MAX:
        return _bad("rate", deal.rate)
    if not isinstance(quote, PledgeQuote):
        # Of a maturity far away the interest may be more than the whole.
        is_paid = yearly(deal.amount, deal.rate, maturity - today) < deal.amount
        return None if is_paid else _bad("rate", deal.rate)
    if not 0 < deal.ltv <= RATE_ONE:
        return _bad("ltv", deal.ltv)
    if deal.advance == 0:
        return _bad("advance", 0)
    if deal.due <= today:
        return _bad("due", deal.due)
    if deal.advance * RATE_ONE > deal.amount * deal.ltv:
        return CoverTooLow(cover=deal.amount * deal.ltv // RATE_ONE, owed=deal.advance)
    return None


def _bad(field: str, value: int) -> BadTerms:
    return BadTerms(field=field.encode().ljust(32, b"\0"), value=value)


def _business_day(day: int, holidays: Set[int]) -> int:
    """The first business day on or after a day."""
    last = day + _HOLIDAYS_RUN_MAX
    return next((one for one in range(day, last) if one not in holidays), last)


def _terms(net_cash: int, cost: int, days: int, *, left: int) -> Terms:
    is_rated = net_cash > 0 and days > 0
    annual = half_up(cost * DAYS_OF_YEAR * _HUNDREDTHS, net_cash * days) if is_rated else None
    return Terms(net_cash, cost, days, annual, left)
