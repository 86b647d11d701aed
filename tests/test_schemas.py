"""A schema that is used again is as one that was just made."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from ledger.model.errors.store import DatabaseFailed
from ledger.store.database import Database
from tests.databases import POSTGRES
from tests.schemas import Schemas

pytestmark = pytest.mark.skipif(not POSTGRES, reason="no PostgreSQL is named")

READ = (
    "INSERT INTO access_log (read_wall, participant, actor, operation, subject, purpose, trace_id)"
    " VALUES (1, 2, 'a', 'b', 'c', 'd', 'e') RETURNING seq"
)
MANY = (
    "INSERT INTO blocks SELECT number, sha256(number::text::bytea), '\\x00', 1, '\\x00'"
    " FROM generate_series(1, 2000) number"
)


@pytest.fixture
def schemas() -> Iterator[Schemas]:
    found = Schemas(POSTGRES)
    yield found
    found.close()


def _run(url: str, *statements: str) -> Any:
    """What the last statement returns."""
    with closing(Database.open(url)) as database, database.writing() as connection:
        return [connection.exec_driver_sql(one) for one in statements][-1].scalar()


def _held(url: str) -> dict[str, int]:
    """Tables that hold rows, with how many."""
    with closing(Database.open(url)) as database, database.reading() as connection:
        tables = connection.exec_driver_sql(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        )
        found = {
            one: connection.exec_driver_sql(f"SELECT count(*) FROM {one}").scalar_one()
            for one in tables.scalars().all()
        }
    return {name: count for name, count in found.items() if count}


def test_comes_back_with_what_the_migrations_write_and_nothing_else(schemas: Schemas) -> None:
    with schemas.used() as url:
        fresh = _held(url)
        assert "alembic_version" in fresh
        assert _run(url, READ) == 1
        assert _run(url, MANY, "DELETE FROM alembic_version", READ) == 2
        assert _held(url)["blocks"] == 2_000
    with schemas.used() as again:
        assert again == url
        assert _held(again) == fresh
        assert _run(again, READ) == 1


def test_comes_back_although_the_test_failed(schemas: Schemas) -> None:
    with pytest.raises(DatabaseFailed), schemas.used() as url:
        _run(url, READ, "COMMIT", "SELECT 1 / 0")
    with schemas.used() as again:
        assert (again, _held(again).get("access_log")) == (url, None)


@pytest.mark.parametrize(
    "change",
    [
        "DROP TRIGGER access_log_keeps ON access_log",
        "DROP INDEX ix_transactions_block",
        "ALTER TABLE blocks ADD COLUMN more TEXT",
        "DROP TABLE used_challenges",
        "CREATE TABLE more (one TEXT)",
        "ALTER TABLE blocks ALTER COLUMN parent DROP NOT NULL",
        "ALTER TABLE access_log ALTER COLUMN seq DROP DEFAULT",
        "ALTER TABLE blocks ADD CONSTRAINT more CHECK (number > 0)",
        "CREATE OR REPLACE FUNCTION access_log_keeps() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN RETURN NULL; END'",
    ],
)
def test_changed_one_does_not(schemas: Schemas, change: str) -> None:
    with schemas.used() as url:
        _run(url, f"{change}; SELECT 1")
    with schemas.used() as other:
        assert other != url


def test_is_one_user_s_at_a_time(schemas: Schemas) -> None:
    with schemas.used() as one, schemas.used() as other:
        assert one != other
