"""Batches: many payables under one signature."""

from typing import Any, Literal

from pydantic import Field

from api import shapes
from api.commands import add_verbs
from api.finding import OnPayable, as_asked, of_payables, posted_under, under_reference
from api.lists import Listing, Reading, Rows, add_lists
from api.meanings import shown
from api.router import router
from api.shapes import Shape
from ledger.model.ids import parse_payable
from ledger.store.lists import AllOf, AnyOf, Below, Between, Condition, Is, Of
from ledger.views.party_rows import Batch as Row

__all__ = ["ROUTER"]

ROUTER = router("batches")

BatchState = Literal["open", "issued", "lapsed", "void"]


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
    state: BatchState = Field(description="`lapsed`: some are not issued, and it is too late.")


class BatchFilters(OnPayable):
    """Which batches: signed by whom, and from which some payables were issued."""

    state: BatchState | None = None


def _where(opened: Reading, asked: BatchFilters) -> Condition:
    found = [opened.sight.batches, *as_asked(asked, "obligor")]
    if asked.state:
        found.append(_is_in(asked.state, opened.at.second))
    if asked.payable:
        found.append(_of(Is("id", (parse_payable(asked.payable),))))
    of_issued = asked.model_copy(update={"obligor": None, "external_reference": None})
    if payables := of_payables(opened, of_issued):
        found.append(_of(AllOf(tuple(payables))))
    if asked.external_reference:
        found.append(_under_reference(opened, asked.external_reference))
    return AllOf(tuple(found))


def _of(payables: Condition) -> Condition:
    """From which one of these was issued: a payable keeps the promise that it came from."""
    return Of("digest", "payables", "digest", payables)


def _under_reference(opened: Reading, reference: str) -> Condition:
    """Posted under a reference of one's own, or with a row that has it, once that is issued."""
    posted = Of("digest", "operations", "digest", posted_under(opened, reference))
    return AnyOf((posted, _of(under_reference(opened, reference))))


def _state(row: Row, second: int) -> BatchState:
    if row.is_void:
        return "void"
    if row.issued >= row.count:
        return "issued"
    return "lapsed" if row.deadline < second else "open"


def _is_in(state: BatchState, second: int) -> Condition:
    """The same in a condition."""
    if state == "void":
        return Is("is_void", (True,))
    stands = Is("is_void", (False,))
    if state == "issued":
        return AllOf((stands, Below("count", "issued", or_same=True)))
    days = Between("deadline", None, second - 1)
    days = days if state == "lapsed" else Between("deadline", second, None)
    return AllOf((stands, Below("issued", "count"), days))


def _shown(opened: Reading, rows: Rows, _: BatchFilters) -> list[dict[str, Any]]:
    names = ("digest", "obligor", "root", "count", "issued", "left", "deadline", "is_void")
    return [
        {
            **{name: shown(name, getattr(row, name)) for name in names},
            "state": _state(row, opened.at.second),
        }
        for _, row in rows
    ]


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
