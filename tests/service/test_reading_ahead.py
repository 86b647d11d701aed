"""What is read ahead is what would have been read next, or nothing."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from ledger.chain.codec import Event
from ledger.model.errors.service import NodeFailed
from ledger.service.following import follower as module
from ledger.service.following.blocks import stretch_of
from ledger.service.following.follower import Follower
from ledger.service.following.reading_ahead import ReadingAhead
from ledger.store.cursor import NOWHERE, Cursor
from ledger.store.database import Database
from tests.event_streams import book_stream
from tests.service.following import follow, views_of, views_told
from tests.service.recorded_chain import RecordedChain


@dataclass
class Watched(RecordedChain):
    """Remembers which threads asked for events; fails for those that read ahead if told so."""

    threads: list[str] = field(default_factory=list)
    fails_ahead: bool = False

    def logs(self, first: int, last: int, addresses: Sequence[str]) -> list[Event]:
        name = threading.current_thread().name
        self.threads.append(name)
        if self.fails_ahead and name.startswith("ahead"):
            raise NodeFailed(url=self.name, problem="not now")
        return super().logs(first, last, addresses)


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch) -> Watched:
    monkeypatch.setattr(module, "BLOCKS_MAX", 4)
    found = Watched.of(book_stream(3))
    assert isinstance(found, Watched)
    return found


def test_all_but_the_first_stretch_are_read_ahead(database: Database, chain: Watched) -> None:
    follow(Follower(database, chain, chain.deployment))
    first, *others = chain.threads
    assert first == threading.current_thread().name
    assert len(others) > 3
    assert all(one.startswith("ahead") for one in others)
    assert not [one for one in threading.enumerate() if one.name.startswith("ahead")]
    assert views_of(database) == views_told(chain)


def test_failure_ahead_is_nobodys_and_the_stretch_is_asked_for_again(
    database: Database, chain: Watched
) -> None:
    chain.fails_ahead = True
    follow(Follower(database, chain, chain.deployment))
    assert threading.current_thread().name in chain.threads[1:]
    assert views_of(database) == views_told(chain)


class TestTaking:
    @pytest.fixture
    def ahead(self, chain: Watched) -> ReadingAhead:
        found = ReadingAhead()
        with found.asking(lambda: stretch_of(chain, range(4, 6), (), transactions_max=99)):
            pass
        return found

    def test_what_follows_is_taken_once(self, chain: Watched, ahead: ReadingAhead) -> None:
        at = Cursor(3, chain.made[3].hash, 0, 0)
        found = ahead.take(at, 5)
        assert found is not None
        assert [one.number for one in found.blocks] == [4, 5]
        assert ahead.take(at, 5) is None

    @pytest.mark.parametrize(("at", "target"), [(3, 4), (2, 9), (4, 9)])
    def test_what_goes_too_far_or_follows_another_block_is_left(
        self, chain: Watched, ahead: ReadingAhead, at: int, target: int
    ) -> None:
        assert ahead.take(Cursor(at, chain.made[at].hash, 0, 0), target) is None

    def test_nothing_follows_where_nothing_was_read(self, ahead: ReadingAhead) -> None:
        assert ahead.take(NOWHERE, 9) is None
        with ahead.asking(None):
            pass
        assert ahead.take(NOWHERE, 9) is None
