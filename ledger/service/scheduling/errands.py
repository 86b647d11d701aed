"""Errands: acts that nobody has to sign, asked for once each when the ledger would carry them out.

An errand has a name, which says what is to be done and not when it was asked for: whoever begins
again finds it. What is due is only a guess from the rows; whether it may be done says the contract.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ledger.chain.endpoint import ENDPOINT_FAILURES
from ledger.service.intake.intake import Intake
from ledger.service.intake.posted import Act
from ledger.service.intake.simulation import Simulation, Trial
from ledger.service.relaying.gas import estimate
from ledger.service.relaying.outbox import Operation
from ledger.service.running.patience import Patience
from ledger.service.running.site import Site
from ledger.store import errands as rows
from ledger.store.database import Connection
from ledger.store.errands import Asked
from ledger.store.tables.operations import REFUSED

__all__ = ["Errand", "Errands"]

ASKED_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class Errand:
    """What is to be done, under a name that is its alone."""

    key: str
    act: Act

    @property
    def trial(self) -> Trial:
        """The call and the room it takes."""
        return Trial(self.act.item, estimate(self.act.verb, json.loads(self.act.told)))


class Errands:
    """Asks for errands; one that cannot be asked for keeps no other from it."""

    def __init__(self, site: Site, intake: Intake, patience: Patience) -> None:
        self._database, self._intake, self._patience = site.database, intake, patience
        self._simulation = Simulation(site.endpoint, site.deployment)

    def ask(self, errands: Sequence[Errand]) -> int:
        """Ask for those that are not on their way and would pass now; returns how many.

        Raises what an endpoint raises: then none of them can be tried.
        """
        ready = [one for one in errands if not self._patience.is_resting(one.key)]
        asked = 0
        for start in range(0, len(ready), ASKED_AT_ONCE):
            some = ready[start : start + ASKED_AT_ONCE]
            try:
                asked += self._ask(some)
            except ENDPOINT_FAILURES:
                raise
            except Exception:  # noqa: BLE001 -- whose fault it is, each by itself tells
                asked += sum(self._alone(one) for one in some)
        return asked

    def _alone(self, errand: Errand) -> int:
        return self._patience.tried(errand.key, lambda: self._ask([errand])) or 0

    def _ask(self, errands: Sequence[Errand]) -> int:
        with self._database.reading() as connection:
            known = rows.find_errands(connection, [one.key for one in errands])
        fresh = [one for one in errands if _is_open(known.get(one.key))]
        reasons = self._simulation.reasons([one.trial for one in fresh])
        due = [one for one, reason in zip(fresh, reasons, strict=True) if reason is None]
        if not due:
            return 0

        def keep(connection: Connection, operations: Sequence[Operation]) -> None:
            for errand, operation in zip(due, operations, strict=True):
                before, wall = known.get(errand.key), operation.accepted_wall
                instead_of = None if before is None else before.operation
                if not rows.take_errand(
                    connection, errand.key, operation.id, instead_of=instead_of, wall=wall
                ):
                    raise _Overtaken()

        try:
            self._intake.request([one.act for one in due], keep)
        except _Overtaken:
            return 0  # another process has asked for one of them; the next step looks again
        return len(due)


def _is_open(asked: Asked | None) -> bool:
    """Whether nobody does it: it was not asked for, or the ledger refused it at the time."""
    return asked is None or asked.state == REFUSED


class _Overtaken(Exception):
    """Somebody else has asked for it."""
