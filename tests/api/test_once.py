"""Every write is once: the same again under its key gets the first answer, and does no more."""

import secrets
from collections.abc import AsyncIterator, Hashable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event
from typing import Any, Final

import pytest
from fastapi import FastAPI

from api.app import create_app
from api.turns import Turns
from ledger.model.errors import CommandUnworkable
from ledger.service.intake.refusals import refusal_text
from ledger.service.running import crash_points
from tests.api.at_once import gathered
from tests.api.conftest import OPTIONS
from tests.api.test_imports import PATH, XLSX, approvals, previewed, rows
from tests.api.world import Person, World
from tests.cast import CHECKER, MAKER
from tests.imports.sheets import xlsx_of
from tests.imports.world import HEADER

KEY: Final = "Idempotency-Key"
KEYLESS: Final = {
    "askChallenge": "keeps nothing",
    "signIn": "a challenge is answered once; for another session another one is asked for",
    "signOut": "a session ends once",
    "lookUpParticipant": "a reading",
    "prepareTaking": "keeps nothing",
}
"""Writes without a key, beside what prepares a command and keeps nothing."""


def _key() -> str:
    return secrets.token_hex(8)


def _twice(person: Person, path: str, body: Any = None, **more: Any) -> list[Any]:
    key = _key()
    return [person.post(path, body, idempotency_key=key, **more) for _ in range(2)]


def _assert_replayed(first: Any, again: Any) -> None:
    assert first.status_code < 300, first.text
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"


@contextmanager
def _dying(what: str, count: int) -> Iterator[None]:
    """Whoever comes to a crash point that ends so goes no further, when it is the count-th."""
    left = count

    def strike(point: str) -> None:
        nonlocal left
        left -= point.endswith(f" {what}")
        if not left:
            raise RuntimeError(point)

    with crash_points.hook(strike):
        yield


class _Awaited(Turns):
    """Turns of which it is known when so many have asked for theirs."""

    def __init__(self, waiting_bytes: int, *, asking: int) -> None:
        super().__init__(waiting_bytes)
        self._left, self._all = asking, Event()

    @asynccontextmanager
    async def taken(self, *name: Hashable, size: int) -> AsyncIterator[None]:
        self._left -= 1
        if not self._left:  # the loop comes to nobody else before this one waits or is refused
            self._all.set()
        async with super().taken(*name, size=size):
            yield

    @contextmanager
    def dwelling(self, point: str) -> Iterator[None]:
        """Whoever comes to a crash point of this name stays there until they all have asked."""

        def strike(name: str) -> None:
            if name == point:
                assert self._all.wait(30)

        with crash_points.hook(strike):
            yield


def _assert_tried(answer: Any) -> None:
    assert (answer.status_code, answer.json()) == (200, {"dry_run": True})


def test_every_write_takes_a_key_and_a_dry_run_or_needs_none(app: FastAPI) -> None:
    keyless = set()
    for path, methods in app.openapi()["paths"].items():
        for method, one in methods.items():
            names = {named["name"] for named in one.get("parameters", ())}
            operation = one["operationId"]
            is_prepared = path.endswith("/typed-data") and operation not in (
                *KEYLESS,
                "prepareImport",
            )
            if method != "get" and not {KEY, "dry_run"} <= names and not is_prepared:
                keyless.add(operation)
    assert keyless == KEYLESS.keys()


class TestUpload:
    @staticmethod
    def _file(person: Person, key: str, name: str = "a.xlsx") -> tuple[str, dict[str, Any]]:
        headers = {**person.headers, "content-type": XLSX, KEY: key}
        content = xlsx_of([HEADER, *rows(1)])
        return f"{PATH}?name={name}", {"content": content, "headers": headers}

    def test_twenty_at_once_are_one(self, acme: Person, world: World) -> None:
        path, options = self._file(acme, _key())
        before = [one["id"] for one in acme.get(PATH).json()["data"]]
        answers = gathered(create_app(world.service, OPTIONS), [(path, options)] * 20)
        assert {one.status_code for one in answers} == {201}
        assert len({one.content for one in answers}) == 1
        assert sum("idempotent-replayed" in one.headers for one in answers) == 19
        made = answers[0].json()
        told = acme.get(f"{PATH}/{made['id']}").json()
        assert {**told, "as_of": None} == {**made, "as_of": None}
        after = [one["id"] for one in acme.get(PATH).json()["data"]]
        assert after == [made["id"], *before]

    def test_files_that_wait_under_a_key_are_few_however_it_is_written(
        self, acme: Person, world: World
    ) -> None:
        key, app = _key(), create_app(world.service, OPTIONS)
        path, options = self._file(acme, key)
        quoted = {**options, "headers": {**options["headers"], KEY: f'"{key}"'}}
        room = 4 * (len(options["content"]) + (64 << 10))
        turns = _Awaited(room, asking=10)
        app.state.context = replace(app.state.context, turns=turns)
        with turns.dwelling("before import"):
            answers = gathered(app, [(path, options), (path, quoted)] * 5)
        told = sorted((one.status_code, one.json().get("code", "")) for one in answers)
        assert told == [(201, "")] * 5 + [(503, "ServiceBusy")] * 5
        assert acme.client.post(path, **quoted).headers["idempotent-replayed"] == "true"

    def test_another_file_or_name_under_the_key_is_refused(self, acme: Person) -> None:
        key = _key()
        path, options = self._file(acme, key)
        assert acme.client.post(path, **options).status_code == 201
        changed = (self._file(acme, key), (f"{PATH}?name=b.xlsx", options))
        for path, other in changed:
            answer = acme.client.post(path, **other)
            assert (answer.status_code, answer.json()["code"]) == (422, "IdempotencyKeyReused")

    def test_of_files_at_once_under_one_key_one_is_taken(self, acme: Person, world: World) -> None:
        key = _key()
        files = [self._file(acme, key), self._file(acme, key)] * 5
        answers = gathered(create_app(world.service, OPTIONS), files)
        statuses = [one.status_code for one in answers]
        assert (statuses.count(201), statuses.count(422)) == (5, 5)

    def test_key_of_another_participant_or_of_a_command_is_another_matter(
        self, acme: Person, birch: Person
    ) -> None:
        key = _key()
        body = {"label": key, "scopes": ["read"]}
        assert birch.post("/v1/api-keys", body, idempotency_key=key).status_code == 201
        path, options = self._file(acme, key)
        assert acme.client.post(path, **options).status_code == 201
        answer = acme.post("/v1/api-keys", body, idempotency_key=key)
        assert (answer.status_code, answer.json()["code"]) == (422, "IdempotencyKeyReused")

    @pytest.mark.parametrize("when", ["before", "after"])
    def test_file_is_taken_once_whatever_fails_at_its_commit(self, acme: Person, when: str) -> None:
        path, options = self._file(acme, _key())
        count = len(acme.get(f"{PATH}?limit=200").json()["data"])

        def strike(point: str) -> None:
            if point == f"{when} import":
                raise RuntimeError(point)

        with crash_points.hook(strike):
            assert acme.client.post(path, **options).status_code == 500
        again = acme.client.post(path, **options)
        assert again.status_code == 201
        assert ("idempotent-replayed" in again.headers) is (when == "after")
        assert len(acme.get(f"{PATH}?limit=200").json()["data"]) == count + 1

    def test_refusal_leaves_the_key_free(self, acme: Person) -> None:
        path, options = self._file(acme, _key())
        refused = acme.client.post(path, **{**options, "content": b"PK\x03\x04rubbish"})
        assert refused.json()["code"] == "FileDamaged"
        assert acme.client.post(path, **options).status_code == 201

    def test_key_that_is_none_is_refused(self, acme: Person) -> None:
        path, options = self._file(acme, "x" * 256)
        answer = acme.client.post(path, **options)
        assert (answer.status_code, answer.json()["code"]) == (400, "IdempotencyKeyMissing")


class TestImport:
    def test_reopening_and_cancelling_are_once(self, acme: Person) -> None:
        path = previewed(acme, *rows(1))
        assert acme.post(f"{path}/typed-data", {"choice": "all"}).status_code == 200
        _assert_replayed(*_twice(acme, f"{path}/reopen"))
        _assert_replayed(*_twice(acme, f"{path}/cancel"))
        answer = acme.post(f"{path}/cancel", None, idempotency_key=_key())
        assert (answer.status_code, answer.json()["code"]) == (409, "ImportStateWrong")

    def test_signing_is_once_though_the_import_goes_on(self, acme: Person, world: World) -> None:
        path = previewed(acme, *rows(1))
        prepared = acme.post(f"{path}/typed-data", {"choice": "all"}).json()
        key, both = _key(), approvals(acme, prepared, MAKER, CHECKER)
        first = acme.post(f"{path}/signatures", both, idempotency_key=key)
        assert first.json()["state"] == "recording"
        world.turn()
        _assert_replayed(first, acme.post(f"{path}/signatures", both, idempotency_key=key))
        maker = approvals(acme, prepared, MAKER)
        other = acme.post(f"{path}/signatures", maker, idempotency_key=key)
        assert (other.status_code, other.json()["code"]) == (422, "IdempotencyKeyReused")


class TestWebhook:
    @pytest.fixture
    def path(self, acme: Person) -> Any:
        answer = acme.post("/v1/webhooks", {"url": "https://erp.example.com/once"})
        path = f"/v1/webhooks/{answer.json()['id']}"
        yield path
        acme.client.delete(path, headers=acme.headers)

    def test_message_to_try_is_sent_once(self, acme: Person, path: str) -> None:
        _assert_replayed(*_twice(acme, f"{path}/test"))
        assert len(acme.get(f"{path}/deliveries").json()["data"]) == 1

    def test_replay_is_queued_once(self, acme: Person, path: str) -> None:
        _assert_replayed(*_twice(acme, f"{path}/replay", {"first": 1, "last": 20}))

    def test_secret_is_renewed_once_and_kept_nowhere(
        self, acme: Person, app: FastAPI, path: str
    ) -> None:
        first, again = _twice(acme, f"{path}/secret")
        _assert_replayed(first, again)
        with app.state.context.service.database.reading() as connection:
            kept = connection.exec_driver_sql("SELECT * FROM first_answers").fetchall()
        assert first.json()["secret"] not in str(kept)
        assert acme.post(f"{path}/secret", None).json()["secret"] != first.json()["secret"]


def test_clock_is_moved_once_though_it_goes_on(acme: Person, world: World) -> None:
    second = world.service.now + 60
    time = datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    key = _key()
    first = acme.post("/v1/test-clock", {"time": time}, idempotency_key=key)
    world.service.clock.advance_to(second + 60)
    _assert_replayed(first, acme.post("/v1/test-clock", {"time": time}, idempotency_key=key))
    late = acme.post("/v1/test-clock", {"time": time}, idempotency_key=_key())
    assert (late.status_code, late.json()["code"]) == (409, "ClockBackward")
    world.follow()


def test_clock_is_moved_once_by_requests_at_once(acme: Person, world: World) -> None:
    second, head = world.service.now + 60, world.service.endpoint.head().number
    time = datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    options = {"json": {"time": time}, "headers": {**acme.headers, KEY: _key()}}
    posts = [("/v1/test-clock", options)] * 20
    answers = gathered(create_app(world.service, OPTIONS), posts)
    assert {one.status_code for one in answers} == {200}
    assert len({one.content for one in answers}) == 1
    assert answers[0].json()["block"] == world.service.endpoint.head().number == head + 1
    world.follow()


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_clock_is_moved_once_wherever_the_process_dies(
    acme: Person, world: World, count: int
) -> None:
    """Before and after it is begun, moved but not answered for, and answered for."""
    endpoint, second, key = world.service.endpoint, world.service.now + 60, _key()
    time = datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    with _dying("answer", count):
        first = acme.post("/v1/test-clock", {"time": time}, idempotency_key=key)
    assert first.status_code == 500
    if count > 1:  # time goes on; what was not begun must be refused then
        world.service.clock.advance_to(second + 60)
    before = endpoint.head().number
    again = acme.post("/v1/test-clock", {"time": time}, idempotency_key=key)
    assert again.status_code == 200, again.text
    assert ("idempotent-replayed" in again.headers) is (count == 4)
    made = again.json()["block"]
    assert endpoint.head().number == (before + 1 if count == 1 else before)
    assert endpoint.block(made).second == (second if count != 2 else second + 60)
    assert endpoint.block(made - 1).second < second
    world.follow()


@pytest.mark.parametrize("count", [1, 2])
def test_operation_is_released_once_wherever_the_process_dies(
    birch: Person, operator: Person, world: World, count: int
) -> None:
    made = _parked(birch, world)
    path, key = f"/v1/operations/{made}/release", _key()
    with _dying("release", count):
        assert operator.post(path, None, idempotency_key=key).status_code == 500
    again = operator.post(path, None, idempotency_key=key)
    assert (again.status_code, again.json()["state"]) == (200, "accepted")
    assert ("idempotent-replayed" in again.headers) is (count == 2)
    world.turn()


def _parked(person: Person, world: World) -> str:
    """An operation that was set aside."""
    draft = {"bank": 6, "to": 3, "amount": "1.00", "purpose": "0x" + "22" * 32}
    body = person.signed("/v1/deposits/move", **draft)
    made = person.post("/v1/deposits/move", body, idempotency_key=_key()).json()
    world.service.outbox.park(made["id"], refusal_text(CommandUnworkable()))
    return str(made["id"])


def test_parked_operation_is_released_once(birch: Person, operator: Person, world: World) -> None:
    path = f"/v1/operations/{_parked(birch, world)}/release"
    _assert_tried(operator.post(f"{path}?dry_run=true", None))
    first, again = _twice(operator, path)
    _assert_replayed(first, again)
    assert first.json()["state"] == "accepted"
    dry = operator.post(f"{path}?dry_run=true", None)
    assert (dry.status_code, dry.json()["code"]) == (409, "OperationNotParked")
    world.turn()


class TestDryRun:
    """What would be answered is said, and nothing is kept of it."""

    @staticmethod
    def _assert_unchanged(person: Person, path: str, body: Any, listed: str) -> None:
        before = person.get(listed).json()["data"]
        _assert_tried(person.post(f"{path}?dry_run=true", body))
        assert person.get(listed).json()["data"] == before

    def test_of_a_file(self, acme: Person) -> None:
        headers = {**acme.headers, "content-type": XLSX, KEY: _key()}
        before = acme.get(PATH).json()["data"]
        good = {"content": xlsx_of([HEADER, *rows(1)]), "headers": headers}
        _assert_tried(acme.client.post(f"{PATH}?dry_run=true", **good))
        bad = acme.client.post(f"{PATH}?dry_run=true", **{**good, "content": b""})
        assert (bad.status_code, bad.json()["code"]) == (422, "FileEmpty")
        assert acme.get(PATH).json()["data"] == before
        assert acme.client.post(PATH, **good).status_code == 201

    def test_of_an_import_s_steps(self, acme: Person) -> None:
        path = previewed(acme, *rows(1))
        prepared = acme.post(f"{path}/typed-data", {"choice": "all"}).json()
        both = approvals(acme, prepared, MAKER, CHECKER)
        for step, body in (("signatures", both), ("reopen", None), ("cancel", None)):
            self._assert_unchanged(acme, f"{path}/{step}", body, PATH)
        forged = approvals(acme, {**prepared, "digest": "0x" + "11" * 32}, MAKER)
        answer = acme.post(f"{path}/signatures?dry_run=true", forged)
        assert (answer.status_code, answer.json()["code"]) == (403, "InvalidSignature")
        answer = acme.post(f"{path}/retry?dry_run=true", None)
        assert (answer.status_code, answer.json()["code"]) == (409, "ImportStateWrong")
        assert acme.post(f"{path}/signatures", both).json()["state"] == "recording"

    def test_of_what_has_a_secret(self, acme: Person) -> None:
        key, hook = {"label": "x", "scopes": ["read"]}, {"url": "https://erp.example.com"}
        self._assert_unchanged(acme, "/v1/api-keys", key, "/v1/api-keys")
        self._assert_unchanged(acme, "/v1/webhooks", hook, "/v1/webhooks")
        answer = acme.post("/v1/webhooks?dry_run=true", {"url": "http://10.0.0.1"})
        assert answer.json()["code"] == "WebhookAddressRefused"

    def test_of_a_webhook_s_messages(self, acme: Person) -> None:
        made = acme.post("/v1/webhooks", {"url": "https://erp.example.com/dry"}).json()
        path = f"/v1/webhooks/{made['id']}"
        for rest, body in (("test", None), ("replay", {"first": 1, "last": 5}), ("secret", None)):
            self._assert_unchanged(acme, f"{path}/{rest}", body, f"{path}/deliveries")
        acme.client.delete(path, headers=acme.headers)

    def test_of_the_clock(self, acme: Person) -> None:
        before = acme.get("/v1/test-clock").json()["seconds_ahead"]
        _assert_tried(acme.post("/v1/test-clock?dry_run=true", {"time": "2026-12-31T00:00:00Z"}))
        past = {"time": "2020-01-01T00:00:00Z"}
        answer = acme.post("/v1/test-clock?dry_run=true", past)
        assert (answer.status_code, answer.json()["code"]) == (409, "ClockBackward")
        assert acme.get("/v1/test-clock").json()["seconds_ahead"] == before

    def test_that_is_neither_true_nor_false_is_refused(self, acme: Person) -> None:
        answer = acme.post("/v1/api-keys?dry_run=yes", {"label": "x", "scopes": ["read"]})
        assert (answer.status_code, answer.json()["code"]) == (422, "RequestInvalid")

    def test_of_what_cannot_be_tried_out_is_refused_and_not_done(self, acme: Person) -> None:
        for asked in ("dry_run=true", "dry_run"):
            answer = acme.client.delete(f"/v1/sign-in?{asked}", headers=acme.headers)
            assert (answer.status_code, answer.json()["code"]) == (422, "RequestInvalid")
        assert acme.get("/v1/api-keys").status_code == 200
