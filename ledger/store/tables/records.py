"""Private records: sealed, apart from the views, never rebuilt from the chain.

What stands here in clear is numbers, times and keyed hashes. Names, identifiers and texts are
sealed under a data key of the participant that they belong to; exact matches are found by an HMAC.
"""

from typing import Final

from sqlalchemy import Column, Index, Table

from ledger.store.metadata import METADATA, Bytes, Word, Words

__all__ = ["ACCESS", "KEYS", "MEMOS", "NAMES", "PROFILES", "REFERENCES"]

KEYS: Final = Table(
    "r_keys",
    METADATA,
    Column("owner", Word, primary_key=True, autoincrement=False),  # participant; 0 is the ledger
    Column("purpose", Words, primary_key=True),
    Column("wrapped", Bytes, nullable=False),  # name of the master key, then the sealed data key
    Column("made_wall", Word, nullable=False),
)

PROFILES: Final = Table(
    "r_profiles",
    METADATA,
    Column("participant", Word, primary_key=True, autoincrement=False),
    Column("sealed", Bytes, nullable=False),
    Column("uscc_index", Bytes, unique=True),
    Column("lei_index", Bytes, unique=True),
    Column("group_index", Bytes),
    Column("updated_wall", Word, nullable=False),
)

NAMES: Final = Table(
    "r_names",
    METADATA,
    Column("participant", Word, primary_key=True, autoincrement=False),
    Column("name_index", Bytes, primary_key=True),
)

MEMOS: Final = Table(
    "r_memos",
    METADATA,
    Column("commitment", Bytes, primary_key=True),
    Column("owner", Word, nullable=False),
    Column("kind", Words, nullable=False),
    Column("sealed", Bytes, nullable=False),
    Column("made_wall", Word, nullable=False),
)

REFERENCES: Final = Table(
    "r_references",
    METADATA,
    Column("owner", Word, primary_key=True, autoincrement=False),
    Column("reference_index", Bytes, primary_key=True),
    Column("sealed", Bytes, nullable=False),
    Column("source", Words, nullable=False),  # the operation, or import and row, that claimed it
    Column("payable", Word),  # known once it is issued
    Column("made_wall", Word, nullable=False),
)

ACCESS: Final = Table(
    "r_access",
    METADATA,
    Column("seq", Word, primary_key=True, autoincrement=False),  # from 1, without a gap
    Column("reader", Word, nullable=False),  # participant; 0 is the service itself
    Column("actor", Words, nullable=False),  # the session, key or task that asked
    Column("purpose", Words, nullable=False),
    Column("what", Words, nullable=False),
    Column("subjects", Words, nullable=False),  # ",1,3,": whose records were read
    Column("read_wall", Word, nullable=False),
    Column("link", Bytes, nullable=False),  # HMAC over the row and the link before it
    info={"grows_only": True},
)

Index(None, NAMES.c.name_index)
Index(None, PROFILES.c.group_index)
Index(None, REFERENCES.c.payable)
Index(None, ACCESS.c.reader, ACCESS.c.seq)
Index(None, REFERENCES.c.owner, REFERENCES.c.source)
