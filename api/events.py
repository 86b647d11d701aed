"""The feed of events: the truth that webhooks and streams only announce, read from a number on."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any, Final

from fastapi import Header, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from api import shapes
from api.asking import Exporter, Reader, subject_still
from api.context import context_of
from api.exports import FILE, File, Format, exported
from api.reading import Reading, as_of, reading
from api.router import router
from api.shapes import AsOf, Shape
from ledger.model.errors import CursorInvalid, ServiceBusy
from ledger.service.access import Scope, Subject
from ledger.service.events import event_json
from ledger.store.feed import FeedEvent, events_after

__all__ = ["ROUTER"]

ROUTER = router("events")

_SEQ_MOST: Final = 2**53 - 1
_LOOK_SECONDS: Final = 0.25
_BEAT_SECONDS: Final = 15.0
_PAGE: Final = 200


class Event(Shape):
    """Something that happened, as the ledger's contracts told it."""

    seq: int = Field(ge=1, description="Rising; numbers that are missing concern others.")
    kind: str = Field(examples=["VoucherAccepted"])
    block: int = Field(ge=0)
    time: shapes.Moment
    digest: shapes.Hash | None = Field(description="The command whose effect it is.")
    data: dict[str, Any]


class EventPage(Shape):
    """Events in their order."""

    data: list[Event]
    has_more: bool
    next_after: int = Field(description="Ask for events after this one next.")
    as_of: AsOf


class _Chosen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    after: int = Field(default=0, ge=0, le=_SEQ_MOST, description="Events behind this number.")
    kind: Annotated[str | None, StringConstraints(pattern=r"^[A-Za-z]{2,40}$")] = None


class EventsAsked(_Chosen):
    """Which events."""

    limit: int = Field(default=50, ge=1, le=200)


class EventsExported(_Chosen, Format):
    """Which events, in which file."""


def _concerned(subject: Subject, request: Request, after: int, most: int, kind: str | None) -> Any:
    """What a page needs, read in one transaction."""
    with reading(request, subject) as opened:
        return _events(opened, after, most, kind), as_of(opened)


def _events(opened: Reading, after: int, most: int, kind: str | None) -> list[FeedEvent]:
    """Those that concern the reader."""
    return events_after(
        opened.connection,
        after,
        limit=most,
        participant=None if opened.sight.sees_all else opened.sight.own,
        kinds=() if kind is None else (kind,),
    )


@ROUTER.get("/v1/events", operation_id="listEvents")
def list_events(
    request: Request, subject: Reader, query: Annotated[EventsAsked, Query()]
) -> EventPage:
    """Events that concern you, from a number on: whoever lost some asks for them again."""
    found, at = _concerned(subject, request, query.after, query.limit + 1, query.kind)
    rows = found[: query.limit]
    return EventPage(
        data=[Event(**event_json(one)) for one in rows],
        has_more=len(found) > query.limit,
        next_after=rows[-1].seq if rows else query.after,
        as_of=at,
    )


@ROUTER.get("/v1/exports/events", operation_id="exportEvents", **FILE)
def export_events(
    request: Request, subject: Exporter, query: Annotated[EventsExported, Query()]
) -> Response:
    """The same events and filters as the feed, in one file."""

    def rows(opened: Reading) -> Iterator[dict[str, Any]]:
        after = query.after
        while found := _events(opened, after, _PAGE, query.kind):
            yield from map(event_json, found)
            after = found[-1].seq

    columns = list(Event.model_fields)
    return exported(request, subject, File("events", query.format, columns, rows))


@ROUTER.get(
    "/v1/events/stream",
    operation_id="streamEvents",
    response_class=StreamingResponse,
    responses={200: {"description": "Server-sent events.", "content": {"text/event-stream": {}}}},
)
async def stream_events(
    request: Request,
    subject: Reader,  # noqa: ARG001 -- asked again in every round
    query: Annotated[EventsAsked, Query()],
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID")] = None,
) -> StreamingResponse:
    """The same as they happen, as server-sent events; each id is a number to go on from.

    A stream ends by itself from time to time, and when its session or key does; its client comes
    again with Last-Event-ID.
    """
    after = query.after if last_event_id is None else _seq(last_event_id)
    context = context_of(request)
    if context.streams.locked():
        raise ServiceBusy()
    await context.streams.acquire()
    return StreamingResponse(
        _told(request, after, query.kind),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )


def _round(request: Request, after: int, kind: str | None) -> Any:
    """What has come since; None where whoever asks may no longer."""
    subject = subject_still(request)
    if subject is None or Scope.READ not in subject.scopes:
        return None
    return _concerned(subject, request, after, _PAGE, kind)[0]


async def _told(request: Request, after: int, kind: str | None) -> AsyncIterator[str]:
    context, loop = context_of(request), asyncio.get_running_loop()
    end = loop.time() + context.options.stream_seconds
    beat = loop.time()
    try:
        yield "retry: 2000\n\n"
        while loop.time() < end and not await request.is_disconnected():
            found = await run_in_threadpool(_round, request, after, kind)
            if found is None:
                return
            for one in found:
                said = json.dumps(event_json(one), ensure_ascii=False, separators=(",", ":"))
                yield f"id: {one.seq}\nevent: {one.kind}\ndata: {said}\n\n"
                after = one.seq
            if not found:
                if loop.time() - beat > _BEAT_SECONDS:
                    yield ": still here\n\n"
                    beat = loop.time()
                await asyncio.sleep(_LOOK_SECONDS)
    finally:
        context.streams.release()


def _seq(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise CursorInvalid()
    return int(text)
