"""The clock of an evaluation chain; every answer of such a service says what it shows."""

from typing import Any

from fastapi import Request, Response
from pydantic import Field

from api import shapes
from api.asking import Manager, Reader
from api.context import context_of
from api.once import Doing, done_once, once_route
from api.router import router
from api.shapes import Given, Shape
from ledger.model.plain import moment_text, parse_moment
from ledger.service.running.evaluation_clock import EvaluationClock

__all__ = ["ROUTER"]

ROUTER = router("test clock")


class Clock(Shape):
    """What the clock shows."""

    is_steerable: bool = Field(description="Whether the chain is for evaluation.")
    time: shapes.Moment
    seconds_ahead: int = Field(ge=0, description="Of this machine's clock.")


class MovedClock(Clock):
    """What the clock shows after it was moved, and the block that was made there."""

    block: int = Field(ge=0)


class ClockAsked(Given):
    """A later time, by a year at most."""

    time: shapes.Moment


@ROUTER.get("/v1/test-clock", operation_id="readTestClock")
def read_clock(request: Request, _: Reader) -> Clock:
    """What the ledger's clock shows, and whether it can be moved on."""
    clock = context_of(request).service.clock
    return Clock(**_shown(clock))


@ROUTER.post("/v1/test-clock", operation_id="moveTestClock", **once_route(MovedClock))
def move_clock(
    request: Request,
    asked: ClockAsked,
    subject: Manager,
) -> Response:
    """Move the clock of an evaluation chain on; it never goes back."""
    clock = context_of(request).service.clock

    second = parse_moment(asked.time, field="time")
    doing = Doing(
        lambda _: clock.advance_to(second),
        lambda block: {**_shown(clock), "block": block},
        trial=lambda: clock.expect_reachable(second),
        resumed=lambda: clock.reach(second),
    )
    return done_once(request, subject, asked.model_dump(), doing)


def _shown(clock: EvaluationClock) -> dict[str, Any]:
    return {
        "is_steerable": clock.is_steerable,
        "time": moment_text(clock.second),
        "seconds_ahead": clock.ahead,
    }
