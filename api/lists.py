"""Lists: one declaration gives the page, its cursor, its filters, and its export.

A list says from which view its rows come, under which filters, and how a row is shown; who sees
which rows is said by `api.need_to_know` alone.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, create_model
from starlette.background import BackgroundTask
from starlette.responses import Response, StreamingResponse

from api import sheets
from api.asking import Exporter, Reader
from api.context import Context, context_of
from api.need_to_know import Sight, sight_of
from api.paging import CURSOR_MOST
from api.problems import scope_language
from api.shapes import AsOf, Shape
from ledger.model.days import date_text, day_of_second
from ledger.model.errors import ServiceBusy
from ledger.model.glossary import Language, label
from ledger.model.plain import moment_text
from ledger.model.rendering import Names
from ledger.service.access import Subject
from ledger.store.cursor import Cursor, cursor
from ledger.store.database import Connection
from ledger.store.lists import Condition, page

__all__ = ["Filters", "Listing", "Reading", "add_lists", "as_of", "as_of_json", "reading"]

_EXPORT_PAGE: Final = 1_000


class Filters(BaseModel):
    """What every list takes; a list's own filters are added to it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Paging(BaseModel):
    """Which page."""

    limit: int = Field(default=50, ge=1, le=200, description="Rows of a page.")
    cursor: Annotated[str | None, StringConstraints(max_length=CURSOR_MOST)] = Field(
        default=None, description="Of the page before: go on behind it."
    )


class Format(BaseModel):
    """Of an export."""

    format: Literal["csv", "xlsx"] = "csv"


@dataclass(frozen=True, slots=True)
class Reading:
    """One read: a transaction, in which everything is true at one block."""

    context: Context
    connection: Connection
    subject: Subject
    sight: Sight
    at: Cursor
    language: Language

    def names(self, participants: Iterable[int]) -> Names:
        """Display names, for this reader; the directory logs who read them."""
        return self.context.names(participants, self.subject, self.language, "read")

    @property
    def day(self) -> int:
        """Business day of the block."""
        return day_of_second(self.at.second)


Rows = Sequence[tuple[tuple[Any, ...], Any]]
"""Keys and rows of a view."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list."""

    name: str
    """Of its path, and of the export."""
    operation: str
    """Of its operationId: `list` and `export` come before it."""
    view: str
    row: type[Shape]
    filters: type[Filters]
    where: Callable[[Reading, Any], Condition]
    """Filters and need to know."""
    shown: Callable[[Reading, Rows, Any], list[dict[str, Any]]]
    """Rows as they stand at the block; one that time has hidden or changed may be left out."""
    source: Callable[..., Rows] = page


def add_lists(router: APIRouter, *listings: Listing) -> None:
    """Add the page and the export of lists."""
    for one in listings:
        router.add_api_route(
            f"/v1/{one.name}",
            _page_route(one),
            methods=["GET"],
            operation_id=f"list{one.operation}",
            summary=f"List {one.name.replace('-', ' ')}",
            response_model=_page_of(one),
        )
        router.add_api_route(
            f"/v1/exports/{one.name}",
            _export_route(one),
            methods=["GET"],
            operation_id=f"export{one.operation}",
            summary=f"Export {one.name.replace('-', ' ')}",
            response_class=Response,
            responses={
                200: {
                    "description": "A file of all rows that you may see.",
                    "content": {
                        kind.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
                        for kind in sheets.MEDIA_TYPES.values()
                    },
                }
            },
        )


@contextmanager
def reading(request: Request, subject: Subject) -> Iterator[Reading]:
    """Open a read for a subject; it ends with its block."""
    context, language = context_of(request), scope_language(request.scope)
    with context.service.database.reading() as connection:
        at, sight = cursor(connection), sight_of(subject)
        yield Reading(context, connection, subject, sight, at, language)


def as_of_json(reading: Reading) -> dict[str, Any]:
    """The block at which an answer is true."""
    return {
        "block": reading.at.number,
        "block_hash": "0x" + reading.at.hash.hex(),
        "time": moment_text(reading.at.second),
        "business_date": date_text(reading.day),
        "chain_id": reading.context.service.deployment.chain_id,
    }


def as_of(reading: Reading) -> AsOf:
    """The same, for an answer of one thing."""
    return AsOf(**as_of_json(reading))


def _page_of(listing: Listing) -> type[Shape]:
    name = listing.row.__name__
    fields: dict[str, Any] = {
        "data": (list[listing.row], ...),  # type: ignore[name-defined]
        "has_more": (bool, ...),
        "next_cursor": (str | None, ...),
        "as_of": (AsOf, ...),
    }
    return create_model(
        f"{name}Page", __base__=Shape, __doc__=f"A page of {listing.name}.", **fields
    )


def _page_route(listing: Listing) -> Callable[..., Any]:
    asked: Any = create_model(
        f"{listing.operation}Asked", __base__=(listing.filters, Paging), __doc__="A page."
    )

    def list_rows(
        request: Request, subject: Reader, query: Annotated[Any, Query()]
    ) -> dict[str, Any]:
        bound = _bound(listing, subject, query)
        cursors = context_of(request).cursors
        after = None if query.cursor is None else _key(cursors.opened(bound, query.cursor))
        with reading(request, subject) as opened:
            where = listing.where(opened, query)
            found = listing.source(
                opened.connection, listing.view, where, after=after, most=query.limit + 1
            )
            has_more = len(found) > query.limit
            rows = found[: query.limit]
            last = [_plain(one) for one in rows[-1][0]] if has_more else []
            return {
                "data": listing.shown(opened, rows, query),
                "has_more": has_more,
                "next_cursor": cursors.sealed(bound, last) if has_more else None,
                "as_of": as_of_json(opened),
            }

    list_rows.__annotations__["query"] = Annotated[asked, Query()]
    list_rows.__doc__ = f"{listing.row.__doc__} The newest first; only what concerns you."
    return list_rows


def _export_route(listing: Listing) -> Callable[..., Any]:
    asked: Any = create_model(
        f"{listing.operation}Exported", __base__=(listing.filters, Format), __doc__="An export."
    )

    def export_rows(
        request: Request, subject: Exporter, query: Annotated[Any, Query()]
    ) -> Response:
        context = context_of(request)
        context.limits.take(request.scope, "export", context.options.export, subject.actor)
        if not context.exports.acquire(blocking=False):
            raise ServiceBusy()
        try:
            with reading(request, subject) as opened:
                names = list(listing.row.model_fields)
                heads = [label(name, opened.language) for name in names]
                rows = ([one[name] for name in names] for one in _every(listing, opened, query))
                file = sheets.written(query.format, listing.name, heads, rows)
                block = opened.at.number
        finally:
            context.exports.release()
        name = f"fenbook-{listing.name}-{block}.{query.format}"
        return StreamingResponse(
            iter(lambda: file.read(65_536), b""),
            media_type=sheets.MEDIA_TYPES[query.format],
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
            background=BackgroundTask(file.close),
        )

    export_rows.__annotations__["query"] = Annotated[asked, Query()]
    export_rows.__doc__ = "The same rows and filters as the list, in one file, of one block."
    return export_rows


def _every(listing: Listing, opened: Reading, query: Any) -> Iterator[Mapping[str, Any]]:
    where = listing.where(opened, query)
    left, after = opened.context.options.export_rows_most, None
    while left > 0:
        found = listing.source(
            opened.connection, listing.view, where, after=after, most=min(left, _EXPORT_PAGE)
        )
        yield from listing.shown(opened, found, query)
        if len(found) < _EXPORT_PAGE:
            return
        left, after = left - len(found), found[-1][0]


def _bound(listing: Listing, subject: Subject, query: BaseModel) -> dict[str, Any]:
    """What a cursor is good for."""
    filters = query.model_dump(exclude={"limit", "cursor"}, mode="json")
    return {"list": listing.name, "reader": subject.participant, "filters": filters}


def _plain(part: Any) -> Any:
    return {"hex": part.hex()} if isinstance(part, bytes) else part


def _key(position: list[Any]) -> list[Any]:
    return [bytes.fromhex(one["hex"]) if isinstance(one, dict) else one for one in position]
