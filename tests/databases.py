"""Fresh migrated databases for tests: SQLite always, PostgreSQL where the environment names one."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from unittest.mock import patch

from sqlalchemy import create_engine

from ledger.store import database as database_module
from ledger.store.database import Database
from ledger.store.operations import Operation
from tests.schemas import Schemas, fresh_schema

POSTGRES = os.environ.get("FENBOOK_TEST_POSTGRES", "")
"""URL of a PostgreSQL database in which tests may make and drop schemas; empty for none."""

ENGINES = ["sqlite", "postgresql"] if POSTGRES else ["sqlite"]


class _Statements(dict[Any, Any]):
    """Statements as they are put together for one kind of engine, whichever of these asks."""

    def get(self, key: Any, default: Any = None) -> Any:
        """A statement by what it says: the first part of the key is the engine's own dialect."""
        return super().get(key[1:], default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key[1:], value)


@contextmanager
def shared_statements() -> Iterator[None]:
    """Have databases that are opened share their statements: each would put them together anew.

    A service on a fresh database is half done with its first fifty by the end of a test.
    """
    known = {name: _Statements() for name in ("sqlite", "postgresql")}

    def create(*given: Any, **options: Any) -> Any:
        engine = create_engine(*given, **options)
        engine._compiled_cache = known[engine.dialect.name]
        return engine

    with patch.object(database_module, "create_engine", create):
        yield


@contextmanager
def database_url(engine: str, folder: Path) -> Iterator[str]:
    """URL of a migrated database that nobody else uses, gone at the end."""
    if engine == "sqlite":
        path = folder / f"{secrets.token_hex(4)}.sqlite"
        shutil.copyfile(_template(), path)
        yield f"sqlite:///{path}"
    else:
        with fresh_schema(POSTGRES) as url:
            _migrate(url)
            yield url


@contextmanager
def empty_url(engine: str, folder: Path) -> Iterator[str]:
    """URL of a database without tables."""
    if engine == "sqlite":
        yield f"sqlite:///{folder / secrets.token_hex(4)}.sqlite"
    else:
        with fresh_schema(POSTGRES) as url:
            yield url


def an_operation(number: int, *, wall: int, deadline: int) -> Operation:
    """An operation as it is stored when it was taken in, of a command that nobody has signed."""
    return Operation(
        id=f"op_{number:026}",
        digest=number.to_bytes(32, "big"),
        participant=2,
        nonce=number.to_bytes(32, "big"),
        verb="moveDeposit",
        desk="Deposits",
        call=b"",
        command="{}",
        signed="{}",
        state="accepted",
        refusal=None,
        deadline=deadline,
        external_reference=None,
        accepted_wall=wall,
        updated_wall=wall,
    )


@contextmanager
def opened(engine: str, folder: Path) -> Iterator[Database]:
    """A migrated database that nobody else uses, and no other process."""
    place = database_url(engine, folder) if engine == "sqlite" else Schemas.of(POSTGRES).used()
    with place as url:
        database = Database.open(url)
        try:
            yield database
        finally:
            database.close()


@cache
def _template() -> Path:
    """A migrated file to copy: migrating takes longer."""
    path = Path(mkdtemp(prefix="fenbook-")) / "template.sqlite"
    _migrate(f"sqlite:///{path}")
    return path


def _migrate(url: str) -> None:
    with closing(Database.open(url)) as database:
        database.migrate()
