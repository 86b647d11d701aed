"""What belongs to the database as a whole: which chain and which deployment it follows."""

from typing import Final

from sqlalchemy import Column, Table

from ledger.store.metadata import METADATA, Words

__all__ = ["SETTINGS"]

SETTINGS: Final = Table(
    "settings",
    METADATA,
    Column("key", Words, primary_key=True),
    Column("value", Words, nullable=False),
)
