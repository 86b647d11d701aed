"""Several nodes as one: the dead are passed by, the late are noticed, strangers are refused."""

from collections.abc import Callable
from typing import Any

import pytest
import structlog

from ledger.chain.failover import RETRY_SECONDS, STALE_SECONDS, Endpoints
from ledger.model.errors.service import ChainMismatch, NodeFailed, NodeUnreachable
from tests.cast import MORNING
from tests.faults.model_chain import ModelChain

PULSE = 1.0


class Unsteady:
    """A node over a chain that may be away, count what it is asked, and show old blocks."""

    def __init__(self, chain: ModelChain, name: str) -> None:
        self.chain, self.name = chain, name
        self.is_up = True
        self.behind = 0
        self.asked = 0

    def __getattr__(self, method: str) -> Any:
        self.asked += 1
        if not self.is_up:
            raise NodeUnreachable(url=self.name)
        if method == "head" and self.behind:
            number = self.chain.head().number - self.behind
            return lambda: self.chain.block(number)
        return getattr(self.chain, method)


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def _chain() -> ModelChain:
    chain = ModelChain(lambda: MORNING)
    for _ in range(5):
        chain.mine()
    return chain


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def nodes() -> list[Unsteady]:
    chain = _chain()
    return [Unsteady(chain, name) for name in ("one", "two", "three")]


@pytest.fixture
def several(nodes: list[Unsteady], clock: Clock) -> Endpoints:
    return Endpoints(nodes, monotonic=clock)


class TestDeath:
    def test_no_node_at_all_is_a_failure(self) -> None:
        with pytest.raises(NodeFailed):
            Endpoints([]).head()

    def test_all_dead_raises_the_last_one_s_failure(
        self, nodes: list[Unsteady], several: Endpoints
    ) -> None:
        for node in nodes:
            node.is_up = False
        with pytest.raises(NodeUnreachable) as caught:
            several.head()
        assert caught.value.values["url"] == "three"

    def test_every_question_goes_to_the_next_node(
        self, nodes: list[Unsteady], several: Endpoints
    ) -> None:
        asks: list[Callable[[], object]] = [
            lambda: several.chain_id,
            lambda: several.genesis,
            several.head,
            lambda: several.block(1),
            lambda: several.blocks(0, 3),
            lambda: several.logs(0, 3, ()),
            lambda: several.code("0x"),
            lambda: several.send([]),
            lambda: several.calls([]),
            lambda: several.transaction_count("0x"),
            lambda: several.landed([bytes(32)]),
        ]
        first = [ask() for ask in asks]
        assert several.name == "one"
        nodes[0].is_up = False
        assert [ask() for ask in asks] == first
        assert several.name == "two"

    def test_dead_node_is_left_alone_and_asked_again_when_nothing_else_is_left(
        self, nodes: list[Unsteady], several: Endpoints, clock: Clock
    ) -> None:
        nodes[0].is_up = False
        several.head()
        before = nodes[0].asked
        several.head()
        nodes[1].is_up = False
        several.head()
        assert (several.name, nodes[0].asked) == ("three", before)
        nodes[2].is_up, nodes[0].is_up = False, True
        with pytest.raises(NodeUnreachable):
            several.head()  # the others rest
        several.head()
        assert several.name == "one"
        clock.now += RETRY_SECONDS
        nodes[1].is_up = True
        nodes[0].is_up = False
        several.head()
        assert several.name == "two"

    def test_clock_that_goes_back_does_not_keep_a_node_away(
        self, nodes: list[Unsteady], several: Endpoints, clock: Clock
    ) -> None:
        nodes[0].is_up = False
        several.head()
        nodes[1].is_up, nodes[2].is_up, nodes[0].is_up = False, False, True
        clock.now -= 1_000
        several.head()
        assert several.name == "one"

    def test_failure_change_and_recovery_are_told_once_each(
        self, nodes: list[Unsteady], several: Endpoints, clock: Clock
    ) -> None:
        with structlog.testing.capture_logs() as told:
            several.head()
            nodes[0].is_up = False
            for _ in range(3):
                several.head()
            clock.now += RETRY_SECONDS
            nodes[1].is_up, nodes[2].is_up, nodes[0].is_up = False, False, True
            for _ in range(3):
                several.head()
        assert [(one["event"], one["node"], one.get("code")) for one in told] == [
            ("node failed", 1, "NodeUnreachable"),
            ("node changed", 2, None),
            ("node failed", 2, "NodeUnreachable"),
            ("node failed", 3, "NodeUnreachable"),
            ("node well again", 1, None),
            ("node changed", 1, None),
        ]


class TestStrangers:
    def test_node_of_another_chain_id_is_refused(self, clock: Clock) -> None:
        with pytest.raises(ChainMismatch) as caught:
            Endpoints([Unsteady(_chain(), "one")], chain_id=1, monotonic=clock).head()
        assert caught.value.values["what"] == "chain id"

    def test_node_of_another_genesis_is_refused_and_passed_by(
        self, nodes: list[Unsteady], clock: Clock
    ) -> None:
        other = Unsteady(ModelChain(lambda: MORNING), "other")
        other.chain.chain_id = nodes[0].chain.chain_id
        other.chain._made[0] = _chain()._made[1]
        genesis = nodes[0].chain.blocks(0, 0)[0].hash
        several = Endpoints([other, *nodes], genesis=genesis, monotonic=clock)
        assert several.head() == nodes[0].chain.head()
        assert several.name == "one"
        with pytest.raises(ChainMismatch):
            Endpoints([other], genesis=genesis, monotonic=clock).head()

    def test_node_that_came_back_is_checked_again(
        self, nodes: list[Unsteady], several: Endpoints, clock: Clock
    ) -> None:
        genesis = several.genesis
        for node in nodes[1:]:
            node.is_up = False
        nodes[0].is_up = False
        with pytest.raises(NodeUnreachable):
            several.head()
        stranger = ModelChain(lambda: MORNING)
        stranger._made[0] = _chain()._made[1]
        nodes[0].chain, nodes[0].is_up = stranger, True
        clock.now += RETRY_SECONDS + PULSE
        with pytest.raises((ChainMismatch, NodeUnreachable)):
            several.head()
        assert several.genesis == genesis


class TestLateness:
    def test_node_that_stands_still_gives_way_to_one_that_goes_on(
        self, nodes: list[Unsteady], several: Endpoints, clock: Clock
    ) -> None:
        assert several.head().number == 6
        nodes[0].behind = 2
        nodes[0].chain.mine()
        nodes[0].chain.mine()
        clock.now += STALE_SECONDS
        assert several.head().number == 6  # not yet
        assert several.name == "one"
        clock.now += PULSE
        assert several.head().number == 8
        assert several.name == "two"

    def test_node_that_goes_back_is_held_against_the_others_at_once(
        self, nodes: list[Unsteady], several: Endpoints
    ) -> None:
        several.head()
        nodes[0].behind = 3
        assert several.head().number == 6
        assert several.name == "two"

    def test_quiet_chain_is_no_late_node(
        self, nodes: list[Unsteady], several: Endpoints, clock: Clock
    ) -> None:
        for _ in range(3):
            clock.now += STALE_SECONDS + PULSE
            nodes[1].is_up = not nodes[1].is_up
            assert several.head().number == 6
            assert several.name == "one"

    def test_chain_that_really_lost_blocks_is_followed_down(
        self, nodes: list[Unsteady], several: Endpoints
    ) -> None:
        several.head()
        nodes[0].chain.rollback(3)
        assert several.head().number == 3
        nodes[0].chain.mine()
        assert several.head().number == 4
