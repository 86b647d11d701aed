"""Money and rates at the edges: fen and parts per billion inside, decimal strings outside."""

import re
from typing import Final

from ledger.model.capitals import capitals
from ledger.model.errors.input import InvalidField
from ledger.model.figures import (
    RATE_ONE,
    amount_text,
    grouped_text,
    multiple_text,
    percent_text,
    yuan_text,
)

__all__ = [
    "AMOUNT_MAX",
    "RATE_ONE",
    "amount_text",
    "capitals",
    "grouped_text",
    "parse_amount",
    "parse_rate",
    "percent_text",
    "rate_text",
    "yuan_text",
]

AMOUNT_MAX: Final = 10**17 - 1
"""The largest amount that can be written, in fen: fifteen digits of yuan."""

# Digits are spelled out: \d would take fullwidth and other scripts' digits as well.
_AMOUNT: Final = re.compile(r"(0|[1-9][0-9]{0,14})(?:\.([0-9]{1,2}))?")
_RATE: Final = re.compile(r"(0|[1-9][0-9]{0,2})(?:\.([0-9]{1,9}))?")


def parse_amount(text: object, *, field: str = "amount") -> int:
    """Fen of a decimal string such as `1000000.00`; a number or any other form is refused."""
    return _scaled(_AMOUNT, text, field=field, expected="amount")


def parse_rate(text: object, *, field: str = "rate") -> int:
    """Parts per billion of a decimal string such as `0.0385`, exactly."""
    return _scaled(_RATE, text, field=field, expected="rate")


def rate_text(parts: int) -> str:
    """Parts per billion as a decimal string: 38500000 is `0.0385`."""
    return multiple_text(parts)


def _scaled(form: re.Pattern[str], text: object, *, field: str, expected: str) -> int:
    match = form.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise InvalidField(field=field, value=text, expected=expected)
    decimals = 2 if form is _AMOUNT else 9
    return int(match[1] + (match[2] or "").ljust(decimals, "0"))
