"""Which invoices back a payable: found by the block in which it was issued."""

import json

from sqlalchemy import Connection, select

from ledger.store.lists import Is, rows_of
from ledger.store.tables.blocks import BLOCKS
from ledger.store.tables.events import EVENTS
from ledger.views.claim_rows import Payable
from ledger.views.party_rows import Invoice

__all__ = ["invoices_behind"]


def invoices_behind(connection: Connection, payable: Payable) -> list[Invoice]:
    """The invoices that a payable uses, with every use of each."""
    if not payable.invoices:
        return []
    first = _block_at(connection, payable.offered_at)
    last = _block_at(connection, payable.offered_at + 1) - 1
    used = select(EVENTS.c.data).where(
        EVENTS.c.block.between(first, last), EVENTS.c.kind == "InvoiceUsed"
    )
    said = [json.loads(data) for data in connection.execute(used).scalars()]
    prints = {one["fingerprint"] for one in said if one["payable_id"] == payable.id}
    wanted = tuple(bytes.fromhex(one[2:]) for one in sorted(prints))
    return list(rows_of(connection, "invoices", Is("fingerprint", wanted)))


def _block_at(connection: Connection, second: int) -> int:
    """The first number at or behind which every block is of this second or a later one."""
    low, high = 0, _last(connection) + 1
    while low < high:
        middle = (low + high) // 2
        behind = select(BLOCKS.c.second).where(BLOCKS.c.number >= middle)
        found = connection.execute(behind.order_by(BLOCKS.c.number).limit(1)).scalar()
        if found is None or found >= second:
            high = middle
        else:
            low = middle + 1
    return low


def _last(connection: Connection) -> int:
    last = select(BLOCKS.c.number).order_by(BLOCKS.c.number.desc()).limit(1)
    return int(connection.execute(last).scalar() or 0)
