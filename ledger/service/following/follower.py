"""The follower of the chain: the one writer of views, and of what has become of operations.

A block's rows, the cursor, the feed and the ends of operations are one transaction: whatever dies
and whenever, all of them are there or none.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from ledger.chain.deployment import Deployment
from ledger.chain.endpoint import Block, Endpoint
from ledger.model.canonical import canonical
from ledger.model.errors.store import ChainDiverged, EventUnreadable
from ledger.service.following.block_reader import BlockReader
from ledger.service.following.blocks import Stretch, Unsettled, stretch_of
from ledger.service.following.endings import tell_endings
from ledger.service.following.reading_ahead import ReadingAhead
from ledger.service.following.rebuild import recover
from ledger.service.following.stopping import ALARM, clear_stop, put_stop, stop_of
from ledger.service.intake.refusals import deadline_passed, nonce_used, reason_after
from ledger.service.running.collecting import uncollected
from ledger.service.running.crash_points import calling, writing
from ledger.store.cursor import (
    Cursor,
    add_blocks,
    blocks_from,
    cursor,
    move_cursor,
    put_setting,
    setting,
)
from ledger.store.database import Connection, Database
from ledger.store.feed import add_events, last_seq
from ledger.store.following import end_operations, note_happened
from ledger.store.state import CACHE_ROWS, SqlState

__all__ = ["Follower", "Following", "Progress"]

BLOCKS_MAX: Final = 1_000
"""Blocks in one transaction."""

EVENTS_MAX: Final = 10_000
"""Events that one transaction should hold: a few tenths of a second."""

_EVENTS_A_TRANSACTION: Final = 500
"""What is expected of a transaction before any was seen."""

Queue = Callable[[Connection, int, int], None]
"""Told within the transaction which numbers the feed got: after the first, up to the second."""


@dataclass(frozen=True, slots=True)
class Following:
    """How a follower follows."""

    confirmations: int = 0
    """Blocks that must stand on a block before it is read; none where the engine is final."""
    cache_rows: int = CACHE_ROWS
    """View rows that are kept in memory."""
    wall: Callable[[], float] = time.time
    """This machine's clock: it dates what is noted, and decides nothing."""
    queue: Queue | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far reading has come."""

    block: int
    """Everything stored is true at this block."""
    second: int
    """Its second."""
    head: int
    """The chain's last block, as the node told it."""
    behind: int
    """Blocks that could be read and are not yet."""
    event_count: int = 0
    """Events that this step read."""
    alarm: str | None = None
    """What is wrong, as canonical JSON, while the views are made anew."""
    stop: EventUnreadable | None = None
    """What the next block holds that cannot be read; reading stands before it."""

    @property
    def is_standing(self) -> bool:
        """Whether there is nothing left to read before what cannot be read."""
        return self.stop is not None and self.block >= self.stop.block - 1

    @property
    def is_caught_up(self) -> bool:
        """Whether everything is read that may be read."""
        return self.behind == 0 and self.alarm is None


class Follower:
    """Reads the chain's new blocks into the database, one step at a time."""

    def __init__(
        self,
        database: Database,
        endpoint: Endpoint,
        deployment: Deployment,
        *,
        following: Following = Following(),
    ) -> None:
        self._database, self._endpoint, self._deployment = database, endpoint, deployment
        self._addresses = list(deployment.addresses.values())
        self._following, self._wall = following, following.wall
        self._at: Cursor | None = None
        self._alarm: str | None = None
        self._stop: EventUnreadable | None = None
        self._state: SqlState | None = None
        self._ahead = ReadingAhead()
        self._events_a_transaction = _EVENTS_A_TRANSACTION

    def step(self) -> Progress:
        """Read the next stretch of blocks, if there is one.

        Raises what the endpoint and the database raise; nothing is read then. A chain that has
        another block than one that was read raises the alarm, and the next step makes all anew.
        Before a block that cannot be read it stands, and each step tries that block again.
        """
        with calling("head"):
            head = self._endpoint.head()
        at = self._place()
        try:
            if self._alarm is not None:
                return self._progress(self._recovered(at), head)
            stretch = self._ahead.take(at, self._target(head)) or self._next(at, head)
            if stretch is None:
                return self._progress(at, head)
            with uncollected(), self._ahead.asking(self._after(stretch, head)):
                at, count = self._written(at, stretch)
            return self._progress(at, head, count)
        except Unsettled:
            return self._progress(at, head)
        except ChainDiverged as fork:
            self._raise_alarm(fork)
            return self._progress(at, head)
        except EventUnreadable as stop:
            self._stand(stop)
            return self._progress(at, head)

    def forget(self) -> None:
        """Read the place and the rows from the database again."""
        self._at = self._state = self._alarm = self._stop = None
        self._ahead = ReadingAhead()

    def _progress(self, at: Cursor, head: Block, event_count: int = 0) -> Progress:
        behind = max(0, self._target(head) - max(at.number, self._deployment.first_block - 1))
        return Progress(
            at.number, at.second, head.number, behind, event_count, self._alarm, self._stop
        )

    # ---- reading

    def _place(self) -> Cursor:
        if self._at is None:
            with self._database.reading() as connection:
                self._at, self._alarm = cursor(connection), setting(connection, ALARM)
                self._stop = stop_of(connection)
        return self._at

    def _next(self, at: Cursor, head: Block) -> Stretch | None:
        """The next blocks with enough others upon them; None where there are none."""
        target = self._target(head)
        first = at.number + 1 if at.hash else self._deployment.first_block
        if target < first:
            self._check(at, head, target)
            return None
        if self._stop is not None:
            target = min(target, max(first, self._stop.block - 1))
        with calling("fetch"):
            return self._asked(first, target, at.hash)

    def _after(self, stretch: Stretch, head: Block) -> Callable[[], Stretch] | None:
        """What asks for the blocks behind a stretch, if there are any that may be read."""
        last, target = stretch.last, self._target(head)
        if last.number >= target or self._stop is not None:
            return None
        return partial(self._asked, last.number + 1, target, last.hash)

    def _asked(self, first: int, target: int, parent: bytes) -> Stretch:
        last = min(target, first + BLOCKS_MAX - 1)
        return stretch_of(
            self._endpoint,
            range(first, last + 1),
            self._addresses,
            parent=parent,
            transactions_max=max(1, EVENTS_MAX // self._events_a_transaction),
        )

    def _target(self, head: Block) -> int:
        """The last block that may be read."""
        return head.number - self._following.confirmations

    def _check(self, at: Cursor, head: Block, target: int) -> None:
        """A chain without anything new may be another one than was read."""
        if head.number == at.number and head.hash != at.hash:
            raise ChainDiverged(number=at.number, found=head.hash)
        if not at.hash or target == at.number:
            return
        with self._database.reading() as connection:
            known = blocks_from(connection, head.number, most=1)
        for one in known:
            with calling("fetch"):
                found = self._endpoint.block(one.number)
            if found is not None and found.hash != one.hash:
                raise ChainDiverged(number=one.number, found=found.hash)

    # ---- writing

    def _written(self, at: Cursor, stretch: Stretch) -> tuple[Cursor, int]:
        """Where reading stands after a stretch, and how many events it brought."""
        last = stretch.last
        to = Cursor(last.number, last.hash, last.second, at.epoch)
        self._at = None  # whatever happens next is read from the database, unless it is done
        state, self._state = self._state, None
        # Others may write meanwhile: only who moves the cursor changes the rows that are read here.
        with self._database.reading() as connection:
            if cursor(connection) != at:
                return at, 0  # somebody else follows, or has made the views anew
            if state is None:
                state = SqlState(connection, cache_rows=self._following.cache_rows)
            state.begin(connection)
            reader = BlockReader(state, seq=last_seq(connection))
            reader.read(stretch)
        with writing(self._database, "follow") as connection:
            self._database.lock(connection, "follow")
            if cursor(connection) != at:
                return at, 0
            state.begin(connection)
            state.flush()
            self._put_down(connection, reader, to)
        self._at, self._state = to, state
        if self._stop is not None and to.number >= self._stop.block:
            self._stop = None
        self._learn(stretch)
        tell_endings(self._database, reader.happened, after=at.number, last=to.number)
        return to, stretch.event_count

    def _put_down(self, connection: Connection, reader: BlockReader, to: Cursor) -> None:
        wall = int(self._wall())
        add_blocks(connection, reader.blocks)
        add_events(connection, reader.told)
        note_happened(connection, reader.happened, text=reason_after, wall=wall)
        end_operations(
            connection,
            nonces=reader.happened.nonces,
            at=to,
            texts=(nonce_used, deadline_passed),
            wall=wall,
        )
        if self._following.queue is not None and reader.told:
            self._following.queue(connection, reader.seq - len(reader.told), reader.seq)
        if self._stop is not None and to.number >= self._stop.block:
            clear_stop(connection)
        move_cursor(connection, to)

    def _learn(self, stretch: Stretch) -> None:
        """How many events to expect of a transaction."""
        if count := stretch.transaction_count:
            seen = -(-stretch.event_count // count)
            self._events_a_transaction = max(1, seen, self._events_a_transaction // 2)

    # ---- an event that cannot be read

    def _stand(self, stop: EventUnreadable) -> None:
        """Tell everybody; the blocks before it may still be read."""
        if self._stop is None or self._stop.values != stop.values:
            with writing(self._database, "alarm") as connection:
                put_stop(connection, stop)
        self._stop = stop

    # ---- another chain

    def _raise_alarm(self, fork: ChainDiverged) -> None:
        said = {"block": fork.number, "found": fork.found.hex(), "since_wall": int(self._wall())}
        alarm = canonical(said)
        with writing(self._database, "alarm") as connection:
            put_setting(connection, ALARM, alarm)
        self._alarm = alarm

    def _recovered(self, at: Cursor) -> Cursor:
        """Make the views anew up to the last block that both chains have, and go on from there."""
        try:
            found = recover(
                self._database,
                self._endpoint,
                self._deployment,
                cache_rows=self._following.cache_rows,
                wall=self._wall,
            )
        except ChainDiverged:
            return at  # it changed once more meanwhile; the alarm stands
        self.forget()
        return found
