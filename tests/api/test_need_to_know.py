"""Who sees what: every route, as everybody, with their own, others' and absent ids."""

import json
import math
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy.exc import IntegrityError
from starlette.testclient import TestClient

from ledger.model.errors import DatabaseFailed
from ledger.model.ids import root_voucher
from tests.api.absent import ABSENT, ROLES
from tests.api.amounts import needless_amounts
from tests.api.known import Known, had_since, known_to
from tests.api.world import People, Person, World, opened_world, recorded
from tests.views_scenario import Acts, circulate, finance, govern, mature

PUBLIC = {"checkHealth", "checkReadiness", "readMetrics", "readAbout", "readOpenapi",
          "askChallenge", "signIn"}  # fmt: skip
TOLD_OF = {
    "PayoutOpened": "Settlement Bank",  # pays out what the voucher receives
    "CostShareGiven": "Acme",  # bears a part of what its sale costs
    "RedemptionPriced": "Acme",  # pays for it
    "VoucherRedeemed": "Acme",
}
"""Events that name a voucher to somebody who never had it: whose money moves on it."""
NOT_THEIRS = ("/v1/openapi.json", "/v1/access-log?limit=200", "/v1/exports/access-log")
"""Answers that name what others have asked, or what serves as an example."""
VOUCHER = re.compile(r"V-[0-9]+\.[0-9]+")
CLAIM = re.compile(r"\b(?:V-[0-9]+\.[0-9]+|[PL]-[0-9]+)\b")
PAYABLE = re.compile(r"\bP-[0-9]+")
LOAN = re.compile(r"\bL-[0-9]+")


@pytest.fixture(scope="module")
def world(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A ledger on which nearly everything has happened that can."""
    with opened_world(engine, tmp_path_factory.mktemp("known")) as made:
        acts = Acts(made.cast)
        circulate(acts)
        acts.offer(made.cast.birch, root_voucher(1), 700_00, made.cast.delta)
        for act in (finance, govern, mature):
            act(acts)
        made.follow()
        recorded(made)
        yield made


def _operations(app: FastAPI) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path, operation)
        for path, methods in app.openapi()["paths"].items()
        for method, operation in methods.items()
    ]


def _parameters(path: str) -> list[str]:
    return re.findall(r"\{(\w+)\}", path)


@pytest.fixture(scope="module")
def known(world: World, person: People) -> dict[str, Known]:
    _an_operation(person)
    world.turn()
    return {name: known_to(world, person(name).member.id) for name in ROLES}


def _ids(known: Known) -> dict[str, Iterable[str]]:
    """By the names that addresses have for them."""
    return {
        "voucher": known.vouchers,
        "payable": known.payables,
        "loan": known.loans,
        "participant": [str(one) for one in known.participants],
    }


def _an_operation(person: People) -> str:
    """One of Birch's."""
    draft = {"bank": 6, "to": 3, "amount": "1.00", "purpose": "0x" + "22" * 32}
    return str(person("Birch").submit("/v1/deposits/move", **draft).json()["id"])


def _pages(person: Person, path: str) -> Iterator[Any]:
    """Every row of a list."""
    cursor = ""
    while True:
        answer = person.get(f"{path}?limit=7{cursor}")
        assert answer.status_code == 200, answer.text
        page = answer.json()
        yield from page["data"]
        if not page["has_more"]:
            return
        cursor = f"&cursor={page['next_cursor']}"


class TestStrangers:
    def test_every_route_but_the_public_ones_asks_who_you_are(
        self, app: FastAPI, client: TestClient
    ) -> None:
        asked = 0
        for method, path, operation in _operations(app):
            if operation["operationId"] in PUBLIC:
                continue
            address = path.format(**{name: ABSENT[name] for name in _parameters(path)})
            for headers in ({}, {"authorization": "Bearer fbs_stranger"}):
                answer = client.request(method, address, headers=headers)
                told = (answer.status_code, answer.json()["code"])
                assert told == (401, "NotSignedIn"), address
                asked += 1
        assert asked > 200

    def test_public_routes_say_nothing_of_anybody(self, app: FastAPI, client: TestClient) -> None:
        for method, path, operation in _operations(app):
            if operation["operationId"] in PUBLIC and method == "GET":
                text = client.get(path).text
                assert not VOUCHER.search(text) or path == "/v1/openapi.json"

    def test_metrics_are_there_for_named_networks_only(self, app: FastAPI) -> None:
        with TestClient(app, client=("127.0.0.1", 1)) as near:
            assert "outbox_overdue_seconds" in near.get("/metrics").text
        with TestClient(app, client=("203.0.113.5", 1)) as far:
            assert far.get("/metrics").status_code == 404


class TestItems:
    """Every route with an id in its address: 200 for what is known, one 404 for all else."""

    @pytest.mark.parametrize("name", ROLES)
    @pytest.mark.parametrize("noun", ["voucher", "payable", "loan", "participant"])
    def test_foreign_and_absent_look_the_same(
        self, person: People, app: FastAPI, known: dict[str, Known], name: str, noun: str
    ) -> None:
        every = {one for of in known.values() for one in getattr(of, f"{noun}s")}
        own = getattr(known[name], f"{noun}s")
        paths = [
            path
            for method, path, _ in _operations(app)
            if method == "GET" and _parameters(path) == [noun]
        ]
        assert paths
        for path in paths:
            absent = self._told(person(name), path, noun, ABSENT[noun])
            assert absent[0] == 404
            for one in every:
                told = self._told(person(name), path, noun, one)
                assert told == absent if one not in own else told[0] == 200, (path, one)

    def _told(self, person: Person, path: str, noun: str, one: object) -> tuple[int, Any]:
        answer = person.get(path.format(**{noun: one}))
        body = answer.json() if answer.status_code == 404 else answer.content
        if answer.status_code == 404:
            body.pop("trace_id")
            body.pop("instance")
        return answer.status_code, (body, sorted(answer.headers))

    @pytest.mark.parametrize("name", ROLES)
    def test_operation_is_its_participant_s(self, person: People, name: str) -> None:
        operation = _an_operation(person)
        answer = person(name).get(f"/v1/operations/{operation}")
        absent = person(name).get(f"/v1/operations/{ABSENT['operation']}")
        assert absent.status_code == 404
        assert answer.status_code == (200 if name in ("Birch", "Operator", "Regulator") else 404)
        if name == "Operator":
            told = answer.json()
            assert (told["digest"], told["external_reference"]) == (None, None)
            assert told["verb"] == "moveDeposit"

    @pytest.mark.parametrize("name", ROLES)
    def test_parked_operation_is_released_by_the_operator_only(
        self, person: People, name: str
    ) -> None:
        operation = _an_operation(person)
        answer = person(name).post(f"/v1/operations/{operation}/release", None)
        told = (answer.status_code, answer.json()["code"])
        expected = (409, "OperationNotParked") if name == "Operator" else (404, "ResourceUnknown")
        assert told == expected


class TestLists:
    @pytest.mark.parametrize("name", ROLES)
    @pytest.mark.parametrize("noun", ["voucher", "payable", "loan", "participant"])
    def test_list_holds_exactly_what_is_known(
        self, person: People, known: dict[str, Known], name: str, noun: str
    ) -> None:
        found = [one["id"] for one in _pages(person(name), f"/v1/{noun}s")]
        assert len(found) == len(set(found))
        assert set(found) == getattr(known[name], f"{noun}s")

    @pytest.mark.parametrize("name", ROLES)
    def test_no_answer_names_what_is_not_known(
        self, person: People, app: FastAPI, known: dict[str, Known], name: str
    ) -> None:
        asked = 0
        for path in self._readable(app, known[name]):
            text = person(name).get(path).text
            asked += 1
            if path in NOT_THEIRS:
                continue
            assert set(VOUCHER.findall(text)) <= known[name].named_vouchers, path
            assert set(PAYABLE.findall(text)) <= known[name].named_payables, path
            assert set(LOAN.findall(text)) <= known[name].loans, path
        assert asked > 40

    def test_operator_is_told_no_amount_that_it_need_not_know(
        self, person: People, app: FastAPI, known: dict[str, Known]
    ) -> None:
        ids: dict[str, Iterable[str]] = {name: (one,) for name, one in ABSENT.items()}
        ids |= _ids(known["Regulator"])
        ids["operation"] = [_an_operation(person)]
        assert needless_amounts(app, person("Operator"), ids) == []

    def test_what_a_participant_commits_in_a_day_is_told_to_itself_and_regulators(
        self, person: People
    ) -> None:
        """The operator asked again after each operation, and the sums told it each amount."""
        _an_operation(person)
        for name, is_told in (("Birch", True), ("Regulator", True), ("Operator", False)):
            told = person(name).get("/v1/participants/2").json()["thresholds"]
            assert (told["committed_today"] is not None) is is_told
            assert told["high_from"] is not None

    def _readable(self, app: FastAPI, known: Known) -> Iterator[str]:
        ids = _ids(known)
        for method, path, operation in _operations(app):
            names = _parameters(path)
            if method != "GET" or operation["operationId"] == "streamEvents":
                continue
            if not names and self._is_list(operation):
                yield f"{path}?limit=200"
            elif not names:
                yield path
            elif names[0] in ids:
                yield from (path.format(**{names[0]: one}) for one in ids[names[0]])

    def _is_list(self, operation: dict[str, Any]) -> bool:
        return any(one["name"] == "limit" for one in operation.get("parameters", ()))

    def test_holder_is_told_its_obligor_but_not_how_the_payable_fares(self, person: People) -> None:
        names = ("Cedar", "Acme", "Regulator")
        told = {name: person(name).get("/v1/payables/P-1").json() for name in names}
        assert told["Cedar"]["obligor"] == told["Acme"]["obligor"] == 1
        money = (
            "face",
            "live",
            "late_interest",
            "owed",
            "paid",
            "redeemed",
            "carried",
            "unapplied",
        )
        hidden = (*money, "pieces", "digest", "offeree")
        assert {told["Cedar"][one] for one in hidden} == {None}
        assert None not in {told["Acme"][one] for one in hidden}
        assert told["Acme"]["live"] == told["Regulator"]["live"]

    def test_bank_is_told_the_lineage_of_what_it_holds_and_a_supplier_its_legs(
        self, person: People
    ) -> None:
        birch, delta = person("Birch"), person("Delta Bank")
        held = delta.get("/v1/vouchers?limit=200").json()["data"]
        name = next(one["id"] for one in held if one["holder"] == 4)
        lineage = delta.get(f"/v1/vouchers/{name}/lineage").json()
        assert lineage["is_whole"]
        assert lineage["data"][0]["giver"] == 1
        own = birch.get("/v1/vouchers/V-1.1/lineage").json()
        assert not own["is_whole"]
        assert all(2 in (one["giver"], one["taker"]) for one in own["data"])

    def test_lineage_comes_in_pages_that_are_good_for_one_voucher_and_reader(
        self, person: People
    ) -> None:
        regulator, cedar = person("Regulator"), person("Cedar")
        path, other = (f"/v1/vouchers/V-1.{one}/lineage" for one in (2, 1))
        first, whole = (regulator.get(f"{path}?limit={one}").json() for one in (1, 200))
        cursor = first["next_cursor"]
        rest = regulator.get(f"{path}?cursor={cursor}").json()
        assert first["data"] + rest["data"] == whole["data"]
        assert (len(rest["data"]) > 0, rest["has_more"]) == (True, False)
        for reader, of in ((cedar, path), (regulator, other)):
            answer = reader.get(f"{of}?cursor={cursor}")
            assert (answer.status_code, answer.json()["code"]) == (400, "CursorInvalid")


class TestEvents:
    """No event names what its reader has not had: neither now, nor ever before."""

    @pytest.mark.parametrize("name", ROLES[:-1])
    def test_event_names_only_what_its_reader_has_had(
        self, person: People, world: World, name: str
    ) -> None:
        had = had_since(world, person(name).member.id)
        known = person(name).get("/v1/vouchers?limit=200").json()["data"]
        assert {one["id"] for one in known} <= set(had)
        told, named = set(), 0
        for event in _events(person(name)):
            for one in CLAIM.findall(json.dumps(event["data"])):
                named += 1
                if had.get(one, math.inf) > event["block"]:
                    told.add(event["kind"])
        assert named >= 10 or name == "Operator"
        assert told == {kind for kind, reader in TOLD_OF.items() if reader == name}

    def test_whoever_is_offered_a_part_is_not_told_what_it_was_cut_from(
        self, person: People
    ) -> None:
        """It was told the voucher's name, which it cannot open."""
        delta, birch, regulator = (person(one) for one in ("Delta Bank", "Birch", "Regulator"))
        found = [one for one in _events(delta) if one["kind"] == "PartOffered"]
        assert [one["data"]["to"] for one in found] == [4]
        assert delta.get("/v1/vouchers/V-1.1").status_code == 404
        for reader, whole in ((delta, None), (birch, "V-1.1"), (regulator, "V-1.1")):
            [same] = (one for one in _events(reader) if one["seq"] == found[0]["seq"])
            assert same["data"] == {**found[0]["data"], "whole": whole}
        file = delta.get("/v1/exports/events?heads=names&kind=PartOffered").text
        assert found[0]["data"]["part"] in file
        assert "V-1.1" not in file


def _events(person: Person) -> Iterator[Any]:
    """The whole of a reader's feed."""
    page: dict[str, Any] = {"next_after": 0, "has_more": True}
    while page["has_more"]:
        page = person.get(f"/v1/events?after={page['next_after']}&limit=200").json()
        yield from page["data"]


class TestOversight:
    def test_regulator_states_a_purpose(self, person: People) -> None:
        regulator = person("Regulator")
        for purpose in (None, "", "  ", "x" * 201, "%ff", "a%0ab"):
            headers = {**regulator.headers}
            del headers["fenbook-purpose"]
            if purpose is not None:
                headers["fenbook-purpose"] = purpose
            answer = regulator.client.get("/v1/vouchers", headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (400, "PurposeNotStated")

    def test_every_read_of_a_regulator_leaves_one_row(self, person: People, app: FastAPI) -> None:
        regulator, birch = person("Regulator"), person("Birch")

        def count() -> int:
            found = app.state.context.service.database
            with found.reading() as connection:
                return int(connection.exec_driver_sql("SELECT count(*) FROM access_log").scalar())

        before = count()
        paths = ["/v1/vouchers", "/v1/vouchers/V-1.1", "/v1/vouchers/V-99.1", "/v1/events",
                 "/v1/exports/payables", "/v1/participants/2"]  # fmt: skip
        for path in paths:
            regulator.get(path)
            birch.get(path)
        assert count() == before + len(paths)
        rows = regulator.get("/v1/access-log?limit=20").json()["data"]
        assert [one["operation"] for one in rows[: len(paths) + 1]][::-1] == [
            "listVouchers", "readVoucher", "readVoucher", "listEvents", "exportPayables",
            "readParticipant", "listReads",
        ]  # fmt: skip
        assert {one["purpose"] for one in rows} == {"case 17"}
        assert rows[1]["asked"] == {"participant": "2"}

    def test_nobody_else_reads_the_log(self, person: People) -> None:
        for name in ROLES[:-1]:
            assert person(name).get("/v1/access-log").json()["data"] == []

    @pytest.mark.parametrize(
        "statement", ["UPDATE access_log SET purpose = ''", "DELETE FROM access_log"]
    )
    def test_log_only_grows(self, person: People, app: FastAPI, statement: str) -> None:
        person("Regulator").get("/v1/vouchers")
        database = app.state.context.service.database
        refused = pytest.raises((IntegrityError, DatabaseFailed), match="only grows")
        with refused, database.writing() as connection:
            connection.exec_driver_sql(statement)
