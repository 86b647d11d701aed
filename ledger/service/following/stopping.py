"""A follower that has stopped: before a block with an event that this release cannot read.

A view that leaves an event out would be wrong and look right. So nothing of that block is written,
and everybody is told where reading stands and why.
"""

from typing import Final, cast

from ledger.model.errors.store import EventUnreadable
from ledger.service.intake.refusals import refusal_of, refusal_text
from ledger.store.cursor import cursor, put_setting, setting
from ledger.store.database import Connection
from ledger.views import Entry

__all__ = ["ALARM", "UNREADABLE", "clear_stop", "put_stop", "stop_of", "unreadable"]

UNREADABLE: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
"""What a handler raises for an event that it does not understand."""

ALARM: Final = "alarm"
"""The setting that stands while the views are of a chain that is no more."""

_STOPPED: Final = "stopped"


def unreadable(entry: Entry) -> EventUnreadable:
    """What is wrong with an event."""
    return EventUnreadable(
        block=entry.block,
        transaction=entry.transaction,
        contract=entry.contract,
        event=f"{entry.name} {entry.index}",
    )


def put_stop(connection: Connection, stop: EventUnreadable) -> None:
    """Keep what stops the follower, for whoever asks."""
    put_setting(connection, _STOPPED, refusal_text(stop))


def clear_stop(connection: Connection) -> None:
    """The event was read, or is no more."""
    put_setting(connection, _STOPPED, None)


def stop_of(connection: Connection) -> EventUnreadable | None:
    """What stops the follower; None where it goes on."""
    text = setting(connection, _STOPPED)
    if text is None:
        return None
    stop = cast("EventUnreadable", refusal_of(text))
    # Another process, of a release that knows the event, may have gone on meanwhile.
    is_passed = cursor(connection).number >= stop.block and setting(connection, ALARM) is None
    return None if is_passed else stop
