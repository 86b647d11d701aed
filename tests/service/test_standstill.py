"""An event that cannot be read: reading stands before it, says so, and nothing shown is wrong."""

from pathlib import Path
from typing import Any

import pytest
import structlog
from msgspec.structs import replace

from ledger.chain.codec import UNKNOWN_EVENT, Event
from ledger.model.errors import EventUnreadable
from ledger.service.following.follower import Follower, Progress
from ledger.service.following.rebuild import rebuild
from ledger.service.following.stopping import stop_of
from ledger.service.running.doctor import State, look_over
from ledger.service.running.service import Service
from ledger.service.running.settings import Settings
from ledger.store.cursor import cursor
from ledger.store.database import Database
from tests.event_streams import book_stream
from tests.service.following import follow, stored, views_of, views_told
from tests.service.recorded_chain import RecordedChain
from tests.service.rig import Rig

UNKNOWN: dict[str, Any] = {"name": UNKNOWN_EVENT, "values": {"topics": (), "data": b""}}
"""Of a kind that no contract declares."""
UNFIT: dict[str, Any] = {"values": {}}
"""Of a known kind, without the values that it needs."""
RENAMED: dict[str, Any] = {"name": "VoucherForgotten"}
"""Declared by a later release."""


def spoilt(number: int, change: dict[str, Any]) -> tuple[RecordedChain, Event]:
    """A chain with an event in a block that cannot be read, and the event as it was."""
    chain = RecordedChain.of(book_stream(3))
    number = next(one for one in range(number, len(chain.made)) if _handled(chain, one))
    first, *others = chain.events[number]
    chain.events[number] = (replace(first, **change), *others)
    return chain, first


def _handled(chain: RecordedChain, number: int) -> bool:
    return bool(chain.events[number]) and chain.events[number][0].name != "BatchRelayed"


def stand(follower: Follower) -> EventUnreadable:
    """Step until reading stands."""
    for _ in range(100):
        progress = follower.step()
        if progress.is_standing:
            assert progress.stop is not None
            assert not progress.is_caught_up
            return progress.stop
    raise AssertionError("it does not stand")


@pytest.mark.parametrize("change", [UNKNOWN, UNFIT, RENAMED], ids=["unknown", "unfit", "renamed"])
class TestReading:
    def test_event_that_cannot_be_read_stops_reading_before_its_block(
        self, database: Database, change: dict[str, Any]
    ) -> None:
        chain, event = spoilt(20, change)
        stop = stand(Follower(database, chain, chain.deployment))
        assert (stop.block, stop.transaction) == (event.block, event.transaction)
        assert stop.contract == event.contract
        with database.reading() as connection:
            assert cursor(connection).number == event.block - 1
            kept = stop_of(connection)
        assert kept is not None
        assert kept.values == stop.values
        whole = RecordedChain.of(book_stream(3))
        whole.cut(event.block - 1)
        assert views_of(database) == views_told(whole)

    def test_standing_reading_tries_again_and_writes_nothing(
        self, database: Database, change: dict[str, Any]
    ) -> None:
        chain, event = spoilt(20, change)
        follower = Follower(database, chain, chain.deployment)
        stand(follower)
        before = stored(database)
        chain.asked.clear()
        for _ in range(3):
            assert follower.step().is_standing
        assert stand(Follower(database, chain, chain.deployment)).block == event.block
        assert stored(database) == before
        assert set(chain.asked[:3]) == {(event.block, event.block)}

    def test_reading_goes_on_once_the_event_can_be_read(
        self, database: Database, change: dict[str, Any]
    ) -> None:
        chain, event = spoilt(20, change)
        follower = Follower(database, chain, chain.deployment)
        stand(follower)
        chain.events[event.block] = (event, *chain.events[event.block][1:])
        assert follow(follower).stop is None
        assert views_of(database) == views_told(chain)
        with database.reading() as connection:
            assert stop_of(connection) is None

    def test_views_are_not_made_anew_without_it(
        self, database: Database, change: dict[str, Any]
    ) -> None:
        chain = RecordedChain.of(book_stream(3))
        follow(Follower(database, chain, chain.deployment))
        before = stored(database)
        broken, _ = spoilt(20, change)
        with pytest.raises(EventUnreadable):
            rebuild(database, broken, broken.deployment)
        assert stored(database) == before


def test_block_that_cannot_be_read_and_is_replaced_is_forgotten(database: Database) -> None:
    chain, event = spoilt(20, UNKNOWN)
    follower = Follower(database, chain, chain.deployment)
    stand(follower)
    chain.cut(event.block - 5)
    chain.extend([one for one in book_stream(3) if one.block > event.block - 5], flavour="b")
    assert follow(follower).stop is None
    assert views_of(database) == views_told(chain)


def test_stop_is_void_once_another_process_has_gone_on(database: Database) -> None:
    chain, event = spoilt(20, UNKNOWN)
    old = Follower(database, chain, chain.deployment)
    stand(old)
    chain.events[event.block] = (event, *chain.events[event.block][1:])
    follow(Follower(database, chain, chain.deployment))
    assert follow(old).stop is None


def test_no_operation_ends_beyond_where_reading_stands(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    [before] = rig.taken(rig.issue(2, 500, 1))
    rig.round()
    ask, spoils = type(rig.chain).logs, [True]

    def logs(chain: Any, first: int, last: int, addresses: Any) -> list[Event]:
        found = ask(chain, first, last, addresses)
        return [replace(one, **UNKNOWN) if spoils[0] else one for one in found]

    monkeypatch.setattr(type(rig.chain), "logs", logs)
    later = []
    for nonce in (2, 3):  # is still taken in, and carried
        later += rig.taken(rig.issue(2, 500, nonce))
        rig.relay()
        rig.chain.mine()
        assert rig.follower.step().stop is not None
        assert rig.follower.step().is_standing
    rig.now += 10_000  # nor does an operation end by its deadline meanwhile
    rig.chain.mine()
    assert rig.follower.step().is_standing
    assert rig.states([before, *later]) == ["done", "sent", "sent"]
    assert rig.chain.ledger.deposits == {2: 1_500}
    spoils[0] = False
    rig.follow()
    assert rig.states([before, *later]) == ["done"] * 3


def test_doctor_says_what_stops_the_views(url: str) -> None:
    chain, event = spoilt(20, UNKNOWN)
    opened = Database.open(url)
    stand(Follower(opened, chain, chain.deployment))
    opened.close()
    [found] = [one for one in look_over(Settings(database=url), {}) if one.check == "follower"]
    assert found.state is State.WRONG
    assert str(event.block) in found.facts["detail"]
    assert event.transaction.hex() in found.facts["detail"]
    assert "next_step" in found.facts


def test_service_that_stands_says_so_and_tries_again_at_its_leisure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = Service.open(Settings(database=f"sqlite:///{tmp_path / 'own.sqlite'}"))
    service.follower.step()
    number = service.progress.block if service.progress else 0
    stop = EventUnreadable(block=number + 1, transaction=bytes(32), contract="0x", event="? 1")
    standing = Progress(number, 0, number + 1, 1, stop=stop)
    steps: list[None] = []
    monkeypatch.setattr(service.follower, "step", lambda: steps.append(None) or standing)
    with structlog.testing.capture_logs() as told:
        rests = [service._follow() for _ in range(50)]
    service.close()
    assert len(steps) == 1
    assert min(rests) > 1
    [line] = [one for one in told if one["event"] == "views stopped"]
    assert (line["log_level"], line["code"]) == ("error", "EventUnreadable")
    assert (line["block"], line["transaction"]) == (number + 1, "0x" + "00" * 32)


def test_events_before_a_standstill_are_told_to_whoever_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = Service.open(Settings(database=f"sqlite:///{tmp_path / 'own.sqlite'}"))
    stop = EventUnreadable(block=8, transaction=bytes(32), contract="0x", event="? 1")
    steps = iter([Progress(7, 0, 9, 2, 3, stop=stop), Progress(7, 0, 9, 2, stop=stop)])
    monkeypatch.setattr(service.follower, "step", lambda: next(steps))
    told: list[None] = []
    monkeypatch.setattr(service.outbox, "tell_ended", lambda: told.append(None))
    assert service._follow() == 0.0
    assert told == [None]
    assert service._follow() > 1
    service.close()
