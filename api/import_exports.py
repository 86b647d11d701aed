"""Imports and their rows in one file, as they stand."""

from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any, Final

from fastapi import Query, Request
from starlette.responses import Response

from api.asking import Exporter
from api.exports import File, Format, exported
from api.import_files import ImportId
from api.import_filters import ImportFilters, RowFilters, imports_wanted, row_test
from api.import_shapes import Import, ImportedRow, import_json, row_json
from api.imports_asking import imports_of, only_own
from api.reading import Reading
from api.router import router
from api.veil import veiled_in

__all__ = ["ROUTER"]

ROUTER = router("imports")

_AT_ONCE: Final = 200
_IMPORTS: Final = File.of("imports", Import)
_ROWS: Final = File.of("import-rows", ImportedRow)


class ImportsExported(ImportFilters, Format):
    """Which imports, in which file."""


class RowsExported(RowFilters, Format):
    """Which rows, in which file."""


@ROUTER.get("/v1/exports/imports", operation_id="exportImports", **_IMPORTS.told)
def export_imports(
    request: Request, subject: Exporter, query: Annotated[ImportsExported, Query()]
) -> Response:
    """Your imports, in one file."""
    shelf = imports_of(request).shelf

    def rows(opened: Reading) -> Iterator[dict[str, Any]]:
        before, wanted = "", imports_wanted(request, subject, query)
        told = partial(veiled_in, opened, None)
        while found := shelf.imports(subject.participant, wanted, before=before, limit=_AT_ONCE):
            for one in found:
                yield import_json(one, opened.language, told)
            before = found[-1].id

    return exported(request, subject, _IMPORTS, query, rows)


@ROUTER.get("/v1/exports/imports/{import_id}/rows", operation_id="exportImportRows", **_ROWS.told)
def export_rows(
    request: Request,
    import_id: ImportId,
    subject: Exporter,
    query: Annotated[RowsExported, Query()],
) -> Response:
    """The rows of an import as they were read, with what has become of each, in one file."""
    shelf = imports_of(request).shelf

    def rows(opened: Reading) -> Iterator[dict[str, Any]]:
        drafts = shelf.reading(subject.participant, import_id).drafts
        items = shelf.items_by_line(subject.participant, import_id)
        fits, told = row_test(query), partial(veiled_in, opened, None)
        for one in drafts:
            if fits(one, items.get(one.line)):
                yield row_json(one, items.get(one.line), opened.language, told)

    with only_own():
        return exported(request, subject, _ROWS, query, rows)
