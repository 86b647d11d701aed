"""What a message says: an event of the feed, as the feed itself shows it, or that it is a test."""

from typing import Any, Final

from ledger.model.canonical import canonical
from ledger.model.plain import moment_text
from ledger.service.events import event_json
from ledger.store.database import Connection
from ledger.store.feed import EVERYBODY, FeedEvent, find_event
from ledger.store.webhooks import DeliveryRow, EndpointRow

__all__ = ["BODY_MAX", "TEST", "body_of"]

BODY_MAX: Final = 20_000
"""Bytes of a message; of an event that is larger only its place in the feed is told."""

TEST: Final = "WebhookTest"


def body_of(
    connection: Connection, message: DeliveryRow, endpoint: EndpointRow, *, wall: int
) -> bytes | None:
    """The body of a message; None where its event does not concern the endpoint's participant."""
    if message.seq is None:
        return canonical({"type": TEST, "timestamp": moment_text(wall), "data": {}}).encode()
    event = find_event(connection, message.seq)
    if event is None or not {endpoint.participant, EVERYBODY} & set(event.participants):
        return None
    shown = event_json(event, endpoint.participant)
    body = canonical(_told(event, shown)).encode()
    if len(body) <= BODY_MAX:
        return body
    return canonical(_told(event, {**shown, "data": None})).encode()


def _told(event: FeedEvent, data: dict[str, Any]) -> dict[str, Any]:
    return {"type": event.kind, "timestamp": moment_text(event.second), "data": data}
