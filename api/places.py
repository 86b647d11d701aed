"""Places for answers that go on: so many of all, and of them so many of one participant."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from ledger.model.errors import ServiceBusy, StreamsTooMany

__all__ = ["Places"]


class Places:
    """Places of one event loop."""

    def __init__(self, most: int, *, each: int) -> None:
        self._most, self._each = most, each
        self._taken: Counter[int] = Counter()

    def expect_room(self, participant: int) -> None:
        """That there is a place; raises `StreamsTooMany`, or `ServiceBusy` where all are taken."""
        if self._taken[participant] >= self._each:
            raise StreamsTooMany(most=self._each)
        if self._taken.total() >= self._most:
            raise ServiceBusy()

    @contextmanager
    def taken(self, participant: int) -> Iterator[None]:
        """A place, for as long as it is needed; raises what `expect_room` raises."""
        self.expect_room(participant)
        self._taken[participant] += 1
        try:
            yield
        finally:
            self._taken[participant] -= 1
            if not self._taken[participant]:
                del self._taken[participant]
