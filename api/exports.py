"""Files of lists: every row that the list has at one block, or a refusal."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from fastapi import Request
from pydantic import BaseModel, ConfigDict
from starlette.background import BackgroundTask
from starlette.responses import Response, StreamingResponse

from api import sheets
from api.context import context_of
from api.openapi import ALSO
from api.reading import Reading, reading
from ledger.model.errors import ExportTooLong, ServiceBusy
from ledger.model.glossary import label
from ledger.service.access import Subject

__all__ = ["FILE", "File", "Format", "exported"]


class Format(BaseModel):
    """Of an export."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["csv", "xlsx"] = "csv"


@dataclass(frozen=True, slots=True)
class File:
    """An export."""

    name: str
    form: sheets.Format
    columns: Sequence[str]
    """Fields of a row, which give the heads too."""
    rows: Callable[[Reading], Iterator[Mapping[str, Any]]]


FILE: Final[dict[str, Any]] = {
    "response_class": Response,
    "responses": {
        200: {
            "description": "A file of all rows that you may see.",
            "content": {
                kind.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
                for kind in sheets.MEDIA_TYPES.values()
            },
        }
    },
    "openapi_extra": {ALSO: [409]},
}
"""What a route of a file says of its answer."""


def exported(request: Request, subject: Subject, asked: File) -> Response:
    """All rows in one file, of one block; raises `ExportTooLong` rather than leave some out."""
    context = context_of(request)
    context.limits.take(request.scope, "export", context.options.export, subject.actor)
    if not context.exports.acquire(blocking=False):
        raise ServiceBusy()
    try:
        with reading(request, subject) as opened:
            heads = [label(name, opened.language) for name in asked.columns]
            found = _counted(asked.rows(opened), context.options.export_rows_most)
            rows = ([one[name] for name in asked.columns] for one in found)
            file = sheets.written(asked.form, asked.name, heads, rows)
            block = opened.at.number
    finally:
        context.exports.release()
    name = f"fenbook-{asked.name}-{block}.{asked.form}"
    return StreamingResponse(
        iter(lambda: file.read(65_536), b""),
        media_type=sheets.MEDIA_TYPES[asked.form],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
        background=BackgroundTask(file.close),
    )


def _counted(rows: Iterable[Mapping[str, Any]], most: int) -> Iterator[Mapping[str, Any]]:
    for count, one in enumerate(rows, start=1):
        if count > most:
            raise ExportTooLong(most=most)
        yield one
