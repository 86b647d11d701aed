"""Real deaths: processes of the service that kill themselves with SIGKILL at crash points.

    python -m tests.faults.deaths --node 30 --engine sqlite

A process of its own imports everything once and forks: first what is outside of the service, then
for each life a child that opens the service from its settings and works until it kills itself at
one crash point, or is done. What was acknowledged is told through a pipe before the child goes on;
nothing else of it remains but the database and what is outside. Campaigns: over a *node*, on the
*embedded* chain, at the *office*, where payables are imported, financed, settled and told of, and
over private *records*; and two over HTTP with clients that ask again: at the *door* of a service
with its back office, and of a whole *house* in one process. Prints one line of JSON: what was
counted and what failed.
"""

import argparse
import logging
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import structlog

from ledger.chain import embedded, engine
from ledger.service.running import service as running
from tests.faults.door_lives import AtTheDoor, Scene
from tests.faults.door_scene import DoorScene
from tests.faults.embedded_lives import Embedded
from tests.faults.house_scene import HouseScene
from tests.faults.lives import Report
from tests.faults.model_chain import ModelChain
from tests.faults.model_ledger import DEPLOYMENT
from tests.faults.node_lives import OverNode
from tests.faults.office_lives import Office
from tests.faults.planted import planted
from tests.faults.points import CAMPAIGNS
from tests.faults.records_lives import Records
from tests.faults.served import serving
from tests.machine.quick_engine import quicken
from tests.service.receiver import receiving

__all__ = ["main"]

_MEMORY: Final = Path("/dev/shm")
_FAILURES_MAX: Final = 20
_TELL_EVERY: Final = 50
"""Kills from one word of progress to the next, on the error output."""
_STRIDE: Final = 7
"""From one point to the next, so that a few runs come to points of every part."""


@dataclass(frozen=True)
class Aim:
    """What one campaign is to do."""

    name: str
    points: Sequence[str]
    """Where the first life of a run is to end, in turn."""
    kills: int
    """Kills in all at least."""
    each: int
    """Kills at each of its points at least."""
    seed: int
    planted: str
    """The fault that is planted, if any: the first finding ends it."""


def main() -> int:
    """Run until there are enough kills; 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in CAMPAIGNS:
        parser.add_argument(f"--{name}", type=int, default=0, help=f"kills of the {name} campaign")
    parser.add_argument("--each", type=int, default=0, help="kills at each point at least")
    parser.add_argument("--engine", default="sqlite", choices=("sqlite", "postgresql"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--planted", default="", help="plant a fault, and stop once it is found")
    parser.add_argument("--at", default="", help="have every first death at this point")
    chosen = parser.parse_args()
    quiet = structlog.make_filtering_bound_logger(logging.CRITICAL)
    structlog.configure(wrapper_class=quiet)
    report, began = Report(chosen.engine), time.monotonic()
    folder = Path(tempfile.mkdtemp(dir=_MEMORY if _MEMORY.is_dir() else None))
    DEPLOYMENT.save(folder / "manifest.json")
    try:
        with (
            _planted(chosen.planted),
            patch.object(embedded, "fresh_chain", _quick_chain),
            _outside(_node) as node,
            _outside(_mail, folder) as mail,
        ):

            def at_the_door(name: str, scene: Scene) -> AtTheDoor:
                return AtTheDoor(name, chosen.engine, folder, scene, report)

            makes: dict[str, Callable[[], Any]] = {
                "node": lambda: OverNode(chosen.engine, folder, node, report),
                "office": lambda: Office(chosen.engine, folder, mail, report),
                "embedded": lambda: Embedded(chosen.engine, folder, report),
                "records": lambda: Records(chosen.engine, folder, report),
                "door": lambda: at_the_door("door", DoorScene(node, folder / "manifest.json")),
                "house": lambda: at_the_door("house", HouseScene(mail, folder / "mail")),
            }
            for name, make in makes.items():
                if kills := getattr(chosen, name):
                    points = (chosen.at,) if chosen.at else CAMPAIGNS[name]
                    aim = Aim(name, points, kills, chosen.each, chosen.seed, chosen.planted)
                    _campaign(make(), aim, report)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    report.seconds = round(time.monotonic() - began, 1)
    print(report.text())
    return 1 if report.failed else 0


def _campaign(lives: Any, aim: Aim, report: Report) -> None:
    """Runs of one campaign; each begins with a life that ends at the point whose turn it is."""
    points, kills = aim.points, report.kills.setdefault(aim.name, Counter())
    seed, began = aim.seed, time.monotonic()
    runs_max, next_word = 4 * (aim.kills + len(points) * aim.each) + 50, _TELL_EVERY
    while kills.total() < aim.kills or _rarest(kills, points) < aim.each:
        point = points[_STRIDE * seed % len(points)]
        if kills.total() >= aim.kills:
            point = min(points, key=lambda one: kills[one])
        try:
            lives.run(seed, point)
        except Exception as failure:  # noqa: BLE001 -- whatever it is, the run failed
            said = f"{aim.name} {seed}, {point}: {type(failure).__name__}: {failure}"
            report.failed.append(said)
            if len(report.failed) > _FAILURES_MAX or aim.planted:
                break
        seed += 1
        if kills.total() >= next_word:
            next_word = kills.total() + _TELL_EVERY
            told = f"{kills.total()} kills, {_rarest(kills, points)} at the rarest point"
            spent = time.monotonic() - began
            print(f"{aim.name}: {told}, {spent:.0f} s", file=sys.stderr, flush=True)
        if seed - aim.seed > runs_max:
            report.failed.append(f"{aim.name}: some points were never reached often enough")
            break
    report.seconds_of[aim.name] = round(time.monotonic() - began, 1)


def _rarest(kills: Counter[str], points: Sequence[str]) -> int:
    return min(kills[one] for one in points)


@contextmanager
def _planted(name: str) -> Iterator[None]:
    """The service with one fault, if any is named."""
    if not name:
        yield
        return
    with planted(name) as parts, ExitStack() as stack:
        for part in ("Outbox", "Relayer", "Follower"):
            stack.enter_context(patch.object(running, part, getattr(parts, part.lower())))
        yield


def _quick_chain(start: int, keys: Sequence[str]) -> Any:
    """The embedded chain, carried out by the quick engine, which leaves the same in every block."""
    chain = engine.fresh_chain(start, keys)
    quicken(chain)
    return chain


# ---- what is outside of the service


@contextmanager
def _outside(serve: Callable[..., None], *given: Any) -> Iterator[str]:
    """A process that serves until it is killed; what it told of itself first."""
    reading, telling = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        serve(telling, *given)
        os._exit(1)
    os.close(telling)
    try:
        with os.fdopen(reading) as stream:
            yield stream.readline().strip()
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _node(telling: int) -> None:
    """The model of a chain behind HTTP."""
    with serving(ModelChain(lambda: int(time.time()))) as served:
        os.write(telling, served.url.encode() + b"\n")
        while True:
            signal.pause()


def _mail(telling: int, folder: Path) -> None:
    """A receiver of webhooks, which keeps what came in a file before it answers."""

    class Kept(list[Any]):
        def append(self, got: Any) -> None:
            if len(got.body) < int(got.headers["content-length"]):
                return  # whoever sent it died in the midst of it
            with (folder / "mail").open("a") as file:
                file.write(f"{got.path} {got.id} {got.body.hex()}\n")

    with receiving() as receiver:
        receiver.got = Kept()
        os.write(telling, receiver.url.encode() + b"\n")
        while True:
            signal.pause()


if __name__ == "__main__":
    sys.exit(main())
