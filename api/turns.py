"""Requests of one name take turns: who comes second finds what the first has left."""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from ledger.model.errors import ServiceBusy

__all__ = ["Turns"]

WAITING_BYTES: Final = 32 << 20
"""What all who wait may hold: three of the largest files, or some hundred small requests."""
_LEAST: Final = 64 << 10
"""What a request holds beside its body, at most."""


@dataclass(slots=True)
class _Turn:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    present: int = 0
    """Whoever has it or waits for it."""


class Turns:
    """Turns of one event loop; a name that nobody waits under is forgotten."""

    def __init__(self, waiting_bytes: int = WAITING_BYTES) -> None:
        self._turns: dict[Hashable, _Turn] = {}
        self._waiting, self._most = 0, waiting_bytes

    @asynccontextmanager
    async def taken(self, *name: Hashable, size: int) -> AsyncIterator[None]:
        """One's turn, waited for with a body of so many bytes.

        Whoever comes first of a name waits for nobody. Raises `ServiceBusy` where those who wait
        would hold too much.
        """
        turn, weight = self._turns.get(name) or _Turn(), size + _LEAST
        if turn.present and self._waiting + weight > self._most:
            raise ServiceBusy()
        self._turns[name] = turn
        turn.present += 1
        try:
            await self._wait(turn.lock, weight)
            try:
                yield
            finally:
                turn.lock.release()
        finally:
            turn.present -= 1
            if not turn.present:
                del self._turns[name]

    async def _wait(self, lock: asyncio.Lock, weight: int) -> None:
        self._waiting += weight
        try:
            await lock.acquire()
        finally:
            self._waiting -= weight
