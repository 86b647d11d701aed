"""The feed of events: appended by the follower, numbered without a gap, read from a cursor on."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.engine import Connection

from ledger.store.bulk import insert_rows
from ledger.store.columns import Plain
from ledger.store.tables.events import EVENTS

__all__ = [
    "EVERYBODY",
    "FeedEvent",
    "add_events",
    "events_after",
    "find_event",
    "first_seq_above",
    "last_seq",
    "participants_text",
]

EVERYBODY: Final = 0
"""Stands among the participants of an event that concerns all."""


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """One event of the ledger, as the feed tells it."""

    seq: int
    kind: str
    block: int
    second: int
    digest: bytes | None
    """The command whose effect it is."""
    participants: tuple[int, ...]
    """Whom it concerns; `EVERYBODY` for all."""
    data: Mapping[str, Any]
    """Its values: numbers as they are, bytes as `0x` and hexadecimal digits."""


_LAST_SEQ: Final = select(func.max(EVENTS.c.seq))


def participants_text(participants: Sequence[int]) -> str:
    """Participants as the table keeps them: `,1,3,`."""
    return (",%d" * len(participants) + ",") % tuple(participants)


def last_seq(connection: Connection) -> int:
    """Number of the last event; 0 where there is none."""
    return int(connection.execute(_LAST_SEQ).scalar() or 0)


def first_seq_above(connection: Connection, block: int) -> int | None:
    """Number of the first event above a block; None where there is none."""
    found: int | None = connection.execute(
        select(func.min(EVENTS.c.seq)).where(EVENTS.c.block > block)
    ).scalar()
    return found


def add_events(connection: Connection, rows: Sequence[Plain]) -> None:
    """Append rows of the table's columns."""
    insert_rows(connection, EVENTS, rows)


def events_after(
    connection: Connection,
    seq: int,
    *,
    limit: int,
    participant: int | None = None,
    kinds: Sequence[str] = (),
) -> list[FeedEvent]:
    """Events behind a number in their order; those that concern a participant if one is named."""
    wanted: list[ColumnElement[bool]] = [EVENTS.c.seq > seq]
    if participant is not None:
        concerned = EVENTS.c.participants
        wanted.append(
            or_(concerned.contains(f",{participant},"), concerned.contains(f",{EVERYBODY},"))
        )
    if kinds:
        wanted.append(EVENTS.c.kind.in_(kinds))
    found = connection.execute(select(EVENTS).where(*wanted).order_by(EVENTS.c.seq).limit(limit))
    return [_event(row) for row in found]


def find_event(connection: Connection, seq: int) -> FeedEvent | None:
    """An event by its number."""
    row = connection.execute(select(EVENTS).where(EVENTS.c.seq == seq)).first()
    return None if row is None else _event(row)


def _event(row: Any) -> FeedEvent:
    return FeedEvent(
        seq=row.seq,
        kind=row.kind,
        block=row.block,
        second=row.second,
        digest=row.digest,
        participants=tuple(int(one) for one in row.participants.split(",") if one),
        data=json.loads(row.data),
    )
