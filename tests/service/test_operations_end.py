"""What blocks say about operations: done, refused for now or for good, whoever relayed them."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from ledger.chain.endpoint import Block
from ledger.model.structs import Command
from ledger.service.following import follower as follower_module
from ledger.service.following.blocks import Stretch
from ledger.service.following.follower import Follower
from ledger.service.running import crash_points
from ledger.store.cursor import Cursor, move_cursor
from ledger.store.database import Database
from ledger.store.operations import park_operation
from ledger.store.rows import VIEW_TABLES
from tests.faults import model_chain
from tests.faults.abi import Log
from tests.faults.acts import issue, move, void
from tests.faults.model_chain import _told
from tests.service.following import follow, stored
from tests.service.relay_desk import DEADLINE, RELAY, Desk


@pytest.fixture
def desk(database: Database) -> Desk:
    made = Desk(database)
    made.relay_as_stranger([issue(2, 1_000, 1, DEADLINE)])
    made.pass_block()
    return made


def paid(amount: int, nonce: int, deadline: int = DEADLINE) -> Command:
    return move(2, 3, amount, nonce, deadline)


class TestDone:
    def test_executed_command_is_done_with_its_block_and_transaction(self, desk: Desk) -> None:
        command = paid(10, 1)
        one = desk.accept(command)
        hash_ = desk.relay([command], [one])
        desk.pass_block()
        found = desk.find(one)
        assert (found.state, found.block) == ("done", desk.chain.head().number)
        assert (found.transaction_hash, found.refusal) == (hash_, None)
        assert [made.state for made in desk.transactions()] == ["mined"]

    def test_command_that_somebody_else_relayed_is_done(self, desk: Desk) -> None:
        command = paid(10, 1)
        one = desk.accept(command)
        desk.relay_as_stranger([command])
        desk.pass_block()
        assert desk.find(one).state == "done"

    def test_parked_command_that_somebody_else_relayed_is_done(self, desk: Desk) -> None:
        command = paid(10, 1)
        one = desk.accept(command)
        desk.write(lambda c: park_operation(c, one, refusal="{}", wall=1))
        desk.relay_as_stranger([command])
        desk.pass_block()
        assert (desk.find(one).state, desk.find(one).refusal) == ("done", None)

    def test_done_stays_done_though_it_is_refused_as_used_later(self, desk: Desk) -> None:
        command = paid(10, 1)
        one = desk.accept(command)
        desk.relay([command], [one])
        desk.relay([command], [])
        desk.pass_block()
        assert (desk.find(one).state, desk.code(one)) == ("done", None)

    def test_items_around_a_refused_one_are_done(self, desk: Desk) -> None:
        commands = [paid(10, 1), paid(10_000, 2), paid(10, 3)]
        ids = [desk.accept(one) for one in commands]
        desk.relay(commands, ids)
        desk.pass_block()
        assert [desk.find(one).state for one in ids] == ["done", "accepted", "done"]


class TestRefusedForNow:
    def test_refused_command_waits_with_its_reason_and_for_a_growing_time(self, desk: Desk) -> None:
        command = paid(10_000, 1)
        one = desk.accept(command)
        for tries, pause in ((1, 1), (2, 2), (3, 4)):
            desk.relay([command], [one])
            desk.pass_block()
            found = desk.find(one)
            assert (found.state, desk.code(one), found.tries) == ("accepted", "DepositShort", tries)
            assert found.next_try_wall == desk.now + pause
        assert found.block is None

    def test_refused_command_takes_effect_once_its_cause_is_gone(self, desk: Desk) -> None:
        command = paid(1_500, 1)
        one = desk.accept(command)
        desk.relay([command], [one])
        desk.pass_block()
        assert desk.find(one).state == "accepted"
        desk.relay_as_stranger([issue(2, 500, 2, DEADLINE)])
        desk.pass_block()
        desk.relay([command], [one])
        desk.pass_block()
        assert (desk.find(one).state, desk.code(one)) == ("done", None)

    def test_refusal_in_a_strangers_transaction_changes_nothing(self, desk: Desk) -> None:
        command = paid(10_000, 1)
        one = desk.accept(command)
        desk.relay_as_stranger([command])
        desk.pass_block()
        assert (desk.find(one).state, desk.code(one), desk.find(one).tries) == ("accepted", None, 0)
        hash_ = desk.relay([command], [one])
        desk.chain.lose_pool()
        desk.relay_as_stranger([command])
        desk.pass_block()
        found = desk.find(one)
        assert (found.state, found.transaction_hash) == ("sent", hash_)


class TestRefusedForGood:
    def test_command_ends_when_its_deadline_lies_behind_the_chain(self, desk: Desk) -> None:
        command = paid(10, 1)
        one, other = desk.accept(command), desk.accept(paid(10, 2, DEADLINE + 1_000))
        desk.pass_block(seconds=DEADLINE - desk.now - 1)
        assert desk.chain.head().second == DEADLINE - 1
        desk.pass_block()
        assert desk.find(one).state == "accepted"  # it may still take effect in this very second
        desk.pass_block()
        assert (desk.find(one).state, desk.code(one)) == ("refused", "DeadlinePassed")
        assert desk.find(other).state == "accepted"

    def test_last_reason_stands_beside_it_when_the_deadline_passes(self, desk: Desk) -> None:
        command = paid(10_000, 1)
        one = desk.accept(command)
        desk.relay([command], [one])
        desk.pass_block()
        desk.pass_block(seconds=1_000)
        assert (desk.find(one).state, desk.code(one)) == ("refused", "DeadlinePassed")
        assert desk.code_before(one) == "DepositShort"

    def test_reason_stays_beside_the_deadline_that_the_chain_refuses_by(self, desk: Desk) -> None:
        command = paid(10_000, 1)
        one = desk.accept(command)
        desk.relay([command], [one])
        desk.pass_block()
        desk.relay([command], [one])
        desk.pass_block(seconds=1_000)
        assert (desk.find(one).state, desk.code(one)) == ("refused", "DeadlinePassed")
        assert desk.code_before(one) == "DepositShort"

    def test_command_executed_in_the_last_second_is_done(self, desk: Desk) -> None:
        command = paid(10, 1)
        one = desk.accept(command)
        desk.relay([command], [one])
        desk.now = DEADLINE - 1
        desk.pass_block()
        assert (desk.chain.head().second, desk.find(one).state) == (DEADLINE, "done")

    def test_command_whose_nonce_another_one_used_ends(self, desk: Desk) -> None:
        corrected, wrong = paid(10, 1), paid(10_000, 1)
        first, second = desk.accept(wrong), desk.accept(corrected)
        desk.relay([wrong], [first])
        desk.pass_block()
        desk.relay([corrected], [second])
        desk.pass_block()
        assert (desk.find(first).state, desk.code(first)) == ("refused", "DepositShort")
        assert desk.find(second).state == "done"

    def test_command_whose_nonce_is_void_ends_with_that_reason(self, desk: Desk) -> None:
        command = paid(10, 1)
        one = desk.accept(command)
        desk.relay_as_stranger([void(2, 1, 9, DEADLINE)])
        desk.pass_block()
        assert (desk.find(one).state, desk.code(one)) == ("refused", "NonceUsed")

    def test_command_of_a_nonce_that_was_used_before_it_came_ends_when_refused(
        self, desk: Desk
    ) -> None:
        desk.relay_as_stranger([paid(10, 1)])
        desk.pass_block()
        late = paid(20, 1)
        one = desk.accept(late)
        desk.relay([late], [one])
        desk.pass_block()
        assert (desk.find(one).state, desk.code(one)) == ("refused", "NonceUsed")

    def test_same_nonce_of_another_participant_is_another_nonce(self, desk: Desk) -> None:
        one = desk.accept(move(3, 2, 1, 1, DEADLINE))
        desk.relay_as_stranger([paid(10, 1)])
        desk.pass_block()
        assert desk.find(one).state == "accepted"


class TestUnsigned:
    """Acts that nobody signs have no digest: they end with the transaction that holds them."""

    def test_act_in_a_mined_batch_is_done_or_refused_by_its_place(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        good, bad = paid(10, 1), paid(10_000, 2)
        ids = [desk.accept(), desk.accept(), desk.accept()]
        # The model knows no unsigned acts: their places in the batch are those of commands.
        hash_ = desk.relay([good, bad, paid(10, 3)], ids)
        monkeypatch.setattr(model_chain, "_told", _without_digest)
        desk.pass_block()
        assert [desk.find(one).state for one in ids] == ["done", "refused", "done"]
        assert desk.code(ids[1]) == "DepositShort"
        assert {desk.find(one).transaction_hash for one in ids} == {hash_}

    def test_act_whose_batch_is_not_mined_waits(self, desk: Desk) -> None:
        one = desk.accept()
        desk.relay([paid(10, 1)], [one])
        desk.chain.lose_pool()
        desk.pass_block()
        assert desk.find(one).state == "sent"


def _without_digest(block: Block, index: int, log: Log, transaction: bytes) -> dict[str, Any]:
    """Refusals as those of items without a signature are told."""
    one = _told(block, index, log, transaction)
    if one["address"] == RELAY and len(one["topics"]) == 3:
        one["topics"][1] = bytes(32)
    return one


class TestForks:
    def test_command_whose_block_vanished_is_sent_again_with_the_same_bytes(
        self, desk: Desk
    ) -> None:
        first, second = paid(10, 1), paid(20, 2)
        kept, gone, strange = desk.accept(first), desk.accept(second), desk.accept(paid(30, 3))
        desk.relay([first], [kept])
        desk.pass_block()
        hash_ = desk.relay([second], [gone])
        desk.relay_as_stranger([paid(30, 3)])
        desk.pass_block()
        desk.chain.rollback(1)
        desk.chain.lose_pool()
        desk.pass_block(seconds=2)
        states = [desk.find(one).state for one in (kept, gone, strange)]
        assert states == ["done", "sent", "accepted"]
        assert (desk.find(gone).transaction_hash, desk.find(gone).block) == (hash_, None)
        assert [one.state for one in desk.transactions()] == ["mined", "stored"]
        desk.chain.send([desk.transactions()[1].raw])
        desk.pass_block()
        assert desk.find(gone).state == "done"
        assert desk.chain.ledger.deposits[3] == 30

    def test_command_that_ended_in_a_block_that_vanished_is_looked_at_again(
        self, desk: Desk
    ) -> None:
        late, crossed = paid(10, 1, DEADLINE), paid(20, 2, DEADLINE + 9_000)
        one, other = desk.accept(late), desk.accept(crossed)
        height = desk.chain.head().number
        desk.relay_as_stranger([void(2, 2, 9, DEADLINE + 9_000)])
        desk.pass_block(seconds=DEADLINE - desk.now + 5)
        assert [desk.find(it).state for it in (one, other)] == ["refused", "refused"]
        assert desk.find(one).block == height + 1
        desk.chain.rollback(1)
        desk.chain.lose_pool()
        desk.now = DEADLINE - 100
        desk.pass_block()
        for it in (one, other):
            found = desk.find(it)
            assert (found.state, found.refusal, found.block) == ("accepted", None, None)
        desk.relay([late, crossed], [one, other])
        desk.pass_block()
        assert [desk.find(it).state for it in (one, other)] == ["done", "done"]

    def test_act_that_was_refused_in_a_block_that_vanished_is_judged_anew(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(model_chain, "_told", _without_digest)
        one = desk.accept(deadline=DEADLINE + 9_000)
        desk.relay([paid(1_200, 1)], [one])
        desk.pass_block()
        assert desk.find(one).state == "refused"
        desk.chain.rollback(1)
        desk.chain.lose_pool()
        desk.relay_as_stranger([issue(2, 500, 2, DEADLINE)])
        desk.pass_block()
        assert desk.find(one).state == "sent"
        desk.chain.send([desk.transactions()[0].raw])
        desk.pass_block()
        assert (desk.find(one).state, desk.find(one).refusal) == ("done", None)


class Died(BaseException):
    """The process died."""


def lived_through(desk: Desk, *, dies_at: str, time: int) -> int:
    """Follow two blocks; die at a crash point the first so many times, and begin again."""
    deaths = 0

    def strike(name: str) -> None:
        nonlocal deaths
        if name == dies_at and deaths < time:
            deaths += 1
            raise Died

    with crash_points.hook(strike):
        for _ in range(20):
            try:
                follow(desk.follower)
                return deaths
            except Died:
                desk.begin()
    raise AssertionError("it never lives")


POINTS = [f"{when} {what}" for what in ("head", "fetch", "follow") for when in ("before", "after")]


def prepared(desk: Desk) -> list[str]:
    """Two blocks that are not read yet, with commands that end in different ways."""
    commands = [paid(100, 1), paid(10_000, 2), paid(1, 1)]
    ids = [desk.accept(one) for one in commands]
    desk.relay(commands[:2], ids[:2])
    desk.now += 1
    desk.chain.mine()
    desk.relay([paid(10, 4)], [desk.accept(paid(10, 4))])
    desk.now += 1
    desk.chain.mine()
    return ids


def assert_as_after_a_long_life(desk: Desk, ids: Sequence[str]) -> None:
    """What is stored is what one life that reads all blocks would have stored."""
    assert [desk.find(one).state for one in ids] == ["done", "accepted", "refused"]
    after_deaths = stored(desk.database)
    with desk.database.writing() as connection:
        for table in ("blocks", "events", "cursor", "v_standing", *map("v_{}".format, VIEW_TABLES)):
            connection.execute(text(f"DELETE FROM {table}"))
    desk.begin()
    follow(desk.follower)
    assert stored(desk.database) == after_deaths


class TestDeath:
    @pytest.mark.parametrize("point", POINTS)
    def test_death_anywhere_leaves_what_a_long_life_would_leave(
        self, desk: Desk, point: str
    ) -> None:
        ids = prepared(desk)
        deaths = lived_through(desk, dies_at=point, time=3)
        assert deaths == (1 if point == "after follow" else 3)
        assert_as_after_a_long_life(desk, ids)

    @pytest.mark.parametrize("keeps_blocks", [True, False])
    def test_cursor_in_a_transaction_of_its_own_is_found(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch, keeps_blocks: bool
    ) -> None:
        """A planted bug: the rows are committed, the process dies, and the cursor has not moved."""
        ids, written = prepared(desk), Follower._written

        def in_two(self: Follower, at: Cursor, stretch: Stretch) -> tuple[Cursor, int]:
            found = written(self, at, stretch)
            with crash_points.writing(desk.database, "cursor") as connection:
                move_cursor(connection, found[0])
            return found

        monkeypatch.setattr(follower_module, "move_cursor", lambda *_: None)
        monkeypatch.setattr(Follower, "_written", in_two)
        if not keeps_blocks:  # their numbers alone would tell
            monkeypatch.setattr(follower_module, "add_blocks", lambda *_: None)

        def live() -> None:
            lived_through(desk, dies_at="before cursor", time=1)
            monkeypatch.undo()
            assert_as_after_a_long_life(desk, ids)

        with pytest.raises((IntegrityError, AssertionError)):
            live()
