"""One database behind two words: what is refused, what is kept, who waits for whom."""

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from ledger.model.errors import DatabaseBusy, DatabaseFailed
from ledger.store import database as module
from ledger.store.database import Database

PUT = text("INSERT INTO settings (key, value) VALUES (:key, 'x')")


def keys(database: Database) -> list[str]:
    with database.reading() as connection:
        return [row.key for row in connection.execute(text("SELECT key FROM settings ORDER BY 1"))]


class TestOpen:
    @pytest.mark.parametrize(
        "url",
        [
            "sqlite://",
            "sqlite:///:memory:",
            "sqlite:////no/such/folder/books.sqlite",
            "postgresql+pg8000://nobody@127.0.0.1:1/nothing",
            "nonsense",
        ],
    )
    def test_open_of_no_database_is_refused(self, url: str) -> None:
        with pytest.raises(DatabaseFailed):
            Database.open(url)

    def test_open_of_another_kind_of_file_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "letter.sqlite"
        path.write_text("Dear bank, " * 1000)
        with pytest.raises(DatabaseFailed, match="not a database"):
            Database.open(f"sqlite:///{path}")

    def test_file_is_for_its_owner_s_eyes_whoever_makes_it(self, tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path / 'books.sqlite'}"
        assert not Database.has_begun(url)
        before = os.umask(0)
        try:
            database = Database.open(url)
            database.migrate()
        finally:
            os.umask(before)
        assert Database.has_begun(url)
        with database.writing():
            modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
        database.close()
        assert len(modes) > 2  # what is beside it too
        assert set(modes.values()) == {0o600}, modes

    def test_open_of_a_second_one_lets_go_of_no_lock_of_the_first(self, tmp_path: Path) -> None:
        path = tmp_path / "books.sqlite"
        first = Database.open(f"sqlite:///{path}")
        first.migrate()
        Database.open(f"sqlite:///{path}").close()
        # Of a file that nobody locks, whoever closes it last takes the log with him.
        _asked(path, "INSERT INTO settings (key, value) VALUES ('other', 'x')")
        with first.writing() as connection:
            connection.execute(PUT, {"key": "acknowledged"})
        found = _asked(path, "SELECT key FROM settings WHERE value = 'x' ORDER BY 1")
        assert found == "[('acknowledged',), ('other',)]"
        first.close()

    def test_sqlite_keeps_what_is_committed_through_a_loss_of_power(self, tmp_path: Path) -> None:
        database = Database.open(f"sqlite:///{tmp_path / 'books.sqlite'}")
        with database.reading() as connection:
            kept = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            }
        database.close()
        assert kept == {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "busy_timeout": 5000,
        }


def _asked(path: Path, statement: str) -> str:
    """What another process hears, which closes the file behind itself."""
    code = (
        "import sqlite3, sys\n"
        "books = sqlite3.connect(sys.argv[1])\n"
        "print(books.execute(sys.argv[2]).fetchall())\n"
        "books.commit()\n"
        "books.close()\n"
    )
    words = [sys.executable, "-c", code, str(path), statement]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()


class TestLocks:
    def test_name_that_does_not_come_free_is_told_within_seconds(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "BUSY_SECONDS", 0.05)
        other = Database.open(_url_of(database))
        with database.writing() as connection:
            database.lock(connection, "turn")
            with pytest.raises(DatabaseBusy), other.writing() as waiting:
                other.lock(waiting, "turn")
        with other.writing() as connection:
            other.lock(connection, "turn")
        other.close()

    def test_whoever_waits_for_a_name_gets_it(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if database.dialect == "sqlite":
            pytest.skip("on SQLite one waits for the turn alone")
        monkeypatch.setattr(module, "BUSY_SECONDS", 0.05)
        other, got = Database.open(_url_of(database)), threading.Event()

        def wait() -> None:
            with other.writing() as waiting:
                other.lock(waiting, "turn", waits=True)
                got.set()

        thread = threading.Thread(target=wait)
        with database.writing() as connection:
            database.lock(connection, "turn")
            thread.start()
            assert not got.wait(0.2)
        thread.join()
        assert got.is_set()
        other.close()

    def test_names_of_another_ledger_in_the_same_server_are_others(self) -> None:
        engine = create_engine("sqlite://")
        one, other = Database(engine, "one"), Database(engine, "other")
        numbers = {each._lock_number(name) for each in (one, other) for name in ("a", "b")}
        assert len(numbers) == 4
        assert all(-(2**63) <= number < 2**63 for number in numbers)


def _url_of(database: Database) -> str:
    url = database._engine.url.render_as_string(hide_password=False)
    return url if database.dialect == "sqlite" else f"{url}?schema={database._schema}"


class TestTransactions:
    def test_what_is_raised_undoes_the_transaction(self, database: Database) -> None:
        def fail() -> None:
            with database.writing() as connection:
                connection.execute(PUT, {"key": "a"})
                raise RuntimeError

        with pytest.raises(RuntimeError):
            fail()
        assert keys(database) == []

    def test_a_broken_constraint_is_told_as_it_is(self, database: Database) -> None:
        with pytest.raises(IntegrityError), database.writing() as connection:
            connection.execute(PUT, [{"key": "a"}, {"key": "a"}])
        assert keys(database) == []

    def test_reading_stands_at_one_moment(self, database: Database) -> None:
        with database.reading() as connection:
            before = connection.execute(text("SELECT count(*) FROM settings")).scalar()
            with database.writing() as writer:
                writer.execute(PUT, {"key": "a"})
            after = connection.execute(text("SELECT count(*) FROM settings")).scalar()
        assert before == after == 0
        assert keys(database) == ["a"]

    def test_a_long_statement_does_not_wait_for_thanks(self, database: Database) -> None:
        """Each that did not fit the driver's packet once took 40 ms."""
        if database.dialect == "sqlite":
            pytest.skip("SQLite is no server")
        raw = database._engine.raw_connection()
        wire = cast(Any, raw.driver_connection)._usock
        assert wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
        raw.close()

    def test_reading_cannot_write_on_postgresql(self, database: Database) -> None:
        if database.dialect == "sqlite":
            pytest.skip("SQLite has no read-only transactions")
        with pytest.raises(DatabaseFailed), database.reading() as connection:
            connection.execute(PUT, {"key": "a"})

    def test_a_second_writer_of_this_process_waits(self, database: Database) -> None:
        order: list[str] = []

        def second() -> None:
            with database.writing() as connection:
                database.lock(connection, "turn")
                order.append("second")

        with database.writing() as connection:
            database.lock(connection, "turn")
            other = threading.Thread(target=second)
            other.start()
            other.join(0.1)
            order.append("first")
        other.join()
        assert order == ["first", "second"]

    def test_a_writer_whose_turn_does_not_come_is_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "BUSY_SECONDS", 0.05)
        monkeypatch.setattr(module, "_PRAGMAS", ("PRAGMA busy_timeout=50",))
        url = f"sqlite:///{tmp_path / 'books.sqlite'}"
        one, other = Database.open(url), Database.open(url)
        with one.writing():
            with pytest.raises(DatabaseBusy), one.writing():
                pass  # in the queue of this process
            with pytest.raises(DatabaseBusy), other.writing():
                pass  # in the queue of the engine
        with other.writing():
            pass
        one.close()
        other.close()
