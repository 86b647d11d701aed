"""Statements of the data keys of the private records: wrapped ones in, wrapped ones out."""

from collections.abc import Collection
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, delete, insert, select, update

from ledger.store.tables.records import KEYS

__all__ = ["KeyRow", "add_key", "drop_keys", "every_key", "find_key", "rewrap"]


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A data key, wrapped."""

    owner: int
    purpose: str
    wrapped: bytes
    made_wall: int


def find_key(connection: Connection, owner: int, purpose: str) -> bytes | None:
    """A wrapped data key."""
    found: bytes | None = connection.scalar(
        select(KEYS.c.wrapped).where(KEYS.c.owner == owner, KEYS.c.purpose == purpose)
    )
    return found


def every_key(connection: Connection, owner: int | None = None) -> list[KeyRow]:
    """All wrapped data keys, or those of an owner."""
    asked = select(KEYS) if owner is None else select(KEYS).where(KEYS.c.owner == owner)
    rows = connection.execute(asked.order_by(KEYS.c.owner, KEYS.c.purpose))
    return [KeyRow(**row._mapping) for row in rows]


def add_key(connection: Connection, row: KeyRow) -> None:
    """Keep a new data key; its owner and purpose must not have one."""
    connection.execute(insert(KEYS), asdict(row))


def drop_keys(connection: Connection, owner: int, purposes: Collection[str]) -> None:
    """Forget keys of an owner: what only they open is lost."""
    connection.execute(delete(KEYS).where(KEYS.c.owner == owner, KEYS.c.purpose.in_(purposes)))


def rewrap(connection: Connection, owner: int, purpose: str, wrapped: bytes) -> None:
    """Keep a data key under another wrapping."""
    connection.execute(
        update(KEYS).where(KEYS.c.owner == owner, KEYS.c.purpose == purpose).values(wrapped=wrapped)
    )
