"""Lives over the model of a chain, behind HTTP in a process of its own."""

import base64
import pickle
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from ledger.chain.rpc import RpcEndpoint
from ledger.chain.typed_data import Domain, digest
from ledger.model.errors import LedgerError
from ledger.model.structs import Command
from ledger.service.intake.intake import Post
from ledger.service.relaying.outbox import Operation
from ledger.service.running import crash_points
from ledger.service.running.service import Service
from ledger.service.running.settings import Settings
from ledger.store.database import Database
from ledger.store.lists import Is, page
from tests.databases import database_url
from tests.faults.acts import issue, move, posted
from tests.faults.lives import Report, acknowledge, forked, striking, tell
from tests.faults.model_chain import ModelChain
from tests.faults.model_ledger import CHAIN_ID, DEPLOYMENT, POISON
from tests.faults.points import NODE_POINTS
from tests.faults.verdict import verdict

__all__ = ["OverNode", "release", "resume"]

_LIVES_MAX: Final = 8
_ROUNDS: Final = 80
_PAUSED_IN: Final = 1
"""The round in which the switch is off for a moment: before any that loses a block."""


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
        acknowledged: dict[str, str] = {}
        has_fork = any(word in point for word in ("alarm", "rebuild", "take over"))
        with database_url(self.engine, self.folder) as url:
            for life in range(_LIVES_MAX):
                at = point if life == 0 else chance.choice((*NODE_POINTS, ""))
                at = "" if life >= chance.randint(1, 3) else at
                left = [one for one in range(len(commands)) if str(one) not in acknowledged]
                rollback = 3 if has_fork and life == 0 else 0
                plan = Plan(left, at, chance.randint(1, 2) if life else 1, rollback)
                if not self._live(url, commands, plan, acknowledged):
                    break
            self._judge(url, commands, acknowledged, control)
        control.close()
        self.report.runs += 1
        self.report.commands += len(commands)

    def _live(
        self, url: str, commands: Sequence[Command], plan: Plan, acknowledged: dict[str, str]
    ) -> bool:
        """Whether the life ended by a kill."""
        self.report.lives += 1
        killed, lines = forked(lambda told: _work(self._settings(url), commands, plan, told))
        acknowledge(lines, acknowledged)
        if killed:
            self.report.kills["node"][plan.point] += 1
        return killed

    def _judge(
        self,
        url: str,
        commands: Sequence[Command],
        acknowledged: dict[str, str],
        control: RpcEndpoint,
    ) -> None:
        chain = ModelChain(lambda: 0)
        chain._made, chain.taken = pickle.loads(base64.b64decode(control._ask("model_dump")))
        by_digest = {_digest(one): one for one in commands}
        known = {_digest(commands[int(place)]): id_ for place, id_ in acknowledged.items()}
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
            database=url,  # type: ignore[arg-type]
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
        resume(service)
        control = RpcEndpoint(settings.nodes[0])
        left, released = list(plan.posts), set[str]()
        for number in range(_ROUNDS):
            if left:
                left = _post(service, commands, left, told)
            if number + 1 == plan.rollback_at:
                control._ask("model_rollback", 1)
            if number == _ROUNDS // 2:
                control._ask("model_advance", 1_000)
            if number + 1 == _PAUSED_IN:
                service.outbox.pause()
            for relayer in service.relayers:
                relayer.step()
            resume(service)
            release(service, released)
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


def resume(service: Service) -> None:
    """Have everything sent again, if the switch is off."""
    if service.outbox.is_paused:
        service.outbox.resume()


def release(service: Service, released: set[str]) -> None:
    """Let what was set aside be tried once more, as the operator does who has looked at it."""
    with service.database.reading() as connection:
        parked = page(connection, "operations", Is("state", ("parked",)), most=10)
    for _, one in parked:
        if one.id not in released:
            released.add(one.id)
            service.outbox.release(one.id)


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
            tell(told, place, answer.id)
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
