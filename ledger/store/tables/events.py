"""The feed of events: one row per event of the ledger, numbered without a gap."""

from typing import Final

from sqlalchemy import Column, Index, Table, text

from ledger.store.metadata import METADATA, Bytes, Json, Word, Words

__all__ = ["EVENTS", "OWN"]

EVENTS: Final = Table(
    "events",
    METADATA,
    Column("seq", Word, primary_key=True, autoincrement=False),  # from 1; the follower counts
    Column("kind", Words, nullable=False),
    Column("block", Word, nullable=False),
    Column("second", Word, nullable=False),
    Column("digest", Bytes),  # the command whose effect it is
    Column("participants", Words, nullable=False),  # ",1,3,": whom it concerns; "," for nobody
    Column("data", Json, nullable=False),
    Column("payable", Word),  # on which it lies, if on one
)

Index(None, EVENTS.c.block)

OWN: Final = "kind IN ('CommandExecuted', 'ItemRefused', 'StandingOfferUsed')"
"""Events that name a command themselves. All others of a command lie behind one in its block.

Said without bound values, so that an engine knows that the index has what is asked for.
"""

Index(None, EVENTS.c.digest, sqlite_where=text(OWN), postgresql_where=text(OWN))
_LIES = EVENTS.c.payable.is_not(None)
Index(None, EVENTS.c.payable, EVENTS.c.seq, sqlite_where=_LIES, postgresql_where=_LIES)
