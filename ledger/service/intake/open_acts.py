"""Acts that nobody has to sign, asked for by whoever takes part: settle, lapse, apply unapplied.

The scheduler asks for the same by itself. Whoever asks first, the outcome is the same.
"""

import json
from collections.abc import Callable, Sequence

from ledger.chain.codec import decode_refusal
from ledger.model.errors import CommandUnworkable, IdempotencyKeyBusy
from ledger.service.intake.intake import Intake
from ledger.service.intake.kept_answers import Answered, CameFirst, ClientKey, KeptAnswers
from ledger.service.intake.posted import Act
from ledger.service.intake.simulation import Simulation, Trial
from ledger.service.relaying.gas import estimate
from ledger.service.relaying.outbox import Operation
from ledger.service.running.site import Site
from ledger.store.database import Connection

__all__ = ["OpenActs"]


class OpenActs:
    """Takes acts in, each once under its client's key."""

    def __init__(self, site: Site, intake: Intake, wall: Callable[[], int]) -> None:
        self._intake = intake
        self._answers = KeptAnswers(site.database, wall)
        self._simulation = Simulation(site.endpoint, site.deployment)

    def ask(self, key: ClientKey, act: Act, said: Callable[[Operation], str]) -> Answered:
        """Have an act done; `said` writes the answer. Raises the refusal of today's contracts."""
        if known := self._answers.known(key):
            return known
        self.try_out(act)

        def keep(connection: Connection, operations: Sequence[Operation]) -> None:
            [operation] = operations
            self._answers.keep(connection, key, operation.id, said(operation))

        try:
            [made] = self._intake.request([act], keep, participant=key.participant)
        except CameFirst:
            known = self._answers.known(key)
            if known is None:
                raise IdempotencyKeyBusy() from None
            return known
        return Answered(made.id, said(made), is_replay=False)

    def try_out(self, act: Act) -> None:
        """Raise the refusal with which the contracts would answer now."""
        trial = Trial(act.item, estimate(act.verb, json.loads(act.told)))
        [reason] = self._simulation.reasons([trial])
        if reason is not None:
            raise decode_refusal(reason) or CommandUnworkable()
