"""`fenbook serve` without reading its modules each time: forked off a process that has read them.

To import them takes a core two and a half seconds, and a door begins only then. What is forked is
as fresh as a process that has just imported: one thread, nothing opened, nothing set up.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

__all__ = ["Door", "Doors"]

_LOOK_SECONDS = 0.01
_WORDS = "from tests.service.doors import _begin_when_asked; _begin_when_asked()"


@dataclass(frozen=True, slots=True)
class Door:
    """A process that serves, as far as tests look at one; like a `Popen`."""

    pid: int
    told: Path
    """Where its status will stand."""

    def poll(self) -> int | None:
        """With what it has ended, below zero by a signal; None while it runs."""
        text = self.told.read_text("ascii") if self.told.exists() else ""
        return int(text) if text.endswith("\n") else None

    def wait(self, seconds: float) -> int:
        """With what it ends."""
        limit = time.monotonic() + seconds
        while (status := self.poll()) is None:
            if time.monotonic() > limit:
                raise subprocess.TimeoutExpired(str(self.pid), seconds)
            time.sleep(_LOOK_SECONDS)
        return status

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it is there."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


class Doors:
    """The process that doors are forked off."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _WORDS], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def begin(self, words: list[str], environment: Mapping[str, str], log: Path) -> Door:
        """Have `fenbook` do what these words say; what it writes goes to the end of a log."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        told = log.with_name(f"status {time.monotonic_ns()}")
        asked = {"words": words, "environment": dict(environment)}
        asked |= {"log": str(log), "told": str(told)}
        self._process.stdin.write(json.dumps(asked).encode() + b"\n")
        self._process.stdin.flush()
        return Door(int(self._process.stdout.readline()), told)

    def close(self) -> None:
        """End it, once all doors have ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def _begin_when_asked() -> None:
    """Import what a door does, and fork one off for each line, with a keeper that waits for it."""
    for name in ("api.serving", "ledger.cli.app"):  # who asks for doors needs neither
        import_module(name)
    while line := sys.stdin.buffer.readline():
        asked = json.loads(line)
        if os.fork() == 0:
            _keep(asked)
    with suppress(ChildProcessError):
        while True:
            os.wait()


def _keep(asked: dict[str, Any]) -> None:
    pid = os.fork()
    if pid == 0:
        _serve(asked)
    os.write(sys.stdout.fileno(), b"%d\n" % pid)
    _, status = os.waitpid(pid, 0)
    Path(asked["told"]).write_text(f"{os.waitstatus_to_exitcode(status)}\n", "ascii")
    os._exit(0)


def _serve(asked: dict[str, Any]) -> None:
    log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for place, end in enumerate((nothing, log, log)):
        os.dup2(end, place)
    os.closerange(3, 64)
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv = ["fenbook", *asked["words"]]
    sys.exit(import_module("ledger.cli").main())
