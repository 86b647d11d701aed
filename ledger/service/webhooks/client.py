"""Posts a message to an address that a participant has named, and to nobody else.

The name is resolved here, every address it stands for must be a public one, and the connection goes
to that very address: a name that is resolved otherwise a moment later leads nowhere else. Nothing
is followed, nothing of the answer but its status is read, and all of it ends in time.
"""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address
from typing import Any, Final, cast
from urllib.parse import urlsplit

from ledger.model.errors import WebhookAddressRefused

__all__ = ["Answered", "Target", "Undelivered", "WebhookClient", "is_public", "target_of"]

URL_LENGTH: Final = 2_048
_PORTS: Final = {"https": 443, "http": 80}

_DENIED: Final = tuple(
    IPv4Network(one)
    for one in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24",
        "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "168.63.129.16/32",  # a cloud's own services, on a public address
    )
)  # fmt: skip
"""Private, loopback, link-local (metadata), shared, reserved, of documentation, multicast."""

_UNICAST: Final = IPv6Network("2000::/3")
_DENIED_6: Final = tuple(
    IPv6Network(one) for one in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
"""Within unicast: tunnels that hide an IPv4 address, protocols' own, documentation."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a message goes."""

    scheme: str
    host: str
    port: int
    path: str
    """With its query."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a receiver answered."""

    status: int
    retry_after: int | None = None
    """Seconds, where it said so."""


class Undelivered(Exception):
    """No answer came: `unresolved`, `denied`, `unreachable`, `certificate`, `timeout`, `broken`."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def is_public(address: str) -> bool:
    """Whether an address belongs to the public internet."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv4Address):
        return not any(found in one for one in _DENIED)
    return found in _UNICAST and not any(found in one for one in _DENIED_6)


def target_of(url: str, *, allows_loopback: bool = False) -> Target:
    """The parts of an address; raises `WebhookAddressRefused` for one that is never called.

    Whether its name stands for a public address is looked at each time it is called.
    """
    if len(url) > URL_LENGTH or not url.isascii() or not url.isprintable() or " " in url:
        raise WebhookAddressRefused()
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise WebhookAddressRefused() from None
    is_local = allows_loopback and parts.scheme == "http" and _is_local(host)
    if parts.scheme != "https" and not is_local:
        raise WebhookAddressRefused()
    if parts.username is not None or parts.password is not None or "#" in url or not host:
        raise WebhookAddressRefused()
    with suppress(ValueError):
        if not _is_allowed(ip_address(host).compressed, allows_loopback=allows_loopback):
            raise WebhookAddressRefused()
    path = parts.path or "/"
    return Target(
        scheme=parts.scheme,
        host=host,
        port=_PORTS[parts.scheme] if port is None else port,
        path=f"{path}?{parts.query}" if parts.query else path,
    )


def _is_local(host: str) -> bool:
    """Whether a host is this machine by its name."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_allowed(address: str, *, allows_loopback: bool) -> bool:
    return is_public(address) or (allows_loopback and ip_address(address).is_loopback)


def _resolved(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


class WebhookClient:
    """Calls receivers; safe to share between threads."""

    def __init__(
        self,
        *,
        allows_loopback: bool = False,
        seconds: float = 10.0,
        resolve: Callable[[str, int], Sequence[str]] = _resolved,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`allows_loopback`: for evaluation, receivers on this machine are called too, by http."""
        self.allows_loopback, self._seconds = allows_loopback, seconds
        self._resolve, self._monotonic = resolve, monotonic

    @cached_property
    def _context(self) -> ssl.SSLContext:
        """Whom to trust; to read it takes as long as many calls."""
        return ssl.create_default_context()

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answered:
        """Post a body and return the answer's status; raises `Undelivered`."""
        try:
            target = target_of(url, allows_loopback=self.allows_loopback)
        except WebhookAddressRefused:
            raise Undelivered("denied") from None
        deadline = self._monotonic() + self._seconds
        try:
            return self._posted(target, body, headers, deadline)
        except socket.gaierror:
            raise Undelivered("unresolved") from None
        except TimeoutError:
            raise Undelivered("timeout") from None
        except ssl.SSLError:
            raise Undelivered("certificate") from None
        except OSError:
            raise Undelivered("unreachable") from None
        except (http.client.HTTPException, ValueError):
            raise Undelivered("broken") from None

    def _posted(
        self, target: Target, body: bytes, headers: Mapping[str, str], deadline: float
    ) -> Answered:
        with self._connected(target, deadline) as connected:
            timed = _Timed(connected, lambda: deadline - self._monotonic())
            connection = http.client.HTTPConnection(target.host, target.port)
            connection.sock = cast(Any, timed)
            connection.request("POST", target.path, body, dict(headers))
            answer = connection.getresponse()
            return Answered(answer.status, _seconds_of(answer.getheader("Retry-After")))

    def _connected(self, target: Target, deadline: float) -> socket.socket:
        addresses = self._checked(self._resolve(target.host, target.port))
        if target.scheme == "http":
            if not all(ip_address(one).is_loopback for one in addresses):
                raise Undelivered("denied")
            return self._reached(addresses, target.port, deadline)
        made = self._reached(addresses, target.port, deadline)
        try:
            return self._context.wrap_socket(made, server_hostname=target.host)
        except BaseException:
            made.close()
            raise

    def _checked(self, addresses: Sequence[str]) -> Sequence[str]:
        """The addresses of a name: every one of them must be allowed."""
        allowed = [_is_allowed(one, allows_loopback=self.allows_loopback) for one in addresses]
        if not allowed or not all(allowed):
            raise Undelivered("denied")
        return addresses

    def _reached(self, addresses: Iterable[str], port: int, deadline: float) -> socket.socket:
        """A connection to the first address that answers."""
        failure: OSError | None = None
        for address in addresses:
            left = deadline - self._monotonic()
            if left <= 0:
                raise TimeoutError
            try:
                return socket.create_connection((address, port), timeout=left)
            except OSError as failed:
                failure = failed
        raise failure or TimeoutError


class _Timed:
    """A connection whose reads and writes together end in time, however slowly bytes drip."""

    def __init__(self, connected: socket.socket, left: Callable[[], float]) -> None:
        self._connected, self._left = connected, left

    def _hurry(self) -> socket.socket:
        left = self._left()
        if left <= 0:
            raise TimeoutError
        self._connected.settimeout(left)
        return self._connected

    def sendall(self, data: bytes) -> None:
        self._hurry().sendall(data)

    def recv_into(self, buffer: Any) -> int:
        return self._hurry().recv_into(buffer)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reading(self))

    def close(self) -> None:
        """Whoever opened the connection closes it."""


class _Reading(io.RawIOBase):
    """What `http.client` reads from."""

    def __init__(self, timed: _Timed) -> None:
        self._timed = timed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._timed.recv_into(buffer)


def _seconds_of(text: str | None) -> int | None:
    """A number of seconds that a receiver asks to wait; a date is not taken."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 6:
        return None
    return int(text)
