"""Ready while the outbox moves: what waits for its own deadline keeps nobody else from work."""

import time
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from sqlalchemy import delete
from starlette.testclient import TestClient

from ledger.service.relaying.outbox import OVERDUE_SECONDS_MOST
from ledger.store.operations import Operation, add_operations, postpone_operation
from ledger.store.tables.operations import OPERATIONS
from tests.api.world import World
from tests.databases import an_operation


@pytest.fixture
def old(world: World) -> Iterator[Operation]:
    """An hour old, with a week to go."""
    wall = int(time.time())
    one = an_operation(1, wall=wall - 3_600, deadline=wall + 7 * 86_400)
    with world.service.database.writing() as connection:
        add_operations(connection, [one])
    yield one
    with world.service.database.writing() as connection:
        connection.execute(delete(OPERATIONS).where(OPERATIONS.c.id == one.id))


def _told(app: FastAPI, client: TestClient) -> tuple[int, bool, float]:
    answer = client.get("/readyz")
    lines = TestClient(app, client=("127.0.0.1", 50_000)).get("/metrics").text.splitlines()
    [overdue] = [one for one in lines if one.startswith("outbox_overdue_seconds ")]
    return answer.status_code, answer.json()["checks"]["outbox"], float(overdue.split()[1])


def test_service_is_not_ready_while_something_is_never_tried(
    app: FastAPI, client: TestClient, old: Operation
) -> None:
    status, is_fine, overdue = _told(app, client)
    assert (status, is_fine) == (503, False)
    assert overdue >= int(time.time()) - old.accepted_wall - 5


def test_command_that_waits_for_its_deadline_keeps_nobody_from_being_ready(
    app: FastAPI, client: TestClient, world: World, old: Operation
) -> None:
    """Anybody can have one: of two transfers of one voucher, posted at once, one waits on."""
    wall = int(time.time())
    with world.service.database.writing() as connection:
        postpone_operation(connection, old.id, refusal="{}", again=wall + 60, wall=wall)
    status, is_fine, overdue = _told(app, client)
    assert (status, is_fine) == (200, True)
    assert overdue < OVERDUE_SECONDS_MOST  # others' in this world are seconds old
    with world.service.database.writing() as connection:
        postpone_operation(connection, old.id, refusal="{}", again=wall - 400, wall=wall - 401)
    assert _told(app, client)[:2] == (503, False)
