"""Blocks that were read, each with a hash over all view rows up to it, and where reading stands."""

from typing import Final

from sqlalchemy import CheckConstraint, Column, Table

from ledger.store.metadata import METADATA, Bytes, Word

__all__ = ["BLOCKS", "CURSOR"]

BLOCKS: Final = Table(
    "blocks",
    METADATA,
    Column("number", Word, primary_key=True, autoincrement=False),
    Column("hash", Bytes, nullable=False),
    Column("parent", Bytes, nullable=False),
    Column("second", Word, nullable=False),
    Column("view_hash", Bytes, nullable=False),
)
"""Blocks that changed a row, and the last ones whatever they hold."""

CURSOR: Final = Table(
    "cursor",
    METADATA,
    Column("id", Word, primary_key=True, autoincrement=False),
    Column("number", Word, nullable=False),
    Column("hash", Bytes, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)
