"""Fixtures of the imports' tests: one chain, taken back after each, and a fresh database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import ENGINES, opened
from tests.imports.world import Chain, World


@pytest.fixture(scope="session")
def founded_chain() -> Chain:
    return Chain()


@pytest.fixture
def chain(founded_chain: Chain) -> Iterator[Chain]:
    endpoint = founded_chain.endpoint
    block, shift = endpoint.head().hash, endpoint._shift
    yield founded_chain
    founded_chain.rewind(block)
    endpoint._shift = shift


@pytest.fixture
def quick_world(tmp_path: Path, chain: Chain) -> Iterator[World]:
    """On SQLite alone: for what is tried in many ways."""
    with opened("sqlite", tmp_path) as database:
        yield World(chain, database)


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path, chain: Chain) -> Iterator[World]:
    with opened(request.param, tmp_path) as database:
        yield World(chain, database)
