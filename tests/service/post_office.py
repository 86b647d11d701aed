"""Webhooks and their deliverer on a stage, with a receiver on this machine."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import select

from ledger.records.vault import MasterKeys
from ledger.service.following.follower import Follower, Following
from ledger.service.records.keyring import Keyring
from ledger.service.webhooks.client import WebhookClient
from ledger.service.webhooks.deliverer import Deliverer
from ledger.service.webhooks.endpoints import Webhooks
from ledger.service.webhooks.queue import queue_events
from ledger.service.webhooks.secrets import WebhookSecrets
from ledger.store.database import Connection
from ledger.store.tables.webhooks import DELIVERIES
from ledger.store.webhooks import DeliveryRow
from tests.service.receiver import Receiver, receiving
from tests.service.stage import Stage

__all__ = ["PostOffice", "opened_office"]


@dataclass(slots=True)
class PostOffice:
    """What of a service tells participants what has happened."""

    stage: Stage
    receiver: Receiver
    webhooks: Webhooks
    deliverer: Deliverer
    client: WebhookClient

    @classmethod
    def on(cls, stage: Stage, receiver: Receiver) -> "PostOffice":
        """Its parts, as a process makes them that begins."""

        def wall() -> int:
            return int(stage.now)

        secrets = WebhookSecrets(Keyring(stage.database, MasterKeys(bytes(32)), wall))
        client = WebhookClient(allows_loopback=True, seconds=0.5)
        webhooks = Webhooks(stage.database, secrets, allows_loopback=True, wall=wall)
        deliverer = Deliverer(stage.database, secrets, client, wall=wall, chance=lambda: 0.5)

        def queue(connection: Connection, _: int, __: int) -> None:
            queue_events(connection, wall=wall())

        following = Following(wall=wall, queue=queue)
        site = stage.site
        stage.follower = Follower(
            site.database, site.endpoint, site.deployment, following=following
        )
        return cls(stage, receiver, webhooks, deliverer, client)

    def issue(self, count: int = 1) -> None:
        """Something of which Acme and Birch are told: a payable is issued."""
        for _ in range(count):
            self.stage.acts.issue(accepted=False)
        self.stage.follow()

    def endpoint(self, participant: int, kinds: Sequence[str] = ()) -> tuple[str, str]:
        """An endpoint of a participant at the receiver; returns its id and its secret."""
        made, secret = self.webhooks.create(participant, self.receiver.url, kinds=kinds)
        return made.row.id, secret

    def work(self, rounds: int = 200) -> int:
        """Deliver until nothing more is due; how many were delivered."""
        count = 0
        for _ in range(rounds):
            done = self.deliverer.step()
            count += done.delivered
            if not done.is_more:
                return count
        raise AssertionError("it never comes to an end")

    def told(self) -> list[str]:
        """Ids of the messages that came, in their order."""
        return [one.id for one in self.receiver.got]

    def rows(self) -> list[DeliveryRow]:
        """Every message, in the order of their ids."""
        with self.stage.reading() as connection:
            found = connection.execute(select(DELIVERIES).order_by(DELIVERIES.c.id))
            return [DeliveryRow(**row._mapping) for row in found]


@contextmanager
def opened_office(stage: Stage) -> Iterator[PostOffice]:
    """A post office with its receiver."""
    with receiving() as receiver:
        yield PostOffice.on(stage, receiver)
