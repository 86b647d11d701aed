"""Participants: who takes part, in which role, and by whose keys."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import Path, Request
from pydantic import Field, StringConstraints

from api import shapes
from api.asking import Reader, StatingReader, log_read
from api.commands import add_verbs
from api.context import context_of
from api.finding import still_known
from api.lists import Filters, Listing, Reading, Rows, add_lists, as_of, reading
from api.look_ups import count_look_up
from api.meanings import picked, shown
from api.router import router
from api.shapes import AsOf, Given, Shape
from ledger.model.errors import ResourceUnknown
from ledger.model.states import Role
from ledger.store.lists import AllOf, Condition, HasBit, Is, find, rows_of
from ledger.views.party_rows import Participant as Row
from ledger.views.party_rows import SignerRow

__all__ = ["ROUTER"]

ROUTER = router("participants")

RoleName = Literal["issuer", "supplier", "bank", "settlement", "operator", "regulator"]
ParticipantPath = Annotated[int, Path(ge=1, le=2**32 - 1, examples=[2])]


class Participant(Shape):
    """An admitted organisation that you deal with, or an institution."""

    id: shapes.ParticipantNumber
    name: str | None = Field(description="In the language asked for.", examples=["Birch"])
    roles: list[RoleName]
    is_suspended: bool
    is_frozen: bool


class SignerKey(Shape):
    """A key that may sign for the participant."""

    number: int = Field(ge=0, le=254)
    key: shapes.Hex
    duty: list[Literal["maker", "checker"]]
    expiry: shapes.Moment | None
    certificate: shapes.Hash
    may_sign: bool = Field(description="Neither revoked, nor expired, nor replaced.")


class Thresholds(Shape):
    """How many signers an act needs."""

    low: int
    high: int
    high_from: shapes.AmountOut = Field(description="Committed in a business day.")
    committed_today: shapes.AmountOut | None = Field(
        description="Told to itself and regulators: the operator would learn from it what each "
        "operation is about."
    )


class OneParticipant(Participant):
    """A participant at a block; keys are told to itself, the operator and regulators."""

    thresholds: Thresholds | None
    signers: list[SignerKey] | None
    recovery_bank: shapes.ParticipantNumber | None
    recovery_effective_at: shapes.Moment | None = Field(
        description="When keys that were proposed take the place of all others."
    )
    as_of: AsOf


class ParticipantFilters(Filters):
    """Which participants."""

    role: RoleName | None = None
    suspended: bool | None = None
    frozen: bool | None = None


class LookupAsked(Given):
    """Whom you look for, exactly."""

    uscc: Annotated[
        str,
        StringConstraints(pattern=r"^[0-9A-Z]{18}$", max_length=18),
        Field(description="Unified social credit code.", examples=["91350100M000100Y43"]),
    ]


class LookupFound(Shape):
    """The participant's number, for a transfer to it."""

    id: shapes.ParticipantNumber


def _where(opened: Reading, asked: ParticipantFilters) -> Condition:
    found = [opened.sight.participants]
    if asked.role:
        found.append(HasBit("roles", int(Role[asked.role.upper()])))
    if asked.suspended is not None:
        found.append(Is("is_suspended", (asked.suspended,)))
    if asked.frozen is not None:
        found.append(Is("is_frozen", (asked.frozen,)))
    return AllOf(tuple(found))


def _seen(opened: Reading, rows: Rows, _: ParticipantFilters) -> Rows:
    ids = {one.id for one in still_known(opened, [row for _, row in rows])}
    return [(key, row) for key, row in rows if row.id in ids]


def _shown(opened: Reading, rows: Rows, _: ParticipantFilters) -> list[dict[str, Any]]:
    names = opened.names(row.id for _, row in rows)
    return [_participant(row, names) for _, row in rows]


def _participant(row: Row, names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": names.get(row.id),
        "is_suspended": row.is_suspended,
        "is_frozen": row.is_frozen,
        **picked(row, "roles"),
    }


PARTICIPANTS = Listing(
    name="participants",
    operation="Participants",
    view="participants",
    row=Participant,
    filters=ParticipantFilters,
    where=_where,
    shown=_shown,
    seen=_seen,
)

add_lists(ROUTER, PARTICIPANTS)


@ROUTER.post("/v1/participants/lookup", operation_id="lookUpParticipant")
def look_up(request: Request, asked: LookupAsked, subject: StatingReader) -> LookupFound:
    """Find a participant by its exact unified social credit code."""
    count_look_up(request, subject)
    context = context_of(request)
    known = context.service.directory
    found = (known.by_uscc([asked.uscc]) if known is not None else {}).get(asked.uscc)
    # The code itself is kept sealed, and in no log.
    log_read(request, subject, {"code": context.access.index_of(asked.uscc), "participant": found})
    if found is None:
        raise ResourceUnknown()
    return LookupFound(id=found)


@ROUTER.get("/v1/participants/{participant}", operation_id="readParticipant")
def read_participant(
    request: Request, participant: ParticipantPath, subject: Reader
) -> OneParticipant:
    """One participant."""
    with reading(request, subject) as opened:
        where = AllOf((Is("id", (participant,)), opened.sight.participants))
        row: Row | None = find(opened.connection, "participants", where)
        if row is None or not still_known(opened, [row]):
            raise ResourceUnknown()
        keys = _keys(opened, row) if opened.sight.sees_keys(row.id) else _NO_KEYS
        names = opened.names([row.id])
        return OneParticipant(**_participant(row, names), **keys, as_of=as_of(opened))


_NO_KEYS: Mapping[str, Any] = {
    "thresholds": None,
    "signers": None,
    "recovery_bank": None,
    "recovery_effective_at": None,
}


def _keys(opened: Reading, row: Row) -> dict[str, Any]:
    own = Is("participant", (row.id,))
    recovery = find(opened.connection, "recoveries", own)
    signers = rows_of(opened.connection, "signers", own)
    return {
        "thresholds": Thresholds(
            low=row.threshold_low,
            high=row.threshold_high,
            high_from=shown("high_from", row.high_from),
            committed_today=_committed(opened, row),
        ),
        "signers": [_signer(opened, row, one) for one in signers],
        "recovery_bank": row.recovery_bank or None,
        "recovery_effective_at": shown("effective", recovery.effective) if recovery else None,
    }


def _committed(opened: Reading, row: Row) -> str | None:
    """What it has committed on this business day, where the reader may know."""
    if not opened.sight.sees_contents(row.id):
        return None
    told: str = shown("committed", row.committed if row.committed_day == opened.day else 0)
    return told


def _signer(opened: Reading, row: Row, signer: SignerRow) -> SignerKey:
    has_ended = signer.is_revoked or 0 < signer.expiry <= opened.at.second
    return SignerKey(
        number=signer.number,
        may_sign=not has_ended and signer.number >= row.first_signer,
        **picked(signer, "key", "duty", "expiry", "certificate"),
    )


add_verbs(
    ROUTER,
    "AdmitParticipant",
    "SuspendParticipant",
    "FreezeParticipant",
    "UnfreezeParticipant",
    "AddSigner",
    "RevokeSigner",
    "SetThreshold",
    "VoidNonce",
    "ProposeRecovery",
    "VetoRecovery",
)
