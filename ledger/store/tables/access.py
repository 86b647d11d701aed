"""Who may ask at the door, what was answered first, and what a regulator has read.

Secrets are kept as their SHA-256 alone. Times are those of this machine: a session is no rule
of the ledger. `access_log` only grows; the engine itself refuses to change or remove a row of it.
"""

from typing import Final

from sqlalchemy import Column, Index, Table

from ledger.store.metadata import METADATA, Bytes, Json, Word, Words

__all__ = ["ACCESS_LOG", "API_KEYS", "FIRST_ANSWERS", "SESSIONS", "USED_CHALLENGES"]

USED_CHALLENGES: Final = Table(
    "used_challenges",
    METADATA,
    Column("challenge", Bytes, primary_key=True),
    Column("ends_wall", Word, nullable=False),
)
"""Challenges that were answered; one that has ended by itself need not be remembered."""

SESSIONS: Final = Table(
    "sessions",
    METADATA,
    Column("id", Words, primary_key=True),  # "ses_" and a ULID
    Column("secret_hash", Bytes, nullable=False, unique=True),
    Column("participant", Word, nullable=False),
    Column("signer", Word, nullable=False),
    Column("begun_wall", Word, nullable=False),
    Column("ends_wall", Word, nullable=False),
)

API_KEYS: Final = Table(
    "api_keys",
    METADATA,
    Column("id", Words, primary_key=True),  # "key_" and a ULID
    Column("secret_hash", Bytes, nullable=False, unique=True),
    Column("participant", Word, nullable=False),
    Column("signer", Word, nullable=False),  # who made it
    Column("label", Words, nullable=False),
    Column("scopes", Words, nullable=False),  # " read submit "
    Column("made_wall", Word, nullable=False),
    Column("ends_wall", Word, nullable=False),
    Column("revoked_wall", Word),
)

FIRST_ANSWERS: Final = Table(
    "first_answers",
    METADATA,
    Column("participant", Word, primary_key=True, autoincrement=False),
    Column("key", Words, primary_key=True),  # the client's Idempotency-Key
    Column("request_hash", Bytes, nullable=False),
    Column("status", Word, nullable=False),
    Column("location", Words, nullable=False),
    Column("body", Json, nullable=False),  # empty where it is sealed, or not known yet
    Column("made_wall", Word, nullable=False),
    Column("sealed", Bytes),  # the body of an answer that tells what is private
)

ACCESS_LOG: Final = Table(
    "access_log",
    METADATA,
    Column("seq", Word, primary_key=True, autoincrement=True),
    Column("read_wall", Word, nullable=False),
    Column("participant", Word, nullable=False),
    Column("actor", Words, nullable=False),  # id of the session or key
    Column("operation", Words, nullable=False),  # what was asked: the route's name
    Column("subject", Json, nullable=False),  # parameters of the address
    Column("purpose", Words, nullable=False),
    Column("trace_id", Words, nullable=False),
    info={"grows_only": True},
)

Index(None, USED_CHALLENGES.c.ends_wall)
Index(None, SESSIONS.c.ends_wall)
Index(None, API_KEYS.c.participant)
Index(None, FIRST_ANSWERS.c.made_wall)
Index(None, ACCESS_LOG.c.participant, ACCESS_LOG.c.seq)
Index(None, ACCESS_LOG.c.operation, ACCESS_LOG.c.seq)
