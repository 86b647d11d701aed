"""The relayer when its node, its key or its own process fails: nothing is lost or doubled."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ledger.chain.endpoint import Answer, Sending
from ledger.model.errors import (
    NodeUnreachable,
)
from ledger.service.running import crash_points
from tests.databases import ENGINES
from tests.faults import model_chain
from tests.faults.acts import batch
from tests.faults.model_ledger import DEPLOYMENT, POISON
from tests.service.rig import KEYS, Rig, rigged

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
        assert len(rig.stored()) == 1

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
        assert [one.nonce for one in rig.stored()] == [1]

    def test_chain_that_lost_its_last_blocks_gets_the_same_bytes_again(self, rig: Rig) -> None:
        first = rig.taken(rig.issue(2, 1, 1))
        rig.rounds(2)
        second = rig.taken(*[rig.issue(2, 10, one) for one in (2, 3)])
        rig.rounds(2)
        before = [one.raw for one in rig.stored()]
        rig.chain.rollback(2)
        third = rig.taken(rig.issue(2, 100, 4))
        rig.rounds(12)
        assert set(rig.states(first + second + third)) == {"done"}
        assert rig.chain.ledger.deposits == {2: 121}
        assert [one.raw for one in rig.stored()][: len(before)] == before


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
        nonces = [one.nonce for one in rig.stored()]
        assert nonces == list(range(len(nonces)))


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
            nonces = [one.nonce for one in wide.stored(lane)]
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
