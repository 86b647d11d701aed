"""Statements about relayer transactions: nonces given once, bytes kept, items in their places."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Final

from sqlalchemy import Connection, bindparam, exists, func, insert, select, update

from ledger.store.operations import IS_DUE, Operation
from ledger.store.tables.operations import ACCEPTED, OPERATIONS
from ledger.store.tables.operations import SENT as OPERATION_SENT
from ledger.store.tables.settings import SETTINGS
from ledger.store.tables.transactions import (
    FAILED,
    SENT,
    STORED,
    TRANSACTION_ITEMS,
    TRANSACTIONS,
)

__all__ = [
    "Relayed",
    "Standing",
    "add_transaction",
    "count_from",
    "failed_transactions",
    "item_count",
    "items_of",
    "mark_failed",
    "mark_sent",
    "next_nonce",
    "open_transactions",
    "standing",
    "transactions_from",
]


@dataclass(frozen=True, slots=True)
class Relayed:
    """A transaction of a relayer key, as it is stored before it is sent."""

    id: int
    key_address: str
    nonce: int
    raw: bytes
    hash: bytes
    gas: int
    state: str
    block: int | None = None
    """Where it reverted, if it failed; none where its nonce was used by another."""


_COLUMNS: Final = tuple(TRANSACTIONS.c[field.name] for field in fields(Relayed))

# Asked at every step: made once.
_OF_KEY: Final = TRANSACTIONS.c.key_address == bindparam("key")
_STANDS: Final = exists().where(
    OPERATIONS.c.transaction_hash == TRANSACTIONS.c.hash, OPERATIONS.c.state == OPERATION_SENT
)
_FAILED: Final = (_OF_KEY, TRANSACTIONS.c.state == FAILED, _STANDS)
_STANDING: Final = select(
    exists().where(SETTINGS.c.key == bindparam("pause")),
    exists().where(_OF_KEY, TRANSACTIONS.c.state.in_((STORED, SENT))),
    exists().where(OPERATIONS.c.state == ACCEPTED, IS_DUE),
    exists().where(OPERATIONS.c.state == ACCEPTED, OPERATIONS.c.tries > 0, IS_DUE),
    exists().where(*_FAILED),
)
_FROM: Final = (
    select(*_COLUMNS)
    .where(_OF_KEY, TRANSACTIONS.c.nonce >= bindparam("nonce"))
    .order_by(TRANSACTIONS.c.nonce)
    .limit(bindparam("limit"))
)
_COUNT_FROM: Final = select(func.count()).where(_OF_KEY, TRANSACTIONS.c.nonce >= bindparam("nonce"))
# Without an order: SQLite would go through all that a key ever sent to have it.
_OPEN: Final = select(*_COLUMNS).where(
    _OF_KEY,
    TRANSACTIONS.c.state.in_((STORED, SENT)),
    TRANSACTIONS.c.nonce < bindparam("below"),
)


_HIGHEST: Final = select(func.max(TRANSACTIONS.c.nonce)).where(_OF_KEY)
_ADD: Final = insert(TRANSACTIONS).returning(TRANSACTIONS.c.id)
_ADD_ITEMS: Final = insert(TRANSACTION_ITEMS)
_MARK_SENT: Final = (
    update(TRANSACTIONS)
    .where(
        TRANSACTIONS.c.hash.in_(bindparam("hashes", expanding=True)),
        TRANSACTIONS.c.state == STORED,
    )
    .values(state=SENT)
)


def next_nonce(connection: Connection, key: str) -> int:
    """One more than the highest nonce that was ever given under a key; 0 for none."""
    highest: int | None = connection.execute(_HIGHEST, {"key": key}).scalar()
    return 0 if highest is None else highest + 1


def add_transaction(
    connection: Connection, made: Relayed, items: Sequence[str], *, wall: int
) -> None:
    """Store a transaction with its operations; `made.id` is not yet its own."""
    values = {
        "key_address": made.key_address,
        "nonce": made.nonce,
        "raw": made.raw,
        "hash": made.hash,
        "gas": made.gas,
        "state": STORED,
        "made_wall": wall,
    }
    number = connection.execute(_ADD, values).scalar_one()
    if items:
        connection.execute(
            _ADD_ITEMS,
            [
                {"transaction_id": number, "place": place, "operation_id": one}
                for place, one in enumerate(items)
            ],
        )


def open_transactions(connection: Connection, key: str, *, below: int) -> list[Relayed]:
    """Transactions of a key that are in no block we have read, under nonces below one; by nonce."""
    found = connection.execute(_OPEN, {"key": key, "below": below})
    return sorted((Relayed(**row) for row in found.mappings()), key=attrgetter("nonce"))


def transactions_from(connection: Connection, key: str, nonce: int, *, limit: int) -> list[Relayed]:
    """Transactions of a key from a nonce on, whatever we think has become of them."""
    found = connection.execute(_FROM, {"key": key, "nonce": nonce, "limit": limit})
    return [Relayed(**row) for row in found.mappings()]


def count_from(connection: Connection, key: str, nonce: int) -> int:
    """How many transactions of a key there are from a nonce on."""
    return int(connection.execute(_COUNT_FROM, {"key": key, "nonce": nonce}).scalar_one())


@dataclass(frozen=True, slots=True)
class Standing:
    """What there is to do for a key, in one look."""

    is_paused: bool
    has_open: bool
    """Transactions that are in no block we have read."""
    has_due: bool
    """Accepted operations that are to be tried now."""
    has_again: bool
    """Some of them were refused before."""
    has_failed: bool
    """Transactions that had no effect and still hold operations."""


def standing(connection: Connection, key: str, *, wall: int, latest: int, pause: str) -> Standing:
    """How it stands with a key; `pause` names the setting that stops sending."""
    values = {"key": key, "wall": wall, "latest": latest, "pause": pause}
    return Standing(*(bool(one) for one in connection.execute(_STANDING, values).one()))


def mark_sent(connection: Connection, hashes: Sequence[bytes]) -> None:
    """Note that a node has these transactions."""
    connection.execute(_MARK_SENT, {"hashes": list(hashes)})


def mark_failed(connection: Connection, hash_: bytes, block: int | None) -> None:
    """Note that a transaction had no effect: reverted in a block, or its nonce used by another."""
    connection.execute(
        update(TRANSACTIONS)
        .where(TRANSACTIONS.c.hash == hash_, TRANSACTIONS.c.state.in_((STORED, SENT)))
        .values(state=FAILED, block=block)
    )


def failed_transactions(connection: Connection, key: str) -> list[Relayed]:
    """Transactions of a key that had no effect while operations still stand in them."""
    statement = select(*_COLUMNS).where(*_FAILED).order_by(TRANSACTIONS.c.nonce)
    return [Relayed(**row) for row in connection.execute(statement, {"key": key}).mappings()]


def item_count(connection: Connection, made: Relayed) -> int:
    """How many operations a transaction was made of."""
    statement = select(func.count()).where(TRANSACTION_ITEMS.c.transaction_id == made.id)
    return int(connection.execute(statement).scalar_one())


def items_of(connection: Connection, made: Relayed) -> list[Operation]:
    """The operations that still stand in a transaction, in their order."""
    columns = tuple(OPERATIONS.c[field.name] for field in fields(Operation))
    statement = (
        select(*columns)
        .join(TRANSACTION_ITEMS, TRANSACTION_ITEMS.c.operation_id == OPERATIONS.c.id)
        .where(
            TRANSACTION_ITEMS.c.transaction_id == made.id,
            OPERATIONS.c.transaction_hash == made.hash,
            OPERATIONS.c.state == OPERATION_SENT,
        )
        .order_by(TRANSACTION_ITEMS.c.place)
    )
    if connection.dialect.name == "postgresql":
        statement = statement.with_for_update(of=OPERATIONS)
    return [Operation(**row) for row in connection.execute(statement).mappings()]
