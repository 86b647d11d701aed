"""Statements about relayer transactions: nonces given once, bytes kept, items in their places."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

from sqlalchemy import Connection, func, insert, select, update

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
    "items_of",
    "mark_transactions",
    "next_nonce",
    "open_transactions",
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


def open_transactions(connection: Connection, key: str) -> list[Relayed]:
    """Transactions of a key that are in no block we have read, by their nonces."""
    statement = (
        select(*_COLUMNS)
        .where(TRANSACTIONS.c.key_address == key, TRANSACTIONS.c.state.in_((STORED, SENT)))
        .order_by(TRANSACTIONS.c.nonce)
    )
    return [Relayed(**row) for row in connection.execute(statement).mappings()]


def mark_transactions(connection: Connection, hashes: Sequence[bytes], state: str) -> None:
    """Note what has become of transactions that are on their way; others keep their state."""
    if hashes:
        connection.execute(
            update(TRANSACTIONS)
            .where(TRANSACTIONS.c.hash.in_(hashes), TRANSACTIONS.c.state.in_((STORED, SENT)))
            .values(state=state)
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
    statement = (
        select(*_COLUMNS)
        .where(TRANSACTIONS.c.key_address == key, TRANSACTIONS.c.state == FAILED, stands)
        .order_by(TRANSACTIONS.c.nonce)
    )
    return [Relayed(**row) for row in connection.execute(statement).mappings()]


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
