"""Whom a message may be posted to: nobody behind this machine's walls, however it is written."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ledger.model.errors import WebhookAddressRefused
from ledger.service.webhooks.client import Undelivered, WebhookClient, is_public, target_of
from tests.service.receiver import Receiver, Say, receiving

PRIVATE = [
    "0.0.0.0", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "127.0.0.1",
    "127.8.8.8", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1",
    "192.168.1.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.1.1.1",
    "240.0.0.1", "255.255.255.255", "168.63.129.16",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "64:ff9b::a00:1",
    "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "2001::1", "2001:db8::1",
    "2002:7f00:1::", "3fff::1", "100::1", "fec0::1", "::7f00:1",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "8.8.8.8", "100.63.255.255", "172.32.0.1", "192.167.0.1", "223.255.255.1",
          "2606:4700:4700::1111", "2400:3200::1"]  # fmt: skip

BAD_URLS = [
    "", "x", "http://example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://a/",
    "https://", "https:///path", "https://user@example.com/", "https://user:word@example.com/",
    "https://example.com/#part", "https://example.com:99999/", "https://example.com:x/",
    "https://exa mple.com/", "https://example.com/\r\nX-Evil: 1", "https://ex\tample.com/",
    "https://例え.jp/", "https://127.0.0.1/", "https://127.0.0.1./", "https://[::1]/",
    "https://10.1.2.3:8443/x", "https://[::ffff:127.0.0.1]/", "https://169.254.169.254/latest",
    "https://[fd00:ec2::254]/", "https://example.com/" + "a" * 2_048,
]  # fmt: skip


class TestAddresses:
    @pytest.mark.parametrize("address", PRIVATE)
    def test_address_that_is_not_of_the_public_internet_is_not_public(self, address: str) -> None:
        assert not is_public(address)

    @pytest.mark.parametrize("address", PUBLIC)
    def test_address_of_the_public_internet_is_public(self, address: str) -> None:
        assert is_public(address)


class TestUrls:
    @pytest.mark.parametrize("url", BAD_URLS)
    def test_address_that_is_never_called_is_refused(self, url: str) -> None:
        with pytest.raises(WebhookAddressRefused):
            target_of(url)
        with pytest.raises(Undelivered):
            WebhookClient(resolve=lambda *_: ["8.8.8.8"]).post(url, b"{}", {})

    def test_address_is_read_into_its_parts(self) -> None:
        found = target_of("https://hooks.example.com/a/b?c=d")
        assert (found.host, found.port, found.path) == ("hooks.example.com", 443, "/a/b?c=d")
        assert target_of("https://example.com:8443").port == 8443
        assert target_of("https://example.com").path == "/"
        assert target_of("https://Example.COM./").host == "example.com"

    def test_loopback_is_allowed_for_evaluation_alone_and_nothing_else_with_it(self) -> None:
        assert target_of("http://127.0.0.1:9/", allows_loopback=True).port == 9
        for url in ("http://10.0.0.1/", "https://192.168.0.1/", "ftp://127.0.0.1/"):
            with pytest.raises(WebhookAddressRefused):
                target_of(url, allows_loopback=True)


class TestResolving:
    @pytest.mark.parametrize("address", PRIVATE)
    def test_name_that_stands_for_a_private_address_is_not_called(
        self, address: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(socket, "create_connection", _never)
        client = WebhookClient(resolve=lambda *_: [address])
        with pytest.raises(Undelivered, match="denied"):
            client.post("https://rebound.example.com/", b"{}", {})

    @pytest.mark.parametrize("order", [1, -1])
    def test_name_that_stands_for_a_private_address_among_others_is_not_called(
        self, order: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(socket, "create_connection", _never)
        client = WebhookClient(resolve=lambda *_: ["8.8.8.8", "127.0.0.1"][::order])
        with pytest.raises(Undelivered, match="denied"):
            client.post("https://rebound.example.com/", b"{}", {})

    def test_connection_goes_to_the_very_address_that_was_looked_at(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A name that stands for another address a moment later leads nowhere else."""
        asked: list[str] = []
        called: list[object] = []

        def resolve(*_: object) -> list[str]:
            asked.append("once")
            return ["8.8.8.8"] if len(asked) == 1 else ["127.0.0.1"]

        def connect(address: object, timeout: float) -> socket.socket:
            called.append((address, timeout > 0))
            raise ConnectionRefusedError

        monkeypatch.setattr(socket, "create_connection", connect)
        with pytest.raises(Undelivered, match="unreachable"):
            WebhookClient(resolve=resolve).post("https://rebound.example.com/", b"{}", {})
        assert (asked, called) == (["once"], [(("8.8.8.8", 443), True)])

    def test_http_is_for_this_machine_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(socket, "create_connection", _never)
        client = WebhookClient(allows_loopback=True, resolve=lambda *_: ["8.8.8.8"])
        with pytest.raises(Undelivered, match="denied"):
            client.post("http://example.com/", b"{}", {})

    def test_name_that_is_none_is_undelivered(self) -> None:
        def resolve(*_: object) -> list[str]:
            raise socket.gaierror

        with pytest.raises(Undelivered, match="unresolved"):
            WebhookClient(resolve=resolve).post("https://nowhere.example.com/", b"{}", {})


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


class TestPosting:
    def test_message_is_posted_as_it_is(self, receiver: Receiver) -> None:
        client = WebhookClient(allows_loopback=True)
        answer = client.post(receiver.url, b'{"a":1}', {"webhook-id": "msg_1"})
        assert (answer.status, answer.retry_after) == (204, None)
        [got] = receiver.got
        assert (got.path, got.body, got.id) == ("/hooks?to=us", b'{"a":1}', "msg_1")
        assert got.headers["host"] == receiver.url.split("/")[2]

    @pytest.mark.parametrize("status", [301, 302, 307, 308])
    def test_redirect_is_not_followed(self, receiver: Receiver, status: int) -> None:
        with receiving() as other:
            receiver.says.append(Say(status, {"Location": other.url}))
            client = WebhookClient(allows_loopback=True)
            assert client.post(receiver.url, b"{}", {}).status == status
            assert other.got == []

    @pytest.mark.parametrize(
        ("text", "seconds"),
        [("7", 7), ("0", 0), ("x", None), ("-1", None), ("9" * 7, None), ("１", None)],
    )
    def test_time_to_wait_is_read_if_it_is_a_number(self, text: str, seconds: int | None) -> None:
        with receiving() as receiver:
            receiver.says.append(Say(429, {"Retry-After": text.encode().decode("latin-1")}))
            answer = WebhookClient(allows_loopback=True).post(receiver.url, b"{}", {})
        assert (answer.status, answer.retry_after) == (429, seconds)

    @pytest.mark.parametrize("say", [Say(wait=2.0), Say(drip=True)])
    def test_receiver_that_is_slow_in_any_way_is_left_in_time(
        self, receiver: Receiver, say: Say
    ) -> None:
        receiver.says.append(say)
        client, begun = WebhookClient(allows_loopback=True, seconds=0.3), time.monotonic()
        with pytest.raises(Undelivered, match="timeout"):
            client.post(receiver.url, b"{}", {})
        assert time.monotonic() - begun < 1.5

    @pytest.mark.parametrize(
        "raw", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 abc OK\r\n\r\n", b"HTTP/1.1 " + b"2" * 70_000]
    )
    def test_answer_that_is_none_is_undelivered(self, receiver: Receiver, raw: bytes) -> None:
        receiver.says.append(Say(raw=raw))
        with pytest.raises(Undelivered, match=r"broken|unreachable"):
            WebhookClient(allows_loopback=True).post(receiver.url, b"{}", {})

    def test_receiver_that_is_not_there_is_undelivered(self) -> None:
        with receiving() as receiver:
            url = receiver.url
        with pytest.raises(Undelivered, match="unreachable"):
            WebhookClient(allows_loopback=True, seconds=2).post(url, b"{}", {})

    def test_certificate_that_nobody_vouches_for_is_refused(self, tmp_path: Path) -> None:
        with _tls_server(tmp_path) as port:
            client = WebhookClient(allows_loopback=True, seconds=5)
            with pytest.raises(Undelivered, match="certificate"):
                client.post(f"https://localhost:{port}/", b"{}", {})


def _never(*_: object, **__: object) -> socket.socket:
    raise AssertionError("somebody was called")


class _tls_server:  # noqa: N801 -- used as a function
    """A server with a certificate of its own making."""

    def __init__(self, folder: Path) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .sign(key, hashes.SHA256())
        )
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        path = folder / "server.pem"
        path.write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(path)
        self._listener = socket.create_server(("127.0.0.1", 0))

    def __enter__(self) -> int:
        threading.Thread(target=self._serve, daemon=True).start()
        return int(self._listener.getsockname()[1])

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _serve(self) -> None:
        try:
            connected, _ = self._listener.accept()
            with connected:
                connected.settimeout(5)
                self._context.wrap_socket(connected, server_side=True).close()
        except OSError:
            pass
