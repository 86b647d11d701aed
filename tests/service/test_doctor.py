"""What a look over a service comes to: what readiness says, and where something is amiss."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.chain.embedded import EmbeddedEndpoint
from ledger.service.running.doctor import Finding, State, look_over
from ledger.service.running.settings import Settings
from ledger.store.database import Database
from ledger.store.operations import add_operations, postpone_operation
from tests.databases import an_operation
from tests.faults.model_ledger import CHAIN_ID, DEPLOYMENT


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


def test_temporary_folder_is_looked_at_whatever_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = "postgresql+pg8000://nobody@127.0.0.1:1/none"
    for url, folders in (
        (away, ["temporary"]),
        (f"sqlite:///{tmp_path / 'own.sqlite'}", ["database", "temporary"]),
    ):
        found = [one for one in look_over(Settings(database=url), {}) if one.check == "disk"]
        assert [one.facts["folder"] for one in found] == folders
        assert all(one.facts["free_megabytes"] >= 0 for one in found)
    full = shutil.disk_usage(tmp_path)._replace(free=2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    [found_full] = [one for one in look_over(Settings(database=away), {}) if one.check == "disk"]
    assert (found_full.state, found_full.facts["free_megabytes"]) == (State.LOOK, 1)


def test_missing_folder_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> str:
        raise FileNotFoundError

    monkeypatch.setattr(tempfile, "gettempdir", missing)
    nowhere = Settings(database=f"sqlite:///{tmp_path}/none/own.sqlite")
    found = [one for one in look_over(nowhere, {}) if one.check == "disk"]
    assert [one.state for one in found] == [State.WRONG, State.WRONG]


@pytest.mark.parametrize(
    ("shift", "number", "state"),
    [(0, CHAIN_ID, State.OK), (3_600, CHAIN_ID, State.LOOK), (0, 1, State.WRONG)],
)
def test_chain_in_process_is_checked_for_its_number_and_its_clock(
    tmp_path: Path, shift: int, number: int, state: State
) -> None:
    wall = 1_772_413_200
    chain = EmbeddedEndpoint(wall, [], journal=lambda _: None, clock=lambda: wall)
    if shift:
        chain.advance_to(wall + shift)
    deployment = replace(DEPLOYMENT, chain_id=chain.chain_id if number == CHAIN_ID else number)
    settings = Settings(database=f"sqlite:///{tmp_path / 'none.sqlite'}")
    looks = look_over(settings, {}, wall=lambda: wall, embedded=lambda: (chain, deployment))
    [found] = [one for one in looks if one.check == "node"]
    assert found.state is state
    assert found.facts["chain_id"] == chain.chain_id
    assert shift <= found.facts["clock_ahead"] <= shift + 2
