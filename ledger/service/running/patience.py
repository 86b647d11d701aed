"""Many things done one by one: what fails rests, longer each time, and the others go on."""

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from typing import Final, TypeVar

import structlog

from ledger.model.errors import LedgerError

__all__ = ["Patience"]

RESTS: Final = (0.2, 60.0)
"""Seconds for which something rests after its first failure in a row, and at most."""

_KEPT_MAX: Final = 10_000
"""Failures that are remembered; beyond them all are forgotten and tried again."""

_T = TypeVar("_T")
_log = structlog.get_logger("fenbook.service")


@dataclass(frozen=True, slots=True)
class _Rest:
    begun: float
    seconds: float

    def is_over(self, now: float) -> bool:
        """Whether it has rested enough; a clock that was put back ends it too."""
        return not 0 <= now - self.begun < self.seconds


class Patience:
    """Remembers what has failed, by a key; `clock` measures the rests."""

    def __init__(self, loop: str, clock: Callable[[], float]) -> None:
        """`loop` is the name under which failures are logged."""
        self._loop, self._clock = loop, clock
        self._rests: dict[Hashable, _Rest] = {}

    def keep(self, keys: Collection[Hashable]) -> None:
        """Forget all but these."""
        self._rests = {key: rest for key, rest in self._rests.items() if key in keys}

    def is_resting(self, key: Hashable) -> bool:
        """Whether something has failed a short while ago."""
        rest = self._rests.get(key)
        return rest is not None and not rest.is_over(self._clock())

    def tried(self, key: Hashable, do: Callable[[], _T]) -> _T | None:
        """Do something unless it rests; None where it rests or fails, which is logged."""
        if self.is_resting(key):
            return None
        try:
            done = do()
        except LedgerError as failure:
            _log.warning("part failed", loop=self._loop, kind=_kind(key), code=failure.code)
        except Exception as failure:  # noqa: BLE001 -- a fault in one must not stop the others
            _log.error(
                "part broke",
                loop=self._loop,
                kind=_kind(key),
                fault=type(failure).__name__,
                exc_info=True,
            )
        else:
            self._rests.pop(key, None)
            return done
        first, most = RESTS
        before = self._rests.get(key)
        seconds = first if before is None else min(2 * before.seconds, most)
        if len(self._rests) >= _KEPT_MAX:
            self._rests.clear()
        self._rests[key] = _Rest(self._clock(), seconds)
        return None


def _kind(key: Hashable) -> str:
    return " ".join(map(str, key)) if isinstance(key, tuple) else str(key)
