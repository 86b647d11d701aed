"""The clock of an evaluation chain: forward only, and never on a network."""

import pytest

from ledger.model.errors import ClockBackward, ClockFixed, ClockTooFar
from ledger.service.running.evaluation_clock import STEP_SECONDS_MAX, EvaluationClock
from tests.service.recorded_chain import RecordedChain
from tests.service.stage import Stage


class TestNetwork:
    def test_clock_of_a_network_is_fixed(self) -> None:
        clock = EvaluationClock(RecordedChain(), wall=lambda: 1_000.5)  # type: ignore[arg-type]
        assert (clock.is_steerable, clock.ahead, clock.second) == (False, 0, 1_000)
        with pytest.raises(ClockFixed):
            clock.advance_to(2_000)
        assert not clock.keep_going(0)


class TestEvaluation:
    def test_clock_does_not_go_back(self, stage: Stage) -> None:
        clock = EvaluationClock(stage.town.chain)
        before = stage.town.chain.head()
        with pytest.raises(ClockBackward) as caught:
            clock.advance_to(before.second)
        assert caught.value.values["asked"] == before.second
        assert stage.town.chain.head() == before

    def test_clock_is_moved_by_a_year_at_most(self, stage: Stage) -> None:
        clock, chain = EvaluationClock(stage.town.chain), stage.town.chain
        with pytest.raises(ClockTooFar):
            clock.advance_to(chain.now + STEP_SECONDS_MAX + 1)
        clock.advance_to(chain.now + STEP_SECONDS_MAX)

    def test_clock_that_was_moved_says_so_and_goes_on_from_there(self, stage: Stage) -> None:
        chain = stage.town.chain
        clock = EvaluationClock(chain, wall=chain._clock)
        target, ahead = chain.now + 5_000, clock.ahead
        assert clock.is_steerable
        number = clock.advance_to(target)
        assert (chain.head().number, chain.head().second) == (number, target)
        assert clock.ahead > ahead
        assert clock.second == target
        stage.follow()
        assert stage.at.second == target

    def test_block_is_made_when_none_came_for_long(self, stage: Stage) -> None:
        chain = stage.town.chain
        clock, before = EvaluationClock(chain), chain.head()
        assert not clock.keep_going(600)
        assert chain.head() == before
        chain._shift += 700
        assert clock.keep_going(600)
        assert chain.head().number == before.number + 1
        assert chain.head().second >= before.second + 699
        assert not clock.keep_going(600)
