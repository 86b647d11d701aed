"""Which numbers a participant's commands have used up."""

from typing import Final

from sqlalchemy import Connection, func, select

from ledger.store.rows import VIEW_TABLES
from ledger.store.tables.operations import OPERATIONS

__all__ = ["COUNTED_MOST", "highest_nonce"]

COUNTED_MOST: Final = 2**63 - 1
"""Numbers above were drawn at random by whoever chose them; counting goes on below."""


def highest_nonce(connection: Connection, participant: int) -> int:
    """The highest counted number that is used, void or on its way; -1 where there is none."""
    most = COUNTED_MOST.to_bytes(32, "big")
    used = VIEW_TABLES["nonces"].table
    found = (
        select(func.max(table.c.nonce)).where(
            table.c.participant == participant, table.c.nonce <= most
        )
        for table in (used, OPERATIONS)
    )
    highest = [connection.execute(one).scalar() for one in found]
    return max((int.from_bytes(one, "big") for one in highest if one is not None), default=-1)
