"""Reminders in the feed: seven days before a payable is due, one day before, on the day, and after.

Each stage is told once. Who was away, or moved the clock on, hears of the stage that is true by
then and of none that has passed. The obligor and its settlement bank hear what must be paid on that
business day, late interest and all; holders and lenders hear of the due day alone.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from ledger.model.canonical import canonical
from ledger.model.days import day_of_second
from ledger.model.ids import SERIAL_MAX, voucher_id
from ledger.model.states import VoucherState
from ledger.service.running.crash_points import writing
from ledger.store.columns import Plain
from ledger.store.cursor import Cursor, cursor
from ledger.store.database import Connection, Database
from ledger.store.debts import owing_on
from ledger.store.errands import add_reminder, unreminded
from ledger.store.feed import add_events, last_seq, participants_text
from ledger.store.lists import AllOf, Between, Is, rows_of
from ledger.views.claim_rows import Payable
from ledger.views.debts import Owing

__all__ = ["HOLDERS_REMINDED", "OBLIGOR_REMINDED", "STAGES", "remind"]

OBLIGOR_REMINDED: Final = "ObligorReminded"
HOLDERS_REMINDED: Final = "HoldersReminded"

_LONG_AGO: Final = 400
"""Days after which nobody is told any more that something has become overdue."""

STAGES: Final = (
    ("T-7", 2, 7),
    ("T-1", 1, 1),
    ("due", 0, 0),
    ("overdue", -_LONG_AGO, -1),
)
"""Names of the stages, and between how many days before the due day each is true."""

_PAYABLES_A_TRANSACTION: Final = 50
_TOLD_TOGETHER: Final = 200
"""Participants that one event names; more are told by another."""

_OPEN: Final = (VoucherState.OFFERED, VoucherState.HELD, VoucherState.PLEDGED)


def remind(database: Database) -> int:
    """Tell of what is due, as of the last block read; returns how many payables were told of."""
    return sum(_remind(database, *stage) for stage in STAGES)


def _remind(database: Database, stage: str, least: int, most: int) -> int:
    count = 0
    while _is_any(database, stage, least, most):
        with writing(database, "remind") as connection:
            database.lock(connection, "follow")
            at = cursor(connection)
            found = _found(connection, at, stage, least, most)
            for one in found:
                add_reminder(connection, one.id, stage, block=at.number)
            _tell(connection, found, stage, at)
        count += len(found)
    return count


def _is_any(database: Database, stage: str, least: int, most: int) -> bool:
    with database.reading() as connection:
        return bool(_found(connection, cursor(connection), stage, least, most))


def _found(connection: Connection, at: Cursor, stage: str, least: int, most: int) -> list[Payable]:
    today = day_of_second(at.second)
    limit = _PAYABLES_A_TRANSACTION
    return unreminded(connection, stage, due_from=today + least, due_to=today + most, limit=limit)


def _tell(connection: Connection, payables: Sequence[Payable], stage: str, at: Cursor) -> None:
    seq, rows = last_seq(connection), list[Plain]()
    day = day_of_second(at.second)
    owing = owing_on(connection, payables, day)
    for payable in payables:
        about = {"payable_id": payable.id, "stage": stage, "due": payable.due}
        owed = {"day": day, **_owed(owing[payable.id])}
        for kind, participants, data in _events(connection, payable, about, owed):
            seq += 1
            said = canonical(data)
            concerned = participants_text(participants)
            rows.append((seq, kind, at.number, at.second, None, concerned, said, payable.id))
    add_events(connection, rows)


def _owed(owing: Owing) -> dict[str, int]:
    """What must be paid, its parts, and the money that waits to be shared."""
    names = ("owed", "live", "late_interest", "unapplied")
    return {name: getattr(owing, name) for name in names}


def _events(
    connection: Connection, payable: Payable, about: dict[str, Any], owed: dict[str, int]
) -> Iterator[tuple[str, tuple[int, ...], dict[str, Any]]]:
    parties = tuple(sorted({payable.obligor, payable.bank}))
    yield OBLIGOR_REMINDED, parties, {**about, **owed}
    holders = _holders(connection, payable.id)
    for start in range(0, len(holders), _TOLD_TOGETHER):
        yield HOLDERS_REMINDED, holders[start : start + _TOLD_TOGETHER], about


def _holders(connection: Connection, payable: int) -> tuple[int, ...]:
    """Who holds a voucher of a payable, or lends against one."""
    within = Between("id", voucher_id(payable, 0), voucher_id(payable, SERIAL_MAX))
    found: set[int] = set()
    for one in rows_of(connection, "vouchers", AllOf((within, Is("state", _OPEN)))):
        found.add(one.holder)
        if one.state is VoucherState.PLEDGED:
            found.add(one.counterparty)
    return tuple(sorted(found))
