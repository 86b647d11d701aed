"""How the service fares: what readiness looks at, and what is measured when it is asked for."""

from collections.abc import Callable, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.context import Context
from ledger.model.errors import EventUnreadable, LedgerError
from ledger.service.following.stopping import ALARM, stop_of
from ledger.service.reconciliation.reconciling import last_reconciled
from ledger.service.running.lane_watch import troubles_of
from ledger.store.cursor import cursor, setting
from ledger.store.runs import gaps, oldest_running
from ledger.store.tables.operations import STATES
from ledger.store.webhook_log import count_queued

__all__ = ["Health", "checks_of", "stop_in"]


def checks_of(context: Context) -> dict[str, bool]:
    """What readiness looks at; whatever fails to answer is not ready."""
    options, service = context.options, context.service
    return {
        "database": _holds(lambda: service.database.is_current),
        "chain": _holds(lambda: service.endpoint.head().number >= 0),
        "views": _holds(lambda: _lag(context) <= options.lag_blocks_most and _go_on(context)),
        "outbox": _holds(lambda: service.outbox.overdue_seconds() <= options.outbox_seconds_most),
    }


def stop_in(context: Context) -> EventUnreadable | None:
    """What keeps the views from going on: an event that cannot be read."""
    with context.service.database.reading() as connection:
        return stop_of(connection)


def _go_on(context: Context) -> bool:
    """Whether the views can go on, and are of the chain that is."""
    with context.service.database.reading() as connection:
        return stop_of(connection) is None and setting(connection, ALARM) is None


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

    @property
    def _measures(self) -> tuple[Callable[[], Iterator[Metric]], ...]:
        return (
            self._stopped,
            self._behind,
            self._outbox,
            self._lanes,
            self._operations,
            self._webhooks,
            self._settlement,
            self._books,
        )

    def describe(self) -> Iterator[Metric]:
        """Nothing is asked at registration."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Every measure that can be had now."""
        for measure in self._measures:
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
            "outbox_overdue_seconds",
            "For how long at most an operation has waited to be sent, tried again or mined.",
            self._context.service.outbox.overdue_seconds(),
        )

    def _lanes(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            "relayer_lanes_in_trouble",
            "Keys of the relayer that something keeps from their work.",
            len(troubles_of(self._context.service.database)),
        )

    def _operations(self) -> Iterator[Metric]:
        family = GaugeMetricFamily(
            "outbox_operations", "Operations by the state that they are in.", labels=["state"]
        )
        counts = self._context.service.outbox.counts()
        for state in STATES:
            family.add_metric([state], counts.get(state, 0))
        yield family

    def _webhooks(self) -> Iterator[Metric]:
        with self._context.service.database.reading() as connection:
            waiting = count_queued(connection)
        yield GaugeMetricFamily(
            "webhook_pending", "Messages to webhooks that are not delivered yet.", waiting
        )

    def _settlement(self) -> Iterator[Metric]:
        with self._context.service.database.reading() as connection:
            gap, breaches = gaps(connection)
            second, oldest = cursor(connection).second, oldest_running(connection)
        yield GaugeMetricFamily(
            "settlement_gap_fen", "What settlement runs do not account for; 0 when right.", gap
        )
        yield CounterMetricFamily(
            "invariant_breaches",
            "Settlement runs that ended with a gap: must be 0. `fenbook reconcile` looks further.",
            breaches,
        )
        yield GaugeMetricFamily(
            "settlement_running_seconds",
            "Chain seconds since the oldest settlement run began that is under way; 0 for none.",
            0 if oldest is None else max(0, second - oldest),
        )

    def _books(self) -> Iterator[Metric]:
        wall = self._context.access.wall()
        with self._context.service.database.reading() as connection:
            last = last_reconciled(connection, wall=wall)
        if last.compared is None:
            return
        yield GaugeMetricFamily(
            "reconciliation_difference_fen",
            "By how much chain, views and deposits differed when last compared; 0 when right.",
            last.amount,
        )
        yield GaugeMetricFamily(
            "reconciliation_differences",
            "Figures that differed when last compared; 0 when right.",
            last.difference_count,
        )
        yield GaugeMetricFamily(
            "reconciliation_age_seconds",
            "Time since the last comparison ended.",
            max(0, wall - last.ended_wall),
        )
