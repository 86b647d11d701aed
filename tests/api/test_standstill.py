"""While an event cannot be read: not ready, and the door says why."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ledger.model.errors import EventUnreadable
from ledger.service.following.stopping import ALARM, clear_stop, put_stop
from ledger.store.cursor import cursor, put_setting
from tests.api.world import World


@pytest.fixture
def stop(world: World) -> Iterator[EventUnreadable]:
    with world.service.database.writing() as connection:
        found = EventUnreadable(
            block=cursor(connection).number + 1,
            transaction=b"\xab" * 32,
            contract="0x" + "00" * 20,
            event="? 3",
        )
        put_stop(connection, found)
    yield found
    with world.service.database.writing() as connection:
        clear_stop(connection)


def test_service_is_not_ready_while_an_event_cannot_be_read(
    client: TestClient, stop: EventUnreadable
) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["views"] is False
    assert stop.block > 0


def test_about_names_block_transaction_and_next_step(
    client: TestClient, stop: EventUnreadable
) -> None:
    found = client.get("/v1/about").json()["problem"]
    assert (found["code"], found["block"]) == ("EventUnreadable", stop.block)
    assert found["transaction"] == "0x" + "ab" * 32
    assert found["detail"] == stop.message()
    assert found["next_step"] == stop.next_step()
    chinese = client.get("/v1/about", headers={"accept-language": "zh"}).json()["problem"]
    assert chinese["next_step"] == stop.next_step("zh")


@pytest.mark.usefixtures("stop")
def test_measure_says_that_the_views_stopped(app: FastAPI) -> None:
    nearby = TestClient(app, client=("127.0.0.1", 50_000))
    assert "views_stopped 1.0" in nearby.get("/metrics").text


def test_views_that_go_on_have_no_problem(client: TestClient) -> None:
    assert client.get("/v1/about").json()["problem"] is None
    assert client.get("/readyz").status_code == 200


def test_service_is_not_ready_while_its_views_are_of_a_chain_that_is_no_more(
    client: TestClient, world: World
) -> None:
    with world.service.database.writing() as connection:
        put_setting(connection, ALARM, "{}")
    try:
        answer = client.get("/readyz")
    finally:
        with world.service.database.writing() as connection:
            put_setting(connection, ALARM, None)
    assert (answer.status_code, answer.json()["checks"]["views"]) == (503, False)
