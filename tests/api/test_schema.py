"""Schemathesis over the whole document: no fault, no undocumented answer, no bad request taken."""

import gc
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.app import create_app
from tests.api.conftest import OPTIONS
from tests.api.world import People, World
from tests.shares import Tell

QUICK: Final = 8
"""Good and bad cases of each operation, each."""
DEEP: Final = 56
CASES: Final = 3_000
CASES_DEEP: Final = 20_000

SHARES: Final = 4
"""Of the operations; each is a test of its own."""

LASTING: Final = ("streamEvents",)
"""Answers that last have tests of their own."""

CHECKS: Final[list[Any]] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture(autouse=True)
def seldom_collected() -> Iterator[None]:
    """Garbage is collected after each operation, when what made its requests is gone.

    In the midst of the work a collector goes through millions of things that are all in use, which
    takes a tenth of the time.
    """
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(scope="session")
def document(world: World) -> Any:
    """The document as it is served, by a door of its own: each case comes in a loop of its own."""
    app = create_app(world.service, OPTIONS)
    rejected = {"expected-statuses": [400, 401, 403, 404, 405, 409, 413, 415, 422]}
    config = SchemathesisConfig.from_dict({"checks": {"negative_data_rejection": rejected}})
    return schemathesis.openapi.from_asgi("/v1/openapi.json", app, config=config)


@pytest.mark.parametrize("share", range(SHARES))
def test_answers_are_as_the_document_says(
    document: Any, person: People, share: int, tell: Tell
) -> None:
    sent = _walk(document, person, share, QUICK)
    tell(f"{sent} cases")
    assert sent >= CASES // SHARES


@pytest.mark.deep
@pytest.mark.parametrize("share", range(SHARES))
def test_answers_are_so_at_length(document: Any, person: People, share: int, tell: Tell) -> None:
    sent = _walk(document, person, share, DEEP)
    tell(f"{sent} cases")
    assert sent >= CASES_DEEP // SHARES


def _walk(document: Any, person: People, share: int, examples: int) -> int:
    """Try a share of the operations; how many cases were sent."""
    sent = 0
    operations = [one.ok() for one in document.get_all_operations()]
    assert len(operations) > 130
    for operation in operations[share::SHARES]:
        if operation.definition.raw["operationId"] not in LASTING:
            for mode in GenerationMode:
                sent += _tried(operation, mode, person, examples)
            gc.collect(1)
    return sent


def _tried(operation: Any, mode: GenerationMode, person: People, examples: int) -> int:
    sent = 0
    headers = dict(person("Birch").headers)
    if operation.definition.raw["operationId"] == "signOut":
        headers = {}  # the others still need the session

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        nonlocal sent
        sent += 1
        response = case.call(headers=headers)
        is_bad = mode is GenerationMode.NEGATIVE and _is_sent(case, response)
        checks = CHECKS + ([negative_data_rejection] if is_bad else [])
        case.validate_response(response, checks=checks)

    with suppress(Unsatisfiable):  # what takes nothing cannot be asked badly
        run()
    return sent


def _is_sent(case: Any, response: Any) -> bool:
    """Whether everything that was made reached the door: an empty list in a query does not."""
    query = urlsplit(response.request.url).query
    sent = {name for name, _ in parse_qsl(query, keep_blank_values=True)}
    return all(name in sent for name in case.query or {})


def _machine(document: Any, person: People, name: str) -> Any:
    """Walks from answers to requests that take what they gave."""
    headers = {**person(name).headers, "Fenbook-Purpose": "inspection"}
    base: Any = document.exclude(operation_id=[*LASTING, "signOut"]).as_state_machine()

    class Machine(base):  # type: ignore[misc]
        def get_call_kwargs(self, _: Any) -> dict[str, Any]:
            return {"headers": headers}

        def validate_response(self, response: Any, case: Any, **_: Any) -> None:
            case.validate_response(response, checks=CHECKS)

    return Machine


def test_chains_of_requests_are_answered_so_too(document: Any, person: People) -> None:
    _chained(_machine(document, person, "Birch"), chains=10, steps=8)


@pytest.mark.deep
@pytest.mark.parametrize("name", ["Acme", "Birch", "Delta Bank", "Operator", "Regulator"])
def test_long_chains_are_answered_so_to_everybody(document: Any, person: People, name: str) -> None:
    _chained(_machine(document, person, name), chains=100, steps=12)


def _chained(machine: Any, *, chains: int, steps: int) -> None:
    machine.run(
        settings=settings(
            max_examples=chains,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
    )
