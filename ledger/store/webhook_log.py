"""Statements about the log of webhooks: messages and how each try of them went."""

from dataclasses import asdict, dataclass, fields
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select

from ledger.store.tables.webhooks import ATTEMPTS, DELIVERIES
from ledger.store.webhooks import QUEUED, DeliveryRow

__all__ = [
    "ATTEMPTS_TOLD",
    "AttemptRow",
    "add_attempt",
    "attempts_of",
    "count_queued",
    "deliveries_of",
    "find_delivery",
    "forget_ended",
]

ATTEMPTS_TOLD: Final = 100
"""A message has ten each time that it is queued."""

_DELIVERY: Final = tuple(DELIVERIES.c[one.name] for one in fields(DeliveryRow))


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """How one try went."""

    delivery: str
    number: int
    """From 1, over all times that the message was queued."""
    begun_wall: int
    milliseconds: int
    status: int | None
    problem: str | None


def add_attempt(connection: Connection, row: AttemptRow) -> None:
    """Append how a try went; its number is the next one."""
    last = select(func.max(ATTEMPTS.c.number)).where(ATTEMPTS.c.delivery == row.delivery)
    number = int(connection.execute(last).scalar() or 0) + 1
    connection.execute(insert(ATTEMPTS).values(**{**asdict(row), "number": number}))


def find_delivery(connection: Connection, endpoint: str, id_: str) -> DeliveryRow | None:
    """A message to an endpoint."""
    asked = select(*_DELIVERY).where(DELIVERIES.c.id == id_, DELIVERIES.c.endpoint == endpoint)
    row = connection.execute(asked).first()
    return None if row is None else DeliveryRow(*row)


def deliveries_of(
    connection: Connection, endpoint: str, *, state: str | None, before: str | None, limit: int
) -> list[DeliveryRow]:
    """Messages to an endpoint, the newest first; those made before one if it is named."""
    asked = select(*_DELIVERY).where(DELIVERIES.c.endpoint == endpoint)
    if state is not None:
        asked = asked.where(DELIVERIES.c.state == state)
    if before is not None:
        asked = asked.where(DELIVERIES.c.id < before)
    found = connection.execute(asked.order_by(DELIVERIES.c.id.desc()).limit(limit))
    return [DeliveryRow(*row) for row in found]


def attempts_of(connection: Connection, delivery: str) -> list[AttemptRow]:
    """The last tries of a message, in their order."""
    own = select(ATTEMPTS).where(ATTEMPTS.c.delivery == delivery)
    asked = own.order_by(ATTEMPTS.c.number.desc()).limit(ATTEMPTS_TOLD)
    return [AttemptRow(**row._mapping) for row in connection.execute(asked)][::-1]


def count_queued(connection: Connection) -> int:
    """How many messages are not delivered yet."""
    asked = select(func.count()).select_from(DELIVERIES).where(DELIVERIES.c.state == QUEUED)
    return int(connection.execute(asked).scalar_one())


def forget_ended(connection: Connection, before_wall: int) -> None:
    """Drop what ended before a second, and its tries."""
    old = select(DELIVERIES.c.id).where(DELIVERIES.c.ended_wall < before_wall)
    connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.delivery.in_(old)))
    connection.execute(delete(DELIVERIES).where(DELIVERIES.c.ended_wall < before_wall))
