"""Numbers as people read them. Nothing here parses, checks or refuses."""

from datetime import UTC, date, datetime, timedelta, timezone

__all__ = [
    "BUSINESS_ZONE",
    "RATE_MAX",
    "RATE_ONE",
    "amount_text",
    "date_text",
    "grouped_text",
    "loan_name",
    "multiple_text",
    "payable_name",
    "percent_text",
    "time_text",
    "voucher_name",
    "yuan_text",
]

RATE_ONE = 10**9
"""100 % in parts per billion."""

RATE_MAX = 360_000_000
"""The highest rate a year that the ledger carries out: 36 %."""

BUSINESS_ZONE = timezone(timedelta(hours=8), "UTC+8")
"""Business dates are dates of this zone."""


def amount_text(fen: int) -> str:
    """Fen as a decimal string: `10000.00`."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def grouped_text(fen: int) -> str:
    """Fen for reading: `10,000.00`."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def yuan_text(fen: int, prefix: str = "¥") -> str:
    """Fen with the sign of the yuan: `¥10,000.00`."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{prefix}{grouped_text(abs(fen))}"


def _fraction(number: int, decimals: int) -> str:
    """An integer of 10^-decimals as a decimal without needless zeros."""
    sign = "-" if number < 0 else ""
    whole, rest = divmod(abs(number), 10**decimals)
    tail = f"{rest:0{decimals}d}".rstrip("0")
    return f"{sign}{whole}.{tail}" if tail else f"{sign}{whole}"


def percent_text(parts: int) -> str:
    """Parts per billion as a percentage, exactly: 38500000 is `3.85 %`."""
    return f"{_fraction(parts, 7)} %"


def multiple_text(parts: int) -> str:
    """Parts per billion as a plain decimal: 1500000000 is `1.5`."""
    return _fraction(parts, 9)


def date_text(day: int) -> str:
    """A day number as its date; one that no calendar holds stays a number."""
    try:
        return date.fromordinal(date(1970, 1, 1).toordinal() + day).isoformat()
    except (OverflowError, ValueError):
        return str(day)


def time_text(second: int) -> str:
    """Chain seconds as the time in the business zone; one out of every calendar stays a number."""
    try:
        moment = datetime.fromtimestamp(second, UTC).astimezone(BUSINESS_ZONE)
    except (OverflowError, ValueError, OSError):
        return str(second)
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC+8")


def voucher_name(voucher: int) -> str:
    """A voucher as people read it: `V-12.3`."""
    return f"V-{voucher >> 32}.{voucher & 0xFFFFFFFF}"


def payable_name(payable: int) -> str:
    """A payable as people read it: `P-12`."""
    return f"P-{payable}"


def loan_name(loan: int) -> str:
    """A loan as people read it: `L-7`."""
    return f"L-{loan}"
