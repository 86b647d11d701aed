"""Webhooks: where participants want to be told, what is to be delivered, and how each try went.

The address and the secrets of an endpoint are sealed like records. What a message says is not
stored: it is made from the feed's event when it is sent. Times are this machine's.
"""

from typing import Final

from sqlalchemy import Column, Index, Table, UniqueConstraint, text

from ledger.store.metadata import METADATA, Bytes, Word, Words

__all__ = ["ATTEMPTS", "DELIVERIES", "ENDPOINTS"]

ENDPOINTS: Final = Table(
    "webhook_endpoints",
    METADATA,
    Column("id", Words, primary_key=True),  # "whk_" and a ULID
    Column("participant", Word, nullable=False),
    Column("sealed", Bytes, nullable=False),  # its address and its secrets
    Column("label", Words, nullable=False),
    Column("kinds", Words, nullable=False),  # " PayoutOpened VoucherOffered "; "" for all
    Column("state", Words, nullable=False),
    Column("failures", Word, nullable=False, server_default=text("0")),  # in a row
    Column("rests_until_wall", Word, nullable=False, server_default=text("0")),
    Column("made_wall", Word, nullable=False),
    Column("updated_wall", Word, nullable=False),
)

DELIVERIES: Final = Table(
    "webhook_deliveries",
    METADATA,
    Column("id", Words, primary_key=True),  # the webhook-id: the same at every try
    Column("endpoint", Words, nullable=False),
    Column("seq", Word),  # number of the feed's event; null for a test
    Column("state", Words, nullable=False),
    Column("tries", Word, nullable=False, server_default=text("0")),
    Column("next_try_wall", Word, nullable=False),
    Column("made_wall", Word, nullable=False),
    Column("ended_wall", Word),
    UniqueConstraint("endpoint", "seq"),
)

ATTEMPTS: Final = Table(
    "webhook_attempts",
    METADATA,
    Column("delivery", Words, primary_key=True),
    Column("number", Word, primary_key=True, autoincrement=False),
    Column("begun_wall", Word, nullable=False),
    Column("milliseconds", Word, nullable=False),
    Column("status", Word),  # null where no answer came
    Column("problem", Words),
)

Index(None, ENDPOINTS.c.participant, ENDPOINTS.c.id)
Index(None, DELIVERIES.c.state, DELIVERIES.c.next_try_wall)
Index(None, DELIVERIES.c.endpoint, DELIVERIES.c.state, DELIVERIES.c.next_try_wall)
Index(None, DELIVERIES.c.ended_wall)
