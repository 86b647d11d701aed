"""Real deaths by SIGKILL at named crash points: nothing is lost, doubled or misreported."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from ledger.service import crash_points
from tests.databases import ENGINES
from tests.faults.points import CAMPAIGNS
from tests.shares import Tell

PLANTED = ("nonce from the node", "sent before stored", "cursor in a second transaction")
LIMIT_SECONDS = 3_000
EACH = 5
"""Kills at each point of each campaign."""


def _campaign(tell: Tell, *options: object) -> dict[str, Any]:
    """A campaign in a process of its own, which may fork without fear of threads."""
    command = [sys.executable, "-m", "tests.faults.deaths", *map(str, options)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_SECONDS,
        env=dict(os.environ),
    )
    assert done.stdout, done.stderr
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    tell(
        f"{report['killed']} kills in {report['lives']} lives of {report['runs']} runs on "
        f"{report['engine']}, {report['commands']} commands, {report['seconds']} s; "
        f"failed {len(report['failed'])}"
    )
    for campaign, kills in report["kills"].items():
        told = ", ".join(f"{point} {count}" for point, count in sorted(kills.items()))
        tell(f"{campaign}, {report['seconds_of'][campaign]} s: {told}")
    return report


def test_each_crash_point_is_killed_at_by_a_campaign() -> None:
    killed = {point for own in CAMPAIGNS.values() for point in own}
    assert killed == set(crash_points.NAMES)


def test_thirty_deaths_lose_and_double_nothing(tell: Tell) -> None:
    report = _campaign(tell, "--node", 24, "--embedded", 4, "--office", 6)
    assert report["failed"] == []
    assert report["killed"] >= 34


@pytest.mark.deep
@pytest.mark.parametrize("engine", ENGINES)
def test_thousand_deaths_at_every_point(engine: str, tell: Tell) -> None:
    aims = ("--node", 700, "--embedded", 100, "--office", 200)
    report = _campaign(tell, *aims, "--each", EACH, "--engine", engine)
    assert report["failed"] == []
    assert report["killed"] >= 1_000
    rare = {
        f"{campaign}: {point}": report["kills"][campaign].get(point, 0)
        for campaign, points in CAMPAIGNS.items()
        for point in points
        if report["kills"][campaign].get(point, 0) < EACH
    }
    assert rare == {}


@pytest.mark.deep
@pytest.mark.parametrize("name", PLANTED)
def test_planted_fault_is_found_by_real_deaths(name: str, tell: Tell) -> None:
    report = _campaign(tell, "--node", 400, "--planted", name)
    assert report["failed"]
