"""The feed: replayed from a number, streamed as it grows, and only to whom it concerns."""

import asyncio
import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api import event_filters as events
from api.app import create_app
from api.meanings import MEANINGS
from ledger.chain.artifacts import entries_of
from ledger.model.errors.store import DatabaseBusy
from ledger.model.structs import snake_case
from ledger.service.events import event_json
from ledger.store.feed import FeedEvent, Looked, last_seq
from tests.api.conftest import OPTIONS
from tests.api.world import Person, World, sign_in
from tests.cast import MORNING

MOVE = {"bank": 6, "to": 3, "amount": "3.21", "purpose": "0x" + "22" * 32}


def _told(text: str) -> list[dict[str, Any]]:
    """The events of a stream."""
    found = []
    for block in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "data" in lines:
            event = json.loads(lines["data"])
            assert (lines["id"], lines["event"]) == (str(event["seq"]), event["kind"])
            found.append(event)
    return found


def _listed(person: Person) -> list[dict[str, Any]]:
    """The whole of a reader's own feed."""
    whole: list[dict[str, Any]] = []
    page: dict[str, Any] = {"next_after": 0, "has_more": True}
    while page["has_more"]:
        page = person.get(f"/v1/events?after={page['next_after']}&limit=200").json()
        whole += page["data"]
    return whole


@dataclass
class Looks:
    """What streams looked for; their time is over once they have found nothing new three times."""

    begun: list[int] = field(default_factory=list)
    """After which event each look began."""
    idle: int = 0
    """Looks that found nothing, and nothing more to look for."""
    passed: float = 0.0
    """Seconds by which this time is ahead."""
    is_idle: Event = field(default_factory=Event)

    def looked(self, *given: Any, after: int, limit: int) -> Looked:
        found = events.looked(*given, after=after, limit=limit)
        self.begun.append(after)
        if not found.events and not found.has_more:
            self.idle += 1
            self.passed += OPTIONS.stream_seconds if self.idle % 3 == 0 else 0
            self.is_idle.set()
        return found

    def time(self) -> float:
        """What every event loop has for its clock."""
        return time.monotonic() + self.passed


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Looks:
    made = Looks()
    monkeypatch.setattr("api.events.looked", made.looked)
    monkeypatch.setattr("api.events._LOOK_SECONDS", 0.01)
    monkeypatch.setattr(asyncio.BaseEventLoop, "time", made.time)
    return made


class TestFeed:
    def test_feed_is_read_again_from_any_number(self, birch: Person) -> None:
        whole: list[Any] = []
        after = 0
        while True:
            page = birch.get(f"/v1/events?after={after}&limit=20").json()
            whole += page["data"]
            after = page["next_after"]
            if not page["has_more"]:
                break
        numbers = [one["seq"] for one in whole]
        assert numbers == sorted(set(numbers))
        assert len(numbers) > 20
        again = birch.get(f"/v1/events?after={numbers[9]}&limit=200").json()["data"]
        assert again[:5] == whole[10:15]
        assert birch.get(f"/v1/events?after={after}").json()["next_after"] == after

    def test_kind_is_chosen(self, birch: Person) -> None:
        rows = birch.get("/v1/events?limit=200&kind=VoucherAccepted").json()["data"]
        assert {one["kind"] for one in rows} == {"VoucherAccepted"}
        assert all(one["data"]["voucher"].startswith("V-") for one in rows)

    @pytest.mark.parametrize(
        ("kind", "data", "words"),
        [
            ("PayableCancelled", {"reason": 2}, {"outcome": "lapsed"}),
            ("OfferEnded", {"reason": 0}, {"outcome": "declined"}),
            ("DepositMoved", {"purpose": f"0x{b'sale'.hex():0<64}"}, {"purpose_text": "sale"}),
            ("DepositMoved", {"purpose": "0x" + "61" * 32}, {}),
            ("DepositMoved", {"purpose": "0x" + "00" * 32}, {}),
            ("SignerEnded", {"reason": "0x" + "00" * 32}, {}),
        ],
    )
    def test_what_is_counted_or_in_bytes_has_a_word_beside_it(
        self, kind: str, data: dict[str, Any], words: dict[str, str]
    ) -> None:
        event = FeedEvent(1, kind, 1, MORNING, None, (), data, None)
        assert event_json(event, None)["data"] == {**data, **words}

    def test_amounts_are_text_in_every_event(self, regulator: Person) -> None:
        after, seen = 0, 0
        while True:
            page = regulator.get(f"/v1/events?after={after}&limit=200").json()
            for event in page["data"]:
                for name, value in event["data"].items():
                    if MEANINGS.get(name) == "amount" and not isinstance(value, dict):
                        assert isinstance(value, str), (event["kind"], name)
                        seen += 1
            after = page["next_after"]
            if not page["has_more"]:
                break
        assert seen > 50

    def test_every_amount_of_the_contracts_is_known_by_its_name(self) -> None:
        widths = ("uint56", "uint64")
        names = {
            snake_case(one["name"])
            for entry in entries_of("event").values()
            for one in entry.inputs
            if one["type"] in widths and one.get("internalType") in widths
        }
        other = {"deadline", "effective", "start", "end", "middle", "payout"}
        assert {one for one in names - other if MEANINGS.get(one) != "amount"} == set()

    @pytest.mark.parametrize("after", ["-1", "x", "9" * 30])
    def test_number_has_bounds(self, birch: Person, after: str) -> None:
        assert birch.get(f"/v1/events?after={after}").status_code == 422


class TestStream:
    @pytest.mark.usefixtures("looks")
    def test_stream_goes_on_from_the_last_id(self, birch: Person, world: World) -> None:
        last = birch.get("/v1/events?limit=200&after=0").json()["next_after"]
        while (page := birch.get(f"/v1/events?limit=200&after={last}").json())["data"]:
            last = page["next_after"]
        birch.submit("/v1/deposits/move", **MOVE)
        world.turn()
        answer = birch.get("/v1/events/stream", headers={"last-event-id": str(last)})
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["x-accel-buffering"] == "no"
        told = _told(answer.text)
        listed = birch.get(f"/v1/events?limit=200&after={last}").json()["data"]
        assert told == listed
        assert {one["kind"] for one in told} >= {"CommandExecuted", "DepositMoved"}

    @pytest.mark.usefixtures("looks")
    def test_stream_tells_nobody_what_concerns_others(self, acme: Person, birch: Person) -> None:
        own = _told(acme.get("/v1/events/stream").text)
        others = _told(birch.get("/v1/events/stream").text)
        assert (own, others) == (_listed(acme), _listed(birch))
        assert {one["seq"] for one in own} - {one["seq"] for one in others}
        assert {one["seq"] for one in others} - {one["seq"] for one in own}
        assert not [one for one in own if one["data"].get("holder") == 3]

    @pytest.mark.usefixtures("looks")
    def test_stream_withholds_what_its_list_withholds(self, delta: Person) -> None:
        told = _told(delta.get("/v1/events/stream").text)
        assert told == _listed(delta)
        assert {one["data"]["whole"] for one in told if one["kind"] == "PartOffered"} == {None}

    @pytest.mark.parametrize("way", ["session", "key"])
    def test_stream_ends_with_the_session_or_key_that_opened_it(
        self, client: TestClient, birch: Person, world: World, looks: Looks, way: str
    ) -> None:
        made = sign_in(client, birch.member).json()
        session = {"authorization": f"Bearer {made['secret']}"}
        path, headers = "/v1/sign-in", session
        if way == "key":
            asked = {"label": "stream", "scopes": ["read"]}
            key = client.post("/v1/api-keys", json=asked, headers=session).json()
            path = f"/v1/api-keys/{key['id']}"
            headers = {"authorization": f"Bearer {key['secret']}"}
        begun = time.monotonic()
        long = create_app(world.service, replace(OPTIONS, stream_seconds=10**9))
        with TestClient(long) as door, ThreadPoolExecutor(1) as pool:
            stream = pool.submit(door.get, "/v1/events/stream", headers=headers)
            assert looks.is_idle.wait(10)
            assert door.delete(path, headers=session).status_code == 204
            birch.submit("/v1/deposits/move", **MOVE)
            world.turn()
            told = _told(stream.result().text)
        assert time.monotonic() - begun < 10
        last = birch.get("/v1/events?limit=200&after=" + str(told[-1]["seq"])).json()["data"]
        assert "DepositMoved" in {one["kind"] for one in last}

    @pytest.mark.parametrize(
        "asked",
        [
            "maturity_from=2026-08-28&maturity_to=2026-01-01",
            "maturity_from=2026-02-30",
            "limit=5",  # a stream has no pages
        ],
    )
    def test_filter_that_is_none_is_refused_before_the_stream_begins(
        self, birch: Person, asked: str
    ) -> None:
        answer = birch.get(f"/v1/events/stream?{asked}")
        assert (answer.status_code, answer.json()["code"]) == (422, "RequestInvalid")
        assert answer.json()["errors"]

    def test_stream_ends_quietly_where_the_database_is_busy(
        self, monkeypatch: pytest.MonkeyPatch, app: FastAPI, birch: Person
    ) -> None:
        rounds = iter((False, True))

        def looked(*given: Any, **asked: Any) -> Looked:
            if next(rounds):
                raise DatabaseBusy()
            return events.looked(*given, **asked)

        monkeypatch.setattr("api.events.looked", looked)
        with TestClient(app) as door:  # raises what the door does not catch
            answer = door.get("/v1/events/stream", headers=birch.headers)
        assert answer.status_code == 200
        assert _told(answer.text)

    def test_idle_stream_looks_at_no_event_twice_and_ends_in_time(
        self, looks: Looks, birch: Person, world: World
    ) -> None:
        assert _told(birch.get("/v1/events/stream?kind=XX").text) == []
        assert looks.idle == 3
        with world.service.database.reading() as connection:
            assert set(looks.begun[1:]) == {last_seq(connection)}

    @pytest.mark.parametrize("last", ["x", "-1", "1.5", "9" * 20])
    def test_last_id_that_is_no_number_is_refused(self, birch: Person, last: str) -> None:
        answer = birch.get("/v1/events/stream", headers={"last-event-id": last})
        assert (answer.status_code, answer.json()["code"]) == (400, "CursorInvalid")
