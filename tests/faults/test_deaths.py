"""Real deaths by SIGKILL at named crash points: nothing is lost, doubled or misreported."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.databases import ENGINES
from tests.faults.deaths import POINTS
from tests.faults.embedded_lives import EMBEDDED_POINTS

PLANTED = ("nonce from the node", "sent before stored", "cursor in a second transaction")
LIMIT_SECONDS = 3_000


def _campaign(*options: object) -> dict[str, Any]:
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
    print(
        f"{report['killed']} kills in {report['lives']} lives of {report['runs']} runs on "
        f"{report['engine']}, {report['commands']} commands, {report['seconds']} s; "
        f"failed {len(report['failed'])}"
    )
    return report


def test_thirty_deaths_lose_and_double_nothing() -> None:
    report = _campaign("--kills", 26, "--embedded", 4)
    assert report["failed"] == []
    assert report["killed"] >= 30


@pytest.mark.deep
@pytest.mark.parametrize("engine", ENGINES)
def test_thousand_deaths_at_every_point(engine: str) -> None:
    report = _campaign("--kills", 1_000, "--each", 5, "--embedded", 60, "--engine", engine)
    assert report["failed"] == []
    assert report["killed"] >= 1_000
    assert all(report["kills"].get(point, 0) >= 5 for point in POINTS)
    assert sum(point in report["kills"] for point in EMBEDDED_POINTS) == len(EMBEDDED_POINTS)


@pytest.mark.deep
@pytest.mark.parametrize("name", PLANTED)
def test_planted_fault_is_found_by_real_deaths(name: str) -> None:
    report = _campaign("--kills", 400, "--planted", name)
    assert report["failed"]
