"""Making what has a secret, once under its client's key. The secret itself is kept nowhere.

It is made of the asker's own secret and of a salt that is kept with the first answer; neither is of
any use without the other. So the same request of the same session or key gets the same secret.
"""

import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from pydantic import BaseModel
from starlette.responses import JSONResponse

from api.asking import secret_of
from api.context import context_of
from api.submitting import client_key, request_hash
from ledger.model.errors import IdempotencyKeyBusy
from ledger.service.access import Subject
from ledger.service.kept_answers import Answered, CameFirst, ClientKey, KeptAnswers, Once
from ledger.store.database import Connection

__all__ = ["made_once"]


@dataclass(frozen=True, slots=True)
class Making:
    """Something that has a secret."""

    make: Callable[[Once | None], tuple[str, Any]]
    """Its secret, by chance or as it is given; and its row."""
    shown: Callable[[Any], dict[str, Any]]
    """The row as it is answered, without the secret."""
    written: Callable[[bytes], str]
    """A secret as it is told."""


def made_once(request: Request, subject: Subject, asked: BaseModel, making: Making) -> JSONResponse:
    """What is made, or was when the same request came first; without a key each makes another."""
    if "idempotency-key" not in request.headers:
        secret, row = making.make(None)
        return JSONResponse({**making.shown(row), "secret": secret}, 201)
    context = context_of(request)
    answers = KeptAnswers(context.service.database, context.access.wall)
    hashed = request_hash(request, subject.actor, asked.model_dump())
    key = ClientKey(subject.participant, client_key(request), hashed)
    if known := answers.known(key):
        return _again(request, making, known)
    salt = secrets.token_hex(16)

    def keep(connection: Connection, row: Any) -> None:
        body = json.dumps({**making.shown(row), "salt": salt}, separators=(",", ":"))
        answers.keep(connection, key, row.id, body, status=201)

    try:
        secret, row = making.make(Once(_drawn(request, salt), keep))
    except CameFirst:
        if known := answers.known(key):
            return _again(request, making, known)
        raise IdempotencyKeyBusy() from None
    return JSONResponse({**making.shown(row), "secret": secret}, 201)


def _again(request: Request, making: Making, known: Answered) -> JSONResponse:
    told = json.loads(known.body)
    secret = making.written(_drawn(request, told.pop("salt")))
    return JSONResponse({**told, "secret": secret}, 201, {"Idempotent-Replayed": "true"})


def _drawn(request: Request, salt: str) -> bytes:
    return hmac.digest(secret_of(request).encode(), f"made once {salt}".encode(), "sha256")
