"""The back office: all that a service does behind its door, in processes of its own.

A door is bound by its interpreter; relaying, reading and what time brings take nothing of it here,
and taking in has a process to itself. They share the database, a window through which writes are
handed in, and a line of bytes without content: *something was stored* one way, *something has
ended* the other. None outlives the others: half a service would look like a whole. Whatever was
accepted is stored, and goes on at the next start.
"""

import os
import signal
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing import Pipe
from threading import Event, Thread
from typing import Final, Protocol

import structlog

from ledger.model.errors import LedgerError
from ledger.service.intake.first_answers import Keyed, Outcome
from ledger.service.relaying.window import Window

__all__ = ["BackOffice", "Behind", "Line", "TwoOffices"]

_WORD: Final = b"\x01"
_WORDS_MAX: Final = 4_096
"""Words that are heard at once: after the first, they all say the same."""
_LOOK_SECONDS: Final = 0.02

SILENCE_SECONDS_MAX: Final = 600.0
"""A full batch at the slowest node takes no longer: then the back office hangs."""
_WATCH_SECONDS: Final = 1.0

_log = structlog.get_logger("fenbook.service")


class Line:
    """One end of the line between door and back office."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end

    def tell(self) -> None:
        """Send a word. One that finds no room is not needed: others wait there to be heard."""
        with suppress(OSError):
            self._end.send(_WORD, socket.MSG_DONTWAIT)

    def hear(self, words_max: int = _WORDS_MAX) -> bool:
        """Wait for a word; False once the other end has hung up.

        Up to `words_max` that wait by then are heard as one.
        """
        try:
            return bool(self._end.recv(words_max))
        except ConnectionError:
            return False

    def hang_up(self) -> None:
        """Say nothing more; the other end may still finish what it has to say."""
        with suppress(OSError):
            self._end.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Let go of it."""
        self._end.close()


class Behind(Protocol):
    """What is behind a door, as the door sees it."""

    @property
    def is_lost(self) -> bool:
        """Whether some of it has ended although nobody stopped it."""

    def start(self, *, ended: Callable[[], None], lost: Callable[[], None]) -> None:
        """Let it work. `ended` is called when operations have ended, `lost` when it is no more."""

    def submit(self, writes: Sequence[Keyed], wall: int) -> Sequence[Outcome]:
        """Have it take writes in; the outcomes are in their order."""

    def wake(self) -> None:
        """There is something to relay."""

    def stop(self, seconds: float) -> bool:
        """Have it end, or kill it; whether it ended well in time."""


class BackOffice:
    """A process behind the door, as the door sees it."""

    def __init__(self, pid: int, line: Line, window: Window) -> None:
        self.pid, self._line, self.window = pid, line, window
        self._threads: list[Thread] = []
        self._stopping = Event()
        self.is_lost = False
        """Whether the process has ended although nobody stopped it."""

    @classmethod
    def forked(
        cls, work: Callable[[Line, Window], None], *, beside: Sequence["BackOffice"] = ()
    ) -> "BackOffice":
        """Begin the process, before anything is opened and before there is any thread.

        `work` is called there once this process says `start`; it goes on until its line is dead.
        Of those that have been begun `beside` it, it lets go: they hear their door hang up.
        """
        ours, theirs = socket.socketpair()
        outside, inside = Pipe()
        pid = os.fork()
        if pid == 0:
            ours.close()
            outside.close()
            for one in beside:
                one.let_go()
            os._exit(_worked(work, Line(theirs), Window(inside)))
        theirs.close()
        inside.close()
        return cls(pid, Line(ours), Window(outside))

    def start(
        self,
        *,
        ended: Callable[[], None],
        lost: Callable[[], None],
        silence: float = SILENCE_SECONDS_MAX,
    ) -> None:
        """Let it work. `ended` is called when operations have ended, `lost` when it is no more.

        One that leaves a batch without an answer for `silence` seconds is killed, and so lost.
        """
        self._line.tell()
        for work, asked in ((self._listen, (ended, lost)), (self._watch, (silence,))):
            thread = Thread(target=work, args=asked, name="fenbook-back-office", daemon=True)
            thread.start()
            self._threads.append(thread)

    def submit(self, writes: Sequence[Keyed], wall: int) -> Sequence[Outcome]:
        """Have it take writes in; the outcomes are in their order."""
        return self.window.submit(writes, wall)

    def wake(self) -> None:
        """There is something to relay."""
        self._line.tell()

    def let_go(self) -> None:
        """Close this side of line and window."""
        self._line.close()
        self.window.close()

    def stop(self, seconds: float) -> bool:
        """Have it end after the steps that it is in, or kill it; whether it ended well in time."""
        self._stopping.set()
        self._line.hang_up()
        status = self._awaited(seconds)
        if status is None:
            self._kill()
            self._awaited(seconds)
        for thread in self._threads:
            thread.join(seconds)
        self.let_go()
        return status == 0

    def _awaited(self, seconds: float) -> int | None:
        """With what the process ended; None if it has not within so long."""
        limit = time.monotonic() + seconds
        while True:
            try:
                found, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                return 0
            if found:
                return os.waitstatus_to_exitcode(status)
            if time.monotonic() > limit:
                return None
            time.sleep(_LOOK_SECONDS)

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def _watch(self, silence: float) -> None:
        while not self._stopping.wait(min(_WATCH_SECONDS, silence)):
            if self.window.waited > silence:
                _log.error("back office is silent")
                self._kill()
                return

    def _listen(self, ended: Callable[[], None], lost: Callable[[], None]) -> None:
        while self._line.hear():
            try:
                ended()
            except LedgerError as failure:  # who waits looks for himself now and then
                _log.warning("step failed", loop="back office", code=failure.code)
            except Exception as failure:  # noqa: BLE001 -- who does not listen never hears it end
                kind = type(failure).__name__
                _log.error("step broke", loop="back office", kind=kind, exc_info=True)
        if not self._stopping.is_set():
            self.is_lost = True
            _log.error("back office is lost")
            lost()


class TwoOffices:
    """Behind a door: one process that takes in, and one for all the rest."""

    def __init__(self, intake: BackOffice, rest: BackOffice) -> None:
        self._intake, self._rest = intake, rest

    @property
    def is_lost(self) -> bool:
        """Whether one of them has ended although nobody stopped it."""
        return self._intake.is_lost or self._rest.is_lost

    def start(self, *, ended: Callable[[], None], lost: Callable[[], None]) -> None:
        """Let both work. `ended` is called when operations have ended, `lost` when one is lost."""
        self._rest.start(ended=ended, lost=lost)
        self._intake.start(ended=lambda: None, lost=lost)

    def submit(self, writes: Sequence[Keyed], wall: int) -> Sequence[Outcome]:
        """Have writes taken in; what was stored is relayed from then on."""
        outcomes = self._intake.submit(writes, wall)
        self._rest.wake()
        return outcomes

    def wake(self) -> None:
        """There is something to relay."""
        self._rest.wake()

    def stop(self, seconds: float) -> bool:
        """Have both end after the steps that they are in, or kill them; whether both ended well."""
        are_done = [one.stop(seconds) for one in (self._intake, self._rest)]
        return all(are_done)


def _worked(work: Callable[[Line, Window], None], line: Line, window: Window) -> int:
    """The life of the process; its status."""
    # The door is told to stop, and hangs up: signals to the whole group are not for us.
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, signal.SIG_IGN)
    try:
        if line.hear(1):  # the word to start; what is told right after it is for the work
            work(line, window)
    except LedgerError as failure:
        _log.error("back office failed", code=failure.code)
        return 1
    except BaseException as failure:  # noqa: BLE001 -- it must not run on as a second door
        _log.error("back office broke", kind=type(failure).__name__, exc_info=True)
        return 1
    return 0
