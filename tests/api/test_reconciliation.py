"""The comparison of chain, views and deposits at the door: asked for, kept, told, measured."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from api.app import create_app
from ledger.service import crash_points
from ledger.service.reconciling import Reconciling, last_reconciled
from ledger.service.site import Site
from tests.api.conftest import OPTIONS
from tests.api.world import People, World, opened_world
from tests.views_scenario import Acts

PATH = "/v1/reconciliation"
WALL = 1_800_000_000
HOURS = 3600
LOOKS = 8
"""Signs of life of a comparison that takes longer than anybody would wait for one."""


@pytest.fixture
def world(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with opened_world(engine, tmp_path_factory.mktemp("books")) as made:
        Acts(made.cast).issue()
        made.follow()
        yield made


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    near = ("127.0.0.1", 1)  # from where measures are told
    with TestClient(create_app(world.service, OPTIONS), client=near) as made:
        yield made


@pytest.fixture
def person(client: TestClient, world: World) -> People:
    return People(client, world)


class Clock:
    now = WALL

    def __call__(self) -> int:
        return self.now


def _reconciling(world: World, clock: Clock, settle: object = None) -> Reconciling:
    service = world.service
    site = Site(service.database, service.endpoint, service.deployment)
    return Reconciling(site, wall=clock, settle=settle or (lambda: None))  # type: ignore[arg-type]


def test_nobody_but_operator_and_regulator_is_told(person: People) -> None:
    for name in ("Acme", "Birch", "Delta Bank", "Settlement Bank"):
        for answer in (person(name).get(PATH), person(name).post(PATH, None)):
            assert (answer.status_code, answer.json()["code"]) == (404, "ResourceUnknown")
    for name in ("Operator", "Regulator"):
        told = person(name).get(PATH).json()
        assert (told["ended_at"], told["difference"], told["differences"]) == (None, None, [])


def test_asked_for_it_compares_once_and_tells_what_it_found(
    world: World, client: TestClient, person: People
) -> None:
    clock = Clock()
    reconciling, operator = _reconciling(world, clock), person("Operator")
    reconciling.step()  # nothing is due just after the start
    assert operator.get(PATH).json()["ended_at"] is None
    assert "reconciliation_difference_fen" not in client.get("/metrics").text
    for _ in range(2):
        asked = operator.post(PATH, None)
        assert (asked.status_code, asked.json()["is_asked"]) == (202, True)
    reconciling.step()
    told = operator.get(PATH).json()
    assert (told["is_asked"], told["is_running"]) == (False, False)
    assert (told["difference"], told["difference_count"], told["differences"]) == ("0.00", 0, [])
    assert told["block"] == told["as_of"]["block"]
    assert told["compared"]["payables"] == 1
    ended = told["ended_at"]
    clock.now += 60
    reconciling.step()
    assert operator.get(PATH).json()["ended_at"] == ended


def test_difference_is_told_counted_and_measured(
    world: World, client: TestClient, person: People
) -> None:
    with world.service.database.writing() as connection:
        connection.execute(text("UPDATE v_payables SET live = live + 7"))
    person("Regulator").post(PATH, None)
    _reconciling(world, Clock()).step()
    told = person("Regulator").get(PATH).json()
    assert (told["difference"], told["difference_count"]) == ("0.07", 1)
    [one] = told["differences"]
    assert (one["matter"], one["figure"], one["record"]) == ("funds", "live", "P-1")
    assert one["on_chain"] != one["in_rows"]
    # The operator learns that the books differ, and in what, but not what trades are about.
    [hidden] = person("Operator").get(PATH).json()["differences"]
    assert (hidden["matter"], hidden["figure"]) == ("funds", "live")
    assert {hidden[name] for name in ("record", "on_chain", "in_rows")} == {None}
    measured = client.get("/metrics").text
    assert "reconciliation_difference_fen 7.0" in measured
    assert "reconciliation_differences 1.0" in measured


def test_by_itself_it_compares_from_time_to_time(world: World) -> None:
    clock = Clock()
    reconciling = _reconciling(world, clock)
    ended = []
    for hours in (0, 1, 2, 6, 1):
        clock.now += hours * HOURS
        reconciling.step()
        with world.service.database.reading() as connection:
            ended.append(last_reconciled(connection, wall=clock.now).ended_wall)
    assert ended == [0, WALL + HOURS, WALL + HOURS, clock.now - HOURS, clock.now - HOURS]


def test_two_never_compare_at_once(world: World, person: People) -> None:
    clock, begun, go_on = Clock(), threading.Event(), threading.Event()

    def settle() -> None:
        begun.set()
        assert go_on.wait(30)

    with world.service.database.writing() as connection:
        connection.execute(text("UPDATE v_payables SET live = live + 7"))
    operator = person("Operator")
    operator.post(PATH, None)
    first = threading.Thread(target=_reconciling(world, clock, settle).step)
    first.start()
    try:
        assert begun.wait(30)
        operator.post(PATH, None)
        other = _reconciling(world, clock)
        other.step()
        told = operator.get(PATH).json()
        assert (told["is_running"], told["is_asked"], told["ended_at"]) == (True, True, None)
    finally:
        go_on.set()
        first.join(30)
    other.step()
    told = operator.get(PATH).json()
    assert (told["is_running"], told["is_asked"], told["difference"]) == (False, False, "0.07")


def test_comparison_whose_process_died_is_made_again(world: World, person: People) -> None:
    def die(point: str) -> None:
        if point == "before end comparison":
            raise SystemExit

    clock, operator = Clock(), person("Operator")
    operator.post(PATH, None)
    with crash_points.hook(die), pytest.raises(SystemExit):
        _reconciling(world, clock).step()
    clock.now += 60
    again = _reconciling(world, clock)
    again.step()  # it may only be slow
    assert operator.get(PATH).json()["ended_at"] is None
    clock.now += 60
    again.step()
    told = operator.get(PATH).json()
    assert (told["is_running"], told["difference"]) == (False, "0.00")


def test_comparison_that_takes_long_is_not_taken_for_a_dead_one(
    world: World, person: People
) -> None:
    class Slow(Clock):
        def __call__(self) -> int:
            self.now += 20
            return self.now

    def look(point: str) -> None:
        struck.append(point)
        if struck.count("after begin comparison") == LOOKS and len(others) < 1:
            others.append(_reconciling(world, clock))
            others[0].step()

    clock, struck, others = Slow(), list[str](), list[Reconciling]()
    person("Operator").post(PATH, None)
    slow = _reconciling(world, clock)
    with crash_points.hook(look):
        slow.step()
    assert len(others) == 1
    assert struck.count("after end comparison") == 1
