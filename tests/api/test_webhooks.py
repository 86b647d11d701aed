"""Webhooks and the test clock at the door."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from ledger.service.webhooks.telling import Telling
from tests.api.world import People, Person, World, opened_world
from tests.service.receiver import Receiver, receiving
from tests.views_scenario import Acts

URL = "https://erp.example.com/in"
ABSENT = "whk_" + "0" * 26
PATHS = [
    ("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/secret"), ("POST", "/test"),
    ("POST", "/replay"), ("GET", "/deliveries"),
    ("GET", "/deliveries/msg_" + "0" * 26 + "_" + "0" * 16),
]  # fmt: skip


@pytest.fixture(scope="module")
def world(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with opened_world(engine, tmp_path_factory.mktemp("hooks")) as made:
        yield made


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def telling(world: World) -> Telling:
    assert world.service.telling is not None
    return world.service.telling


def _made(person: Person, url: str = URL, **more: object) -> str:
    answer = person.post("/v1/webhooks", {"url": url, **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _removed(person: Person) -> None:
    for one in person.get("/v1/webhooks").json()["data"]:
        person.client.delete(f"/v1/webhooks/{one['id']}", headers=person.headers)


class TestEndpoints:
    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            ({}, 422, "RequestInvalid"),
            ({"url": 7}, 422, "RequestInvalid"),
            ({"url": URL, "secret": "mine"}, 422, "RequestInvalid"),
            ({"url": "http://example.com/"}, 409, "WebhookAddressRefused"),
            ({"url": "https://169.254.169.254/"}, 409, "WebhookAddressRefused"),
            ({"url": URL, "kinds": ["Nonsense"]}, 422, "EventKindUnknown"),
        ],
    )
    def test_endpoint_that_cannot_be_is_refused(
        self, person: People, body: dict[str, object], status: int, code: str
    ) -> None:
        answer = person("Birch").post("/v1/webhooks", body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)

    def test_secret_is_told_once(self, person: People) -> None:
        birch = person("Birch")
        made = birch.post("/v1/webhooks", {"url": URL, "kinds": ["PayoutOpened"]}).json()
        assert made["secret"].startswith("whsec_")
        for path in ("/v1/webhooks", f"/v1/webhooks/{made['id']}"):
            answer = birch.get(path)
            assert made["secret"] not in answer.text
            assert URL in answer.text
        renewed = birch.post(f"/v1/webhooks/{made['id']}/secret", None).json()
        assert renewed["secret"] != made["secret"]
        _removed(birch)

    @pytest.mark.parametrize(("method", "rest"), PATHS)
    def test_foreign_and_absent_look_the_same(self, person: People, method: str, rest: str) -> None:
        birch, cedar = person("Birch"), person("Cedar")
        id_ = _made(birch)
        body = {"PATCH": {"label": "x"}, "POST": {"first": 1, "last": 2}}.get(method)
        body = body if rest in ("", "/replay") else None
        told = []
        for one in (id_, ABSENT):
            answer = cedar.client.request(
                method, f"/v1/webhooks/{one}{rest}", headers=cedar.headers, json=body
            )
            said = answer.json()
            told.append((answer.status_code, said["code"], said["detail"], sorted(answer.headers)))
        assert told[0] == told[1]
        assert told[0][:2] == (404, "ResourceUnknown")
        assert birch.get(f"/v1/webhooks/{id_}").json()["label"] == ""
        _removed(birch)

    def test_endpoint_is_changed_and_removed(self, person: People) -> None:
        birch = person("Birch")
        id_ = _made(birch, label="ERP")
        path = f"/v1/webhooks/{id_}"
        body = {"label": "Treasury", "is_enabled": False}
        changed = birch.client.patch(path, headers=birch.headers, json=body).json()
        assert (changed["label"], changed["state"], changed["url"]) == ("Treasury", "disabled", URL)
        answer = birch.post(f"{path}/test", None)
        assert (answer.status_code, answer.json()["code"]) == (409, "WebhookDisabled")
        assert birch.client.delete(path, headers=birch.headers).status_code == 204
        assert birch.get(path).status_code == 404

    def test_key_without_its_scope_manages_nothing(self, person: People) -> None:
        birch = person("Birch")
        key = birch.post("/v1/api-keys", {"label": "reader", "scopes": ["read"]}).json()
        headers = {"authorization": f"Bearer {key['secret']}"}
        answer = birch.client.post("/v1/webhooks", headers=headers, json={"url": URL})
        assert (answer.status_code, answer.json()["code"]) == (403, "ScopeMissing")
        assert birch.client.get("/v1/webhooks", headers=headers).status_code == 200

    def test_service_without_a_key_to_seal_has_no_webhooks(
        self, person: People, world: World
    ) -> None:
        kept, world.service.telling = world.service.telling, None
        try:
            answer = person("Birch").get("/v1/webhooks")
            assert (answer.status_code, answer.json()["code"]) == (409, "RecordsKeyMissing")
        finally:
            world.service.telling = kept


class TestDeliveries:
    def test_message_is_delivered_logged_and_delivered_again(
        self, person: People, world: World, telling: Telling, receiver: Receiver
    ) -> None:
        birch = person("Birch")
        path = f"/v1/webhooks/{_made(birch, receiver.url, kinds=['PayableIssued'])}"
        Acts(world.cast).issue(5_000_00, accepted=False)
        world.follow()
        while telling.deliverer.step().is_more:
            pass
        assert birch.post(f"{path}/test", None).status_code == 202
        while telling.deliverer.step().is_more:
            pass
        [event, test] = birch.get(f"{path}/deliveries").json()["data"][::-1]
        assert (event["state"], test["state"], test["seq"]) == ("delivered", "delivered", None)
        seq = event["seq"]
        feed = birch.get(f"/v1/events?after={seq - 1}&limit=1").json()["data"][0]
        assert receiver.got[0].body.decode().count(f'"seq":{feed["seq"]}') == 1
        again = birch.post(f"{path}/replay", {"first": seq, "last": seq})
        assert (again.status_code, again.json()["queued"]) == (202, 1)
        while telling.deliverer.step().is_more:
            pass
        whole = birch.get(f"{path}/deliveries/{event['id']}").json()
        assert [one["status"] for one in whole["attempts"]] == [204, 204]
        assert [one.id for one in receiver.got].count(event["id"]) == 2
        _removed(birch)

    def test_log_is_read_in_pages_bound_to_their_filter(
        self, person: People, telling: Telling
    ) -> None:
        birch = person("Birch")
        path = f"/v1/webhooks/{_made(birch)}"
        for _ in range(3):
            birch.post(f"{path}/test", None)
        page = birch.get(f"{path}/deliveries?limit=2").json()
        assert (len(page["data"]), page["has_more"]) == (2, True)
        rest = birch.get(f"{path}/deliveries?limit=2&cursor={page['next_cursor']}").json()
        assert (len(rest["data"]), rest["has_more"], rest["next_cursor"]) == (1, False, None)
        wrong = birch.get(f"{path}/deliveries?state=queued&cursor={page['next_cursor']}")
        assert wrong.json()["code"] == "CursorInvalid"
        assert telling.webhooks is not None
        _removed(birch)

    def test_long_replay_is_refused(self, person: People) -> None:
        birch = person("Birch")
        path = f"/v1/webhooks/{_made(birch)}/replay"
        answer = birch.post(path, {"first": 1, "last": 5_000})
        assert (answer.status_code, answer.json()["code"]) == (409, "ReplayTooLong")
        _removed(birch)


class TestClock:
    def test_every_answer_shows_the_clock_of_an_evaluation_chain(self, person: People) -> None:
        for answer in (
            person("Birch").get("/v1/vouchers"),
            person("Birch").get("/v1/payables/P-77"),
            person("Birch").client.get("/healthz"),
            person("Birch").client.get("/v1/nothing"),
        ):
            datetime.fromisoformat(answer.headers["fenbook-test-clock"])

    @pytest.mark.parametrize(
        ("time", "status", "code"),
        [
            ("2020-01-01T00:00:00Z", 409, "ClockBackward"),
            ("2099-01-01T00:00:00Z", 409, "ClockTooFar"),
            ("tomorrow", 422, "RequestInvalid"),
            ("2026-13-01T00:00:00Z", 422, "RequestInvalid"),
        ],
    )
    def test_clock_is_not_moved_back_or_too_far(
        self, person: People, time: str, status: int, code: str
    ) -> None:
        answer = person("Birch").post("/v1/test-clock", {"time": time})
        assert (answer.status_code, answer.json()["code"]) == (status, code)

    def test_clock_is_moved_on_and_answers_follow_it(self, person: People, world: World) -> None:
        birch = person("Birch")
        before = birch.get("/v1/test-clock").json()
        assert before["is_steerable"]
        target = datetime.fromtimestamp(world.service.now + 86_400, UTC)
        asked = target.strftime("%Y-%m-%dT%H:%M:%SZ")
        moved = birch.post("/v1/test-clock", {"time": asked}).json()
        assert moved["time"] == asked
        assert moved["seconds_ahead"] > before["seconds_ahead"]
        world.follow()
        answer = birch.get("/v1/vouchers")
        assert answer.json()["as_of"]["time"] == asked
        assert answer.headers["fenbook-test-clock"] == asked
