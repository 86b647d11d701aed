"""Simulated worlds: the service's own code, everything around it modelled, all from one seed.

One process plays everything by turns: clients that post and post again, relayers, the follower, the
node, the network, the database's faults, the clocks. A crash is an exception that nobody catches,
at a named crash point; the next life begins with what the database holds. After some turns the
faults end, and the world must come to rest.
"""

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final
from unittest.mock import patch

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from ledger.chain.relayer_key import RelayerKey
from ledger.chain.typed_data import Domain, digest
from ledger.model.errors import LedgerError
from ledger.model.structs import Command
from ledger.service.following.follower import Follower, Following
from ledger.service.intake.intake import Intake, Post
from ledger.service.relaying.outbox import Numbers, Operation, Outbox
from ledger.service.relaying.relayer import Relayer, Relaying
from ledger.service.running import crash_points
from ledger.service.running.site import Site
from ledger.store.database import Database
from ledger.store.tables.operations import OPERATIONS, PARKED, REFUSED
from tests.faults.acts import issue, move, posted, void
from tests.faults.model_chain import ModelChain
from tests.faults.model_ledger import CHAIN_ID, DEPLOYMENT, HUNGRY, POISON
from tests.faults.unreliable import Unreliable
from tests.faults.verdict import Violated, verdict
from tests.faults.world_mail import WorldMail
from tests.faults.world_stranger import Stranger, left_behind

__all__ = ["FAMILIES", "Crashed", "Parts", "Tally", "World"]

FAMILIES: Final = ("crash", "network", "node", "database", "clock", "quorum", "switch", "stranger")
"""Kinds of faults; each is left out of some worlds, so that findings can be read."""

START: Final = 1_772_413_200
LANES: Final = [RelayerKey(bytes([number]) * 32, chain_id=CHAIN_ID) for number in (5, 6)]
_COMMANDS: Final = 9
_TURNS: Final = 48
_REST_TURNS: Final = 60
_TELLING_EACH: Final = 3
"""One world in so many has webhooks, which take long."""


class Crashed(BaseException):
    """The process dies here."""


@dataclass(slots=True)
class Tally:
    """What happened in worlds, added up."""

    worlds: int = 0
    crashes: int = 0
    network: int = 0
    database: int = 0
    blocks_lost: int = 0
    steps: int = 0
    commands: int = 0

    def add(self, other: "Tally") -> None:
        """Count another's too."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True, slots=True)
class Parts:
    """How a life is made of the service's parts; planted bugs put others in their place."""

    outbox: Callable[..., Outbox] = Outbox
    relayer: Callable[..., Relayer] = Relayer
    follower: Callable[..., Follower] = Follower


@dataclass
class World:
    """One world. `run` plays it and raises `Violated` where something does not hold."""

    seed: int
    database: Database
    engine: Any
    parts: Parts = field(default_factory=Parts)
    tally: Tally = field(default_factory=lambda: Tally(worlds=1))
    _thread: threading.Thread = field(default_factory=threading.current_thread)

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)
        self._trace = hashlib.sha256()
        self.now, self.skew, self.ticks = START, 0, 0
        self.families = {one for one in FAMILIES if self.chance.random() < 0.7}
        self.chain = ModelChain(lambda: self.now)
        self.stranger = Stranger(self.chain, self.chance)
        self.network = Unreliable(self.chain, self.chance, self._tell)
        self.commands: dict[bytes, Command] = {}
        self.acknowledged: dict[bytes, str] = {}
        self.waiting: list[bytes] = []
        self._is_faulty = True
        self._nonce = 0
        self.mail = self._mail() if self.seed % _TELLING_EACH == 0 else None
        self.live()

    def _mail(self) -> WorldMail:
        mail = WorldMail(self.database, self.chance, self.wall)
        mail.is_faulty = lambda: self._is_faulty and "network" in self.families
        return mail

    # ---- a life

    def live(self) -> None:
        """Begin a life: everything anew but the database."""
        site = Site(self.database, self.network, DEPLOYMENT)
        numbers = Numbers(self.wall, self.chance.getrandbits)
        self.outbox = self.parts.outbox(self.database, wall=self.wall, numbers=numbers)
        self.intake = Intake(site, self.outbox)
        relaying = Relaying(pending_max=3, resend_seconds=4, lost_seconds=12)
        self.relayers = [
            self.parts.relayer(site, self.outbox, key, relaying=relaying, monotonic=self.monotonic)
            for key in LANES
        ]
        queue = None
        if self.mail is not None:
            self.mail.begin()
            queue = self.mail.queue
        following = Following(wall=self.wall, queue=queue)
        self.follower = self.parts.follower(
            self.database, self.network, DEPLOYMENT, following=following
        )

    def wall(self) -> float:
        """This machine's clock."""
        return float(self.now + self.skew)

    def monotonic(self) -> float:
        """Seconds since some time; never goes back."""
        return float(self.ticks)

    # ---- the run

    def run(self) -> str:
        """Play the world to its rest and judge it; the hash of everything that happened."""
        with self._faults_of_database(), crash_points.hook(self._at):
            for _ in range(_TURNS):
                self._turn(self.chance.choice(self._deeds()))
            self._end_faults()
            self._come_to_rest()
            self._deliver_all()
        is_rebuilt = self.seed % 10 == 0
        verdict(
            self.database,
            self.chain,
            self.acknowledged,
            self.commands,
            is_rebuilt=is_rebuilt,
            foreign=self.stranger.sent,
        )
        self.tally.commands = len(self.acknowledged)
        self.tally.network = self.network.count
        self.tally.network += 0 if self.mail is None else self.mail.fault_count
        self._tell(repr(sorted(self.acknowledged.values())))
        return self._trace.hexdigest()

    def _deeds(self) -> list[Callable[[], None]]:
        deeds = [self._post_new] * 3 + [self._post_again] + [self._follow] * 3
        deeds += [self._relay] * 4 + [self._mine] * 3 + [self._pass_time]
        if self.mail is not None:
            deeds += [self.mail.step] * 3
        if "node" in self.families:
            deeds += [self._lose_pool, self._lose_blocks]
        if "clock" in self.families:
            deeds.append(self._step_clock)
        if "quorum" in self.families:
            deeds.append(self._lose_validators)
        if "switch" in self.families:
            deeds.append(self._switch)
        if "stranger" in self.families:
            deeds.append(self._copy)
        return deeds

    def _turn(self, deed: Callable[[], None]) -> None:
        """One deed; a crash in it ends this life, a failure is its doer's."""
        self.ticks += 1
        self.tally.steps += 1
        try:
            deed()
        except Crashed:
            self.tally.crashes += 1
            self._tell("crash")
            self.live()
        except LedgerError as failure:
            self._tell(failure.code)

    def _end_faults(self) -> None:
        self._is_faulty = False
        self.network.rate = 0.0
        self.chain.up = self.chain.validators
        self.outbox.resume()

    def _come_to_rest(self) -> None:
        """Post what was never answered, then wait for the end of everything, also of deadlines."""
        for one in [*self.waiting]:
            self._turn(lambda one=one: self._post(one))  # type: ignore[misc]
        for turn in range(_REST_TURNS):
            if turn == _REST_TURNS // 4:
                self._turn(self._release)
                self.now += 1_000
            for deed in (self._relay, self._relay, self._mine, self._follow):
                self._turn(deed)
            self.now += 1
            if self._is_at_rest():
                return
        raise Violated(f"no rest: {self.outbox.counts()}")

    def _deliver_all(self) -> None:
        """Wait for every message to be delivered, however long it was put off."""
        if self.mail is None:
            return None
        for _ in range(_REST_TURNS):
            self._turn(self.mail.step)
            if not self.mail.is_left():
                return self.mail.verdict()
            self.skew += 43_200
        raise Violated("messages are left")

    def _is_at_rest(self) -> bool:
        counts = self.outbox.counts()
        open_count = sum(counts.get(one, 0) for one in ("accepted", "sent", "parked"))
        progress = self.follower.step()
        return not open_count and not self.waiting and progress.block == self.chain.head().number

    # ---- deeds

    def _post_new(self) -> None:
        """A client signs a command and posts it."""
        if len(self.commands) >= _COMMANDS:
            return
        number = len(self.commands)
        self._nonce += 1
        command = self._money(number) if number < 3 else self._deed_of(number - 3)
        key = digest(command, Domain.of(CHAIN_ID, DEPLOYMENT.address(command.desk)))
        self.commands[key] = command
        self.waiting.append(key)
        self._post(key)

    def _money(self, number: int) -> Command:
        """The bank books money for a participant."""
        return issue(2 + number, 10**7, self._nonce, self.now + 900)

    def _deed_of(self, number: int) -> Command:
        """Mostly a move; the digits of sums tell which one was lost or doubled."""
        chance = self.chance
        deadline = self.now + chance.choice((5, 900, 900, 900, 900))
        if chance.random() < 0.08:
            return void(2, self._nonce - 1, self._nonce, deadline)
        giver, taker = chance.sample((2, 3, 4, 5), 2)
        nonce = self._nonce - (chance.random() < 0.12)  # sometimes another's number
        purpose = chance.choices((b"", POISON, HUNGRY), (66, 17, 17))[0]
        return move(giver, taker, 10**number, nonce, deadline, purpose=purpose)

    def _post_again(self) -> None:
        """A client posts again what it posted before, answered or not."""
        if self.commands:
            self._post(self.chance.choice(list(self.commands)))

    def _post(self, key: bytes) -> None:
        post = Post(posted(self.commands[key]), on_refusal=self.chance.choice(("wait", "refuse")))
        count = self.chance.choice((1, 1, 2))
        for answer in self._submit(key, [post] * count):
            if isinstance(answer, Operation):
                known = self.acknowledged.setdefault(key, answer.id)
                if known != answer.id:
                    raise Violated("the same command became two operations")
            elif key in self.acknowledged:
                raise Violated(f"an accepted command was refused at the door: {answer!r}")
        if key in self.waiting:
            self.waiting.remove(key)

    def _submit(self, key: bytes, posts: list[Post]) -> list[Operation | LedgerError]:
        if not self._is_faulty or "stranger" not in self.families:
            return self.intake.submit(posts)
        with self.stranger.overtaking(self.intake, self.commands[key], self.follower.step):
            return self.intake.submit(posts)

    def _copy(self) -> None:
        """A stranger has seen some commands, and sends them himself."""
        if self.commands:
            seen = list(self.commands.values())
            self.stranger.copy(self.chance.sample(seen, min(len(seen), self.chance.randint(1, 3))))

    def _relay(self) -> None:
        self.chance.choice(self.relayers).step()

    def _follow(self) -> None:
        if self.follower.step().event_count and not self.tally.blocks_lost:
            self._check_refusals()
        if left := left_behind(self.database):
            raise Violated(f"left behind: {left}")

    def _check_refusals(self) -> None:
        """Nothing is refused for good while it could still take effect."""
        with self.database.reading() as connection:
            refused = connection.execute(select(OPERATIONS).where(OPERATIONS.c.state == REFUSED))
            for one in refused:
                is_used = (one.participant, int.from_bytes(one.nonce, "big")) in self._used
                if not is_used and one.deadline >= self.chain.head().second:
                    raise Violated(f"{one.id} was refused too early")

    @property
    def _used(self) -> set[tuple[int, int]]:
        return self.chain.ledger.nonces

    def _mine(self) -> None:
        self.chain.mine()

    def _pass_time(self) -> None:
        self.now += self.chance.randint(1, 5)

    def _lose_pool(self) -> None:
        self.chain.lose_pool()

    def _lose_blocks(self) -> None:
        """The node restarts without its last blocks."""
        count = self.chance.randint(1, 2)
        before = self.chain.head().number
        self.chain.rollback(count)
        self.chain.lose_pool()
        self.now += 1
        self.tally.blocks_lost += before - self.chain.head().number

    def _step_clock(self) -> None:
        self.skew += self.chance.choice((-86_400, -3_600, -60, 60, 3_600, 86_400))

    def _lose_validators(self) -> None:
        self.chain.up = self.chance.randint(1, self.chain.validators)

    def _switch(self) -> None:
        """The operator stops sending, has all sent again, or has what was set aside tried again."""
        wish = self.chance.random()
        if wish < 0.3:
            self.outbox.pause()
        elif wish < 0.7:
            self.outbox.resume()
        else:
            self._release()

    def _release(self) -> None:
        with self.database.reading() as connection:
            asked = select(OPERATIONS.c.id).where(OPERATIONS.c.state == PARKED)
            parked = connection.scalars(asked.order_by(OPERATIONS.c.id)).all()
        for one in parked:
            self.outbox.release(one)

    # ---- faults

    def _at(self, name: str) -> None:
        if threading.current_thread() is not self._thread:
            return  # a service that other tests of this process left running
        self._tell(name)
        if self._is_faulty and "crash" in self.families and self.chance.random() < 0.05:
            raise Crashed
        if self._is_faulty and "network" in self.families:
            self.network.rate = self.chance.choice((0.0, 0.2, 0.4))

    @contextmanager
    def _faults_of_database(self) -> Iterator[None]:
        """The database is locked, or its disk is full: at the beginning or at the commit."""
        dialect = self.engine.dialect

        def failing(deed: Callable[[Any], None]) -> Callable[[Any], None]:
            def done(connection: Any) -> None:
                is_so = self._is_faulty and "database" in self.families
                if is_so and self.chance.random() < 0.03:
                    self.tally.database += 1
                    said = self.chance.choice(("database is locked", "database or disk is full"))
                    self._tell(said)
                    raise OperationalError("", {}, Exception(said))
                deed(connection)

            return done

        with (
            patch.object(dialect, "do_begin", failing(dialect.do_begin)),
            patch.object(dialect, "do_commit", failing(dialect.do_commit)),
        ):
            yield

    def _tell(self, what: str) -> None:
        """Everything that happens goes into the hash by which a replay is compared."""
        self._trace.update(what.encode() + b"\n")
