"""Lives of a service whose whole office is at work, ended by SIGKILL."""

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Final
from unittest.mock import patch

from ledger.service.reconciliation import reconciling
from ledger.service.running import crash_points
from ledger.service.running.service import Service
from ledger.service.running.settings import Settings
from tests.databases import database_url
from tests.faults.lives import Report, acknowledge, forked, striking
from tests.faults.office_day import OfficeDay
from tests.faults.office_verdict import ANSWERS, office_verdict
from tests.faults.points import OFFICE_POINTS
from tests.faults.unreliable import faltering

__all__ = ["Office"]

_MORE_DEATHS_MAX: Final = 3
_QUESTION: Final = 3
"""At which question about the books the node of each life is away."""


@dataclass
class Office:
    """Runs of a payable's whole life on the embedded chain; `mail` receives webhooks."""

    engine: str
    folder: Path
    mail: str
    report: Report
    _hits: Counter[str] = field(default_factory=Counter)
    """How often an undisturbed life comes to each point."""

    def run(self, seed: int, point: str) -> None:
        """Lives that end, the first at a point, until one comes to rest; then all is judged."""
        chance = Random(seed)
        if not self._hits:
            self._count()
        more = chance.choices(OFFICE_POINTS, k=chance.randint(1, _MORE_DEATHS_MAX))
        acknowledged: dict[str, str] = {}
        receiver = f"{self.mail}&run={self.report.runs}"
        with database_url(self.engine, self.folder) as url:
            for life, at in enumerate([point, *more, ""]):
                # Later lives come less often to what is done by then.
                hit = chance.randint(1, max(1, self._hits[at] // (1 + life)))
                self.report.lives += 1
                work = partial(_work, url, life, receiver, striking(at, hit))
                killed, lines = forked(work)
                acknowledge(lines, acknowledged)
                if killed:
                    self.report.kills["office"][at] += 1
            self.report.runs += 1
            self.report.commands += len(ANSWERS)
            office_verdict(url, receiver, self.folder / "mail", acknowledged)

    def _count(self) -> None:
        """Count the points of a life that is not ended; it must come to each of them.

        In this process, so that its children know what the chain's quick engine has learnt.
        """
        with database_url(self.engine, self.folder) as url:
            self._hits = _counted(url, f"{self.mail}&run=none")
        never = [one for one in OFFICE_POINTS if not self._hits[one]]
        if never:
            raise RuntimeError(f"the work never comes to {never}")


def _work(url: str, life: int, receiver: str, strike: Callable[[str], None], told: int) -> None:
    """A life of the service, in one thread."""
    with (
        crash_points.hook(strike),
        patch.object(reconciling, "_BEAT_SECONDS", 0),
        faltering(_QUESTION),
    ):
        settings = Settings(database=url, webhook_loopback=True)  # type: ignore[arg-type]
        service = Service.open(settings)
        OfficeDay(service, life, receiver, told).work()
        service.close()


def _counted(url: str, receiver: str) -> Counter[str]:
    passed: Counter[str] = Counter()

    def strike(point: str) -> None:
        passed[point] += 1

    with open(os.devnull, "wb") as nobody:
        _work(url, 0, receiver, strike, nobody.fileno())
    return passed
