"""How many files of imports there may be: at a time, in a minute, and open of one issuer."""

from collections.abc import Iterator
from dataclasses import replace
from threading import BoundedSemaphore
from typing import Any

import pytest
from fastapi import FastAPI

from api.limits import Limits
from api.options import Rate
from ledger.service.imports import importing
from ledger.store import imports
from tests.api.test_imports import PATH, previewed, rows, upload
from tests.api.world import Person, World

TEXT = "供应商,金额,到期日,清算行\n2,5.00,2026-08-28,6\n".encode()


@pytest.fixture
def few(app: FastAPI) -> Iterator[None]:
    """Two files a minute."""
    context = app.state.context
    options = replace(context.options, export=Rate(2, 60))
    app.state.context = replace(context, limits=Limits(), options=options)
    yield
    app.state.context = context


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def sent(person: Person) -> Any:
    return upload(person, TEXT, "text/csv", "x.csv")


@pytest.mark.usefixtures("few")
def test_files_are_taken_in_so_often(acme: Person) -> None:
    assert [sent(acme).status_code for _ in range(2)] == [201, 201]
    assert told(sent(acme)) == (429, "TooManyRequests")
    # An export is counted apart.
    assert acme.get("/v1/exports/imports").status_code == 200


def test_error_files_are_made_so_often(acme: Person, request: pytest.FixtureRequest) -> None:
    path = previewed(acme, *rows(1))
    request.getfixturevalue("few")
    assert [acme.get(f"{path}/error-file").status_code for _ in range(2)] == [200, 200]
    assert told(acme.get(f"{path}/error-file")) == (429, "TooManyRequests")


def test_files_that_are_read_stop_no_exports_and_the_other_way_round(
    acme: Person, app: FastAPI
) -> None:
    context = app.state.context
    full = BoundedSemaphore(1)
    full.acquire()
    try:
        app.state.context = replace(context, imports=full)
        assert told(sent(acme)) == (503, "ServiceBusy")
        assert acme.get("/v1/exports/imports").status_code == 200
        app.state.context = replace(context, exports=full)
        assert sent(acme).status_code == 201
        assert told(acme.get("/v1/exports/imports")) == (503, "ServiceBusy")
    finally:
        app.state.context = context


def test_one_issuer_has_so_many_open(
    acme: Person, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world.service.database.reading() as connection:
        open_ones = imports.count_imports(connection, acme.member.id, importing._OPEN)
    monkeypatch.setattr(importing, "OPEN_MAX", open_ones + 2)
    first, _ = sent(acme), sent(acme)
    answer = sent(acme)
    assert told(answer) == (409, "ImportsTooMany")
    assert "cancel some of them" in answer.json()["next_step"].casefold()
    path = f"{PATH}/{first.json()['id']}"
    assert acme.post(f"{path}/cancel", None).status_code == 200
    assert sent(acme).status_code == 201
