"""Hostile bodies: each is refused before a parser sees it, and costs no memory."""

import asyncio
import json
import random
import resource
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.types import Message, Scope

from api.guard import strict_json
from api.options import Options
from ledger.model.errors import BodyTooDeep, BodyUnreadable
from tests.api.echo import UPLOAD_BYTES, Answer, echo_app

JSON = {"content-type": "application/json"}
BODY_BYTES = Options().body_bytes
DEPTH = Options().body_depth


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(echo_app(), raise_server_exceptions=False) as made:
        yield made


def _post(client: TestClient, body: bytes, **headers: str) -> Any:
    return client.post("/v1/echo", content=body, headers=JSON | headers)


HOSTILE: list[tuple[str, bytes, int, str]] = [
    ("NaN", b'{"a":NaN}', 400, "BodyUnreadable"),
    ("Infinity", b'{"a":-Infinity}', 400, "BodyUnreadable"),
    ("huge exponent", b'{"a":1e400}', 400, "BodyUnreadable"),
    ("fraction", b'{"a":1.0}', 400, "BodyUnreadable"),
    ("name twice", b'{"a":1,"a":2}', 400, "BodyUnreadable"),
    ("name twice inside", b'{"a":1,"inner":[{"x":1,"\\u0078":2}]}', 400, "BodyUnreadable"),
    ("text for a number", b'{"a":"7"}', 422, "RequestInvalid"),
    ("true for a number", b'{"a":true}', 422, "RequestInvalid"),
    ("4,000 digits", b'{"a":' + b"7" * 4000 + b"}", 400, "BodyUnreadable"),
    ("40 digits", b'{"a":' + b"7" * 40 + b"}", 400, "BodyUnreadable"),
    ("nested lists", b"[" * 100_000 + b"]" * 100_000, 400, "BodyTooDeep"),
    ("nested objects", b'{"a":' * 40_000 + b"1" + b"}" * 40_000, 400, "BodyTooDeep"),
    ("UTF-16", '{"a":1}'.encode("utf-16"), 400, "BodyUnreadable"),
    ("UTF-16 unmarked", '{"a":1}'.encode("utf-16-le"), 400, "BodyUnreadable"),
    ("mark before UTF-8", b'\xef\xbb\xbf{"a":1}', 400, "BodyUnreadable"),
    ("overlong", b'{"a":1,"note":"\xc0\x80"}', 400, "BodyUnreadable"),
    ("surrogate bytes", b'{"a":1,"note":"\xed\xa0\x80"}', 400, "BodyUnreadable"),
    ("lone surrogate", b'{"a":1,"note":"\\ud800"}', 400, "BodyUnreadable"),
    ("lone surrogate as a name", b'{"a":1,"\\udfff":1}', 400, "BodyUnreadable"),
    ("zero", b'{"a":1,"note":"\\u0000"}', 400, "BodyUnreadable"),
    ("raw zero", b'{"a":1,"note":"\x00"}', 400, "BodyUnreadable"),
    ("two documents", b'{"a":1}{"a":2}', 400, "BodyUnreadable"),
    ("comment", b'{"a":1}//', 400, "BodyUnreadable"),
    ("trailing comma", b'{"a":1,}', 400, "BodyUnreadable"),
    ("unfinished", b'{"a":1', 400, "BodyUnreadable"),
    ("half a string", b'{"a":"' + b'\\"' * 60_000, 400, "BodyUnreadable"),
    ("plain text", b"hello", 400, "BodyUnreadable"),
    ("unknown name", b'{"a":1,"note_of":"memo"}', 422, "RequestInvalid"),
    ("name that is none", b'{"a":1,"a memo?":"x"}', 422, "RequestInvalid"),
    ("list", b"[]", 422, "RequestInvalid"),
    ("list of one", b"[false]", 422, "RequestInvalid"),
    ("null", b"null", 422, "RequestInvalid"),
    ("number", b"7", 422, "RequestInvalid"),
    ("empty", b"", 422, "RequestInvalid"),
    ("amount as a number", b'{"a":1,"amount":5}', 422, "RequestInvalid"),
    ("fullwidth amount", '{"a":1,"amount":"５.00"}'.encode(), 422, "RequestInvalid"),
    ("three decimals", b'{"a":1,"amount":"5.001"}', 422, "RequestInvalid"),
    ("amount with a line end", b'{"a":1,"amount":"5.00\\n"}', 422, "RequestInvalid"),
    ("too long", b'{"a":1,"note":"' + b"x" * BODY_BYTES + b'"}', 413, "BodyTooLarge"),
]


class TestHostile:
    @pytest.mark.parametrize(
        ("body", "status", "code"), [one[1:] for one in HOSTILE], ids=[one[0] for one in HOSTILE]
    )
    def test_body_is_refused_without_an_echo(
        self, client: TestClient, body: bytes, status: int, code: str
    ) -> None:
        answer = _post(client, body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.headers["content-type"] == "application/problem+json"
        assert "memo" not in answer.text
        assert "５" not in answer.text

    @pytest.mark.parametrize(
        "headers",
        [
            {"content-type": "text/plain"},
            {"content-type": "application/x-www-form-urlencoded"},
            {"content-type": "multipart/form-data; boundary=x"},
            {"content-type": "application/json; charset=utf-16"},
            {"content-encoding": "gzip"},
        ],
    )
    def test_other_form_is_refused(self, client: TestClient, headers: dict[str, str]) -> None:
        answer = _post(client, b'{"a":1}', **headers)
        assert (answer.status_code, answer.json()["code"]) == (415, "FormUnsupported")

    @pytest.mark.parametrize("length", ["-1", "x", "1e3", "９", "9" * 30])
    def test_length_that_is_no_number_is_refused(self, length: str) -> None:
        scope = _scope([(b"content-length", length.encode())])
        answer = asyncio.run(_sent(scope, [b'{"a":1}']))
        assert answer.status in (400, 413)

    @pytest.mark.parametrize("target", ["/v1/echo%00", "/v1/echo?x=%0a", "/v1/" + "x" * 5_000])
    def test_address_with_controls_or_too_long_is_refused(
        self, client: TestClient, target: str
    ) -> None:
        assert client.get(target).status_code in (400, 413)


class TestHarmless:
    @pytest.mark.parametrize(
        "body",
        [
            b'{"a":1}',
            b' {"a" : 1 , "note":"\\ud83d\\ude00 \\\\u0000 \xe5\x87\xad"}\n',
            b'{"a":1,"note":"[[[[[[[[[[[[[[[[[[[[{{{{{{{{{{{{"}',
            b'{"a":1,"inner":' + b"[" * (DEPTH - 1) + b"]" * (DEPTH - 1) + b"}",
            b'{"a":1,"note":"' + b"x" * (BODY_BYTES - 20) + b'"}',
        ],
    )
    def test_body_is_taken(self, client: TestClient, body: bytes) -> None:
        assert _post(client, body).json() == {"a": 1}

    @pytest.mark.parametrize("kind", ["application/json; charset=UTF-8", "Application/JSON"])
    def test_spelling_of_the_form_does_not_matter(self, client: TestClient, kind: str) -> None:
        answer = _post(client, b'{"a":1}', **{"content-type": kind})
        assert answer.status_code == 200

    def test_file_is_taken_where_files_are(self, client: TestClient) -> None:
        csv = {"content-type": "text/csv"}
        taken = client.post("/v1/files", content=b"a,b\n" * 100, headers=csv)
        refused = client.post("/v1/files", content=b"x" * (UPLOAD_BYTES + 1), headers=csv)
        assert (taken.status_code, refused.status_code) == (200, 413)
        assert client.post("/v1/files", content=b"{}", headers=JSON).status_code == 415


class TestMemory:
    def test_endless_body_is_cut_without_being_kept(self) -> None:
        taken = 0

        def parts() -> Iterator[bytes]:
            nonlocal taken
            for _ in range(1_000):  # a hundred megabytes, if anybody read them
                taken += 100_000
                yield b"x" * 100_000

        before = _peak()
        answer = asyncio.run(_sent(_scope([]), parts()))
        assert answer.status == 413
        assert taken <= BODY_BYTES + 100_000
        assert _peak() - before < 20_000_000

    def test_announced_length_is_refused_unread(self) -> None:
        def parts() -> Iterator[bytes]:
            pytest.fail("nobody should read this")
            yield b""

        scope = _scope([(b"content-length", b"104857600")])
        answer = asyncio.run(_sent(scope, parts()))
        assert answer.status == 413
        assert answer.headers["connection"] == "close"

    @pytest.mark.parametrize("secret", [None, b"Bearer fbs_stranger", b"Bearer ", b"Basic eA=="])
    def test_file_of_a_stranger_is_refused_unread(self, app: FastAPI, secret: bytes | None) -> None:
        def parts() -> Iterator[bytes]:
            pytest.fail("nobody should read this")
            yield b""

        named = [] if secret is None else [(b"authorization", secret)]
        scope = _scope([]) | {"path": "/v1/imports", "raw_path": b"/v1/imports"}
        scope["headers"] = [(b"content-type", b"text/csv"), *named]
        answer = asyncio.run(_sent(scope, parts(), app))
        assert (answer.status, json.loads(answer.body)["code"]) == (401, "NotSignedIn")
        assert answer.headers["connection"] == "close"

    def test_hostile_bodies_leave_nothing(self, client: TestClient) -> None:
        bodies = [body for _, body, *_ in HOSTILE if len(body) < 200_000]
        for body in bodies:
            _post(client, body)
        before = _peak()
        for _ in range(20):
            for body in bodies:
                _post(client, body)
        assert _peak() - before < 20_000_000


class TestSeeds:
    """2,000 bodies made by breaking good ones; whatever is taken means what it says."""

    def test_broken_bodies_are_refused_or_mean_what_they_say(self) -> None:
        seed = random.SystemRandom().randrange(2**32)
        draw = random.Random(seed)
        good = b'{"a":1,"amount":"12.50","note":"\\u51ed x","inner":[{"b":[1,2,{"c":null}]},true]}'
        taken = 0
        for _ in range(2_000):
            body = bytearray(good)
            for _ in range(draw.randint(1, 4)):
                place = draw.randrange(len(body))
                match draw.randrange(4):
                    case 0:
                        body[place] = draw.randrange(256)
                    case 1:
                        body[place:place] = draw.choice((b"[", b"{", b'"', b"\\", b"NaN", b"1e9"))
                    case 2:
                        del body[place]
                    case _:
                        body[place:place] = body[place : place + draw.randint(1, 20)]
            try:
                value = strict_json(bytes(body), depth=DEPTH)
            except (BodyUnreadable, BodyTooDeep):
                continue
            except BaseException:
                print(f"seed {seed}: {body!r}")
                raise
            taken += 1
            assert json.loads(body) == value, seed
            json.dumps(value, ensure_ascii=False).encode("utf-8")
        assert taken > 50


def _scope(headers: list[tuple[bytes, bytes]]) -> Scope:
    return {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": "/v1/echo",
        "raw_path": b"/v1/echo",
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "headers": [(b"content-type", b"application/json"), *headers],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }


async def _sent(scope: Scope, parts: Any, app: FastAPI | None = None) -> Answer:
    answer, left = Answer(), iter(parts)

    async def receive() -> Message:
        try:
            return {"type": "http.request", "body": next(left), "more_body": True}
        except StopIteration:
            return {"type": "http.request", "body": b"", "more_body": False}

    await (app or echo_app())(scope, receive, answer.send)
    return answer


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.mark.parametrize("query", ["a=1&a=2", "a=&a=", "a=1&%61=2", "x=1&a&b&a"])
def test_parameter_that_stands_twice_is_refused(client: TestClient, query: str) -> None:
    """Found at length: the last of two counted, whatever the first had said."""
    answer = client.post(f"/v1/echo?{query}", json={"a": 1})
    assert (answer.status_code, answer.json()["code"]) == (400, "BodyUnreadable")
    assert client.post("/v1/echo?a=1&b=1", json={"a": 1}).status_code == 200
