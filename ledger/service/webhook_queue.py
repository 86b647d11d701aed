"""What is to be delivered: of each event of the feed a message to each endpoint that it concerns.

It is queued in the transaction that brings the events, and once more by whoever finds that the
feed has gone further: a number says up to where all of it is queued.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from ledger.store import webhooks as rows
from ledger.store.cursor import put_setting, setting
from ledger.store.database import Connection
from ledger.store.feed import EVERYBODY, last_seq
from ledger.store.webhooks import QUEUED, DeliveryRow, EndpointRow, Told

__all__ = ["begin_queue", "concerned", "delivery_id", "has_unqueued", "queue_events"]

_SEQ: Final = "webhook_seq"
_EVENTS_A_TIME: Final = 5_000


def queue_events(connection: Connection, *, wall: int) -> int:
    """Queue what the feed tells behind the last queued event; returns how many messages.

    Without endpoints nothing is written; an endpoint hears what is told after it was enabled.
    """
    endpoints = rows.enabled_endpoints(connection)
    if not endpoints:
        return 0
    count, seq, last = 0, _queued(connection), last_seq(connection)
    while seq < last:
        told = rows.told_between(connection, seq, last, limit=_EVENTS_A_TIME)
        messages = _messages(told, endpoints, wall)
        rows.add_deliveries(connection, messages)
        count, seq = count + len(messages), told[-1].seq
        put_setting(connection, _SEQ, str(seq))
    return count


def has_unqueued(connection: Connection) -> bool:
    """Whether the feed tells of more than is queued, while anybody wants to hear of it."""
    behind = _queued(connection) < last_seq(connection)
    return behind and bool(rows.enabled_endpoints(connection))


def begin_queue(connection: Connection, *, wall: int) -> None:
    """Before an endpoint is enabled: what was told until now is for the others alone."""
    queue_events(connection, wall=wall)
    put_setting(connection, _SEQ, str(last_seq(connection)))


def concerned(told: Told, participant: int) -> bool:
    """Whether an event concerns a participant."""
    return participant in told.participants or EVERYBODY in told.participants


def delivery_id(endpoint: str, seq: int) -> str:
    """The id of the message to an endpoint of an event: the same whoever queues it, and when."""
    return f"msg_{endpoint.partition('_')[2]}_{seq:016d}"


def _queued(connection: Connection) -> int:
    return int(setting(connection, _SEQ) or 0)


def _messages(
    told: Sequence[Told], endpoints: Sequence[EndpointRow], wall: int
) -> list[DeliveryRow]:
    by_participant = _grouped(endpoints)
    found = []
    for one in told:
        is_for_all = EVERYBODY in one.participants
        for participant in by_participant if is_for_all else one.participants:
            for endpoint in by_participant.get(participant, ()):
                if endpoint.wants(one.kind):
                    id_ = delivery_id(endpoint.id, one.seq)
                    found.append(DeliveryRow(id_, endpoint.id, one.seq, QUEUED, 0, wall, wall))
    return found


def _grouped(endpoints: Sequence[EndpointRow]) -> Mapping[int, list[EndpointRow]]:
    grouped: dict[int, list[EndpointRow]] = {}
    for one in endpoints:
        grouped.setdefault(one.participant, []).append(one)
    return grouped
