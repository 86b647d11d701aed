"""Webhook endpoints of participants: made, changed, tried, and what was delivered to them.

Everything is asked for by the participant that an endpoint belongs to; nobody else's is there.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from ledger.model.errors import (
    EventKindUnknown,
    ReplayTooLong,
    WebhookDisabled,
    WebhooksTooMany,
    WebhookUnknown,
)
from ledger.service.events import KINDS
from ledger.service.intake.kept_answers import Keep, Once, not_kept
from ledger.service.records.keyring import Keyring
from ledger.service.running.crash_points import writing
from ledger.service.running.numbers import new_id
from ledger.service.webhooks.client import target_of
from ledger.service.webhooks.queue import begin_queue, catch_up_before, concerned, delivery_id
from ledger.service.webhooks.secrets import OVERLAP_SECONDS, Hidden, WebhookSecrets, new_secret
from ledger.store import webhook_log
from ledger.store import webhooks as rows
from ledger.store.database import Connection, Database
from ledger.store.webhook_log import AttemptRow
from ledger.store.webhooks import DISABLED, ENABLED, QUEUED, DeliveryRow, EndpointRow

__all__ = ["Change", "Endpoint", "Webhooks"]

ENDPOINTS_MAX: Final = 10
REPLAY_MAX: Final = 1_000


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint and its address."""

    row: EndpointRow
    url: str

    @property
    def kinds(self) -> list[str]:
        """The kinds of event that it wants to hear of; none for all."""
        return self.row.kinds.split()


@dataclass(frozen=True, slots=True)
class Change:
    """What of an endpoint is to be changed."""

    url: str | None = None
    label: str | None = None
    kinds: Sequence[str] | None = None
    is_enabled: bool | None = None


class Webhooks:
    """Endpoints and deliveries; safe to share between threads."""

    def __init__(
        self,
        database: Database,
        secrets: WebhookSecrets,
        *,
        allows_loopback: bool = False,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """`allows_loopback`: for evaluation, receivers on this machine may be named."""
        self._database, self._secrets, self._wall = database, secrets, wall
        self._allows_loopback = allows_loopback

    # ---- endpoints

    def create(
        self,
        participant: int,
        url: str,
        *,
        label: str = "",
        kinds: Sequence[str] = (),
        once: Once | None = None,
    ) -> tuple[Endpoint, str]:
        """Make an endpoint, which hears of what is told from now on; and its secret.

        The secret is told once. Raises `WebhookAddressRefused`, `EventKindUnknown` and
        `WebhooksTooMany`.
        """
        target_of(url, allows_loopback=self._allows_loopback)
        id_, wall = new_id("whk"), self.wall
        secret = new_secret() if once is None else new_secret(once.secret)
        row = EndpointRow(
            id=id_,
            participant=participant,
            sealed=self._secrets.of(participant).sealed(id_, Hidden(url, secret)),
            label=label,
            kinds=_checked(kinds),
            state=ENABLED,
            failures=0,
            rests_until_wall=0,
            made_wall=wall,
            updated_wall=wall,
        )
        catch_up_before(self._database, wall=wall)
        with writing(self._database, "hook") as connection:
            self._database.lock(connection, "webhooks")
            if rows.count_endpoints(connection, participant) >= ENDPOINTS_MAX:
                raise WebhooksTooMany(most=ENDPOINTS_MAX)
            begin_queue(connection, wall=wall)
            rows.add_endpoint(connection, row)
            if once is not None:
                once.keep(connection, row)
        return Endpoint(row, url), secret

    def list(self, participant: int) -> list[Endpoint]:
        """The endpoints of a participant, the newest first."""
        with self._database.reading() as connection:
            found = rows.endpoints_of(connection, participant)
        return [self._opened(row) for row in found]

    def find(self, participant: int, id_: str) -> Endpoint:
        """An endpoint; raises `WebhookUnknown`."""
        with self._database.reading() as connection:
            return self._opened(_found(connection, participant, id_))

    def change(self, participant: int, id_: str, change: Change, keep: Keep = not_kept) -> Endpoint:
        """Change what is given. Once enabled again it hears of what is told from then on."""
        own = self._secrets.of(participant)
        values: dict[str, Any] = {"updated_wall": self.wall}
        if change.url is not None:
            target_of(change.url, allows_loopback=self._allows_loopback)
        if change.label is not None:
            values["label"] = change.label
        if change.kinds is not None:
            values["kinds"] = _checked(change.kinds)
        if change.is_enabled is not None:
            values["state"] = ENABLED if change.is_enabled else DISABLED
            values |= {"failures": 0, "rests_until_wall": 0}
        if change.is_enabled:
            catch_up_before(self._database, wall=self.wall)
        with writing(self._database, "hook") as connection:
            self._database.lock(connection, "webhooks")
            row = _found(connection, participant, id_)
            hidden = own.opened(row)
            if change.url is not None:
                hidden = replace(hidden, url=change.url)
                values["sealed"] = own.sealed(id_, hidden)
            if change.is_enabled and row.state != ENABLED:
                begin_queue(connection, wall=self.wall)
            rows.change_endpoint(connection, id_, **values)
            changed = Endpoint(_found(connection, participant, id_), hidden.url)
            keep(connection, changed)
        return changed

    def rotate(self, participant: int, id_: str, *, once: Once | None = None) -> str:
        """A new secret, told once; messages are signed under both for a day."""
        own = self._secrets.of(participant)
        secret = new_secret() if once is None else new_secret(once.secret)
        with writing(self._database, "hook") as connection:
            self._database.lock(connection, "webhooks")
            row = _found(connection, participant, id_)
            hidden = own.opened(row)
            fresh = Hidden(hidden.url, secret, hidden.secret, self.wall + OVERLAP_SECONDS)
            sealed = own.sealed(id_, fresh)
            rows.change_endpoint(connection, id_, sealed=sealed, updated_wall=self.wall)
            if once is not None:
                once.keep(connection, row)
        return secret

    def remove(self, participant: int, id_: str, keep: Keep = not_kept) -> None:
        """Forget an endpoint with all that was delivered to it."""
        with writing(self._database, "hook") as connection:
            self._database.lock(connection, "webhooks")
            _found(connection, participant, id_)
            rows.drop_endpoint(connection, id_)
            keep(connection, None)

    # ---- deliveries

    def test(self, participant: int, id_: str, keep: Keep = not_kept) -> DeliveryRow:
        """Queue a message that says nothing, to see whether it arrives."""
        made = f"msg_{id_.partition('_')[2]}_T{new_id('').lstrip('_')}"
        row = DeliveryRow(made, id_, None, QUEUED, 0, self.wall, self.wall)
        with writing(self._database, "hook") as connection:
            self._database.lock(connection, "webhooks")
            rows.lock_endpoint(connection, id_)
            _enabled(_found(connection, participant, id_))
            rows.add_deliveries(connection, [row])
            keep(connection, row)
        return row

    def replay(
        self, participant: int, id_: str, first: int, last: int, keep: Keep = not_kept
    ) -> int:
        """Deliver the events from one number to another again; how many messages that makes.

        Those that concern the participant and that the endpoint wants to hear of. A message keeps
        its id, so that a receiver knows what it had before. Raises `ReplayTooLong`.
        """
        if last - first >= REPLAY_MAX:
            raise ReplayTooLong(most=REPLAY_MAX)
        wall = self.wall
        with writing(self._database, "hook") as connection:
            self._database.lock(connection, "webhooks")
            rows.lock_endpoint(connection, id_)
            row = _found(connection, participant, id_)
            _enabled(row)
            told = rows.told_between(connection, first - 1, last, limit=REPLAY_MAX)
            seqs = [one.seq for one in told if row.wants(one.kind) and concerned(one, participant)]
            known = rows.known_deliveries(connection, id_, seqs)
            rows.queue_again(connection, id_, sorted(known), wall=wall)
            fresh = [
                DeliveryRow(delivery_id(id_, seq), id_, seq, QUEUED, 0, wall, wall)
                for seq in seqs
                if seq not in known
            ]
            rows.add_deliveries(connection, fresh)
            keep(connection, len(seqs))
        return len(seqs)

    def deliveries(
        self,
        participant: int,
        id_: str,
        *,
        state: str | None = None,
        before: str | None = None,
        limit: int = 50,
    ) -> Sequence[DeliveryRow]:
        """Messages to an endpoint, the newest first."""
        with self._database.reading() as connection:
            _found(connection, participant, id_)
            return webhook_log.deliveries_of(
                connection, id_, state=state, before=before, limit=limit
            )

    def attempts(
        self, participant: int, id_: str, delivery: str
    ) -> tuple[DeliveryRow, Sequence[AttemptRow]]:
        """A message and the tries of it; raises `WebhookUnknown`."""
        with self._database.reading() as connection:
            _found(connection, participant, id_)
            found = webhook_log.find_delivery(connection, id_, delivery)
            if found is None:
                raise WebhookUnknown()
            return found, webhook_log.attempts_of(connection, delivery)

    # ---- private

    @property
    def keyring(self) -> Keyring:
        """The keys under which what endpoints hide is sealed."""
        return self._secrets.keyring

    @property
    def wall(self) -> int:
        """Second of this machine's clock."""
        return int(self._wall())

    def _opened(self, row: EndpointRow) -> Endpoint:
        return Endpoint(row, self._secrets.opened(row).url)


def _found(connection: Connection, participant: int, id_: str) -> EndpointRow:
    row = rows.find_endpoint(connection, participant, id_)
    if row is None:
        raise WebhookUnknown()
    return row


def _enabled(row: EndpointRow) -> None:
    if row.state != ENABLED:
        raise WebhookDisabled()


def _checked(kinds: Sequence[str]) -> str:
    for one in kinds:
        if one not in KINDS:
            raise EventKindUnknown(name=one[:64])
    return f" {' '.join(sorted(set(kinds)))} " if kinds else ""
