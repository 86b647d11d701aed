"""Whose turn it is to write: threads and processes wait for each other, and for nobody dead."""

import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from ledger.model.errors import DatabaseBusy, DatabaseFailed
from ledger.store.database import Database
from ledger.store.turn import Turn

POOL_MOST = 15
"""Connections that the engine's pool gives out at a time."""
WAIT_SECONDS = 5

_HOLDER = """
import sys, time
from pathlib import Path
from ledger.store.turn import Turn
with Turn(Path(sys.argv[1])).taken(5):
    print("taken", flush=True)
    time.sleep(60)
"""
_COUNTER = """
import sys
from ledger.store.database import Database
database = Database.open(sys.argv[1])
for _ in range(100):
    with database.writing() as connection:
        [(found,)] = connection.exec_driver_sql("SELECT count FROM counted").fetchall()
        connection.exec_driver_sql("UPDATE counted SET count = ?", (found + 1,))
"""


@contextmanager
def _held(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process has the turn."""
    words = [sys.executable, "-c", _HOLDER, str(path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "taken\n"
        try:
            yield holder
        finally:
            holder.kill()


def test_turn_that_another_process_has_is_waited_for_and_not_for_ever(tmp_path: Path) -> None:
    with _held(tmp_path / "turn"):
        begun = time.monotonic()
        with pytest.raises(DatabaseBusy), Turn(tmp_path / "turn").taken(0.2):
            pass
        assert time.monotonic() - begun >= 0.2


def test_turn_of_a_process_that_died_is_free(tmp_path: Path) -> None:
    with _held(tmp_path / "turn") as holder:
        os.kill(holder.pid, signal.SIGKILL)
        with Turn(tmp_path / "turn").taken(5):
            pass


def test_turn_is_one_threads_at_a_time(tmp_path: Path) -> None:
    turn, inside, most = Turn(tmp_path / "turn"), [0], [0]

    def work() -> None:
        for _ in range(50):
            with turn.taken(5):
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                time.sleep(0)
                inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert (inside, most) == ([0], [1])
    with turn.taken(0.1), pytest.raises(DatabaseBusy), turn.taken(0.1):
        pass


def test_turn_is_given_back_after_a_failure(tmp_path: Path) -> None:
    turn = Turn(tmp_path / "turn")
    with pytest.raises(ZeroDivisionError), turn.taken(1):
        raise ZeroDivisionError
    with turn.taken(1):
        pass
    turn.close()
    with turn.taken(1):
        pass


def test_turn_without_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatabaseFailed), Turn(tmp_path / "none" / "turn").taken(1):
        pass


@pytest.mark.parametrize("mode", [0o600, 0o660])
def test_whoever_may_write_to_the_database_may_take_turns(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "books.sqlite"
    Database.open(f"sqlite:///{path}").close()
    path.chmod(mode)
    is_root = os.geteuid() == 0
    if is_root:
        os.chown(path, 12_345, 12_346)
    database = Database.open(f"sqlite:///{path}")
    with database.writing():
        made = (tmp_path / "books.sqlite-turn").stat()
    database.close()
    assert made.st_mode & 0o777 == mode
    assert not is_root or (made.st_uid, made.st_gid) == (12_345, 12_346)


def test_writer_that_waits_for_a_connection_keeps_no_other_process_waiting(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'books.sqlite'}"
    door, office = Database.open(url), Database.open(url)
    with ExitStack() as readers:
        for _ in range(POOL_MOST):
            readers.enter_context(door.reading())

        def write() -> None:
            with door.writing() as connection:
                connection.exec_driver_sql("CREATE TABLE later (one INTEGER)")

        writer = threading.Thread(target=write)
        writer.start()
        writer.join(0.2)
        assert writer.is_alive()
        begun = time.monotonic()
        with office.writing() as connection:
            connection.exec_driver_sql("CREATE TABLE sooner (one INTEGER)")
        assert time.monotonic() - begun < WAIT_SECONDS / 2
    writer.join(WAIT_SECONDS)
    assert not writer.is_alive()
    door.close()
    office.close()


def test_two_processes_that_count_lose_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'books.sqlite'}"
    database = Database.open(url)
    with database.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE counted (count INTEGER)")
        connection.exec_driver_sql("INSERT INTO counted VALUES (0)")
    counters = [subprocess.Popen([sys.executable, "-c", _COUNTER, url]) for _ in range(2)]
    assert [one.wait(60) for one in counters] == [0, 0]
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count FROM counted").scalar() == 200
    database.close()


def test_turn_that_nobody_knows_any_more_keeps_no_file_open(tmp_path: Path) -> None:
    """Twenty thousand worlds, each dropped as a process drops what it has when it dies."""

    def held() -> list[str]:
        folder = Path("/proc/self/fd")
        return [one for one in os.listdir(folder) if _leads_to(folder / one, "dropped-turn")]

    turn = Turn(tmp_path / "dropped-turn")
    with turn.taken(1):
        assert len(held()) == 1
    del turn
    gc.collect()
    assert held() == []


def _leads_to(link: Path, name: str) -> bool:
    try:
        return Path(os.readlink(link)).name == name
    except FileNotFoundError:
        return False
