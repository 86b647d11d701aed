"""HTTP/1.1 as uvicorn speaks it, with the head and the body of an answer in one packet."""

import asyncio
from typing import Any, Final, cast

from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["OnePacketProtocol"]

HELD_MOST: Final = 16 << 10
"""Bytes; more are not held back, so that a slow reader stops whoever writes a file to him."""


class OnePacketProtocol(H11Protocol):
    """Writes at once what is written in one turn of the event loop.

    uvicorn writes head and body apart. On a busy door the second call to the system, and the
    second time that the client is woken, cost a tenth of all that an answer costs.
    """

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to speak over a transport."""
        gathering = _Gathering(cast(asyncio.Transport, transport), self.loop)
        super().connection_made(cast(asyncio.Transport, gathering))


class _Gathering:
    """A transport that holds back what is written until the event loop's next turn."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._held = bytearray()

    def write(self, data: bytes) -> None:
        """Write before the next turn ends."""
        if not self._held and data:
            self._loop.call_soon(self._let_go)
        self._held += data
        if len(self._held) > HELD_MOST:
            self._let_go()

    def close(self) -> None:
        """Close once everything is written."""
        self._let_go()
        self._transport.close()

    def _let_go(self) -> None:
        if self._held:
            held, self._held = self._held, bytearray()
            self._transport.write(held)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
