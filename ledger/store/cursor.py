"""Where reading the chain stands, which blocks it read, and to which ledger a database belongs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy import Table, bindparam, delete, func, insert, select, update
from sqlalchemy.engine import Connection

from ledger.model.errors.store import DatabaseForeign
from ledger.store.tables.blocks import BLOCKS, CURSOR
from ledger.store.tables.settings import SETTINGS

__all__ = [
    "NOWHERE",
    "Cursor",
    "ReadBlock",
    "add_blocks",
    "belong_to",
    "block_count",
    "blocks_from",
    "cursor",
    "move_cursor",
    "nth_block",
    "put_setting",
    "setting",
    "start_anew",
]


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last block that was read. Everything stored is true at it."""

    number: int
    hash: bytes
    """Empty before the first block."""
    second: int
    """Chain second of the block."""
    epoch: int
    """How often the views were made anew."""


@dataclass(frozen=True, slots=True)
class ReadBlock:
    """A block with events that was read."""

    number: int
    hash: bytes
    parent: bytes
    second: int
    view_hash: bytes
    """Over all changes of view rows up to and with this block."""


NOWHERE: Final = Cursor(-1, b"", 0, 0)
"""Before anything was read."""

# Asked at every turn: made once, where making them takes as long as the answer.
_CURSOR: Final = select(CURSOR)
_MOVE: Final = update(CURSOR).values(
    {one: bindparam(one) for one in ("number", "hash", "second", "epoch")}
)
_SETTING: Final = select(SETTINGS.c.value).where(SETTINGS.c.key == bindparam("of"))


def cursor(connection: Connection) -> Cursor:
    """Where reading stands."""
    row = connection.execute(_CURSOR).first()
    return NOWHERE if row is None else Cursor(row.number, row.hash, row.second, row.epoch)


def move_cursor(connection: Connection, to: Cursor) -> None:
    """Say where reading stands now."""
    values = {"number": to.number, "hash": to.hash, "second": to.second, "epoch": to.epoch}
    if not connection.execute(_MOVE, values).rowcount:
        connection.execute(insert(CURSOR).values(id=1, **values))


def start_anew(connection: Connection, at: Cursor) -> None:
    """Set the cursor back with another epoch, so that whoever follows reads its rows again."""
    move_cursor(connection, Cursor(at.number, at.hash, at.second, cursor(connection).epoch + 1))


# ---- blocks


def add_blocks(
    connection: Connection, blocks: Sequence[ReadBlock], *, table: Table = BLOCKS
) -> None:
    """Remember blocks that were read."""
    if blocks:
        connection.execute(insert(table), [asdict(one) for one in blocks])


def blocks_from(connection: Connection, number: int, *, most: int) -> list[ReadBlock]:
    """Blocks at and below a number, the highest first."""
    found = connection.execute(
        select(BLOCKS).where(BLOCKS.c.number <= number).order_by(BLOCKS.c.number.desc()).limit(most)
    )
    return [ReadBlock(*one) for one in found]


def block_count(connection: Connection) -> int:
    """How many blocks with events were read."""
    return int(connection.execute(select(func.count()).select_from(BLOCKS)).scalar_one())


def nth_block(connection: Connection, place: int) -> ReadBlock:
    """A block with events by its place among them, from 0."""
    found = select(BLOCKS).order_by(BLOCKS.c.number).offset(place).limit(1)
    return ReadBlock(*connection.execute(found).one())


# ---- settings


def setting(connection: Connection, key: str) -> str | None:
    """A setting of the database as a whole."""
    found = connection.execute(_SETTING, {"of": key}).scalar()
    return None if found is None else str(found)


def put_setting(connection: Connection, key: str, value: str | None) -> None:
    """Keep a setting, or drop it."""
    connection.execute(delete(SETTINGS).where(SETTINGS.c.key == key))
    if value is not None:
        connection.execute(insert(SETTINGS).values(key=key, value=value))


def belong_to(connection: Connection, ledger: Mapping[str, str]) -> None:
    """Claim an empty database for a ledger; raises `DatabaseForeign` for another ledger's."""
    for key, expected in sorted(ledger.items()):
        found = setting(connection, key)
        if found is None:
            put_setting(connection, key, expected)
        elif found != expected:
            raise DatabaseForeign(setting=key, found=found, expected=expected)
