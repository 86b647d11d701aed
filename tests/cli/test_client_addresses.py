"""Where the session's secret goes: to the service that was signed in to, whatever a file says."""

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.verbs import QUOTES as OFFERED
from docs.samples import sample
from ledger.chain.typed_data import Domain, typed_data
from ledger.cli.client import Client
from ledger.cli.sessions import Session
from ledger.cli.verbs import QUOTE_VERBS
from ledger.model.commands import AcceptVoucher
from ledger.model.errors import SettingInvalid
from ledger.model.errors.client import AddressForeign
from tests.cli.conftest import Shell

FOREIGN = (
    ".evil.example/x",
    ":9999/collect",
    "@evil.example/x",
    "https://evil.example/x",
    "//evil.example/x",
    "/\\evil.example/x",
    "v1/about",
    "",
)


class _Collector(http.server.BaseHTTPRequestHandler):
    """Takes whatever is sent to it."""

    def do_POST(self) -> None:
        self.server.seen.append((self.path, self.headers.get("authorization")))  # type: ignore[attr-defined]
        self.send_response(404)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(b'{"status": 404, "code": "ResourceUnknown", "detail": "-"}')

    do_GET = do_POST  # noqa: N815 -- named by the library

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def collector() -> Iterator[Any]:
    server: Any = http.server.HTTPServer(("127.0.0.1", 0), _Collector)
    server.seen = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def _submitted(shell: Shell, folder: Path, server: str, path: str) -> int:
    """Submit a file that names a path, in a session at a server; the exit status."""
    command = sample(AcceptVoucher)
    contracts = {command.desk: "0x" + "11" * 20}
    who = (command.participant, "fbs_SECRET")
    Session(server, "fenbook", 31337, contracts, *who).save(folder / "session")
    told = {
        "format": "fenbook-command/1",
        "command": "AcceptVoucher",
        "path": path,
        "typed_data": typed_data(command, Domain.of(31337, contracts[command.desk])),
        "body": {"message": command.to_message(), "approvals": []},
    }
    (folder / "command.json").write_text(json.dumps(told))
    words = ("command", "submit", folder / "command.json", "--session", folder / "session")
    return shell.run(*words).exit_code


@pytest.mark.parametrize("path", [":{}/collect", "@127.0.0.1:{}/collect"])
def test_file_s_path_sends_the_secret_nowhere(
    core: Shell, collector: Any, tmp_path: Path, path: str
) -> None:
    """A file comes from others: its command says where it goes, and no text in it."""
    port = collector.server_address[1]
    assert _submitted(core, tmp_path, "http://127.0.0.1", path.format(port)) != 0
    assert collector.seen == []


def test_file_goes_where_its_command_goes(core: Shell, collector: Any, tmp_path: Path) -> None:
    server = f"http://127.0.0.1:{collector.server_address[1]}"
    _submitted(core, tmp_path, server, "/v1/rules/set")
    assert collector.seen[-1] == ("/v1/vouchers/accept", "Bearer fbs_SECRET")


@pytest.mark.parametrize("path", FOREIGN)
def test_client_asks_at_no_other_address(path: str) -> None:
    client = Client("http://127.0.0.1:9", secret="fbs_SECRET")
    asking: list[Any] = [
        lambda: client.get(path),
        lambda: client.post(path),
        lambda: client.put(path, None),
        lambda: client.patch(path, None),
        lambda: client.delete(path),
        lambda: client.download(path),
        lambda: client.upload(path, b"", "text/csv", query={}),
        lambda: next(client.rows(path)),
        lambda: client.whole(path),
        lambda: next(client.feed(path, 1, after=0)),
        lambda: next(client.events(path)),
    ]
    for ask in asking:
        with pytest.raises(AddressForeign):
            ask()


@pytest.mark.parametrize(
    "server",
    [
        "https://a.example?x=",
        "https://a.example#x",
        "https://a@b.example",
        "https://",
        "https:///v1",
    ],
)
def test_service_s_address_is_a_plain_one(server: str) -> None:
    with pytest.raises(SettingInvalid):
        Client(server)


def test_quotes_go_where_the_service_takes_them() -> None:
    assert {name: one.path for name, one in QUOTE_VERBS.items()} == {
        name: one.path for name, one in OFFERED.items()
    }
