"""How often one may ask: counted per address before anything is read, per subject once known.

The counts are this process's own; each answer says what is left.
"""

import time
from dataclasses import dataclass

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.types import Scope

from api.options import Rate
from ledger.model.errors import TooManyRequests

__all__ = ["Limits", "Standing"]


@dataclass(frozen=True, slots=True)
class Standing:
    """What is left of a rate after a request."""

    name: str
    rate: Rate
    left: int
    reset: int
    """Seconds until the whole rate is free again."""

    def headers(self) -> dict[str, str]:
        """The headers RateLimit and RateLimit-Policy."""
        return {
            "RateLimit-Policy": f'"{self.name}";q={self.rate.most};w={self.rate.seconds}',
            "RateLimit": f'"{self.name}";r={self.left};t={self.reset}',
        }


class Limits:
    """Counts requests; safe to share between threads."""

    def __init__(self) -> None:
        self._counter = FixedWindowRateLimiter(MemoryStorage())

    def take(self, scope: Scope, name: str, rate: Rate, who: str) -> None:
        """Count one request and note what is left; raises `TooManyRequests`."""
        item = RateLimitItemPerSecond(rate.most, rate.seconds, namespace=name)
        is_free = self._counter.hit(item, who)
        stats = self._counter.get_window_stats(item, who)
        reset = max(1, round(stats.reset_time - time.time()))
        left = max(0, int(stats.remaining)) if is_free else 0
        scope.setdefault("state", {})["standing"] = Standing(name, rate, left, reset)
        if not is_free:
            raise TooManyRequests(most=rate.most, seconds=rate.seconds)
