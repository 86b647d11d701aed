"""Amounts by their keys: what is small enough to be had at once."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from ledger.store.rows import VIEW_TABLES

__all__ = ["amounts", "kept_by_bank"]


def amounts(connection: Connection, view: str) -> dict[Any, int]:
    """Every value of a view that has one value by key."""
    table = VIEW_TABLES[view]
    rows = (tuple(row) for row in connection.execute(select(table.table)))
    return {table.key_of(row): int(table.read_back(row)) for row in rows}


def kept_by_bank(connection: Connection) -> Mapping[int, int]:
    """What each bank owes: its deposits and what it holds for payables."""
    found: dict[int, int] = {}
    for view in ("deposits", "holds"):
        for key, amount in amounts(connection, view).items():
            found[key[0]] = found.get(key[0], 0) + amount
    return found
