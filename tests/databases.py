"""Fresh migrated databases for tests: SQLite always, PostgreSQL where the environment names one."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from sqlalchemy import create_engine, text

from ledger.store.database import Database

POSTGRES = os.environ.get("FENBOOK_TEST_POSTGRES", "")
"""URL of a PostgreSQL database in which tests may make and drop schemas; empty for none."""

ENGINES = ["sqlite", "postgresql"] if POSTGRES else ["sqlite"]


@contextmanager
def database_url(engine: str, folder: Path) -> Iterator[str]:
    """URL of a migrated database that nobody else uses, gone at the end."""
    if engine == "sqlite":
        path = folder / f"{secrets.token_hex(4)}.sqlite"
        shutil.copyfile(_template(), path)
        yield f"sqlite:///{path}"
    else:
        with _schema() as url:
            database = Database.open(url)
            database.migrate()
            database.close()
            yield url


@contextmanager
def empty_url(engine: str, folder: Path) -> Iterator[str]:
    """URL of a database without tables."""
    if engine == "sqlite":
        yield f"sqlite:///{folder / secrets.token_hex(4)}.sqlite"
    else:
        with _schema() as url:
            yield url


@contextmanager
def opened(engine: str, folder: Path) -> Iterator[Database]:
    """A migrated database that nobody else uses."""
    with database_url(engine, folder) as url:
        database = Database.open(url)
        try:
            yield database
        finally:
            database.close()


@cache
def _template() -> Path:
    """A migrated file to copy: migrating takes longer."""
    path = Path(mkdtemp(prefix="fenbook-")) / "template.sqlite"
    database = Database.open(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


@contextmanager
def _schema() -> Iterator[str]:
    name = f"test_{secrets.token_hex(8)}"
    engine = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE SCHEMA {name}"))
        yield f"{POSTGRES}?schema={name}"
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
        engine.dispose()
