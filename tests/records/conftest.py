"""Fixtures of the records' tests: a directory on each engine that is at hand."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from ledger.records.vault import MasterKeys
from ledger.service.records.directory import Directory, Reader
from ledger.service.records.keyring import Keyring
from ledger.store.database import Database
from tests.databases import ENGINES, opened

MASTER = bytes(range(32))
OTHER_MASTER = bytes(range(1, 33))


def directory_of(database: Database, masters: MasterKeys) -> Directory:
    """A directory whose clock ticks once a look."""
    ticks = count(1_800_000_000)
    return Directory(database, Keyring(database, masters, lambda: next(ticks)), lambda: next(ticks))


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A fresh migrated database."""
    with opened(request.param, tmp_path) as database:
        yield database


@pytest.fixture
def directory(database: Database) -> Directory:
    return directory_of(database, MasterKeys(MASTER))


@pytest.fixture
def reader() -> Reader:
    return Reader(4, "session 1", "credit check")
