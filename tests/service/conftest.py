"""Fixtures of the service's tests: each runs on every database engine that is at hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import ENGINES
from tests.service.rig import Rig, rigged


@pytest.fixture(params=ENGINES)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    """The write path on a fresh chain and database."""
    with rigged(str(request.param), tmp_path) as found:
        yield found
