"""Lives on the embedded chain that end by SIGKILL: real contracts, made again from the journal."""

import os
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any, Final

from ledger.model.commands import MoveDeposit
from ledger.model.states import Duty
from ledger.service import crash_points
from ledger.service.evaluation import DEPOSIT, evaluation_key
from ledger.service.intake import Post
from ledger.service.outbox import Operation
from ledger.service.party import Party
from ledger.service.rebuild import rebuild
from ledger.service.running import Service
from ledger.service.settings import Settings

__all__ = ["EMBEDDED_POINTS", "run"]

EMBEDDED_POINTS: Final = tuple(
    f"{when} {what}"
    for what in ("journal", "pack", "send", "mark", "follow", "accept")
    for when in ("before", "after")
)
_BANK, _GIVER, _TAKER = 5, 2, 3
_MOVES: Final = 4
_FOUNDING: Final = 18
"""Blocks that the founding takes: a life may end within it, or after."""


def run(
    url: str,
    seed: int,
    forked: Callable[[Callable[[int], None]], tuple[bool, list[str]]],
    striking: Callable[[str, int], Callable[[str], None]],
    report: Any,
) -> None:
    """Lives on one database until one is not killed; then everything is judged."""
    chance = Random(seed)
    acknowledged: dict[int, str] = {}
    for life in range(4):
        point = EMBEDDED_POINTS[(seed + life) % len(EMBEDDED_POINTS)]
        hit = 1
        if "journal" in point:
            hit = chance.choice((1, chance.randint(2, _FOUNDING), _FOUNDING + 1 + life))
        plan = (point if life < 3 else "", hit)
        left = [one for one in range(_MOVES) if one not in acknowledged]
        report.lives += 1
        strike = striking(*plan)
        killed, lines = forked(partial(_work, url, left, strike))
        for line in lines:
            place, id_ = line.split()
            if acknowledged.setdefault(int(place), id_) != id_:
                raise RuntimeError("the same command became two operations")
        if killed:
            report.kills[point] += 1
    report.runs += 1
    report.commands += _MOVES
    _judge(url, acknowledged)


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
            os.write(told, f"{place} {answer.id}\n".encode())
        for _ in range(20):
            for relayer in service.relayers:
                relayer.step()
            while (at := service.follower.step()).behind or at.alarm:
                pass
            if service.outbox.counts() == {"done": _MOVES}:
                break
        service.close()


def _judge(url: str, acknowledged: dict[int, str]) -> None:
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
