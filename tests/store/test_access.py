"""The door's own rows: a challenge is used once, whoever comes at the same moment."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import event

from ledger.store.access import seal_of, use_challenge
from ledger.store.database import Database

CHALLENGE = bytes(range(32))


def test_challenge_is_used_once(database: Database) -> None:
    with database.writing() as connection:
        assert use_challenge(connection, CHALLENGE, 100)
    with database.writing() as connection:
        assert not use_challenge(connection, CHALLENGE, 100)
        assert use_challenge(connection, bytes(32), 100)


def test_challenge_is_used_once_by_many_at_the_same_moment(database: Database) -> None:
    begin = threading.Barrier(4)

    def use(_: int) -> bool:
        begin.wait()
        with database.writing() as connection:
            return use_challenge(connection, CHALLENGE, 100)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, range(4))) == [False, False, False, True]


def test_challenge_that_another_uses_meanwhile_is_refused_and_no_failure(
    database: Database,
) -> None:
    """The other comes right before ours is kept, as it can where writers do not wait."""

    def other(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO used_challenges"):
            mark = "?" if connection.dialect.name == "sqlite" else "%s"
            cursor.execute(f"INSERT INTO used_challenges VALUES ({mark}, 100)", (CHALLENGE,))

    with database.writing() as connection:
        event.listen(connection, "before_cursor_execute", other)
        assert not use_challenge(connection, CHALLENGE, 100)


def test_processes_that_begin_at_once_have_one_seal(database: Database) -> None:
    begin = threading.Barrier(3)

    def seal(drawn: int) -> bytes:
        begin.wait()
        with database.writing() as connection:
            return seal_of(connection, f"{drawn:064x}")

    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(seal, range(3)))) == 1
