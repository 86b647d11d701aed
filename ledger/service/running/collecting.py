"""How often Python's collector looks for circles among what a service keeps: seldom."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Final

__all__ = ["keep_for_good", "uncollected"]

_COLLECT_AFTER: Final = (10_000, 20, 50)
"""Objects that came and stayed, and rounds, after which the collector looks again."""


def keep_for_good() -> None:
    """Spare the collector what was made so far, and have it look less often at what comes.

    What a request leaves is freed by counting; nearly nothing here is a circle. With Python's own
    limits a fifth of the time went into looking for circles among modules and contracts.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)


class _Within:
    """How many are within `uncollected` now, in all threads."""

    def __init__(self) -> None:
        self._lock, self._count = Lock(), 0
        self._was_enabled = True

    def enter(self) -> None:
        with self._lock:
            if not self._count:
                self._was_enabled = gc.isenabled()
                gc.disable()
            self._count += 1

    def leave(self) -> None:
        with self._lock:
            self._count -= 1
            if not self._count and self._was_enabled:
                gc.enable()


_within: Final = _Within()


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the search for circles, where many objects come that hold none, and soon go.

    Each search would look at all that were made so far. The last to leave lets it go on.
    """
    _within.enter()
    try:
        yield
    finally:
        _within.leave()
