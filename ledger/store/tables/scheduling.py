"""What the scheduler has asked for and found: errands, settlement runs, reminders.

All of it follows from the views and may be found again; what stands here keeps it from being asked
for twice. Days and seconds are the chain's.
"""

from typing import Final

from sqlalchemy import Column, Index, Table

from ledger.store.metadata import METADATA, Word, Words
from ledger.store.tables.operations import OPERATIONS

__all__ = ["ERRANDS", "PROPOSALS", "REMINDERS", "RUNS", "RUN_ITEMS", "RUN_PAYOUTS"]

PROPOSALS: Final = ("proposeRecovery", "proposeVersion")
"""Verbs that begin what somebody has to complete after a delay."""

ERRANDS: Final = Table(
    "errands",
    METADATA,
    Column("key", Words, primary_key=True),  # what is to be done once: "lapse 12"
    Column("operation", Words, nullable=False),
    Column("asked_wall", Word, nullable=False),
)

RUNS: Final = Table(
    "settlement_runs",
    METADATA,
    Column("payable", Word, primary_key=True, autoincrement=False),
    Column("first_payment", Word, primary_key=True, autoincrement=False),
    Column("payments", Word, nullable=False),  # the number behind its last payment
    Column("state", Words, nullable=False),
    Column("expected", Word, nullable=False),
    Column("received", Word, nullable=False),
    Column("distributed", Word, nullable=False),
    Column("left_amount", Word, nullable=False),  # the shares of vouchers that are left or frozen
    Column("vouchers_done", Word, nullable=False),
    Column("vouchers_left", Word, nullable=False),
    Column("vouchers_frozen", Word, nullable=False),
    Column("begun", Word, nullable=False),
    Column("ended", Word),
    Column("block", Word, nullable=False),  # its figures are true at it
)
"""One row for the payments of a payable that are distributed together."""

RUN_ITEMS: Final = Table(
    "settlement_items",
    METADATA,
    Column("voucher", Word, primary_key=True, autoincrement=False),
    Column("payments", Word, primary_key=True, autoincrement=False),  # to be distributed to it
    Column("operation", Words, nullable=False),
    Column("tries", Word, nullable=False),
)
"""Which operation brings a voucher up to how many payments: one at a time, and never two."""

RUN_PAYOUTS: Final = Table(
    "settlement_payouts",
    METADATA,
    Column("payout", Word, primary_key=True, autoincrement=False),
    Column("payable", Word, nullable=False),
    Column("first_payment", Word, nullable=False),
    Column("block", Word, nullable=False),
)
"""The lines of payment proposals: which run a payout belongs to."""

REMINDERS: Final = Table(
    "reminders",
    METADATA,
    Column("payable", Word, primary_key=True, autoincrement=False),
    Column("stage", Words, primary_key=True),
    Column("block", Word, nullable=False),
)

_is_proposal = OPERATIONS.c.verb.in_(PROPOSALS)
Index(
    "ix_operations_proposals",
    OPERATIONS.c.verb,
    sqlite_where=_is_proposal,
    postgresql_where=_is_proposal,
)
Index(None, ERRANDS.c.operation)
Index(None, RUNS.c.state)
Index(None, RUN_ITEMS.c.operation)
Index(None, RUN_PAYOUTS.c.payable, RUN_PAYOUTS.c.first_payment)
