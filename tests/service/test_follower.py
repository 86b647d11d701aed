"""The follower reads what the chain holds, in whatever steps, and keeps to one chain."""

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from ledger.chain.codec import Event
from ledger.chain.endpoint import Block
from ledger.model.errors.service import NodeFailed
from ledger.service.following import follower as module
from ledger.service.following.block_reader import _OF_STANDING, BlockReader
from ledger.service.following.blocks import Stretch
from ledger.service.following.follower import Follower, Following
from ledger.store.cursor import put_setting
from ledger.store.database import Connection, Database
from ledger.store.feed import events_after
from ledger.store.rows import VIEW_TABLES, ViewTable
from ledger.store.view_sql import ViewSql
from ledger.views import Entry, Projection
from ledger.views.concerned import CONCERNED
from ledger.views.projection import HANDLERS
from tests.event_streams import book_stream, scenario_stream
from tests.service.following import feed, follow, stored, views_of, views_told
from tests.service.recorded_chain import RecordedChain


class TestReading:
    def test_views_are_those_in_memory_and_the_cursor_is_the_head(self, database: Database) -> None:
        chain = RecordedChain.of(scenario_stream())
        progress = follow(Follower(database, chain, chain.deployment))
        assert (progress.block, progress.second) == (chain.head().number, chain.head().second)
        assert views_of(database) == views_told(chain)

    def test_what_is_stored_does_not_depend_on_the_steps(self, database: Database) -> None:
        chain = RecordedChain.of(book_stream(3))
        follow(Follower(database, chain, chain.deployment))
        at_once = stored(database)
        assert len(chain.asked) < len(chain.made) // 4
        with database.writing() as connection:
            for table in ("blocks", "events", "cursor", *(f"v_{one}" for one in _fields())):
                connection.execute(text(f"DELETE FROM {table}"))
        for number in range(len(chain.made)):
            chain.head_number = number
            if number % 5 == 0:  # another process goes on
                follower = Follower(database, chain, chain.deployment)
            assert follow(follower).block == number
        assert stored(database) == at_once

    def test_rows_that_a_block_asks_for_one_by_one_are_had_at_once(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        chain = RecordedChain.of(scenario_stream())
        number = max(chain.events, key=lambda one: _standing(chain.events[one]))
        assert _standing(chain.events[number]) >= 10
        chain.head_number = number - 1
        follow(Follower(database, chain, chain.deployment))
        one_by_one: list[str] = []
        ask = ViewSql.one

        def asked(sql: ViewSql, table: ViewTable, key: Any) -> Any:
            one_by_one.append(table.field)
            return ask(sql, table, key)

        monkeypatch.setattr(ViewSql, "one", asked)
        chain.head_number = number
        follow(Follower(database, chain, chain.deployment))
        assert not {"vouchers", "open_offers", "offers"} & set(one_by_one)
        monkeypatch.undo()
        chain.head_number = len(chain.made) - 1
        follow(Follower(database, chain, chain.deployment))
        assert views_of(database) == views_told(chain)

    def test_nothing_is_read_before_enough_blocks_stand_upon_it(self, database: Database) -> None:
        chain = RecordedChain.of(book_stream(3))
        follower = Follower(database, chain, chain.deployment, following=Following(confirmations=3))
        chain.head_number = 2
        assert follow(follower).block == -1
        chain.head_number = 3
        assert follow(follower).block == 0
        chain.head_number = 20
        assert follow(follower).block == 17
        assert follower.step().behind == 0

    def test_ledger_of_a_later_block_is_read_from_there(self, database: Database) -> None:
        chain = RecordedChain.of(
            [msgspec.structs.replace(one, block=one.block + 5) for one in book_stream(3)]
        )
        deployment = replace(chain.deployment, first_block=5)
        follow(Follower(database, chain, deployment))
        assert chain.asked[0][0] == 5
        assert views_of(database) == views_told(chain)

    def test_strangers_events_are_not_read(self, database: Database) -> None:
        chain = RecordedChain.of(book_stream(3))
        addresses = dict(list(chain.deployment.addresses.items())[:2])
        follow(Follower(database, chain, replace(chain.deployment, addresses=addresses)))
        assert 0 < len(feed(database)) < len(book_stream(3)) // 2

    def test_second_follower_of_one_database_goes_on_where_the_first_is(
        self, database: Database
    ) -> None:
        chain = RecordedChain.of(book_stream(3))
        one, other = (Follower(database, chain, chain.deployment) for _ in range(2))
        for number in range(0, len(chain.made), 3):
            chain.head_number = number
            follow(one if number % 2 else other)
            follow(other if number % 2 else one)
        chain.head_number = len(chain.made) - 1
        follow(one)
        assert views_of(database) == views_told(chain)

    def test_what_another_has_read_meanwhile_is_not_written_again(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        chain = RecordedChain.of(book_stream(3))
        one, other = (Follower(database, chain, chain.deployment) for _ in range(2))
        read, overtaken = BlockReader.read, []

        def overtake(reader: BlockReader, stretch: Stretch) -> None:
            read(reader, stretch)
            if not overtaken:
                overtaken.append(True)
                follow(other)

        monkeypatch.setattr(BlockReader, "read", overtake)
        assert one.step().event_count == 0
        follow(one)
        assert overtaken
        assert views_of(database) == views_told(chain)
        told = stored(database)["feed"]
        assert [row[0] for row in told] == list(range(1, len(told) + 1))

    def test_others_write_while_blocks_are_read(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """SQLite has one writer: the door waited for whatever the follower computed."""
        chain, written = RecordedChain.of(book_stream(3)), []
        read = BlockReader.read

        def write(reader: BlockReader, stretch: Stretch) -> None:
            read(reader, stretch)
            with database.writing() as connection:
                put_setting(connection, "test", str(len(written)))
            written.append(True)

        monkeypatch.setattr(BlockReader, "read", write)
        follow(Follower(database, chain, chain.deployment))
        assert written
        assert views_of(database) == views_told(chain)

    def test_stretches_shrink_where_transactions_hold_many_events(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "EVENTS_MAX", 40)
        chain = RecordedChain.of(book_stream(3))
        counts = []
        follower = Follower(database, chain, chain.deployment)
        while (progress := follower.step()).behind:
            counts.append(progress.event_count)
        largest = max(map(len, chain.events.values()))
        assert max(counts) <= max(largest, 200)
        assert views_of(database) == views_told(chain)


def _standing(events: Sequence[Event]) -> int:
    """How many events are about vouchers that stood before."""
    return sum(one.name in _OF_STANDING for one in events)


def _fields() -> list[str]:
    return [*VIEW_TABLES, "standing"]


class TestFeed:
    def test_every_event_that_changes_a_row_is_told_once_without_a_gap(
        self, database: Database
    ) -> None:
        chain = RecordedChain.of(scenario_stream())
        follow(Follower(database, chain, chain.deployment))
        told = feed(database)
        assert [one.seq for one in told] == list(range(1, len(told) + 1))
        expected = [one for one in scenario_stream() if one.name in HANDLERS]
        assert [(one.kind, one.block) for one in told] == [
            (one.name, one.block) for one in expected
        ]
        for event, entry in zip(told, expected, strict=True):
            assert dict(event.data) == json.loads(json.dumps(_plain(dict(entry.values))))

    def test_every_kind_of_event_says_whom_it_concerns(self) -> None:
        assert set(CONCERNED) == set(HANDLERS)

    def test_event_concerns_those_that_stand_in_it_and_no_other_holder(
        self, database: Database
    ) -> None:
        chain = RecordedChain.of(scenario_stream())
        follow(Follower(database, chain, chain.deployment))
        views, told = Projection(), iter(feed(database))
        for entry in scenario_stream():
            if entry.name in HANDLERS:
                event = next(told)
                if entry.name in ("VoucherAccepted", "OfferEnded"):
                    row = views.state.vouchers[entry["voucher"]]
                    assert set(event.participants) == {row.holder, row.counterparty}
                elif entry.name == "VoucherSettled":
                    assert entry["holder"] in event.participants
                    assert len(event.participants) == (2 if entry["to_lender"] else 1)
                elif entry.name == "CommandExecuted":
                    assert event.participants == (entry["participant"],)
                    assert event.digest == entry["digest"]
                elif entry.name == "ItemRefused":
                    assert event.participants == ()
            views.apply(entry)

    def test_event_lies_on_the_payable_of_whatever_it_names(self, database: Database) -> None:
        chain = RecordedChain.of(scenario_stream())
        follow(Follower(database, chain, chain.deployment))
        views, told, kinds = Projection(), iter(feed(database)), set()
        for entry in scenario_stream():
            views.apply(entry)
            if entry.name not in HANDLERS:
                continue
            event, values, state = next(told), entry.values, views.state
            vouchers = [
                values[one] for one in ("voucher", "whole", "part", "high") if one in values
            ]
            vouchers = [] if entry.name == "ThresholdSet" else vouchers
            loan, payout = values.get("loan_id"), values.get("payout")
            vouchers += [state.loans[loan].voucher] if loan else []
            vouchers += [state.payouts[payout].voucher] if payout else []
            payables = {values.get("payable_id") or None, *(one >> 32 for one in vouchers)}
            assert event.payable in payables, entry
            assert (event.payable is None) == (payables == {None}), entry
            kinds |= {entry.name} if event.payable else set()
        assert kinds >= {"LoanServed", "PayoutReturned", "DepositHeld", "RangeUnfrozen"}

    def test_feed_of_a_participant_holds_its_own_events_and_those_of_all(
        self, database: Database
    ) -> None:
        chain = RecordedChain.of(scenario_stream())
        follow(Follower(database, chain, chain.deployment))
        every = feed(database)
        for participant in (1, 2, 3, 11):
            own = feed(database, participant=participant)
            assert own == [
                one for one in every if participant in one.participants or 0 in one.participants
            ]
        assert feed(database, participant=1) != feed(database, participant=2)
        assert {one.kind for one in feed(database, kinds=("LimitSet",))} == {"LimitSet"}

    @pytest.mark.parametrize("is_behind_another", [False, True])
    def test_all_that_a_deal_did_is_told_under_the_command_of_who_took_it(
        self, database: Database, is_behind_another: bool
    ) -> None:
        """The quote has its own row alone; a command before the deal in one batch keeps its own."""
        deals = [list(one) for one in _transactions() if _PRICED & {each.name for each in one}]
        stream = list(scenario_stream())
        if is_behind_another:
            stream = [one for each in _transactions() for one in _with_another(each)]
        chain = RecordedChain.of(stream)
        follow(Follower(database, chain, chain.deployment))
        told: dict[bytes | None, list[str]] = {}
        for event in feed(database):
            told.setdefault(event.digest, []).append(event.kind)
        for deal in deals:
            taker, quote, *others = (one for one in deal if one.name in HANDLERS)
            assert told[quote["digest"]] == ["CommandExecuted"]
            names = [one.name for one in others if one.name != "StandingOfferUsed"]
            assert told[taker["digest"]] == ["CommandExecuted", *names]
            assert "DepositMoved" in names
            if is_behind_another:
                assert told[_another(deal)] == ["CommandExecuted", "DepositMoved"]
        assert {one.name for deal in deals for one in deal} >= _PRICED | {"VoucherCut"}

    def test_whoever_queues_is_told_within_the_transaction(self, database: Database) -> None:
        chain, heard = RecordedChain.of(book_stream(3)), []

        def queue(connection: Connection, after: int, up_to: int) -> None:
            found = events_after(connection, after, limit=10_000)
            assert [one.seq for one in found] == list(range(after + 1, up_to + 1))
            heard.extend(found)

        follow(Follower(database, chain, chain.deployment, following=Following(queue=queue)))
        assert heard == feed(database)


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple | list) else value


class TestAnswersThatDoNotFit:
    def followed(self, database: Database) -> tuple[RecordedChain, Follower]:
        chain = RecordedChain.of(book_stream(3))
        chain.head_number = 10
        follower = Follower(database, chain, chain.deployment)
        follow(follower)
        chain.head_number = 20
        return chain, follower

    def assert_nothing_is_read(self, database: Database, follower: Follower) -> None:
        before = stored(database)
        for _ in range(3):
            assert follower.step().block == 10
        assert stored(database) == before

    def test_node_without_the_blocks_that_it_told_of(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _, follower = self.followed(database)
        monkeypatch.setattr(RecordedChain, "blocks", lambda *_: [])
        self.assert_nothing_is_read(database, follower)

    def test_blocks_that_are_not_linked(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        chain, follower = self.followed(database)
        gap = [*chain.made[11:14], *chain.made[15:21]]
        monkeypatch.setattr(RecordedChain, "blocks", lambda *_: gap)
        self.assert_nothing_is_read(database, follower)

    def test_events_of_another_fork(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _, follower = self.followed(database)
        other = RecordedChain.of(book_stream(3), flavour="b")
        ask = other.logs
        monkeypatch.setattr(RecordedChain, "logs", lambda _, *asked: ask(*asked))
        self.assert_nothing_is_read(database, follower)

    def test_events_of_blocks_that_were_not_asked_for(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        chain, follower = self.followed(database)
        events = [event for number in range(30) for event in chain.events[number]]
        monkeypatch.setattr(RecordedChain, "logs", lambda *_: events)
        self.assert_nothing_is_read(database, follower)

    def test_failing_node_is_told_and_nothing_is_read(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _, follower = self.followed(database)
        before = stored(database)

        def fail(*_: object) -> list[Block]:
            raise NodeFailed(url="x", problem="y")

        monkeypatch.setattr(RecordedChain, "logs", fail)
        with pytest.raises(NodeFailed):
            follower.step()
        assert stored(database) == before


_PRICED = {"SalePriced", "RedemptionPriced", "LoanAdvanced"}


def _transactions() -> list[tuple[Entry, ...]]:
    stream = scenario_stream()
    return [tuple(found) for _, found in groupby(stream, key=lambda one: one.transaction)]


def _with_another(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """A deal's transaction with a move of nothing before the deal."""
    if not _PRICED & {one.name for one in entries}:
        return entries
    executed, moved = (
        next(one for one in entries if one.name == name)
        for name in ("CommandExecuted", "DepositMoved")
    )
    said = {**executed.values, "digest": _another(entries), "nonce": 10**9 + executed.block}
    return (
        msgspec.structs.replace(executed, values=said),
        msgspec.structs.replace(moved, values={**moved.values, "amount": 0}),
        *entries,
    )


def _another(entries: Sequence[Entry]) -> bytes:
    return entries[0].transaction[::-1]
