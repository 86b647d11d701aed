"""The document and the pages made from it: named by hand, whole, and asking no other host."""

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from jsonschema_rs import validator_for
from starlette.testclient import TestClient

from api.options import Options
from api.problems import STATUS
from api.verbs import QUOTES, VERBS
from ledger.model import errors
from ledger.model.errors import LedgerError
from ledger.service.access import KEYS_MAX
from ledger.service.financing.desk import QUOTES_ON_REQUEST_MAX
from tests.api.world import Person


@pytest.fixture(scope="module")
def document(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def _operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


class TestDocument:
    def test_every_operation_has_a_name_of_its_own(self, document: dict[str, Any]) -> None:
        names = [one["operationId"] for *_, one in _operations(document)]
        assert len(names) == len(set(names))
        assert all(re.fullmatch(r"[a-z][A-Za-z]+", one) for one in names)
        assert document["openapi"] == "3.1.0"

    def test_every_verb_is_prepared_and_submitted(self, document: dict[str, Any]) -> None:
        for verb in VERBS.values():
            assert document["paths"][verb.path]["post"]["operationId"] == verb.name
            assert f"{verb.path}/typed-data" in document["paths"]
        for quote in QUOTES.values():
            assert f"{quote.path}/typed-data" in document["paths"]

    def test_every_reference_leads_somewhere(self, document: dict[str, Any]) -> None:
        text = str(document)
        for kind, name in set(re.findall(r"#/components/(\w+)/(\w+)", text)):
            assert name in document["components"][kind], name

    def test_money_is_never_a_number(self, document: dict[str, Any]) -> None:
        for name, schema in document["components"]["schemas"].items():
            for field, one in schema.get("properties", {}).items():
                assert "number" not in (one.get("type"), *_kinds(one)), (name, field)

    def test_every_problem_is_said_in_the_same_shape(self, document: dict[str, Any]) -> None:
        for method, path, operation in _operations(document):
            for status, answer in operation["responses"].items():
                if int(status) >= 400 and (path, status) != ("/readyz", "503"):
                    assert answer == {"$ref": f"#/components/responses/Problem{status}"}, path
            assert {"400", "429", "500", "503"} <= operation["responses"].keys(), (method, path)

    def test_examples_of_fields_are_of_their_form(self, document: dict[str, Any]) -> None:
        tried = 0
        rest = {"components": document["components"]}
        for name, schema in document["components"]["schemas"].items():
            for field, one in schema.get("properties", {}).items():
                for example in one.get("examples", ()):
                    whole = one if "$ref" not in str(one) else {**one, **rest}
                    assert validator_for(whole).is_valid(example), (name, field, example)
                    tried += 1
        assert tried > 300


class TestExamples:
    """A draft made of nothing but the document's own examples is taken."""

    @pytest.mark.parametrize("name", [*VERBS, *QUOTES])
    def test_draft_of_examples_is_prepared(
        self, document: dict[str, Any], birch: Person, name: str
    ) -> None:
        verb = VERBS.get(name) or QUOTES[name]
        draft = _example(document, {"$ref": f"#/components/schemas/{name}Draft"})
        answer = birch.post(f"{verb.path}/typed-data", draft)
        assert answer.status_code == 200, (draft, answer.text)
        assert answer.json()["typed_data"]["primaryType"] == name


def _kinds(schema: dict[str, Any]) -> list[Any]:
    return [one.get("type") for one in schema.get("anyOf", ())]


def _example(document: dict[str, Any], schema: dict[str, Any]) -> Any:
    """What a reader would write after the document."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _example(document, document["components"]["schemas"][name])
    if "examples" in schema:
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            needed = schema.get("required", ())
            return {one: _example(document, schema["properties"][one]) for one in needed}
        case "array":
            return [_example(document, schema["items"])]
        case "integer":
            return schema.get("minimum", 0)
        case "boolean":
            return True
    return _example(document, schema["anyOf"][0])


class TestHandbook:
    def test_limits_of_the_page_are_those_of_the_door(self) -> None:
        text = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
        options = Options()
        for rate in (
            options.per_address,
            options.per_session,
            options.per_key,
            options.sign_in,
            options.sign_in_address,
            options.export,
        ):
            assert f"| {rate.most} in {rate.seconds} s |" in text
        assert f"{options.body_depth} levels and {options.body_bytes} bytes" in text
        assert f"| rows of an export | {options.export_rows_most} |" in text
        assert f"ended ones too | {QUOTES_ON_REQUEST_MAX} |" in text
        assert f"good at a time | {KEYS_MAX} |" in text
        assert f"streams of one participant at a time | {options.streams_each} |" in text
        assert f"| a wait | {options.wait_most} s |" in text
        assert f"for {options.idempotency_days} days" in text

    def test_statuses_of_the_page_are_those_of_the_table(self) -> None:
        text = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
        said = {
            int(one)
            for row in re.findall(r"^\| ([0-9 ·]+) \|", text, re.M)
            for one in row.split(" · ")
        }
        assert said == set(STATUS.values()) - {405, 500}


class TestPages:
    @pytest.mark.parametrize("path", ["/docs", "/docs/refusals"])
    def test_page_asks_no_other_host_and_runs_no_script(
        self, client: TestClient, path: str
    ) -> None:
        answer = client.get(path)
        assert answer.status_code == 200
        assert not re.search(r"<script|<iframe|<img|\sstyle=|\son\w+=", answer.text)
        for address in re.findall(r'(?:href|src)="([^"]+)"', answer.text):
            assert address.startswith(("/", "#")), address
        assert "script-src" not in answer.headers["content-security-policy"]
        assert "default-src 'none'" in answer.headers["content-security-policy"]

    def test_page_has_every_operation(self, client: TestClient, document: dict[str, Any]) -> None:
        text = client.get("/docs").text
        for *_, operation in _operations(document):
            assert f'id="{operation["operationId"]}"' in text

    @pytest.mark.parametrize("language", ["en", "zh"])
    def test_refusals_are_all_there(self, client: TestClient, language: str) -> None:
        text = client.get("/docs/refusals", headers={"accept-language": language}).text
        for name in errors.__all__:
            one = getattr(errors, name)
            if isinstance(one, type) and issubclass(one, LedgerError) and one is not LedgerError:
                assert f'id="{name}"' in text

    def test_style_is_our_own(self, client: TestClient) -> None:
        answer = client.get("/docs/style.css")
        assert answer.headers["content-type"].startswith("text/css")
        assert "url(" not in answer.text
