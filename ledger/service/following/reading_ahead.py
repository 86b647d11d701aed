"""The next stretch of blocks, asked for while the one before it is written.

Else the node would wait for the writer and the writer for the node, turn by turn, for as long as
there is a chain to catch up with.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from ledger.service.following.blocks import Stretch
from ledger.store.cursor import Cursor

__all__ = ["ReadingAhead"]


class ReadingAhead:
    """Keeps one stretch. No thread outlives the writing that it accompanies."""

    def __init__(self) -> None:
        self._found: Stretch | None = None

    def take(self, at: Cursor, target: int) -> Stretch | None:
        """What was read ahead, if it follows this place and goes no further than a block."""
        found, self._found = self._found, None
        if found is None or found.blocks[0].parent != at.hash or found.last.number > target:
            return None
        return found

    @contextmanager
    def asking(self, ask: Callable[[], Stretch] | None) -> Iterator[None]:
        """Ask meanwhile, if there is anything to ask for.

        A failure is nobody's here: whoever wants the stretch asks again, and is told.
        """
        if ask is None:
            yield
            return
        with ThreadPoolExecutor(1, "ahead") as pool:
            coming = pool.submit(ask)
            yield
        if coming.exception() is None:
            self._found = coming.result()
