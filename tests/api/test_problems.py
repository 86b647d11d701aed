"""Every refusal is a problem: in the reader's language, with a next step, without what was sent."""

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from api.languages import language_of
from api.options import Options, Rate
from api.problems import STATUS, problem
from ledger.model import errors
from ledger.model.errors import DepositShort, InvalidField, LedgerError, UnknownField
from ledger.model.errors.base import Kind
from ledger.model.glossary import Language
from tests.api.echo import echo_app
from tests.test_errors import ALL, _sample

CJK = re.compile(r"[\u4e00-\u9fff]")
FIELDS = {
    "type", "title", "status", "detail", "instance", "code", "params", "errors", "trace_id",
    "retryable", "next_step",
}  # fmt: skip


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(echo_app(), raise_server_exceptions=False) as made:
        yield made


class TestBody:
    @pytest.mark.parametrize("name", ALL)
    @pytest.mark.parametrize("language", ["en", "zh"])
    def test_every_refusal_becomes_a_problem(self, name: str, language: Language) -> None:
        made = problem(_sample(ALL[name]), language, trace_id="ab")
        assert made.keys() == FIELDS
        for text in (made["title"], made["detail"], made["next_step"]):
            assert bool(CJK.search(text)) == (language == "zh"), text
        echoes = ("InvalidField", "MissingField", "UnknownField")
        assert made["code"] == ("RequestInvalid" if name in echoes else name)
        assert made["status"] == STATUS[getattr(errors, made["code"]).kind]

    def test_every_kind_has_a_status(self) -> None:
        assert set(STATUS) == set(Kind)

    def test_values_are_as_a_request_would_give_them(self) -> None:
        made = problem(DepositShort(participant=3, asked=12_345, available=1), "en", trace_id="ab")
        assert made["params"] == {"participant": 3, "asked": "123.45", "available": "0.01"}
        assert (made["status"], made["code"], made["retryable"]) == (409, "DepositShort", False)

    @pytest.mark.parametrize(
        "error",
        [
            InvalidField(field="parts[0].amount", value="<script>", expected="amount"),
            UnknownField(field="parts[0].<script>", struct="Part"),
        ],
    )
    @pytest.mark.parametrize("language", ["en", "zh"])
    def test_what_was_sent_is_never_sent_back(self, error: LedgerError, language: Language) -> None:
        made = problem(error, language, trace_id="ab")
        assert "script" not in str(made)
        assert made["errors"][0]["pointer"].startswith("/parts/0")


class TestLanguage:
    @pytest.mark.parametrize(
        ("accepted", "language"),
        [
            ("", "en"),
            ("*", "en"),
            ("zh", "zh"),
            ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
            ("en-GB, zh;q=0.5", "en"),
            ("fr, zh;q=0.1", "zh"),
            ("zh;q=0, en;q=0.1", "en"),
            ("zh;q=x", "en"),
            ("zh;q=7, en;q=0.2", "en"),
            ("*;q=0.5, zh;q=0.6", "zh"),
            ("ZH-hant", "zh"),
            (",;;,=", "en"),
        ],
    )
    def test_chinese_where_it_is_preferred(self, accepted: str, language: Language) -> None:
        assert language_of(accepted) == language

    @pytest.mark.parametrize(("asked", "told"), [("zh-CN", "zh-CN"), ("en", "en"), ("fr", "en")])
    def test_answer_says_its_language_and_that_it_varies(
        self, client: TestClient, asked: str, told: str
    ) -> None:
        answer = client.get("/v1/nothing", headers={"accept-language": asked})
        assert answer.headers["content-language"] == told
        assert "accept-language" in answer.headers["vary"].lower()
        assert bool(CJK.search(answer.json()["detail"])) == (told == "zh-CN")


class TestAnswers:
    def test_unknown_address_is_a_problem_whatever_is_accepted(self, client: TestClient) -> None:
        for path in ("/v1/nothing", "/v1/", "/v1/echo/", "/nothing"):
            answer = client.get(path, headers={"accept": "text/html"})
            assert (answer.status_code, answer.json()["code"]) == (404, "ResourceUnknown"), path

    def test_unknown_method_says_which_are_offered(self, client: TestClient) -> None:
        for method in ("GET", "PUT", "DELETE", "OPTIONS", "HEAD"):
            answer = client.request(method, "/v1/echo")
            assert (answer.status_code, answer.headers["allow"]) == (405, "POST")

    def test_fault_tells_nothing_of_itself(self, client: TestClient) -> None:
        answer = client.get("/v1/broken")
        assert (answer.status_code, answer.json()["code"]) == (500, "ServiceBroken")
        assert "secret" not in answer.text
        assert "Traceback" not in answer.text

    def test_trace_id_is_in_header_and_body_and_never_the_client_s(
        self, client: TestClient
    ) -> None:
        answer = client.get("/v1/nothing", headers={"trace-id": "mine"})
        trace = answer.headers["trace-id"]
        assert re.fullmatch(r"[0-9a-f]{32}", trace)
        assert answer.json()["trace_id"] == trace
        assert answer.json()["instance"].endswith(trace)

    def test_faults_point_at_their_places(self, client: TestClient) -> None:
        answer = client.post("/v1/echo", json={"amount": 5, "x": 1})
        found = {one["pointer"]: one["detail"] for one in answer.json()["errors"]}
        assert found == {
            "/a": "is missing.",
            "/amount": "must be text.",
            "/x": "is not known here.",
        }

    def test_unknown_field_that_is_no_name_is_not_sent_back(self, client: TestClient) -> None:
        for name in ("fbs_" + "a" * 40, "<b>", ""):
            answer = client.post("/v1/echo", json={"a": "x", "amount": "1.00", name: 1})
            assert {"pointer": "", "detail": "has a field that is not known here."} in (
                answer.json()["errors"]
            )

    def test_headers_that_protect_are_on_every_answer(self, client: TestClient) -> None:
        for answer in (client.get("/v1/nothing"), client.post("/v1/echo", json={"a": 1})):
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["cross-origin-resource-policy"] == "same-origin"
            assert "server" not in answer.headers


class TestLimits:
    def test_too_many_requests_are_told_when_to_come_again(self) -> None:
        options = Options(per_address=Rate(5, 60))
        with TestClient(echo_app(options)) as client:
            answers = [client.post("/v1/echo", json={"a": 1}) for _ in range(7)]
        assert [one.status_code for one in answers] == [200] * 5 + [429] * 2
        left = [one.headers["ratelimit"] for one in answers[:5]]
        assert [re.search(r"r=(\d+)", one)[1] for one in left] == ["4", "3", "2", "1", "0"]  # type: ignore[index]
        refused = answers[-1]
        assert refused.json()["params"] == {"most": 5, "seconds": 60}
        assert 1 <= int(refused.headers["retry-after"]) <= 120
        assert refused.headers["ratelimit-policy"] == '"address";q=5;w=60'
        assert refused.json()["retryable"]
