"""Profiles over HTTP: one writes one's own; others read what they need, and it is logged."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ledger.records.profiles import Profile
from ledger.service.running import crash_points
from tests.api.world import People, Person, World, opened_world, recorded
from tests.views_scenario import Acts

PROFILE: dict[str, Any] = {
    "name_zh": "桦木铸造有限公司",
    "name_en": "Birch Castings",
    "uscc": "91350100M000100Y43",
    "group": "Birch Group",
    "contacts": [{"name": "Lin Yue", "phone": "+86 591 8765 4321", "position": "Treasurer"}],
    "accounts": [{"holder": "Birch Castings", "number": "6222020200112233", "bank": "Sea Bank"}],
}
PATH = "/v1/participants/2/profile"
ABSENT = "/v1/participants/4000000000/profile"


@pytest.fixture(scope="module")
def world(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Birch has offered a voucher to Cedar, and nothing to Delta Bank's other customers."""
    with opened_world(engine, tmp_path_factory.mktemp("profiles")) as made:
        acts = Acts(made.cast)
        acts.offer(made.cast.birch, acts.issue(6_000_00), 1_000_00, made.cast.cedar)
        made.follow()
        recorded(made).put(Profile.from_values({"participant": 2, **PROFILE}))
        yield made


def put(person: Person, path: str, body: Any, key: dict[str, str] | None = None) -> Any:
    return person.client.put(path, json=body, headers=person.headers | (key or {}))


def readings(world: World) -> list[Any]:
    assert world.service.directory is not None
    found, after = [], 0
    while rows := world.service.directory.readings(after):
        found += rows
        after = rows[-1].seq
    return found


def told(answer: Any) -> tuple[int, Any, list[str]]:
    """An answer without what differs from request to request."""
    body = answer.json()
    for name in ("trace_id", "instance"):
        body.pop(name, None)
    return answer.status_code, body, sorted(answer.headers)


class TestReading:
    def test_participant_that_is_not_known_looks_absent(self, person: People) -> None:
        answer = person("Delta Bank").get(PATH)
        assert answer.status_code == 404
        assert told(answer) == told(person("Delta Bank").get(ABSENT))

    def test_participant_reads_its_own_whole(self, person: People) -> None:
        found = person("Birch").get(PATH).json()
        assert found["contacts"] == [{**PROFILE["contacts"][0], "email": ""}]
        assert found["accounts"] == [{**PROFILE["accounts"][0], "branch": ""}]
        assert (found["participant"], found["group"]) == (2, "Birch Group")

    def test_counterparty_reads_names_and_codes_alone(self, person: People) -> None:
        found = person("Cedar").get(PATH).json()
        assert (found["name_en"], found["uscc"]) == ("Birch Castings", PROFILE["uscc"])
        assert (found["group"], found["contacts"], found["accounts"]) == (None, None, None)

    def test_operator_reads_contacts_and_no_account(self, person: People) -> None:
        found = person("Operator").get(PATH).json()
        assert found["contacts"][0]["name"] == "Lin Yue"
        assert (found["group"], found["accounts"]) == ("Birch Group", None)

    def test_regulator_reads_everything_for_a_purpose(self, person: People) -> None:
        regulator = person("Regulator")
        assert regulator.get(PATH).json()["accounts"][0]["number"] == "6222020200112233"
        bare = {"authorization": regulator.headers["authorization"]}
        answer = regulator.client.get(PATH, headers=bare)
        assert (answer.status_code, answer.json()["code"]) == (400, "PurposeNotStated")

    @pytest.mark.parametrize("name", ["Birch", "Cedar", "Operator", "Regulator"])
    def test_each_reading_leaves_a_row(self, person: People, world: World, name: str) -> None:
        reader, before = person(name), len(readings(world))
        reader.get(PATH)
        [row] = readings(world)[before:]
        assert (row.reader, row.what, row.subjects) == (reader.member.id, "profile", ",2,")
        assert row.actor

    def test_profile_that_was_not_recorded_is_absent(self, person: People, world: World) -> None:
        with world.service.database.writing() as connection:
            connection.exec_driver_sql("DELETE FROM r_profiles WHERE participant = 5")
        answer = person("Operator").get("/v1/participants/5/profile")
        assert told(answer) == told(person("Operator").get(ABSENT))


class TestWriting:
    def test_nobody_writes_another_s(self, person: People) -> None:
        for name in ("Acme", "Cedar", "Delta Bank", "Operator", "Regulator"):
            answer = put(person(name), PATH, PROFILE)
            assert answer.status_code == 404
            assert told(answer) == told(put(person(name), ABSENT, PROFILE))
        assert person("Birch").get(PATH).json()["name_en"] == "Birch Castings"

    def test_contacts_are_replaced_and_the_change_is_logged(
        self, person: People, world: World
    ) -> None:
        birch = person("Birch")
        before = len(readings(world))
        answer = put(birch, PATH, {**PROFILE, "contacts": []})
        assert answer.json()["contacts"] == []
        assert [one.what for one in readings(world)[before:]] == ["profile", "profile change"]
        assert birch.get(PATH).json()["contacts"] == []
        assert put(birch, PATH, PROFILE).status_code == 200

    def test_same_again_under_its_key_is_told_and_not_done(
        self, person: People, world: World
    ) -> None:
        birch, key = person("Birch"), {"Idempotency-Key": "contacts"}
        asked = {**PROFILE, "contacts": [{"name": "Lin Yue", "phone": "+86 591 1111 2222"}]}
        first = put(birch, PATH, asked, key)
        assert (first.status_code, "idempotent-replayed" in first.headers) == (200, False)
        assert put(birch, PATH, PROFILE).status_code == 200
        before = len(readings(world))
        again = put(birch, PATH, asked, key)
        assert (again.status_code, again.content) == (200, first.content)
        assert again.headers["idempotent-replayed"] == "true"
        assert len(readings(world)) == before
        other = put(birch, PATH, PROFILE, key)
        assert (other.status_code, other.json()["code"]) == (422, "IdempotencyKeyReused")
        assert birch.get(PATH).json()["contacts"][0]["phone"] == "+86 591 8765 4321"
        with world.service.database.reading() as connection:
            kept = str(connection.exec_driver_sql("SELECT * FROM first_answers").fetchall())
        assert "contacts" in kept
        assert "1111 2222" not in kept

    def test_account_that_is_recorded_meanwhile_is_not_put_back(
        self, person: People, world: World
    ) -> None:
        """A change of contacts that was read against the account before must not undo it."""
        account = {**PROFILE["accounts"][0], "number": "6222020200119999"}
        recorded = Profile.from_values({"participant": 2, **PROFILE, "accounts": [account]})
        birch, directory, struck = person("Birch"), world.service.directory, []
        assert directory is not None

        def record(point: str) -> None:
            if point == "after reading":
                struck.append(point)
                if len(struck) == 2:  # the reading, and that it is changed
                    directory.put(recorded)

        with crash_points.hook(record):
            answer = put(birch, PATH, {**PROFILE, "contacts": []})
        assert (answer.status_code, answer.json()["code"]) == (403, "ProfileGuarded")
        assert birch.get(PATH).json()["accounts"][0]["number"] == "6222020200119999"
        directory.put(Profile.from_values({"participant": 2, **PROFILE}))

    def test_dry_run_checks_everything_and_records_nothing(
        self, person: People, world: World
    ) -> None:
        birch, before = person("Birch"), len(readings(world))
        answer = put(birch, f"{PATH}?dry_run=true", {**PROFILE, "contacts": []})
        assert (answer.status_code, answer.json()) == (200, {"dry_run": True})
        assert [one.what for one in readings(world)[before:]] == ["profile"]
        assert birch.get(PATH).json()["contacts"][0]["name"] == "Lin Yue"
        for name, path, change, code in (
            ("Birch", PATH, {"accounts": []}, "ProfileGuarded"),
            ("Cedar", PATH, {}, "ResourceUnknown"),
            ("Cedar", "/v1/participants/3/profile", {}, "ProfileGuarded"),
        ):
            answer = put(person(name), f"{path}?dry_run=true", {**PROFILE, **change})
            assert answer.json()["code"] == code

    @pytest.mark.parametrize(
        ("change", "fields"),
        [
            ({"accounts": []}, "accounts"),
            (
                {"accounts": [{"holder": "Birch", "number": "6222020200112299", "bank": "Sea"}]},
                "accounts",
            ),
            ({"name_en": "Cedar"}, "name_en"),
            ({"uscc": "", "group": ""}, "uscc, group"),
        ],
    )
    def test_names_codes_and_accounts_are_not_changed_by_one_person(
        self, person: People, change: dict[str, Any], fields: str
    ) -> None:
        """Others know it by them, and it is paid to them: a stolen session would redirect money."""
        birch = person("Birch")
        answer = put(birch, PATH, {**PROFILE, **change})
        assert (answer.status_code, answer.json()["code"]) == (403, "ProfileGuarded")
        assert fields in answer.text
        assert birch.get(PATH).json()["accounts"][0]["number"] == "6222020200112233"

    def test_nobody_takes_another_s_name_and_code(self, person: People) -> None:
        answer = put(person("Cedar"), "/v1/participants/3/profile", PROFILE)
        assert (answer.status_code, answer.json()["code"]) == (403, "ProfileGuarded")

    def test_key_of_a_system_does_not_write(self, person: People) -> None:
        birch = person("Birch")
        asked = {"label": "ERP", "scopes": ["read", "manage"], "days": 1}
        secret = birch.post("/v1/api-keys", asked).json()["secret"]
        headers = {"authorization": f"Bearer {secret}"}
        answer = birch.client.put(PATH, json=PROFILE, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "ScopeMissing")
        assert birch.client.get(PATH, headers=headers).status_code == 200

    @pytest.mark.parametrize(
        "change",
        [
            {"name_zh": "", "name_en": ""},
            {"uscc": "91350100M000100Y44"},
            {"contacts": [{"name": "Lin Yue"}]},
            {"accounts": [{"holder": "Birch", "number": "12x", "bank": "Sea Bank"}]},
            {"rating": "A"},
            {"contacts": [{"name": "Lin", "phone": "1234567"}] * 17},
        ],
    )
    def test_profile_of_another_form_is_refused_and_not_sent_back(
        self, person: People, change: dict[str, Any]
    ) -> None:
        answer = put(person("Birch"), PATH, {**PROFILE, **change})
        assert (answer.status_code, answer.json()["code"]) == (422, "RequestInvalid")
        assert "12x" not in answer.text
        assert person("Birch").get(PATH).json()["uscc"] == PROFILE["uscc"]

    @pytest.mark.parametrize(
        ("change", "pointer", "detail"),
        [
            (
                {"contacts": [{"name": "Lin", "phone": "1"}]},
                "/contacts/0/phone",
                "must be a telephone number such as +86 591 8765 4321.",
            ),
            ({"contacts": [{"name": "Lin"}]}, "/contacts/0", "must be a telephone number or an"),
            ({"name_zh": "", "name_en": ""}, "/name_zh", "must be a name here, in name_en or in"),
        ],
    )
    def test_fault_is_told_at_its_place(
        self, person: People, change: dict[str, Any], pointer: str, detail: str
    ) -> None:
        answer = put(person("Birch"), PATH, {**PROFILE, **change})
        [told] = answer.json()["errors"]
        assert told["pointer"] == pointer
        assert told["detail"].startswith(detail)

    def test_example_of_the_document_is_taken(
        self, person: People, client: TestClient, world: World
    ) -> None:
        app: Any = client.app
        assert isinstance(app, FastAPI)
        schemas = app.openapi()["components"]["schemas"]

        def example(name: str) -> dict[str, Any]:
            return {
                field: one["examples"][0]
                for field, one in schemas[name]["properties"].items()
                if one.get("examples")
            }

        body = {
            **example("ProfileGiven"),
            "contacts": [example("ContactGiven")],
            "accounts": [example("AccountGiven")],
        }
        directory = world.service.directory
        assert directory is not None
        directory.put(Profile.from_values({"participant": 2, **body}))
        assert put(person("Birch"), PATH, body).status_code == 200
        directory.put(Profile.from_values({"participant": 2, **PROFILE}))
