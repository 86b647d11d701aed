"""Batches: many payables under one signature."""

from typing import Any

from pydantic import Field

from api import shapes
from api.commands import add_verbs
from api.lists import Filters, Listing, Reading, Rows, add_lists
from api.meanings import shown
from api.router import router
from api.shapes import Shape
from ledger.store.lists import AllOf, Condition, Is

__all__ = ["ROUTER"]

ROUTER = router("batches")


class Batch(Shape):
    """A list of payables that one signature commits to, and how far it has come."""

    digest: shapes.Hash
    obligor: shapes.ParticipantNumber
    root: shapes.Hash
    count: int = Field(ge=0, description="Payables on the list.")
    issued: int = Field(ge=0)
    left: shapes.AmountOut = Field(description="Of the signed total.")
    deadline: shapes.Moment
    is_void: bool


class BatchFilters(Filters):
    """Which batches."""

    obligor: shapes.ParticipantNumber | None = None


def _where(opened: Reading, asked: BatchFilters) -> Condition:
    named = [Is("obligor", (asked.obligor,))] if asked.obligor else []
    return AllOf((opened.sight.batches, *named))


def _shown(_: Reading, rows: Rows, __: BatchFilters) -> list[dict[str, Any]]:
    names = ("digest", "obligor", "root", "count", "issued", "left", "deadline", "is_void")
    return [{name: shown(name, getattr(row, name)) for name in names} for _, row in rows]


BATCHES = Listing(
    name="batches",
    operation="Batches",
    view="batches",
    row=Batch,
    filters=BatchFilters,
    where=_where,
    shown=_shown,
)

add_lists(ROUTER, BATCHES)
add_verbs(ROUTER, "IssueBatch", "VoidBatch")
