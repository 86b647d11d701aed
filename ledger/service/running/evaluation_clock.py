"""The clock of an evaluation chain, which may be moved on, and never back.

On a network nobody can: its validators date the blocks. Whoever is told anything by a ledger whose
clock was moved is told that too.
"""

import time
from collections.abc import Callable
from typing import Final

from ledger.chain.endpoint import Endpoint, SteerableEndpoint
from ledger.model.errors import ClockBackward, ClockFixed, ClockTooFar

__all__ = ["EvaluationClock"]

STEP_SECONDS_MAX: Final = 366 * 86_400
"""How far the clock may be moved at a time."""


class EvaluationClock:
    """Moves the clock of a chain; safe to share between threads."""

    def __init__(self, endpoint: Endpoint, *, wall: Callable[[], float] = time.time) -> None:
        self._endpoint, self._wall = endpoint, wall

    @property
    def is_steerable(self) -> bool:
        """Whether the clock can be moved: the chain is for evaluation."""
        return isinstance(self._endpoint, SteerableEndpoint)

    @property
    def ahead(self) -> int:
        """By how many seconds it was moved on, as against this machine's clock; asks nobody."""
        endpoint = self._endpoint
        return endpoint.shift if isinstance(endpoint, SteerableEndpoint) else 0

    @property
    def second(self) -> int:
        """Second of the clock; asks nobody."""
        return int(self._wall()) + self.ahead

    def advance_to(self, second: int) -> int:
        """Move the clock on, and make a block there; returns the block's number.

        Raises `ClockFixed` on a network, `ClockBackward` for a second that has passed, and
        `ClockTooFar` for one that is more than a year ahead.
        """
        endpoint = self._reaching(second)
        endpoint.advance_to(second)
        return _first_from(self._endpoint, second)

    def reach(self, second: int) -> int:
        """The same for a move that was begun: it may have been made, and time gone on since."""
        try:
            return self.advance_to(second)
        except ClockBackward:
            if isinstance(endpoint := self._endpoint, SteerableEndpoint):
                endpoint.advance_to(second)  # no move where it is later; else a block is missing
            return _first_from(self._endpoint, second)

    def expect_reachable(self, second: int) -> None:
        """Raise what `advance_to` would; the clock stays as it is."""
        self._reaching(second)

    def keep_going(self, seconds: int) -> bool:
        """Make a block if none came for so long, so that time passes while nobody acts."""
        endpoint = self._endpoint
        if not isinstance(endpoint, SteerableEndpoint):
            return False
        if endpoint.now - endpoint.head().second < seconds:
            return False
        endpoint.tick()
        return True

    def _reaching(self, second: int) -> SteerableEndpoint:
        endpoint = self._endpoint
        if not isinstance(endpoint, SteerableEndpoint):
            raise ClockFixed()
        now = endpoint.now
        if second < now:
            raise ClockBackward(asked=second, now=now)
        if second > now + STEP_SECONDS_MAX:
            raise ClockTooFar(asked=second, latest=now + STEP_SECONDS_MAX)
        return endpoint


def _first_from(endpoint: Endpoint, second: int) -> int:
    """Number of the first block that is no earlier than a second."""
    low, high = 0, endpoint.head().number
    while low < high:
        middle = (low + high) // 2
        block = endpoint.block(middle)
        if block is not None and block.second < second:
            low = middle + 1
        else:
            high = middle
    return low
