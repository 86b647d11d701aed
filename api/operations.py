"""Operations: what became of each command that the service answered for."""

import json
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Final, Literal

from fastapi import Path, Request
from pydantic import Field, StringConstraints

from api import shapes
from api.asking import Reader
from api.finding import posted_under
from api.lists import Filters, Listing, Reading, Rows, add_lists, as_of, reading
from api.problems import problem
from api.router import router
from api.shapes import AsOf, Shape
from api.veil import told_to, veiled_in
from ledger.model.errors import LedgerError, ResourceUnknown
from ledger.model.glossary import Language
from ledger.model.ids import parse_payable
from ledger.model.plain import moment_text
from ledger.model.structs import Struct
from ledger.service.intake.intake import NEVER
from ledger.service.intake.posted import read_posted
from ledger.service.intake.refusals import refusal_before, refusal_of
from ledger.service.relaying.outbox import Operation as Row
from ledger.store.lists import AllOf, AnyOf, Condition, Is, Of, find

__all__ = [
    "ROUTER",
    "OneOperation",
    "Operation",
    "OperationPath",
    "Refusal",
    "Told",
    "first_answer",
    "one_operation",
    "operation_seen",
    "refusal_json",
    "refusal_now",
]

ROUTER = router("operations")

_ENCODER: Final = json.JSONEncoder(separators=(",", ":"))

Told = Callable[[LedgerError], LedgerError]
"""Makes of a refusal what its reader may know."""

StateName = Literal["accepted", "sent", "done", "refused", "parked"]
OperationPath = Annotated[str, Path(pattern=shapes.OPERATION, max_length=29)]


class Reason(Shape):
    """Why the ledger would not carry it out."""

    code: str = Field(examples=["LedgerPaused"])
    params: dict[str, Any]
    detail: str
    next_step: str


class Refusal(Reason):
    """Why the ledger has refused it so far; final once the state is `refused`."""

    code: str = Field(examples=["DeadlinePassed"])
    after: Reason | None = Field(
        default=None, description="What was wrong before it was too late, where that says more."
    )


class Operation(Shape):
    """A command on its way, or at its end."""

    id: shapes.OperationName
    digest: shapes.Hash | None = Field(description="The trace id everywhere.")
    participant: int = Field(ge=0, examples=[2])
    verb: str = Field(examples=["accept"])
    state: StateName
    refusal: Refusal | None
    deadline: shapes.Moment | None
    external_reference: str | None = Field(examples=["PO-2026-0117"])
    accepted_at: shapes.Moment
    updated_at: shapes.Moment
    block: int | None = Field(
        description="In which it was done, or refused for good.", examples=[120]
    )
    transaction_hash: shapes.Hash | None


class OneOperation(Operation):
    """An operation as it stands."""

    as_of: AsOf


def first_answer(row: Row) -> str:
    """What is answered when an operation was accepted, as JSON."""
    return _ENCODER.encode(_operation(row, None))


def _operation(row: Row, refusal: dict[str, Any] | None) -> dict[str, Any]:
    """An operation as it stands."""
    return {
        "id": row.id,
        "digest": _hex(row.digest),
        "participant": row.participant,
        "verb": row.verb,
        "state": row.state,
        "refusal": refusal,
        "deadline": None if row.deadline >= NEVER else moment_text(row.deadline),
        "external_reference": row.external_reference,
        "accepted_at": moment_text(row.accepted_wall),
        "updated_at": moment_text(row.updated_wall),
        "block": row.block,
        "transaction_hash": _hex(row.transaction_hash),
    }


def refusal_json(stored: str | None, language: Language, told: Told) -> dict[str, Any] | None:
    """A refusal as it was stored, told to people."""
    refusal = None if stored is None else refusal_of(stored)
    if stored is None or refusal is None:
        return None
    before = refusal_before(stored)
    after = None if before is None else _reason_json(told(before), language)
    return {**_reason_json(told(refusal), language), "after": after}


def refusal_now(refusal: LedgerError, language: Language) -> dict[str, Any]:
    """A refusal that was found just now, with none before it."""
    return {**_reason_json(refusal, language), "after": None}


def _reason_json(refusal: LedgerError, language: Language) -> dict[str, Any]:
    made = problem(refusal, language, trace_id="")
    return {name: made[name] for name in Reason.model_fields}


def _hex(value: bytes | None) -> str | None:
    return None if value is None else "0x" + value.hex()


class OperationFilters(Filters):
    """Which operations."""

    state: StateName | None = None
    verb: Annotated[str | None, StringConstraints(pattern=r"^[A-Za-z]{2,32}$")] = Field(
        default=None, examples=["accept"]
    )
    participant: shapes.ParticipantNumber | None = None
    digest: shapes.Hash | None = None
    external_reference: shapes.Reference | None = None
    payable: shapes.PayableName | None = Field(
        default=None, description="On which yours took effect."
    )


def _where(opened: Reading, asked: OperationFilters) -> Condition:
    found: list[Condition] = [opened.sight.operations]
    for name in ("state", "verb", "participant"):
        if value := getattr(asked, name):
            found.append(Is(name, (value,)))
    if asked.digest or asked.payable:
        found.append(opened.sight.own_operations)
    if asked.digest:
        found.append(Is("digest", (bytes.fromhex(asked.digest[2:]),)))
    if asked.external_reference:
        found.append(posted_under(opened, asked.external_reference))
    if asked.payable:
        on_it = Is("payable", (parse_payable(asked.payable),))
        unsigned = AllOf((on_it, Is("state", ("done",))))  # has no digest by which events tell it
        found.append(AnyOf((Of("digest", "events", "digest", on_it), unsigned)))
    return AllOf(tuple(found))


def _shown(opened: Reading, rows: Rows, _: OperationFilters) -> list[dict[str, Any]]:
    return [operation_seen(opened, row) for _, row in rows]


def operation_seen(opened: Reading, row: Row) -> dict[str, Any]:
    """An operation as a reader may know it; of another's, how it fares and no more."""
    if opened.sight.sees_contents(row.participant):
        told = partial(veiled_in, opened, _command_of(row), is_kept=True)
        return _operation(row, refusal_json(row.refusal, opened.language, told))
    refusal = refusal_json(row.refusal, opened.language, partial(told_to, opened.sight))
    if refusal is not None:
        blank = {"params": {}, "detail": "", "next_step": ""}
        refusal = {"code": refusal["code"], **blank, "after": None}
    return {**_operation(row, refusal), "digest": None, "external_reference": None}


def _command_of(row: Row) -> Struct | None:
    """The command of one that is refused; None for acts, which nobody has signed."""
    if row.refusal is None or row.digest is None:
        return None
    return read_posted(json.loads(row.signed)).command


OPERATIONS = Listing(
    name="operations",
    operation="Operations",
    view="operations",
    row=Operation,
    filters=OperationFilters,
    where=_where,
    shown=_shown,
)

add_lists(ROUTER, OPERATIONS)


@ROUTER.get("/v1/operations/{operation}", operation_id="readOperation")
def read_operation(request: Request, operation: OperationPath, subject: Reader) -> OneOperation:
    """One operation as it stands."""
    with reading(request, subject) as opened:
        return one_operation(opened, operation)


def one_operation(opened: Reading, operation: str) -> OneOperation:
    """An operation as the reader may see it; raises `ResourceUnknown`."""
    where = AllOf((Is("id", (operation,)), opened.sight.operations))
    row: Row | None = find(opened.connection, "operations", where)
    if row is None:
        raise ResourceUnknown()
    return OneOperation(**operation_seen(opened, row), as_of=as_of(opened))
