"""Webhooks in a world: one participant is told, and its receiver answers by chance."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final

from ledger.records.vault import MasterKeys
from ledger.service.records.keyring import Keyring
from ledger.service.webhooks.client import Answered, Undelivered
from ledger.service.webhooks.deliverer import Deliverer
from ledger.service.webhooks.endpoints import Webhooks
from ledger.service.webhooks.queue import concerned, queue_events
from ledger.service.webhooks.secrets import WebhookSecrets
from ledger.store.database import Connection, Database
from ledger.store.feed import last_seq
from ledger.store.webhook_log import deliveries_of
from ledger.store.webhooks import DELIVERED, QUEUED, DeliveryRow, told_between
from tests.faults.verdict import hold

__all__ = ["WorldMail"]

_PARTICIPANT: Final = 2
_URL: Final = "https://receiver.example/hooks"
_MANY: Final = 10_000


class WorldMail:
    """The webhooks of one participant, and whoever receives them."""

    def __init__(self, database: Database, chance: Random, wall: Callable[[], float]) -> None:
        self._database, self._chance, self._wall = database, chance, wall
        self.is_faulty: Callable[[], bool] = lambda: True
        self.fault_count = 0
        self._begun_at = 0
        self._arrived: set[str] = set()
        self.begin()

    def begin(self) -> None:
        """Make the parts anew, as a process does that begins."""
        keyring = Keyring(self._database, MasterKeys(bytes(32)), lambda: int(self._wall()))
        secrets, client = WebhookSecrets(keyring), self
        self._webhooks = Webhooks(self._database, secrets, wall=self._wall)
        self._deliverer = Deliverer(
            self._database,
            secrets,
            client,  # type: ignore[arg-type]
            wall=self._wall,
            chance=lambda: 0.5,
        )

    def queue(self, connection: Connection, _after: int, _upto: int) -> None:
        """What the follower calls with each block."""
        queue_events(connection, wall=int(self._wall()))

    def step(self) -> None:
        """Name the receiver, if that was not done; else deliver."""
        if not self._webhooks.list(_PARTICIPANT):
            with self._database.reading() as connection:
                self._begun_at = last_seq(connection)
            self._webhooks.create(_PARTICIPANT, _URL)
        self._deliverer.step()

    def post(self, url: str, _body: bytes, headers: Mapping[str, str]) -> Answered:
        """The network and the receiver: what came may be lost, or its answer."""
        hold(url == _URL, "a message went to somebody else")
        fate = self._chance.choice(("", "", "away", "lost answer", "broken", "busy"))
        if not self.is_faulty():
            fate = ""
        self.fault_count += bool(fate)
        if fate == "away":
            raise Undelivered("unreachable")
        if fate == "broken":
            return Answered(500)
        if fate == "busy":
            return Answered(429, retry_after=60)
        self._arrived.add(headers["webhook-id"])
        if fate == "lost answer":
            raise Undelivered("timeout")
        return Answered(204)

    # ---- the end

    def is_left(self) -> bool:
        """Whether anything waits to be delivered."""
        return any(one.state == QUEUED for one in self._rows())

    def verdict(self) -> None:
        """Whatever concerned the participant since it is told was delivered, and nothing else."""
        with self._database.reading() as connection:
            last = last_seq(connection)
            every = told_between(connection, self._begun_at, last, limit=_MANY)
        owed = [one.seq for one in every if concerned(one, _PARTICIPANT)]
        rows = self._rows()
        hold(sorted(one.seq or 0 for one in rows) == owed, f"{len(rows)} messages, not {len(owed)}")
        states = {one.state for one in rows}
        hold(states <= {DELIVERED}, f"messages are {states}")
        hold({one.id for one in rows} == self._arrived, "messages came that are none, or never")

    def _rows(self) -> list[DeliveryRow]:
        known: list[Any] = self._webhooks.list(_PARTICIPANT)
        with self._database.reading() as connection:
            return [
                row
                for one in known
                for row in deliveries_of(
                    connection, one.row.id, state=None, before=None, limit=_MANY
                )
            ]
