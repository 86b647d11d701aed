"""The relayer: each command takes effect once, whatever dies, lags, lies or is lost."""

from typing import Any

from ledger.model.errors import (
    BatchReverted,
    DeadlinePassed,
    DepositShort,
    NonceUsed,
)
from ledger.service.intake.intake import Post
from ledger.service.intake.refusals import refusal_before, refusal_of
from ledger.service.relaying.outbox import Operation
from tests.chain.chains import relayer_key
from tests.faults.acts import posted, void
from tests.faults.model_ledger import BANK, CHAIN_ID, HUNGRY, POISON
from tests.service.rig import Rig


def _refusal(rig: Rig, operation: Operation) -> Any:
    return refusal_of(rig.outbox.find(operation.id).refusal or "")


def _left_alone(rig: Rig) -> Operation:
    """A move that waits for money which then does not come."""
    [money] = rig.taken(rig.issue(2, 100, 1))
    [moved] = rig.taken(rig.move(2, 3, 100, 1), on_refusal="wait")
    _relay_else(rig, void(BANK, 1, 2, rig.deadline))
    rig.rounds(2)
    assert rig.state(money) == "refused"
    return moved


def _relay_else(rig: Rig, command: Any, nonce: int = 0) -> None:
    """Somebody else relays a command."""
    rig.relay_past(relayer_key(CHAIN_ID, b"\x77" * 32), command, nonce)


class TestGoodDay:
    def test_everything_accepted_is_done(self, rig: Rig) -> None:
        operations = rig.taken(*[rig.issue(2, 10**one, one) for one in range(6)])
        assert rig.states(operations) == ["accepted"] * 6
        [lane] = rig.relay()
        assert (lane.packed, lane.pending, lane.problem) == (6, 1, None)
        assert rig.states(operations) == ["sent"] * 6
        rig.chain.mine()
        rig.follow()
        assert rig.states(operations) == ["done"] * 6
        assert rig.chain.ledger.deposits == {2: 111_111}
        done = rig.outbox.find(operations[0].id)
        assert done.block == 2
        assert done.transaction_hash == rig.stored()[0].hash
        assert [one.state for one in rig.stored()] == ["mined"]

    def test_nothing_to_do_asks_nobody(self, rig: Rig) -> None:
        rig.chain.transaction_count = None  # type: ignore[assignment,method-assign]
        [lane] = rig.relay()
        assert (lane.pending, lane.packed) == (0, 0)

    def test_batches_are_packed_by_the_room_that_calls_take(self, rig: Rig) -> None:
        operations = rig.taken(*[rig.issue(2, 1, one) for one in range(250)])
        [lane] = rig.relay()
        assert (lane.packed, lane.pending) == (250, 3)
        assert [one.nonce for one in rig.stored()] == [0, 1, 2]
        assert all(one.gas == 16_000_000 for one in rig.stored())
        rig.chain.mine()
        rig.follow()
        assert set(rig.states(operations)) == {"done"}

    def test_pool_of_a_key_is_not_overfilled(self, rig: Rig) -> None:
        rig.relayer._relaying = type(rig.relayer._relaying)(pending_max=2)
        operations = rig.taken(*[rig.issue(2, 1, one) for one in range(400)])
        [lane] = rig.relay()
        assert lane.pending == 2
        assert len(rig.chain.pool) == 2
        rig.rounds(4)
        assert set(rig.states(operations)) == {"done"}


class TestRefusals:
    def test_refused_command_waits_with_its_reason_until_it_passes(self, rig: Rig) -> None:
        rig.taken(rig.issue(2, 100, 1))
        [moved] = rig.taken(rig.move(2, 3, 100, 1), on_refusal="wait")
        # The other one is held back: the ledger refuses the second.
        [first] = rig.outbox.on_their_way(1, [1])
        with rig.database.writing() as connection:
            connection.exec_driver_sql(
                f"UPDATE operations SET next_try_wall = {rig.now + 5}, tries = 1 "
                f"WHERE id = '{first.id}'"
            )
        rig.round()
        assert rig.state(moved) == "accepted"
        assert isinstance(_refusal(rig, moved), DepositShort)
        rig.rounds(9)
        assert rig.states([first, moved]) == ["done", "done"]
        assert rig.outbox.find(moved.id).refusal is None
        assert rig.chain.ledger.deposits == {2: 0, 3: 100}

    def test_refused_command_costs_no_room_on_the_chain_while_it_waits(self, rig: Rig) -> None:
        moved = _left_alone(rig)
        rig.rounds(30)
        assert rig.state(moved) == "accepted"
        assert isinstance(_refusal(rig, moved), DepositShort)
        assert len(rig.stored()) == 1
        assert rig.outbox.find(moved.id).tries > 3
        rig.taken(rig.issue(2, 100, 9))
        rig.rounds(60)
        assert rig.state(moved) == "done"

    def test_command_whose_deadline_has_passed_is_refused_for_good(self, rig: Rig) -> None:
        moved = _left_alone(rig)
        rig.rounds(3)
        rig.now += 901
        rig.rounds(2)
        assert rig.state(moved) == "refused"
        assert isinstance(_refusal(rig, moved), (DepositShort, DeadlinePassed))

    def test_command_ends_also_on_a_chain_that_makes_blocks_only_for_transactions(
        self, rig: Rig
    ) -> None:
        moved = _left_alone(rig)
        rig.now += 901
        for _ in range(70):
            rig.relay()
            if rig.chain.pool:
                rig.chain.mine()
            rig.follow()
            rig.now += 1
        assert rig.state(moved) == "refused"

    def test_of_two_commands_with_one_nonce_one_is_done_and_the_other_refused(
        self, rig: Rig
    ) -> None:
        one, two = rig.taken(rig.issue(2, 100, 1)) + rig.taken(rig.issue(3, 100, 1))
        rig.rounds(3)
        assert rig.states([one, two]) == ["done", "refused"]
        assert isinstance(_refusal(rig, two), NonceUsed)

    def test_command_that_somebody_else_relayed_is_done(self, rig: Rig) -> None:
        command = rig.issue(2, 100, 1)
        [before] = rig.taken(command)
        _relay_else(rig, command)
        rig.rounds(3)
        assert rig.state(before) == "done"
        assert rig.chain.ledger.deposits == {2: 100}
        later = rig.issue(3, 7, 2)
        _relay_else(rig, later, nonce=1)
        rig.follow()
        [found] = rig.taken(later)
        assert found.state == "done"
        assert found.block == rig.chain.head().number
        assert rig.chain.ledger.deposits == {2: 100, 3: 7}


class TestPoison:
    def test_poison_is_parked_with_its_reason_and_nobody_waits_for_it(self, rig: Rig) -> None:
        rig.taken(rig.issue(2, 1_000, 0))
        rig.rounds(2)
        good = rig.taken(*[rig.move(2, 3, 1, one) for one in range(20)])
        [poison] = rig.taken(rig.move(2, 3, 1, 99, POISON))
        more = rig.taken(*[rig.move(2, 4, 1, 200 + one) for one in range(20)])
        rig.rounds(14)
        assert set(rig.states(good + more)) == {"done"}
        assert rig.state(poison) == "parked"
        assert isinstance(_refusal(rig, poison), BatchReverted)
        assert rig.chain.ledger.deposits == {2: 960, 3: 20, 4: 20}
        later = rig.taken(rig.move(2, 3, 1, 999))
        rig.rounds(2)
        assert set(rig.states(later)) == {"done"}

    def test_parked_operation_is_refused_when_its_deadline_has_passed(self, rig: Rig) -> None:
        rig.taken(rig.issue(2, 1_000, 0))
        rig.rounds(2)
        [poison] = rig.taken(rig.move(2, 3, 1, 99, POISON))
        rig.rounds(3)
        rig.now += 901
        rig.taken(rig.issue(3, 1, 5))
        rig.rounds(2)
        assert rig.state(poison) == "refused"
        assert isinstance(_refusal(rig, poison), DeadlinePassed)
        before = refusal_before(rig.outbox.find(poison.id).refusal or "")
        assert isinstance(before, BatchReverted)

    def test_released_operation_is_tried_again_and_parked_again(self, rig: Rig) -> None:
        rig.taken(rig.issue(2, 1_000, 0))
        rig.rounds(2)
        [poison] = rig.taken(rig.move(2, 3, 1, 99, POISON))
        rig.rounds(3)
        rig.outbox.release(poison.id)
        rig.rounds(3)
        assert rig.state(poison) == "parked"
        assert len(rig.stored()) == 3

    def test_calls_that_take_more_room_than_estimated_are_carried_apart(self, rig: Rig) -> None:
        rig.taken(rig.issue(2, 1_000, 0))
        rig.rounds(2)
        hungry = rig.taken(*[rig.move(2, 3, 1, one, HUNGRY) for one in range(5)])
        rig.rounds(8)
        assert set(rig.states(hungry)) == {"done"}
        assert rig.chain.ledger.deposits == {2: 995, 3: 5}


class TestSwitch:
    def test_pause_stops_sending_and_not_accepting(self, rig: Rig) -> None:
        rig.outbox.pause()
        operations = rig.taken(rig.issue(2, 1, 1))
        [lane] = rig.relay()
        assert lane.is_paused
        rig.rounds(3)
        assert rig.states(operations) == ["accepted"]
        rig.begin()
        rig.rounds(2)
        assert rig.states(operations) == ["accepted"]
        rig.outbox.resume()
        rig.rounds(2)
        assert rig.states(operations) == ["done"]


def test_client_that_retries_for_ever_doubles_nothing(rig: Rig) -> None:
    command = rig.issue(2, 1, 1)
    for _ in range(30):
        answers = rig.intake.submit([Post(posted(command))] * 3)
        assert len({one.id for one in answers if isinstance(one, Operation)}) == 1
        rig.round()
    assert rig.chain.ledger.deposits == {2: 1}
    assert rig.outbox.counts() == {"done": 1}
