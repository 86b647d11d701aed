"""A database that is really full, or really held by another process: nothing is lost by it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from ledger.model.errors import DatabaseBusy, DatabaseFailed
from ledger.store import database as store
from ledger.store.database import Database
from tests.databases import database_url
from tests.service.rig import Rig

BUSY_MILLISECONDS = 20
ROOM_PAGES = 2


class Disk:
    """A SQLite file whose room a test sets."""

    def __init__(self, url: str) -> None:
        self.engine = store._sqlite(store.make_url(url))
        self.path = Path(url.removeprefix("sqlite:///"))
        self.is_full = False
        event.listen(self.engine, "begin", self._begin)

    def _begin(self, connection: Any) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        most = pages + ROOM_PAGES if self.is_full else 2**30
        connection.exec_driver_sql(f"PRAGMA max_page_count={most}")
        connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Another process writes and does not end."""
        other = sqlite3.connect(self.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")
            other.close()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with database_url("sqlite", tmp_path) as url:
        found = Disk(url)
        yield found
        found.engine.dispose()


@pytest.fixture
def rig(disk: Disk) -> Rig:
    return Rig(Database(disk.engine))


def test_full_disk_refuses_and_keeps_what_was_acknowledged(rig: Rig, disk: Disk) -> None:
    acknowledged = rig.taken(*[rig.issue(2, 1, one) for one in range(3)])
    disk.is_full = True
    with pytest.raises(DatabaseFailed, match="full"):
        rig.submit(*[rig.issue(2, 10, 100 + one) for one in range(60)])
    assert rig.outbox.counts() == {"accepted": 3}
    for _ in range(3):
        rig.relay()
        rig.now += 1
    disk.is_full = False
    acknowledged += rig.taken(*[rig.issue(2, 10, 100 + one) for one in range(60)])
    rig.rounds(12)
    assert set(rig.states(acknowledged)) == {"done"}
    assert rig.chain.ledger.deposits == {2: 603}


def test_full_disk_stops_the_follower_until_there_is_room(rig: Rig, disk: Disk) -> None:
    operations = rig.taken(*[rig.issue(2, 1, one) for one in range(60)])
    rig.relay()
    rig.chain.mine()
    disk.is_full = True
    with pytest.raises(DatabaseFailed, match="full"):
        rig.follow()
    assert set(rig.states(operations)) == {"sent"}
    disk.is_full = False
    rig.follow()
    assert set(rig.states(operations)) == {"done"}


def test_held_database_is_waited_for_and_nothing_is_lost(rig: Rig, disk: Disk) -> None:
    operations = rig.taken(rig.issue(2, 1, 1))
    with disk.held():
        with pytest.raises(DatabaseBusy):
            rig.submit(rig.issue(2, 10, 2))
        [lane] = rig.relay()
        assert isinstance(lane.problem, DatabaseBusy)
        assert rig.states(operations) == ["accepted"]  # reading does not wait
    rig.now += 1
    operations += rig.taken(rig.issue(2, 10, 2))
    rig.rounds(3)
    assert rig.states(operations) == ["done", "done"]
    assert rig.chain.ledger.deposits == {2: 11}
