"""What blocks say about operations and transactions: done, refused, mined, or vanished."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import and_, bindparam, exists, select, update
from sqlalchemy.engine import Connection

from ledger.store.bulk import update_rows
from ledger.store.cursor import Cursor
from ledger.store.operations import Executed, find_executed
from ledger.store.tables.operations import ACCEPTED, DONE, OPERATIONS, PARKED, REFUSED, SENT
from ledger.store.tables.transactions import MINED, STORED, TRANSACTION_ITEMS, TRANSACTIONS
from ledger.store.tables.transactions import SENT as TRANSACTION_SENT
from ledger.store.view_sql import LIVE

__all__ = [
    "Ended",
    "Happened",
    "Landing",
    "end_operations",
    "ended_between",
    "forget_landings",
    "note_happened",
]

TRY_AGAIN_SECONDS_MAX = 60
"""An operation that the chain has refused is tried again after a growing time, at most this."""

_OPEN = (ACCEPTED, SENT, PARKED)

# Asked with every block that has events: made once.
_ANY: Final = select(OPERATIONS.c.id).limit(1)
"""Whether there is an operation at all: a chain may hold years of others' commands."""
_ANY_OPEN: Final = _ANY.where(OPERATIONS.c.state.in_(_OPEN))
_ENDED: Final = select(
    OPERATIONS.c.id,
    OPERATIONS.c.digest,
    OPERATIONS.c.state,
    OPERATIONS.c.refusal,
    OPERATIONS.c.block,
    OPERATIONS.c.transaction_hash,
).where(OPERATIONS.c.block > bindparam("after"), OPERATIONS.c.block <= bindparam("last"))
_LATE: Final = select(
    OPERATIONS.c.id, OPERATIONS.c.digest, OPERATIONS.c.deadline, OPERATIONS.c.refusal
).where(OPERATIONS.c.state.in_(_OPEN), OPERATIONS.c.deadline < bindparam("second"))


@dataclass(frozen=True, slots=True)
class Landing:
    """Where something took effect."""

    block: int
    second: int
    transaction: bytes


@dataclass(slots=True)
class Happened:
    """What some blocks say about commands, in their order."""

    executed: dict[bytes, Landing] = field(default_factory=dict)
    """By the command's digest."""
    nonces: list[tuple[int, int]] = field(default_factory=list)
    """Participants with nonces that were used or made void."""
    refused: dict[tuple[bytes, bytes], tuple[Landing, bytes]] = field(default_factory=dict)
    """By digest and transaction: why. Another's transaction may carry the same command."""
    unsigned_refused: dict[tuple[bytes, int], bytes] = field(default_factory=dict)
    """By transaction and place: of items that nobody signed."""
    batches: dict[bytes, Landing] = field(default_factory=dict)
    """Transactions that carried a batch."""

    @property
    def is_empty(self) -> bool:
        """Whether no command is spoken of."""
        return not (self.executed or self.nonces or self.refused or self.batches)


@dataclass(frozen=True, slots=True)
class Ended:
    """An operation that some block has ended."""

    id: str
    digest: bytes | None
    state: str
    refusal: str | None
    block: int
    transaction_hash: bytes | None


ReasonText = Callable[[bytes, str | None], str]
"""How a reason is stored that follows on an earlier one, if there was one."""


def note_happened(
    connection: Connection, happened: Happened, *, text: ReasonText, wall: int
) -> None:
    """Mark operations by what happened to their commands, and transactions as mined.

    What the chain carried out is done, whatever was thought of it before. A refused one waits with
    its reason; `end_operations` says when it has waited long enough. View rows must be written.
    """
    if happened.is_empty or connection.execute(_ANY).first() is None:
        return
    _note_done(connection, happened.executed, wall)
    _note_refused(connection, happened, text, wall)
    _note_batches(connection, happened, text, wall)


def end_operations(
    connection: Connection,
    *,
    nonces: Sequence[tuple[int, int]],
    at: Cursor,
    texts: tuple[Callable[[int, int], str], Callable[[int, int, str | None], str]],
    wall: int,
) -> None:
    """Refuse for good what can no longer take effect, with its last reason if it has one.

    An operation ends when its nonce is used or void, or when its deadline lies before the second
    of the last block that was read. `texts` say `NonceUsed` of participant and nonce,
    `DeadlinePassed` of the two seconds and the last reason.
    """
    if connection.execute(_ANY_OPEN).first() is None:
        return
    nonce_used, deadline_passed = texts
    block, second = at.number, at.second
    ended = f"state IN ('{ACCEPTED}', '{SENT}', '{PARKED}')"
    update_rows(
        connection,
        f"UPDATE operations SET state = '{REFUSED}', refusal = coalesce(refusal, ?), "
        f"block = ?, updated_wall = ? WHERE participant = ? AND nonce = ? AND {ended}",
        [
            (nonce_used(participant, nonce), block, wall, participant, nonce.to_bytes(32, "big"))
            for participant, nonce in nonces
        ],
    )
    late = connection.execute(_LATE, {"second": second}).all()
    done = _note_known(connection, [one.digest for one in late if one.digest], wall)
    update_rows(
        connection,
        f"UPDATE operations SET state = '{REFUSED}', refusal = ?, "
        "block = ?, updated_wall = ? WHERE id = ?",
        [
            (deadline_passed(one.deadline, second, one.refusal), block, wall, one.id)
            for one in late
            if one.digest not in done
        ],
    )


def ended_between(connection: Connection, after: int, last: int) -> list[Ended]:
    """Operations that were done or refused for good in some blocks."""
    found = connection.execute(_ENDED, {"after": after, "last": last})
    return [Ended(*row) for row in found]


def forget_landings(connection: Connection, *, above: int, wall: int) -> int:
    """Take back what happened in blocks that are no longer on the chain; how many operations.

    Their transactions wait to be sent again with the same bytes. What was done or refused for good
    in those blocks stands in its transaction again if that waits, or is looked at again.
    """
    connection.execute(
        update(TRANSACTIONS).where(TRANSACTIONS.c.block > above).values(state=STORED, block=None)
    )
    gone = and_(OPERATIONS.c.block > above, OPERATIONS.c.state.in_((DONE, REFUSED)))
    is_waiting = exists().where(
        TRANSACTIONS.c.hash == OPERATIONS.c.transaction_hash,
        TRANSACTIONS.c.state.in_((STORED, TRANSACTION_SENT)),
    )
    again = {"refusal": None, "block": None, "updated_wall": wall}
    kept = connection.execute(
        update(OPERATIONS).where(gone, is_waiting).values(state=SENT, **again)
    )
    loose = connection.execute(
        update(OPERATIONS)
        .where(gone)
        .values(state=ACCEPTED, transaction_hash=None, tries=1, next_try_wall=0, **again)
    )
    return kept.rowcount + loose.rowcount


# ---- private


def _note_known(connection: Connection, digests: Iterable[bytes], wall: int) -> set[bytes]:
    """Mark as done what had taken effect before it was stored here, by another's transaction."""
    known = {one: found for one in digests if (found := find_executed(connection, one))}
    _note_done(connection, known, wall)
    return set(known)


def _note_done(
    connection: Connection, executed: Mapping[bytes, Landing | Executed], wall: int
) -> None:
    update_rows(
        connection,
        f"UPDATE operations SET state = '{DONE}', refusal = NULL, block = ?, "
        "transaction_hash = ?, updated_wall = ? WHERE digest = ?",
        [(one.block, one.transaction, wall, digest) for digest, one in executed.items()],
    )


def _note_refused(connection: Connection, happened: Happened, text: ReasonText, wall: int) -> None:
    standing = _standing(connection, happened)
    rows = []
    for digest, (tries, before, (_, reason)) in standing.items():
        again = wall + min(2**tries, TRY_AGAIN_SECONDS_MAX)
        rows.append((text(reason, before), tries + 1, again, wall, digest))
    update_rows(
        connection,
        f"UPDATE operations SET state = '{ACCEPTED}', refusal = ?, tries = ?, "
        "next_try_wall = ?, updated_wall = ? WHERE digest = ?",
        rows,
    )
    done = _note_known(connection, standing, wall)
    used = (
        f"EXISTS (SELECT 1 FROM {LIVE}nonces WHERE participant = operations.participant "
        "AND nonce = operations.nonce)"
    )
    update_rows(
        connection,
        f"UPDATE operations SET state = '{REFUSED}', block = ? WHERE digest = ? AND {used}",
        [
            (landing.block, digest)
            for digest, (_, _, (landing, _)) in standing.items()
            if digest not in done
        ],
    )


_Refused = tuple[int, str | None, tuple[Landing, bytes]]
"""Tries so far and their reason; where it was refused, and why."""


def _standing(connection: Connection, happened: Happened) -> dict[bytes, _Refused]:
    """The refused operations that stood in the very transaction.

    Anybody can have somebody's command refused in a transaction of his own: that changes nothing.
    """
    digests, found = sorted({digest for digest, _ in happened.refused}), dict[bytes, _Refused]()
    for start in range(0, len(digests), 400):
        rows = connection.execute(
            select(
                OPERATIONS.c.digest,
                OPERATIONS.c.tries,
                OPERATIONS.c.refusal,
                OPERATIONS.c.transaction_hash,
            ).where(
                OPERATIONS.c.digest.in_(digests[start : start + 400]), OPERATIONS.c.state == SENT
            )
        )
        for row in rows:
            refusal = happened.refused.get((row.digest, row.transaction_hash))
            if refusal is not None:
                found[row.digest] = int(row.tries), row.refusal, refusal
    return found


def _note_batches(connection: Connection, happened: Happened, text: ReasonText, wall: int) -> None:
    """Transactions are mined; items in them that nobody signed are done or refused for good."""
    update_rows(
        connection,
        f"UPDATE transactions SET state = '{MINED}', block = ? WHERE hash = ?",
        [(one.block, hash_) for hash_, one in happened.batches.items()],
    )
    for hash_, landing in happened.batches.items():
        items = connection.execute(
            select(TRANSACTION_ITEMS.c.place, OPERATIONS.c.id)
            .join(TRANSACTIONS, TRANSACTIONS.c.id == TRANSACTION_ITEMS.c.transaction_id)
            .join(OPERATIONS, OPERATIONS.c.id == TRANSACTION_ITEMS.c.operation_id)
            .where(
                TRANSACTIONS.c.hash == hash_,
                OPERATIONS.c.digest.is_(None),
                OPERATIONS.c.transaction_hash == hash_,
                OPERATIONS.c.state == SENT,
            )
        ).all()
        for place, id_ in items:
            reason = happened.unsigned_refused.get((hash_, place))
            state = DONE if reason is None else REFUSED
            connection.execute(
                update(OPERATIONS)
                .where(OPERATIONS.c.id == id_)
                .values(
                    state=state,
                    refusal=None if reason is None else text(reason, None),
                    block=landing.block,
                    updated_wall=wall,
                )
            )
