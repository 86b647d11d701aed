"""How the service fares: what readiness looks at, and what is measured when it is asked for."""

from collections.abc import Callable, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.context import Context
from ledger.model.errors import EventUnreadable, LedgerError
from ledger.service.stopping import stop_of
from ledger.store.cursor import cursor

__all__ = ["Health", "checks_of", "stop_in"]


def checks_of(context: Context) -> dict[str, bool]:
    """What readiness looks at; whatever fails to answer is not ready."""
    options, service = context.options, context.service
    return {
        "database": _holds(lambda: service.database.is_current),
        "chain": _holds(lambda: service.endpoint.head().number >= 0),
        "views": _holds(lambda: _lag(context) <= options.lag_blocks_most)
        and _holds(lambda: stop_in(context) is None),
        "outbox": _holds(lambda: service.outbox.oldest_seconds() <= options.outbox_seconds_most),
    }


def stop_in(context: Context) -> EventUnreadable | None:
    """What keeps the views from going on: an event that cannot be read."""
    with context.service.database.reading() as connection:
        return stop_of(connection)


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except LedgerError:
        return False


def _lag(context: Context) -> int:
    """Blocks between the views and the chain's end."""
    with context.service.database.reading() as connection:
        at = cursor(connection)
    return max(0, context.service.endpoint.head().number - at.number)


class Health(Collector):
    """Measures that are read when Prometheus asks; what cannot be read is left out."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def describe(self) -> Iterator[Metric]:
        """Nothing is asked at registration."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Every measure that can be had now."""
        for measure in (self._stopped, self._behind, self._outbox, self._operations):
            try:
                yield from measure()
            except LedgerError:
                continue

    def _behind(self) -> Iterator[Metric]:
        service = self._context.service
        with service.database.reading() as connection:
            at = cursor(connection)
        head = service.endpoint.head()
        yield GaugeMetricFamily(
            "chain_head_lag_blocks",
            "Blocks between the views and the chain's end.",
            max(0, head.number - at.number),
        )
        yield GaugeMetricFamily(
            "chain_head_lag_seconds",
            "Chain seconds between the views and the chain's end.",
            max(0, head.second - at.second),
        )

    def _stopped(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            "views_stopped",
            "1 while an event that cannot be read keeps the views from going on.",
            int(stop_in(self._context) is not None),
        )

    def _outbox(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            "outbox_oldest_seconds",
            "For how long the oldest operation has been on its way.",
            self._context.service.outbox.oldest_seconds(),
        )

    def _operations(self) -> Iterator[Metric]:
        counts = CounterMetricFamily(
            "operations", "Operations by what has become of them.", labels=["outcome"]
        )
        for state, count in self._context.service.outbox.counts().items():
            counts.add_metric([state], count)
        yield counts
