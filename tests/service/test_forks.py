"""A chain that is no longer the one that was read: noticed, told, and made good."""

import json
from collections.abc import Sequence

import pytest

from ledger.service.following import rebuild as rebuild_module
from ledger.service.following.follower import Follower, Following
from ledger.service.running import crash_points
from ledger.store.cursor import setting
from ledger.store.database import Database
from ledger.views import Entry
from ledger.views.projection import HANDLERS
from tests.event_streams import book_stream, scenario_stream
from tests.service.following import feed, follow, stored, views_of, views_told
from tests.service.recorded_chain import RecordedChain


class TestForks:
    def fork(self, chain: RecordedChain, at: int, stream: Sequence[Entry]) -> None:
        """Replace what stands above a block by other blocks with these events."""
        chain.cut(at)
        chain.extend([one for one in stream if one.block > at], flavour="b")

    def test_fork_raises_the_alarm_and_the_views_are_made_anew(self, database: Database) -> None:
        chain = RecordedChain.of(book_stream(3))
        follower = Follower(database, chain, chain.deployment)
        follow(follower)
        dead = feed(database)
        middle = len(chain.made) // 2
        self.fork(chain, middle, book_stream(3)[:-20])
        chain.empty(40)
        progress = follower.step()
        assert progress.alarm is not None
        assert json.loads(progress.alarm)["block"] == progress.block
        with database.reading() as connection:
            assert setting(connection, "alarm") == progress.alarm
        follow(follower)
        assert views_of(database) == views_told(chain)
        with database.reading() as connection:
            assert setting(connection, "alarm") is None
        told = feed(database)
        assert told[: len(dead)] == dead
        rewound = told[len(dead)]
        assert (rewound.kind, rewound.participants) == ("ChainRewound", (0,))
        kept = [one for one in told if one.seq < rewound.data["void_from"]]
        assert max(one.block for one in kept) <= rewound.data["block"] <= middle
        live = [(one.kind, one.block) for one in [*kept, *told[len(dead) + 1 :]]]
        fresh = [
            (one.name, one.block)
            for number in range(len(chain.made))
            for one in chain.events[number]
            if one.name in HANDLERS
        ]
        assert live == fresh

    @pytest.mark.parametrize("follows_again", [False, True])
    def test_shorter_chain_of_another_kind_is_noticed(
        self, database: Database, follows_again: bool
    ) -> None:
        chain = RecordedChain.of(book_stream(3))
        follower = Follower(database, chain, chain.deployment)
        follow(follower)
        self.fork(chain, 12, [one for one in book_stream(3) if one.block <= 30])
        if follows_again:
            follower = Follower(database, chain, chain.deployment)
        assert follower.step().alarm is not None
        follow(follower)
        assert views_of(database) == views_told(chain)

    def test_other_block_at_the_same_height_is_noticed(self, database: Database) -> None:
        chain = RecordedChain.of(book_stream(3))
        follower = Follower(database, chain, chain.deployment)
        follow(follower)
        height = chain.head().number
        self.fork(chain, height - 1, book_stream(3))
        assert chain.head().number == height
        assert follower.step().alarm is not None
        follow(follower)
        assert views_of(database) == views_told(chain)

    def test_another_chain_leaves_nothing_of_the_first(self, database: Database) -> None:
        chain = RecordedChain.of(book_stream(3))
        follower = Follower(database, chain, chain.deployment)
        follow(follower)
        other = RecordedChain.of(scenario_stream(), flavour="c")
        follower = Follower(database, other, other.deployment)
        assert follower.step().alarm is not None
        follow(follower)
        assert views_of(database) == views_told(other)

    def test_node_that_lost_its_last_blocks_is_waited_for(self, database: Database) -> None:
        chain = RecordedChain.of(book_stream(3))
        follower = Follower(database, chain, chain.deployment)
        follow(follower)
        before = stored(database)
        last, chain.head_number = chain.head_number, 20
        for _ in range(3):
            progress = follower.step()
            assert (progress.alarm, progress.block) == (None, last)
        chain.head_number = last
        follow(follower)
        assert stored(database) == before

    def test_fork_within_the_confirmations_is_never_seen(self, database: Database) -> None:
        chain = RecordedChain.of(book_stream(3))
        following = Following(confirmations=5)
        follower = Follower(database, chain, chain.deployment, following=following)
        follow(follower)
        self.fork(chain, chain.head().number - 5, book_stream(3))
        chain.empty(30, flavour="b")
        while (progress := follower.step()).behind:
            assert progress.alarm is None
        assert views_of(database) == views_told(chain)
        assert "ChainRewound" not in {one.kind for one in feed(database)}

    def test_fork_while_the_views_are_made_anew(self, database: Database) -> None:
        chain = RecordedChain.of(book_stream(3))
        follower = Follower(database, chain, chain.deployment)
        follow(follower)
        self.fork(chain, 30, book_stream(3))
        assert follower.step().alarm is not None
        self.fork(chain, 10, book_stream(3))
        chain.empty(1, flavour="d")
        follow(follower)
        assert views_of(database) == views_told(chain)

    def test_fork_in_the_middle_of_making_anew_is_tried_again(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(rebuild_module, "TRANSACTIONS_MAX", 3)
        chain = RecordedChain.of(book_stream(3))
        follower = Follower(database, chain, chain.deployment)
        follow(follower)
        self.fork(chain, 50, book_stream(3))
        assert follower.step().alarm is not None

        def strike(name: str) -> None:
            if name == "after rebuild" and chain.made[30].hash == known:
                self.fork(chain, 20, book_stream(3))
                chain.extend([], flavour="e")

        known = chain.made[30].hash
        with crash_points.hook(strike):
            assert follower.step().alarm is not None
            follow(follower)
        assert views_of(database) == views_told(chain)
