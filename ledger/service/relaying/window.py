"""The window between door and back office: writes go in by the batch, their outcomes come back.

One process asks, the other answers; both are forked from one program, so that values travel as
they are. What was taken in is stored before its outcome travels: a window that breaks in between
costs an answer, which the client's key gives once more.
"""

import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from threading import Lock
from typing import Any

import structlog

from ledger.model.errors import LedgerError, ServiceBroken, ServiceBusy
from ledger.service.intake.first_answers import Keyed, Outcome

__all__ = ["Window"]

_log = structlog.get_logger("fenbook.service")


class Window:
    """One side of it; safe to share between threads."""

    def __init__(self, end: "Connection[Any, Any]") -> None:
        self._end = end
        self._turn = Lock()
        self._asked_at: float | None = None

    @property
    def waited(self) -> float:
        """For how many seconds the batch at hand has been out; 0 where there is none."""
        asked_at = self._asked_at
        return 0.0 if asked_at is None else time.monotonic() - asked_at

    def submit(self, writes: Sequence[Keyed], wall: int) -> Sequence[Outcome]:
        """Have the other side take writes in; the outcomes are in their order.

        Raises what taking in raised there, and `ServiceBusy` where nobody is there any more.
        """
        try:
            with self._turn:
                self._asked_at = time.monotonic()
                try:
                    self._end.send((writes, wall))
                    answer = self._end.recv()
                finally:
                    self._asked_at = None
        except (EOFError, OSError):
            raise ServiceBusy() from None
        if isinstance(answer, LedgerError):
            raise answer
        outcomes: Sequence[Outcome] = answer
        return outcomes

    def serve(self, submit: Callable[[Sequence[Keyed], int], Sequence[Outcome]]) -> None:
        """Take in what is handed in, until the other side hangs up.

        However it ends, the window is closed then: nobody waits before it for ever.
        """
        try:
            while True:
                writes, wall = self._end.recv()
                self._end.send(_answered(submit, writes, wall))
        except (EOFError, OSError):
            return
        finally:
            self.close()

    def close(self) -> None:
        """Hang up."""
        self._end.close()


def _answered(
    submit: Callable[[Sequence[Keyed], int], Sequence[Outcome]], writes: Sequence[Keyed], wall: int
) -> Sequence[Outcome] | LedgerError:
    try:
        return submit(writes, wall)
    except LedgerError as failure:
        return failure
    except Exception as failure:  # noqa: BLE001 -- the door answers for it
        _log.error("taking in broke", kind=type(failure).__name__, exc_info=True)
        return ServiceBroken()
