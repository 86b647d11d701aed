"""The financing desk: what suppliers ask for, what is refused, and the quotes that are given.

Nothing of it is on the chain before a quote is taken. What has become of a request or of a quote is
not written here: it follows from the views and the time. Times are chain seconds.
"""

from typing import Final

from sqlalchemy import Column, Index, Table, text

from ledger.store.metadata import METADATA, Bytes, Json, Word, Words

__all__ = ["QUOTES", "REFUSALS", "REQUESTS"]

REQUESTS: Final = Table(
    "financing_requests",
    METADATA,
    Column("id", Words, primary_key=True),  # "frq_" and a ULID
    Column("participant", Word, nullable=False),  # the holder, who asks
    Column("asked", Words, nullable=False),  # ",4,5,": who is asked
    Column("kinds", Words, nullable=False),  # " sale pledge "
    Column("voucher", Word, nullable=False),
    Column("start", Word, nullable=False),
    Column("end", Word, nullable=False),
    Column("amount", Word, nullable=False),  # a part from the low end
    Column("documents", Json, nullable=False),  # commitments of what the holder can show
    Column("until", Word, nullable=False),
    Column("made", Word, nullable=False),
    Column("made_wall", Word, nullable=False),
    Column("withdrawn", Word, nullable=False, server_default=text("0")),
)

REFUSALS: Final = Table(
    "financing_refusals",
    METADATA,
    Column("request", Words, primary_key=True),
    Column("participant", Word, primary_key=True, autoincrement=False),
    Column("reason", Words, nullable=False),
    Column("refused", Word, nullable=False),
)

QUOTES: Final = Table(
    "quotes",
    METADATA,
    Column("id", Words, primary_key=True),  # "quo_" and a ULID
    Column("digest", Bytes, nullable=False, unique=True),
    Column("kind", Words, nullable=False),  # the struct's name
    Column("request", Words, nullable=False),
    Column("giver", Word, nullable=False),
    Column("taker", Word, nullable=False),
    Column("voucher", Word, nullable=False),
    Column("start", Word, nullable=False),
    Column("end", Word, nullable=False),
    Column("amount", Word, nullable=False),
    Column("nonce", Bytes, nullable=False),  # the giver's number
    Column("deadline", Word, nullable=False),
    Column("signed", Json, nullable=False),  # command, message and approvals
    Column("given", Word, nullable=False),
    Column("given_wall", Word, nullable=False),
)

Index(None, REQUESTS.c.participant, REQUESTS.c.id)
Index(None, REQUESTS.c.until)
Index(None, QUOTES.c.request)
Index(None, QUOTES.c.giver, QUOTES.c.id)
Index(None, QUOTES.c.giver, QUOTES.c.nonce)
Index(None, QUOTES.c.taker, QUOTES.c.id)
