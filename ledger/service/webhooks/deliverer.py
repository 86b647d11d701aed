"""The deliverer: carries messages to the receivers that participants have named.

A message is tried ten times over three days, later and later. That it is tried is stored before it
is sent: whatever dies, it is sent again and not for ever. So a receiver may get it twice, under the
same id; but not because receivers are slow: a step ends before others may take what it has taken.
Who gets it is looked at again when it is sent.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ledger.model.errors import RecordTampered
from ledger.service.running.crash_points import calling, writing
from ledger.service.webhooks.client import Answered, Undelivered, WebhookClient
from ledger.service.webhooks.messages import body_of
from ledger.service.webhooks.queue import catch_up
from ledger.service.webhooks.secrets import WebhookSecrets, signed_headers
from ledger.store import webhooks as rows
from ledger.store.database import Connection, Database
from ledger.store.webhook_log import AttemptRow, add_attempt, forget_ended
from ledger.store.webhooks import DELIVERED, DROPPED, FAILED, GONE, DeliveryRow, EndpointRow

__all__ = ["SCHEDULE", "Delivered", "Deliverer"]

SCHEDULE: Final = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds before each try, from the one before it; each a little more by chance."""

JITTER: Final = 0.1
ENDPOINTS_AT_ONCE: Final = 8
MESSAGES_OF_EACH: Final = 4
"""Of one endpoint in one step, so that a slow receiver keeps nobody waiting for long."""
LEASE_SECONDS: Final = 300
"""For how long a message that was taken is left to who took it."""
STEP_SECONDS: Final = 120
"""After so long a step tries no more of what it has taken: it ends well before the lease."""
_RESTS: Final = (5, 300)
"""Seconds for which an endpoint rests after its first failure in a row, and at most."""
_RETRY_AFTER_MAX: Final = 86_400
_LATEST_SECONDS: Final = 2 * 86_400
_KEPT_SECONDS: Final = 35 * 86_400
_FORGET_SECONDS: Final = 3_600

_Taken = tuple[DeliveryRow, EndpointRow]


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a step did."""

    tried: int = 0
    delivered: int = 0
    is_more: bool = False
    """Whether there may be more to do at once."""


class Deliverer:
    """One lane; several may work on one database. `chance` is between 0 and 1."""

    def __init__(
        self,
        database: Database,
        secrets: WebhookSecrets,
        client: WebhookClient,
        *,
        wall: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._database, self._secrets, self._client = database, secrets, client
        self._wall, self._chance = wall, chance
        self._forgot_wall = 0

    def step(self) -> Delivered:
        """Deliver what is due. Raises what the database raises."""
        begun = self._now
        is_more = catch_up(self._database, wall=begun)
        taken = self._take(begun)
        delivered, resting = 0, set[str]()
        for message, endpoint in taken:
            spent = self._now - begun
            if endpoint.id in resting or not 0 <= spent < STEP_SECONDS:
                if spent < LEASE_SECONDS:  # behind it the message may be another's by now
                    self._give_back(message)
                continue
            is_delivered, is_resting = self._deliver(message, endpoint)
            delivered += is_delivered
            if is_resting:
                resting.add(endpoint.id)
        self._forget()
        return Delivered(len(taken), delivered, is_more=is_more or bool(taken))

    @property
    def _now(self) -> int:
        return int(self._wall())

    # ---- what is due

    def _take(self, wall: int) -> list[_Taken]:
        """Messages that are tried now; that they are is stored first."""
        with self._database.reading() as connection:
            if not rows.has_due_deliveries(connection, wall=wall, latest=wall + _LATEST_SECONDS):
                return []
        with writing(self._database, "take") as connection:
            taken = rows.due_deliveries(
                connection,
                wall=wall,
                latest=wall + _LATEST_SECONDS,
                endpoints=ENDPOINTS_AT_ONCE,
                each=MESSAGES_OF_EACH,
            )
            for message, _ in taken:
                rows.change_delivery(
                    connection,
                    message.id,
                    tries=message.tries + 1,
                    next_try_wall=wall + LEASE_SECONDS,
                )
        return taken

    def _give_back(self, message: DeliveryRow) -> None:
        with writing(self._database, "note") as connection:
            rows.change_delivery(
                connection, message.id, tries=message.tries, next_try_wall=message.next_try_wall
            )

    # ---- one message

    def _deliver(self, message: DeliveryRow, endpoint: EndpointRow) -> tuple[bool, bool]:
        """Try a message: whether it was delivered, and whether its endpoint is to rest."""
        begun, started = self._now, time.monotonic()
        answer: Answered | None = None
        problem: str | None = None
        with self._database.reading() as connection:
            body = body_of(connection, message, endpoint, wall=begun)
        if body is None:
            problem = "unconcerned"
        else:
            try:
                answer = self._posted(message, endpoint, body, begun)
            except Undelivered as failure:
                problem = failure.problem
            except RecordTampered:
                problem = "sealed"
        spent = int((time.monotonic() - started) * 1000)
        status = None if answer is None else answer.status
        attempt = AttemptRow(message.id, 0, begun, spent, status, problem or _problem(status))
        with writing(self._database, "note") as connection:
            if status == 410:  # or the follower queues more for it, which it has found enabled
                self._database.lock(connection, "webhooks")
            if not rows.lock_endpoint(connection, endpoint.id):
                return False, True  # it was removed meanwhile, with its messages
            add_attempt(connection, attempt)
            return self._note(connection, message, endpoint, answer, body is not None)

    def _posted(
        self, message: DeliveryRow, endpoint: EndpointRow, body: bytes, wall: int
    ) -> Answered:
        hidden = self._secrets.opened(endpoint)
        headers = signed_headers(message.id, body, hidden.signing(wall), wall=wall)
        with calling("post"):
            return self._client.post(hidden.url, body, headers)

    # ---- what became of it

    def _note(
        self,
        connection: Connection,
        message: DeliveryRow,
        endpoint: EndpointRow,
        answer: Answered | None,
        is_concerned: bool,
    ) -> tuple[bool, bool]:
        wall, status = self._now, None if answer is None else answer.status
        if status is not None and 200 <= status < 300:
            rows.change_delivery(connection, message.id, state=DELIVERED, ended_wall=wall)
            if endpoint.failures or endpoint.rests_until_wall:
                rows.change_endpoint(connection, endpoint.id, failures=0, rests_until_wall=0)
            return True, False
        if not is_concerned:
            rows.change_delivery(connection, message.id, state=DROPPED, ended_wall=wall)
            return False, False
        if status == 410:
            rows.change_endpoint(connection, endpoint.id, state=GONE, updated_wall=wall)
            rows.drop_queued(connection, endpoint.id, wall=wall)
            return False, True
        asked = 0 if answer is None else min(answer.retry_after or 0, _RETRY_AFTER_MAX)
        self._put_off(connection, message, wall, asked)
        if status is None or status == 429 or status >= 500:
            self._rest(connection, endpoint, wall, asked)
            return False, True
        return False, False

    def _put_off(self, connection: Connection, message: DeliveryRow, wall: int, asked: int) -> None:
        """Try it later, unless it was tried often enough."""
        tries = message.tries + 1
        if tries >= len(SCHEDULE):
            rows.change_delivery(connection, message.id, state=FAILED, ended_wall=wall)
            return
        delay = max(SCHEDULE[tries], asked)
        jitter = int(delay * JITTER * self._chance())
        rows.change_delivery(connection, message.id, next_try_wall=wall + delay + jitter)

    def _rest(self, connection: Connection, endpoint: EndpointRow, wall: int, asked: int) -> None:
        """Leave an endpoint alone that is in trouble, longer each time."""
        first, most = _RESTS
        rest = max(min(first * 2 ** min(endpoint.failures, 10), most), asked)
        rows.change_endpoint(
            connection, endpoint.id, failures=endpoint.failures + 1, rests_until_wall=wall + rest
        )

    def _forget(self) -> None:
        """Drop what ended long ago, from time to time."""
        wall = self._now
        if 0 <= wall - self._forgot_wall < _FORGET_SECONDS:
            return
        self._forgot_wall = wall
        with writing(self._database, "note") as connection:
            forget_ended(connection, wall - _KEPT_SECONDS)


def _problem(status: int | None) -> str | None:
    """What is wrong with an answer."""
    if status is None or 200 <= status < 300:
        return None
    return "redirected" if 300 <= status < 400 else "refused"
