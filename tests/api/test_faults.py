"""What is a fault of ours and no refusal: a problem that says nothing of it, and one log line."""

from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.testclient import TestClient

from api.app import create_app
from api.openapi import FORM
from ledger.model.errors import ServiceBroken, ServiceBusy
from ledger.model.glossary import Language
from tests.api.conftest import OPTIONS
from tests.api.world import World

SECRET = "secret detail at /srv/fenbook"


def _broken() -> None:
    raise RuntimeError(SECRET)


async def _straight(_: Request) -> Response:
    raise RuntimeError(SECRET)


def _begun(failure: Exception) -> Any:
    def rows() -> Iterator[bytes]:
        yield b"first"
        raise failure

    return lambda: StreamingResponse(rows())


@pytest.fixture
def app(world: World, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """The door as the service has it, with routes that fail."""
    made = create_app(world.service, OPTIONS)
    made.router.routes[:0] = [
        APIRoute("/v1/broken", _broken),
        APIRoute("/v1/begun", _begun(RuntimeError(SECRET)), response_model=None),
        APIRoute("/v1/refused", _begun(ServiceBusy()), response_model=None),
    ]
    straight = APIRoute("/v1/straight", _straight, openapi_extra={FORM: {}}, response_model=None)
    monkeypatch.setitem(made._straight, ("GET", "/v1/straight"), straight)  # type: ignore[attr-defined]
    return made


@pytest.mark.parametrize("path", ["/v1/broken", "/v1/straight"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_fault_is_a_problem_that_tells_nothing_of_itself(
    app: FastAPI, path: str, language: Language
) -> None:
    with structlog.testing.capture_logs() as told:
        answer = TestClient(app).get(path, headers={"accept-language": language})
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (body["code"], body["status"]) == ("ServiceBroken", 500)
    assert body["detail"] == ServiceBroken().message(language)
    assert body["next_step"] == ServiceBroken().next_step(language)
    assert body["trace_id"] == answer.headers["trace-id"]
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    [line] = told
    assert (line["event"], line["log_level"]) == ("request failed", "error")
    assert (line["trace_id"], line["fault"]) == (body["trace_id"], "RuntimeError")


@pytest.mark.parametrize("path", ["/v1/begun", "/v1/refused"])
def test_answer_that_broke_off_is_told_once_and_left_unfinished(app: FastAPI, path: str) -> None:
    with structlog.testing.capture_logs() as told:
        answer = TestClient(app).get(path)
    assert answer.content == b"first"
    [line] = told
    assert (line["event"], line["fault"]) == ("request failed", "RuntimeError")
