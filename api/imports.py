"""Imports: a file of payables, previewed, signed once by a maker and once by a checker, issued.

Nobody but its participant sees an import. Reading a file takes time and memory, so that only some
are read at once; more are told to come again.
"""

from collections.abc import Callable
from functools import partial
from itertools import islice
from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from api.asking import Preparer, Reader, Submitter
from api.commands import Prepared, prepared_for
from api.context import context_of
from api.import_files import OF_PREVIEWED, PATH, ImportId
from api.import_filters import ImportFilters, RowFilters, imports_wanted, row_test
from api.import_parties import LookUpsOfImport
from api.import_shapes import (
    Import,
    ImportedRowPage,
    ImportPage,
    PreviewForm,
    SignaturesForm,
    TermsForm,
    WholeImport,
    import_json,
    row_json,
    whole_json,
)
from api.imports_asking import at_work, expect_judged, imports_of, in_turn, only_own
from api.lists import Filters, as_of_json, reading
from api.once import Doing, done_once, once_route, told_within
from api.operations import Told
from api.paging import Paging, bound_to
from api.problems import scope_language
from api.router import router
from api.submitting import is_dry
from api.veil import veiled, veiled_in
from ledger.imports.drafts import Draft
from ledger.model.commands import Command
from ledger.model.plain import parse_moment
from ledger.model.rendering import NO_NAMES
from ledger.service.access import Subject
from ledger.service.imports.files import Previewed
from ledger.service.imports.states import ImportState
from ledger.service.imports.terms import Terms, Wishes
from ledger.service.intake.kept_answers import Keep
from ledger.service.records.directory import Reader as Who
from ledger.store.database import Connection
from ledger.store.imports import ImportRow

__all__ = ["ROUTER"]

ROUTER = router("imports")


class ImportsAsked(ImportFilters, Paging):
    """A page of imports."""


class RowsAsked(RowFilters, Paging):
    """A page of rows."""


@ROUTER.get(PATH, operation_id="listImports", response_model=ImportPage)
def list_imports(
    request: Request,
    subject: Reader,
    query: Annotated[ImportsAsked, Query()],
) -> dict[str, Any]:
    """Your imports, the newest first."""
    shelf, language = imports_of(request).shelf, scope_language(request.scope)
    told = _told(request, subject)
    wanted = imports_wanted(request, subject, query)
    rows, more = context_of(request).cursors.page(
        _bound("imports", subject, query),
        query,
        lambda after, most: shelf.imports(
            subject.participant, wanted, before=after[0] if after else "", limit=most
        ),
        lambda row: [row.id],
    )
    return _page(request, subject, [import_json(one, language, told) for one in rows], more)


@ROUTER.get(f"{PATH}/{{import_id}}", operation_id="readImport", response_model=WholeImport)
def read_import(request: Request, subject: Reader, import_id: ImportId) -> dict[str, Any]:
    """One import."""
    with only_own():
        return _whole(request, subject, import_id)


@ROUTER.post(
    f"{PATH}/{{import_id}}/preview", operation_id="previewImport", **once_route(WholeImport)
)
async def preview(
    request: Request, subject: Preparer, import_id: ImportId, body: PreviewForm
) -> Response:
    """Read the file, and say of each row what is wrong with it. The columns are remembered."""
    wishes = Wishes(
        None if body.columns is None else {str(of): one for of, one in body.columns.items()},
        body.sheet,
        body.settlement_bank,
        LookUpsOfImport(request, subject),
    )

    def act(keep: Keep) -> dict[str, Any]:
        expect_judged(request, subject, import_id)
        with reading(request, subject) as opened:
            language, at = opened.language, as_of_json(opened)
        with at_work(request) as imports:
            own, shelf = subject.participant, imports.shelf
            same = shelf.same_file(own, shelf.find(own, import_id))

            def told(_: Connection, made: Previewed) -> dict[str, Any]:
                findings, may_know = made.reading.findings, _told(request, subject)
                found = whole_json(made.row, made.meta, findings, language, may_know)
                return {**found, "same_file": same, "as_of": at}

            who = _who(subject)
            read = partial(imports.importing.preview, own, import_id, who, wishes)
            return told_within(read, told)(keep)

    return await in_turn(request, subject, lambda: _sealed(request, subject, body, act))


@ROUTER.get(
    f"{PATH}/{{import_id}}/rows",
    operation_id="listImportRows",
    response_model=ImportedRowPage,
    openapi_extra=OF_PREVIEWED,
)
def list_rows(
    request: Request, subject: Reader, import_id: ImportId, query: Annotated[RowsAsked, Query()]
) -> dict[str, Any]:
    """The rows as they were read, and what has become of each; or the faulty ones alone."""
    shelf, language = imports_of(request).shelf, scope_language(request.scope)
    told = _told(request, subject)
    with only_own():
        drafts = shelf.reading(subject.participant, import_id).drafts
        items = shelf.items_by_line(subject.participant, import_id)
    fits = row_test(query)

    def chosen(after: Any, most: int) -> list[Draft]:
        start = after[0] if after else 0
        behind = (one for one in drafts if one.line > start and fits(one, items.get(one.line)))
        return list(islice(behind, most))

    rows, more = context_of(request).cursors.page(
        _bound(import_id, subject, query), query, chosen, lambda row: [row.line]
    )
    data = [row_json(one, items.get(one.line), language, told) for one in rows]
    return _page(request, subject, data, more)


@ROUTER.post(
    f"{PATH}/{{import_id}}/typed-data", operation_id="prepareImport", **once_route(Prepared)
)
async def prepare(
    request: Request, subject: Preparer, import_id: ImportId, body: TermsForm
) -> Response:
    """The one command that maker and checker sign, for all chosen rows.

    Asked again it is the same command, until the import is reopened.
    """
    context, language = context_of(request), scope_language(request.scope)
    deadline = None if body.deadline is None else parse_moment(body.deadline, field="deadline")
    nonce = None if body.nonce is None else int(body.nonce)
    look_ups = LookUpsOfImport(request, subject)
    terms = Terms(body.choice, deadline, nonce, is_dry(request), look_ups)

    def act(keep: Keep) -> dict[str, Any]:
        expect_judged(request, subject, import_id)
        own, names = subject.participant, NO_NAMES
        if not terms.is_tried:
            names = context.names([own], subject, language, "sign")

        def told(_: Connection, command: Command) -> dict[str, Any]:
            return prepared_for(context, command, names, language).model_dump()

        with at_work(request) as imports:
            made = partial(imports.importing.prepare, own, import_id, _who(subject), terms)
            if imports.shelf.find(own, import_id).state == ImportState.AWAITING_SIGNATURES:
                made = partial(imports.signing.command, own, import_id)
            return told_within(made, told)(keep)

    return await in_turn(request, subject, lambda: _sealed(request, subject, body, act))


@ROUTER.post(f"{PATH}/{{import_id}}/signatures", operation_id="signImport", **once_route(Import))
def sign(
    request: Request,
    subject: Submitter,
    import_id: ImportId,
    body: SignaturesForm,
) -> Response:
    """Give approvals. While signers are missing the import waits, and `refusal` says for whom."""
    given = [bytes([one.signer]) + bytes.fromhex(one.signature[2:]) for one in body.approvals]
    signing, own = imports_of(request).signing, subject.participant
    doing = Doing(
        lambda keep: signing.sign(own, import_id, given, keep),
        lambda row: import_json(row, scope_language(request.scope), _told(request, subject)),
        trial=lambda: signing.try_out(own, import_id, given),
    )
    with only_own():
        return done_once(request, subject, body.model_dump(), doing)


@ROUTER.post(f"{PATH}/{{import_id}}/reopen", operation_id="reopenImport", **once_route(Import))
def reopen(
    request: Request,
    subject: Preparer,
    import_id: ImportId,
) -> Response:
    """Take an import back that the ledger has not recorded, to preview it again."""
    importing = imports_of(request).importing
    return _done(
        request, subject, lambda keep: importing.reopen(subject.participant, import_id, keep)
    )


@ROUTER.post(f"{PATH}/{{import_id}}/cancel", operation_id="cancelImport", **once_route(Import))
def cancel(
    request: Request,
    subject: Preparer,
    import_id: ImportId,
) -> Response:
    """Give an import up that was not signed to the end."""
    importing = imports_of(request).importing
    return _done(
        request,
        subject,
        lambda keep: importing.reopen(subject.participant, import_id, keep, cancel=True),
    )


@ROUTER.post(f"{PATH}/{{import_id}}/retry", operation_id="retryImport", **once_route(Import))
def retry(
    request: Request,
    subject: Submitter,
    import_id: ImportId,
) -> Response:
    """Ask once more for payables that were refused, while the signature holds."""
    issuing = imports_of(request).issuing
    return _done(request, subject, lambda keep: issuing.retry(subject.participant, import_id, keep))


# ---- private


def _done(request: Request, subject: Subject, act: Callable[[Keep], ImportRow]) -> Response:
    """A step of an own import, once under its client's key."""
    language = scope_language(request.scope)
    doing = Doing(act, lambda row: import_json(row, language, _told(request, subject)))
    with only_own():
        return done_once(request, subject, None, doing)


def _sealed(
    request: Request, subject: Subject, asked: BaseModel, act: Callable[[Keep], dict[str, Any]]
) -> Response:
    """An act on an own import whose answer tells what is kept sealed."""
    doing = Doing(act, dict, keyring=imports_of(request).keyring)
    with only_own():
        return done_once(request, subject, asked.model_dump(mode="json"), doing)


def _told(request: Request, subject: Subject) -> Told:
    """What of a refusal the reader may know."""
    return partial(veiled, request, subject, None)


def _who(subject: Subject) -> Who:
    return Who(subject.participant, subject.actor, "import")


def _whole(request: Request, subject: Subject, import_id: str) -> dict[str, Any]:
    shelf, own = imports_of(request).shelf, subject.participant
    row, meta = shelf.find(own, import_id), shelf.meta(own, import_id)
    is_read = row.errors or row.warnings or row.payables
    findings = shelf.reading(own, import_id).findings if is_read else []
    with reading(request, subject) as opened:
        told = whole_json(row, meta, findings, opened.language, partial(veiled_in, opened, None))
        same = shelf.same_file(own, row)
        return {**told, "same_file": same, "as_of": as_of_json(opened)}


def _bound(name: str, subject: Subject, query: Filters) -> dict[str, Any]:
    return bound_to(name, subject, query.model_dump(exclude={"limit", "cursor"}, mode="json"))


def _page(request: Request, subject: Subject, data: list[Any], more: str | None) -> dict[str, Any]:
    with reading(request, subject) as opened:
        at = as_of_json(opened)
    return {"data": data, "has_more": more is not None, "next_cursor": more, "as_of": at}
