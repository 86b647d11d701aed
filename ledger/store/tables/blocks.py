"""Blocks with events, each with a hash over all changes of rows up to it; where reading stands."""

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
"""Blocks that hold an event of the ledger; the others change nothing but the time."""

CURSOR: Final = Table(
    "cursor",
    METADATA,
    Column("id", Word, primary_key=True, autoincrement=False),
    Column("number", Word, nullable=False),
    Column("hash", Bytes, nullable=False),
    Column("second", Word, nullable=False),
    Column("epoch", Word, nullable=False),  # counts how often the views were made anew
    CheckConstraint("id = 1", name="one_row"),
)
