"""The views made anew from the ledger's first block, and taken over at one stroke.

Until then everybody reads the old rows. What makes them anew may die at any time: the next try
begins again.
"""

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from ledger.chain.deployment import Deployment
from ledger.chain.endpoint import Endpoint
from ledger.model.canonical import canonical
from ledger.model.errors.service import NodeFailed
from ledger.model.errors.store import ChainDiverged, DatabaseBusy
from ledger.service.following.block_reader import BlockReader
from ledger.service.following.blocks import Stretch, Unsettled, stretch_of
from ledger.service.following.stopping import ALARM, clear_stop
from ledger.service.running.crash_points import calling, writing
from ledger.store.cursor import (
    NOWHERE,
    Cursor,
    add_blocks,
    block_count,
    cursor,
    nth_block,
    put_setting,
    setting,
    start_anew,
)
from ledger.store.database import Connection, Database
from ledger.store.dump import dump_hash
from ledger.store.feed import EVERYBODY, add_events, first_seq_above, last_seq, participants_text
from ledger.store.following import forget_landings
from ledger.store.shadow import SHADOW, SHADOW_BLOCKS, drop_shadow, make_shadow, take_over
from ledger.store.state import CACHE_ROWS, SqlState

__all__ = ["REWOUND", "Rebuilt", "rebuild", "recover"]

MAKING: Final = "rebuild"
"""The setting that names whoever makes the views anew; a later one takes the work over."""

REWOUND: Final = "ChainRewound"
"""The feed's own event: events above its block are void, and others follow."""

BLOCKS_MAX: Final = 1_000
TRANSACTIONS_MAX: Final = 50
TRIES: Final = 5
"""How often a stretch of blocks is asked for whose answers do not fit together."""

Heard = Callable[[int, int], None]
"""Hears the last block that was read and the one to come to."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild found."""

    block: int
    """Up to which block."""
    event_count: int
    is_equal: bool
    """Whether the rows in use were the same, byte for byte."""


def rebuild(
    database: Database,
    endpoint: Endpoint,
    deployment: Deployment,
    *,
    heard: Heard = lambda *_: None,
    takes_over: bool = True,
) -> Rebuilt:
    """Read the chain from its first block into fresh tables and put them in place of the rows.

    A follower may go on meanwhile. Without `takes_over` the rows are only compared. Raises
    `ChainDiverged` where the chain is not the one that was followed, which the follower mends by
    itself, `EventUnreadable` for what this release cannot read, `DatabaseBusy` where another
    rebuild has begun since, and what the endpoint and the database raise.
    """
    with database.reading() as connection:
        goal = cursor(connection)
        before = dump_hash(connection)
    making = _Making(database, endpoint, deployment, heard)
    making.read_to(goal)
    with database.reading() as connection:
        is_equal = dump_hash(connection, prefix=SHADOW) == before
    while not _finished(database, making, goal, takes_over=takes_over):
        with database.reading() as connection:
            goal = cursor(connection)  # the follower has gone on
        making.read_to(goal)
    return Rebuilt(goal.number, making.event_count, is_equal)


def _finished(database: Database, making: "_Making", goal: Cursor, *, takes_over: bool) -> bool:
    with writing(database, "take over") as connection:
        database.lock(connection, "follow", waits=True)
        making.claim(connection)
        if not takes_over:
            drop_shadow(connection)
            return True
        if cursor(connection) != goal:
            return False
        take_over(connection)
        start_anew(connection, goal)
        return True


def recover(
    database: Database,
    endpoint: Endpoint,
    deployment: Deployment,
    *,
    cache_rows: int = CACHE_ROWS,
    wall: Callable[[], float],
) -> Cursor:
    """After a fork: make the views anew up to the last block that both chains have.

    Commands that took effect above it wait to be sent again, and the feed says that it was wound
    back. The follower goes on from there; the alarm ends.
    """
    goal = _common(database, endpoint)
    making = _Making(database, endpoint, deployment, lambda *_: None, cache_rows=cache_rows)
    making.read_to(goal)
    with writing(database, "take over") as connection:
        database.lock(connection, "follow", waits=True)
        making.claim(connection)
        take_over(connection)
        forget_landings(connection, above=goal.number, wall=int(wall()))
        _tell(connection, goal)
        start_anew(connection, goal)
        put_setting(connection, ALARM, None)
        clear_stop(connection)
        return cursor(connection)


def _common(database: Database, endpoint: Endpoint) -> Cursor:
    """The last block with events that the chain still has as it was read."""
    with database.reading() as connection:
        low, high = 0, block_count(connection)
    best = NOWHERE
    while low < high:
        middle = (low + high) // 2
        with database.reading() as connection:
            known = nth_block(connection, middle)
        with calling("fetch"):
            found = endpoint.block(known.number)
        if found is not None and found.hash == known.hash:
            low, best = middle + 1, Cursor(known.number, known.hash, known.second, 0)
        else:
            high = middle
    return best


def _tell(connection: Connection, goal: Cursor) -> None:
    """Say in the feed from which event on it is void."""
    seq = last_seq(connection) + 1
    void = first_seq_above(connection, goal.number) or seq
    data = canonical({"block": goal.number, "void_from": void})
    everybody = participants_text((EVERYBODY,))
    row = (seq, REWOUND, goal.number, goal.second, None, everybody, data, None)
    add_events(connection, [row])


class _Making:
    """Reads a chain into the fresh tables."""

    def __init__(
        self,
        database: Database,
        endpoint: Endpoint,
        deployment: Deployment,
        heard: Heard,
        *,
        cache_rows: int = CACHE_ROWS,
    ) -> None:
        self._database, self._endpoint, self._deployment = database, endpoint, deployment
        self._heard = heard
        self._at = NOWHERE
        self.event_count = 0
        self._token = secrets.token_hex(8)
        with writing(database, "rebuild") as connection:
            make_shadow(connection)
            put_setting(connection, MAKING, self._token)
            self._state = SqlState(connection, cache_rows=cache_rows, prefix=SHADOW)

    def claim(self, connection: Connection) -> None:
        """Go on only if nobody else has begun since: the fresh tables would be his."""
        self._database.lock(connection, MAKING)
        if setting(connection, MAKING) != self._token:
            raise DatabaseBusy()

    def read_to(self, goal: Cursor) -> None:
        """Read up to a block, which must be the one that is meant."""
        while self._at.number < goal.number:
            self._read(self._next(goal))
            self._heard(self._at.number, goal.number)
        if goal.hash and self._at.hash != goal.hash:
            raise ChainDiverged(number=goal.number, found=self._at.hash)

    def _next(self, goal: Cursor) -> Stretch:
        first = self._at.number + 1 if self._at.hash else self._deployment.first_block
        numbers = range(first, min(goal.number, first + BLOCKS_MAX - 1) + 1)
        addresses = list(self._deployment.addresses.values())
        for _ in range(TRIES):
            with suppress(Unsettled), calling("fetch"):
                return stretch_of(
                    self._endpoint,
                    numbers,
                    addresses,
                    parent=self._at.hash,
                    transactions_max=TRANSACTIONS_MAX,
                )
        raise NodeFailed(url=self._endpoint.name, problem="contradiction")

    def _read(self, stretch: Stretch) -> None:
        with writing(self._database, "rebuild") as connection:
            self.claim(connection)
            self._state.begin(connection)
            reader = BlockReader(self._state)
            reader.read_silently(stretch)
            self._state.flush()
            add_blocks(connection, reader.blocks, table=SHADOW_BLOCKS)
        last = stretch.last
        self._at = Cursor(last.number, last.hash, last.second, 0)
        self.event_count += stretch.event_count
