"""From where a request comes: its peer's address, or what a trusted proxy says of it.

A header that names an address is written by whoever likes. It counts only where the peer is one of
the proxies that the installation names, and then only its end: each proxy appends who asked it, so
that what stands left of the first address that is no trusted proxy's is the client's own word.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final

from fastapi import Request
from starlette.types import Scope

__all__ = ["Origin", "is_within", "networks_of", "origin_in", "origin_of"]

_FORWARDED_FOR: Final = b"x-forwarded-for"
_FORWARDING: Final = frozenset(
    {
        _FORWARDED_FOR,
        *(b"forwarded", b"via", b"x-real-ip"),
        *(b"x-forwarded-host", b"x-forwarded-port", b"x-forwarded-proto"),
    }
)
"""Headers by which a proxy shows itself."""
_HOPS_MOST: Final = 16

_Address = IPv4Address | IPv6Address
_Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Origin:
    """Who asks, as far as addresses tell it."""

    address: str
    """As it is counted and compared; empty where there is none."""
    is_forwarded: bool
    """Whether it says that it came by a proxy, trusted or not."""


def origin_in(scope: Scope, trusted: tuple[str, ...]) -> Origin:
    """From where a request comes, if these are the proxies that are believed."""
    client = scope.get("client")
    peer = str(client[0]) if client else ""
    forwarding = [one for one in scope["headers"] if one[0] in _FORWARDING]
    address, is_forwarded = _read(peer), bool(forwarding)
    if is_forwarded and is_within(peer, trusted):
        named = [value for name, value in forwarding if name == _FORWARDED_FOR]
        address = _client(address, named, trusted)
    return Origin(peer if address is None else str(address), is_forwarded)


def origin_of(request: Request) -> Origin:
    """The same, as the outermost layer has found it."""
    found: Origin = request.scope["state"]["origin"]
    return found


def is_within(address: str, networks: tuple[str, ...]) -> bool:
    """Whether an address lies in one of some networks; no text but an address does."""
    found = _read(address)
    return found is not None and any(found in one for one in networks_of(networks))


@lru_cache(maxsize=16)
def networks_of(texts: tuple[str, ...]) -> tuple[_Network, ...]:
    """Networks and single addresses as they are written; raises `ValueError` for other texts."""
    return tuple(ip_network(one) for one in texts)


# ---- private


def _client(
    peer: _Address | None, named: Sequence[bytes], trusted: tuple[str, ...]
) -> _Address | None:
    """The right-most address that is no trusted proxy's; what cannot be read ends the search."""
    found = peer
    for text in _from_the_right(named):
        address = _read(text)
        if address is None:
            return found
        found = address
        if not is_within(text, trusted):
            return found
    return found


def _from_the_right(named: Sequence[bytes]) -> Iterable[str]:
    texts = b",".join(named).decode("latin-1").rsplit(",", _HOPS_MOST)
    return [one.strip() for one in reversed(texts)][:_HOPS_MOST]


@lru_cache(maxsize=4_096)
def _read(text: str) -> _Address | None:
    """An address, with or without a port; one of IPv4 that is written as IPv6 is of IPv4."""
    host = text
    if text.startswith("["):
        host = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        host = text.partition(":")[0]
    try:
        found = ip_address(host)
    except ValueError:
        return None
    return (isinstance(found, IPv6Address) and found.ipv4_mapped) or found
