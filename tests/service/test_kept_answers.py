"""One key, used at once for two writes: one is made, both get its answer, nothing is told twice."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from ledger.model.errors import IdempotencyKeyBusy, IdempotencyKeyReused
from ledger.service.intake.kept_answers import Answered, ClientKey, KeptAnswers
from ledger.store import access as rows
from ledger.store.access import FirstAnswer
from ledger.store.cursor import put_setting, setting
from ledger.store.database import Connection, Database

KEY = ClientKey(2, "order 7", b"request")
OTHERS = FirstAnswer(2, "order 7", b"request", 202, "theirs", '"theirs"', 0)


def _made(name: str) -> Callable[[Connection], tuple[str, str]]:
    def make(connection: Connection) -> tuple[str, str]:
        put_setting(connection, f"made {name}", "yes")
        return name, f'"{name}"'

    return make


def _is_made(database: Database, name: str) -> bool:
    with database.reading() as connection:
        return setting(connection, f"made {name}") is not None


def _unseen_first(monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """The other's answer comes behind our look for it, as it can where no lock is shared."""
    find, left = rows.find_answers, times

    def late(*given: object) -> dict[tuple[int, str], FirstAnswer]:
        nonlocal left
        left -= 1
        return {} if left >= 0 else find(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(rows, "find_answers", late)


def test_two_writes_at_once_under_a_key_are_one(database: Database) -> None:
    answers = KeptAnswers(database, lambda: 0)
    begin = threading.Barrier(2)

    def write(name: str) -> Answered:
        begin.wait()
        return answers.once(KEY, _made(name), point="desk")

    with ThreadPoolExecutor(2) as pool:
        first, second = sorted(pool.map(write, ("a", "b")), key=lambda one: one.is_replay)
    assert (first.is_replay, second.is_replay) == (False, True)
    assert first.place == second.place
    assert [_is_made(database, name) for name in "ab"] == [first.place == name for name in "ab"]


def test_write_whose_key_a_command_has_taken_at_once_tells_what_is_so(database: Database) -> None:
    """A command's answer is kept without the lock of the key."""
    answers, begun, taken = KeptAnswers(database, lambda: 0), threading.Event(), threading.Event()

    def make(connection: Connection) -> tuple[str, str]:
        begun.set()
        taken.wait(0.5)  # where writers do not wait for each other, the command comes first
        return _made("ours")(connection)

    def command() -> None:
        begun.wait()
        with database.writing() as connection:
            rows.add_answers(connection, [OTHERS])
        taken.set()

    with ThreadPoolExecutor(2) as pool:
        done = pool.submit(command)
        told = answers.once(KEY, make, point="desk")
        done.result()
    known = answers.known(KEY)
    assert known is not None
    assert (told.place, told.body) == (known.place, known.body)
    assert told.is_replay == (told.place == "theirs")
    assert _is_made(database, "ours") == (told.place == "ours")


def test_write_that_finds_its_key_taken_is_undone_and_answers_with_the_first(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.writing() as connection:
        rows.add_answers(connection, [OTHERS])
    _unseen_first(monkeypatch, 1)
    told = KeptAnswers(database, lambda: 0).once(KEY, _made("ours"), point="desk")
    assert (told.place, told.is_replay) == ("theirs", True)
    assert not _is_made(database, "ours")


def test_write_that_finds_its_key_taken_by_another_request_is_refused(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.writing() as connection:
        rows.add_answers(connection, [OTHERS])
    _unseen_first(monkeypatch, 1)
    other = ClientKey(2, "order 7", b"another request")
    with pytest.raises(IdempotencyKeyReused):
        KeptAnswers(database, lambda: 0).once(other, _made("ours"), point="desk")
    assert not _is_made(database, "ours")


def test_write_that_never_comes_first_gives_way(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.writing() as connection:
        rows.add_answers(connection, [OTHERS])
    _unseen_first(monkeypatch, 100)
    with pytest.raises(IdempotencyKeyBusy):
        KeptAnswers(database, lambda: 0).once(KEY, _made("ours"), point="desk")
    assert not _is_made(database, "ours")
