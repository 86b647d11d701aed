"""Measures for Prometheus. No label names a party, an amount or an address."""

from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import Scope

__all__ = ["Requests"]

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Requests:
    """Requests by route and status, and how long they took."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._total = Counter(
            "http_requests",
            "Requests answered, by route and class of status.",
            ("route", "method", "status"),
            registry=registry,
        )
        self._seconds = Histogram(
            "http_request_seconds",
            "Time from a request's head to its answer's end.",
            ("route",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._measures: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        """Those of each route, which the library would look for each time."""

    def count(self, scope: Scope, status: int, seconds: float) -> None:
        """Count one request under its route's template."""
        route: Any = scope.get("route")
        path = getattr(route, "path", "") or "none"
        known = scope["method"] if scope["method"] in _METHODS else "other"
        place = (path, known, status // 100)
        measures = self._measures.get(place)
        if measures is None:
            total = self._total.labels(path, known, f"{status // 100}xx")
            measures = self._measures[place] = total, self._seconds.labels(path)
        measures[0].inc()
        measures[1].observe(seconds)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
