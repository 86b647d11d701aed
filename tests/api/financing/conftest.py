"""Fixtures of the desk's tests: a fresh ledger a file, and its parties at the door."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from ledger.store.nonces import COUNTED_MOST
from tests.api.conftest import OPTIONS
from tests.api.financing.desk import Desk
from tests.api.world import People, Person, World, opened_world


@pytest.fixture(scope="module")
def world(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with opened_world(engine, tmp_path_factory.mktemp("desk")) as made:
        for member in made.cast.members:  # above what the door counts on from
            member._next = COUNTED_MOST + member.id * 10**6
        yield made


@pytest.fixture(scope="module")
def app(world: World) -> FastAPI:
    return create_app(world.service, OPTIONS)


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as made:
        yield made


@pytest.fixture(scope="module")
def person(client: TestClient, world: World) -> People:
    return People(client, world)


@pytest.fixture(scope="module")
def desk(world: World, person: People) -> Desk:
    return Desk(world, person)


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
def echo(person: People) -> Person:
    return person("Echo Bank")


@pytest.fixture(scope="module")
def acme(person: People) -> Person:
    return person("Acme")
