"""The outbox: what was accepted, until it has taken effect or been refused for good."""

import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from threading import Lock
from typing import Final

import structlog

from ledger.model.errors import OperationNotParked, OperationUnknown
from ledger.service.intake.kept_answers import Keep, not_kept
from ledger.service.intake.refusals import codes_of
from ledger.service.running.crash_points import writing
from ledger.store import operations as rows
from ledger.store.cursor import put_setting, setting
from ledger.store.database import Connection, Database
from ledger.store.following import Ended
from ledger.store.operations import Executed, Operation
from ledger.store.tables.operations import DONE, PARKED, REFUSED

__all__ = [
    "OVERDUE_SECONDS_MOST",
    "PAUSED",
    "Numbers",
    "Operation",
    "Outbox",
    "Waiters",
    "is_final",
    "trace_id_of",
]

PAUSED: Final = "relaying_paused"
"""The setting that stands while nothing is sent to the chain."""
OVERDUE_SECONDS_MOST: Final = 300
"""After so long a wait the outbox does not move, unless the installation says otherwise."""
_log = structlog.get_logger("fenbook.relay")
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def is_final(operation: Operation) -> bool:
    """Whether nothing more will become of an operation."""
    return operation.state in (DONE, REFUSED)


def trace_id_of(operation: Operation | Ended) -> str:
    """Under what a log tells of an operation: its command's digest; its number if nobody signed."""
    return operation.id if operation.digest is None else operation.digest.hex()


class Numbers:
    """Numbers of operations: "op_" and a ULID, each later than the one before in this process."""

    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        random: Callable[[int], int] = secrets.randbits,
    ) -> None:
        self._wall, self._random = wall, random
        self._last = 0
        self._turn = Lock()

    def next(self) -> str:
        """The next number."""
        with self._turn:
            now = int(self._wall() * 1000)
            # Within a millisecond, or after a clock that went back, one more than the last.
            is_later = now > self._last >> 80
            self._last = now << 80 | self._random(80) if is_later else self._last + 1
            number = self._last
        return "op_" + "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


class Waiters:
    """Who waits for operations in this process; told after the end of each is stored."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[Callable[[], None]]] = {}
        self._turn = Lock()

    def add(self, id_: str, tell: Callable[[], None]) -> Callable[[], None]:
        """Call `tell` once, from whatever thread, when the operation has ended; or never.

        Whoever waits looks at the operation after this and before waiting. Returns what undoes it.
        """
        with self._turn:
            self._waiting.setdefault(id_, []).append(tell)

        def remove() -> None:
            with self._turn:
                waiting = self._waiting.get(id_, [])
                if tell in waiting:
                    waiting.remove(tell)
                if not waiting:
                    self._waiting.pop(id_, None)

        return remove

    @property
    def waited(self) -> list[str]:
        """The operations that somebody waits for."""
        with self._turn:
            return list(self._waiting)

    def tell(self, ids: Iterable[str]) -> None:
        """Tell whoever waits for these."""
        with self._turn:
            told = [one for id_ in ids for one in self._waiting.pop(id_, ())]
        for tell in told:
            tell()


class Outbox:
    """Operations in the database; safe to share between threads."""

    def __init__(
        self,
        database: Database,
        *,
        wall: Callable[[], float] = time.time,
        numbers: Numbers | None = None,
        accepted: Callable[[], None] = lambda: None,
    ) -> None:
        """`accepted` is called after operations were stored: there is something to relay."""
        self._database, self._wall, self._accepted = database, wall, accepted
        self.numbers = numbers or Numbers(wall)
        self.waiters = Waiters()

    @property
    def wall(self) -> int:
        """Second of this machine's clock."""
        return int(self._wall())

    def accept(
        self,
        operations: Sequence[Operation],
        also: Callable[[Connection, Sequence[Operation]], None] = lambda _, __: None,
    ) -> list[Operation]:
        """Store operations in one transaction: when this returns they are kept for good.

        One whose digest is known is answered with the operation that it began. `also` writes in the
        same transaction, with what stands in it then: a first answer, say.
        """
        with writing(self._database, "accept") as connection:
            stored = list(operations)
            if not rows.add_operations(connection, operations):
                digests = [one.digest for one in operations if one.digest is not None]
                known = rows.find_operations_by_digest(connection, digests)
                stored = [known.get(one.digest or b"", one) for one in operations]
            also(connection, stored)
        self._accepted()
        return stored

    def find(self, id_: str) -> Operation:
        """An operation by its number; raises `OperationUnknown`."""
        with self._database.reading() as connection:
            found = rows.find_operation(connection, id_)
        if found is None:
            raise OperationUnknown(operation=id_)
        return found

    def by_digests(self, digests: Iterable[bytes]) -> dict[bytes, Operation]:
        """Operations by the digests of their commands."""
        with self._database.reading() as connection:
            return rows.find_operations_by_digest(connection, digests)

    def executed(self, digest: bytes) -> Executed | None:
        """Where the chain carried out a command, whoever relayed it."""
        with self._database.reading() as connection:
            return rows.find_executed(connection, digest)

    def on_their_way(self, limit: int, participants: Sequence[int] = ()) -> list[Operation]:
        """The latest operations that have not ended, in order of acceptance."""
        with self._database.reading() as connection:
            return rows.open_operations(connection, limit, participants=participants)

    def tell_ended(self) -> None:
        """Tell those who wait for operations that have ended by now."""
        waited = self.waiters.waited
        if waited:
            with self._database.reading() as connection:
                ended = rows.ended_operations(connection, waited)
            self.waiters.tell(ended)

    def release(self, id_: str, keep: Keep = not_kept) -> Operation:
        """Let a parked operation be tried again; raises `OperationNotParked`."""
        found = self.find(id_)
        with writing(self._database, "release") as connection:
            if not rows.release_operation(connection, id_, wall=self.wall):
                raise OperationNotParked(operation=id_, state=found.state)
            keep(connection, None)
        _log.info("command released", trace_id=trace_id_of(found))
        return self.find(id_)

    def park(self, id_: str, refusal: str) -> Operation:
        """Set an operation aside by hand, with the reason as it is stored."""
        self.find(id_)
        with writing(self._database, "release") as connection:
            rows.park_operation(connection, id_, refusal=refusal, wall=self.wall)
        found = self.find(id_)
        if found.state == PARKED:
            code, _ = codes_of(refusal)
            _log.warning("command parked", trace_id=trace_id_of(found), code=code)
        return found

    # ---- the switch: pausing stops sending, not accepting

    @property
    def is_paused(self) -> bool:
        """Whether nothing is sent to the chain for now."""
        with self._database.reading() as connection:
            return setting(connection, PAUSED) is not None

    def pause(self) -> None:
        """Stop sending until `resume`; commands are accepted meanwhile."""
        with writing(self._database, "switch") as connection:
            put_setting(connection, PAUSED, "yes")

    def resume(self) -> None:
        """Send again."""
        with writing(self._database, "switch") as connection:
            put_setting(connection, PAUSED, None)

    # ---- figures

    def counts(self) -> dict[str, int]:
        """How many operations are in each state."""
        with self._database.reading() as connection:
            return rows.count_by_state(connection)

    def overdue_seconds(self) -> int:
        """For how long at most an operation has waited to be sent, tried again or mined.

        One that is refused for now and waits for its time is not overdue: 0 where nothing else is.
        """
        with self._database.reading() as connection:
            found = rows.oldest_due(connection)
        return 0 if found is None else max(0, self.wall - found)
