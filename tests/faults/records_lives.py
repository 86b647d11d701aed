"""Lives of a service that keeps private records, and of the shell that renews their keys."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Final
from unittest.mock import patch

from ledger.records.commitments import RecordKind
from ledger.records.profiles import Profile
from ledger.records.vault import MasterKeys
from ledger.service.records import resealing
from ledger.service.records.directory import Directory, Reader
from ledger.service.records.keyring import Keyring, Purpose
from ledger.service.records.resealing import reseal
from ledger.service.running import crash_points
from ledger.store.database import Database
from tests.databases import database_url
from tests.faults.lives import Report, acknowledge, forked, striking, tell
from tests.faults.points import RECORDS_POINTS
from tests.faults.verdict import hold
from tests.records.thief import old_keys, opened_by_thief

__all__ = ["Records"]

_MASTER: Final = bytes(range(32))
_NEW_MASTER: Final = bytes(range(1, 33))
_EARLY: Final = (1, 2, 3)
"""Participants of which there were records when the keys were stolen."""
_LATE: Final = (4, 5)
_CHANGES: Final = 2
_MEMOS: Final = 2
_DAY: Final = 86_400
_BY_ROWS: Final = 3
"""Values in one transaction of the shell that seals anew."""
_LIVES: Final = 4
_READER: Final = Reader(9, "session 1", "credit check")


@dataclass
class Records:
    """Runs over private records alone, which need no chain."""

    engine: str
    folder: Path
    report: Report
    _hits: Counter[str] = field(default_factory=Counter)
    """How often an undisturbed life comes to each point."""

    def run(self, seed: int, point: str) -> None:
        """Lives that end, the first at a point, until one does not; then all is opened."""
        chance = Random(seed)
        if not self._hits:
            self._count()
        acknowledged: dict[str, str] = {}
        with database_url(self.engine, self.folder) as url:
            stolen = _founded(url)
            for life in range(_LIVES):
                at = chance.choice(RECORDS_POINTS) if life else point
                at = "" if life == _LIVES - 1 else at
                hit = chance.randint(1, max(1, self._hits[at] // (1 + life)))
                self.report.lives += 1
                work = partial(_work, url, set(acknowledged), striking(at, hit))
                killed, lines = forked(work)
                acknowledge(lines, acknowledged)
                if killed:
                    self.report.kills["records"][at] += 1
            self.report.runs += 1
            _judge(url, acknowledged, stolen)

    def _count(self) -> None:
        with database_url(self.engine, self.folder) as url, open(os.devnull, "wb") as nobody:
            _founded(url)
            passed: list[str] = []
            _work(url, set(), passed.append, nobody.fileno())
        self._hits = Counter(passed)
        never = [one for one in RECORDS_POINTS if not self._hits[one]]
        if never:
            raise RuntimeError(f"the work never comes to {never}")


@contextmanager
def _directory(url: str, masters: MasterKeys, *, days: int = 0) -> Iterator[Directory]:
    """The records as a process has them whose clock is some days ahead."""
    database = Database.open(url)

    def wall() -> int:
        return int(time.time()) + days * _DAY

    try:
        yield Directory(database, Keyring(database, masters, wall), wall)
    finally:
        database.close()


def _founded(url: str) -> dict[int, bytes]:
    """Have some records there; the keys of then, as a thief has them."""
    with _directory(url, MasterKeys(_MASTER)) as directory:
        for one in _EARLY:
            directory.put(Profile(one, name_en=_name(one, 0)))
        return old_keys(directory.database)


def _work(url: str, known: set[str], strike: Callable[[str], None], told: int) -> None:
    """Whatever was not answered yet: records change, the keys are renewed beside, and again."""
    with (
        crash_points.hook(strike),
        _directory(url, MasterKeys(_MASTER, [_NEW_MASTER])) as directory,
    ):
        for one in _EARLY:
            directory.keyring.key(one, Purpose.RECORDS)  # at hand from now on
        _recorded(directory, (*_EARLY, *_LATE[:1]), known, told)
        if "rotated" not in known:
            _rotated(url)
            tell(told, "rotated", "once")
        # By who still has the keys from before, and seals under them.
        _recorded(directory, _LATE[1:], known, told)
        for one in _EARLY:
            _committed(directory, one, _MEMOS, known, told)
        if "read" not in known:
            hold(len(directory.read(_EARLY, _READER)) == len(_EARLY), "a profile is gone")
            tell(told, "read", _READER.actor.replace(" ", "-"))


def _rotated(url: str, *, days: int = 2) -> None:
    """What `fenbook records rotate` does, under the new master key."""
    with (
        patch.object(resealing, "_ROWS", _BY_ROWS),
        _directory(url, MasterKeys(_NEW_MASTER, [_MASTER]), days=days) as directory,
    ):
        directory.keyring.rotate()
        reseal(directory.database, directory.keyring)


def _recorded(
    directory: Directory, participants: tuple[int, ...], known: set[str], told: int
) -> None:
    for one in participants:
        for change in range(1, _CHANGES + 1):
            if f"profile-{one}-{change}" not in known:
                directory.put(Profile(one, name_en=_name(one, change)), _READER)
                tell(told, f"profile-{one}-{change}", "recorded")
        for number in range(_MEMOS):
            _committed(directory, one, number, known, told)


def _committed(
    directory: Directory, participant: int, number: int, known: set[str], told: int
) -> None:
    if (name := f"memo-{participant}-{number}") not in known:
        made = directory.commit(participant, RecordKind.MEMO, _text(participant, number))
        tell(told, name, made.hex())


def _name(participant: int, change: int) -> str:
    return f"Member {participant} as of change {change}"


def _text(participant: int, number: int) -> str:
    return f"text {number} of {participant}"


def _judge(url: str, acknowledged: Mapping[str, str], stolen: Mapping[int, bytes]) -> None:
    """Everything opens by the new keys alone, nothing by the old ones; the log is whole."""
    every = (*_EARLY, *_LATE)
    count = len(every) * (_CHANGES + _MEMOS) + len(_EARLY) + 2
    hold(len(acknowledged) == count, f"answered were {sorted(acknowledged)}")
    with _directory(url, MasterKeys(_MASTER, [_NEW_MASTER])) as directory:
        stale = opened_by_thief(directory.database, stolen, _MASTER)
        late = len(_EARLY)  # one text of each, by who still had the keys from before
        hold(stale <= late, f"{stale} values are sealed under keys from before")
    _rotated(url, days=4)
    with _directory(url, MasterKeys(_NEW_MASTER)) as directory:
        hold(not opened_by_thief(directory.database, stolen, _MASTER), "a thief opens some yet")
        found = {one: profile.name_en for one, profile in directory.read(every, _READER).items()}
        hold(found == {one: _name(one, _CHANGES) for one in every}, f"profiles are {found}")
        texts = {
            bytes.fromhex(acknowledged[f"memo-{one}-{number}"]): _text(one, number)
            for one in every
            for number in range(_MEMOS + (one in _EARLY))
        }
        memos = directory.reveal(texts, _READER)
        hold({one: memo.text for one, memo in memos.items()} == texts, "a text is gone")
        logged = directory.check_readings()
        hold(logged >= len(every) * _CHANGES + 1, f"the log has {logged} rows")
