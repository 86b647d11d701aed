"""Fixtures of the door's tests: one service with a rich ledger a session, and its door."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.options import Options, Rate
from tests.api.world import People, Person, World, opened_world
from tests.views_scenario import Acts, circulate, finance

MANY = Rate(1_000_000, 60)
OPTIONS = Options(
    per_address=MANY,
    per_session=MANY,
    per_key=MANY,
    sign_in=MANY,
    export=MANY,
    lookup=MANY,
    stream_seconds=1,
)
"""The door's own, without limits of rate: a test asks faster than people."""


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Payables that were cut, offered, declined, sold, pledged, redeemed; and their service."""
    with opened_world("sqlite", tmp_path_factory.mktemp("door")) as made:
        acts = Acts(made.cast)
        circulate(acts)
        finance(acts)
        acts.offer(made.cast.birch, acts.issue(6_000_00), 1_000_00, made.cast.delta)
        made.follow()
        yield made


@pytest.fixture(scope="session")
def app(world: World) -> FastAPI:
    return create_app(world.service, OPTIONS)


@pytest.fixture(scope="session")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as made:
        yield made


@pytest.fixture(scope="session")
def person(world: World, client: TestClient) -> People:
    """Signs a member of the cast in."""
    return People(client, world)


@pytest.fixture(scope="session")
def acme(person: People) -> Person:
    return person("Acme")


@pytest.fixture(scope="session")
def birch(person: People) -> Person:
    return person("Birch")


@pytest.fixture(scope="session")
def cedar(person: People) -> Person:
    return person("Cedar")


@pytest.fixture(scope="session")
def delta(person: People) -> Person:
    return person("Delta Bank")


@pytest.fixture(scope="session")
def operator(person: People) -> Person:
    return person("Operator")


@pytest.fixture(scope="session")
def regulator(person: People) -> Person:
    return person("Regulator")
