"""The arithmetic of claims once more, so that an audit asks no contract what an amount must be."""

from typing import Final

__all__ = ["across_due", "below", "daily", "part", "yearly", "yearly_times"]

_ONE: Final = 10**9
_YEAR: Final = 360


def yearly(principal: int, rate: int, start: int, end: int) -> int:
    """Interest from a day to another; the first counts, the last does not."""
    return _half_up(principal * rate * max(end - start, 0), _YEAR * _ONE)


def yearly_times(principal: int, rate: int, factor: int, start: int, end: int) -> int:
    """Interest at a rate raised by a factor, as one product."""
    return _half_up(principal * rate * factor * max(end - start, 0), _YEAR * _ONE * _ONE)


def across_due(principal: int, rate: int, factor: int, due: int, days: tuple[int, int]) -> int:
    """Interest of a loan: a line item up to its due day, another at the raised rate from there."""
    start, end = days
    middle = start if due < start else min(due, end)
    usual = yearly(principal, rate, start, middle)
    return usual + yearly_times(principal, rate, factor, middle, end)


def daily(principal: int, rate: int, start: int, end: int) -> int:
    """Late interest at a rate a day."""
    return _half_up(principal * rate * max(end - start, 0), _ONE)


def part(amount: int, share: int) -> int:
    """A share of an amount."""
    return _half_up(amount * share, _ONE)


def below(position: int, payment: int, owed: int) -> int:
    """What of a payment goes to the units on which `position` is owed, of `owed` in all."""
    return position * payment // owed if owed else 0


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)
