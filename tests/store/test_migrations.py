"""The revisions make exactly the catalogue, on both engines."""

from collections.abc import Iterator
from importlib.resources import files

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from ledger.model.errors import DatabaseFailed, DatabaseOutdated
from ledger.store import migrations
from ledger.store.database import Database
from ledger.store.metadata import METADATA
from ledger.store.migrations import head_revision
from ledger.store.migrations.__main__ import written


def test_migrated_tables_are_those_of_the_catalogue(database: Database) -> None:
    assert database.is_current
    with database.writing() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_the_last_revision_says_what_the_catalogue_says(dialect: str) -> None:
    """`python -m ledger.store.migrations` writes it anew."""
    name = f"{head_revision()}.{dialect}.sql"
    kept = files("ledger.store.migrations").joinpath("versions", name).read_text("utf-8")
    assert kept == written(dialect)


def test_migrating_again_changes_nothing(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("INSERT INTO settings (key, value) VALUES ('chain', '1')"))
    database.migrate()
    with database.reading() as connection:
        assert connection.execute(text("SELECT value FROM settings")).scalar() == "1"


def test_a_failed_migration_leaves_nothing(bare_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = migrations.statements

    def broken(revision: str, dialect: str) -> Iterator[str]:
        yield from told(revision, dialect)
        yield "CREATE TABLE settings (again TEXT)"

    database = Database.open(bare_url)
    assert (database.revision, database.is_current) == ("", False)
    monkeypatch.setattr(migrations, "statements", broken)
    with pytest.raises(DatabaseFailed, match="already exists"):
        database.migrate()
    with database.reading() as connection:
        assert inspect(connection).get_table_names() == []
    monkeypatch.undo()
    database.migrate()
    assert (database.revision, database.is_current) == ("0001", True)
    database.close()


def test_tables_of_a_later_release_are_refused(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseOutdated) as caught:
        database.migrate()
    assert caught.value.values == {"found": "9999", "expected": head_revision()}
