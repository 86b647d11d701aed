"""Who is asking. Whether they may is said by need to know, and by the contracts."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Annotated, Any, Final
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
    "PURPOSE",
    "Exporter",
    "Manager",
    "Preparer",
    "Reader",
    "ReadingManager",
    "StatingReader",
    "StatingSubmitter",
    "Submitter",
    "TellingManager",
    "is_known",
    "log_read",
    "secret_of",
    "subject_of",
    "subject_still",
    "submitter_of",
]

PURPOSE_MOST: Final = 200
_HEADER: Final = "Fenbook-Purpose"
_RESUMED_MOST: Final = 16

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="secret",
    description="The secret of a session or of an API key.",
)
_Credentials = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
_SAID: Final = "A regulator's purpose, percent-encoded UTF-8; logged with the read."
_Purpose = Annotated[str | None, Header(alias=_HEADER, description=_SAID)]
PURPOSE: Final[dict[str, Any]] = {
    "name": _HEADER,
    "in": "header",
    "description": f"{_SAID} For a dry run.",
    "schema": {"type": "string"},
}
"""The same for the document, of routes that read their request themselves."""


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


def log_read(request: Request, subject: Subject, told: Mapping[str, Any] | None = None) -> None:
    """Log what a regulator is told of, before it is; raises `PurposeNotStated`.

    `told` says what was asked beside the address: a body is in it as far as it is needed to know.
    """
    if not subject.roles & Role.REGULATOR:
        return
    asked: dict[str, Any] = {**request.query_params, **request.path_params, **(told or {})}
    if resumed := request.headers.get("last-event-id"):  # from where a stream goes on
        asked["last_event_id"] = resumed[:_RESUMED_MOST]
    context_of(request).access.log_read(_row(request, subject, asked))


def _may(*scopes: Scope) -> Callable[..., Awaitable[Subject]]:
    """Asks that what the subject signed in with has some scopes."""

    async def asker(subject: Annotated[Subject, Security(subject_of)]) -> Subject:
        for scope in scopes:
            if scope not in subject.scopes:
                raise ScopeMissing(scope=scope.value)
        return subject

    return asker


def _states(scope: Scope) -> Callable[..., Awaitable[Subject]]:
    """The same; a regulator must say what for, and its route logs what it tells."""

    async def stater(
        request: Request, subject: Annotated[Subject, Security(_may(scope))], _: _Purpose = None
    ) -> Subject:
        if subject.roles & Role.REGULATOR:
            _purpose(request)
        return subject

    return stater


def _reads(scope: Scope) -> Callable[..., Awaitable[Subject]]:
    """The same; and a regulator's read is logged before it is answered."""

    async def reader(
        request: Request, subject: Annotated[Subject, Security(_states(scope))]
    ) -> Subject:
        if subject.roles & Role.REGULATOR:
            await run_in_threadpool(log_read, request, subject)
        return subject

    return reader


def _purpose(request: Request) -> str:
    """What a regulator asks for; raises `PurposeNotStated`."""
    try:
        said = unquote(request.headers.get(_HEADER, ""), errors="strict").strip()
    except UnicodeDecodeError:
        said = ""
    if not said or len(said) > PURPOSE_MOST or not said.isprintable():
        raise PurposeNotStated()
    return said


def _row(request: Request, subject: Subject, asked: Mapping[str, Any]) -> ReadRow:
    return ReadRow(
        read_wall=context_of(request).access.wall(),
        participant=subject.participant,
        actor=subject.actor,
        operation=request.scope["route"].operation_id,
        subject=canonical(asked),
        purpose=_purpose(request),
        trace_id=trace_of(request.scope),
    )


Reader = Annotated[Subject, Security(_reads(Scope.READ))]
Exporter = Annotated[Subject, Security(_reads(Scope.EXPORT))]
Preparer = Annotated[Subject, Security(_states(Scope.PREPARE))]
Submitter = Annotated[Subject, Security(_may(Scope.SUBMIT))]
StatingReader = Annotated[Subject, Security(_states(Scope.READ))]
"""Of a read that logs itself, since its address does not say what was asked."""
StatingSubmitter = Annotated[Subject, Security(_states(Scope.SUBMIT))]
"""Of an act without a signature: its refusal tells how a claim stands."""
Manager = Annotated[Subject, Security(_may(Scope.MANAGE))]
TellingManager = Annotated[Subject, Security(_may(Scope.MANAGE, Scope.READ))]
"""Of what sends events somewhere: whoever may not read them may not have them sent either."""
ReadingManager = Annotated[Subject, Security(_reads(Scope.MANAGE))]
"""Of a route that answers with what a `Reader` might have asked for."""
