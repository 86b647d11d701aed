"""How a book writes amounts, rates and dates, and what the words of a command make of them.

A book may say what no command can carry, such as a negative rate or a date in the year 9999. It is
not malformed: the ledger has to refuse it. So a value outside its word stands as the largest of
the word (an early date as the first), which the ledger refuses with the same code.
"""

import re
from datetime import date
from typing import Final

from ledger.model.days import DAY_MAX

__all__ = ["day", "fen", "is_amount", "is_date", "is_rate", "parts", "signed_parts"]

# Digits are spelled out: \d would take fullwidth and other scripts' digits as well.
_AMOUNT: Final = re.compile(r"(0|[1-9][0-9]{0,29})(?:\.([0-9]{1,2}))?")
_RATE: Final = re.compile(r"(-?(?:0|[1-9][0-9]{0,29}))(?:\.([0-9]{1,9}))?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

_AMOUNT_TOP: Final = 2**64 - 1
_RATE_TOP: Final = 2**32 - 1
_EPOCH: Final = date(1970, 1, 1).toordinal()


def is_amount(value: object) -> bool:
    """Whether a value is an amount: a decimal string, not negative, of two decimals at most."""
    return isinstance(value, str) and _AMOUNT.fullmatch(value) is not None


def is_rate(value: object) -> bool:
    """Whether a value is a rate or a share: a decimal string of nine decimals at most."""
    return isinstance(value, str) and _RATE.fullmatch(value) is not None


def is_date(value: object) -> bool:
    """Whether a value is a calendar date written `YYYY-MM-DD`."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def fen(amount: str) -> int:
    """An amount in fen, as large as a command can carry at most."""
    return min(_scaled(_AMOUNT, amount, 2), _AMOUNT_TOP)


def signed_parts(rate: str) -> int:
    """A rate in parts per billion, exactly."""
    return _scaled(_RATE, rate, 9)


def parts(rate: str) -> int:
    """A rate in parts per billion; one that no command can carry as the largest, which is bad."""
    exact = signed_parts(rate)
    return exact if 0 <= exact <= _RATE_TOP else _RATE_TOP


def day(text: str) -> int:
    """The day number of a date, of the first or last day that a contract can name at least."""
    return min(max(date.fromisoformat(text).toordinal() - _EPOCH, 0), DAY_MAX)


def _scaled(form: re.Pattern[str], text: str, decimals: int) -> int:
    match = form.fullmatch(text)
    if match is None:
        raise ValueError(f"not a decimal string: {text!r}")
    return int(match[1] + (match[2] or "").ljust(decimals, "0"))
