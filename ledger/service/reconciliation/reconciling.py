"""Chain, rows and deposits compared from time to time and on request; the last outcome is kept.

What is asked for and what was found stands in the database, so that every process tells the same.
"""

import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import structlog

from ledger.service.following.stopping import ALARM, stop_of
from ledger.service.intake.kept_answers import Keep, not_kept
from ledger.service.reconciliation.reconcile import Pace, Reconciled, reconcile
from ledger.service.running.crash_points import writing
from ledger.service.running.site import Site
from ledger.store.cursor import put_setting, setting
from ledger.store.database import Connection, Database

__all__ = ["DIFFERENCES_KEPT", "LastReconciled", "Reconciling", "ask_for", "last_reconciled"]

DIFFERENCES_KEPT: Final = 200
"""Differences that are kept one by one; all are counted."""

_EVERY_SECONDS: Final = 6 * 3600
_QUIET_SECONDS: Final = 600
"""After its start a service compares nothing by itself for so long."""
_BEAT_SECONDS: Final = 10
"""So often a comparison says that it goes on."""
_LOST_SECONDS: Final = 120
"""A comparison that has said nothing for so long has died with its process, and is made again."""
_AHEAD_SECONDS: Final = 120
"""By so much another machine's clock may be ahead; what lies further ahead is a clock set back."""
_LOOK_SECONDS: Final = 1.0
_SETTLE_SECONDS: Final = 1.0

_ASKED, _RUNNING, _LAST = "reconcile_asked", "reconcile_running", "reconcile_last"

_log = structlog.get_logger("fenbook.reconcile")


@dataclass(frozen=True, slots=True)
class LastReconciled:
    """What is known of comparisons."""

    is_running: bool
    is_asked: bool
    """Whether another one is to come at once."""
    ended_wall: int = 0
    """0 before the first."""
    block: int = 0
    compared: Mapping[str, int] | None = None
    """Records of each matter."""
    amount: int = 0
    """Difference in fen."""
    difference_count: int = 0
    differences: tuple[Mapping[str, Any], ...] = ()
    """The first of them, as the comparison says them."""


def last_reconciled(connection: Connection, *, wall: int) -> LastReconciled:
    """The last comparison that ended, and whether one runs."""
    is_asked, is_running = setting(connection, _ASKED) is not None, _runs(connection, wall)
    kept = setting(connection, _LAST)
    if kept is None:
        return LastReconciled(is_running, is_asked)
    told = json.loads(kept)
    told["differences"] = tuple(told["differences"])
    return LastReconciled(is_running, is_asked, **told)


def ask_for(database: Database, keep: Keep = not_kept, *, wall: int) -> None:
    """Have everything compared in the background; asked again meanwhile it stays one comparison."""
    with writing(database, "want comparison") as connection:
        database.lock(connection, "reconcile")
        put_setting(connection, _ASKED, str(wall))
        keep(connection, None)


class _Overtaken(Exception):
    """Another process has taken this comparison for lost, and makes it again."""


class Reconciling:
    """Compares when it is due or asked for; never twice at once, in however many processes."""

    def __init__(
        self,
        site: Site,
        *,
        wall: Callable[[], int] = lambda: int(time.time()),
        settle: Callable[[], None] = lambda: time.sleep(_SETTLE_SECONDS),
    ) -> None:
        self._site, self._wall, self._settle = site, wall, settle
        self._begun = self._beaten = wall()
        self._token = ""
        """Names the comparison that goes on, so that nobody ends another's."""
        self._is_owed = False
        """Whether somebody waits for it."""

    def step(self) -> float:
        """Compare if it is time to; in how many seconds to look again.

        Raises what the endpoint and the database raise; what was asked for is then still to come.
        """
        if not self._claimed():
            return _LOOK_SECONDS
        try:
            found = reconcile(
                self._site.database,
                self._site.endpoint,
                self._site.deployment,
                pace=Pace(self._settle, self._beat),
            )
        except _Overtaken:
            return _LOOK_SECONDS
        except BaseException:
            self._end(None)
            raise
        if self._end(found) and not found.is_right:
            _log.error("books differ", count=len(found.differences))
        return _LOOK_SECONDS

    def _claimed(self) -> bool:
        """Whether it is this process's to compare now."""
        wall = self._wall()
        with self._site.database.reading() as connection:
            if not self._is_due(connection, wall):
                return False
        with writing(self._site.database, "begin comparison") as connection:
            self._site.database.lock(connection, "reconcile")
            if not self._is_due(connection, wall):
                return False
            # One that was lost may have been asked for: that was forgotten when it began.
            is_lost = setting(connection, _RUNNING) is not None
            self._is_owed = is_lost or setting(connection, _ASKED) is not None
            self._token, self._beaten = secrets.token_hex(8), wall
            put_setting(connection, _RUNNING, f"{wall} {self._token}")
            put_setting(connection, _ASKED, None)
        return True

    def _beat(self) -> None:
        """Say now and then that it goes on."""
        wall = self._wall()
        if 0 <= wall - self._beaten < _BEAT_SECONDS:
            return
        with writing(self._site.database, "continue comparison") as connection:
            self._site.database.lock(connection, "reconcile")
            if not self._is_own(connection):
                raise _Overtaken()
            put_setting(connection, _RUNNING, f"{wall} {self._token}")
        self._beaten = wall

    def _is_due(self, connection: Connection, wall: int) -> bool:
        if stop_of(connection) is not None or setting(connection, ALARM) is not None:
            return False  # rows that stand still differ from a chain that goes on
        last = last_reconciled(connection, wall=wall)
        is_time = not (
            _is_within(_EVERY_SECONDS, last.ended_wall, wall)
            or _is_within(_QUIET_SECONDS, self._begun, wall)
        )
        is_lost = setting(connection, _RUNNING) is not None
        return not last.is_running and (last.is_asked or is_lost or is_time)

    def _end(self, found: Reconciled | None) -> bool:
        """Keep what it found; without it, it is still owed to who asked. False if overtaken."""
        with writing(self._site.database, "end comparison") as connection:
            self._site.database.lock(connection, "reconcile")
            if not self._is_own(connection):
                return False
            put_setting(connection, _RUNNING, None)
            if found is not None:
                put_setting(connection, _LAST, json.dumps(self._told(found)))
            elif self._is_owed:
                put_setting(connection, _ASKED, str(self._wall()))
        return True

    def _is_own(self, connection: Connection) -> bool:
        return (setting(connection, _RUNNING) or "").endswith(f" {self._token}")

    def _told(self, found: Reconciled) -> dict[str, Any]:
        return {
            "ended_wall": self._wall(),
            "block": found.block,
            "compared": dict(found.compared),
            "amount": found.amount,
            "difference_count": len(found.differences),
            "differences": found.to_json()["differences"][:DIFFERENCES_KEPT],
        }


def _runs(connection: Connection, wall: int) -> bool:
    running = setting(connection, _RUNNING)
    return running is not None and _is_within(_LOST_SECONDS, int(running.split()[0]), wall)


def _is_within(seconds: int, since: int, wall: int) -> bool:
    """Whether less than so many seconds have passed; not if a clock was set back meanwhile."""
    return -_AHEAD_SECONDS < wall - since < seconds
