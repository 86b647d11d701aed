"""Schemas of PostgreSQL for tests: made once, emptied after each test, used again.

To make one takes twenty times as long as to empty it. One whose tables, indexes or triggers a test
has changed is dropped instead.
"""

import atexit
import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError

from ledger.store.database import Database

__all__ = ["Schemas", "fresh_schema"]

_SMALL_BYTES = 65_536
"""Of a larger table the rows are not worth deleting one by one."""

_EMPTY = """
DO $$
DECLARE
    one record;
    holds boolean;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR one IN SELECT oid, relname, relkind FROM pg_class
        WHERE relnamespace = '{name}'::regnamespace AND relkind IN ('r', 'S')
    LOOP
        IF one.relkind = 'S' THEN
            EXECUTE format('ALTER SEQUENCE {name}.%I RESTART', one.relname);
        ELSIF pg_relation_size(one.oid) > {small} THEN
            EXECUTE format('TRUNCATE {name}.%I CASCADE', one.relname);
        ELSE
            EXECUTE format('SELECT EXISTS (SELECT FROM {name}.%I)', one.relname) INTO holds;
            IF holds THEN
                EXECUTE format('DELETE FROM {name}.%I', one.relname);
            END IF;
        END IF;
    END LOOP;
    FOR one IN SELECT relname FROM pg_class
        WHERE relnamespace = '{pattern}'::regnamespace AND relkind = 'r'
            AND pg_relation_size(oid) > 0
    LOOP
        EXECUTE format(
            'INSERT INTO {name}.%I OVERRIDING SYSTEM VALUE SELECT * FROM {pattern}.%I',
            one.relname, one.relname
        );
    END LOOP;
END $$
"""
"""A table that holds rows in the pattern gets them back: what the migrations themselves write."""

_SHAPE = """
SELECT md5(string_agg(what, ' ' ORDER BY what)) FROM (
    SELECT concat(relname, relkind, relnatts, relchecks, relhastriggers) AS what
        FROM pg_class WHERE relnamespace = '{name}'::regnamespace
    UNION ALL
    SELECT concat(relname, attname, atttypid, attnotnull, atthasdef) FROM pg_attribute
        JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = '{name}'::regnamespace AND attnum > 0
    UNION ALL
    SELECT concat(conname, contype, conkey) FROM pg_constraint
        WHERE connamespace = '{name}'::regnamespace
    UNION ALL
    SELECT concat(proname, prosrc) FROM pg_proc WHERE pronamespace = '{name}'::regnamespace
    UNION ALL
    SELECT concat(relname, tgname, tgenabled, tgtype) FROM pg_trigger
        JOIN pg_class ON pg_class.oid = tgrelid
        WHERE relnamespace = '{name}'::regnamespace AND NOT tgisinternal
) parts
"""


class Schemas:
    """The migrated schemas of one process."""

    def __init__(self, server: str) -> None:
        """`server` is the URL of a database in which schemas may be made and dropped."""
        self._server = server
        self._engine = create_engine(server, isolation_level="AUTOCOMMIT")
        self._free: list[str] = []
        self._pattern = ""
        self._shape = ""

    @classmethod
    @cache
    def of(cls, server: str) -> "Schemas":
        """Those that this process has there, as long as it lives."""
        found = cls(server)
        atexit.register(found.close)
        return found

    @contextmanager
    def used(self) -> Iterator[str]:
        """URL of a migrated schema that nobody else uses."""
        name = self._free.pop() if self._free else self._made()
        try:
            yield f"{self._server}?schema={name}"
        finally:
            with self._engine.connect() as connection:
                try:
                    is_empty = self._emptied(connection, name)
                except DBAPIError:
                    is_empty = False
                if is_empty:
                    self._free.append(name)
                else:
                    _drop(connection, name)

    def close(self) -> None:
        """Drop them all."""
        with self._engine.connect() as connection:
            for name in [*self._free, self._pattern]:
                if name:
                    _drop(connection, name)
        self._free, self._pattern = [], ""
        self._engine.dispose()

    def _made(self) -> str:
        if not self._pattern:
            self._pattern = self._migrated()
            with self._engine.connect() as connection:
                self._shape = _shape(connection, self._pattern)
        return self._migrated()

    def _migrated(self) -> str:
        with self._engine.connect() as connection:
            name = _make(connection)
        with closing(Database.open(f"{self._server}?schema={name}")) as database:
            database.migrate()
        return name

    def _emptied(self, connection: Connection, name: str) -> bool:
        if _shape(connection, name) != self._shape:
            return False
        words = {"name": name, "pattern": self._pattern, "small": _SMALL_BYTES}
        connection.exec_driver_sql(_EMPTY.format(**words))
        return True


@contextmanager
def fresh_schema(server: str) -> Iterator[str]:
    """URL of a schema without tables, gone at the end."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            name = _make(connection)
        yield f"{server}?schema={name}"
    finally:
        with engine.connect() as connection:
            _drop(connection, name)
        engine.dispose()


def _make(connection: Connection) -> str:
    name = f"test_{secrets.token_hex(8)}"
    connection.execute(text(f"CREATE SCHEMA {name}"))
    return name


def _drop(connection: Connection, name: str) -> None:
    connection.execute(text(f"DROP SCHEMA {name} CASCADE"))


def _shape(connection: Connection, name: str) -> str:
    return str(connection.exec_driver_sql(_SHAPE.format(name=name)).scalar_one())
