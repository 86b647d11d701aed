"""Business days: the calendar date in UTC+8, its number since 1970-01-01, and chain seconds."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Final

from ledger.model.errors.input import InvalidField
from ledger.model.figures import BUSINESS_ZONE, date_text, time_text

__all__ = [
    "BUSINESS_ZONE",
    "DAY_MAX",
    "SET_DAYS",
    "bits_of",
    "business_day",
    "chain_second",
    "date_of",
    "date_text",
    "day_of",
    "day_of_second",
    "days_of",
    "first_second",
    "moment_of",
    "months_after",
    "parse_day",
    "time_text",
]

DAY_MAX: Final = 2**16 - 1
"""The last day that a contract can name, 2149-06-06."""
SET_DAYS: Final = 256
"""How many days a set of days tells of, a bit each."""

_EPOCH: Final = date(1970, 1, 1).toordinal()
_DAY_SECONDS: Final = 86_400
_ZONE_SECONDS: Final = 8 * 3_600
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def parse_day(text: object, *, field: str = "date") -> int:
    """The day number of a date written `YYYY-MM-DD`; any other form is refused."""
    if not isinstance(text, str) or not _DATE.fullmatch(text):
        raise InvalidField(field=field, value=text, expected="date")
    try:
        day = date.fromisoformat(text).toordinal() - _EPOCH
    except ValueError:
        raise InvalidField(field=field, value=text, expected="date") from None
    if not 0 <= day <= DAY_MAX:
        raise InvalidField(field=field, value=text, expected="date_range")
    return day


def day_of(when: date) -> int:
    """The number of a calendar date."""
    day = when.toordinal() - _EPOCH
    if isinstance(when, datetime) or not 0 <= day <= DAY_MAX:
        raise InvalidField(field="date", value=when, expected="date_range")
    return day


def date_of(day: int) -> date:
    """The calendar date of a day number."""
    _check(day, DAY_MAX, expected="day")
    return date.fromordinal(_EPOCH + day)


def months_after(day: int, months: int) -> int:
    """The same date some months later, or the last one of that month."""
    start = date_of(day)
    years, month = divmod(start.month - 1 + months, 12)
    for number in range(start.day, start.day - 4, -1):
        try:
            return day_of(date(start.year + years, month + 1, number))
        except ValueError:
            continue
    return day


def days_of(bits: int, first: int) -> list[int]:
    """The days of a set whose lowest bit stands for the first."""
    return [first + place for place in range(SET_DAYS) if bits >> place & 1]


def bits_of(days: Iterable[int], first: int, *, field: str = "days") -> int:
    """The set of some days; one that it cannot tell of is refused."""
    bits = 0
    for at, day in enumerate(days):
        if not 0 <= day - first < SET_DAYS:
            raise InvalidField(field=f"{field}[{at}]", value=date_text(day), expected="holiday")
        bits |= 1 << day - first
    return bits


def day_of_second(second: int) -> int:
    """The business day in which a chain second falls."""
    _check(second, DAY_MAX * _DAY_SECONDS, expected="second")
    return (second + _ZONE_SECONDS) // _DAY_SECONDS


def first_second(day: int) -> int:
    """The chain second in which a business day begins; day 0 began before the first second."""
    _check(day, DAY_MAX, expected="day")
    return max(0, day * _DAY_SECONDS - _ZONE_SECONDS)


def moment_of(second: int) -> datetime:
    """A chain second as an aware time in UTC."""
    _check(second, DAY_MAX * _DAY_SECONDS, expected="second")
    return datetime.fromtimestamp(second, UTC)


def chain_second(moment: datetime) -> int:
    """The chain second of an aware time; a naive one is refused."""
    if moment.tzinfo is None:
        raise InvalidField(field="moment", value=moment, expected="aware_time")
    return int(moment.timestamp() // 1)


def business_day(moment: datetime) -> int:
    """The business day of an aware time."""
    return day_of_second(chain_second(moment))


def _check(value: object, most: int, *, expected: str) -> None:
    if type(value) is not int or not 0 <= value <= most:
        raise InvalidField(field=expected, value=value, expected=expected)
