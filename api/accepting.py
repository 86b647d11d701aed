"""Micro-batches: what comes at the same time is checked, tried and stored together.

Requests queue in the event loop. While a worker thread takes one batch in, the next one gathers; so
nobody waits for company, and the busier the door, the larger the batches.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from ledger.model.errors import LedgerError, ServiceBusy
from ledger.service.intake.first_answers import Accepted, Keyed, Outcome

__all__ = ["Accepting", "Outcome"]

_Waiting = tuple[Keyed, "asyncio.Future[Outcome]"]


class Accepting:
    """Takes writes in for one event loop; in another one it begins anew."""

    def __init__(
        self,
        submit: Callable[[Sequence[Keyed]], Sequence[Outcome]],
        *,
        batch_most: int,
        queue_most: int,
    ) -> None:
        self._submit = submit
        self._batch_most = batch_most
        self._queue_most = queue_most
        self._queue: asyncio.Queue[_Waiting | None] = asyncio.Queue(queue_most)
        self._task: asyncio.Task[None] | None = None

    async def accept(self, write: Keyed) -> Accepted:
        """Take a write in; when this returns it is kept for good. Raises its refusal."""
        loop = asyncio.get_running_loop()
        if self._task is None or self._task.get_loop() is not loop:
            self._queue = asyncio.Queue(self._queue_most)
            self._task = loop.create_task(self._run())
        told: asyncio.Future[Outcome] = loop.create_future()
        try:
            self._queue.put_nowait((write, told))
        except asyncio.QueueFull:
            raise ServiceBusy() from None
        outcome = await told
        if isinstance(outcome, LedgerError):
            raise outcome
        return outcome

    async def close(self) -> None:
        """Finish what has been queued; nothing more may come."""
        if self._task is not None and self._task.get_loop() is asyncio.get_running_loop():
            await self._queue.put(None)
            await self._task
            self._task = None

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        is_open = True
        with ThreadPoolExecutor(1, "accept") as worker:
            while is_open:
                batch, is_open = await self._gathered()
                if not batch:
                    continue
                writes = [write for write, _ in batch]
                try:
                    outcomes = await loop.run_in_executor(worker, self._submit, writes)
                except Exception as failure:  # noqa: BLE001 -- each request answers for it
                    _fail(batch, failure)
                    continue
                for (_, told), outcome in zip(batch, outcomes, strict=True):
                    if not told.done():
                        told.set_result(outcome)

    async def _gathered(self) -> tuple[list[_Waiting], bool]:
        """Whatever waits, at least one; and whether more may come."""
        batch: list[_Waiting] = []
        one = await self._queue.get()
        while one is not None:
            batch.append(one)
            if len(batch) == self._batch_most or self._queue.empty():
                return batch, True
            one = self._queue.get_nowait()
        return batch, False


def _fail(batch: Sequence[_Waiting], failure: Exception) -> None:
    for _, told in batch:
        if not told.done():
            told.set_exception(failure)
