"""The write path on a chain in memory and a database in a file, with clocks that tests set."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ledger.chain.relayer_key import RelayerKey
from ledger.model.errors import LedgerError
from ledger.model.structs import Command
from ledger.service.following.follower import Follower, Following
from ledger.service.intake.intake import Answer, Intake, Post
from ledger.service.relaying.outbox import Operation, Outbox
from ledger.service.relaying.relayer import Lane, Relayer
from ledger.service.running.site import Site
from ledger.store.database import Database
from ledger.store.relaying import Relayed, transactions_from
from tests.cast import MORNING
from tests.databases import opened
from tests.faults.acts import batch, issue, move, posted
from tests.faults.model_chain import ModelChain
from tests.faults.model_ledger import CHAIN_ID, DEPLOYMENT

__all__ = ["KEYS", "Rig", "rigged"]

KEYS = [RelayerKey(bytes([number]) * 32, chain_id=CHAIN_ID) for number in (5, 6, 7)]
"""Relayer keys, one a lane."""


@dataclass(slots=True)
class Rig:
    """A service's parts, apart from any thread."""

    database: Database
    now: int = MORNING
    """Second of the chain's clock."""
    skew: int = 0
    """By how much this machine's clock is ahead of it."""
    lanes: int = 1
    chain: ModelChain = field(init=False)
    outbox: Outbox = field(init=False)
    intake: Intake = field(init=False)
    relayers: list[Relayer] = field(init=False)
    follower: Follower = field(init=False)

    def __post_init__(self) -> None:
        self.chain = ModelChain(lambda: self.now)
        self.begin()

    def begin(self) -> None:
        """Make the service's parts anew, as a process does that begins."""
        site = Site(self.database, self.chain, DEPLOYMENT)
        self.outbox = Outbox(self.database, wall=self.wall)
        self.intake = Intake(site, self.outbox)
        self.relayers = [
            Relayer(site, self.outbox, one, monotonic=lambda: float(self.now))
            for one in KEYS[: self.lanes]
        ]
        following = Following(wall=self.wall)
        self.follower = Follower(self.database, self.chain, DEPLOYMENT, following=following)

    def wall(self) -> int:
        """Second of this machine's clock."""
        return self.now + self.skew

    @property
    def deadline(self) -> int:
        """A quarter of an hour from now."""
        return self.now + 900

    def issue(self, to: int, amount: int, nonce: int) -> Command:
        """The bank books money."""
        return issue(to, amount, nonce, self.deadline)

    def move(
        self, giver: int, taker: int, amount: int, nonce: int, purpose: bytes = b""
    ) -> Command:
        """One participant pays another."""
        return move(giver, taker, amount, nonce, self.deadline, purpose=purpose)

    # ---- time passes

    @property
    def relayer(self) -> Relayer:
        """The first lane."""
        return self.relayers[0]

    def relay(self) -> list[Lane]:
        """A step of every lane."""
        return [one.step() for one in self.relayers]

    def follow(self) -> None:
        """Read whatever blocks there are."""
        while (progress := self.follower.step()).behind or progress.alarm:
            pass

    def round(self, seconds: int = 1) -> None:
        """Relay, make a block, read it; then time passes."""
        self.relay()
        self.chain.mine()
        self.follow()
        self.now += seconds

    def rounds(self, count: int = 10, seconds: int = 1) -> None:
        """Several rounds."""
        for _ in range(count):
            self.round(seconds)

    def stored(self, lane: int = 0) -> list[Relayed]:
        """Every transaction of a lane, by nonce."""
        with self.database.reading() as connection:
            return transactions_from(connection, KEYS[lane].address, 0, limit=1_000)

    def relay_past(self, key: RelayerKey, command: Command, nonce: int = 0) -> None:
        """Somebody relays a command past the service."""
        relay = DEPLOYMENT.address("Relay")
        self.chain.send([key.sign(nonce, relay, batch([command]), gas=10**7).raw])
        self.chain.mine()

    def state(self, operation: Operation) -> str:
        """What has become of an operation."""
        return self.outbox.find(operation.id).state

    def states(self, operations: Sequence[Operation]) -> list[str]:
        """What has become of each."""
        return [self.state(one) for one in operations]

    # ---- posting

    def submit(self, *commands: Command, **options: str) -> list[Answer]:
        """Post commands together."""
        return self.intake.submit([Post(posted(one), **options) for one in commands])  # type: ignore[arg-type]

    def taken(self, *commands: Command, **options: str) -> list[Operation]:
        """Post commands that are all taken in."""
        answers = self.submit(*commands, **options)
        assert not [one for one in answers if isinstance(one, LedgerError)], answers
        return [one for one in answers if isinstance(one, Operation)]


@contextmanager
def rigged(engine: str, folder: Path, *, lanes: int = 1) -> Iterator[Rig]:
    """The write path on a fresh database."""
    with opened(engine, folder) as database:
        yield Rig(database, lanes=lanes)
