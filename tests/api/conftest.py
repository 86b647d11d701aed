"""Fixtures of the door's tests: one service with a rich ledger a session, and its door.

A module that needs another ledger has a `world` of its own; the door and who is signed in follow.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.options import Options, Rate
from tests.api.world import People, Person, World, opened_world
from tests.databases import ENGINES
from tests.views_scenario import Acts, circulate, finance

MANY = Rate(1_000_000, 60)
OPTIONS = Options(
    per_address=MANY,
    per_session=MANY,
    per_key=MANY,
    sign_in=MANY,
    sign_in_address=MANY,
    export=MANY,
    lookup=MANY,
    stream_seconds=30,
)
"""The door's own, without limits of rate: a test asks faster than people."""


ON_EACH_ENGINE = (
    *("test_checks", "test_ended_offers", "test_event_filters", "test_events", "test_every_list"),
    *("test_exports", "test_filters", "test_further_filters", "test_imports", "test_lists"),
    *("test_need_to_know", "test_quotes", "test_reads_logged", "test_reconciliation"),
    *("test_once", "test_once_again", "test_open_acts", "test_profiles", "test_reports"),
    *("test_owed", "test_requests", "test_settlement_runs", "test_sign_in", "test_webhooks"),
    "test_writes",
)
"""Modules whose answers hang on what a database makes of a statement; the rest is on SQLite."""

_MODULES = [path.stem for path in Path(__file__).parent.rglob("test_*.py")]
if odd := [name for name in ON_EACH_ENGINE if _MODULES.count(name) != 1]:
    raise pytest.UsageError(f"on each engine, but not one module here: {', '.join(odd)}")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests of a world run on SQLite, and those named above on every engine that is at hand."""
    if "engine" in metafunc.fixturenames:
        is_named = metafunc.module.__name__.rpartition(".")[2] in ON_EACH_ENGINE
        engines = ENGINES if is_named else ["sqlite"]
        metafunc.parametrize("engine", engines, indirect=True, scope="session")


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> str:
    """Name of the engine."""
    return str(request.param)


@pytest.fixture(scope="session")
def world(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Payables that were cut, offered, declined, sold, pledged, redeemed; and their service."""
    with opened_world(engine, tmp_path_factory.mktemp("door")) as made:
        acts = Acts(made.cast)
        circulate(acts)
        finance(acts)
        acts.offer(made.cast.birch, acts.issue(6_000_00), 1_000_00, made.cast.delta)
        made.follow()
        yield made


@pytest.fixture(scope="session")
def written() -> dict[str, Any]:
    """The door's document, once a door has written it: all have the same, and it takes a second."""
    return {}


@pytest.fixture(scope="module")
def app(world: World, written: dict[str, Any]) -> FastAPI:
    made = create_app(world.service, OPTIONS)
    write = made.openapi

    def document() -> dict[str, Any]:
        if not written:
            written.update(write())
        return written

    made.openapi = document  # type: ignore[method-assign]
    return made


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as made:
        yield made


@pytest.fixture(scope="module")
def person(world: World, client: TestClient) -> People:
    """Signs a member of the cast in."""
    return People(client, world)


@pytest.fixture(scope="module")
def acme(person: People) -> Person:
    return person("Acme")


@pytest.fixture(scope="module")
def birch(person: People) -> Person:
    return person("Birch")


@pytest.fixture(scope="module")
def cedar(person: People) -> Person:
    return person("Cedar")


@pytest.fixture(scope="module")
def delta(person: People) -> Person:
    return person("Delta Bank")


@pytest.fixture(scope="module")
def operator(person: People) -> Person:
    return person("Operator")


@pytest.fixture(scope="module")
def regulator(person: People) -> Person:
    return person("Regulator")
