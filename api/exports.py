"""Files of lists: every row that the list has at one block, or a refusal."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.background import BackgroundTask
from starlette.responses import Response, StreamingResponse

from api import sheets
from api.context import context_of
from api.openapi import ALSO, COLUMNS
from api.reading import Reading, reading
from ledger.model.cells import cell_text
from ledger.model.code_words import in_words
from ledger.model.errors import ExportTooLong, ServiceBusy
from ledger.model.glossary import Language
from ledger.model.heads import head
from ledger.service.access import Subject

__all__ = ["File", "Format", "exported", "exported_as_found"]


class Format(BaseModel):
    """Of an export."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["csv", "xlsx"] = "csv"
    heads: Literal["words", "names"] = Field(
        "words",
        description="Heads and cells in words of the language of the request, or the fields' "
        "names and codes, which stay.",
    )


@dataclass(frozen=True, slots=True)
class File:
    """A file of rows, whoever asks for it."""

    name: str
    columns: tuple[str, ...]
    """Fields of a row, which give the heads too."""

    @classmethod
    def of(cls, name: str, row: type[BaseModel]) -> "File":
        """A file with every field of a row."""
        return cls(name, tuple(row.model_fields))

    @property
    def told(self) -> dict[str, Any]:
        """What its route says of its answer."""
        heads = zip(self.columns, self.heads("en"), self.heads("zh"), strict=True)
        columns = [{"name": name, "en": en, "zh": zh} for name, en, zh in heads]
        content = {
            kind.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
            for kind in sheets.MEDIA_TYPES.values()
        }
        return {
            "response_class": Response,
            "responses": {
                200: {"description": "A file of all rows that you may see.", "content": content}
            },
            "openapi_extra": {ALSO: [409], COLUMNS: columns},
        }

    def heads(self, language: Language) -> list[str]:
        """What stands over its columns."""
        return [head(name, language, of=self.name) for name in self.columns]

    def cells(self, row: Mapping[str, Any], language: Language | None) -> list[Any]:
        """A row's cells in words of a language; None leaves codes as they are."""
        if language is None:
            return [row[name] for name in self.columns]
        return [_in_words(name, row[name], language, self.name) for name in self.columns]


def _in_words(name: str, value: Any, language: Language, of: str) -> Any:
    if isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        return cell_text(name, value, language, of=of)
    return in_words(name, value, language, of=of)


def exported(
    request: Request,
    subject: Subject,
    file: File,
    asked: Format,
    rows: Callable[[Reading], Iterator[Mapping[str, Any]]],
) -> Response:
    """All rows in one file, of one block; raises `ExportTooLong` rather than leave some out."""
    with _at_work(request, subject), reading(request, subject) as opened:
        return _written(opened, file, asked, rows(opened))


def exported_as_found(
    request: Request,
    subject: Subject,
    file: File,
    asked: Format,
    find: Callable[[], tuple[Reading, Iterable[Mapping[str, Any]]]],
) -> Response:
    """The same of rows that others than the database are asked for, which no read may wait for.

    `find` says at which read's block they are true; that read has ended.
    """
    with _at_work(request, subject):
        opened, rows = find()
        return _written(opened, file, asked, rows)


@contextmanager
def _at_work(request: Request, subject: Subject) -> Iterator[None]:
    """Count an export of the participant, and have one of the places where they are written."""
    context, who = context_of(request), str(subject.participant)
    context.limits.take(request.scope, "export", context.options.export, who)
    if not context.exports.acquire(blocking=False):
        raise ServiceBusy()
    try:
        yield
    finally:
        context.exports.release()


def _written(
    opened: Reading, file: File, asked: Format, rows: Iterable[Mapping[str, Any]]
) -> Response:
    language = None if asked.heads == "names" else opened.language
    heads = file.columns if language is None else file.heads(language)
    found = _counted(rows, opened.context.options.export_rows_most)
    lines = (file.cells(one, language) for one in found)
    is_for_people = language is not None
    made = sheets.written(asked.format, file.name, heads, lines, for_people=is_for_people)
    name = f"fenbook-{file.name}-{opened.at.number}.{asked.format}"
    return StreamingResponse(
        iter(lambda: made.read(65_536), b""),
        media_type=sheets.MEDIA_TYPES[asked.format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
        background=BackgroundTask(made.close),
    )


def _counted(rows: Iterable[Mapping[str, Any]], most: int) -> Iterator[Mapping[str, Any]]:
    for count, one in enumerate(rows, start=1):
        if count > most:
            raise ExportTooLong(most=most)
        yield one
