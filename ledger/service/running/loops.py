"""A loop: one part of a service, stepped again and again on a thread of its own."""

import threading
import time
from collections.abc import Callable
from typing import Final

import structlog

from ledger.model.errors import LedgerError

__all__ = ["Loop"]

_FAILURE_SECONDS: Final = (0.1, 5.0)
"""How long a loop rests after its first failure in a row, and at most."""
_REST_SECONDS_MAX: Final = 0.1

_log = structlog.get_logger("fenbook.service")


class Loop:
    """Calls a step again and again on a thread of its own, until it is stopped."""

    def __init__(self, name: str, step: Callable[[], float], *, rest: float = 0.0) -> None:
        """`step` says how many seconds there is nothing to do, unless somebody wakes the loop.

        It rests `rest` times as long as a step took, whoever wakes it, so that what comes meanwhile
        is done in one step and not in many.
        """
        self.name, self._step, self._rest = name, step, rest
        self._word, self._end = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"fenbook-{name}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """There is something to do."""
        self._word.set()

    def stop(self) -> None:
        """End after the step that runs now."""
        self._end.set()
        self._word.set()

    def join(self, seconds: float) -> bool:
        """Wait for the end; whether it came."""
        if self._thread.ident is not None:
            self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        first, most = _FAILURE_SECONDS
        rest = first
        while not self._end.is_set():
            self._word.clear()
            begun = time.monotonic()
            try:
                wait, rest = self._step(), first
            except LedgerError as failure:
                _log.warning("step failed", loop=self.name, code=failure.code)
                wait, rest = rest, min(2 * rest, most)
            except Exception as failure:  # noqa: BLE001 -- a fault of ours must not end the service
                _log.error("step broke", loop=self.name, kind=type(failure).__name__, exc_info=True)
                wait, rest = rest, min(2 * rest, most)
            if self._rest:
                self._end.wait(min(_REST_SECONDS_MAX, self._rest * (time.monotonic() - begun)))
            if wait > 0 and not self._end.is_set():
                self._word.wait(wait)
