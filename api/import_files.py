"""Files of imports as they come and go: payables, a template, and what is wrong with rows."""

import hashlib
from functools import partial
from typing import Annotated, Any, Final

from fastapi import Path, Query, Request
from starlette.responses import Response

from api.asking import Preparer, Reader
from api.guard import Upload
from api.import_shapes import IMPORT, WholeImport, whole_json
from api.imports_asking import at_work, count_file, expect_issuer, imports_of, in_turn, only_own
from api.once import Doing, done_once, once_route
from api.openapi import ALSO
from api.problems import scope_language
from api.reading import as_of_json, reading
from api.router import router
from api.sheets import MEDIA_TYPES
from api.veil import veiled
from ledger.imports.files import template
from ledger.imports.sheets import FILE_MAX
from ledger.service.imports.files import Uploaded
from ledger.service.intake.kept_answers import Keep

__all__ = ["OF_PREVIEWED", "PATH", "ROUTER", "TYPES", "UPLOADS", "ImportId"]

ROUTER = router("imports")

PATH: Final = "/v1/imports"
TYPES: Final = (
    "text/csv",
    MEDIA_TYPES["xlsx"],
    "application/vnd.ms-excel",
    "application/octet-stream",
)
UPLOADS: Final = {PATH: Upload(FILE_MAX, TYPES)}
"""What the guard lets through without reading it as JSON."""

_FILE: Final = {"schema": {"type": "string", "format": "binary"}}
_SENT: Final = {
    "requestBody": {"required": True, "content": dict.fromkeys(TYPES, _FILE)},
}
_GOT: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "A workbook.", "content": {MEDIA_TYPES["xlsx"]: _FILE}}
}
OF_PREVIEWED: Final = {ALSO: [409]}
"""Is answered before there is a preview."""

ImportId = Annotated[str, Path(pattern=IMPORT, max_length=30)]
FileName = Annotated[str, Query(max_length=200, examples=["付款计划.xlsx"])]


@ROUTER.post(
    PATH,
    operation_id="uploadImport",
    **once_route(WholeImport, 201, **_SENT),
)
async def upload(
    request: Request,
    subject: Preparer,
    name: FileName = "",
) -> Response:
    """Take in a file of payables: CSV, XLSX or XLS, as it is. Nothing becomes a payable by it."""
    expect_issuer(subject)
    count_file(request, subject, "upload")
    data = await request.body()

    def take() -> Response:
        with reading(request, subject) as opened:
            language, at = opened.language, as_of_json(opened)

        def act(keep: Keep) -> Uploaded:
            with at_work(request) as imports:
                return imports.importing.upload(subject.participant, name, data, keep)

        def shown(made: Uploaded) -> dict[str, Any]:
            may_know = partial(veiled, request, subject, None)
            told = whole_json(made.row, made.meta, [], language, may_know)
            return {**told, "same_file": made.same_file, "as_of": at}

        asked = [name, hashlib.sha256(data).hexdigest()]
        doing = Doing(act, shown, 201, keyring=imports_of(request).keyring)
        return done_once(request, subject, asked, doing)

    return await in_turn(request, subject, take)


@ROUTER.get(f"{PATH}/template", operation_id="downloadTemplate", responses=_GOT)
def download_template(request: Request, _: Reader) -> Response:
    """A workbook to fill in, in Chinese and English."""
    with at_work(request):
        return _workbook(template(), "fenbook-template.xlsx")


@ROUTER.get(
    f"{PATH}/{{import_id}}/error-file",
    operation_id="downloadErrorFile",
    responses=_GOT,
    openapi_extra=OF_PREVIEWED,
)
def download_error_file(request: Request, subject: Reader, import_id: ImportId) -> Response:
    """Your file with one column more, which says what is wrong with each row."""
    language = scope_language(request.scope)
    count_file(request, subject, "error-file")
    with only_own(), at_work(request) as imports:
        made = imports.shelf.error_file(subject.participant, import_id, language)
    return _workbook(made, f"fenbook-{import_id}.xlsx")


# ---- private


def _workbook(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, 200, headers, MEDIA_TYPES["xlsx"])
