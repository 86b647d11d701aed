"""Writes that are no commands, once under their clients' keys: the same again is answered the same.

A secret that is made is kept nowhere. It is made of the asker's own secret and of a salt that is
kept with the first answer; neither is of any use without the other. So the same request of the same
session or key gets the same secret.
"""

import hmac
import json
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from fastapi import Request
from starlette.responses import Response

from api.asking import secret_of
from api.context import context_of
from api.submitting import PARAMETERS, DryRun, client_key, is_dry, request_hash
from ledger.model.errors import IdempotencyKeyBusy, LedgerError
from ledger.service.access import Subject
from ledger.service.intake.kept_answers import (
    AnswerSeal,
    CameFirst,
    ClientKey,
    Keep,
    KeptAnswers,
    Once,
    TriedOut,
    not_kept,
    undone,
)
from ledger.service.records.keyring import Keyring
from ledger.store.database import Connection

__all__ = ["Doing", "Making", "done_once", "made_once", "once_route", "told_within", "tried_out"]

_Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Doing:
    """A write that is no command."""

    act: Callable[[Keep], Any]
    """Takes effect and keeps its answer in one transaction, and gives what it came to."""
    shown: Callable[[Any], _Told]
    """That, as it is answered."""
    status: int = 200
    trial: Callable[[], object] | None = None
    """Says whether it would take effect, where that is not told by undoing it."""
    resumed: Callable[[], Any] | None = None
    """Of an act that takes effect elsewhere: does what is left of it, and gives what it came to."""
    keyring: Keyring | None = None
    """Under whose keys an answer is kept that tells what is private."""


@dataclass(frozen=True, slots=True)
class Making:
    """The making of something that has a secret."""

    make: Callable[[Once | None], tuple[str, Any]]
    """Its secret, by chance or as it is given; and its row."""
    shown: Callable[[Any], _Told]
    """The row as it is answered, without the secret."""
    written: Callable[[bytes], str]
    """A secret as it is told."""
    status: int = 201
    keyring: Keyring | None = None
    """As of `Doing`."""


def once_route(model: Any = None, status: int = 200, **extra: Any) -> dict[str, Any]:
    """How the document has a route of `done_once` or `made_once`; one of 204 has no model."""
    told: dict[str, Any] = {"response_model": model if status != 200 else model | DryRun}
    if status != 200:
        told["responses"] = {200: {"model": DryRun, "description": "A dry run."}}
    taken = [one for one in PARAMETERS if one["name"] != "Prefer"]
    return {**told, "status_code": status, "openapi_extra": {"parameters": taken, **extra}}


def done_once(request: Request, subject: Subject, asked: Any, doing: Doing) -> Response:
    """What came of it, or did when the same request came first; without a key it is done anew."""
    if is_dry(request):
        return tried_out(doing.trial or (lambda: doing.act(undone)))
    if "idempotency-key" not in request.headers:
        return _answer(doing.shown(doing.act(not_kept)), doing.status)
    hashed = request_hash(request, asked)
    return _once(request, ClientKey(subject.participant, client_key(request), hashed), doing, dict)


def made_once(request: Request, subject: Subject, asked: Any, making: Making) -> Response:
    """What is made, or was when the same request came first; without a key each makes another."""
    if is_dry(request):
        return tried_out(lambda: making.make(Once(secrets.token_bytes(32), undone)))
    if "idempotency-key" not in request.headers:
        secret, row = making.make(None)
        return _answer({**making.shown(row), "secret": secret}, making.status)
    hashed = request_hash(request, subject.actor, asked)
    key = ClientKey(subject.participant, client_key(request), hashed)
    salt = secrets.token_hex(16)

    def act(keep: Keep) -> Any:
        return making.make(Once(_drawn(request, salt), keep))[1]

    def told(kept: _Told) -> _Told:
        secret = making.written(_drawn(request, kept.pop("salt")))
        return {**kept, "secret": secret}

    def shown(row: Any) -> _Told:
        return {**making.shown(row), "salt": salt}

    doing = Doing(act, shown, making.status, keyring=making.keyring)
    return _once(request, key, doing, told)


def tried_out(act: Callable[[], Any]) -> Response:
    """Say that a write would go well; what it did is undone. Raises its refusal."""
    with suppress(TriedOut):
        act()
    return _answer({"dry_run": True}, 200)


def told_within(
    act: Callable[[Keep], object], told: Callable[[Connection, Any], _Told]
) -> Callable[[Keep], _Told]:
    """Of an act whose answer is made where it takes effect, as it leaves things."""

    def acted(keep: Keep) -> _Told:
        found: list[_Told] = []

        def keep_told(connection: Connection, came_to: Any) -> None:
            found.append(told(connection, came_to))
            keep(connection, found[-1])

        act(keep_told)
        return found[-1]

    return acted


def _once(
    request: Request, key: ClientKey, doing: Doing, told: Callable[[_Told], _Told]
) -> Response:
    context, place = context_of(request), request.scope["path"]
    seal = None
    if doing.keyring is not None:
        seal = AnswerSeal(doing.keyring, key.participant)
        key = replace(key, request_hash=seal.hashed(key.request_hash))
    answers = KeptAnswers(context.service.database, context.access.wall, seal)

    def again() -> Response | None:
        known = answers.known(key)
        if known is None:
            return None
        return _answer(told(json.loads(known.body)), doing.status, is_replay=True)

    if found := again():
        return found
    try:
        body = _carried_out(doing, answers, key, place)
    except (CameFirst, LedgerError) as refusal:
        if found := again():  # what came first is why it was refused
            return found
        if isinstance(refusal, LedgerError):
            raise
        raise IdempotencyKeyBusy() from None
    return _answer(told(json.loads(body)), doing.status)


def _carried_out(doing: Doing, answers: KeptAnswers, key: ClientKey, place: str) -> str:
    """Do it and keep its answer; gives that."""
    kept: list[str] = []

    def said(came_to: Any) -> str:
        kept.append(json.dumps(doing.shown(came_to), separators=(",", ":")))
        return kept[-1]

    def keep(connection: Connection, came_to: Any) -> None:
        answers.keep(connection, key, place, said(came_to), status=doing.status)

    if doing.resumed is None:
        doing.act(keep)
    else:
        answers.begin(key, place, doing.trial or (lambda: None))
        answers.end(key, place, said(doing.resumed()), status=doing.status)
    return kept[-1]


def _answer(told: _Told, status: int, *, is_replay: bool = False) -> Response:
    headers = {"Idempotent-Replayed": "true"} if is_replay else {}
    if status == 204:
        return Response(None, status, headers)
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return Response(body, status, headers, "application/json")


def _drawn(request: Request, salt: str) -> bytes:
    return hmac.digest(secret_of(request).encode(), f"made once {salt}".encode(), "sha256")
