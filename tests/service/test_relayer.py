"""The relayer: each command takes effect once, whatever dies, lags, lies or is lost."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.chain.endpoint import Answer, Sending
from ledger.chain.relayer_key import RelayerKey
from ledger.model.errors import (
    BatchReverted,
    DeadlinePassed,
    DepositShort,
    NodeUnreachable,
    NonceUsed,
)
from ledger.service import crash_points
from ledger.service.intake import Post
from ledger.service.outbox import Operation
from ledger.service.refusals import refusal_of
from ledger.store.relaying import Relayed, transactions_from
from tests.chain.chains import relayer_key
from tests.databases import ENGINES
from tests.faults import model_chain
from tests.faults.acts import batch, posted, void
from tests.faults.model_ledger import BANK, CHAIN_ID, DEPLOYMENT, HUNGRY, POISON
from tests.service.rig import KEYS, Rig, rigged


def _stored(rig: Rig, lane: int = 0) -> list[Relayed]:
    with rig.database.reading() as connection:
        return transactions_from(connection, KEYS[lane].address, 0, limit=1_000)


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
    _relay_with(relayer_key(CHAIN_ID, b"\x77" * 32), rig, command, nonce)


def _relay_with(key: RelayerKey, rig: Rig, command: Any, nonce: int = 0) -> None:
    """A command is relayed past the service."""
    raw = key.sign(nonce, DEPLOYMENT.address("Relay"), batch([command]), gas=10**7).raw
    rig.chain.send([raw])
    rig.chain.mine()


POINTS = [
    f"{when} {what}"
    for what in ("count", "pack", "send", "mark", "locate", "split", "simulate")
    for when in ("before", "after")
]


class Killed(BaseException):
    """The process ends here."""


def _kill_at(name: str) -> Callable[[str], None]:
    def strike(at: str) -> None:
        if at == name:
            raise Killed

    return strike


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
        assert done.transaction_hash == _stored(rig)[0].hash
        assert [one.state for one in _stored(rig)] == ["mined"]

    def test_nothing_to_do_asks_nobody(self, rig: Rig) -> None:
        rig.chain.transaction_count = None  # type: ignore[assignment,method-assign]
        [lane] = rig.relay()
        assert (lane.pending, lane.packed) == (0, 0)

    def test_batches_are_packed_by_the_room_that_calls_take(self, rig: Rig) -> None:
        operations = rig.taken(*[rig.issue(2, 1, one) for one in range(250)])
        [lane] = rig.relay()
        assert (lane.packed, lane.pending) == (250, 3)
        assert [one.nonce for one in _stored(rig)] == [0, 1, 2]
        assert all(one.gas == 16_000_000 for one in _stored(rig))
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
        assert len(_stored(rig)) == 1
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
        assert isinstance(_refusal(rig, poison), BatchReverted)

    def test_released_operation_is_tried_again_and_parked_again(self, rig: Rig) -> None:
        rig.taken(rig.issue(2, 1_000, 0))
        rig.rounds(2)
        [poison] = rig.taken(rig.move(2, 3, 1, 99, POISON))
        rig.rounds(3)
        rig.outbox.release(poison.id)
        rig.rounds(3)
        assert rig.state(poison) == "parked"
        assert len(_stored(rig)) == 3

    def test_calls_that_take_more_room_than_estimated_are_carried_apart(self, rig: Rig) -> None:
        rig.taken(rig.issue(2, 1_000, 0))
        rig.rounds(2)
        hungry = rig.taken(*[rig.move(2, 3, 1, one, HUNGRY) for one in range(5)])
        rig.rounds(8)
        assert set(rig.states(hungry)) == {"done"}
        assert rig.chain.ledger.deposits == {2: 995, 3: 5}


class TestNode:
    def test_node_that_is_away_is_waited_for_longer_and_longer(self, rig: Rig) -> None:
        [one] = rig.taken(rig.issue(2, 1, 1))
        asked: list[int] = []

        def away(_: str) -> int:
            asked.append(rig.now)
            raise NodeUnreachable(url="x")

        count = rig.chain.transaction_count
        rig.chain.transaction_count = away  # type: ignore[method-assign]
        for _ in range(60):
            [lane] = rig.relay()
            assert isinstance(lane.problem, NodeUnreachable)
            rig.now += 1
        assert 8 <= len(asked) <= 14
        rig.chain.transaction_count = count  # type: ignore[method-assign]
        rig.rounds(12)
        assert rig.state(one) == "done"

    @pytest.mark.parametrize("when", ["before", "after"])
    def test_answer_to_sending_that_is_lost_is_asked_for_with_the_same_bytes(
        self, rig: Rig, when: str
    ) -> None:
        operations = rig.taken(*[rig.issue(2, 1, one) for one in range(5)])
        send, sent = rig.chain.send, []

        def losing(raws: list[bytes]) -> list[Sending]:
            sent.extend(raws)
            if when == "after":
                send(raws)
            raise NodeUnreachable(url="x")

        rig.chain.send = losing  # type: ignore[method-assign,assignment]
        rig.relay()
        rig.chain.send = lambda raws: sent.extend(raws) or send(raws)  # type: ignore[method-assign,func-returns-value]
        rig.now += 1
        rig.rounds(2)
        assert set(rig.states(operations)) == {"done"}
        assert len(sent) == 2
        assert len(set(sent)) == 1

    def test_pool_that_was_lost_gets_the_same_bytes_again(self, rig: Rig) -> None:
        operations = rig.taken(rig.issue(2, 1, 1))
        rig.relay()
        rig.chain.lose_pool()
        rig.rounds(5)
        assert rig.states(operations) == ["sent"]
        rig.rounds(8)
        assert rig.states(operations) == ["done"]
        assert len(_stored(rig)) == 1

    def test_full_pool_is_tried_again(self, rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(model_chain, "POOL_MAX", 1)
        operations = rig.taken(*[rig.issue(2, 1, one) for one in range(250)])
        [lane] = rig.relay()
        assert (lane.pending, len(rig.chain.pool)) == (3, 1)
        rig.rounds(4)
        assert set(rig.states(operations)) == {"done"}

    def test_refused_transaction_is_a_problem_of_the_lane_and_sent_again(self, rig: Rig) -> None:
        operations = rig.taken(rig.issue(2, 1, 1))
        send = rig.chain.send
        rig.chain.send = lambda raws: [Sending(Answer.REFUSED, b"", "not permitted")] * len(raws)  # type: ignore[method-assign]
        [lane] = rig.relay()
        assert "not permitted" in str(lane.problem)
        rig.chain.send = send  # type: ignore[method-assign]
        rig.now += 1
        rig.rounds(2)
        assert rig.states(operations) == ["done"]

    def test_nonce_that_another_has_used_gives_its_operations_back(self, rig: Rig) -> None:
        operations = rig.taken(*[rig.issue(2, 1, one) for one in range(3)])
        rig.relay()
        rig.chain.lose_pool()
        # Somebody has the relayer's key, or an old backup of the database was in use.
        other = KEYS[0].sign(
            0, DEPLOYMENT.address("Relay"), batch([rig.issue(3, 1, 77)]), gas=10**7
        )
        rig.chain.send([other.raw])
        rig.chain.mine()
        rig.rounds(30)
        assert set(rig.states(operations)) == {"sent"}
        rig.rounds(40)
        assert set(rig.states(operations)) == {"done"}
        assert rig.chain.ledger.deposits == {2: 3, 3: 1}

    def test_key_that_was_used_before_goes_on_from_there(self, rig: Rig) -> None:
        other = KEYS[0].sign(
            0, DEPLOYMENT.address("Relay"), batch([rig.issue(3, 1, 77)]), gas=10**7
        )
        rig.chain.send([other.raw])
        rig.chain.mine()
        operations = rig.taken(rig.issue(2, 1, 1))
        rig.rounds(2)
        assert rig.states(operations) == ["done"]
        assert [one.nonce for one in _stored(rig)] == [1]

    def test_chain_that_lost_its_last_blocks_gets_the_same_bytes_again(self, rig: Rig) -> None:
        first = rig.taken(rig.issue(2, 1, 1))
        rig.rounds(2)
        second = rig.taken(*[rig.issue(2, 10, one) for one in (2, 3)])
        rig.rounds(2)
        before = [one.raw for one in _stored(rig)]
        rig.chain.rollback(2)
        third = rig.taken(rig.issue(2, 100, 4))
        rig.rounds(12)
        assert set(rig.states(first + second + third)) == {"done"}
        assert rig.chain.ledger.deposits == {2: 121}
        assert [one.raw for one in _stored(rig)][: len(before)] == before


class TestDeath:
    @pytest.mark.parametrize("point", POINTS)
    def test_death_at_any_point_loses_and_doubles_nothing(self, rig: Rig, point: str) -> None:
        rig.taken(rig.issue(2, 1_000, 0))
        rig.rounds(2)
        operations = rig.taken(*[rig.move(2, 3, 10**one, one) for one in range(3)])
        [poison] = rig.taken(rig.move(2, 3, 7, 99, POISON))
        operations += rig.taken(rig.move(2, 3, 500, 7))
        deaths = 0
        for _ in range(24):
            strike = _kill_at(point if deaths < 3 else "never")
            try:
                with crash_points.hook(strike):
                    rig.round()
            except Killed:
                deaths += 1
                rig.begin()
        assert deaths or point.endswith("simulate")
        assert set(rig.states(operations)) == {"done"}
        assert rig.state(poison) == "parked"
        assert rig.chain.ledger.deposits == {2: 389, 3: 611}
        nonces = [one.nonce for one in _stored(rig)]
        assert nonces == list(range(len(nonces)))


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


class TestLanes:
    @pytest.fixture(params=ENGINES)
    def wide(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
        with rigged(str(request.param), tmp_path, lanes=3) as rig:
            yield rig

    def test_each_key_has_nonces_of_its_own_and_nothing_is_taken_twice(self, wide: Rig) -> None:
        for start in range(0, 300, 50):
            wide.taken(*[wide.issue(2, 1, start + one) for one in range(50)])
            wide.relayers = wide.relayers[1:] + wide.relayers[:1]
            wide.relay()
        wide.rounds(3)
        assert wide.outbox.counts() == {"done": 300}
        assert wide.chain.ledger.deposits == {2: 300}
        for lane in range(3):
            nonces = [one.nonce for one in _stored(wide, lane)]
            assert nonces == list(range(len(nonces))) != []

    def test_lane_that_is_stuck_holds_up_nobody_else(self, wide: Rig) -> None:
        stuck = wide.taken(wide.issue(2, 1, 1))
        wide.relayers[0].step()
        send = wide.chain.send
        first = KEYS[0].address

        def refusing(raws: list[bytes]) -> list[Sending]:
            answers = send(raws)
            wide.chain.pool = {key: one for key, one in wide.chain.pool.items() if key[0] != first}
            return answers

        wide.chain.send = refusing  # type: ignore[method-assign,assignment]
        wide.chain.lose_pool()
        others = wide.taken(*[wide.issue(2, 1, 10 + one) for one in range(5)])
        wide.relayers = wide.relayers[1:] + wide.relayers[:1]
        wide.rounds(3)
        assert wide.states(stuck) == ["sent"]
        assert set(wide.states(others)) == {"done"}
        wide.chain.send = send  # type: ignore[method-assign]
        wide.rounds(12)
        assert wide.states(stuck) == ["done"]


def test_client_that_retries_for_ever_doubles_nothing(rig: Rig) -> None:
    command = rig.issue(2, 1, 1)
    for _ in range(30):
        answers = rig.intake.submit([Post(posted(command))] * 3)
        assert len({one.id for one in answers if isinstance(one, Operation)}) == 1
        rig.round()
    assert rig.chain.ledger.deposits == {2: 1}
    assert rig.outbox.counts() == {"done": 1}
