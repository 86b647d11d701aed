"""What a regulator is told beside its reads is logged too: look-ups, preparations, trials."""

import json
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from ledger.records.profiles import Profile
from ledger.store.tables.access import ACCESS_LOG
from tests.api.world import People, Person, World, opened_world, recorded
from tests.views_scenario import Acts, circulate

USCC = "91350100M000100Y43"
HASH = "0x" + "11" * 32
FREEZE = {
    "payable_id": "P-1",
    "start": "0",
    "end": "1",
    "case_commitment": HASH,
    "review_day": "2026-08-03",
}


@pytest.fixture(scope="module")
def world(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with opened_world(engine, tmp_path_factory.mktemp("told")) as made:
        circulate(Acts(made.cast))
        made.follow()
        recorded(made).put(Profile(made.cast.birch.id, name_en="Birch", uscc=USCC))
        yield made


def _log(world: World) -> list[tuple[str, Any, str]]:
    table = ACCESS_LOG.c
    asked = select(table.operation, table.subject, table.purpose).order_by(table.seq)
    with world.service.database.reading() as connection:
        rows = connection.execute(asked).all()
    return [(name, json.loads(subject), purpose) for name, subject, purpose in rows]


def _look_up(who: Person, code: str = USCC) -> Any:
    return who.post("/v1/participants/lookup", {"uscc": code})


class TestLookUp:
    def test_log_says_who_was_found_and_not_by_which_code(
        self, world: World, regulator: Person
    ) -> None:
        before = len(_log(world))
        assert _look_up(regulator).json() == {"id": world.cast.birch.id}
        assert _look_up(regulator).status_code == 200
        assert _look_up(regulator, "91350100M000100Y44").status_code == 404
        first, again, other = _log(world)[before:]
        assert first == again
        assert (first[0], first[2]) == ("lookUpParticipant", "case 17")
        assert first[1]["participant"] == world.cast.birch.id
        assert other[1]["participant"] is None
        assert other[1]["code"] != first[1]["code"]
        assert USCC not in str(_log(world))

    def test_others_are_not_logged(self, world: World, client: TestClient) -> None:
        before = _log(world)
        assert _look_up(People(client, world)("Acme")).status_code == 200
        assert _log(world) == before


PREPARED = [
    ("/v1/payables/freeze/typed-data", FREEZE, {"participants": [8], "claims": ["P-1"]}),
    (
        "/v1/participants/freeze/typed-data",
        {"subject": 2, "case_commitment": HASH, "review_day": "2026-08-03"},
        {"participants": [2, 8], "claims": []},
    ),
    ("/v1/vouchers/withdraw/typed-data", {"voucher": "V-1.1"}, None),
]


class TestPreparation:
    @pytest.mark.parametrize(("path", "draft", "about"), PREPARED, ids=lambda one: str(one)[:24])
    def test_names_are_told_for_a_purpose_and_logged(
        self, world: World, regulator: Person, path: str, draft: Any, about: Any
    ) -> None:
        before = len(_log(world))
        answer = regulator.post(path, draft)
        assert answer.status_code == 200, answer.text
        [(name, asked, purpose)] = _log(world)[before:]
        assert (name.startswith("prepare"), purpose) == (True, "case 17")
        assert asked == (about or {"participants": [8], "claims": ["V-1.1"]})

    @pytest.mark.parametrize("path", [one[0] for one in PREPARED])
    def test_without_a_purpose_it_is_refused(
        self, world: World, regulator: Person, path: str
    ) -> None:
        before = _log(world)
        draft = next(one[1] for one in PREPARED if one[0] == path)
        plain = {"authorization": regulator.headers["authorization"]}
        answer = regulator.client.post(path, json=draft, headers=plain)
        assert (answer.status_code, answer.json()["code"]) == (400, "PurposeNotStated")
        assert _log(world) == before


UNSIGNED: list[tuple[str, Any]] = [
    ("/v1/settlements", {"vouchers": ["V-1.1"]}),
    ("/v1/settlements", {"vouchers": ["V-4000000000.1"]}),
    ("/v1/lapses", {"payable": "P-1"}),
    ("/v1/unapplied-payments", {"payable": "P-1"}),
]


class TestTrials:
    @pytest.mark.parametrize("query", ["?dry_run=true", ""], ids=["dry run", "in earnest"])
    @pytest.mark.parametrize(("path", "asked"), UNSIGNED)
    def test_act_without_a_signature_needs_a_purpose_and_is_logged(
        self, world: World, regulator: Person, path: str, asked: Any, query: str
    ) -> None:
        before = len(_log(world))
        headers = {"authorization": regulator.headers["authorization"]}
        headers["idempotency-key"] = secrets.token_hex(8)
        refused = regulator.client.post(path + query, json=asked, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (400, "PurposeNotStated")
        assert len(_log(world)) == before
        headers["fenbook-purpose"] = "case%2017"
        regulator.client.post(path + query, json=asked, headers=headers)
        [(_, told, purpose)] = _log(world)[before:]
        assert purpose == "case 17"
        assert told == {**asked, **({"dry_run": "true"} if query else {})}

    def test_dry_run_of_a_command_needs_a_purpose_and_is_logged(
        self, world: World, regulator: Person
    ) -> None:
        path = "/v1/payables/freeze"
        form = regulator.signed(path, **FREEZE)
        before = len(_log(world))
        plain = {"authorization": regulator.headers["authorization"]}
        answer = regulator.client.post(f"{path}?dry_run=true", json=form, headers=plain)
        assert answer.json()["code"] == "PurposeNotStated"
        assert regulator.post(f"{path}?dry_run=true", form).status_code in (200, 409)
        [(name, asked, _)] = _log(world)[before:]
        assert name == "freezeRange"
        assert asked == {"dry_run": "true", "participants": [8], "claims": ["P-1"]}


@pytest.mark.parametrize("rest", ["", "/test", "/secret", "/replay"])
def test_key_that_may_not_read_has_nothing_sent_either(
    client: TestClient, world: World, rest: str
) -> None:
    birch = People(client, world)("Birch")
    url = {"url": "https://example.com/in"}
    path = f"/v1/webhooks/{birch.post('/v1/webhooks', url).json()['id']}"
    body = {"first": 1, "last": 2} if rest == "/replay" else None

    def asked(*scopes: str) -> tuple[int, str]:
        made = birch.post("/v1/api-keys", {"label": "ERP", "scopes": list(scopes)}).json()
        headers = {"authorization": f"Bearer {made['secret']}"}
        address, sent = (path + rest, body) if rest else ("/v1/webhooks", url)
        answer = client.post(address, json=sent, headers=headers)
        return answer.status_code, answer.json().get("params", {}).get("scope", "")

    assert asked("manage") == (403, "read")
    assert asked("read") == (403, "manage")
    assert asked("read", "manage")[0] < 300
