"""Operations: every signed command that the service answered for, from acceptance to its end.

`accepted` waits for a batch, `sent` stands in a stored transaction, `done` took effect, `refused`
is final, `parked` is poison that an operator may release. A refusal on chain sets a sent operation
back to `accepted` with the last reason, until its deadline has passed or its nonce is used.
"""

from typing import Final

from sqlalchemy import Column, Index, Table, text

from ledger.store.metadata import METADATA, Bytes, Json, Word, Words

__all__ = ["ACCEPTED", "DONE", "OPERATIONS", "PARKED", "REFUSED", "SENT", "STATES"]

ACCEPTED: Final = "accepted"
SENT: Final = "sent"
DONE: Final = "done"
REFUSED: Final = "refused"
PARKED: Final = "parked"

STATES: Final = (ACCEPTED, SENT, DONE, REFUSED, PARKED)

OPERATIONS: Final = Table(
    "operations",
    METADATA,
    Column("id", Words, primary_key=True),  # "op_" and a ULID
    Column("digest", Bytes, unique=True),  # the trace id; null for acts that nobody signs
    Column("participant", Word, nullable=False),
    Column("nonce", Bytes),  # 32 bytes
    Column("verb", Words, nullable=False),
    Column("desk", Words, nullable=False),
    Column("call", Bytes, nullable=False),
    Column("command", Json, nullable=False),
    Column("signed", Json, nullable=False),  # what was posted
    Column("state", Words, nullable=False),
    Column("refusal", Json),  # the last one, with one before it that says more
    Column("deadline", Word, nullable=False),  # chain second
    Column("external_reference", Words),
    Column("reference_key", Words),  # what its spellings share
    Column("accepted_wall", Word, nullable=False),
    Column("updated_wall", Word, nullable=False),
    Column("block", Word),  # in which it was done, or refused for good
    Column("transaction_hash", Bytes),
    Column("tries", Word, nullable=False, server_default=text("0")),
    Column("next_try_wall", Word, nullable=False, server_default=text("0")),
    Column("payable", Word),  # of an act that nobody signs
)

Index(None, OPERATIONS.c.state, OPERATIONS.c.next_try_wall, OPERATIONS.c.id)
Index(None, OPERATIONS.c.participant, OPERATIONS.c.id)
Index(None, OPERATIONS.c.participant, OPERATIONS.c.nonce)
Index(None, OPERATIONS.c.reference_key, OPERATIONS.c.participant, OPERATIONS.c.id)
Index(None, OPERATIONS.c.block)

_IS_ABOUT: Final = OPERATIONS.c.payable.is_not(None)
Index(None, OPERATIONS.c.payable, sqlite_where=_IS_ABOUT, postgresql_where=_IS_ABOUT)
