"""Simulated worlds: none loses, doubles or misreports anything, and planted faults are found."""

import os
import subprocess
import sys

import pytest

from ledger.service.running import crash_points
from tests.faults.planted import PLANTED, planted
from tests.faults.points import NOT_IN_WORLDS
from tests.faults.world import FAMILIES, Tally
from tests.faults.worlds import opened_world, play, played
from tests.shares import Tell

SHARDS = 4
WORLDS = 1_000
DEEP_WORLDS = 20_000
DEEP_SHARDS = 10
PLANTED_WORLDS = range(151, 301)
"""Seeds that are tried until one finds a fault; the rarest is found by one world in forty."""


def _told(tell: Tell, total: Tally, found: dict[int, str]) -> None:
    counts = ", ".join(f"{name} {getattr(total, name):,}" for name in Tally.__slots__)
    tell(f"{counts}; failed {len(found)}")
    assert found == {}, f"seeds {found}"


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_world_comes_to_rest_with_everything_in_its_place(shard: int, tell: Tell) -> None:
    count = WORLDS // SHARDS
    reached: set[str] = set()
    with crash_points.hook(reached.add):
        total, found = played(1 + shard * count, count)
    _told(tell, total, found)
    away = {f"{when} {what}" for what in NOT_IN_WORLDS for when in ("before", "after")}
    assert reached == set(crash_points.NAMES) - away
    assert total.worlds == count
    assert total.crashes > count
    assert total.network > 2 * count
    assert total.database > count // 2


@pytest.mark.deep
@pytest.mark.parametrize("shard", range(DEEP_SHARDS))
def test_twenty_thousand_worlds_come_to_rest(shard: int, tell: Tell) -> None:
    count = DEEP_WORLDS // DEEP_SHARDS
    _told(tell, *played(100_000 + shard * count, count))


@pytest.mark.parametrize("name", PLANTED)
def test_planted_fault_is_found(name: str, tell: Tell) -> None:
    with planted(name) as parts:
        for seed in PLANTED_WORLDS:
            try:
                play(seed, parts)
            except Exception as failure:  # noqa: BLE001 -- whatever it shows itself by
                tell(f"world {seed} found {type(failure).__name__}")
                return
    pytest.fail(f"{len(PLANTED_WORLDS)} worlds did not find it")


def test_world_takes_the_same_course_in_another_process() -> None:
    seeds = (20, 21, 22)
    here = [play(seed)[0] for seed in seeds]
    code = f"from tests.faults.worlds import play; print([play(one)[0] for one in {seeds}])"
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    there = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    assert there.stdout.splitlines()[-1] == str(here)  # what is logged comes before it


def test_every_family_of_faults_is_left_out_of_some_worlds() -> None:
    left_out: set[str] = set()
    for seed in range(1, 30):
        with opened_world(seed) as world:
            left_out |= set(FAMILIES) - world.families
    assert left_out == set(FAMILIES)
