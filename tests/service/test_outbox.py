"""The outbox: numbers that rise, people who wait, parked operations, the switch."""

import pytest

from ledger.model.errors import OperationNotParked, OperationUnknown
from ledger.model.errors.authority import BatchMalformed
from ledger.service.intake.refusals import refusal_of, refusal_text
from ledger.service.relaying.outbox import (
    OVERDUE_SECONDS_MOST,
    Numbers,
    Operation,
    Waiters,
    is_final,
)
from ledger.service.relaying.packing import AGAIN_SECONDS_MAX
from ledger.store.following import forget_landings
from ledger.store.operations import (
    due_operations,
    park_operation,
    postpone_operation,
)
from tests.faults.acts import move
from tests.service.rig import Rig


class TestNumbers:
    def test_numbers_rise_whatever_the_clock_does(self) -> None:
        times = iter([5.0, 5.0, 4.0, 4.0005, 5.001, 1.0, 9.0])
        numbers = Numbers(lambda: next(times), lambda bits: 2**bits - 1)
        made = [numbers.next() for _ in range(7)]
        assert made == sorted(set(made))
        assert all(len(one) == 29 for one in made)

    def test_number_says_its_time(self) -> None:
        first = Numbers(lambda: 1_000.0, lambda _: 0).next()
        second = Numbers(lambda: 1_000.001, lambda _: 0).next()
        assert first[:13] != second[:13]
        assert first[13:] == second[13:] == "0" * 16


class TestWaiters:
    def test_who_waits_is_told_once(self) -> None:
        waiters, told = Waiters(), list[str]()
        waiters.add("op_1", lambda: told.append("a"))
        remove = waiters.add("op_1", lambda: told.append("b"))
        waiters.add("op_1", lambda: told.append("c"))
        remove()
        waiters.tell(["op_0", "op_1"])
        waiters.tell(["op_1"])
        remove()
        assert told == ["a", "c"]
        assert waiters._waiting == {}


def test_unknown_operation_is_refused(rig: Rig) -> None:
    with pytest.raises(OperationUnknown):
        rig.outbox.find("op_x")
    with pytest.raises(OperationUnknown):
        rig.outbox.release("op_x")


def test_parked_operation_says_why_and_may_be_released(rig: Rig) -> None:
    [one] = rig.taken(rig.issue(2, 5, 1))
    with pytest.raises(OperationNotParked):
        rig.outbox.release(one.id)
    reason = refusal_text(BatchMalformed(index=0))
    with rig.database.writing() as connection:
        park_operation(connection, one.id, refusal=reason, wall=rig.now)
    parked = rig.outbox.find(one.id)
    assert (parked.state, is_final(parked)) == ("parked", False)
    refusal = refusal_of(parked.refusal or "")
    assert isinstance(refusal, BatchMalformed)
    assert refusal.values == {"index": 0}
    assert rig.outbox.counts() == {"parked": 1}
    assert rig.outbox.overdue_seconds() == 0
    released = rig.outbox.release(one.id)
    assert (released.state, released.tries) == ("accepted", 0)


def test_switch_is_kept_in_the_database(rig: Rig) -> None:
    assert not rig.outbox.is_paused
    rig.outbox.pause()
    assert rig.outbox.is_paused
    rig.outbox.resume()
    assert not rig.outbox.is_paused


def test_oldest_operation_tells_how_long_senders_wait(rig: Rig) -> None:
    assert rig.outbox.overdue_seconds() == 0
    rig.taken(rig.issue(2, 5, 1))
    rig.now += 30
    rig.taken(rig.issue(2, 5, 2))
    assert rig.outbox.overdue_seconds() == 30
    rig.skew = -1_000
    assert rig.outbox.overdue_seconds() == 0


def test_command_that_is_refused_for_now_does_not_make_the_outbox_stand(rig: Rig) -> None:
    waiting = _refused_for_now(rig)
    for _ in range(60):
        rig.round(30)
        assert rig.outbox.overdue_seconds() <= 2 * 30
    assert rig.state(waiting) == "accepted"
    rig.begin()
    assert rig.outbox.overdue_seconds() <= 2 * 30


def test_relayer_that_stands_still_is_seen_by_what_is_to_be_tried_again(rig: Rig) -> None:
    _refused_for_now(rig)
    rig.rounds(4, seconds=30)
    rig.now += AGAIN_SECONDS_MAX + OVERDUE_SECONDS_MOST
    assert rig.outbox.overdue_seconds() > OVERDUE_SECONDS_MOST - 30


def test_transaction_that_no_block_takes_is_seen(rig: Rig) -> None:
    [one] = rig.taken(rig.issue(2, 5, 1))
    rig.now += 30
    rig.relay()
    assert (rig.state(one), rig.outbox.overdue_seconds()) == ("sent", 0)
    rig.now += 400
    rig.relay()
    assert (rig.state(one), rig.outbox.overdue_seconds()) == ("sent", 400)


def test_released_operation_waits_from_its_release(rig: Rig) -> None:
    [one] = rig.taken(rig.issue(2, 5, 1))
    rig.outbox.park(one.id, refusal_text(BatchMalformed(index=0)))
    rig.now += 5_000
    rig.outbox.release(one.id)
    rig.now += 7
    assert rig.outbox.overdue_seconds() == 7


def test_operation_that_a_fork_set_back_waits_from_then(rig: Rig) -> None:
    [one] = rig.taken(rig.issue(2, 5, 1))
    rig.rounds(2)
    rig.now += 5_000
    with rig.database.writing() as connection:
        # Another's transaction carried it, and the chain has lost that.
        connection.exec_driver_sql("UPDATE operations SET transaction_hash = NULL")
        forget_landings(connection, above=0, wall=rig.now)
    rig.now += 7
    assert (rig.state(one), rig.outbox.overdue_seconds()) == ("accepted", 7)


def _refused_for_now(rig: Rig) -> Operation:
    """The second of two commands over the same money, with an hour to go."""
    rig.taken(rig.issue(2, 5, 1))
    rig.rounds(2)
    rig.taken(move(2, 3, 5, 1, rig.now + 7_200))
    [waiting] = rig.taken(move(2, 4, 5, 2, rig.now + 7_200))
    rig.rounds(2)
    assert rig.state(waiting) == "accepted"
    return waiting


def test_operation_that_was_refused_waits_its_time_unless_the_clock_went_back(rig: Rig) -> None:
    one, two = rig.taken(rig.issue(2, 5, 1), rig.issue(2, 5, 2))

    def due(wall: int, *, is_again: bool) -> list[str]:
        with rig.database.writing() as connection:
            found = due_operations(connection, 9, wall=wall, latest=wall + 60, is_again=is_again)
        return [operation.id for operation in found]

    assert due(rig.now, is_again=False) == [one.id, two.id]
    assert due(rig.now, is_again=True) == []
    with rig.database.writing() as connection:
        reason = refusal_text(BatchMalformed(index=0))
        postpone_operation(connection, one.id, refusal=reason, again=rig.now + 8, wall=rig.now)
    assert due(rig.now, is_again=False) == [two.id]
    assert due(rig.now + 7, is_again=True) == []
    assert due(rig.now + 8, is_again=True) == [one.id]
    assert due(rig.now - 10_000, is_again=True) == [one.id]
    assert rig.outbox.find(one.id).tries == 1


def test_operation_behind_many_refused_ones_has_its_turn(rig: Rig) -> None:
    one, two, three = rig.taken(*(rig.issue(2, 5, nonce) for nonce in (1, 2, 3)))
    reason = refusal_text(BatchMalformed(index=0))
    with rig.database.writing() as connection:
        for operation, again in ((one, 9), (two, 3), (three, 5)):
            postpone_operation(
                connection, operation.id, refusal=reason, again=rig.now + again, wall=rig.now
            )
        wall = rig.now + 10
        found = due_operations(connection, 2, wall=wall, latest=wall + 60, is_again=True)
        every = due_operations(connection, 9, wall=wall, latest=wall + 60, is_again=True)
    assert [operation.id for operation in found] == [two.id, three.id]
    assert [operation.id for operation in every] == [one.id, two.id, three.id]
