"""Simple interest in fen, as the contracts' `Interest` reckons it: each line item rounded once."""

from typing import Final

from ledger.model.money import RATE_ONE

__all__ = ["DAYS_OF_YEAR", "daily", "half_up", "yearly"]

DAYS_OF_YEAR: Final = 360


def yearly(principal: int, rate: int, days: int) -> int:
    """Interest at a rate a year over some days; none for days that are not there."""
    return half_up(principal * rate * max(days, 0), DAYS_OF_YEAR * RATE_ONE)


def daily(principal: int, rate: int, days: int) -> int:
    """Interest at a rate a day over some days, as on what is paid late."""
    return half_up(principal * rate * max(days, 0), RATE_ONE)


def half_up(numerator: int, denominator: int) -> int:
    """A quotient as a whole number; a half goes up."""
    return (2 * numerator + denominator) // (2 * denominator)
