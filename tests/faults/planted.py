"""Faults of the pipeline, planted one at a time: the campaign must find each of them.

Each puts a part in place of the right one that differs in one thing, as it could be written.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from threading import Thread
from typing import Any, Final
from unittest.mock import patch

from ledger.chain.batches import relay_call
from ledger.chain.endpoint import Answer
from ledger.service.following import blocks, follower
from ledger.service.following.follower import Follower
from ledger.service.imports.importing import Importing, Uploaded
from ledger.service.intake.intake import trial_of
from ledger.service.intake.kept_answers import Keep, not_kept
from ledger.service.reconciliation.reconciling import Reconciling
from ledger.service.records import resealing
from ledger.service.records.keyring import Keyring
from ledger.service.relaying.outbox import Operation, Outbox
from ledger.service.relaying.packing import Packing
from ledger.service.relaying.relayer import Relayer
from ledger.service.running import crash_points
from ledger.service.running.site import Site
from ledger.store import following
from ledger.store import relaying as rows
from ledger.store.cursor import cursor, move_cursor
from ledger.store.database import Connection, Database
from tests.faults import records_lives
from tests.faults.world import Parts

__all__ = ["AT_THE_DOOR", "IN_THE_HOUSE", "OVER_RECORDS", "PLANTED", "planted"]


class _Forgetful(Outbox):
    """Answers first, and stores at the next opportunity."""

    _left: tuple[Sequence[Operation], ...] = ()

    @property
    def wall(self) -> int:
        left, self._left = self._left, ()
        for operations in left:
            super().accept(operations)
        return int(self._wall())

    def accept(
        self, operations: Sequence[Operation], also: Callable[..., None] = lambda _, __: None
    ) -> list[Operation]:
        self._left = (*self._left, operations)
        with self._database.reading() as connection:
            also(connection, operations)
        return list(operations)


def _answered_before_stored() -> Iterator[Parts]:
    yield Parts(outbox=_Forgetful)


def _nonce_from_the_node() -> Iterator[Parts]:
    """The next nonce is what the node says, as the usual client does it."""

    def nonce(self: Packing, connection: Connection, count: int) -> int:
        del connection
        return count + len(self._site.endpoint.landed([]))

    with patch.object(Packing, "_nonce", nonce):
        yield Parts()


def _sent_before_stored() -> Iterator[Parts]:
    """The bytes go out as soon as they are signed; the row is stored after."""
    store = rows.add_transaction

    class Eager(Packing):
        def __init__(self, site: Site, *arguments: Any) -> None:
            super().__init__(site, *arguments)

        def _store(self, connection: Connection, operations: Any, count: int) -> None:
            def sending(connection: Connection, made: Any, *more: Any, **values: Any) -> None:
                self._site.endpoint.send([made.raw])
                store(connection, made, *more, **values)

            with patch.object(rows, "add_transaction", sending):
                super()._store(connection, operations, count)

    with patch("ledger.service.relaying.relayer.Packing", Eager):
        yield Parts()


def _signed_anew() -> Iterator[Parts]:
    """A transaction that takes long is signed anew under its nonce instead of sent again."""

    class Restless(Relayer):
        def _tell(self, due: Any, now: float) -> None:
            fresh = [self._anew(one) if one.hash in self._sent_at else one for one in due]
            super()._tell(fresh, now)

        def _anew(self, one: Any) -> Any:
            key, relay = self._packing._key, self._site.deployment.address("Relay")
            with self._site.database.writing() as connection:
                items = rows.items_of(connection, one)
                calls = [trial_of(item).item for item in items]
                data = relay_call(self._site.deployment, calls)
                signed = key.sign(one.nonce, relay, data, gas=one.gas - 1)
                change = "UPDATE {} SET {} = ? WHERE {} = ?"
                connection.exec_driver_sql(
                    "UPDATE transactions SET raw = ?, hash = ?, gas = ? WHERE hash = ?",
                    (signed.raw, signed.hash, one.gas - 1, one.hash),
                )
                connection.exec_driver_sql(
                    change.format("operations", "transaction_hash", "transaction_hash"),
                    (signed.hash, one.hash),
                )
            return replace(one, raw=signed.raw, hash=signed.hash, gas=one.gas - 1)

    yield Parts(relayer=Restless)


def _cursor_apart() -> Iterator[Parts]:
    """Where reading stands is stored in a transaction of its own."""

    class Torn(Follower):
        def _put_down(self, connection: Connection, *arguments: Any) -> None:
            self._to = arguments[-1]
            with patch.object(follower, "move_cursor", lambda *_: None):
                super()._put_down(connection, *arguments)

        def _written(self, *arguments: Any) -> Any:
            found = super()._written(*arguments)
            with self._database.writing() as connection:
                crash_points.at("before follow")
                if cursor(connection).number < self._to.number:
                    move_cursor(connection, self._to)
            return found

    yield Parts(follower=Torn)


def _fork_unseen() -> Iterator[Parts]:
    """Nobody looks whether a block stands on the one that was read before."""
    stretch_of = blocks.stretch_of

    def unlinked(*arguments: Any, **options: Any) -> Any:
        return stretch_of(*arguments, **{**options, "parent": b""})

    with (
        patch.object(follower, "stretch_of", unlinked),
        patch.object(Follower, "_check", lambda *_: None),
    ):
        yield Parts()


def _done_when_sent() -> Iterator[Parts]:
    """What a node has taken counts as done."""

    class Hasty(Relayer):
        def _tell(self, due: Any, now: float) -> None:
            super()._tell(due, now)
            with self._site.database.writing() as connection:
                for one in due:
                    for item in rows.items_of(connection, one):
                        connection.exec_driver_sql(
                            "UPDATE operations SET state = 'done', block = 1 WHERE id = ?",
                            (item.id,),
                        )

    yield Parts(relayer=Hasty)


def _whole_batch_parked() -> Iterator[Parts]:
    """A batch that reverts is parked with everything in it."""

    def split(self: Packing, failed: Any, count: int) -> None:
        del count
        with self._site.database.writing() as connection:
            for one in rows.items_of(connection, failed):
                self._park(connection, one, failed)

    with patch.object(Packing, "split", split):
        yield Parts()


def _known_is_a_failure() -> Iterator[Parts]:
    """A node that knows the bytes already has refused them; their operations are given up."""

    class Offended(Relayer):
        def _tell(self, due: Any, now: float) -> None:
            sendings = self._site.endpoint.send([one.raw for one in due])
            with self._site.database.writing() as connection:
                for one, sending in zip(due, sendings, strict=True):
                    self._sent_at[one.hash] = now
                    if sending.answer in (Answer.KNOWN, Answer.NONCE_LOW, Answer.UNDERPRICED):
                        for item in rows.items_of(connection, one):
                            self._packing._park(connection, item, one)

    yield Parts(relayer=Offended)


def _first_refusal_is_final() -> Iterator[Parts]:
    """A refusal on the chain ends an operation, though its number is unused and its time left."""
    note = follower.note_happened

    def final(connection: Connection, happened: Any, **options: Any) -> None:
        note(connection, happened, **options)
        for digest, _ in happened.refused:
            connection.exec_driver_sql(
                "UPDATE operations SET state = 'refused' WHERE digest = ? AND state = 'accepted'",
                (digest,),
            )

    with patch.object(follower, "note_happened", final):
        yield Parts()


def _strangers_refusal_hides_ours() -> Iterator[Parts]:
    """Of a command that is refused in several transactions, the last one counts alone."""
    note = follower.note_happened

    def last(connection: Connection, happened: Any, **options: Any) -> None:
        keys = {digest: (digest, transaction) for digest, transaction in happened.refused}
        happened.refused = {key: happened.refused[key] for key in keys.values()}
        note(connection, happened, **options)

    with patch.object(follower, "note_happened", last):
        yield Parts()


def _known_is_refused() -> Iterator[Parts]:
    """A number that is used refuses a command, though it was this very one that has used it."""
    with patch.object(following, "_note_known", lambda *_: set()):
        yield Parts()


class _Hasty(Outbox):
    """Answers as soon as it knows what it will store, and stores beside."""

    def accept(
        self, operations: Sequence[Operation], also: Callable[..., None] = lambda _, __: None
    ) -> list[Operation]:
        with suppress(_Undone), self._database.writing() as connection:
            also(connection, operations)
            raise _Undone
        Thread(target=super().accept, args=(operations, also), daemon=True).start()
        return list(operations)


class _Undone(Exception):
    """What was tried is undone."""


def _stored_beside() -> Iterator[Parts]:
    yield Parts(outbox=_Hasty)


class _Apart(Outbox):
    """Keeps a first answer in a transaction of its own, once it is true."""

    def release(self, id_: str, keep: Keep = not_kept) -> Operation:
        found = super().release(id_)
        with self._database.writing() as connection:
            keep(connection, id_)
        return found


def _answer_kept_apart() -> Iterator[Parts]:
    yield Parts(outbox=_Apart)


def _file_kept_apart() -> Iterator[Parts]:
    """A file is taken in, and its answer kept in a transaction of its own."""
    upload = Importing.upload

    def apart(
        self: Importing, participant: int, name: str, data: bytes, keep: Keep = not_kept
    ) -> Uploaded:
        made = upload(self, participant, name, data)
        with self._database.writing() as connection:
            keep(connection, made)
        return made

    with patch.object(Importing, "upload", apart):
        yield Parts()


def _comparison_forgotten() -> Iterator[Parts]:
    """What was asked for is not asked for any more once it fails."""
    end = Reconciling._end

    def forgetful(self: Reconciling, found: Any) -> bool:
        self._is_owed = False
        return end(self, found)

    with patch.object(Reconciling, "_end", forgetful):
        yield Parts()


def _key_dropped_early() -> Iterator[Parts]:
    """Keys are renewed before everything is sealed anew that the ones before them have sealed."""

    def early(database: Database, keyring: Keyring) -> int:
        for owner in keyring.owners():
            keyring.renew(owner)
        return resealing._walk(database, keyring, lambda *_: None)

    with patch.object(records_lives, "reseal", early):
        yield Parts()


PLANTED: Final[Mapping[str, Callable[[], Iterator[Parts]]]] = {
    "answered before stored": _answered_before_stored,
    "nonce from the node": _nonce_from_the_node,
    "sent before stored": _sent_before_stored,
    "signed anew instead of sent again": _signed_anew,
    "cursor in a second transaction": _cursor_apart,
    "fork unseen": _fork_unseen,
    "done when sent": _done_when_sent,
    "whole batch parked": _whole_batch_parked,
    "known is a failure": _known_is_a_failure,
    "first refusal is final": _first_refusal_is_final,
    "stranger's refusal hides ours": _strangers_refusal_hides_ours,
    "known is refused": _known_is_refused,
}
"""By name: each gives the parts of a pipeline with one fault."""

AT_THE_DOOR: Final[Mapping[str, Callable[[], Iterator[Parts]]]] = {
    "answered while it is stored": _stored_beside,
    "first answer kept apart": _answer_kept_apart,
}
"""Faults that only clients at a door can see."""

IN_THE_HOUSE: Final[Mapping[str, Callable[[], Iterator[Parts]]]] = {
    "file's answer kept apart": _file_kept_apart,
    "comparison forgotten when it fails": _comparison_forgotten,
}
"""Faults that only clients of a whole house can see."""

OVER_RECORDS: Final[Mapping[str, Callable[[], Iterator[Parts]]]] = {
    "key before dropped early": _key_dropped_early,
}
"""Faults of private records and their keys."""


@contextmanager
def planted(name: str) -> Iterator[Parts]:
    """A pipeline with one fault."""
    with contextmanager(
        {**PLANTED, **AT_THE_DOOR, **IN_THE_HOUSE, **OVER_RECORDS}[name]
    )() as parts:
        yield parts
