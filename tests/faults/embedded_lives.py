"""Lives on the embedded chain that end by SIGKILL: real contracts, made again from the journal."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

from ledger.model.commands import MoveDeposit
from ledger.model.states import Duty
from ledger.service.following.rebuild import rebuild
from ledger.service.intake.intake import Post
from ledger.service.party import Party
from ledger.service.relaying.outbox import Operation
from ledger.service.running import crash_points
from ledger.service.running.cast import evaluation_key
from ledger.service.running.evaluation import DEPOSIT
from ledger.service.running.service import Service
from ledger.service.running.settings import Settings
from tests.databases import database_url
from tests.faults.lives import Report, acknowledge, forked, striking, tell
from tests.faults.points import EMBEDDED_POINTS

__all__ = ["Embedded"]

_BANK, _GIVER, _TAKER = 5, 2, 3
_LIVES: Final = 4
_MOVES: Final = 4
_FOUNDING: Final = 18
"""Blocks that the founding takes: a life may end within it, or after."""


@dataclass
class Embedded:
    """Runs on the embedded chain."""

    engine: str
    folder: Path
    report: Report

    def run(self, seed: int, point: str) -> None:
        """Lives on one database until one is not killed; then everything is judged."""
        chance = Random(seed)
        acknowledged: dict[str, str] = {}
        with database_url(self.engine, self.folder) as url:
            for life in range(_LIVES):
                at = chance.choice(EMBEDDED_POINTS) if life else point
                at = "" if life == _LIVES - 1 else at
                left = [one for one in range(_MOVES) if str(one) not in acknowledged]
                strike = striking(at, _hit(at, life, chance))
                self.report.lives += 1
                killed, lines = forked(partial(_work, url, left, strike))
                acknowledge(lines, acknowledged)
                if killed:
                    self.report.kills["embedded"][at] += 1
            self.report.runs += 1
            self.report.commands += _MOVES
            _judge(url, acknowledged)


def _hit(point: str, life: int, chance: Random) -> int:
    if "journal" in point:
        return chance.choice((1, chance.randint(2, _FOUNDING), _FOUNDING + 1 + life))
    return chance.randint(1, 2) if "found" in point else 1


def _work(url: str, left: list[int], strike: Callable[[str], None], told: int) -> None:
    with crash_points.hook(strike):
        service = Service.open(Settings(database=url))  # type: ignore[arg-type]
        keys = {0: evaluation_key("a", Duty.MAKER), 1: evaluation_key("a", Duty.CHECKER)}
        party = Party(service.ledger, _GIVER, keys)  # type: ignore[arg-type]
        for place in left:
            signed = party.signed(
                MoveDeposit,
                bank=_BANK,
                to=_TAKER,
                amount=10**place,
                purpose=bytes(32),
                nonce=1_000 + place,
                deadline=service.ledger.now // 3600 * 3600 + 7_200,
            )
            data = {
                "command": "MoveDeposit",
                "message": signed.command.to_message(),
                "approvals": ["0x" + one.hex() for one in signed.approvals],
            }
            [answer] = service.intake.submit([Post(data)])
            if not isinstance(answer, Operation):
                raise RuntimeError(repr(answer))
            tell(told, place, answer.id)
        for _ in range(20):
            for relayer in service.relayers:
                relayer.step()
            while (at := service.follower.step()).behind or at.alarm:
                pass
            if service.outbox.counts() == {"done": _MOVES}:
                break
        service.close()


def _judge(url: str, acknowledged: dict[str, str]) -> None:
    service = Service.open(Settings(database=url))  # type: ignore[arg-type]
    try:
        states = [service.outbox.find(id_).state for id_ in acknowledged.values()]
        if states != ["done"] * _MOVES:
            raise RuntimeError(f"operations are {states}")
        moved = service.ledger.deposit(_BANK, _TAKER) - DEPOSIT
        if moved != sum(10**place for place in range(_MOVES)):
            raise RuntimeError(f"{moved} were moved")
        found = rebuild(service.database, service.endpoint, service.deployment, takes_over=False)
        if not found.is_equal:
            raise RuntimeError("views are not what reading the chain again gives")
    finally:
        service.close()
