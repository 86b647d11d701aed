"""Lives of `fenbook serve` ended by SIGKILL while clients ask at its door.

Each life is a group of processes that serves on loopback as the shell has it serve: a door with its
back office, or on the embedded chain the door alone. Whichever comes to a crash point kills itself,
or the whole group. It is begun again at once: what is left of the one before may still be ending.
Clients are in a process of their own, which outlives them all.
"""

import os
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Final, Protocol
from unittest.mock import patch

from api import app
from api.serving import serve
from ledger.service.reconciliation import reconciling
from ledger.service.running import crash_points
from tests.cast import free_port
from tests.databases import database_url
from tests.faults.callers import Town
from tests.faults.lives import Child, Report, acknowledge, begun
from tests.faults.points import CAMPAIGNS
from tests.faults.unreliable import faltering

__all__ = ["AtTheDoor", "Scene"]

_LOOK_SECONDS: Final = 0.01
_RUN_SECONDS: Final = 120
_END_SECONDS: Final = 20
_TIDY_SECONDS: Final = 0.2
"""How often a door forgets what has ended: an hour is longer than a run."""
_LOST_SECONDS: Final = 3
"""When a comparison counts as dead with its process: nobody here waits for two minutes."""
_MORE_DEATHS: Final = 2
_HITS: Final = (1, 1, 3, 9)
"""At most so many times a process may come to a point before it dies there."""
_WHOLE: Final = 0.3
"""How often the whole group dies at once."""
_FALTERING: Final = 0.5
"""How often the node is away once while a life compares the books."""
_QUESTION: Final = 3
"""At which question."""


class Scene(Protocol):
    """What runs are about: a service, what its clients do, and what must hold in the end."""

    def begin(self, chance: Random, url: str) -> Mapping[str, str]:
        """Make everything ready for another run; the settings of its service."""

    def work(self, town: Town) -> None:
        """What clients do, in a process of their own."""

    def judge(self, url: str, acknowledged: Mapping[str, str]) -> int:
        """Look at everything once the service has ended; how many commands there were."""


@dataclass(frozen=True)
class AtTheDoor:
    """Runs of one scene."""

    name: str
    """The campaign."""
    engine: str
    folder: Path
    scene: Scene
    report: Report

    def run(self, seed: int, point: str) -> None:
        """Lives that end, the first at a point, until all clients have their answers."""
        chance = Random(seed)
        points = [point, *chance.choices(CAMPAIGNS[self.name], k=chance.randint(1, _MORE_DEATHS))]
        acknowledged: dict[str, str] = {}
        with database_url(self.engine, self.folder) as url:
            settings = {**_SETTINGS, **self.scene.begin(chance, url), "FENBOOK_DATABASE": url}
            place = Place(self.folder, free_port(), settings)
            town = partial(Town, place.port)
            clients = begun(lambda told: self.scene.work(town(told)))
            self._live_on(chance, points, place, clients)
            lines = clients.lines()
            if status := clients.ended():
                said = lines[-1] if lines else f"status {status}"
                raise RuntimeError(f"{said}; the log ends with {place.log_end}")
            acknowledge(lines, acknowledged)
            self.report.commands += self.scene.judge(url, acknowledged)
        place.log.unlink()
        self.report.runs += 1

    def _live_on(
        self, chance: Random, points: Sequence[str], place: "Place", clients: Child
    ) -> None:
        """Lives one after another, for as long as there are clients."""
        limit, left = time.monotonic() + _RUN_SECONDS, list(points)
        while not _is_over(clients):
            at, hit = left.pop(0) if left else "", chance.randint(1, chance.choice(_HITS))
            strike = Strike(place.struck, at, hit, is_whole=chance.random() < _WHOLE)
            is_faltering = chance.random() < _FALTERING
            life = begun(partial(_serve, place, strike, is_faltering))
            self.report.lives += 1
            while (status := life.ended(os.WNOHANG)) is None and not _is_over(clients):
                if time.monotonic() > limit:
                    os.killpg(life.pid, signal.SIGKILL)
                    os.kill(clients.pid, signal.SIGKILL)
                    clients.ended()
                    raise RuntimeError(f"it never ends; the log ends with {place.log_end}")
                time.sleep(_LOOK_SECONDS)
            if status is None:
                _end(life)
            os.close(life.telling)
            self._note(place)

    def _note(self, place: "Place") -> None:
        """Count who died in a life, and where."""
        struck = place.struck.read_text("ascii").splitlines() if place.struck.exists() else []
        place.struck.unlink(missing_ok=True)
        for line in struck:
            who, _, point = line.partition(" ")
            self.report.kills[self.name][point] += 1
            self.report.dead[who] += 1


@dataclass(frozen=True)
class Place:
    """Where a run is."""

    folder: Path
    port: int
    settings: Mapping[str, str]

    @property
    def struck(self) -> Path:
        """Where lives say at which point they die."""
        return self.folder / f"struck-{self.port}"

    @property
    def log(self) -> Path:
        """What the service says."""
        return self.folder / f"log-{self.port}"

    @property
    def log_end(self) -> str:
        """The last that it said."""
        return self.log.read_text("utf-8")[-2_000:]


_SETTINGS: Final[Mapping[str, str]] = {
    "FENBOOK_DOOR_SIGN_IN": "10000/60",
    "FENBOOK_DOOR_LOOKUP": "10000/60",
    "FENBOOK_LOG": "warning",
}


@dataclass
class Strike:
    """Kills at a point, the given time that a process comes there."""

    place: Path
    point: str
    hit: int
    is_whole: bool
    """Whether the whole group dies at once, not only who came there."""

    def __call__(self, name: str) -> None:
        """Die, if it is time to."""
        if name != self.point:
            return
        self.hit -= 1
        if self.hit:
            return
        is_door = os.getpid() == os.getpgrp()
        who = "both" if self.is_whole else "door" if is_door else "office"
        file = os.open(self.place, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(file, f"{who} {name}\n".encode())
        if self.is_whole:
            os.killpg(0, signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)


def _serve(place: Place, strike: Strike, is_faltering: bool, _: int) -> None:
    """A life, in a group of its own; the back office is forked from it."""
    os.setpgid(0, 0)
    log = os.open(place.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.environ.update(place.settings)
    with (
        crash_points.hook(strike),
        patch.object(app, "_TIDY_SECONDS", _TIDY_SECONDS),
        patch.object(reconciling, "_LOST_SECONDS", _LOST_SECONDS),
        patch.object(reconciling, "_BEAT_SECONDS", 0),
        faltering(_QUESTION if is_faltering else 0),
    ):
        serve("127.0.0.1", place.port, environment=place.settings)


def _is_over(clients: Child) -> bool:
    """Whether they have ended; their status is still to be asked for."""
    return os.waitid(os.P_PID, clients.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _end(life: Child) -> None:
    """Have a life end as whoever runs it does; raises `RuntimeError` where it does not."""
    os.kill(life.pid, signal.SIGTERM)
    limit = time.monotonic() + _END_SECONDS
    while (status := life.ended(os.WNOHANG)) is None:
        if time.monotonic() > limit:
            os.killpg(life.pid, signal.SIGKILL)
            life.ended()
            raise RuntimeError("it does not end when it is told to")
        time.sleep(_LOOK_SECONDS)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1, -signal.SIGKILL):  # it may be struck while it ends
        raise RuntimeError(f"it ended with {code}")
