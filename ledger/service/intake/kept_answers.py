"""A client's key for a write that is no command: the same again gets the first answer."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final

from ledger.model.errors import IdempotencyKeyBusy, IdempotencyKeyReused, LedgerError
from ledger.records.vault import Place
from ledger.service.records.keyring import LEDGER, Keyring, Purpose
from ledger.service.running.crash_points import writing
from ledger.store import access as rows
from ledger.store.access import FirstAnswer
from ledger.store.database import Connection, Database

__all__ = [
    "AnswerSeal", "Answered", "CameFirst", "ClientKey", "Keep", "KeptAnswers", "Once", "TriedOut",
    "not_kept", "undone",
]  # fmt: skip

_TRIES: Final = 3
"""How often somebody else may come first under the same key before we give way."""

_BEGUN: Final = 102
"""Status of what is being carried out, or was when its process died."""

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


class AnswerSeal:
    """Seals answers that tell what is private, each under its participant's key.

    It asks for keys, so it is made before a transaction that writes.
    """

    def __init__(self, keyring: Keyring, participant: int) -> None:
        self._participant = participant
        self._key = keyring.key(participant, Purpose.RECORDS)
        self._index = keyring.key(LEDGER, Purpose.INDEX)

    def hashed(self, request_hash: bytes) -> bytes:
        """What stands for a request, and tells nothing even to who guesses what it was."""
        return self._index.mac("request", request_hash)

    def sealed(self, key: str, body: str) -> bytes:
        """An answer as it is kept."""
        return self._key.seal(body.encode(), self._place(key))

    def opened(self, key: str, sealed: bytes) -> str:
        """An answer as it was told."""
        return self._key.open(sealed, self._place(key)).decode()

    def _place(self, key: str) -> Place:
        return Place("first_answers", "sealed", key, self._participant)


class KeptAnswers:
    """Keeps the first answer under each key together with what it answers for."""

    def __init__(
        self, database: Database, wall: Callable[[], int], seal: AnswerSeal | None = None
    ) -> None:
        self._database, self._wall, self._seal = database, wall, seal

    def known(self, key: ClientKey) -> Answered | None:
        """What was answered under a key; raises `IdempotencyKeyReused` for another request's."""
        with self._database.reading() as connection:
            return self._first(connection, key)

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
        if not rows.add_answers(connection, [self._answer(key, place, body, status)]):
            raise CameFirst()

    # ---- of what takes effect elsewhere

    def begin(self, key: ClientKey, place: str, check: Callable[[], object]) -> None:
        """Note that a request is being carried out; whoever repeats it finds it begun.

        `check` says before whether it can be: what was refused is not noted. Raises
        `IdempotencyKeyReused` for another request's key.
        """
        if self._is_begun(key):
            return
        try:
            check()
        except LedgerError:
            if self._is_begun(key):  # the same request came first, and has gone on meanwhile
                return
            raise
        with writing(self._database, "begin answer") as connection:
            self._database.lock(connection, f"key {key.participant} {key.key}")
            if _found(connection, key) is None:
                begun = self._answer(key, place, "", _BEGUN)
                if not rows.add_answers(connection, [begun]):
                    raise CameFirst()

    def end(self, key: ClientKey, place: str, body: str, *, status: int) -> None:
        """Keep the answer of what was begun; raises `CameFirst` where there is one already."""
        answer = self._answer(key, place, body, status)
        with writing(self._database, "end answer") as connection:
            if not rows.end_answer(connection, answer, begun=_BEGUN):
                raise CameFirst()

    # ---- private

    def _is_begun(self, key: ClientKey) -> bool:
        with self._database.reading() as connection:
            return _found(connection, key) is not None

    def _once(
        self, key: ClientKey, make: Callable[[Connection], tuple[str, str]], point: str
    ) -> Answered:
        with writing(self._database, point) as connection:
            self._database.lock(connection, f"key {key.participant} {key.key}")
            known = self._first(connection, key)
            if known is not None:
                return known
            place, body = make(connection)
            if not key.key:
                raise TriedOut()
            self.keep(connection, key, place, body, status=201)
        return Answered(place, body, is_replay=False)

    def _first(self, connection: Connection, key: ClientKey) -> Answered | None:
        found = _found(connection, key)
        if found is None or found.status == _BEGUN:
            return None
        body = found.body
        if found.sealed is not None:
            assert self._seal is not None
            body = self._seal.opened(key.key, found.sealed)
        return Answered(found.location, body, is_replay=True)

    def _answer(self, key: ClientKey, place: str, body: str, status: int) -> FirstAnswer:
        sealed = self._seal.sealed(key.key, body) if self._seal and body else None
        told, wall = ("", self._wall()) if sealed else (body, self._wall())
        return FirstAnswer(
            **asdict(key), status=status, location=place, body=told, made_wall=wall, sealed=sealed
        )


def _found(connection: Connection, key: ClientKey) -> FirstAnswer | None:
    place = (key.participant, key.key)
    found = rows.find_answers(connection, [place]).get(place)
    if found is not None and found.request_hash != key.request_hash:
        raise IdempotencyKeyReused()
    return found
