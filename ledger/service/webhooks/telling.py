"""Telling participants what has happened: the parts of webhooks of a running service, together."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from ledger.service.following.follower import Queue
from ledger.service.records.keyring import Keyring
from ledger.service.webhooks.client import WebhookClient
from ledger.service.webhooks.deliverer import Deliverer
from ledger.service.webhooks.endpoints import Webhooks
from ledger.service.webhooks.queue import queue_events
from ledger.service.webhooks.secrets import WebhookSecrets
from ledger.store.database import Connection, Database

__all__ = ["Telling"]


@dataclass(frozen=True, slots=True)
class Telling:
    """Who is to be told, who tells, and what is queued with each block."""

    webhooks: Webhooks
    deliverer: Deliverer
    queue: Queue
    """For the follower: called in the transaction that brings the events."""

    @classmethod
    def of(
        cls,
        database: Database,
        keyring: Keyring,
        *,
        allows_loopback: bool,
        wall: Callable[[], float] = time.time,
    ) -> "Telling":
        """The webhooks of one ledger. `allows_loopback`: for evaluation, this machine is called."""
        secrets = WebhookSecrets(keyring)
        client = WebhookClient(allows_loopback=allows_loopback)

        def queue(connection: Connection, _after: int, _upto: int) -> None:
            database.lock(connection, "webhooks")  # or a new endpoint would put the queue back
            queue_events(connection, wall=int(wall()))

        return cls(
            Webhooks(database, secrets, allows_loopback=allows_loopback, wall=wall),
            Deliverer(database, secrets, client, wall=wall),
            queue,
        )
