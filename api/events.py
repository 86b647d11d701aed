"""The feed of events: the truth that webhooks and streams only announce, read from a number on."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Annotated, Any, Final

from fastapi import Header, Query, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from api import shapes
from api.asking import Exporter, Reader, subject_still
from api.context import context_of
from api.event_filters import EventFilters, looked
from api.exports import File, Format, exported
from api.need_to_know import sight_of
from api.reading import Reading, as_of, reading
from api.router import router
from api.shapes import AsOf, Shape
from ledger.model.errors import CursorInvalid, LedgerError
from ledger.service.access import Scope, Subject
from ledger.service.events import event_json
from ledger.store.feed import Looked

__all__ = ["ROUTER"]

ROUTER = router("events")

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


_EVENTS: Final = File.of("events", Event)


class EventPage(Shape):
    """Events in their order."""

    data: list[Event]
    has_more: bool
    next_after: int = Field(description="Ask for events after this one next.")
    as_of: AsOf


class EventsAsked(EventFilters):
    """Which events."""

    limit: int = Field(default=50, ge=1, le=200, description="Events of a page at most.")


class EventsExported(EventFilters, Format):
    """Which events, in which file."""


@ROUTER.get("/v1/events", operation_id="listEvents")
def list_events(
    request: Request, subject: Reader, query: Annotated[EventsAsked, Query()]
) -> EventPage:
    """Events that concern you, from a number on: whoever lost some asks for them again.

    Where few of many are wanted a page may be short, or empty, and say that there is more.
    """
    with reading(request, subject) as opened:
        found = looked(opened, query, after=query.after, limit=query.limit)
        return EventPage(
            data=[Event(**event_json(one, opened.sight.told_as)) for one in found.events],
            has_more=found.has_more,
            next_after=found.after,
            as_of=as_of(opened),
        )


@ROUTER.get("/v1/exports/events", operation_id="exportEvents", **_EVENTS.told)
def export_events(
    request: Request, subject: Exporter, query: Annotated[EventsExported, Query()]
) -> Response:
    """The same events and filters as the feed, in one file."""

    def rows(opened: Reading) -> Iterator[dict[str, Any]]:
        found = Looked((), query.after, query.after, has_more=True)
        while found.has_more:
            found = looked(opened, query, after=found.after, limit=_PAGE)
            yield from (event_json(one, opened.sight.told_as) for one in found.events)

    return exported(request, subject, _EVENTS, query, rows)


@ROUTER.get(
    "/v1/events/stream",
    operation_id="streamEvents",
    response_class=StreamingResponse,
    responses={200: {"description": "Server-sent events.", "content": {"text/event-stream": {}}}},
)
async def stream_events(
    request: Request,
    subject: Reader,
    query: Annotated[EventFilters, Query()],
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID")] = None,
) -> StreamingResponse:
    """The same as they happen, as server-sent events; each id is a number to go on from.

    A stream ends by itself from time to time, and when its session or key does; its client comes
    again with Last-Event-ID.
    """
    after = query.after if last_event_id is None else _seq(last_event_id)
    context_of(request).streams.expect_room(subject.participant)
    # Faults of the filters are told here: once the answer has begun it is too late.
    first = await run_in_threadpool(_looked, request, subject, query, after)
    return StreamingResponse(
        _told(request, subject, query, first),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )


def _looked(request: Request, subject: Subject, asked: EventFilters, after: int) -> Looked:
    with reading(request, subject) as opened:
        return looked(opened, asked, after=after, limit=_PAGE)


def _round(request: Request, asked: EventFilters, after: int) -> Looked | None:
    """What has come since; None where whoever asks may no longer, or comes again later."""
    try:
        subject = subject_still(request)
        if subject is None or Scope.READ not in subject.scopes:
            return None
        return _looked(request, subject, asked, after)
    except LedgerError:
        return None


async def _told(
    request: Request, subject: Subject, asked: EventFilters, first: Looked
) -> AsyncIterator[str]:
    """What has happened and what happens; nothing where others have taken the place meanwhile."""
    with suppress(LedgerError), context_of(request).streams.taken(subject.participant):
        async for one in _in_its_place(request, subject, asked, first):
            yield one


async def _in_its_place(
    request: Request, subject: Subject, asked: EventFilters, first: Looked
) -> AsyncIterator[str]:
    context, loop = context_of(request), asyncio.get_running_loop()
    found: Looked | None = first
    told_as = sight_of(subject).told_as
    end = loop.time() + context.options.stream_seconds
    beat = loop.time()
    yield "retry: 2000\n\n"
    while found is not None and loop.time() < end and not await request.is_disconnected():
        for one in found.events:
            said = json.dumps(event_json(one, told_as), ensure_ascii=False, separators=(",", ":"))
            yield f"id: {one.seq}\nevent: {one.kind}\ndata: {said}\n\n"
        if not found.events and not found.has_more:
            if loop.time() - beat > _BEAT_SECONDS:
                yield ": still here\n\n"
                beat = loop.time()
            await asyncio.sleep(_LOOK_SECONDS)
        found = await run_in_threadpool(_round, request, asked, found.upto)


def _seq(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise CursorInvalid()
    return int(text)
