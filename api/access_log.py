"""What regulators have read: for regulators, and read no less openly than anything else."""

import json
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from api import shapes
from api.finding import as_asked
from api.lists import Filters, Listing, Reading, Rows, add_lists
from api.meanings import shown
from api.router import router
from api.shapes import Shape
from ledger.store.lists import AllOf, Condition

__all__ = ["ROUTER"]

ROUTER = router("access")


class Read(Shape):
    """One read of a regulator. The row was written before the answer, and is never changed."""

    number: int = Field(ge=1)
    read_at: shapes.Moment
    participant: shapes.ParticipantNumber
    actor: str = Field(description="The session or key.")
    operation: str = Field(examples=["readVoucher"])
    asked: dict[str, Any]
    purpose: str = Field(examples=["Case 2026-17"])
    trace_id: str


class ReadFilters(Filters):
    """Which reads."""

    participant: shapes.ParticipantNumber | None = None
    operation: Annotated[str | None, StringConstraints(pattern=r"^[A-Za-z]{2,40}$")] = Field(
        default=None, examples=["readVoucher"]
    )


def _where(opened: Reading, asked: ReadFilters) -> Condition:
    return AllOf((opened.sight.access_log, *as_asked(asked, "participant", "operation")))


def _shown(_: Reading, rows: Rows, __: ReadFilters) -> list[dict[str, Any]]:
    return [
        {
            "number": number,
            "read_at": shown("second", row.read_wall),
            "participant": row.participant,
            "actor": row.actor,
            "operation": row.operation,
            "asked": json.loads(row.subject),
            "purpose": row.purpose,
            "trace_id": row.trace_id,
        }
        for (number,), row in rows
    ]


READS = Listing(
    name="access-log",
    operation="Reads",
    view="access_log",
    row=Read,
    filters=ReadFilters,
    where=_where,
    shown=_shown,
)

add_lists(ROUTER, READS)
