"""Lists: one declaration gives the page, its cursor, its filters, and its export.

A list says from which view its rows come, under which filters, and how a row is shown; who sees
which rows is said by `api.need_to_know` alone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, create_model
from starlette.responses import Response

from api.asking import Exporter, Reader
from api.exports import File, Format, exported
from api.paging import Paging, bound_to
from api.reading import Reading, as_of, as_of_json, reading
from api.shapes import AsOf, Shape
from ledger.service.access import Subject
from ledger.store.lists import Condition, page

__all__ = ["Filters", "Listing", "Reading", "add_lists", "as_of", "as_of_json", "reading"]

_EXPORT_PAGE: Final = 1_000
_HIDDEN_PAGE: Final = 200
"""Rows that are looked at together where time has hidden some."""


class Filters(BaseModel):
    """What every list takes; a list's own filters are added to it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Rows = Sequence[tuple[tuple[Any, ...], Any]]
"""Keys and rows of a view."""


def _every_row(_: Reading, rows: Rows, __: Any) -> Rows:
    return rows


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
    """Rows as they stand at the block; one that time has changed may be left out."""
    source: Callable[..., Rows] = page
    seen: Callable[[Reading, Rows, Any], Rows] = _every_row
    """Rows without those that time has taken from their reader: no page counts or names them."""
    reader: Any = Reader
    """Who may ask for a page."""
    exporter: Any = Exporter
    """Who may ask for the file."""


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
            **File.of(one.name, one.row).told,
        )


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
        request: Request, subject: Subject, query: Annotated[Any, Query()]
    ) -> dict[str, Any]:
        filters = query.model_dump(exclude={"limit", "cursor"}, mode="json")
        bound = bound_to(listing.name, subject, filters)
        with reading(request, subject) as opened:
            rows, more = opened.context.cursors.page(
                bound,
                query,
                lambda after, most: _found(listing, opened, query, after and _key(after), most),
                lambda row: [_plain(one) for one in row[0]],
            )
            return {
                "data": listing.shown(opened, rows, query),
                "has_more": more is not None,
                "next_cursor": more,
                "as_of": as_of_json(opened),
            }

    list_rows.__annotations__ |= {"query": Annotated[asked, Query()], "subject": listing.reader}
    list_rows.__doc__ = f"{listing.row.__doc__} The newest first; only what concerns you."
    return list_rows


def _export_route(listing: Listing) -> Callable[..., Any]:
    asked: Any = create_model(
        f"{listing.operation}Exported", __base__=(listing.filters, Format), __doc__="An export."
    )

    file = File.of(listing.name, listing.row)

    def export_rows(request: Request, subject: Subject, query: Annotated[Any, Query()]) -> Response:
        def rows(opened: Reading) -> Iterator[Mapping[str, Any]]:
            return _every(listing, opened, query)

        return exported(request, subject, file, query, rows)

    export_rows.__annotations__ |= {"query": Annotated[asked, Query()], "subject": listing.exporter}
    export_rows.__doc__ = "The same rows and filters as the list, in one file, of one block."
    return export_rows


def _found(listing: Listing, opened: Reading, query: Any, after: Any, wanted: int) -> Rows:
    """So many rows behind a position, or all that there are, and perhaps some more."""
    where, most = listing.where(opened, query), wanted
    rows: list[tuple[tuple[Any, ...], Any]] = []
    while True:
        found = listing.source(opened.connection, listing.view, where, after=after, most=most)
        rows += listing.seen(opened, found, query)
        if len(rows) >= wanted or len(found) < most:
            return rows
        after, most = found[-1][0], max(most, _HIDDEN_PAGE)


def _every(listing: Listing, opened: Reading, query: Any) -> Iterator[Mapping[str, Any]]:
    where, after = listing.where(opened, query), None
    while True:
        found = listing.source(
            opened.connection, listing.view, where, after=after, most=_EXPORT_PAGE
        )
        yield from listing.shown(opened, listing.seen(opened, found, query), query)
        if len(found) < _EXPORT_PAGE:
            return
        after = found[-1][0]


def _plain(part: Any) -> Any:
    return {"hex": part.hex()} if isinstance(part, bytes) else part


def _key(position: list[Any]) -> list[Any]:
    return [bytes.fromhex(one["hex"]) if isinstance(one, dict) else one for one in position]
