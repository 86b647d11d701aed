"""Statements about webhook endpoints, and what is to be delivered to them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update

from ledger.store.bulk import insert_rows
from ledger.store.statements import chunks
from ledger.store.tables.events import EVENTS
from ledger.store.tables.webhooks import ATTEMPTS, DELIVERIES, ENDPOINTS

__all__ = [
    "DELIVERED",
    "DISABLED",
    "DROPPED",
    "ENABLED",
    "FAILED",
    "GONE",
    "QUEUED",
    "DeliveryRow",
    "EndpointRow",
    "Told",
    "add_deliveries",
    "add_endpoint",
    "change_delivery",
    "change_endpoint",
    "count_endpoints",
    "drop_endpoint",
    "drop_queued",
    "due_deliveries",
    "enabled_endpoints",
    "endpoints_of",
    "find_endpoint",
    "has_due_deliveries",
    "known_deliveries",
    "lock_endpoint",
    "queue_again",
    "told_between",
]

ENABLED: Final = "enabled"
DISABLED: Final = "disabled"
GONE: Final = "gone"
"""Its receiver said that nobody is there any more."""

QUEUED: Final = "queued"
DELIVERED: Final = "delivered"
FAILED: Final = "failed"
DROPPED: Final = "dropped"
"""Its endpoint was gone before it was delivered."""


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """Where a participant wants to be told; its address and secrets are sealed."""

    id: str
    participant: int
    sealed: bytes
    label: str
    kinds: str
    """` PayoutOpened VoucherOffered `; empty for all."""
    state: str
    failures: int
    """In a row."""
    rests_until_wall: int
    made_wall: int
    updated_wall: int

    def wants(self, kind: str) -> bool:
        """Whether events of a kind are delivered to it."""
        return not self.kinds or f" {kind} " in self.kinds


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A message to an endpoint."""

    id: str
    endpoint: str
    seq: int | None
    """Number of the feed's event; none for a test."""
    state: str
    tries: int
    next_try_wall: int
    made_wall: int
    ended_wall: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """An event of the feed, as far as who is to hear of it goes."""

    seq: int
    kind: str
    participants: frozenset[int]


_ENDPOINT: Final = tuple(ENDPOINTS.c[one.name] for one in fields(EndpointRow))
_DELIVERY: Final = tuple(DELIVERIES.c[one.name] for one in fields(DeliveryRow))


# ---- endpoints


def add_endpoint(connection: Connection, row: EndpointRow) -> None:
    """Keep a new endpoint."""
    connection.execute(insert(ENDPOINTS).values(**asdict(row)))


def find_endpoint(connection: Connection, participant: int, id_: str) -> EndpointRow | None:
    """An endpoint of a participant; nobody else's is there."""
    asked = select(*_ENDPOINT).where(ENDPOINTS.c.id == id_, ENDPOINTS.c.participant == participant)
    row = connection.execute(asked).first()
    return None if row is None else EndpointRow(*row)


def endpoints_of(connection: Connection, participant: int) -> list[EndpointRow]:
    """The endpoints of a participant, the newest first."""
    asked = select(*_ENDPOINT).where(ENDPOINTS.c.participant == participant)
    return [EndpointRow(*row) for row in connection.execute(asked.order_by(ENDPOINTS.c.id.desc()))]


def enabled_endpoints(connection: Connection) -> list[EndpointRow]:
    """Every endpoint to which events are delivered."""
    asked = select(*_ENDPOINT).where(ENDPOINTS.c.state == ENABLED).order_by(ENDPOINTS.c.id)
    return [EndpointRow(*row) for row in connection.execute(asked)]


def count_endpoints(connection: Connection, participant: int) -> int:
    """How many endpoints a participant has."""
    asked = select(func.count()).where(ENDPOINTS.c.participant == participant)
    return int(connection.execute(asked).scalar_one())


def change_endpoint(connection: Connection, id_: str, **values: Any) -> None:
    """Change columns of an endpoint."""
    connection.execute(update(ENDPOINTS).where(ENDPOINTS.c.id == id_).values(**values))


def lock_endpoint(connection: Connection, id_: str) -> bool:
    """Keep an endpoint from others who change it or its messages; whether it is there.

    To be had before its messages are touched: whoever had those first would wait in a ring.
    """
    asked = select(ENDPOINTS.c.id).where(ENDPOINTS.c.id == id_).with_for_update()
    return connection.execute(asked).first() is not None


def drop_endpoint(connection: Connection, id_: str) -> None:
    """Forget an endpoint with everything that was delivered to it."""
    lock_endpoint(connection, id_)
    own = select(DELIVERIES.c.id).where(DELIVERIES.c.endpoint == id_)
    connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.delivery.in_(own)))
    connection.execute(delete(DELIVERIES).where(DELIVERIES.c.endpoint == id_))
    connection.execute(delete(ENDPOINTS).where(ENDPOINTS.c.id == id_))


# ---- what is to be delivered


def told_between(connection: Connection, after: int, last: int, *, limit: int) -> list[Told]:
    """Events behind a number up to another: their kinds, and whom they concern."""
    found = connection.execute(
        select(EVENTS.c.seq, EVENTS.c.kind, EVENTS.c.participants)
        .where(EVENTS.c.seq > after, EVENTS.c.seq <= last)
        .order_by(EVENTS.c.seq)
        .limit(limit)
    )
    return [Told(seq, kind, _numbers(participants)) for seq, kind, participants in found]


def add_deliveries(connection: Connection, rows: Sequence[DeliveryRow]) -> None:
    """Queue messages."""
    insert_rows(connection, DELIVERIES, [tuple(asdict(row).values()) for row in rows])


def known_deliveries(connection: Connection, endpoint: str, seqs: Sequence[int]) -> set[int]:
    """Which of these events an endpoint has a message of already."""
    found: set[int] = set()
    for some in chunks(seqs):
        asked = select(DELIVERIES.c.seq).where(
            DELIVERIES.c.endpoint == endpoint, DELIVERIES.c.seq.in_(some)
        )
        found |= {int(one) for one in connection.scalars(asked)}
    return found


def queue_again(connection: Connection, endpoint: str, seqs: Sequence[int], *, wall: int) -> None:
    """Deliver messages once more, as if for the first time."""
    for some in chunks(seqs):
        connection.execute(
            update(DELIVERIES)
            .where(DELIVERIES.c.endpoint == endpoint, DELIVERIES.c.seq.in_(some))
            .values(state=QUEUED, tries=0, next_try_wall=wall, ended_wall=None)
        )


def due_deliveries(
    connection: Connection, *, wall: int, latest: int, endpoints: int, each: int
) -> list[tuple[DeliveryRow, EndpointRow]]:
    """Messages whose time has come, a few of each of some endpoints that do not rest.

    They are kept from others until the transaction ends, which must be one that writes. A time
    that lies beyond `latest` was written by a clock that has been set back.
    """
    again, rests = DELIVERIES.c.next_try_wall, ENDPOINTS.c.rests_until_wall
    is_due = and_(DELIVERIES.c.state == QUEUED, or_(again <= wall, again > latest))
    asked = (
        select(*_ENDPOINT)
        .where(
            ENDPOINTS.c.state == ENABLED,
            or_(rests <= wall, rests > latest),
            ENDPOINTS.c.id.in_(select(DELIVERIES.c.endpoint).where(is_due)),
        )
        .order_by(rests, ENDPOINTS.c.id)
        .limit(endpoints)
    )
    found = []
    for endpoint in [EndpointRow(*row) for row in connection.execute(asked)]:
        of_it = select(*_DELIVERY).where(DELIVERIES.c.endpoint == endpoint.id, is_due)
        of_it = of_it.order_by(again, DELIVERIES.c.id).limit(each)
        if connection.dialect.name == "postgresql":
            # Another lane may be taking too: what it has is not ours.
            of_it = of_it.with_for_update(skip_locked=True)
        found += [(DeliveryRow(*row), endpoint) for row in connection.execute(of_it)]
    return found


def has_due_deliveries(connection: Connection, *, wall: int, latest: int) -> bool:
    """Whether the time of any message has come whose endpoint does not rest."""
    again, rests = DELIVERIES.c.next_try_wall, ENDPOINTS.c.rests_until_wall
    asked = (
        select(DELIVERIES.c.id)
        .join(ENDPOINTS, ENDPOINTS.c.id == DELIVERIES.c.endpoint)
        .where(
            DELIVERIES.c.state == QUEUED,
            or_(again <= wall, again > latest),
            ENDPOINTS.c.state == ENABLED,
            or_(rests <= wall, rests > latest),
        )
        .limit(1)
    )
    return connection.execute(asked).first() is not None


def change_delivery(connection: Connection, id_: str, **values: Any) -> None:
    """Change columns of a message that is queued; one that has ended stays as it is."""
    connection.execute(
        update(DELIVERIES)
        .where(DELIVERIES.c.id == id_, DELIVERIES.c.state == QUEUED)
        .values(**values)
    )


def drop_queued(connection: Connection, endpoint: str, *, wall: int) -> None:
    """Give up what is queued for an endpoint."""
    connection.execute(
        update(DELIVERIES)
        .where(DELIVERIES.c.endpoint == endpoint, DELIVERIES.c.state == QUEUED)
        .values(state=DROPPED, ended_wall=wall)
    )


def _numbers(text: str) -> frozenset[int]:
    return frozenset(int(one) for one in text.split(",") if one)
