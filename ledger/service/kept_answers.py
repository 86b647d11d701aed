"""A client's key for a write that is no command: the same again gets the first answer."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final

from ledger.model.errors import IdempotencyKeyBusy, IdempotencyKeyReused
from ledger.service.crash_points import writing
from ledger.store import access as rows
from ledger.store.access import FirstAnswer
from ledger.store.database import Connection, Database

__all__ = [
    "Answered", "CameFirst", "ClientKey", "Keep", "KeptAnswers", "Once", "TriedOut", "not_kept",
    "undone",
]  # fmt: skip

_TRIES: Final = 3
"""How often somebody else may come first under the same key before we give way."""


Keep = Callable[[Connection, Any], None]
"""Keeps a first answer in the transaction that takes effect, from the row as that leaves it."""


def not_kept(_: Connection, __: Any) -> None:
    """For a write that has no key."""


class TriedOut(Exception):
    """A write went well that was only to be tried: its transaction is undone."""


def undone(_: Connection, __: Any) -> None:
    """For a write that is only tried: raises `TriedOut`, so that nothing is kept of it."""
    raise TriedOut()


class CameFirst(Exception):
    """Another request under the same key was answered meanwhile."""


@dataclass(frozen=True, slots=True)
class ClientKey:
    """A client's own name for a write."""

    participant: int
    key: str
    """Empty for a write that is only tried: `TriedOut` is raised where it went well."""
    request_hash: bytes
    """Of everything that makes the request what it is."""


@dataclass(frozen=True, slots=True)
class Once:
    """How something that has a secret is made under a client's key."""

    secret: bytes
    """What its secret is made of, instead of chance."""
    keep: Keep


@dataclass(frozen=True, slots=True)
class Answered:
    """A write that was carried out, now or when it came first."""

    place: str
    """Number of what it made."""
    body: str
    """The first answer, as JSON."""
    is_replay: bool


class KeptAnswers:
    """Keeps the first answer under each key together with what it answers for."""

    def __init__(self, database: Database, wall: Callable[[], int]) -> None:
        self._database, self._wall = database, wall

    def known(self, key: ClientKey) -> Answered | None:
        """What was answered under a key; raises `IdempotencyKeyReused` for another request's."""
        with self._database.reading() as connection:
            return _first(connection, key)

    def once(
        self, key: ClientKey, make: Callable[[Connection], tuple[str, str]], *, point: str
    ) -> Answered:
        """Make something under a key, in one transaction with its number and answer.

        `point` names the crash points around it. Raises `IdempotencyKeyReused` for another
        request's key, `IdempotencyKeyBusy` where others come first again and again.
        """
        for _ in range(_TRIES):
            try:
                return self._once(key, make, point)
            except CameFirst:
                continue  # nothing was made; what came first is found now
        raise IdempotencyKeyBusy()

    def keep(
        self, connection: Connection, key: ClientKey, place: str, body: str, *, status: int = 202
    ) -> None:
        """Keep a first answer in somebody's transaction.

        Raises `CameFirst` where there is one already: that transaction must be undone.
        """
        wall = self._wall()
        first = FirstAnswer(**asdict(key), status=status, location=place, body=body, made_wall=wall)
        if not rows.add_answers(connection, [first]):
            raise CameFirst()

    def _once(
        self, key: ClientKey, make: Callable[[Connection], tuple[str, str]], point: str
    ) -> Answered:
        with writing(self._database, point) as connection:
            self._database.lock(connection, f"key {key.participant} {key.key}")
            known = _first(connection, key)
            if known is not None:
                return known
            place, body = make(connection)
            if not key.key:
                raise TriedOut()
            self.keep(connection, key, place, body, status=201)
        return Answered(place, body, is_replay=False)


def _first(connection: Connection, key: ClientKey) -> Answered | None:
    place = (key.participant, key.key)
    found = rows.find_answers(connection, [place]).get(place)
    if found is None:
        return None
    if found.request_hash != key.request_hash:
        raise IdempotencyKeyReused()
    return Answered(found.location, found.body, is_replay=True)
