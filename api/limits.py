"""How often one may ask: counted per address before anything is read, per subject once known.

The counts are this process's own; each answer says what is left. A window begins with the first
request and ends after the rate's seconds.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from starlette.types import Scope

from api.options import Rate
from ledger.model.errors import TooManyRequests

__all__ = ["Limits", "Standing"]

_KEPT_MIN: Final = 1_024
"""Windows that are kept before ended ones are looked for."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is left of a rate after a request."""

    name: str
    rate: Rate
    left: int
    reset: int
    """Seconds until the whole rate is free again."""

    def headers(self) -> list[tuple[bytes, bytes]]:
        """The headers RateLimit and RateLimit-Policy."""
        policy = f'"{self.name}";q={self.rate.most};w={self.rate.seconds}'
        standing = f'"{self.name}";r={self.left};t={self.reset}'
        return [(b"ratelimit-policy", policy.encode()), (b"ratelimit", standing.encode())]


@dataclass(slots=True)
class _Window:
    ends: float
    count: int = 0


class Limits:
    """Counts requests; safe to share between threads."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._windows: dict[tuple[str, str], _Window] = {}
        self._kept_most = _KEPT_MIN
        self._turn = threading.Lock()

    def take(self, scope: Scope, name: str, rate: Rate, who: str) -> None:
        """Count one request and note what is left; raises `TooManyRequests`."""
        now = self._monotonic()
        with self._turn:
            window = self._windows.get((name, who))
            if window is None or window.ends <= now:
                self._forget_ended(now)
                window = self._windows[name, who] = _Window(now + rate.seconds)
            window.count += 1
            count, reset = window.count, max(1, round(window.ends - now))
        left = max(0, rate.most - count)
        scope.setdefault("state", {})["standing"] = Standing(name, rate, left, reset)
        if count > rate.most:
            raise TooManyRequests(most=rate.most, seconds=rate.seconds)

    def _forget_ended(self, now: float) -> None:
        """Now and then, so that who asked once is not remembered for ever."""
        if len(self._windows) >= self._kept_most:
            self._windows = {who: one for who, one in self._windows.items() if one.ends > now}
            self._kept_most = max(_KEPT_MIN, 2 * len(self._windows))
