"""What is to be delivered: of each event of the feed a message to each endpoint that it concerns.

It is queued in the transaction that brings the events, and once more by whoever finds that the
feed has gone further: a number says up to where all of it is queued. No transaction queues more
than a page of events: others wait for it, the follower before all.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from ledger.model.errors.store import DatabaseBusy
from ledger.service.running.crash_points import writing
from ledger.store import webhooks as rows
from ledger.store.cursor import put_setting, setting
from ledger.store.database import Connection, Database
from ledger.store.feed import EVERYBODY, last_seq
from ledger.store.webhooks import QUEUED, DeliveryRow, EndpointRow, Told

__all__ = ["begin_queue", "catch_up", "catch_up_before", "concerned", "delivery_id", "queue_events"]

_SEQ: Final = "webhook_seq"
_EVENTS_A_TIME: Final = 5_000
_PAGES_MAX: Final = 20
"""So many pages are queued while somebody waits who makes an endpoint."""


def queue_events(connection: Connection, *, wall: int) -> bool:
    """Queue the next page of what the feed tells; whether there is more behind it.

    Without endpoints nothing is written; an endpoint hears what is told after it was enabled.
    """
    endpoints = rows.enabled_endpoints(connection)
    seq, last = _queued(connection), last_seq(connection)
    if not endpoints or seq >= last:
        return False
    told = rows.told_between(connection, seq, last, limit=_EVENTS_A_TIME)
    rows.add_deliveries(connection, _messages(told, endpoints, wall))
    put_setting(connection, _SEQ, str(told[-1].seq))
    return told[-1].seq < last


def catch_up(database: Database, *, wall: int) -> bool:
    """Queue a page of what was told without being queued with it; whether there is more."""
    with database.reading() as connection:
        is_behind = _queued(connection) < last_seq(connection)
        if not is_behind or not rows.enabled_endpoints(connection):
            return False
    with writing(database, "hook") as connection:
        database.lock(connection, "webhooks")
        return queue_events(connection, wall=wall)


def catch_up_before(database: Database, *, wall: int) -> None:
    """Before a transaction with `begin_queue`: queue what is left, each page by itself."""
    for _ in range(_PAGES_MAX):
        if not catch_up(database, wall=wall):
            return


def begin_queue(connection: Connection, *, wall: int) -> None:
    """Before an endpoint is enabled: what was told until now is for the others alone.

    Raises `DatabaseBusy` where that is more than a page; asked again there is less of it.
    """
    if queue_events(connection, wall=wall):
        raise DatabaseBusy()
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
