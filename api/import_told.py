"""Of whom imports have told a participant: it is not counted again for a day.

Kept by this process alone, as counts of requests are.
"""

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Final

__all__ = ["TOLD_SECONDS", "Told"]

TOLD_SECONDS: Final = 86_400


@dataclass(slots=True)
class _Day:
    ends: float
    keys: set[int] = field(default_factory=set)
    """Hashes: a name may be long."""


class Told:
    """Remembers who was told of; safe to share between threads."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._days: dict[int, _Day] = {}
        self._turn = threading.Lock()

    def has(self, participant: int, key: Hashable) -> bool:
        """Whether a participant was told of this within the day."""
        with self._turn:
            day = self._days.get(participant)
            return day is not None and day.ends > self._monotonic() and hash(key) in day.keys

    def add(self, participant: int, key: Hashable) -> None:
        """Note that a participant is told of this; a day begins with its first."""
        now = self._monotonic()
        with self._turn:
            day = self._days.get(participant)
            if day is None or day.ends <= now:
                day = self._days[participant] = _Day(now + TOLD_SECONDS)
            day.keys.add(hash(key))
