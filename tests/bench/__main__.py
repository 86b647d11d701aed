"""Time what people wait for: a book of 250 steps, and commands relayed one by one or in batches."""

import time
from collections.abc import Callable
from functools import partial

from ledger.books import load, run
from ledger.model.commands import MoveDeposit
from tests.cast import Cast, running_node
from tests.oracle.random_books import random_book

COMMANDS = 200
BATCH = 100


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _books() -> None:
    print("books, on the in-process chain")
    galaxy = load("tests/books/galaxy.json")
    print(f"  galaxy.json, {len(galaxy['steps'])} steps: {_timed(lambda: run(galaxy)):.1f} s")
    for seed in (1, 2, 3):
        book = random_book(seed, steps=250)
        print(f"  random book {seed}, 250 steps: {_timed(partial(run, book)):.1f} s")


def _relay() -> None:
    with running_node() as node:
        cast = Cast(node)
        bank, to = cast.settlement_bank.id, cast.cedar.id
        terms = {"bank": bank, "to": to, "amount": 1, "purpose": bytes(32)}
        items = [cast.birch.item(MoveDeposit, **terms) for _ in range(2 * COMMANDS)]
        one, many = items[:COMMANDS], items[COMMANDS:]
        alone = _timed(lambda: [cast.ledger.relay([item]) for item in one])
        batches = [many[at : at + BATCH] for at in range(0, COMMANDS, BATCH)]
        together = _timed(lambda: [cast.ledger.relay(batch) for batch in batches])
    print(f"relay of {COMMANDS} commands")
    print(f"  one a transaction: {COMMANDS / alone:.0f} commands/s")
    print(f"  {BATCH} a transaction: {COMMANDS / together:.0f} commands/s")
    print(f"  ratio: {alone / together:.1f}")


if __name__ == "__main__":
    _books()
    _relay()
