"""Writes that may be done again without harm: under a key the first answer is told all the same."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pytest
from sqlalchemy import text

from api.app import create_app
from tests.api.at_once import gathered
from tests.api.conftest import OPTIONS
from tests.api.test_imports import PATH as IMPORTS
from tests.api.test_imports import previewed, rows, uploaded
from tests.api.world import Person, World

KEY: Final = "Idempotency-Key"
HIDDEN: Final = "https://erp.example.com/hidden"


@dataclass
class Write:
    """A write of somebody, on something that is there for it alone."""

    person: Person
    method: str
    path: str
    body: Any
    status: int
    stands: Callable[[], Any]
    """How what is written to stands."""
    goes_on: Callable[[], Any]
    """Something else is done with it; doing the write after that would be seen."""
    other: Any = None
    """Another body, where there is one."""

    def __call__(self, key: str = "", query: str = "", **more: Any) -> Any:
        path, options = self.options(key)
        return self.person.client.request(url=path + query, **{**options, **more})

    def options(self, key: str) -> tuple[str, dict[str, Any]]:
        headers = {**self.person.headers, **({KEY: key} if key else {})}
        body = {} if self.body is None else {"json": self.body}
        return self.path, {"method": self.method, "headers": headers, **body}


def _hook(acme: Person) -> str:
    made = acme.post("/v1/webhooks", {"url": HIDDEN})
    assert made.status_code == 201, made.text
    return f"/v1/webhooks/{made.json()['id']}"


def _change(acme: Person, path: str) -> Write:
    def later() -> None:
        body = {"label": "later", "url": "https://erp.example.com/later"}
        assert acme.client.patch(path, json=body, headers=acme.headers).status_code == 200

    def stands() -> Any:
        return acme.get(path).json()

    asked, other = {"label": "Treasury"}, {"label": "other"}
    return Write(acme, "PATCH", path, asked, 200, stands, later, other)


def _revoke(acme: Person) -> Write:
    made = acme.post("/v1/api-keys", {"label": "once", "scopes": ["read"]}).json()["id"]

    def stands() -> Any:
        found = acme.get("/v1/api-keys").json()["data"]
        return [one["revoked_at"] for one in found if one["id"] == made]

    return Write(acme, "DELETE", f"/v1/api-keys/{made}", None, 204, stands, lambda: None)


def _reconciliation(operator: Person, world: World) -> Write:
    def stands() -> Any:
        return operator.get("/v1/reconciliation").json()["is_asked"]

    def compared() -> None:
        with world.service.database.writing() as connection:
            connection.exec_driver_sql("DELETE FROM settings WHERE key = 'reconcile_asked'")

    compared()
    return Write(operator, "POST", "/v1/reconciliation", None, 202, stands, compared)


def _kept(world: World, path: str) -> Any:
    """What is kept of an import; sealed anew it would look otherwise."""
    asked = text("SELECT state, digest, sealed_meta, sealed_report FROM imports WHERE id = :id")
    with world.service.database.reading() as connection:
        row = connection.execute(asked, {"id": path.rpartition("/")[2]}).one()
    return [bytes(one) if isinstance(one, memoryview) else one for one in row]


def _preview(acme: Person, world: World) -> Write:
    path = uploaded(acme, *rows(1))

    def goes_on() -> None:
        assert acme.post(f"{path}/typed-data", {"choice": "all"}).status_code == 200

    def stands() -> Any:
        return _kept(world, path)

    asked, other = {"settlement_bank": 6}, {"settlement_bank": 5}
    return Write(acme, "POST", f"{path}/preview", asked, 200, stands, goes_on, other)


def _prepare(acme: Person, world: World) -> Write:
    path = previewed(acme, *rows(1))

    def stands() -> Any:
        return _kept(world, path)

    def reopened() -> None:
        assert acme.post(f"{path}/reopen", None).status_code == 200

    asked, other = {"choice": "all"}, {"choice": "valid"}
    return Write(acme, "POST", f"{path}/typed-data", asked, 200, stands, reopened, other)


@pytest.fixture(params=["change", "remove", "revoke", "reconciliation", "preview", "prepare"])
def write(request: pytest.FixtureRequest, acme: Person, operator: Person, world: World) -> Any:
    if request.param in ("change", "remove"):
        made = _change(acme, _hook(acme))
        if request.param == "remove":
            made = Write(acme, "DELETE", made.path, None, 204, made.stands, lambda: None)
            made.stands = lambda: acme.get(made.path).status_code
        yield made
        acme.client.delete(made.path, headers=acme.headers)
    elif request.param == "reconciliation":
        yield _reconciliation(operator, world)
    elif request.param == "revoke":
        yield _revoke(acme)
    else:
        yield {"preview": _preview, "prepare": _prepare}[request.param](acme, world)


def _key() -> str:
    return secrets.token_hex(8)


def test_first_answer_is_told_though_things_have_gone_on(write: Write) -> None:
    key = _key()
    first = write(key)
    assert first.status_code == write.status, first.text
    assert "idempotent-replayed" not in first.headers
    write.goes_on()
    before = write.stands()
    again = write(key)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    assert write.stands() == before


def test_of_twenty_at_once_one_is_done(write: Write, world: World) -> None:
    asked = [write.options(_key())] * 20
    answers = gathered(create_app(world.service, OPTIONS), asked)
    assert {one.status_code for one in answers} == {write.status}, answers[0].text
    assert len({one.content for one in answers}) == 1
    assert sum("idempotent-replayed" in one.headers for one in answers) == 19


def test_dry_run_keeps_nothing(write: Write) -> None:
    before, key = write.stands(), _key()
    for more in (key, ""):
        tried = write(more, "?dry_run=true")
        assert (tried.status_code, tried.json()) == (200, {"dry_run": True})
        assert write.stands() == before
    assert write(key).status_code == write.status


def test_other_request_under_the_key_is_refused_and_not_done(write: Write) -> None:
    key = _key()
    assert write.person.post(
        "/v1/api-keys", {"label": key, "scopes": ["read"]}, idempotency_key=key
    ).status_code == 201  # fmt: skip
    before = write.stands()
    answer = write(key)
    assert (answer.status_code, answer.json()["code"]) == (422, "IdempotencyKeyReused")
    assert write.stands() == before
    if write.other is not None:
        key = _key()
        assert write(key).status_code == write.status
        answer = write(key, json=write.other)
        assert (answer.status_code, answer.json()["code"]) == (422, "IdempotencyKeyReused")


def test_another_s_key_tells_nothing_of_it(write: Write, birch: Person) -> None:
    key = _key()
    assert write(key).status_code == write.status
    answer = write(key, headers={**birch.headers, KEY: key})
    assert (answer.status_code, answer.json()["code"]) == (404, "ResourceUnknown")


def _refused(acme: Person) -> list[tuple[str, str, Any, str]]:
    """Writes that cannot be done, and why."""
    hook, import_ = _hook(acme), previewed(acme, *rows(1), *rows(1, 金额="x"))
    ready = previewed(acme, *rows(1))
    assert acme.post(f"{ready}/typed-data", {"choice": "all"}).status_code == 200
    return [
        ("PATCH", hook, {"url": "http://10.0.0.1"}, "WebhookAddressRefused"),
        ("PATCH", hook, {"kinds": ["Nothing"]}, "EventKindUnknown"),
        ("PATCH", f"/v1/webhooks/whk_{'0' * 26}", {"label": "x"}, "ResourceUnknown"),
        ("DELETE", f"/v1/webhooks/whk_{'0' * 26}", None, "ResourceUnknown"),
        ("DELETE", f"/v1/api-keys/key_{'0' * 26}", None, "ResourceUnknown"),
        ("POST", "/v1/reconciliation", None, "ResourceUnknown"),
        ("POST", f"{IMPORTS}/imp_{'0' * 26}/preview", {}, "ResourceUnknown"),
        ("POST", f"{ready}/preview", {}, "ImportStateWrong"),
        ("POST", f"{import_}/preview", {"columns": {"amount": "nowhere"}}, "ColumnUnknown"),
        ("POST", f"{import_}/typed-data", {"choice": "all"}, "RowsInvalid"),
    ]


def test_dry_run_is_refused_as_the_write_is_and_refusals_leave_the_key_free(acme: Person) -> None:
    key = _key()
    for method, path, body, code in _refused(acme):
        headers = {**acme.headers, KEY: key}
        asked = {"headers": headers, **({} if body is None else {"json": body})}
        for query in ("?dry_run=true", ""):
            answer = acme.client.request(method, path + query, **asked)
            assert answer.json()["code"] == code, (path, query, answer.text)


def test_what_is_sealed_elsewhere_is_sealed_in_answers(acme: Person, world: World) -> None:
    write, read = _change(acme, _hook(acme)), _preview(acme, world)
    told = [write(_key()), read(_key())]
    asked = {"url": f"{HIDDEN}-too"}
    told.append(acme.post("/v1/webhooks", asked, idempotency_key=_key()))
    assert HIDDEN in told[0].text
    assert told[1].json()["file_name"] == "付款.xlsx"
    with world.service.database.reading() as connection:
        kept = str(connection.exec_driver_sql("SELECT * FROM first_answers").fetchall())
    assert "erp.example.com/hidden" not in kept
    assert "付款" not in kept
    assert "\\u4ed8" not in kept
    for path in (write.path, f"/v1/webhooks/{told[2].json()['id']}"):
        acme.client.delete(path, headers=acme.headers)
