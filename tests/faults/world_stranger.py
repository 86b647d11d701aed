"""Somebody with a node of his own, who has others' commands carried out in transactions of his."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any, Final
from unittest.mock import patch

from sqlalchemy import select

from ledger.chain.relayer_key import RelayerKey
from ledger.model.structs import Command
from ledger.service.intake.intake import Intake
from ledger.store.database import Database
from ledger.store.tables.operations import OPERATIONS, SENT
from ledger.store.tables.transactions import MINED, TRANSACTIONS
from tests.faults.acts import batch
from tests.faults.model_chain import ModelChain
from tests.faults.model_ledger import CHAIN_ID, DEPLOYMENT

__all__ = ["Stranger", "left_behind"]

KEY: Final = RelayerKey(bytes([9]) * 32, chain_id=CHAIN_ID)
_RELAY: Final = DEPLOYMENT.address("Relay")
_OVERTAKES: Final = 0.15

# Asked after every step of the follower: made once.
_WAITS: Final = (
    select(OPERATIONS.c.id)
    .join(TRANSACTIONS, TRANSACTIONS.c.hash == OPERATIONS.c.transaction_hash)
    .where(OPERATIONS.c.state == SENT, TRANSACTIONS.c.state == MINED)
)


class Stranger:
    """Copies commands that he has seen, before or after their own relayer sends them."""

    def __init__(self, chain: ModelChain, chance: Random) -> None:
        self._chain, self._chance = chain, chance
        self.sent: set[bytes] = set()
        """The hashes of his transactions."""

    def copy(self, commands: Sequence[Command]) -> None:
        """Send some commands in a batch of his own."""
        waiting = sum(sender == KEY.address for sender, _ in self._chain.pool)
        nonce = self._chain.transaction_count(KEY.address) + waiting
        made = KEY.sign(nonce, _RELAY, batch(commands), gas=16_000_000)
        self._chain.send([made.raw])
        self.sent.add(made.hash)

    @contextmanager
    def overtaking(
        self, intake: Intake, command: Command, read: Callable[[], Any]
    ) -> Iterator[None]:
        """At times carry a command out, and have it read, between its trial and its storing."""
        simulation = intake._simulation
        reasons = simulation.reasons

        def late(trials: Any) -> Any:
            found = reasons(trials)
            self.copy([command])
            self._chain.mine()
            read()
            return found

        if self._chance.random() >= _OVERTAKES:
            yield
            return
        with patch.object(simulation, "reasons", late):
            yield


def left_behind(database: Database) -> list[str]:
    """Operations that wait in a transaction whose block was read, so that nothing will come."""
    with database.reading() as connection:
        return list(connection.execute(_WAITS).scalars())
