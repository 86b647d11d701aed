"""Amounts and interest: integers of fen, exact fractions for rates, rounding half up."""

from datetime import date
from fractions import Fraction

__all__ = ["amount", "half_up", "interest", "interest_across", "late_interest", "rate", "text"]

YEAR_DAYS = 360


def amount(decimal: str) -> int:
    """Read a decimal string of yuan as fen; a part of a fen or a negative amount is no amount."""
    fen = Fraction(decimal) * 100
    if fen.denominator != 1 or fen < 0:
        raise ValueError(f"not an amount: {decimal!r}")
    return int(fen)


def text(fen: int) -> str:
    """Write fen as a decimal string with two places."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def rate(decimal: str) -> Fraction:
    """Read a rate, a share or a ratio exactly."""
    return Fraction(decimal)


def half_up(value: Fraction) -> int:
    """Round to the nearest fen, a half upwards."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def interest(principal: int, yearly: Fraction, start: date, end: date) -> int:
    """Interest of one line item: the first day counts, the last does not; ACT/360."""
    days = max((end - start).days, 0)
    return half_up(principal * yearly * days / YEAR_DAYS)


def interest_across(
    principal: int, yearly: Fraction, span: tuple[date, date], *, due: date, multiplier: Fraction
) -> int:
    """Interest over a span that may cross a due date: [start, due) and [due, end), each rounded."""
    start, end = span
    before = interest(principal, yearly, start, min(end, due))
    after = interest(principal, yearly * multiplier, max(start, due), end)
    return before + after


def late_interest(principal: int, daily: Fraction, start: date, end: date) -> int:
    """Statutory interest on what is unpaid: simple, by the day."""
    return half_up(principal * daily * max((end - start).days, 0))
