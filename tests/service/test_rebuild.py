"""The views made anew are the views: byte for byte, whatever happens meanwhile."""

import pytest
from sqlalchemy import inspect, text

from ledger.model.errors import ChainDiverged, DatabaseBusy, NodeFailed
from ledger.service.following import rebuild as module
from ledger.service.following.follower import Follower
from ledger.service.following.rebuild import Rebuilt, rebuild
from ledger.service.running import crash_points
from ledger.store.cursor import cursor
from ledger.store.database import Database
from tests.event_streams import book_stream, scenario_stream
from tests.service.following import follow, stored, views_of, views_told
from tests.service.recorded_chain import RecordedChain


@pytest.fixture
def chain() -> RecordedChain:
    return RecordedChain.of(book_stream(3))


@pytest.fixture
def follower(database: Database, chain: RecordedChain) -> Follower:
    """One that has read the chain."""
    made = Follower(database, chain, chain.deployment)
    follow(made)
    return made


def leftovers(database: Database) -> list[str]:
    with database.reading() as connection:
        names = inspect(connection).get_table_names()
    return [name for name in names if name.startswith("fresh_")]


def tamper(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("UPDATE v_deposits SET amount = amount + 1"))


@pytest.mark.usefixtures("follower")
def test_rebuilt_rows_are_the_same_and_say_so(
    database: Database, chain: RecordedChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TRANSACTIONS_MAX", 3)
    before, heard = stored(database), []
    done = rebuild(database, chain, chain.deployment, heard=lambda *one: heard.append(one))
    assert done == Rebuilt(chain.head().number, len(book_stream(3)), is_equal=True)
    assert stored(database) == before
    assert heard[-1] == (chain.head().number, chain.head().number)
    assert [one for one, _ in heard] == sorted({one for one, _ in heard})
    assert len(heard) > 10
    assert leftovers(database) == []


@pytest.mark.usefixtures("follower")
def test_rows_that_somebody_changed_are_found_and_mended(
    database: Database, chain: RecordedChain
) -> None:
    before = stored(database)
    tamper(database)
    assert not rebuild(database, chain, chain.deployment, takes_over=False).is_equal
    assert stored(database) != before
    assert leftovers(database) == []
    assert not rebuild(database, chain, chain.deployment).is_equal
    assert stored(database) == before
    assert rebuild(database, chain, chain.deployment).is_equal


def test_follower_goes_on_with_the_rebuilt_rows(database: Database, chain: RecordedChain) -> None:
    chain.head_number = 40
    follower = Follower(database, chain, chain.deployment)
    follow(follower)
    tamper(database)
    rebuild(database, chain, chain.deployment)
    chain.head_number = len(chain.made) - 1
    follow(follower)
    assert views_of(database) == views_told(chain)


def test_follower_that_goes_on_meanwhile_is_caught_up_with(
    database: Database, chain: RecordedChain
) -> None:
    chain.head_number = 40
    follower = Follower(database, chain, chain.deployment)
    follow(follower)

    def go_on(*_: int) -> None:
        if chain.head_number < 60:
            chain.head_number += 3
            follow(follower)

    done = rebuild(database, chain, chain.deployment, heard=go_on)
    assert (done.block, done.is_equal) == (chain.head_number, True)
    chain.head_number = len(chain.made) - 1
    follow(follower)
    assert views_of(database) == views_told(chain)


def test_rebuild_of_nothing_is_nothing(database: Database, chain: RecordedChain) -> None:
    assert rebuild(database, chain, chain.deployment) == Rebuilt(-1, 0, is_equal=True)


@pytest.mark.usefixtures("follower")
def test_rebuild_from_another_chain_is_refused_and_leaves_the_rows(
    database: Database, chain: RecordedChain
) -> None:
    before = stored(database)
    other = RecordedChain.of(book_stream(3), flavour="b")
    with pytest.raises(ChainDiverged):
        rebuild(database, other, chain.deployment)
    assert stored(database) == before
    rebuild(database, chain, chain.deployment)
    assert leftovers(database) == []


@pytest.mark.usefixtures("follower")
def test_rebuild_from_a_node_that_lost_blocks_is_refused(
    database: Database, chain: RecordedChain
) -> None:
    chain.head_number = 30
    with pytest.raises(NodeFailed, match="do not fit together"):
        rebuild(database, chain, chain.deployment)


class Died(BaseException):
    """The process died."""


@pytest.mark.usefixtures("follower")
@pytest.mark.parametrize(
    ("point", "time"),
    [("after rebuild", 1), ("before rebuild", 3), ("after rebuild", 3), ("before take over", 1)],
)
def test_rebuild_that_dies_leaves_the_rows_and_may_begin_again(
    database: Database, chain: RecordedChain, point: str, time: int
) -> None:
    before, seen = stored(database), 0

    def strike(name: str) -> None:
        nonlocal seen
        seen += name == point
        if name == point and seen == time:
            raise Died

    with crash_points.hook(strike), pytest.raises(Died):
        rebuild(database, chain, chain.deployment)
    assert stored(database) == before
    assert rebuild(database, chain, chain.deployment).is_equal
    assert (stored(database), leftovers(database)) == (before, [])


def test_recovery_that_dies_is_begun_again(database: Database, chain: RecordedChain) -> None:
    follower = Follower(database, chain, chain.deployment)
    follow(follower)
    chain.cut(30)
    chain.extend([one for one in book_stream(3) if one.block > 30], flavour="b")
    chain.empty(20, flavour="b")
    for point in ("before alarm", "after alarm", "after rebuild", "before take over"):

        def strike(name: str, point: str = point) -> None:
            if name == point:
                raise Died

        with crash_points.hook(strike), pytest.raises(Died):
            follow(follower)
        follower = Follower(database, chain, chain.deployment)
    follow(follower)
    assert views_of(database) == views_told(chain)
    with database.reading() as connection:
        assert cursor(connection).number == chain.head().number


def test_rebuilt_scenario_is_the_same_on_every_engine(database: Database) -> None:
    chain = RecordedChain.of(scenario_stream())
    follow(Follower(database, chain, chain.deployment))
    assert rebuild(database, chain, chain.deployment).is_equal


@pytest.mark.usefixtures("follower")
def test_of_two_rebuilds_the_later_one_wins_and_the_rows_are_right(
    database: Database, chain: RecordedChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TRANSACTIONS_MAX", 3)
    before, seen = stored(database), 0

    def strike(name: str) -> None:
        nonlocal seen
        seen += name == "after rebuild"
        if name == "after rebuild" and seen == 5:
            assert rebuild(database, chain, chain.deployment).is_equal

    with crash_points.hook(strike), pytest.raises(DatabaseBusy):
        rebuild(database, chain, chain.deployment)
    assert stored(database) == before
