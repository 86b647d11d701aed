"""Transactions of the relayer keys: the bytes are stored before they are sent, and sent again."""

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint

from ledger.store.metadata import METADATA, Bytes, Word, Words

__all__ = ["FAILED", "MINED", "SENT", "STORED", "TRANSACTIONS", "TRANSACTION_ITEMS"]

STORED: Final = "stored"
SENT: Final = "sent"
MINED: Final = "mined"
FAILED: Final = "failed"

TRANSACTIONS: Final = Table(
    "transactions",
    METADATA,
    Column("id", Word, primary_key=True, autoincrement=True),
    Column("key_address", Words, nullable=False),
    Column("nonce", Word, nullable=False),
    Column("raw", Bytes, nullable=False),
    Column("hash", Bytes, nullable=False, unique=True),
    Column("gas", Word, nullable=False),
    Column("state", Words, nullable=False),
    Column("block", Word),
    Column("made_wall", Word, nullable=False),
    UniqueConstraint("key_address", "nonce"),
)

TRANSACTION_ITEMS: Final = Table(
    "transaction_items",
    METADATA,
    Column("transaction_id", Word, ForeignKey("transactions.id"), primary_key=True),
    Column("place", Word, primary_key=True, autoincrement=False),
    Column("operation_id", Words, ForeignKey("operations.id"), nullable=False),
)

Index(None, TRANSACTIONS.c.key_address, TRANSACTIONS.c.state, TRANSACTIONS.c.nonce)
Index(None, TRANSACTIONS.c.block)
Index(None, TRANSACTION_ITEMS.c.operation_id)
