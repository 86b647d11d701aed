"""What Prometheus is told: what waits, what does not add up, and nobody's name."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from ledger.model.errors import NodeUnreachable
from ledger.service.relaying.relayer import Lane
from ledger.service.running.lane_watch import LaneWatch
from ledger.service.scheduling.run_figures import begun
from ledger.store import runs
from ledger.store.cursor import NOWHERE, cursor
from ledger.store.operations import add_operations, park_operation
from ledger.store.tables.operations import STATES
from tests.api.conftest import OPTIONS
from tests.api.world import People, World, opened_world
from tests.databases import an_operation


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with opened_world("sqlite", tmp_path_factory.mktemp("measures")) as made:
        yield made


@pytest.fixture(scope="module")
def client(world: World) -> Iterator[TestClient]:
    app = create_app(world.service, OPTIONS)
    with TestClient(app, client=("127.0.0.1", 50_000), raise_server_exceptions=False) as made:
        yield made


def measure(client: TestClient, name: str) -> float:
    lines = client.get("/metrics").text.splitlines()
    [value] = [one.partition(" ")[2] for one in lines if one.startswith(f"{name} ")]
    return float(value)


def test_messages_that_wait_are_counted(client: TestClient, world: World) -> None:
    birch = People(client, world)("Birch")
    assert measure(client, "webhook_pending") == 0
    made = birch.post("/v1/webhooks", {"url": "https://erp.example.com/in"}).json()["id"]
    birch.post(f"/v1/webhooks/{made}/test", None)
    assert measure(client, "webhook_pending") == 1


def test_run_that_does_not_add_up_is_seen_and_one_that_ended_so_is_a_breach(
    client: TestClient, world: World
) -> None:
    right = replace(begun(1, 0, NOWHERE), received=500, distributed=300, left_amount=200)
    for row, gap, breaches in (
        (right, 0, 0),
        (replace(right, payable=2, received=450), 50, 0),
        (replace(right, payable=3, received=507, state=runs.DONE), 57, 1),
    ):
        with world.service.database.writing() as connection:
            runs.put_run(connection, row)
        assert measure(client, "settlement_gap_fen") == gap
        assert measure(client, "invariant_breaches_total") == breaches


def test_run_that_is_under_way_for_long_is_seen(client: TestClient, world: World) -> None:
    def kept(state: str) -> None:
        with world.service.database.writing() as connection:
            runs.put_run(connection, replace(begun(4, 0, at), begun=at.second - 70, state=state))

    with world.service.database.reading() as connection:
        at = cursor(connection)
    with world.service.database.writing() as connection:
        for payable in (1, 2, 3):
            runs.drop_run(connection, begun(payable, 0, at))
    assert measure(client, "settlement_running_seconds") == 0
    kept(runs.RUNNING)
    assert measure(client, "settlement_running_seconds") >= 70
    kept(runs.WAITING)
    assert measure(client, "settlement_running_seconds") == 0


def test_lane_in_trouble_is_counted(client: TestClient, world: World) -> None:
    watch = LaneWatch(world.service.database, world.service.wall)
    assert measure(client, "relayer_lanes_in_trouble") == 0
    watch.see([Lane("0x"), Lane("0x", problem=NodeUnreachable(url="x"))])
    assert measure(client, "relayer_lanes_in_trouble") == 1
    watch.see([Lane("0x"), Lane("0x")])
    assert measure(client, "relayer_lanes_in_trouble") == 0


def test_operations_are_a_gauge_of_every_state(client: TestClient, world: World) -> None:
    """They leave a state again, which a counter never does."""
    text = client.get("/metrics").text
    assert "# TYPE outbox_operations gauge" in text
    assert "operations_total" not in text
    assert all(f'outbox_operations{{state="{state}"}} ' in text for state in STATES)
    before = measure(client, 'outbox_operations{state="accepted"}')
    with world.service.database.writing() as connection:
        add_operations(connection, [an_operation(1, wall=1, deadline=2)])
    assert measure(client, 'outbox_operations{state="accepted"}') == before + 1
    with world.service.database.writing() as connection:
        park_operation(connection, "op_" + f"{1:026}", refusal="{}", wall=1)
    assert measure(client, 'outbox_operations{state="accepted"}') == before
