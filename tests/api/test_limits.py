"""Windows in which requests are counted, with a clock of our own."""

from typing import Any

import pytest

from api.limits import Limits
from api.options import Rate
from ledger.model.errors import TooManyRequests

RATE = Rate(2, 60)


class Clock:
    """Seconds that go on when they are told to."""

    def __init__(self) -> None:
        self.second = 1_000.0

    def __call__(self) -> float:
        return self.second


@pytest.fixture
def clock() -> Clock:
    return Clock()


def _taken(limits: Limits, who: str = "a", name: str = "address") -> tuple[int, int]:
    scope: dict[str, Any] = {}
    limits.take(scope, name, RATE, who)
    return scope["state"]["standing"].left, scope["state"]["standing"].reset


def test_window_begins_with_the_first_request_and_ends_with_its_rate(clock: Clock) -> None:
    limits = Limits(clock)
    assert _taken(limits) == (1, 60)
    clock.second += 20
    assert _taken(limits) == (0, 40)
    with pytest.raises(TooManyRequests):
        _taken(limits)
    clock.second += 39.9
    with pytest.raises(TooManyRequests):
        _taken(limits)
    clock.second += 0.1
    assert _taken(limits) == (1, 60)


def test_others_and_other_rates_are_counted_for_themselves(clock: Clock) -> None:
    limits = Limits(clock)
    for _ in range(2):
        _taken(limits)
    assert _taken(limits, who="b") == (1, 60)
    assert _taken(limits, name="subject") == (1, 60)


def test_who_asked_once_is_not_remembered_for_ever(clock: Clock) -> None:
    limits = Limits(clock)
    for number in range(20_000):
        clock.second += 1
        _taken(limits, who=str(number))
    assert len(limits._windows) < 2_000
    assert _taken(limits, who="19999") == (0, 60)
