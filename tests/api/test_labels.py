"""What is no real ledger says so in every answer, whatever is asked and however it ends."""

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from api.app import create_app
from api.door import Door
from api.limits import Limits
from api.metrics import Requests
from api.options import Options
from ledger.model.plain import parse_moment
from tests.api.absent import ABSENT
from tests.api.conftest import OPTIONS
from tests.api.world import People, World

EVALUATION: Final = "for evaluation only: everybody can compute the keys"
LASTING: Final = ("streamEvents",)
"""Answers that last; what they begin with is tested with the feed."""


@pytest.fixture(scope="module")
def labelled(world: World) -> Iterator[TestClient]:
    with TestClient(create_app(world.service, OPTIONS), raise_server_exceptions=False) as client:
        yield client


def _routes(app: FastAPI) -> Iterator[tuple[str, str]]:
    for path, methods in app.openapi()["paths"].items():
        address = re.sub(r"\{(\w+)\}", lambda found: ABSENT[found[1]], path)
        for method, one in methods.items():
            if one["operationId"] not in LASTING:
                yield method.upper(), address


def _assert_labelled(answer: Any) -> None:
    assert answer.headers.get_list("fenbook-demo") == [EVALUATION], answer.url
    parse_moment(answer.headers["fenbook-test-clock"])


def test_every_route_s_answer_is_labelled(labelled: TestClient, app: FastAPI, world: World) -> None:
    birch = People(labelled, world)("Birch")
    statuses = set()
    for method, path in _routes(app):
        if path == "/v1/sign-in" and method == "DELETE":
            continue
        for headers in ({}, birch.headers):
            body = None if method in ("GET", "DELETE") else {}
            answer = labelled.request(method, path, headers=headers, json=body)
            _assert_labelled(answer)
            statuses.add(answer.status_code)
    assert statuses >= {200, 401, 404, 409, 415, 422}


def test_answers_of_no_route_are_labelled(labelled: TestClient) -> None:
    client = labelled
    for answer in (
        client.get("/v1/nothing"),
        client.get("/docs"),
        client.get("/v1/openapi.json"),
        client.get("/metrics"),
        client.patch("/v1/vouchers"),
        client.post("/v1/sign-in", content=b"{", headers={"content-type": "application/json"}),
        client.post("/v1/sign-in", content=b"x" * 300_000),
    ):
        _assert_labelled(answer)


def test_about_says_what_it_is(labelled: TestClient) -> None:
    told = labelled.get("/v1/about").json()
    assert told["is_evaluation"] is True
    parse_moment(told["test_clock"])


def test_real_ledger_has_no_label() -> None:
    options, requests = Options(), Requests(CollectorRegistry())
    door = Door(PlainTextResponse("well"), options, Limits(), requests)
    headers = TestClient(door).get("/").headers
    assert not {"fenbook-demo", "fenbook-test-clock"} & set(headers)
