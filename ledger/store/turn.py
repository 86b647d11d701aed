"""Whose turn it is to write to a database that has one writer at a time."""

import fcntl
import os
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, Final

from ledger.model.errors.store import DatabaseBusy, DatabaseFailed

__all__ = ["SUFFIX", "Turn"]

SUFFIX: Final = "-turn"
"""Of the file, behind its database's name."""

_LOOK_SECONDS: Final = 0.0005
"""How often a process looks whether another one has finished writing."""


class Turn:
    """Taken by one thread of one process at a time.

    SQLite has a queue of its own, but sleeps in it for up to a tenth of a second between two looks.
    A file beside the database is locked for as long as somebody writes; the system lets go of it
    when a process dies.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = threading.Lock()
        self._file = -1
        self._closing: weakref.finalize[..., Turn] | None = None
        """Lets go of the file, at the latest when nobody knows this turn any more."""

    @contextmanager
    def taken(
        self, seconds: float, had: Callable[[], AbstractContextManager[Any]] = nullcontext
    ) -> Iterator[Any]:
        """Wait for the turn and have it; raises `DatabaseBusy` where it does not come in time.

        `had` is what one writes with. It is there before other processes are kept waiting: who has
        to wait for it keeps up the threads of its own process alone.
        """
        limit = time.monotonic() + seconds
        if not self._threads.acquire(timeout=seconds):
            raise DatabaseBusy()
        try:
            with had() as found:
                self._lock(limit)
                try:
                    yield found
                finally:
                    fcntl.flock(self._file, fcntl.LOCK_UN)
        finally:
            self._threads.release()

    def close(self) -> None:
        """Let go of the file."""
        with self._threads:
            if self._closing is not None:
                self._closing()
                self._file, self._closing = -1, None

    def _lock(self, limit: float) -> None:
        if self._file < 0:
            try:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            except OSError as failure:
                raise DatabaseFailed(problem=f"{self._path.name}: {failure.strerror}") from None
            self._closing = weakref.finalize(self, os.close, self._file)
            self._share()
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > limit:
                    raise DatabaseBusy() from None
                time.sleep(_LOOK_SECONDS)
            else:
                return

    def _share(self) -> None:
        """Whoever may write to the database may take turns, as with SQLite's own files beside it.

        Else the first command that an administrator runs would shut the service out.
        """
        with suppress(OSError):  # another's file has been shared by its maker
            database = os.stat(str(self._path).removesuffix(SUFFIX))
            os.fchmod(self._file, database.st_mode & 0o666)
            os.fchown(self._file, database.st_uid, database.st_gid)
