"""One database, SQLite or PostgreSQL, behind the same two words: reading and writing."""

import os
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, Literal, cast

from sqlalchemy import URL, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ledger.model.errors.store import DatabaseBusy, DatabaseFailed, DatabaseOutdated
from ledger.store.migrations import current_revision, head_revision, is_known, upgrade
from ledger.store.turn import SUFFIX, Turn

__all__ = ["Connection", "Database"]

BUSY_SECONDS: Final = 5
"""How long a writer waits for its turn before it says that the database is busy."""

_PRAGMAS: Final = (
    # Of a new file: twice the usual size, so that rows of the feed and their indexes, digests at
    # random places, change fewer pages. The log of 16 MB is written back seldom.
    "PRAGMA page_size=8192",
    "PRAGMA journal_mode=WAL",
    "PRAGMA wal_autocheckpoint=2000",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}",
    "PRAGMA cache_size=-8192",
)

# The driver looks in three places how bytes are stored, for each value anew, unless it is told.
sqlite3.register_adapter(bytes, bytes)

_CONNECTIONS_KEPT, _CONNECTIONS_MAX = 20, 50
"""To a server: one for each of the forty threads that a door answers in, and for the loops."""

_LOCK: Final = text("SELECT pg_advisory_xact_lock(:name)")
_WITHOUT_END: Final = text("SET LOCAL lock_timeout = 0")

_BUSY: Final = ("database is locked", "database table is locked", "55P03", "40001", "40P01")
"""What the drivers say when another transaction stands in the way."""


class Database:
    """A pool of connections; safe to share between threads, not between processes."""

    def __init__(self, engine: Engine, schema: str = "") -> None:
        self._engine, self._schema = engine, schema
        self._is_sqlite = engine.dialect.name == "sqlite"
        self._turn = Turn(Path(f"{engine.url.database}{SUFFIX}")) if self._is_sqlite else None

    @classmethod
    def open(cls, url: str) -> "Database":
        """Open `sqlite:///path` or `postgresql+pg8000://…[?schema=…]`; `migrate` makes the tables.

        Raises `DatabaseFailed` if there is no such database.
        """
        try:
            named = make_url(url)
            engine = _sqlite(named) if url.startswith("sqlite") else _postgresql(named)
            database = cls(engine, str(named.query.get("schema", "")))
            with database.reading():
                pass
        except (SQLAlchemyError, OSError) as failure:
            raise DatabaseFailed(problem=_problem(failure)) from None
        return database

    @staticmethod
    def has_begun(url: str) -> bool:
        """False where there is no file yet, which `open` would make; a server says so itself."""
        return not url.startswith("sqlite") or Path(make_url(url).database or "").is_file()

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()
        if self._turn is not None:
            self._turn.close()

    @property
    def dialect(self) -> Literal["sqlite", "postgresql"]:
        """The engine's name."""
        return "sqlite" if self._is_sqlite else "postgresql"

    # ---- transactions

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A read transaction: everything asked within it is of one moment, and never waits."""
        with _translated(), self._engine.connect() as connection:
            if not self._is_sqlite:
                connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            with connection.begin():
                self._begin(connection, "BEGIN")
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A write transaction, committed at its end and undone by whatever is raised in it.

        SQLite has one writer at a time; it is had from the first statement on, so that nothing
        fails half-way. Raises `DatabaseBusy` where the turn does not come within seconds.
        """
        with _translated(), self._connected_in_turn() as connection, connection.begin():
            self._begin(connection, "BEGIN IMMEDIATE")
            yield connection

    def _begin(self, connection: Connection, word: str) -> None:
        """Begin by ourselves: the driver would wait for the first change, and may be too late then.

        To the driver itself. A listener for it would have each statement look for listeners.
        """
        if self._is_sqlite:
            cast(sqlite3.Connection, connection.connection.dbapi_connection).execute(word)

    def lock(self, connection: Connection, name: str, *, waits: bool = False) -> None:
        """Within a write transaction, wait until nobody else holds this name; till its end.

        On SQLite whoever writes is alone already. Raises `DatabaseBusy` where that does not come
        within seconds, unless one `waits` for as long as it takes.
        """
        if self._is_sqlite:
            return
        if waits:
            connection.execute(_WITHOUT_END)
        connection.execute(_LOCK, {"name": self._lock_number(name)})

    def _lock_number(self, name: str) -> int:
        """Of this ledger's tables. Nobody finds a name of his own that has another's number."""
        place = f"{self._schema}\0{name}".encode()
        return int.from_bytes(blake2b(place, digest_size=8).digest(), signed=True)

    def _connected_in_turn(self) -> AbstractContextManager[Connection]:
        connect = self._engine.connect
        return connect() if self._turn is None else self._turn.taken(BUSY_SECONDS, connect)

    # ---- releases

    def migrate(self) -> None:
        """Bring the tables to this release; raises `DatabaseOutdated` for a later one's."""
        with self.writing() as connection:
            self.lock(connection, "migrate", waits=True)
            found = current_revision(connection)
            if found and not is_known(found):
                raise DatabaseOutdated(found=found, expected=head_revision())
            upgrade(connection)

    @property
    def revision(self) -> str:
        """The release of the tables; empty where there are none."""
        with self.reading() as connection:
            return current_revision(connection)

    @property
    def is_current(self) -> bool:
        """Whether the tables are of this release."""
        return self.revision == head_revision()


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise OSError("SQLite needs a file")
    if not Path(url.database).absolute().parent.is_dir():
        raise OSError(f"no folder {Path(url.database).absolute().parent}")
    _make(url.database)
    engine = create_engine(url, connect_args={"isolation_level": None})
    event.listen(engine, "connect", _prepare)
    return engine


def _make(path: str) -> None:
    """A file for its owner's eyes alone, whoever opens it first; what is beside it follows suit.

    One that is there is not touched: to close any descriptor of a file lets go of all locks that a
    process has on it, also of those by which SQLite knows that somebody is at work.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _prepare(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _postgresql(url: URL) -> Engine:
    from ledger.store.placeholders import translate_once  # noqa: PLC0415 -- only it has the driver

    translate_once()
    settings = {"lock_timeout": f"{round(BUSY_SECONDS * 1000)}ms"}
    if schema := url.query.get("schema"):
        settings["search_path"] = str(schema)
    engine = create_engine(
        url.difference_update_query(["schema"]),
        pool_pre_ping=True,
        pool_size=_CONNECTIONS_KEPT,
        max_overflow=_CONNECTIONS_MAX - _CONNECTIONS_KEPT,
        connect_args={"application_name": "fenbook", "startup_params": settings},
    )
    event.listen(engine, "connect", _send_at_once)
    return engine


def _send_at_once(connection: Any, _record: Any) -> None:
    """Send the rest of a long statement without waiting until the server has thanked for the first.

    Otherwise each statement that does not fit one packet of the driver stands still for 40 ms.
    """
    wire: socket.socket = connection._usock
    if wire.family != socket.AF_UNIX:
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


@contextmanager
def _translated() -> Iterator[None]:
    """Failures of the engine as ours; a broken constraint is the caller's and passes."""
    try:
        yield
    except IntegrityError:
        raise
    except (DBAPIError, PoolTimeout, sqlite3.Error) as failure:
        problem = _problem(failure)
        if isinstance(failure, PoolTimeout) or any(sign in problem for sign in _BUSY):
            raise DatabaseBusy() from failure
        raise DatabaseFailed(problem=problem) from failure


def _problem(failure: BaseException) -> str:
    """What the driver said, without the statement and its values."""
    cause = failure.orig if isinstance(failure, DBAPIError) else None
    said: Any = cause.args[0] if cause is not None and cause.args else failure
    if isinstance(said, dict):  # PostgreSQL's fields: code and message
        return f"{said.get('C', '')} {said.get('M', '')}".strip()
    return str(said).splitlines()[0] if str(said) else type(failure).__name__
