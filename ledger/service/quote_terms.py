"""What a quote comes to for whoever takes it: cash now, its cost, and that as a rate a year.

No contract prices a quote before it is taken, so it is reckoned here as `Interest.yearly` does it;
a test takes quotes of all kinds and compares with what the ledger paid.
"""

from dataclasses import dataclass
from typing import Any, Final

from ledger.model.commands import Command, PledgeQuote
from ledger.model.money import RATE_ONE

__all__ = ["Terms", "terms_of"]

_DAYS_OF_YEAR: Final = 360
_HUNDREDTHS: Final = 10_000
"""Hundredths of a percent in one whole."""


@dataclass(frozen=True, slots=True)
class Terms:
    """A quote beside holding the part to maturity, which costs nothing and pays nothing now."""

    net_cash: int
    """What the taker gets now, in fen."""
    cost: int
    """What that is dearer than holding to maturity."""
    days: int
    """For how many days the taker has the cash earlier."""
    annual: int | None
    """The cost in hundredths of a percent a year of the cash, by actual days over 360, half up.

    None where no day lies between, or no cash comes.
    """
    at_maturity: int
    """What still comes to the taker when all is paid on its day."""


def terms_of(quote: Command, *, today: int, maturity: int) -> Terms:
    """What a quote comes to if it is taken on a business day."""
    deal: Any = quote
    if isinstance(quote, PledgeQuote):
        days = max(min(deal.due, maturity) - today, 0)
        cost = _interest(deal.advance, deal.rate, days)
        return _terms(deal.advance, cost, days, left=deal.amount - deal.advance - cost)
    days = max(maturity - today, 0)
    cost = _interest(deal.amount, deal.rate, days)
    return _terms(deal.amount - cost, cost, days, left=0)


def _terms(net_cash: int, cost: int, days: int, *, left: int) -> Terms:
    is_rated = net_cash > 0 and days > 0
    annual = _half_up(cost * _DAYS_OF_YEAR * _HUNDREDTHS, net_cash * days) if is_rated else None
    return Terms(net_cash, cost, days, annual, left)


def _interest(principal: int, rate: int, days: int) -> int:
    """Simple interest in fen; the first day counts, the last does not."""
    return _half_up(principal * rate * days, _DAYS_OF_YEAR * RATE_ONE)


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)
