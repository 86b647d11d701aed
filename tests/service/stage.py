"""A whole service, apart from any thread, on the cast's ledger in this process.

What the members do goes straight to the chain, with a key of its own; the service has another.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from ledger.chain.codec import Event
from ledger.chain.embedded import GAS_PRICE, EmbeddedEndpoint
from ledger.chain.endpoint import Landed
from ledger.chain.endpoint_node import EndpointNode
from ledger.chain.relayer_key import RelayerKey
from ledger.chain.typed_data import keccak
from ledger.service.following.follower import Follower, Following
from ledger.service.intake.intake import Intake
from ledger.service.relaying.outbox import Outbox
from ledger.service.relaying.relayer import Relayer
from ledger.service.running import crash_points
from ledger.service.running.site import Site
from ledger.service.scheduling.scheduler import Agenda, Scheduler
from ledger.store.cursor import Cursor, cursor
from ledger.store.database import Connection, Database
from tests.cast import MORNING, Cast
from tests.chain.chains import EMBEDDED_ID
from tests.machine.quick_engine import quicken
from tests.views_scenario import Acts

__all__ = ["Killed", "Point", "Stage", "Town", "killing"]

Result = TypeVar("Result")

_ACTOR, _SERVICE = (
    RelayerKey(keccak(name), chain_id=EMBEDDED_ID, gas_price=GAS_PRICE)
    for name in (b"members", b"service")
)


class Killed(BaseException):
    """The process ends here."""


@contextmanager
def killing(at: str, place: int = 1) -> Iterator[None]:
    """Die at a crash point, when it is come to for this time."""
    left = place

    def strike(name: str) -> None:
        nonlocal left
        if name == at:
            left -= 1
            if left == 0:
                raise Killed

    with crash_points.hook(strike):
        yield


_STEPS_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Point:
    """Where the town was."""

    block: bytes
    shift: int
    numbers: tuple[int, ...]
    count: int


@dataclass(frozen=True, slots=True)
class _Done:
    """Where an act led, and what its blocks have left beside the chain."""

    end: Point
    blocks: tuple[bytes, ...]
    """Their hashes, from the first on."""
    landed: dict[bytes, Landed]
    events: dict[int, tuple[Event, ...]]
    result: Any


class Town:
    """The cast on a chain in this process, which can be taken back."""

    def __init__(self) -> None:
        keys = [_ACTOR.address, _SERVICE.address]
        self.chain = EmbeddedEndpoint(
            MORNING - 3600, keys, journal=lambda _: None, clock=lambda: MORNING
        )
        quicken(self.chain._chain)
        self.cast = Cast(EndpointNode(self.chain, _ACTOR))  # type: ignore[arg-type]
        self.acts = Acts(self.cast)
        self._done: dict[tuple[Point, Hashable], _Done] = {}

    def point(self) -> Point:
        """Where it stands now."""
        numbers = tuple(one._next for one in self.cast.members)
        return Point(self.chain.head().hash, self.chain._shift, numbers, self.acts.count)

    def take_back(self, point: Point) -> None:
        """Lose everything since."""
        self.rewind(point.block)
        self._count_from(point)

    def once(self, what: Hashable, act: Callable[[], Result]) -> Result:
        """What an act does from here; where it was done from here before, its blocks are taken.

        They would be made again to the byte: keys, seconds and numbers are those of the first time.
        """
        begun = self.point()
        if done := self._done.get((begun, what)):
            # One by one: of a longer chain the engine would take what others left below for ours.
            for block in done.blocks:
                self._head(block)
            self.chain._landed |= done.landed
            self.chain._events |= done.events
            self._count_from(done.end)
            return cast(Result, done.result)
        number, result = self.chain.head().number, act()
        landed, events = self.chain._landed, self.chain._events
        made = self.chain.blocks(number + 1, self.chain.head().number)
        self._done[begun, what] = _Done(
            self.point(),
            tuple(one.hash for one in made),
            {key: one for key, one in landed.items() if one.block > number},
            {key: one for key, one in events.items() if key > number},
            result,
        )
        return result

    def _count_from(self, point: Point) -> None:
        self.chain._shift = point.shift
        self.acts.count = point.count
        for member, number in zip(self.cast.members, point.numbers, strict=True):
            member._next = number

    def rewind(self, block: bytes) -> None:
        """Lose every block behind one."""
        number = self._head(block)
        landed, events = self.chain._landed, self.chain._events
        self.chain._landed = {key: one for key, one in landed.items() if one.block <= number}
        self.chain._events = {key: one for key, one in events.items() if key <= number}

    def _head(self, block: bytes) -> int:
        """Have a block be the last one; its number."""
        chain = self.chain._chain
        found = chain.get_block_by_hash(block)
        chain.chaindb._set_as_canonical_chain_head(chain.chaindb.db, found.header, bytes(32))
        chain.header = chain.create_header_from_parent(found.header)
        return int(found.header.block_number)


@dataclass(slots=True)
class Stage:
    """A service for the town, with clocks that tests set."""

    town: Town
    database: Database
    now: float = 1_800_000_000.0
    """Second of this machine's clock."""
    site: Site = field(init=False)
    outbox: Outbox = field(init=False)
    intake: Intake = field(init=False)
    relayer: Relayer = field(init=False)
    follower: Follower = field(init=False)
    scheduler: Scheduler = field(init=False)

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Make the parts anew, as a process does that begins."""
        deployment = self.town.cast.ledger.deployment
        self.site = Site(self.database, self.town.chain, deployment)
        self.outbox = Outbox(self.database, wall=lambda: self.now)
        self.intake = Intake(self.site, self.outbox)
        self.relayer = Relayer(self.site, self.outbox, _SERVICE, monotonic=lambda: self.now)
        following = Following(wall=lambda: self.now)
        self.follower = Follower(self.database, self.town.chain, deployment, following=following)
        self.scheduler = Scheduler(self.site, self.intake, monotonic=lambda: self.now)

    @property
    def cast(self) -> Cast:
        """Who acts."""
        return self.town.cast

    @property
    def acts(self) -> Acts:
        """What they do."""
        return self.town.acts

    # ---- time passes

    def follow(self) -> None:
        """Read whatever blocks there are."""
        for _ in range(_STEPS_MAX):
            if self.follower.step().is_caught_up:
                return
        raise AssertionError("the blocks do not fit together")

    def look(self) -> Agenda:
        """Read what there is, and have the scheduler look at it once."""
        self.follow()
        return self.scheduler.step()

    def run(self, rounds: int = 60) -> list[Agenda]:
        """Step every part until nothing more is to be done; what the scheduler did."""
        done: list[Agenda] = []
        for _ in range(rounds):
            agenda, lane = self.look(), self.relayer.step()
            done.append(agenda)
            self.now += 1
            if not (agenda.asked or agenda.is_behind or lane.packed or lane.pending):
                return done
        raise AssertionError("it never comes to an end")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A read of the database."""
        with self.database.reading() as connection:
            yield connection

    @property
    def at(self) -> Cursor:
        """Up to where the chain was read."""
        with self.reading() as connection:
            return cursor(connection)
