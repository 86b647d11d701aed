"""The comparison of chain, views and deposits at the door: asked for, kept, told, measured."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from api.app import create_app
from ledger.model.errors.service import NodeUnreachable
from ledger.service.reconciliation import reconciling
from ledger.service.reconciliation.reconcile import Reconciled
from ledger.service.reconciliation.reconciling import LastReconciled, Reconciling, last_reconciled
from ledger.service.running import crash_points
from ledger.service.running.site import Site
from tests.api.conftest import OPTIONS
from tests.api.world import Ground, People, World, opened_world
from tests.views_scenario import Acts

PATH = "/v1/reconciliation"
WALL = 1_800_000_000
HOURS = 3600
LOOKS = 8
"""Signs of life of a comparison that takes longer than anybody would wait for one."""


@pytest.fixture(scope="module")
def ground() -> Ground:
    """The books to compare: no test here adds to them."""
    made = Ground.fresh()
    Acts(made.cast).issue()
    return made


@pytest.fixture
def world(engine: str, tmp_path: Path, ground: Ground) -> Iterator[World]:
    before = ground.endpoint.head()
    with opened_world(engine, tmp_path, ground=ground) as made:
        yield made
    assert ground.endpoint.head() == before


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


class Away:
    """A chain whose node is away for the first questions."""

    def __init__(self, endpoint: Any, failures: int) -> None:
        self._endpoint, self.failures = endpoint, failures

    def __getattr__(self, name: str) -> Any:
        if name in ("call", "calls") and self.failures:
            self.failures -= 1
            raise NodeUnreachable(url="away")
        return getattr(self._endpoint, name)


def _reconciling(
    world: World, clock: Clock, settle: Callable[[], None] = lambda: None, *, failures: int = 0
) -> Reconciling:
    service = world.service
    endpoint: Any = Away(service.endpoint, failures)
    return Reconciling(
        Site(service.database, endpoint, service.deployment), wall=clock, settle=settle
    )


def _die_at(at: str) -> Callable[[str], None]:
    def die(point: str) -> None:
        if point == at:
            raise SystemExit

    return die


def _known(world: World, clock: Clock) -> LastReconciled:
    """What a process knows whose clock is this one."""
    with world.service.database.reading() as connection:
        return last_reconciled(connection, wall=clock.now)


def _break_rows(world: World) -> None:
    with world.service.database.writing() as connection:
        connection.execute(text("UPDATE v_payables SET live = live + 7"))


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
    _break_rows(world)
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
        ended.append(_known(world, clock).ended_wall)
    assert ended == [0, WALL + HOURS, WALL + HOURS, clock.now - HOURS, clock.now - HOURS]


def test_two_never_compare_at_once(world: World, person: People) -> None:
    clock, begun, go_on = Clock(), threading.Event(), threading.Event()

    def settle() -> None:
        begun.set()
        assert go_on.wait(30)

    _break_rows(world)
    operator = person("Operator")
    operator.post(PATH, None)
    first = threading.Thread(target=_reconciling(world, clock, settle).step)
    first.start()
    try:
        assert begun.wait(30)
        operator.post(PATH, None)
        other = _reconciling(world, clock)
        other.step()
        known = _known(world, clock)
        assert (known.is_running, known.is_asked, known.compared) == (True, True, None)
    finally:
        go_on.set()
        first.join(30)
    other.step()
    told = operator.get(PATH).json()
    assert (told["is_running"], told["is_asked"], told["difference"]) == (False, False, "0.07")


def test_comparison_whose_process_died_is_made_again(world: World, person: People) -> None:
    clock, operator = Clock(), person("Operator")
    operator.post(PATH, None)
    with crash_points.hook(_die_at("before end comparison")), pytest.raises(SystemExit):
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
        if struck.count("after continue comparison") == LOOKS and len(others) < 1:
            others.append(_reconciling(world, clock))
            others[0].step()

    clock, struck, others = Slow(), list[str](), list[Reconciling]()
    person("Operator").post(PATH, None)
    slow = _reconciling(world, clock)
    with crash_points.hook(look):
        slow.step()
    assert len(others) == 1
    assert struck.count("after end comparison") == 1


@pytest.mark.parametrize("has_died", [False, True])
def test_comparison_that_fails_is_still_owed_to_who_asked(
    world: World, person: People, has_died: bool
) -> None:
    clock, operator = Clock(), person("Operator")
    operator.post(PATH, None, idempotency_key="books")
    if has_died:  # and whoever makes it again is the one who fails
        with crash_points.hook(_die_at("before end comparison")), pytest.raises(SystemExit):
            _reconciling(world, clock).step()
        clock.now += 120
    again = _reconciling(world, clock, failures=1)
    with pytest.raises(NodeUnreachable):
        again.step()
    told = operator.get(PATH).json()
    assert (told["is_running"], told["is_asked"], told["ended_at"]) == (False, True, None)
    again.step()
    told = operator.get(PATH).json()
    assert (told["is_asked"], told["difference"]) == (False, "0.00")


def test_comparison_by_itself_that_fails_is_owed_to_nobody(world: World, person: People) -> None:
    clock = Clock()
    by_itself = _reconciling(world, clock, failures=1)
    clock.now += HOURS
    with pytest.raises(NodeUnreachable):
        by_itself.step()
    assert person("Operator").get(PATH).json()["is_asked"] is False
    by_itself.step()
    assert person("Operator").get(PATH).json()["ended_at"] is not None


@pytest.mark.parametrize("how", ["goes on", "fails", "ends"])
def test_comparison_that_was_overtaken_does_not_end_the_other(
    world: World, person: People, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """It stood still for so long that another process has begun, and is at work."""

    def stand_still() -> None:
        if clock.now == WALL:
            clock.now += 120
            with crash_points.hook(_die_at("after begin comparison")), pytest.raises(SystemExit):
                _reconciling(world, clock).step()

    def settle() -> None:
        if how != "ends":
            stand_still()
        if how == "fails":
            raise NodeUnreachable(url="away")

    def compared(*arguments: Any, **options: Any) -> Reconciled:
        found = reconcile(*arguments, **options)
        stand_still()
        return found

    clock, reconcile = Clock(), reconciling.reconcile
    monkeypatch.setattr(reconciling, "reconcile", compared)
    _break_rows(world)
    person("Operator").post(PATH, None)
    slow = _reconciling(world, clock, settle)
    if how == "fails":
        with pytest.raises(NodeUnreachable):
            slow.step()
    else:
        slow.step()
    assert clock.now == WALL + 120
    known = _known(world, clock)
    assert (known.is_running, known.is_asked, known.compared) == (True, False, None)


def test_comparison_that_looks_again_says_that_it_goes_on(world: World, person: People) -> None:
    def settle() -> None:
        clock.now += 50
        _reconciling(world, clock).step()

    clock, struck = Clock(), list[str]()
    _break_rows(world)
    person("Operator").post(PATH, None)
    with crash_points.hook(struck.append):
        _reconciling(world, clock, settle).step()
    assert clock.now - WALL > 120
    assert struck.count("after begin comparison") == struck.count("after end comparison") == 1


def test_clock_that_was_set_back_keeps_no_comparison_waiting(world: World, person: People) -> None:
    clock, operator = Clock(), person("Operator")
    operator.post(PATH, None)
    with crash_points.hook(_die_at("after begin comparison")), pytest.raises(SystemExit):
        _reconciling(world, clock).step()
    clock.now -= HOURS
    again, ended = _reconciling(world, clock), []
    for hours in (0, -24, 1):
        clock.now += hours * HOURS
        again.step()
        ended.append(_known(world, clock).ended_wall)
    assert ended == [WALL - HOURS, WALL - 25 * HOURS, WALL - 25 * HOURS]
