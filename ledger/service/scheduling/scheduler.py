"""The scheduler: what time brings, asked for with no special rights.

It works in steps, driven by the blocks that were read: lapses of offers that nobody answered, money
that can be shared at last, keys and versions whose delay is over, reminders, settlement runs. What
it asks for are acts that anybody may ask for; whoever does so first, the outcome is the same. What
fails is logged and rests, and nothing else waits for it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from ledger.model.days import day_of_second
from ledger.service.following.rebuild import REWOUND
from ledger.service.following.stopping import ALARM, stop_of
from ledger.service.intake.intake import Intake
from ledger.service.running.crash_points import writing
from ledger.service.running.patience import Patience
from ledger.service.running.site import Site
from ledger.service.scheduling.due import DUE
from ledger.service.scheduling.errands import Errands
from ledger.service.scheduling.reminding import remind
from ledger.service.scheduling.settling import Settling, begin_run
from ledger.store import runs as run_rows
from ledger.store.cursor import NOWHERE, Cursor, cursor, put_setting, setting
from ledger.store.database import Connection
from ledger.store.errands import forget_reminders
from ledger.store.feed import FeedEvent, events_after, last_seq

__all__ = ["Agenda", "Scheduler"]

SWEEP_SECONDS: Final = 60
"""Chain seconds between two looks for what has come due; a new day is looked at once."""

LOOK_SECONDS: Final = 5.0
"""Seconds after which runs are looked at again although no block has come."""

_HEARD: Final = ("PaymentRecorded", REWOUND)
_EVENTS_MAX: Final = 500
_SEQ: Final = "scheduler_seq"


@dataclass(frozen=True, slots=True)
class Agenda:
    """What a step did."""

    asked: int = 0
    """Operations that it asked for."""
    reminded: int = 0
    """Payables whose parties it told of."""
    is_behind: bool = False
    """Whether there is more to do at once."""


class Scheduler:
    """Steps what time brings; `monotonic` measures waiting and never goes back."""

    def __init__(
        self, site: Site, intake: Intake, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._database, self._monotonic = site.database, monotonic
        self._patience = Patience("schedule", monotonic)
        self._errands = Errands(site, intake, self._patience)
        self._settling = Settling(site, intake, monotonic=monotonic)
        self._seq: int | None = None
        self._swept: Cursor = NOWHERE
        self._looked: tuple[Cursor, float] = (NOWHERE, 0.0)

    def step(self) -> Agenda:
        """Do what there is to do at the last block that was read.

        Raises what the database raises before anything is tried. The next step goes on from what
        is stored.
        """
        with self._database.reading() as connection:
            at, alarm = cursor(connection), setting(connection, ALARM)
            stop = stop_of(connection)
        if alarm is not None or stop is not None or not at.hash:
            return Agenda()
        is_behind = self._patience.tried("listen", self._listen) or False
        asked, reminded = self._sweep(at)
        asked += self._patience.tried("settle", lambda: self._settle(at)) or 0
        return Agenda(asked, reminded, is_behind)

    # ---- payments, and a chain that was wound back

    def _listen(self) -> bool:
        """Read on in the feed; whether there is more."""
        with self._database.reading() as connection:
            if self._seq is None:
                self._seq = int(setting(connection, _SEQ) or 0)
            last = last_seq(connection)
            found = events_after(connection, self._seq, limit=_EVENTS_MAX, kinds=_HEARD)
        is_more = len(found) == _EVENTS_MAX
        reached = found[-1].seq if is_more else last
        if found:
            with writing(self._database, "run") as connection:
                self._database.lock(connection, "settle")
                for one in found:
                    _heed(connection, one)
                put_setting(connection, _SEQ, str(reached))
        self._seq = reached
        return is_more

    # ---- what has come due

    def _sweep(self, at: Cursor) -> tuple[int, int]:
        """Ask for what has come due and tell of what is due, from time to time."""
        elapsed = at.second - self._swept.second
        is_new_day = day_of_second(at.second) != day_of_second(self._swept.second)
        if self._swept.epoch == at.epoch and 0 <= elapsed < SWEEP_SECONDS and not is_new_day:
            return 0, 0
        asked = [self._patience.tried(kind, partial(self._errand, kind)) for kind in DUE]
        reminded = self._patience.tried("remind", lambda: remind(self._database))
        if None not in (*asked, reminded):
            self._swept = at
        return sum(one or 0 for one in asked), reminded or 0

    def _errand(self, kind: str) -> int:
        """Ask for what has come due of a kind."""
        with self._database.reading() as connection:
            due = list(DUE[kind](connection, cursor(connection)))
        return self._errands.ask(due)

    # ---- settlement runs

    def _settle(self, at: Cursor) -> int:
        """Look at the runs when a block has come, or after a while."""
        now = self._monotonic()
        seen, when = self._looked
        if seen == at and 0 <= now - when < LOOK_SECONDS:
            return 0
        asked = self._settling.step()
        self._looked = (at, now)
        return asked


def _heed(connection: Connection, event: FeedEvent) -> None:
    if event.kind == REWOUND:
        run_rows.wind_back(connection, above=event.data["block"])
        forget_reminders(connection, above=event.data["block"])
    else:
        begin_run(connection, event.data["payable_id"], cursor(connection))
