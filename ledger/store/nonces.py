"""Which numbers a participant's commands have used up."""

from typing import Final

from sqlalchemy import Connection, select

from ledger.store.rows import VIEW_TABLES
from ledger.store.tables.financing import QUOTES
from ledger.store.tables.operations import OPERATIONS

__all__ = ["COUNTED_MOST", "highest_nonce"]

COUNTED_MOST: Final = 2**63 - 1
"""Numbers above were drawn at random by whoever chose them; counting goes on below."""


def highest_nonce(connection: Connection, participant: int) -> int:
    """The highest counted number that is used, void, on its way or quoted; -1 if there is none."""
    most = COUNTED_MOST.to_bytes(32, "big")
    used = VIEW_TABLES["nonces"].table.c
    places = (
        (used.nonce, used.participant),
        (OPERATIONS.c.nonce, OPERATIONS.c.participant),
        (QUOTES.c.nonce, QUOTES.c.giver),
    )
    found = (
        # Not max(): PostgreSQL has none for bytes.
        select(nonce).where(owner == participant, nonce <= most).order_by(nonce.desc()).limit(1)
        for nonce, owner in places
    )
    highest = [connection.execute(one).scalar() for one in found]
    return max((int.from_bytes(one, "big") for one in highest if one is not None), default=-1)
