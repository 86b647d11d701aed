"""How often Python's collector looks for circles among what a service keeps: seldom."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the search for circles, where many objects come that hold none, and soon go.

    Each search would look at all that were made so far. One that leaves while another is still
    within lets the collector work again, at worst too early.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
