"""Lanes in trouble: logged when it begins and when it is over, and kept for whoever looks in.

Other processes ask for it, and so does a shell; a setting of the database tells them. It is written
when something changes, never at each step. A lane is told by its key's place among the settings'.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from ledger.model.canonical import canonical
from ledger.model.errors import DatabaseBusy, DatabaseFailed
from ledger.service.relaying.relayer import Lane
from ledger.service.running.crash_points import writing
from ledger.store.cursor import put_setting, setting
from ledger.store.database import Database

__all__ = ["LaneWatch", "Trouble", "troubles_of"]

_TROUBLES: Final = "lanes_in_trouble"
_log = structlog.get_logger("fenbook.relay")


@dataclass(frozen=True, slots=True)
class Trouble:
    """What keeps a lane from its work."""

    code: str
    since: int
    """Second of this machine's clock."""


def troubles_of(database: Database) -> Mapping[int, Trouble]:
    """Lanes in trouble as the service last told it, by number."""
    with database.reading() as connection:
        text = setting(connection, _TROUBLES)
    told = {} if text is None else json.loads(text)
    return {int(lane): Trouble(one["code"], one["since"]) for lane, one in told.items()}


class LaneWatch:
    """Sees every lane after its step; `wall` is this machine's clock."""

    def __init__(self, database: Database, wall: Callable[[], int]) -> None:
        self._database, self._wall = database, wall
        self._now: dict[int, Trouble] = {}
        self._kept: dict[int, Trouble] | None = None
        """None while it is not known what a process before this one has left."""

    def see(self, lanes: Sequence[Lane]) -> None:
        """Log what has changed, and keep it; where the database is away, with a later step."""
        now: dict[int, Trouble] = {}
        for number, lane in enumerate(lanes, start=1):
            before = self._now.get(number)
            if lane.problem is None:
                if before is not None:
                    _log.info("lane well again", lane=number, seconds=self._wall() - before.since)
                continue
            code = lane.problem.code
            if before is None or before.code != code:
                _log.warning("lane in trouble", lane=number, code=code)
            since = self._wall() if before is None else before.since
            now[number] = Trouble(code, since)
        self._now = now
        if now != self._kept:
            self._keep(now)

    def _keep(self, now: dict[int, Trouble]) -> None:
        told = {str(lane): {"code": one.code, "since": one.since} for lane, one in now.items()}
        try:
            if now or self._kept or troubles_of(self._database):
                with writing(self._database, "mark") as connection:
                    put_setting(connection, _TROUBLES, canonical(told) if told else None)
        except (DatabaseBusy, DatabaseFailed):
            return
        self._kept = now
