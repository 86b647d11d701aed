"""Fixtures of the store's tests: each runs on every engine that is at hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.store.database import Database
from tests.databases import ENGINES, database_url, empty_url, opened


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
def bare_url(engine: str, tmp_path: Path) -> Iterator[str]:
    """URL of a database without tables."""
    with empty_url(engine, tmp_path) as url:
        yield url
