"""The journal of the embedded chain: how each of its blocks is made. Empty on a network."""

from typing import Final

from sqlalchemy import Column, Table

from ledger.store.metadata import METADATA, Bytes, Word

__all__ = ["JOURNAL"]

JOURNAL: Final = Table(
    "journal",
    METADATA,
    Column("number", Word, primary_key=True, autoincrement=False),
    Column("second", Word, nullable=False),
    Column("raw", Bytes, nullable=False),  # the transaction; empty for a block without one
    Column("hash", Bytes, nullable=False),
)
