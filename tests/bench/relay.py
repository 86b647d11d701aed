"""Commands relayed on the in-process chain: a transaction each, and in batches."""

import time
from collections.abc import Callable

from ledger.model.commands import MoveDeposit
from tests.bench.figures import Figure
from tests.cast import Cast, running_node

__all__ = ["figures", "timed"]

COMMANDS = 200
BATCH = 100


def timed(act: Callable[[], object]) -> float:
    """Seconds that something takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def figures(*, quick: bool = False) -> list[Figure]:
    """Both rates, without a service and without waiting for blocks."""
    count = 20 if quick else COMMANDS
    with running_node() as node:
        cast = Cast(node)
        bank, to = cast.settlement_bank.id, cast.cedar.id
        terms = {"bank": bank, "to": to, "amount": 1, "purpose": bytes(32)}
        items = [cast.birch.item(MoveDeposit, **terms) for _ in range(2 * count)]
        one, many = items[:count], items[count:]
        alone = timed(lambda: [cast.ledger.relay([item]) for item in one])
        batches = [many[at : at + BATCH] for at in range(0, count, BATCH)]
        together = timed(lambda: [cast.ledger.relay(batch) for batch in batches])
    return [
        Figure("a transaction each, in process", f"{count / alone:.0f} commands/s"),
        Figure(f"{BATCH} a transaction", f"{count / together:.0f} commands/s"),
        Figure("times as fast", f"{alone / together:.1f}"),
    ]
