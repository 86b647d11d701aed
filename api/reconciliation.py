"""Whether chain, views and deposits agree to the fen: for those who look after the ledger."""

from typing import Any

from fastapi import Request, Response
from pydantic import Field

from api import shapes
from api.asking import Reader, ReadingManager
from api.context import context_of
from api.need_to_know import sight_of
from api.once import Doing, done_once, once_route, told_within
from api.reading import Reading, as_of, reading, reading_in
from api.router import router
from api.shapes import AsOf, Shape
from ledger.model.errors import ResourceUnknown
from ledger.model.money import amount_text
from ledger.model.plain import moment_text
from ledger.service.access import Subject
from ledger.service.reconciliation.reconciling import LastReconciled, ask_for, last_reconciled

__all__ = ["ROUTER"]

ROUTER = router("operations")


class Differing(Shape):
    """One figure that is not the same on both sides; which and how much is told to regulators."""

    matter: str = Field(examples=["funds"])
    figure: str = Field(examples=["live"])
    record: str | None = Field(examples=["P-1"])
    on_chain: str | None
    in_rows: str | None


class Reconciliation(Shape):
    """The last comparison of chain, views and deposits that ended."""

    is_running: bool
    is_asked: bool = Field(description="Another one is to come at once.")
    ended_at: shapes.Moment | None = Field(description="Null before the first.")
    block: int | None = Field(description="At which the views stood.")
    compared: dict[str, int] = Field(description="Records of each matter.")
    difference: shapes.AmountOut | None = Field(description="0.00 when all is right.")
    difference_count: int = Field(ge=0)
    differences: list[Differing] = Field(description="The first 200.")
    as_of: AsOf


@ROUTER.get("/v1/reconciliation", operation_id="readReconciliation")
def read_reconciliation(request: Request, subject: Reader) -> Reconciliation:
    """Whether the books agree, as it was last found: for the operator and regulators."""
    _require_sight(subject)
    with reading(request, subject) as opened:
        return _shape(opened)


@ROUTER.post(
    "/v1/reconciliation", operation_id="askForReconciliation", **once_route(Reconciliation, 202)
)
def ask_for_reconciliation(request: Request, subject: ReadingManager) -> Response:
    """Have everything compared in the background; asked again meanwhile it stays one."""
    _require_sight(subject)
    context = context_of(request)
    act = told_within(
        lambda keep: ask_for(context.service.database, keep, wall=context.access.wall()),
        lambda connection, _: _shape(reading_in(connection, request, subject)).model_dump(),
    )
    return done_once(request, subject, None, Doing(act, dict, 202))


def _require_sight(subject: Subject) -> None:
    if not sight_of(subject).sees_books:
        raise ResourceUnknown()


def _shape(opened: Reading) -> Reconciliation:
    last = last_reconciled(opened.connection, wall=opened.context.access.wall())
    has_ended = last.compared is not None
    return Reconciliation(
        is_running=last.is_running,
        is_asked=last.is_asked,
        ended_at=moment_text(last.ended_wall) if has_ended else None,
        block=last.block if has_ended else None,
        compared=dict(last.compared or {}),
        difference=amount_text(last.amount) if has_ended else None,
        difference_count=last.difference_count,
        differences=_differences(opened, last),
        as_of=as_of(opened),
    )


def _differences(opened: Reading, last: LastReconciled) -> list[Differing]:
    contents = ("record", "on_chain", "in_rows")
    hidden: dict[str, Any] = {} if opened.sight.sees_all else dict.fromkeys(contents)
    return [Differing(**{**one, **hidden}) for one in last.differences]
