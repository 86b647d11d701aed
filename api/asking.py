"""Who is asking. Whether they may is said by need to know, and by the contracts."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Annotated, Final
from urllib.parse import unquote

from fastapi import Header, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool

from api.context import context_of
from api.languages import header
from api.problems import trace_of
from ledger.model.canonical import canonical
from ledger.model.errors import NotSignedIn, PurposeNotStated, ScopeMissing
from ledger.model.states import Role
from ledger.service.access import Access, Scope, Subject
from ledger.store.access import ReadRow

__all__ = [
    "Exporter",
    "Manager",
    "Preparer",
    "Reader",
    "ReadingManager",
    "Submitter",
    "is_known",
    "secret_of",
    "subject_of",
    "subject_still",
    "submitter_of",
]

PURPOSE_MOST: Final = 200
_RESUMED_MOST: Final = 16

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="secret",
    description="The secret of a session or of an API key.",
)
_Credentials = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
_Purpose = Annotated[
    str | None,
    Header(
        alias="Fenbook-Purpose",
        description="A regulator's purpose, percent-encoded UTF-8; logged with the read.",
    ),
]


async def subject_of(request: Request, credentials: _Credentials) -> Subject:
    """Who asks; raises `NotSignedIn` or `TooManyRequests`."""
    return await _subject(request, "" if credentials is None else credentials.credentials)


async def submitter_of(request: Request) -> Subject:
    """The same as `Submitter`, for routes that read their request themselves."""
    subject = await _subject(request, secret_of(request))
    if Scope.SUBMIT not in subject.scopes:
        raise ScopeMissing(scope=Scope.SUBMIT.value)
    return subject


async def is_known(access: Access, headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether a request comes with the secret of a session or key; its body is not read."""
    secret = _secret_in(header(headers, b"authorization"))
    return bool(secret) and await _looked_up(access, secret) is not None


def secret_of(request: Request) -> str:
    """The secret that a request came with; empty where there is none."""
    return _secret_in(request.headers.get("authorization", ""))


def subject_still(request: Request) -> Subject | None:
    """Who asks, looked up once more for an answer that goes on; None where that has ended."""
    secret = secret_of(request)
    return context_of(request).access.subject(secret) if secret else None


def _secret_in(authorization: str) -> str:
    """The secret in a header of authorization; empty where there is none."""
    scheme, _, secret = authorization.partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


async def _subject(request: Request, secret: str) -> Subject:
    context = context_of(request)
    if not secret:
        raise NotSignedIn()
    subject = await _looked_up(context.access, secret)
    if subject is None:
        raise NotSignedIn()
    options = context.options
    rate = options.per_session if subject.is_session else options.per_key
    context.limits.take(request.scope, "subject", rate, subject.actor)
    return subject


async def _looked_up(access: Access, secret: str) -> Subject | None:
    is_remembered, subject = access.remembered(secret)
    return subject if is_remembered else await run_in_threadpool(access.subject, secret)


def _may(scope: Scope) -> Callable[..., Awaitable[Subject]]:
    """Asks that what the subject signed in with has a scope."""

    async def asker(subject: Annotated[Subject, Security(subject_of)]) -> Subject:
        if scope not in subject.scopes:
            raise ScopeMissing(scope=scope.value)
        return subject

    return asker


def _reads(scope: Scope) -> Callable[..., Awaitable[Subject]]:
    """The same; and a regulator's read is logged before it is answered."""

    async def reader(
        request: Request,
        subject: Annotated[Subject, Security(_may(scope))],
        purpose: _Purpose = None,
    ) -> Subject:
        if subject.roles & Role.REGULATOR:
            row = _read_of(request, subject, purpose)
            await run_in_threadpool(context_of(request).access.log_read, row)
        return subject

    return reader


def _read_of(request: Request, subject: Subject, purpose: str | None) -> ReadRow:
    try:
        said = unquote(purpose or "", errors="strict").strip()
    except UnicodeDecodeError:
        said = ""
    if not said or len(said) > PURPOSE_MOST or not said.isprintable():
        raise PurposeNotStated()
    asked = {**request.query_params, **request.path_params}
    if resumed := request.headers.get("last-event-id"):  # from where a stream goes on
        asked["last_event_id"] = resumed[:_RESUMED_MOST]
    return ReadRow(
        read_wall=context_of(request).access.wall(),
        participant=subject.participant,
        actor=subject.actor,
        operation=request.scope["route"].operation_id,
        subject=canonical(asked),
        purpose=said,
        trace_id=trace_of(request.scope),
    )


Reader = Annotated[Subject, Security(_reads(Scope.READ))]
Exporter = Annotated[Subject, Security(_reads(Scope.EXPORT))]
Preparer = Annotated[Subject, Security(_may(Scope.PREPARE))]
Submitter = Annotated[Subject, Security(_may(Scope.SUBMIT))]
Manager = Annotated[Subject, Security(_may(Scope.MANAGE))]
ReadingManager = Annotated[Subject, Security(_reads(Scope.MANAGE))]
"""Of a route that answers with what a `Reader` might have asked for."""
