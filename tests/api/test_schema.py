"""Schemathesis over the whole document: no fault, no undocumented answer, no bad request taken."""

import gc
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit
from zlib import crc32

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
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
from tests.api.test_imports import previewed, rows, uploaded
from tests.api.world import People, World
from tests.imports.sheets import csv_of, xlsx_of
from tests.imports.world import HEADER
from tests.shares import Tell

QUICK: Final = 8
"""Good and bad cases of each operation, each."""
DEEP: Final = 56
CASES: Final = 3_000
CASES_DEEP: Final = 20_000

SHARES: Final = 4
"""Of the operations; each is a test of its own."""

ASKING: Final = ("Acme", "Birch", "Delta Bank", "Settlement Bank", "Operator", "Regulator")
"""Among whom the cases are shared: somebody of each role."""
ASKING_OF_IMPORTS: Final = ("Acme",) * len(ASKING) + ASKING
"""Issuers alone have imports; every other case of these is one's."""
EACH_LEAST: Final = CASES // SHARES // len(ASKING) // 2
"""Cases of each role in a share."""

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
    tell(f"{sent.total()} cases")
    assert sent.total() >= CASES // SHARES
    assert min(sent[name] for name in ASKING) >= EACH_LEAST, sent


@pytest.mark.deep
@pytest.mark.parametrize("share", range(SHARES))
def test_answers_are_so_at_length(document: Any, person: People, share: int, tell: Tell) -> None:
    sent = _walk(document, person, share, DEEP)
    tell(f"{sent.total()} cases")
    assert sent.total() >= CASES_DEEP // SHARES


def _walk(document: Any, person: People, share: int, examples: int) -> Counter[str]:
    """Try a share of the operations; how many cases were sent, by who sent them."""
    sent, real = Counter[str](), _real(person)
    operations = [one.ok() for one in document.get_all_operations()]
    assert len(operations) > 130
    for operation in operations[share::SHARES]:
        if operation.definition.raw["operationId"] not in LASTING:
            for mode in GenerationMode:
                sent += _tried(operation, mode, person, examples, real)
            gc.collect(1)
    return sent


def _real(person: People) -> dict[str, list[Any]]:
    """What no schema makes: files that are filled in, well and badly, and imports of such."""
    acme = person("Acme")
    good, bad = rows(2), rows(1, 金额="-1", 到期日="soon", 供应商="999")
    files = [xlsx_of([HEADER, *good]), xlsx_of([HEADER, *good, *bad]),
             csv_of([HEADER, *rows(1)]).encode(), csv_of([HEADER[1:], *bad]).encode()]  # fmt: skip
    paths = uploaded(acme, *rows(2)), previewed(acme, *rows(2)), uploaded(acme, *rows(1), *bad)
    return {"files": files, "imports": [one.rpartition("/")[2] for one in paths]}


def _tried(
    operation: Any, mode: GenerationMode, person: People, examples: int, real: dict[str, list[Any]]
) -> Counter[str]:
    sent, statuses = Counter[str](), set[int]()
    name = operation.definition.raw["operationId"]
    is_good = mode is GenerationMode.POSITIVE
    is_upload = is_good and name == "uploadImport"
    files = real["files"] if is_upload else []
    imports = real["imports"] if is_good and "{import_id}" in operation.path else []
    names = ASKING_OF_IMPORTS if operation.path.startswith("/v1/imports") else ASKING
    turn = crc32(f"{name} {mode}".encode())  # or all operations were asked by the same few

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=examples == QUICK,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=operation.as_strategy(generation_mode=mode),
        place=st.integers(0, len(names) - 1),
        file=st.sampled_from([None, *files]),
        one=st.sampled_from([None, *imports]),
    )
    def run(case: Any, place: int, file: bytes | None, one: str | None) -> None:
        who = names[(turn + place) % len(names)]
        sent[who] += 1
        if file is not None:
            case.body, case.media_type = file, "application/octet-stream"
        if one is not None:
            case.path_parameters = {**case.path_parameters, "import_id": one}
        # Signed out, the others had no session.
        response = case.call(headers={} if name == "signOut" else dict(person(who).headers))
        statuses.add(response.status_code)
        is_bad = not is_good and _is_sent(case, response)
        checks = CHECKS + ([negative_data_rejection] if is_bad else [])
        case.validate_response(response, checks=checks)

    with suppress(Unsatisfiable):  # what takes nothing cannot be asked badly
        run()
    assert 201 in statuses or not is_upload
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


@pytest.mark.parametrize("name", ASKING)
def test_chains_of_requests_are_answered_so_too(document: Any, person: People, name: str) -> None:
    _chained(_machine(document, person, name), chains=2, steps=8)


@pytest.mark.deep
@pytest.mark.parametrize("name", ASKING)
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
