"""A client's key for each write: the same request again gets the first answer, and has no effect.

What was accepted is kept together with the answer, in one transaction. A refusal is not kept: it
took no effect, and the same key may be used once more when things have changed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.model.errors import IdempotencyKeyBusy, IdempotencyKeyReused, LedgerError
from ledger.service.intake.intake import Answer, Intake, Post
from ledger.service.relaying.outbox import Operation
from ledger.store import access as rows
from ledger.store.access import FirstAnswer
from ledger.store.database import Connection, Database

__all__ = ["Accepted", "FirstAnswers", "Keyed", "Outcome"]

_TRIES: Final = 3
"""How often another process may come first under the same keys before we give way."""

_Place = tuple[int, str]
"""A participant and a key of its own choice."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """A write under its client's key."""

    participant: int
    key: str
    request_hash: bytes
    """Of everything that makes the request what it is."""
    post: Post

    @property
    def place(self) -> _Place:
        """Where its first answer is kept."""
        return (self.participant, self.key)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A write that was taken in, now or when it came first."""

    operation: str
    body: str
    """The first answer, as JSON."""
    is_replay: bool


Outcome = Accepted | LedgerError


class _CameFirst(Exception):
    """Another process has answered under one of the keys meanwhile."""


class FirstAnswers:
    """Takes in many writes at once, each under its key; safe to share between threads."""

    def __init__(
        self, database: Database, intake: Intake, said: Callable[[Operation], str]
    ) -> None:
        """`said` writes the answer about an operation that was just accepted."""
        self._database = database
        self._intake = intake
        self._said = said

    def submit(self, writes: Sequence[Keyed], wall: int) -> list[Outcome]:
        """Take writes in; the outcomes are in their order.

        Raises what an endpoint or the database raises; then nothing was taken in.
        """
        for _ in range(_TRIES):
            try:
                return self._submit(writes, wall)
            except _CameFirst:
                continue
        return [IdempotencyKeyBusy() for _ in writes]

    def _submit(self, writes: Sequence[Keyed], wall: int) -> list[Outcome]:
        leaders: dict[_Place, Keyed] = {}
        for one in writes:
            leaders.setdefault(one.place, one)
        with self._database.reading() as connection:
            known = rows.find_answers(connection, list(leaders))
        fresh = [one for place, one in leaders.items() if place not in known]
        made: dict[_Place, Accepted] = {}

        def keep(connection: Connection, answers: Sequence[Answer]) -> None:
            accepted = [
                (one, answer)
                for one, answer in zip(fresh, answers, strict=True)
                if isinstance(answer, Operation)
            ]
            kept = [self._first(one, answer, wall) for one, answer in accepted]
            if not rows.add_answers(connection, kept):
                raise _CameFirst()
            made.update(
                (one.place, Accepted(answer.id, first.body, is_replay=False))
                for (one, answer), first in zip(accepted, kept, strict=True)
            )

        answers = self._intake.submit([one.post for one in fresh], keep) if fresh else []
        refused = {
            one.place: answer
            for one, answer in zip(fresh, answers, strict=True)
            if isinstance(answer, LedgerError)
        }
        return [self._outcome(one, leaders[one.place], known, made | refused) for one in writes]

    def _outcome(
        self,
        one: Keyed,
        leader: Keyed,
        known: dict[_Place, FirstAnswer],
        answered: dict[_Place, Outcome],
    ) -> Outcome:
        first = known.get(one.place)
        hashed = leader.request_hash if first is None else first.request_hash
        if hashed != one.request_hash:
            return IdempotencyKeyReused()
        if first is not None:
            return Accepted(first.location, first.body, is_replay=True)
        answer = answered[one.place]
        if one is leader or isinstance(answer, LedgerError):
            return answer
        return Accepted(answer.operation, answer.body, is_replay=True)

    def _first(self, one: Keyed, operation: Operation, wall: int) -> FirstAnswer:
        return FirstAnswer(
            participant=one.participant,
            key=one.key,
            request_hash=one.request_hash,
            status=202,
            location=operation.id,
            body=self._said(operation),
            made_wall=wall,
        )
