"""Submitting a signed command: its client's key, its trace id, and how long the client waits."""

import asyncio
import hashlib
import re
from contextlib import suppress
from typing import Any, Final

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from api.context import context_of
from api.forms import SignedForm
from api.languages import CONTENT_LANGUAGE
from api.operations import operation_seen
from api.problems import scope_language
from api.reading import reading
from api.shapes import Shape
from api.veil import veiled
from api.verbs import Beside, Verb
from ledger.model.canonical import canonical
from ledger.model.errors import CommandForeign, IdempotencyKeyMissing, LedgerError, RequestInvalid
from ledger.service.access import Subject
from ledger.service.intake.first_answers import Accepted, Keyed
from ledger.service.intake.intake import Post
from ledger.service.intake.kept_answers import ClientKey
from ledger.service.intake.posted import Written, read_posted
from ledger.service.relaying.outbox import Operation, is_final

__all__ = [
    "PARAMETERS",
    "DryRun",
    "answered",
    "client_key",
    "is_dry",
    "keyed",
    "read_form",
    "request_hash",
    "signed_data",
    "submit",
    "try_out",
]

_LOOK_SECONDS: Final = 1.0
"""How often a waiting request looks by itself: the end may come in another process."""
_KEY: Final = re.compile(r'[\x21-\x7e]{1,255}|"[\x20-\x7e]{1,255}"')
_WAIT: Final = re.compile(r"(?:^|[,;])\s*wait=([0-9]{1,6})\s*(?:$|[,;])")

_DIGEST: Final = re.compile(r'"digest":"0x([0-9a-f]{64})"')
"""In an operation as it is answered: reading all of it would take a fiftieth of the door's time."""

PARAMETERS: Final[list[dict[str, Any]]] = [
    {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Your own name for this act: 1 to 255 visible characters, bare or quoted.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 257},
    },
    {
        "name": "Prefer",
        "in": "header",
        "description": "`wait=10` waits up to ten seconds for the effect.",
        "schema": {"type": "string", "examples": ["wait=10"]},
    },
    {
        "name": "dry_run",
        "in": "query",
        "description": "Say what would be answered; keep nothing.",
        "schema": {"type": "boolean", "default": False},
    },
]
"""What submissions take beside their bodies, as the document says it."""


class DryRun(Shape):
    """The command would be taken in."""

    dry_run: bool


def read_form(form: type[SignedForm], body: bytes) -> SignedForm:
    """What was posted; raises `RequestValidationError` where it is not of its form."""
    try:
        return form.model_validate_json(body)
    except ValidationError as failure:
        errors = failure.errors(include_url=False, include_input=False)
        raise RequestValidationError(
            [{**one, "loc": ("body", *one["loc"])} for one in errors]
        ) from None


def is_dry(request: Request) -> bool:
    """Whether only to say what would be answered; raises `RequestInvalid`.

    Raises `IdempotencyKeyMissing` for a key that could not be one when it is done in earnest.
    """
    if not request.scope["query_string"]:
        return False
    asked = request.query_params.get("dry_run", "false")
    if asked not in ("true", "false"):
        raise RequestInvalid()
    if asked == "true" and "idempotency-key" in request.headers:
        client_key(request)
    return asked == "true"


async def submit(request: Request, verb: Verb, body: SignedForm, subject: Subject) -> Response:
    """Take a signed command in and answer with its operation."""
    context = context_of(request)
    post = _post(verb, body, subject)
    write = Keyed(subject.participant, client_key(request), _hash(request, post), post)
    try:
        accepted = await context.accepting.accept(write)
    except LedgerError as refusal:
        raise await run_in_threadpool(_refused, request, subject, post, refusal) from None
    digest = _DIGEST.search(accepted.body)
    if digest is not None:
        request.scope["state"]["trace_id"] = digest[1]
    return await answered(request, subject, accepted)


async def answered(request: Request, subject: Subject, accepted: Accepted) -> Response:
    """Answer with the operation that was taken in, after as long a wait as is preferred."""
    context = context_of(request)
    headers = {"Location": f"/v1/operations/{accepted.operation}"}
    if accepted.is_replay:
        headers["Idempotent-Replayed"] = "true"
    seconds = _seconds(request.headers.get("prefer"), context.options.wait_most)
    if seconds:
        return await _waited(request, subject, accepted, seconds, headers)
    return Response(accepted.body, 202, headers, "application/json")


async def try_out(request: Request, verb: Verb, body: SignedForm, subject: Subject) -> Response:
    """Say what would be answered, and keep nothing."""
    context = context_of(request)
    post = _post(verb, body, subject)
    refusals = await run_in_threadpool(context.service.intake.dry_run, [post])
    if refusals[0] is not None:
        raise await run_in_threadpool(_refused, request, subject, post, refusals[0])
    return JSONResponse({"dry_run": True})


async def _waited(
    request: Request, subject: Subject, accepted: Accepted, seconds: int, headers: dict[str, str]
) -> Response:
    """The operation at its end, or as it stands when the time is over."""
    context, loop = context_of(request), asyncio.get_running_loop()
    outbox, told = context.service.outbox, asyncio.Event()

    def tell() -> None:
        loop.call_soon_threadsafe(told.set)

    remove = outbox.waiters.add(accepted.operation, tell)
    try:
        end = loop.time() + seconds
        found = await run_in_threadpool(outbox.find, accepted.operation)
        while not is_final(found) and (left := end - loop.time()) > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(told.wait(), min(left, _LOOK_SECONDS))
            told.clear()
            found = await run_in_threadpool(outbox.find, accepted.operation)
    finally:
        remove()
    language = scope_language(request.scope)
    more = {"Preference-Applied": f"wait={seconds}", "Content-Language": CONTENT_LANGUAGE[language]}
    status = 200 if is_final(found) else 202
    seen = await run_in_threadpool(_seen, request, subject, found)
    return JSONResponse(seen, status, headers | more)


def _seen(request: Request, subject: Subject, found: Operation) -> dict[str, Any]:
    with reading(request, subject) as opened:
        return operation_seen(opened, found)


def _post(verb: Verb, body: SignedForm, subject: Subject) -> Post:
    """What intake takes, from what was posted."""
    if body.message.participant != subject.participant:
        raise CommandForeign()
    data = signed_data(verb.command, body)
    data["beside"] = [_beside(one, body) for one in verb.beside]
    return Post(data, getattr(body, "external_reference", None), written=Written.of(data))


def signed_data(command: str, body: SignedForm) -> dict[str, Any]:
    """A signed form as intake reads it."""
    message: BaseModel = body.message
    return {
        "command": command,
        "message": message.model_dump(),
        "approvals": _approvals(body.approvals),
    }


def _beside(one: Beside, body: Any) -> Any:
    match one:
        case Beside.COSIGNED | Beside.SECOND_COSIGNED:
            return _approvals(getattr(body, one.value))
        case Beside.PROOF | Beside.PROOFS | Beside.FINGERPRINTS:
            given = getattr(body, one.value)
            return given.lower() if isinstance(given, str) else [each.lower() for each in given]
        case Beside.COST_SHARE:
            offer = body.cost_share
            return None if offer is None else signed_data("CostShareOffer", offer)
    return signed_data(one.value, body.quote)


def _approvals(approvals: list[Any]) -> list[str]:
    return [f"0x{one.signer:02x}{one.signature[2:].lower()}" for one in approvals]


def client_key(request: Request) -> str:
    """The client's own name for this act; raises `IdempotencyKeyMissing`."""
    given = request.headers.getlist("idempotency-key")
    if len(given) != 1 or not _KEY.fullmatch(given[0]):
        raise IdempotencyKeyMissing()
    key = given[0]
    return key[1:-1] if len(key) > 2 and key[0] == key[-1] == '"' else key


def keyed(request: Request, participant: int, *said: Any) -> ClientKey:
    """A write under its client's key, which must be there; under none if it is only tried."""
    key = "" if is_dry(request) else client_key(request)
    return ClientKey(participant, key, request_hash(request, *said))


def request_hash(request: Request, *said: Any) -> bytes:
    """Of everything that makes a request what it is."""
    return hashlib.sha256(canonical([request.scope["path"], *said]).encode()).digest()


def _hash(request: Request, post: Post) -> bytes:
    """`request_hash` of what was posted, from what is written already."""
    assert post.written is not None
    written = post.written
    path, reference = canonical(request.scope["path"]), canonical(post.external_reference)
    return hashlib.sha256(f"[{path},{written.text},{reference}]".encode()).digest()


def _seconds(prefer: str | None, most: int) -> int:
    found = _WAIT.search(prefer or "")
    return min(int(found[1]), most) if found else 0


def _refused(request: Request, subject: Subject, post: Post, refusal: LedgerError) -> LedgerError:
    """A refusal as it is told; it goes under the command's digest too, if it has one."""
    try:
        command = read_posted(post.data).command
    except LedgerError:
        return refusal
    digest = context_of(request).service.intake.signatures.digest(command)
    request.scope["state"]["trace_id"] = digest.hex()
    return veiled(request, subject, command, refusal)
