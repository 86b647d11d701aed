"""Proposes numbers for commands: each participant's count on, close together, never one twice."""

import threading

from ledger.store.database import Database
from ledger.store.nonces import COUNTED_MOST, highest_nonce

__all__ = ["Nonces"]


class Nonces:
    """A count for each participant; safe to share between threads.

    A number that was proposed and not signed stays unused. Whoever signs may choose any other: the
    ledger takes every number once, in whatever order.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turn = threading.Lock()
        self._last: dict[int, int] = {}

    def propose(self, participant: int) -> int:
        """A number that the participant has not used, as far as this service knows."""
        with self._database.reading() as connection:
            used = highest_nonce(connection, participant)
        with self._turn:
            chosen = max(used, self._last.get(participant, -1)) + 1
            self._last[participant] = chosen
        return min(chosen, COUNTED_MOST)
