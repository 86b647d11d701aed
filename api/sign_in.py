"""Signing in with a participant's signer, and API keys for its systems."""

from typing import Annotated, Any, Final, Literal

from fastapi import Depends, Path, Request, Response, Security
from pydantic import Field, StringConstraints

from api import shapes
from api.addresses import origin_of
from api.asking import Exporter, Reader, subject_of
from api.context import context_of
from api.lists import Filters, Listing, Reading, Rows, add_lists
from api.once import Doing, Making, done_once, made_once, once_route
from api.openapi import ALSO
from api.router import router
from api.shapes import Given, Shape
from ledger.model.errors import ResourceUnknown, ScopeMissing
from ledger.model.plain import moment_text
from ledger.service.access import Scope, Subject, key_secret
from ledger.service.intake.kept_answers import Keep, Once
from ledger.store.access import KeyRow

__all__ = ["ROUTER"]

ROUTER = router("access")

_DAY: Final = 86_400

_Label = Annotated[shapes.Label, StringConstraints(min_length=1)]
_KeyId = Annotated[str, Path(pattern=r"^key_[0-9A-HJKMNP-TV-Z]{26}$", max_length=30)]
_Own = Annotated[Subject, Security(subject_of)]


class ChallengeAsked(Given):
    """Who wants to sign in."""

    participant: shapes.ParticipantNumber
    signer: int = Field(ge=0, le=254, description="The signer's number.", examples=[0])


class Challenge(Shape):
    """What the signer signs, as its device shows it."""

    typed_data: dict[str, Any] = Field(description="EIP-712, for eth_signTypedData_v4.")
    digest: shapes.Hash
    ends_at: shapes.Moment


class ChallengeAnswered(Given):
    """The challenge as it was given, and the signature."""

    participant: shapes.ParticipantNumber
    signer: int = Field(ge=0, le=254, examples=[0])
    challenge: shapes.Hash
    signature: shapes.Hex


class Session(Shape):
    """A session. Its secret is told once; send it as `Authorization: Bearer …`."""

    id: str = Field(examples=["ses_01JDXW6K3Q8Z0V7M5T2R4N9BCD"])
    secret: str = Field(examples=["fbs_" + "x" * 43])
    participant: shapes.ParticipantNumber
    roles: list[str] = Field(examples=[["supplier"]])
    ends_in_seconds: int = Field(examples=[3600])


class KeyAsked(Given):
    """A new API key."""

    label: _Label
    scopes: list[Literal["read", "export", "prepare", "submit", "manage"]] = Field(
        min_length=1, max_length=5, examples=[["read", "submit"]]
    )
    days: int = Field(default=90, ge=1, le=400, examples=[90])


class Key(Shape):
    """An API key. It ends with its days, when it is revoked, or with the signer that made it."""

    id: str = Field(examples=["key_01JDXW6K3Q8Z0V7M5T2R4N9BCD"])
    label: str = Field(examples=["Treasury system"])
    scopes: list[str] = Field(examples=[["read", "submit"]])
    signer: int = Field(examples=[0])
    made_at: shapes.Moment
    ends_at: shapes.Moment
    revoked_at: shapes.Moment | None = None


class NewKey(Key):
    """An API key with its secret, which is told once."""

    secret: str = Field(examples=["fbk_" + "x" * 43])


class KeyFilters(Filters):
    """All of them."""


def _address_rate(request: Request) -> None:
    """Counted before the body is looked at, whoever is named in it."""
    context, address = context_of(request), origin_of(request).address
    rate = context.options.sign_in_address
    context.limits.take(request.scope, "sign-in-address", rate, address)


def _signer_rate(request: Request, participant: int, signer: int) -> None:
    """Counted by address and signer: who floods the one locks nobody out of the other.

    A signer is not counted for all addresses together, or any stranger could lock it out.
    """
    context, address = context_of(request), origin_of(request).address
    who = f"{address} {participant} {signer}"
    context.limits.take(request.scope, "sign-in", context.options.sign_in, who)


@ROUTER.post(
    "/v1/sign-in/challenge", operation_id="askChallenge", dependencies=[Depends(_address_rate)]
)
def ask_challenge(request: Request, asked: ChallengeAsked) -> Challenge:
    """Get a challenge to sign. It says nothing about whether the signer exists."""
    _signer_rate(request, asked.participant, asked.signer)
    context = context_of(request)
    made = context.access.challenge(
        asked.participant, asked.signer, seconds=context.options.challenge_seconds
    )
    return Challenge(
        typed_data=made.document(),
        digest="0x" + made.digest.hex(),
        ends_at=moment_text(made.ends_at),
    )


@ROUTER.post(
    "/v1/sign-in",
    operation_id="signIn",
    status_code=201,
    openapi_extra={ALSO: [401]},
    dependencies=[Depends(_address_rate)],
)
def sign_in(request: Request, answered: ChallengeAnswered) -> Session:
    """Begin a session on a signed challenge."""
    _signer_rate(request, answered.participant, answered.signer)
    context = context_of(request)
    answer = context.access.answered(
        answered.participant, answered.signer, bytes.fromhex(answered.challenge[2:])
    )
    signature = bytes.fromhex(answered.signature[2:])
    seconds = context.options.session_seconds
    secret, subject = context.access.begin(answer, signature, seconds=seconds)
    return Session(
        id=subject.actor,
        secret=secret,
        participant=subject.participant,
        roles=[str(one.name).lower() for one in subject.roles],
        ends_in_seconds=seconds,
    )


@ROUTER.delete("/v1/sign-in", operation_id="signOut", status_code=204)
def sign_out(request: Request, subject: _Own) -> Response:
    """End the session."""
    _in_session(subject)
    context_of(request).access.end(subject)
    return Response(status_code=204)


async def _reads_in_session(subject: Reader) -> Subject:
    _in_session(subject)
    return subject


async def _exports_in_session(subject: Exporter) -> Subject:
    _in_session(subject)
    return subject


def _keys(_: Reading, rows: Rows, __: KeyFilters) -> list[dict[str, Any]]:
    return [_key(row) for _, row in rows]


KEYS = Listing(
    name="api-keys",
    operation="ApiKeys",
    view="api_keys",
    row=Key,
    filters=KeyFilters,
    where=lambda opened, _: opened.sight.api_keys,
    shown=_keys,
    reader=Annotated[Subject, Security(_reads_in_session)],
    exporter=Annotated[Subject, Security(_exports_in_session)],
)

add_lists(ROUTER, KEYS)


@ROUTER.post("/v1/api-keys", operation_id="makeApiKey", **once_route(NewKey, 201))
def make_key(
    request: Request,
    asked: KeyAsked,
    subject: _Own,
) -> Response:
    """Make an API key for a system of your organisation; only a session can."""
    _in_session(subject)
    access, scopes = context_of(request).access, [Scope(one) for one in asked.scopes]

    def make(once: Once | None) -> tuple[str, KeyRow]:
        seconds = asked.days * _DAY
        return access.make_key(subject, asked.label, scopes, seconds=seconds, once=once)

    return made_once(request, subject, asked.model_dump(), Making(make, _key, key_secret))


@ROUTER.delete("/v1/api-keys/{key}", operation_id="revokeApiKey", **once_route(status=204))
def revoke_key(request: Request, key: _KeyId, subject: _Own) -> Response:
    """Take an API key out of use at once."""
    _in_session(subject)
    access = context_of(request).access

    def act(keep: Keep) -> None:
        if not access.revoke_key(subject.participant, key, keep):
            raise ResourceUnknown()

    return done_once(request, subject, None, Doing(act, lambda _: {}, 204))


def _in_session(subject: Subject) -> None:
    if not subject.is_session:
        raise ScopeMissing(scope="session")


def _key(row: KeyRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "label": row.label,
        "scopes": row.scopes.split(),
        "signer": row.signer,
        "made_at": moment_text(row.made_wall),
        "ends_at": moment_text(row.ends_wall),
        "revoked_at": None if row.revoked_wall is None else moment_text(row.revoked_wall),
    }
