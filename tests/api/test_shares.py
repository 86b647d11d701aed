"""What a participant has of the door as a whole, however many sessions and keys it asks with."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.options import Rate
from api.places import Places
from ledger.model.errors import ServiceBusy, StreamsTooMany
from ledger.service import access
from tests.api.conftest import OPTIONS
from tests.api.world import Person, World, sign_in

ASKED = {"label": "ERP", "scopes": ["read", "export"]}


def _headers(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


@pytest.fixture
def narrow(world: World) -> Iterator[TestClient]:
    """A door with two exports a minute and one stream for each participant."""
    options = replace(OPTIONS, export=Rate(2, 60), streams_each=1, stream_seconds=0)
    app = create_app(world.service, options)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


class TestApiKeys:
    def test_more_than_so_many_live_ones_are_refused(
        self, cedar: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = "/v1/api-keys"
        live = [
            one for one in cedar.get(f"{path}?limit=200").json()["data"] if not one["revoked_at"]
        ]
        monkeypatch.setattr(access, "KEYS_MAX", len(live) + 2)
        first, second = (cedar.post(path, ASKED, idempotency_key=one).json() for one in "ab")
        for way in (path, f"{path}?dry_run=true"):
            refused = cedar.post(way, ASKED)
            assert (refused.status_code, refused.json()["code"]) == (409, "ApiKeysTooMany")
            assert refused.json()["params"] == {"most": len(live) + 2}
        again = cedar.post(path, ASKED, idempotency_key="b")
        assert (again.status_code, again.json()) == (201, second)
        cedar.client.delete(f"{path}/{first['id']}", headers=cedar.headers)
        assert cedar.post(path, ASKED).status_code == 201

    def test_there_may_be_fifty(self) -> None:
        assert access.KEYS_MAX == 50

    def test_others_keys_do_not_count(
        self, cedar: Person, acme: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(access, "KEYS_MAX", 1)
        cedar.post("/v1/api-keys", ASKED)
        assert cedar.post("/v1/api-keys", ASKED).status_code == 409
        monkeypatch.setattr(access, "KEYS_MAX", 50)
        assert acme.post("/v1/api-keys", ASKED).status_code == 201


def test_exports_of_all_sessions_and_keys_of_a_participant_are_counted_together(
    narrow: TestClient, world: World, acme: Person
) -> None:
    secrets = [sign_in(narrow, world.cast.birch).json()["secret"] for _ in range(2)]
    key = narrow.post("/v1/api-keys", json=ASKED, headers=_headers(secrets[0])).json()["secret"]
    asked = [
        narrow.get("/v1/exports/vouchers", headers=_headers(one)).status_code
        for one in (*secrets, key, *secrets)
    ]
    assert asked == [200, 200, 429, 429, 429]
    assert narrow.get("/v1/exports/vouchers", headers=acme.headers).status_code == 200


class TestStreams:
    def test_participant_that_has_its_share_gets_no_more_and_others_do(
        self, narrow: TestClient, birch: Person, acme: Person
    ) -> None:
        def asked(who: Person) -> Any:
            return narrow.get("/v1/events/stream", headers=who.headers)

        places = narrow.app.state.context.streams  # type: ignore[attr-defined]
        with places.taken(birch.member.id):
            refused = asked(birch)
            assert (refused.status_code, refused.json()["code"]) == (429, "StreamsTooMany")
            assert asked(acme).status_code == 200
        assert asked(birch).status_code == 200
        assert asked(birch).status_code == 200

    def test_places_of_all_end_too(self) -> None:
        places = Places(3, each=2)
        with places.taken(1), places.taken(1):
            with pytest.raises(StreamsTooMany):
                places.expect_room(1)
            with places.taken(2):
                with pytest.raises(ServiceBusy):
                    places.expect_room(3)
                with pytest.raises(ServiceBusy), places.taken(3):
                    pass
            places.expect_room(3)
        assert not places._taken
