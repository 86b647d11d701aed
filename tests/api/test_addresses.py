"""From where a request comes, by which it is counted: proxies before the door, and their word."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.addresses import Origin, origin_in
from api.app import create_app
from api.options import Options, Rate
from api.serving import RequestLog, _server, options_from
from ledger.model.errors import SettingInvalid
from tests.api.world import World, sign_in

PROXY = "172.18.0.1"
TRUSTED = (PROXY, "10.1.0.0/16", "fd00::/8")
STRANGER = "203.0.113.66"


def _origin(peer: str | None, *forwarded: str, trusted: tuple[str, ...] = TRUSTED) -> Origin:
    headers = [(b"x-forwarded-for", one.encode()) for one in forwarded]
    return origin_in({"client": peer and (peer, 1), "headers": headers}, trusted)


class TestOrigin:
    @pytest.mark.parametrize(
        ("peer", "forwarded", "address"),
        [
            ("198.51.100.1", [], "198.51.100.1"),
            (PROXY, [], PROXY),
            (PROXY, ["203.0.113.7"], "203.0.113.7"),
            (PROXY, ["1.2.3.4, 203.0.113.7"], "203.0.113.7"),
            (PROXY, ["1.2.3.4", "203.0.113.7"], "203.0.113.7"),
            (PROXY, ["1.2.3.4, 203.0.113.7, 10.1.2.3"], "203.0.113.7"),
            (PROXY, ["10.1.2.3"], "10.1.2.3"),
            (PROXY, ["203.0.113.7:4711"], "203.0.113.7"),
            (PROXY, ["[2001:db8::7]:4711"], "2001:db8::7"),
            (PROXY, ["2001:DB8:0::7"], "2001:db8::7"),
            (PROXY, ["203.0.113.7, unknown"], PROXY),
            (PROXY, ["203.0.113.7, unknown, 10.1.2.3"], "10.1.2.3"),
            (PROXY, [""], PROXY),
            (PROXY, ["203.0.113.7," + "10.1.2.3," * 5_000 + "10.1.2.4"], "10.1.2.3"),
            (f"::ffff:{PROXY}", ["203.0.113.7"], "203.0.113.7"),
            ("::ffff:198.51.100.1", [], "198.51.100.1"),
            ("fd00::1", ["203.0.113.7"], "203.0.113.7"),
            ("testclient", ["203.0.113.7"], "testclient"),
            (None, ["203.0.113.7"], ""),
        ],
    )
    def test_address_is_the_right_most_that_is_no_trusted_proxy_s(
        self, peer: str | None, forwarded: list[str], address: str
    ) -> None:
        assert _origin(peer, *forwarded).address == address

    @pytest.mark.parametrize("peer", ["198.51.100.1", "127.0.0.1", "::1"])
    def test_peer_that_is_not_trusted_chooses_no_address(self, peer: str) -> None:
        assert _origin(peer, "1.2.3.4") == Origin(peer, is_forwarded=True)
        assert _origin(peer, "1.2.3.4", trusted=()).address == peer

    def test_networks_that_are_none_are_refused_at_the_start(self) -> None:
        variable = "FENBOOK_DOOR_TRUSTED_PROXIES"
        assert options_from({variable: f"{PROXY}, ::1"}).trusted_proxies == (PROXY, "::1")
        assert Options().trusted_proxies == ()
        for text in ("proxy.example", "10.0.0.1/8", "*"):
            with pytest.raises(SettingInvalid, match=variable):
                options_from({variable: text})


def test_server_believes_no_header_before_the_door_does() -> None:
    config = _server(FastAPI(), "127.0.0.1", 0).config
    config.load()
    assert isinstance(config.loaded_app, RequestLog)


class _Fast:
    """Three sign-ins a minute of a signer, six of an address."""

    def __init__(self, world: World) -> None:
        options = Options(
            sign_in=Rate(3, 60), sign_in_address=Rate(6, 60), trusted_proxies=(PROXY,)
        )
        self.app = create_app(world.service, options)

    @contextmanager
    def by(self, address: str, peer: str = PROXY) -> Iterator[TestClient]:
        with TestClient(self.app, client=(peer, 1)) as client:
            client.headers["x-forwarded-for"] = address
            yield client


@pytest.fixture
def door(world: World) -> _Fast:
    return _Fast(world)


def _asks(client: TestClient, participant: int, signer: int = 0) -> int:
    asked = {"participant": participant, "signer": signer}
    status: int = client.post("/v1/sign-in/challenge", json=asked).status_code
    return status


class TestSignIn:
    def test_stranger_s_flood_behind_a_proxy_locks_nobody_out(
        self, door: _Fast, world: World
    ) -> None:
        birch = world.cast.birch
        with door.by(STRANGER) as client:
            asked = [_asks(client, birch.id) for _ in range(5)]
            assert asked == [200, 200, 200, 429, 429]
        with door.by("198.51.100.1") as client:
            assert sign_in(client, birch).status_code == 201

    def test_flood_of_one_signer_locks_no_other_out_at_its_address(
        self, door: _Fast, world: World
    ) -> None:
        with door.by(STRANGER) as client:
            assert [_asks(client, 2) for _ in range(4)] == [200, 200, 200, 429]
            assert sign_in(client, world.cast.cedar).status_code == 201

    def test_address_that_names_many_has_no_more(self, door: _Fast) -> None:
        with door.by(STRANGER) as client:
            asked = [_asks(client, 2, signer) for signer in range(8)]
            assert asked == [200] * 6 + [429] * 2

    def test_address_that_a_client_writes_itself_is_not_its_own(self, door: _Fast) -> None:
        asked = []
        for number in range(5):
            with door.by(f"192.0.2.{number}, {STRANGER}") as client:
                asked.append(_asks(client, 2))
        for number in range(5):
            with door.by(f"192.0.2.{number}", peer="198.51.100.9") as client:
                asked.append(_asks(client, 2))
        assert asked == [200, 200, 200, 429, 429] * 2


FORWARDING: list[dict[str, str]] = [
    {"x-forwarded-for": "127.0.0.1"},
    {"forwarded": "for=127.0.0.1"},
    {"x-real-ip": "127.0.0.1"},
    {"via": "1.1 proxy"},
]


@pytest.mark.parametrize("headers", FORWARDING, ids=lambda one: next(iter(one)))
def test_measures_are_answered_to_nobody_behind_a_proxy(
    world: World, headers: dict[str, Any]
) -> None:
    app = create_app(world.service, Options(trusted_proxies=("127.0.0.1",)))
    for peer in ("127.0.0.1", "::1"):
        with TestClient(app, client=(peer, 1)) as client:
            assert client.get("/metrics").status_code == 200
            assert client.get("/metrics", headers=headers).status_code == 404
