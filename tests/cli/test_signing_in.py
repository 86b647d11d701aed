"""Signing in and out from the shell: for which service, to which ledger, and what stays behind."""

import http.server
import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ledger.chain.sign_in import SignIn
from ledger.cli.pins import Pin, Pins
from ledger.cli.sessions import Session
from ledger.cli.sign_in import _expect_name
from ledger.model.errors import SettingInvalid
from ledger.model.errors.client import ServiceNameForeign
from ledger.model.states import Duty
from tests.cli.conftest import Served, Shell

REAL = "ledger.fenbook.example"


@dataclass(slots=True)
class Relay:
    """A service that says another's name and passes on its challenge."""

    name: str = REAL
    contracts: dict[str, str] = field(default_factory=lambda: {"Vouchers": "0x" + "11" * 20})
    url: str = ""
    posted: list[Any] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    session: Path | None = None
    """Whether the session's file was still there when the session was ended."""

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        if method == "GET":
            return 200, {"service": self.name, "chain_id": 31337, "contracts": self.contracts}
        if method == "DELETE":
            self.deleted.append(str(self.session is not None and self.session.exists()))
            return 204, None
        self.posted.append(path)
        if path.endswith("challenge"):
            made = SignIn(31337, self.name, body["participant"], 0, os.urandom(32), 2_000_000_000)
            return 200, {"typed_data": made.document(), "digest": "0x" + made.digest.hex()}
        return 201, {"secret": "fbs_" + "x" * 43}


@pytest.fixture
def relay() -> Iterator[Relay]:
    made = Relay()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(length) or b"null")
            status, told = made.answer(self.command, self.path, body)
            text = b"" if told is None else json.dumps(told).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_POST = do_DELETE = do_GET  # noqa: N815 -- named by the library

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def shell(relay: Relay, tmp_path: Path) -> Shell:
    return Shell("a", relay.url, tmp_path / "home")


def _sign_in(shell: Shell, *words: object) -> Any:
    key = ["--key", shell.key(Duty.MAKER), "--password-file", shell.password]
    return shell.run("sign-in", "--participant", 2, *key, *words)


class TestService:
    def test_relay_that_says_another_s_name_gets_no_signature(
        self, shell: Shell, relay: Relay
    ) -> None:
        result = _sign_in(shell)
        assert (result.exit_code, REAL in result.stderr) == (1, True)
        assert "--service" in result.stderr
        assert "/v1/sign-in" not in relay.posted

    def test_name_that_the_signer_gives_is_shown_and_signed(
        self, shell: Shell, relay: Relay
    ) -> None:
        result = _sign_in(shell, "--service", REAL)
        assert result.exit_code == 0
        assert f"Signing in to {REAL} at {relay.url}" in result.stderr
        assert _sign_in(shell).exit_code == 0  # it is remembered with the ledger
        relay.name = "fenbook"
        assert _sign_in(shell).exit_code == 1

    def test_name_that_an_api_key_was_used_under_was_signed_by_nobody(
        self, shell: Shell, relay: Relay, tmp_path: Path
    ) -> None:
        file = tmp_path / "key"
        file.write_text("fbk_x\n")
        file.chmod(0o600)
        done = shell.run("sign-in", "--participant", 2, "--api-key-file", file)
        assert done.exit_code == 0
        assert _sign_in(shell).exit_code == 1
        assert relay.posted == []

    @pytest.mark.parametrize(
        ("server", "service", "expected"),
        [
            (f"https://{REAL}", REAL, ""),
            (f"https://{REAL}:8443", REAL, ""),
            (f"https://{REAL}:8443", f"{REAL}:8443", ""),
            (f"https://{REAL}/ledger", REAL, ""),
            ("https://evil.example", REAL, REAL),
            ("http://127.0.0.1:8371", "fenbook-development", ""),
            ("http://[::1]:8371", "fenbook", ""),
        ],
    )
    def test_name_fits_its_host(self, server: str, service: str, expected: str) -> None:
        _expect_name(Session(server, service, 1, {}, 2, ""), expected)

    @pytest.mark.parametrize(
        ("server", "service", "expected"),
        [
            ("https://evil.example", REAL, ""),
            ("https://evil.example", "fenbook", ""),
            (f"https://{REAL}.evil.example", REAL, ""),
            (f"https://{REAL}", REAL, "other.example"),
            ("http://127.0.0.1:8371", REAL, ""),
            ("http://127.0.0.1:8371", "fenbook", REAL),
            ("http://127.0.0.1:8371", "\x1b[2J", ""),
        ],
    )
    def test_name_of_another_is_refused(self, server: str, service: str, expected: str) -> None:
        with pytest.raises(ServiceNameForeign):
            _expect_name(Session(server, service, 1, {}, 2, ""), expected)


class TestLedger:
    def test_ledger_is_remembered_by_who_signs_out(self, shell: Shell, relay: Relay) -> None:
        assert _sign_in(shell, "--service", REAL).exit_code == 0
        assert shell.run("sign-out").exit_code == 0
        relay.contracts["Vouchers"] = "0x" + "22" * 20
        result = _sign_in(shell)
        assert (result.exit_code, "another ledger" in result.stderr) == (1, True)

    def test_file_that_is_none_is_not_begun_anew(self, tmp_path: Path) -> None:
        pins, pin = Pins(tmp_path / "ledgers.json"), Pin(REAL, 1, {"Vouchers": "0x" + "11" * 20})
        assert pins.find("https://a.example") is None
        pins.keep("https://a.example", pin)
        assert pins.find("https://a.example") == pin
        for text in ("", "[]", '{"format": "fenbook-ledgers/2", "ledgers": {}}'):
            pins.path.write_text(text)
            with pytest.raises(SettingInvalid):
                pins.find("https://a.example")
            with pytest.raises(SettingInvalid):
                pins.keep("https://a.example", pin)


class TestSignOut:
    def test_session_is_ended_before_it_is_forgotten(self, shell: Shell, relay: Relay) -> None:
        _sign_in(shell, "--service", REAL)
        relay.session = shell.home / "fenbook" / "session.json"
        assert shell.run("sign-out").exit_code == 0
        assert (relay.deleted, relay.session.exists()) == (["True"], False)

    def test_service_that_is_away_leaves_the_session_good_and_says_so(
        self, served: Served, tmp_path: Path
    ) -> None:
        shell = Shell("b", served.url, tmp_path).sign_in()
        path = tmp_path / "fenbook" / "session.json"
        told = json.loads(path.read_text())
        path.write_text(json.dumps({**told, "server": "http://127.0.0.1:9"}))
        result = shell.run("sign-out")
        assert (result.exit_code, "stays good" in result.stderr) == (1, True)
        assert not path.exists()
        path.write_text(json.dumps(told))
        path.chmod(0o600)
        assert shell.run("voucher", "list").exit_code == 0
        assert shell.run("sign-out").exit_code == 0

    def test_session_that_is_over_is_forgotten(self, served: Served, tmp_path: Path) -> None:
        shell = Shell("b", served.url, tmp_path).sign_in()
        path = tmp_path / "fenbook" / "session.json"
        text = path.read_text()
        assert shell.run("sign-out").exit_code == 0
        path.write_text(text)
        path.chmod(0o600)
        assert shell.run("sign-out").exit_code == 0
        assert not path.exists()

    def test_api_key_is_forgotten_and_stays_good(self, shell: Shell, tmp_path: Path) -> None:
        file = tmp_path / "key"
        file.write_text("fbk_x\n")
        file.chmod(0o600)
        shell.run("sign-in", "--participant", 2, "--api-key-file", file)
        result = shell.run("sign-out")
        assert (result.exit_code, "api-key revoke" in result.stderr) == (0, True)
        assert not (shell.home / "fenbook" / "session.json").exists()
