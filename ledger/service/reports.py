"""Reports of a participant's own figures: what falls due day by day, and statements of deposits."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from ledger.model.days import first_second
from ledger.model.errors import InvalidField
from ledger.store import reports as rows
from ledger.store.database import Connection
from ledger.store.lists import AllOf, Is, rows_of
from ledger.store.reports import Moved
from ledger.views.money_rows import Payment
from ledger.views.shares import Range, principal_of, redeemed_ranges

__all__ = ["DAYS_MAX", "Due", "Statement", "maturities", "statements"]

DAYS_MAX: Final = 400
"""Days that a report covers."""


@dataclass(frozen=True, slots=True)
class Due:
    """What falls due on a day, in unpaid principal."""

    day: int
    payable_count: int
    owed: int
    """By the participant, as obligor."""
    voucher_count: int
    receivable: int
    """On the vouchers that it holds, pledged ones too."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A deposit over some days: opening + received − spent = closing."""

    bank: int
    opening: int
    received: int
    spent: int

    @property
    def closing(self) -> int:
        """What stands at the end of the last day."""
        return self.opening + self.received - self.spent


def maturities(connection: Connection, participant: int, first: int, last: int) -> list[Due]:
    """Day by day what falls due to and from a participant; days without anything are left out.

    Raises `InvalidField` for days that are too many or the wrong way round.
    """
    _check(first, last)
    owed = {
        due: (count, amount)
        for due, count, amount in rows.owed_by_due(connection, participant, first, last)
    }
    held: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for due, count, amount in rows.held_unpaid(connection, participant, first, last):
        held[due] = (count, amount)
    for due, amount in _of_paid(connection, participant, first, last):
        count, total = held[due]
        held[due] = (count + 1, total + amount)
    return [
        Due(day, *owed.get(day, (0, 0)), *held.get(day, (0, 0))) for day in sorted({*owed, *held})
    ]


def statements(connection: Connection, owner: int, first: int, last: int) -> list[Statement]:
    """A participant's deposits over some days, both included, bank by bank.

    Raises `InvalidField` for days that are too many or the wrong way round.
    """
    _check(first, last)
    found = rows.moved(connection, owner, first_second(first), first_second(last + 1))
    return [_statement(one) for one in found]


def _statement(moved: Moved) -> Statement:
    return Statement(moved.bank, moved.before, moved.received, moved.spent)


def _of_paid(
    connection: Connection, participant: int, first: int, last: int
) -> list[tuple[int, int]]:
    """Due day and unpaid principal of vouchers whose payables have had payments."""
    found, payable = list[tuple[int, int]](), 0
    parts: tuple[list[Payment], list[Range]] = ([], [])
    for number, due, start, end in rows.held_of_paid(connection, participant, first, last):
        if number != payable:
            payable, own = number, Is("payable", (number,))
            hops = rows_of(connection, "hops", AllOf((own, Is("kind", ("redemption",)))))
            parts = (list(rows_of(connection, "payments", own)), redeemed_ranges(hops))
        found.append((due, principal_of((start, end), *parts)))
    return found


def _check(first: int, last: int) -> None:
    if not first <= last < first + DAYS_MAX:
        raise InvalidField(field="to", value=last, expected="date_range")
