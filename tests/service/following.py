"""Following a chain to its end, and what is stored then."""

from typing import Any

from sqlalchemy import text

from ledger.service.following.follower import Follower, Progress
from ledger.store.cursor import cursor
from ledger.store.database import Database
from ledger.store.dump import dump
from ledger.store.feed import FeedEvent, events_after
from ledger.store.state import SqlState
from ledger.views import Entry, Projection
from tests.service.recorded_chain import RecordedChain
from tests.store.test_state import contents

__all__ = ["feed", "follow", "stored", "views_of", "views_told"]


def follow(follower: Follower) -> Progress:
    """Step until there is nothing more to read."""
    for _ in range(10_000):
        progress = follower.step()
        if not progress.behind and progress.alarm is None:
            return progress
    raise AssertionError("it never catches up")


def stored(database: Database) -> dict[str, Any]:
    """All that following has written."""
    with database.reading() as connection:
        blocks = connection.execute(text("SELECT * FROM blocks ORDER BY number")).all()
        feed = connection.execute(text("SELECT * FROM events ORDER BY seq")).all()
        at = cursor(connection)
        return {
            "rows": b"".join(dump(connection)),
            "blocks": [tuple(one) for one in blocks],
            "feed": [tuple(one) for one in feed],
            "cursor": (at.number, at.hash, at.second),
        }


def feed(database: Database, **wanted: Any) -> list[FeedEvent]:
    with database.reading() as connection:
        return events_after(connection, 0, limit=100_000, **wanted)


def views_of(database: Database) -> dict[str, Any]:
    with database.reading() as connection:
        return contents(SqlState(connection))


def views_told(chain: RecordedChain) -> dict[str, Any]:
    """The views in memory of what a chain holds."""
    views = Projection()
    for block in chain.made:
        for one in chain.events[block.number]:
            views.apply(
                Entry(
                    one.name, one.values, one.contract, one.block, one.index, one.transaction,
                    block.second,
                )
            )  # fmt: skip
    return contents(views.state)
