"""What a look over a service comes to: what readiness says, and where something is amiss."""

import time
from collections.abc import Iterator

import pytest

from ledger.service.running.doctor import Finding, State, look_over
from ledger.service.running.settings import Settings
from ledger.store.database import Database
from ledger.store.operations import add_operations, postpone_operation
from tests.databases import an_operation


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = Database.open(url)
    yield opened
    opened.close()


def _found(url: str, check: str, **environment: str) -> Finding:
    [one] = [one for one in look_over(Settings(database=url), environment) if one.check == check]
    return one


def test_outbox_that_does_not_move_is_told_by_the_measure_of_readiness(
    url: str, database: Database
) -> None:
    wall = int(time.time())
    one = an_operation(1, wall=wall - 3_600, deadline=wall + 7 * 86_400)
    with database.writing() as connection:
        add_operations(connection, [one])
    stuck = _found(url, "outbox")
    assert (stuck.state, stuck.facts["overdue_seconds"] >= 3_600) == (State.LOOK, True)
    assert _found(url, "outbox", FENBOOK_DOOR_OUTBOX_SECONDS_MOST="9000").state is State.OK
    with database.writing() as connection:
        postpone_operation(connection, one.id, refusal="{}", again=wall + 60, wall=wall)
    moving = _found(url, "outbox")
    assert (moving.state, moving.facts["overdue_seconds"]) == (State.OK, 0)
    assert moving.facts["accepted"] == 1
