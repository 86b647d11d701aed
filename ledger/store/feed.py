"""The feed of events: appended by the follower, numbered without a gap, read from a cursor on."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, func, or_, select, text
from sqlalchemy.engine import Connection

from ledger.store.bulk import insert_rows
from ledger.store.columns import Plain
from ledger.store.lists import AllOf, Condition, Is
from ledger.store.tables.events import EVENTS, OWN

__all__ = [
    "EVERYBODY",
    "GONE_THROUGH_MOST",
    "LOOKED_MOST",
    "FeedEvent",
    "Looked",
    "Wanted",
    "add_events",
    "events_after",
    "find_event",
    "first_seq_above",
    "last_seq",
    "look",
    "of_commands",
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
    payable: int | None
    """On which it lies."""


GONE_THROUGH_MOST: Final = 20_000
"""Numbers of the feed that are gone through for a page, however few of the events are wanted."""

LOOKED_MOST: Final = 200_000
"""The same where an index knows the events, so that others are passed over."""

_HIDDEN_PAGE: Final = 200
"""Events that are looked at together where some are taken out."""


def _as_they_are(events: Sequence[FeedEvent]) -> Sequence[FeedEvent]:
    return events


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events a page has."""

    where: Condition
    is_known: bool = False
    """Whether an index knows them: by payables or commands that are named."""
    seen: Callable[[Sequence[FeedEvent]], Sequence[FeedEvent]] = _as_they_are
    """Those that their reader sees of these."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A page of the feed, and where to go on: behind events that were not wanted, too."""

    events: Sequence[FeedEvent]
    after: int
    upto: int
    """Up to which number was looked: told nobody, since it counts what others do."""
    has_more: bool


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


def look(connection: Connection, after: int, wanted: Wanted, *, limit: int) -> Looked:
    """Events behind a number that are wanted and seen. The page ends with the numbers looked at.

    Where it ends depends on what is seen and asked alone, so that it tells nothing more.
    """
    upto = after + (LOOKED_MOST if wanted.is_known else GONE_THROUGH_MOST)
    last = last_seq(connection)
    is_last = upto >= last
    said = [wanted.where.said(EVENTS), *([] if is_last else [EVENTS.c.seq <= upto])]
    found: list[FeedEvent] = []
    behind, most = after, limit + 1
    while len(found) <= limit:
        asked = select(EVENTS).where(EVENTS.c.seq > behind, *said).order_by(EVENTS.c.seq)
        some = [_event(row) for row in connection.execute(asked.limit(most))]
        found += wanted.seen(some)
        if len(some) < most:
            break
        behind, most = some[-1].seq, max(most, _HIDDEN_PAGE)
    if len(found) > limit:
        ended = found[limit - 1].seq
        return Looked(found[:limit], ended, ended, has_more=True)
    if is_last:
        ended = found[-1].seq if found else after
        return Looked(found, ended, max(after, last), has_more=False)
    return Looked(found, upto, upto, has_more=True)


def of_commands(connection: Connection, digests: Sequence[bytes]) -> Condition:
    """Events of commands by their digests: those of the blocks that have one naming a command."""
    own = EVENTS.c.digest.in_(digests), text(OWN)
    blocks = connection.execute(select(EVENTS.c.block).where(*own).distinct()).scalars()
    return AllOf((Is("digest", tuple(digests)), Is("block", tuple(blocks))))


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
        payable=row.payable,
    )
