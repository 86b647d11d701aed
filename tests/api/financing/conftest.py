"""Fixtures of the desk's tests: a fresh ledger a file, and what its parties do there."""

from collections.abc import Iterator

import pytest

from ledger.store.nonces import COUNTED_MOST
from tests.api.financing.desk import Desk
from tests.api.world import People, Person, World, opened_world


@pytest.fixture(scope="module")
def world(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with opened_world(engine, tmp_path_factory.mktemp("desk")) as made:
        for member in made.cast.members:  # above what the door counts on from
            member._next = COUNTED_MOST + member.id * 10**6
        yield made


@pytest.fixture(scope="module")
def desk(world: World, person: People) -> Desk:
    return Desk(world, person)


@pytest.fixture(scope="module")
def echo(person: People) -> Person:
    return person("Echo Bank")
