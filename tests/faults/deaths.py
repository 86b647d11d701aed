"""Real deaths: processes of the service that kill themselves with SIGKILL at crash points.

    python -m tests.faults.deaths --kills 30 --engine sqlite

A process of its own imports everything once and forks: first the node, then for each life a child
that opens the service from its settings and works until it kills itself at one crash point, or is
done. What was acknowledged is told through a pipe before the child goes on; nothing else of it
remains but the database and the node. Prints one line of JSON: what was counted and what failed.
"""

import argparse
import base64
import json
import logging
import os
import pickle
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final
from unittest.mock import patch

import structlog

from ledger.chain.rpc import RpcEndpoint
from ledger.chain.typed_data import Domain, digest
from ledger.model.errors import LedgerError
from ledger.model.structs import Command
from ledger.service import crash_points, running
from ledger.service.intake import Post
from ledger.service.outbox import Operation
from ledger.service.running import Service
from ledger.service.settings import Settings
from ledger.store.database import Database
from tests.databases import database_url
from tests.faults import embedded_lives
from tests.faults.acts import issue, move, posted
from tests.faults.model_chain import ModelChain
from tests.faults.model_ledger import CHAIN_ID, DEPLOYMENT, POISON
from tests.faults.planted import planted
from tests.faults.served import serving
from tests.faults.verdict import verdict

__all__ = ["POINTS", "Report"]

POINTS: Final = tuple(
    f"{when} {what}"
    for what in (
        *("accept", "simulate", "pack", "count", "send", "mark", "locate", "split"),
        *("head", "fetch", "follow", "alarm", "rebuild", "take over"),
    )
    for when in ("before", "after")
)
"""Where a life may end, over a node; the journal's points are those of the embedded chain."""

_LIVES_MAX: Final = 8
_ROUNDS: Final = 80
_MEMORY: Final = Path("/dev/shm")


@dataclass
class Report:
    """What a campaign has done and found."""

    engine: str
    runs: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    lives: int = 0
    commands: int = 0
    failed: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def text(self) -> str:
        """One line of JSON."""
        found = {**vars(self), "kills": dict(self.kills), "killed": self.kills.total()}
        return json.dumps(found, sort_keys=True)


@dataclass(frozen=True)
class Plan:
    """One life: what it posts, and where it dies."""

    posts: Sequence[int]
    """Commands that were not acknowledged yet, by their place."""
    point: str
    """Empty for a life that is not ended."""
    hit: int
    rollback_at: int
    """The round in which the node loses its last block; 0 for never."""


def striking(point: str, hit: int) -> Callable[[str], None]:
    """A hook that kills this process at a point, the given time that it comes there."""
    left = hit

    def strike(name: str) -> None:
        nonlocal left
        if name == point:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return strike


def forked(work: Callable[[int], None]) -> tuple[bool, list[str]]:
    """Run something in a child: whether it was killed, and the lines that it told.

    Raises `RuntimeError` where it failed otherwise.
    """
    reading, telling = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            work(telling)
            os._exit(0)
        except BaseException as failure:  # noqa: BLE001 -- told to the parent
            os.write(telling, f"! {type(failure).__name__}: {failure}\n".encode())
            os._exit(1)
    os.close(telling)
    with os.fdopen(reading) as stream:
        lines = stream.read().splitlines()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return True, lines
    if status:
        raise RuntimeError(lines[-1] if lines else f"status {status}")
    return False, lines


# ---- lives over a node


@dataclass
class OverNode:
    """Runs over the model of a chain, behind HTTP in a process of its own."""

    engine: str
    folder: Path
    node: str
    report: Report

    def run(self, seed: int, point: str) -> None:
        """One run: lives that end, the first at a point, until one comes to rest."""
        chance = Random(seed)
        control = RpcEndpoint(self.node)
        control._ask("model_reset", chance.choice((0.0, 0.0, 0.1)), seed)
        commands = _commands(chance)
        acknowledged: dict[int, str] = {}
        has_fork = any(word in point for word in ("alarm", "rebuild", "take over"))
        with database_url(self.engine, self.folder) as url:
            for life in range(_LIVES_MAX):
                at = point if life == 0 else chance.choice((*POINTS, ""))
                at = "" if life >= chance.randint(1, 3) else at
                left = [one for one in range(len(commands)) if one not in acknowledged]
                rollback = 3 if has_fork and life == 0 else 0
                plan = Plan(left, at, chance.randint(1, 2) if life else 1, rollback)
                if not self._live(url, commands, plan, acknowledged):
                    break
            self._judge(url, commands, acknowledged, control)
        control.close()
        self.report.runs += 1
        self.report.commands += len(commands)

    def _live(
        self, url: str, commands: Sequence[Command], plan: Plan, acknowledged: dict[int, str]
    ) -> bool:
        """Whether the life ended by a kill."""
        self.report.lives += 1
        killed, lines = forked(lambda told: _work(self._settings(url), commands, plan, told))
        for line in lines:
            place, id_ = line.split()
            if acknowledged.setdefault(int(place), id_) != id_:
                raise RuntimeError("the same command became two operations")
        if killed:
            self.report.kills[plan.point] += 1
        return killed

    def _judge(
        self,
        url: str,
        commands: Sequence[Command],
        acknowledged: dict[int, str],
        control: RpcEndpoint,
    ) -> None:
        chain = ModelChain(lambda: 0)
        chain._made, chain.taken = pickle.loads(base64.b64decode(control._ask("model_dump")))
        by_digest = {_digest(one): one for one in commands}
        known = {_digest(commands[place]): id_ for place, id_ in acknowledged.items()}
        if len(known) != len(commands):
            raise RuntimeError("a command was never answered")
        database = Database.open(url)
        try:
            verdict(database, chain, known, by_digest)
        finally:
            database.close()

    def _settings(self, url: str) -> Settings:
        keys = "11" * 32 + " " + "22" * 32
        manifest = self.folder / "manifest.json"
        return Settings(
            database=url,
            nodes=(self.node,),
            deployment=manifest,
            relayer_keys=keys,  # type: ignore[arg-type]
        )


def _commands(chance: Random) -> list[Command]:
    """Money for four, then moves whose digits tell which one was lost or doubled; one is poison."""
    deadline = int(time.time()) + 600
    found: list[Command] = [issue(2 + one, 10**7, one, deadline) for one in range(3)]
    for number in range(5):
        giver, taker = chance.sample((2, 3, 4), 2)
        purpose = POISON if number == 2 else b""
        found.append(move(giver, taker, 10**number, 100 + number, deadline, purpose=purpose))
    return found


def _digest(command: Command) -> bytes:
    return digest(command, Domain.of(CHAIN_ID, DEPLOYMENT.address(command.desk)))


def _work(settings: Settings, commands: Sequence[Command], plan: Plan, told: int) -> None:
    """A life of the service, in one thread: post, relay, mine, follow, until all has ended."""
    with crash_points.hook(striking(plan.point, plan.hit)):
        service = _patient(lambda: Service.open(settings))
        control = RpcEndpoint(settings.nodes[0])
        left = list(plan.posts)
        for number in range(_ROUNDS):
            if left:
                left = _post(service, commands, left, told)
            if number + 1 == plan.rollback_at:
                control._ask("model_rollback", 1)
            if number == _ROUNDS // 2:
                control._ask("model_advance", 1_000)
            for relayer in service.relayers:
                relayer.step()
            control._ask("model_mine")
            _followed(service)
            counts = service.outbox.counts()
            if not left and not any(counts.get(one) for one in ("accepted", "sent", "parked")):
                break
            if counts.get("parked") and not counts.get("accepted") and not counts.get("sent"):
                control._ask("model_advance", 1_000)
        while not _followed(service):
            pass
        control.close()
        service.close()


def _post(service: Service, commands: Sequence[Command], left: list[int], told: int) -> list[int]:
    """Post commands as clients do that wait for others; those that got no answer."""
    posts = [Post(posted(commands[one]), on_refusal="wait") for one in left]
    try:
        answers = service.intake.submit(posts)
    except LedgerError:
        return left
    unanswered = []
    for place, answer in zip(left, answers, strict=True):
        if isinstance(answer, Operation):
            os.write(told, f"{place} {answer.id}\n".encode())
        else:
            unanswered.append(place)
    return unanswered


def _followed(service: Service) -> bool:
    """A step of the follower; whether it found nothing more to read."""
    try:
        at = service.follower.step()
    except LedgerError:
        time.sleep(0.01)
        return False
    return not at.behind and not at.alarm


def _patient(open_: Callable[[], Service]) -> Service:
    """Open a service as whoever starts it does: again, while its node does not answer."""
    for _ in range(100):
        try:
            return open_()
        except LedgerError:
            time.sleep(0.01)
    return open_()


# ---- the campaign


def main() -> int:
    """Run until there are enough kills; 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--each", type=int, default=0, help="kills at each point at least")
    parser.add_argument("--embedded", type=int, default=0, help="kills on the embedded chain")
    parser.add_argument("--engine", default="sqlite", choices=("sqlite", "postgresql"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--planted", default="", help="plant a fault, and stop once it is found")
    chosen = parser.parse_args()
    quiet = structlog.make_filtering_bound_logger(logging.CRITICAL)
    structlog.configure(wrapper_class=quiet)
    report, began = Report(chosen.engine), time.monotonic()
    folder = Path(tempfile.mkdtemp(dir=_MEMORY if _MEMORY.is_dir() else None))
    node, stop = _node()
    try:
        DEPLOYMENT.save(folder / "manifest.json")
        with _planted(chosen.planted):
            _over_node(OverNode(chosen.engine, folder, node, report), chosen)
            _embedded(folder, report, chosen)
    finally:
        stop()
        shutil.rmtree(folder, ignore_errors=True)
    report.seconds = round(time.monotonic() - began, 1)
    print(report.text())
    return 1 if report.failed else 0


def _over_node(runs: OverNode, chosen: Any) -> None:
    seed, report = chosen.seed, runs.report
    while report.kills.total() < chosen.kills or _rarest(report) < chosen.each:
        point = POINTS[seed % len(POINTS)]
        if report.kills.total() >= chosen.kills:
            point = min(POINTS, key=lambda one: report.kills[one])
        try:
            runs.run(seed, point)
        except Exception as failure:  # noqa: BLE001 -- whatever it is, the run failed
            report.failed.append(f"seed {seed}, {point}: {type(failure).__name__}: {failure}")
            if len(report.failed) > 20 or chosen.planted:
                return
        seed += 1
        if seed - chosen.seed > 4 * (chosen.kills + len(POINTS) * chosen.each) + 50:
            report.failed.append("some points were never reached often enough")
            return


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


def _rarest(report: Report) -> int:
    return min(report.kills[one] for one in POINTS)


def _embedded(folder: Path, report: Report, chosen: Any) -> None:
    seed, before = chosen.seed, report.kills.total()
    while report.kills.total() - before < chosen.embedded:
        try:
            with database_url(chosen.engine, folder) as url:
                embedded_lives.run(url, seed, forked, striking, report)
        except Exception as failure:  # noqa: BLE001 -- whatever it is, the run failed
            report.failed.append(f"embedded {seed}: {type(failure).__name__}: {failure}")
            if len(report.failed) > 20:
                return
        seed += 1


def _node() -> tuple[str, Callable[[], None]]:
    """The node's process: its address, and how to end it."""
    reading, telling = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with serving(ModelChain(lambda: int(time.time()))) as served:
            os.write(telling, served.url.encode() + b"\n")
            while True:
                signal.pause()
    os.close(telling)
    with os.fdopen(reading) as stream:
        url = stream.readline().strip()

    def stop() -> None:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)

    return url, stop


if __name__ == "__main__":
    sys.exit(main())
