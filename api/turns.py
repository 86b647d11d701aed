"""Requests of one name take turns: who comes second finds what the first has left."""

import asyncio
from collections.abc import Hashable
from weakref import WeakValueDictionary

__all__ = ["Turns"]


class Turns:
    """Turns of one event loop; a name that nobody waits under is forgotten."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    def of(self, *name: Hashable) -> asyncio.Lock:
        """What to hold during one's turn."""
        return self._locks.setdefault(name, asyncio.Lock())
