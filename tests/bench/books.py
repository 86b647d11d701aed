"""Seconds that books of some hundred steps take on the in-process chain."""

from functools import partial
from typing import Final

from ledger.books import load, run
from tests.bench.figures import Figure
from tests.bench.relay import timed
from tests.oracle.random_books import random_book

__all__ = ["figures"]

STEPS: Final = 250
SEEDS: Final = (1, 2, 3)


def figures(*, quick: bool = False) -> list[Figure]:
    """Of the galaxy's book and of some by chance."""
    steps, found = 20 if quick else STEPS, []
    if not quick:
        galaxy = load("tests/books/galaxy.json")
        seconds = timed(partial(run, galaxy))
        found.append(Figure(f"galaxy.json, {len(galaxy['steps'])} steps", f"{seconds:.1f} s"))
    for seed in SEEDS:
        seconds = timed(partial(run, random_book(seed, steps=steps)))
        found.append(Figure(f"random book {seed}, {steps} steps", f"{seconds:.1f} s"))
    return found
