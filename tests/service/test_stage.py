"""What is done once on the town's chain is there again as if it were done anew."""

from tests.service.settlements import _divided, divided
from tests.service.stage import Stage, Town
from tests.views_scenario import YUAN


def _left(town: Town) -> tuple[object, ...]:
    chain, number = town.chain, town.chain.head().number
    return (town.point(), chain._landed, chain._events, chain.blocks(0, number))


def test_what_was_done_once_leaves_the_same_as_what_is_done_anew(stage: Stage) -> None:
    town, begun = stage.town, stage.town.point()
    town._done.clear()
    roots, left = [], []
    for act in (_divided, divided, divided):  # anew, for the first time, as it was done
        town.take_back(begun)
        roots.append(act(stage, 3))
        left.append(_left(town))
        stage.acts.offer(stage.cast.birch, roots[-1], YUAN, stage.cast.cedar)
        left.append(_left(town))
    assert roots[0] == roots[1] == roots[2]
    assert left[:2] == left[2:4] == left[4:]
    assert len(town._done) == 1


def test_what_was_done_from_elsewhere_is_done_anew(stage: Stage) -> None:
    roots = [divided(stage, 3), divided(stage, 3)]
    assert len(set(roots)) == 2


def test_what_was_done_once_is_whole_after_others_left_shorter_chains(stage: Stage) -> None:
    """Blocks below its last stayed others', and whoever read them waited for ever."""
    town, begun = stage.town, stage.town.point()
    town._done.clear()
    divided(stage, 3)
    left = _left(town)
    town.take_back(begun)
    stage.acts.issue(7 * YUAN)
    town.take_back(begun)
    divided(stage, 3)
    assert _left(town) == left
    stage.follow()
