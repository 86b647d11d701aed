"""Releases of the tables: one revision each, written in the words of either engine.

The statements of a revision are files beside it, so that what a release created stays readable and
never changes with the code. `python -m ledger.store.migrations` writes those of the release in the
making from the catalogue; a test compares both on both engines.
"""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

__all__ = ["current_revision", "head_revision", "is_known", "statements", "upgrade"]

_HERE: Final = Path(__file__).parent


def upgrade(connection: Connection) -> None:
    """Bring the tables to the last revision within the connection's transaction."""
    scripts = _scripts()
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    with EnvironmentContext(
        config, scripts, fn=lambda revision, _: scripts._upgrade_revs("head", revision)
    ) as environment:
        environment.configure(connection=connection, transactional_ddl=True)
        environment.run_migrations()


def current_revision(connection: Connection) -> str:
    """The revision of the tables; empty where there are none."""
    return MigrationContext.configure(connection).get_current_revision() or ""


@cache
def head_revision() -> str:
    """The revision that this release needs."""
    return _scripts().get_current_head() or ""


def is_known(revision: str) -> bool:
    """Whether this release knows how to go on from a revision."""
    return any(script.revision == revision for script in _scripts().walk_revisions())


def statements(revision: str, dialect: str) -> Iterator[str]:
    """What a revision says to an engine, one statement at a time."""
    path = files("ledger.store.migrations").joinpath("versions", f"{revision}.{dialect}.sql")
    for statement in path.read_text("utf-8").split(";\n"):
        if statement.strip():
            yield statement.strip()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(_HERE))
