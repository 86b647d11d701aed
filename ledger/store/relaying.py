"""Statements about relayer transactions: nonces given once, bytes kept, items in their places."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from ledger.store.operations import Operation
from ledger.store.tables.operations import OPERATIONS
from ledger.store.tables.operations import SENT as OPERATION_SENT
from ledger.store.tables.transactions import (
    FAILED,
    SENT,
    STORED,
    TRANSACTION_ITEMS,
    TRANSACTIONS,
)

__all__ = [
    "Relayed",
    "add_transaction",
    "failed_transactions",
    "has_open_transactions",
    "items_of",
    "mark_failed",
    "mark_sent",
    "next_nonce",
    "open_transactions",
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


_COLUMNS: Final = tuple(TRANSACTIONS.c[field.name] for field in fields(Relayed))


def next_nonce(connection: Connection, key: str) -> int:
    """One more than the highest nonce that was ever given under a key; 0 for none."""
    statement = select(func.max(TRANSACTIONS.c.nonce)).where(TRANSACTIONS.c.key_address == key)
    highest: int | None = connection.execute(statement).scalar()
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
    found = connection.execute(insert(TRANSACTIONS).values(**values).returning(TRANSACTIONS.c.id))
    number = found.scalar_one()
    if items:
        connection.execute(
            insert(TRANSACTION_ITEMS),
            [
                {"transaction_id": number, "place": place, "operation_id": one}
                for place, one in enumerate(items)
            ],
        )


def open_transactions(connection: Connection, key: str, *, below: int) -> list[Relayed]:
    """Transactions of a key that are in no block we have read, under nonces below one."""
    return _found(
        connection,
        TRANSACTIONS.c.key_address == key,
        TRANSACTIONS.c.state.in_((STORED, SENT)),
        TRANSACTIONS.c.nonce < below,
    )


def transactions_from(connection: Connection, key: str, nonce: int, *, limit: int) -> list[Relayed]:
    """Transactions of a key from a nonce on, whatever we think has become of them."""
    wanted = (TRANSACTIONS.c.key_address == key, TRANSACTIONS.c.nonce >= nonce)
    return _found(connection, *wanted, limit=limit)


def has_open_transactions(connection: Connection, key: str) -> bool:
    """Whether any transaction of a key is in no block we have read."""
    statement = (
        select(TRANSACTIONS.c.id)
        .where(TRANSACTIONS.c.key_address == key, TRANSACTIONS.c.state.in_((STORED, SENT)))
        .limit(1)
    )
    return connection.execute(statement).first() is not None


def mark_sent(connection: Connection, hashes: Sequence[bytes]) -> None:
    """Note that a node has these transactions."""
    connection.execute(
        update(TRANSACTIONS)
        .where(TRANSACTIONS.c.hash.in_(hashes), TRANSACTIONS.c.state == STORED)
        .values(state=SENT)
    )


def mark_failed(connection: Connection, hash_: bytes, block: int | None) -> None:
    """Note that a transaction had no effect: reverted in a block, or its nonce used by another."""
    connection.execute(
        update(TRANSACTIONS)
        .where(TRANSACTIONS.c.hash == hash_, TRANSACTIONS.c.state.in_((STORED, SENT)))
        .values(state=FAILED, block=block)
    )


def failed_transactions(connection: Connection, key: str) -> list[Relayed]:
    """Transactions of a key that had no effect while operations still stand in them."""
    stands = (
        select(OPERATIONS.c.id)
        .where(
            OPERATIONS.c.transaction_hash == TRANSACTIONS.c.hash,
            OPERATIONS.c.state == OPERATION_SENT,
        )
        .exists()
    )
    wanted = (TRANSACTIONS.c.key_address == key, TRANSACTIONS.c.state == FAILED)
    return _found(connection, *wanted, stands)


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


def _found(
    connection: Connection, *wanted: ColumnElement[bool], limit: int | None = None
) -> list[Relayed]:
    statement = select(*_COLUMNS).where(*wanted).order_by(TRANSACTIONS.c.nonce).limit(limit)
    return [Relayed(**row) for row in connection.execute(statement).mappings()]
