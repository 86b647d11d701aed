"""Real deaths by SIGKILL at named crash points: nothing is lost, doubled or misreported."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from ledger.service.running import crash_points
from tests.databases import ENGINES
from tests.faults import planted
from tests.faults.points import CAMPAIGNS
from tests.shares import Tell

PLANTED = ("nonce from the node", "sent before stored", "cursor in a second transaction")
AT_THE_DOOR = {
    "answered while it is stored": "before accept",
    "first answer kept apart": "after release",
}
"""Faults that clients at a door see, and where deaths bring them to light."""
IN_THE_HOUSE = {
    "file's answer kept apart": "after import",
    "comparison forgotten when it fails": "after want comparison",
}
OVER_RECORDS = {"key before dropped early": "after rotate"}
ELSEWHERE = [
    (campaign, name, point)
    for campaign, own in (("door", AT_THE_DOOR), ("house", IN_THE_HOUSE), ("records", OVER_RECORDS))
    for name, point in own.items()
]
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
    if dead := report["dead"]:
        tell(", ".join(f"{who} died {count} times" for who, count in sorted(dead.items())))
    for campaign, kills in report["kills"].items():
        told = ", ".join(f"{point} {count}" for point, count in sorted(kills.items()))
        tell(f"{campaign}, {report['seconds_of'][campaign]} s: {told}")
    return report


def test_every_fault_is_planted_where_it_is_found() -> None:
    assert set(AT_THE_DOOR) == set(planted.AT_THE_DOOR)
    assert set(IN_THE_HOUSE) == set(planted.IN_THE_HOUSE)
    assert set(OVER_RECORDS) == set(planted.OVER_RECORDS)


def test_each_crash_point_is_killed_at_by_a_campaign() -> None:
    killed = {point for own in CAMPAIGNS.values() for point in own}
    assert killed == set(crash_points.NAMES)


def test_thirty_deaths_lose_and_double_nothing(tell: Tell) -> None:
    report = _campaign(tell, "--node", 24, "--embedded", 4, "--office", 6, "--records", 4)
    assert report["failed"] == []
    assert report["killed"] >= 38


def test_deaths_of_a_service_that_clients_ask_lose_and_double_nothing(tell: Tell) -> None:
    report = _campaign(tell, "--door", 3, "--seed", 3)
    assert report["failed"] == []
    assert report["killed"] >= 3


@pytest.mark.deep
@pytest.mark.longest
@pytest.mark.parametrize("engine", ENGINES)
def test_thousand_deaths_at_every_point(engine: str, tell: Tell) -> None:
    aims = ("--node", 700, "--embedded", 100, "--office", 200, "--records", 100)
    report = _campaign(tell, *aims, "--each", EACH, "--engine", engine)
    assert report["failed"] == []
    assert report["killed"] >= 1_100
    assert _rare(report) == {}


@pytest.mark.deep
@pytest.mark.parametrize("engine", ENGINES)
def test_deaths_at_every_point_that_clients_bring_a_service_to(engine: str, tell: Tell) -> None:
    report = _campaign(tell, "--door", 250, "--house", 120, "--each", EACH, "--engine", engine)
    assert report["failed"] == []
    assert report["killed"] >= 370
    assert min(report["dead"][who] for who in ("both", "door", "office")) >= EACH
    assert _rare(report) == {}


def _rare(report: dict[str, Any]) -> dict[str, int]:
    """Points that a campaign has not killed at often enough."""
    return {
        f"{campaign}: {point}": kills.get(point, 0)
        for campaign, kills in report["kills"].items()
        for point in CAMPAIGNS[campaign]
        if kills.get(point, 0) < EACH
    }


@pytest.mark.deep
@pytest.mark.parametrize("name", PLANTED)
def test_planted_fault_is_found_by_real_deaths(name: str, tell: Tell) -> None:
    report = _campaign(tell, "--node", 400, "--planted", name)
    assert report["failed"]


@pytest.mark.deep
@pytest.mark.parametrize(("campaign", "name", "point"), ELSEWHERE)
def test_fault_planted_elsewhere_is_found_by_deaths_there(
    campaign: str, name: str, point: str, tell: Tell
) -> None:
    report = _campaign(tell, f"--{campaign}", 100, "--at", point, "--planted", name)
    assert report["failed"]
