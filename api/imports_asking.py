"""Whose imports may be judged, how often, and how many at a time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.context import context_of
from api.submitting import client_key, is_dry
from ledger.model.errors import MissingRole, RecordsKeyMissing, ResourceUnknown, ServiceBusy
from ledger.model.errors.imports import ImportUnknown
from ledger.model.states import Role
from ledger.service.access import Subject
from ledger.service.imports.together import Imports

__all__ = [
    "at_work",
    "count_file",
    "expect_issuer",
    "expect_judged",
    "imports_of",
    "in_turn",
    "only_own",
]


def imports_of(request: Request) -> Imports:
    """The imports of the service; raises `RecordsKeyMissing`."""
    imports = context_of(request).service.imports
    if imports is None:
        raise RecordsKeyMissing()
    return imports


@contextmanager
def at_work(request: Request) -> Iterator[Imports]:
    """Only so many files are read or written at a time."""
    room = context_of(request).imports
    if not room.acquire(blocking=False):
        raise ServiceBusy()
    try:
        yield imports_of(request)
    finally:
        room.release()


async def in_turn(request: Request, subject: Subject, do: Callable[[], Response]) -> Response:
    """What takes a place at work: of the same under one key, only the first needs one.

    The others wait with all that they sent, so that only some may.
    """
    if is_dry(request) or "idempotency-key" not in request.headers:
        return await run_in_threadpool(do)
    key, size = client_key(request), len(await request.body())
    async with context_of(request).turns.taken(subject.participant, key, size=size):
        return await run_in_threadpool(do)


@contextmanager
def only_own() -> Iterator[None]:
    """What is another's looks like what is not there."""
    try:
        yield
    except ImportUnknown:
        raise ResourceUnknown() from None


def expect_issuer(subject: Subject) -> None:
    """Whoever cannot issue needs no judgement of a file: it would tell of others' invoices."""
    if Role.ISSUER not in subject.roles:
        raise MissingRole(participant=subject.participant, role=Role.ISSUER)


def count_file(request: Request, subject: Subject, name: str) -> None:
    """Count a file that is taken in or made, of each sort as often as exports.

    It is counted for the participant, whatever session or key of it asks.
    """
    context = context_of(request)
    context.limits.take(request.scope, name, context.options.export, str(subject.participant))


def expect_judged(request: Request, subject: Subject, import_id: str) -> None:
    """An own import, of an issuer, that is judged no oftener than participants are looked up.

    It is counted for the participant, whoever of it asks.
    """
    imports_of(request).shelf.find(subject.participant, import_id)
    expect_issuer(subject)
    context = context_of(request)
    rate, who = context.options.lookup, str(subject.participant)
    context.limits.take(request.scope, "preview", rate, who)
