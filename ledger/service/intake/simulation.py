"""What would become of calls, asked of the relay without sending: many in one question."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ledger.chain.batches import reasons_of, relay_call
from ledger.chain.calls import Item
from ledger.chain.deployment import Deployment
from ledger.chain.endpoint import Endpoint, Question
from ledger.chain.transactions import Reverted
from ledger.service.relaying.gas import BATCH_BYTES, BATCH_GAS
from ledger.service.running.crash_points import calling

__all__ = ["UNWORKABLE", "Simulation", "Trial", "batches_of"]

UNWORKABLE = b""
"""In the place of a reason: the call breaks off, and every batch with it."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A call and the room it takes at its worst."""

    item: Item
    gas: int

    @property
    def size(self) -> int:
        """Bytes that it takes in a batch."""
        return len(self.item.data) + 4


class Simulation:
    """Asks the relay what would become of calls now."""

    def __init__(self, endpoint: Endpoint, deployment: Deployment) -> None:
        self._endpoint, self._deployment = endpoint, deployment

    def reasons(self, trials: Sequence[Trial]) -> list[bytes | None]:
        """Why each call would be refused; None for one that would be carried out.

        Calls that fit into one batch see what those before them would do.
        """
        found: list[bytes | None] = []
        batches = list(batches_of(trials))
        for batch, answers in zip(batches, self._ask(batches), strict=True):
            found += self._alone(batch) if answers is None else answers
        return found

    def after(self, before: Sequence[Trial], trial: Trial) -> bytes | None:
        """Why a call would be refused after others; None if it would be carried out.

        Of the others the last ones count, as many as there is room for.
        """
        [batch] = self._ask([[*_last(before, BATCH_GAS - trial.gas), trial]])
        return self.reasons([trial])[0] if batch is None else batch[-1]

    def _ask(self, batches: Sequence[Sequence[Trial]]) -> list[list[bytes | None] | None]:
        """The reasons of each batch; None for one that breaks off."""
        relay = self._deployment.address("Relay")
        questions = [
            Question(relay, relay_call(self._deployment, [trial.item for trial in batch]))
            for batch in batches
        ]
        with calling("simulate"):
            answers = self._endpoint.calls(questions)
        return [
            None
            if isinstance(answer, Reverted)
            else [reason or None for reason in reasons_of(answer, len(batch))]
            for batch, answer in zip(batches, answers, strict=True)
        ]

    def _alone(self, batch: Sequence[Trial]) -> list[bytes | None]:
        """The reasons of a batch that breaks off, found by halves."""
        if len(batch) == 1:
            return [UNWORKABLE]
        middle = len(batch) // 2
        halves = [batch[:middle], batch[middle:]]
        found: list[bytes | None] = []
        for half, answers in zip(halves, self._ask(halves), strict=True):
            found += self._alone(half) if answers is None else answers
        return found


def batches_of(trials: Sequence[Trial]) -> Iterator[list[Trial]]:
    """Calls in order, in batches that have room; one that is larger than all room goes alone."""
    batch: list[Trial] = []
    gas = size = 0
    for trial in trials:
        is_full = gas + trial.gas > BATCH_GAS or size + trial.size > BATCH_BYTES
        if batch and is_full:
            yield batch
            batch, gas, size = [], 0, 0
        batch.append(trial)
        gas, size = gas + trial.gas, size + trial.size
    if batch:
        yield batch


def _last(trials: Sequence[Trial], gas: int) -> list[Trial]:
    found: list[Trial] = []
    for trial in reversed(trials):
        gas -= trial.gas
        if gas < 0:
            break
        found.append(trial)
    return found[::-1]
