"""Whether a door can be at an address, asked before anything is founded or opened behind it."""

import socket

from ledger.model.errors import SettingInvalid

__all__ = ["expect_free"]


def expect_free(host: str, port: int) -> None:
    """Raise `SettingInvalid` where the server could not listen at every address of a host."""
    try:
        found = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        for family, kind, number, _, place in found:
            with socket.socket(family, kind, number) as tried:
                # As the server does: a port that was left a moment ago, and IPv6 beside IPv4.
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    tried.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                tried.bind(place)
    except (OSError, UnicodeError) as failure:
        said = getattr(failure, "strerror", None) or str(failure)
        problem = f"cannot listen: {host}:{port}, {said}"
        raise SettingInvalid(setting="--host, --port", problem=problem) from None
