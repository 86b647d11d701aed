"""The write path on a chain in memory and a database in a file, with clocks that tests set."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ledger.model.errors import LedgerError
from ledger.model.structs import Command
from ledger.service.intake import Answer, Intake, Post
from ledger.service.outbox import Operation, Outbox
from ledger.store.database import Database
from tests.cast import MORNING
from tests.databases import opened
from tests.faults.acts import issue, move, posted
from tests.faults.model_chain import ModelChain
from tests.faults.model_ledger import DEPLOYMENT

__all__ = ["Rig", "rigged"]


@dataclass(slots=True)
class Rig:
    """A service's parts, apart from any thread."""

    database: Database
    now: int = MORNING
    """Second of the chain's clock."""
    skew: int = 0
    """By how much this machine's clock is ahead of it."""
    chain: ModelChain = field(init=False)
    outbox: Outbox = field(init=False)
    intake: Intake = field(init=False)

    def __post_init__(self) -> None:
        self.chain = ModelChain(lambda: self.now)
        self.outbox = Outbox(self.database, wall=lambda: self.now + self.skew)
        self.intake = Intake(self.chain, DEPLOYMENT, self.outbox)

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

    def submit(self, *commands: Command, **options: str) -> list[Answer]:
        """Post commands together."""
        return self.intake.submit([Post(posted(one), **options) for one in commands])  # type: ignore[arg-type]

    def taken(self, *commands: Command, **options: str) -> list[Operation]:
        """Post commands that are all taken in."""
        answers = self.submit(*commands, **options)
        assert not [one for one in answers if isinstance(one, LedgerError)], answers
        return [one for one in answers if isinstance(one, Operation)]


@contextmanager
def rigged(engine: str, folder: Path) -> Iterator[Rig]:
    """The write path on a fresh database."""
    with opened(engine, folder) as database:
        yield Rig(database)
