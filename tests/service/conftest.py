"""Fixtures of the service's tests: each runs on every database engine that is at hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.store.database import Database
from tests.databases import ENGINES, database_url, opened
from tests.service.post_office import PostOffice, opened_office
from tests.service.rig import Rig, rigged
from tests.service.stage import Stage, Town


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Name of the engine."""
    return str(request.param)


@pytest.fixture
def database(engine: str, tmp_path: Path) -> Iterator[Database]:
    """A fresh migrated database."""
    with opened(engine, tmp_path) as database:
        yield database


@pytest.fixture
def url(engine: str, tmp_path: Path) -> Iterator[str]:
    """URL of a fresh migrated database, for tests that open it more than once."""
    with database_url(engine, tmp_path) as url:
        yield url


@pytest.fixture
def rig(engine: str, tmp_path: Path) -> Iterator[Rig]:
    """The write path on a fresh chain and database."""
    with rigged(engine, tmp_path) as found:
        yield found


@pytest.fixture(scope="session")
def founded_town() -> Town:
    """The cast on a chain of its own; tests ask for `stage`, which takes it back after each."""
    return Town()


@pytest.fixture
def stage(founded_town: Town, database: Database) -> Iterator[Stage]:
    """A whole service on the cast's ledger."""
    point = founded_town.point()
    yield Stage(founded_town, database)
    founded_town.take_back(point)


@pytest.fixture
def office(stage: Stage) -> Iterator[PostOffice]:
    """A post office on a stage whose blocks so far were read."""
    with opened_office(stage) as office:
        stage.run()
        yield office
