"""What a regulator reads is in the log, with what was read: by every address that answers."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from starlette.testclient import TestClient

from api.app import create_app
from ledger.store.tables.access import ACCESS_LOG
from tests.api.absent import ABSENT
from tests.api.conftest import OPTIONS
from tests.api.world import Person, World, directory_of

PUBLIC: Final = {"checkHealth", "checkReadiness", "readMetrics", "readAbout", "readOpenapi"}
"""What anybody reads, and tells of nobody."""
OWN: Final = {"payable": "P-1", "voucher": "V-1.1", "loan": "L-1", "participant": "2"}
ASKED: Final = {
    "first": "2026-03-01",
    "last": "2026-12-31",
    "format": "csv",
    "after": "1",
    "run": "R-1.1",
    "payable": "P-1",
    "limit": "7",
}
"""Of these parameters every address gets those that it takes."""

_Row = tuple[str, dict[str, Any], str]


@pytest.fixture(scope="module")
def door(world: World) -> Iterator[TestClient]:
    """A door whose streams end at once."""
    brief = create_app(world.service, replace(OPTIONS, stream_seconds=0))
    with TestClient(brief, raise_server_exceptions=False) as made:
        yield made


def _logged(world: World, after: int) -> list[_Row]:
    """What the log has from a row on, the oldest first."""
    table = ACCESS_LOG.c
    asked = select(table.operation, table.subject, table.purpose).order_by(table.seq)
    with world.service.database.reading() as connection:
        rows = connection.execute(asked).all()
    return [(name, json.loads(subject), purpose) for name, subject, purpose in rows[after:]]


def _reads(app: FastAPI) -> Sequence[tuple[str, str, set[str]]]:
    """Name, path and parameters of every GET."""
    return [
        (
            methods["get"]["operationId"],
            path,
            {one["name"] for one in methods["get"].get("parameters", ()) if one["in"] == "query"},
        )
        for path, methods in app.openapi()["paths"].items()
        if "get" in methods
    ]


def test_every_address_that_a_regulator_reads_is_in_the_log_with_what_was_asked(
    app: FastAPI,
    world: World,
    door: TestClient,
    regulator: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(world.service, "directory", directory_of(world))
    before, answered = len(_logged(world, 0)), 0
    expected: list[_Row] = []
    for name, path, parameters in _reads(app):
        ids = {noun: {**ABSENT, **OWN}[noun] for noun in re.findall(r"\{(\w+)\}", path)}
        asked = {one: value for one, value in ASKED.items() if one in parameters}
        answer = door.get(path.format(**ids), params=asked, headers=regulator.headers)
        expected += [] if name in PUBLIC else [(name, {**asked, **ids}, "case 17")]
        assert answer.status_code in (200, 404), (name, answer.text)
        answered += answer.status_code == 200
    assert _logged(world, before) == expected
    assert (len(expected) > 80, answered > 60) == (True, True)


def test_stream_that_goes_on_is_logged_from_where(
    world: World, door: TestClient, regulator: Person
) -> None:
    before = len(_logged(world, 0))
    headers = {**regulator.headers, "last-event-id": "41"}
    door.get("/v1/events/stream?kind=DepositMoved", headers=headers)
    asked = {"kind": "DepositMoved", "last_event_id": "41"}
    assert _logged(world, before) == [("streamEvents", asked, "case 17")]


def test_comparison_that_is_told_when_another_is_asked_for_is_logged(
    world: World, door: TestClient, regulator: Person
) -> None:
    before = len(_logged(world, 0))
    assert door.post("/v1/reconciliation", headers=regulator.headers).status_code == 202
    assert _logged(world, before) == [("askForReconciliation", {}, "case 17")]
    plain = {"authorization": regulator.headers["authorization"]}
    refused = door.post("/v1/reconciliation", headers=plain)
    assert (refused.status_code, refused.json()["code"]) == (400, "PurposeNotStated")


@pytest.mark.parametrize("name", ["Birch", "Operator"])
def test_what_others_read_is_not_in_it(
    world: World, door: TestClient, person: Any, name: str
) -> None:
    before = len(_logged(world, 0))
    for path in ("/v1/vouchers", "/v1/exports/payables", "/v1/events"):
        assert door.get(path, headers=person(name).headers).status_code == 200
    assert _logged(world, before) == []
