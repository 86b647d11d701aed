"""Random books: seeded, in the book format, their outcome filled in by the oracle.

python -m tests.oracle.random_books --seed 7 --steps 250 > book.json
python -m tests.oracle.random_books --stats --seeds 40
"""

import argparse
import json
import sys
from collections import Counter
from typing import Any

from tests.oracle.author import Author, Step
from tests.oracle.faults import spoil
from tests.oracle.mistakes import MISTAKES
from tests.oracle.moves import MOVES
from tests.oracle.random_stats import Stats

__all__ = ["main", "random_book"]

MISTAKE_SHARE = 0.35
SPOILED_SHARE = 0.15


def random_book(seed: int, *, steps: int = 250) -> dict[str, Any]:
    """A book of so many steps, about two thirds of them accepted."""
    author = Author(seed)
    made: Counter[tuple[str, str]] = Counter()
    for _ in range(steps):
        author.move_date()
        is_mistake = author.chance(MISTAKE_SHARE)
        step = _mistaken_step(author, made) if is_mistake else None
        step = step or _good_step(author)
        code = author.write(step)
        made[step["do"], code or ""] += 1
    author.book["expect"] = author.oracle.outcome()
    return author.book


def _good_step(author: Author) -> Step:
    verbs = list(MOVES)
    weights = [weight for weight, _ in MOVES.values()]
    while True:
        [verb] = author.rng.choices(verbs, weights)
        step = MOVES[verb][1](author)
        if step is not None:
            return step


def _mistaken_step(author: Author, made: Counter[tuple[str, str]]) -> Step | None:
    """A mistake of the kinds made least so far that is possible now."""
    kinds = list(MISTAKES)
    author.rng.shuffle(kinds)
    kinds.sort(key=made.__getitem__)
    for kind in kinds[:25]:
        step = MISTAKES[kind](author)
        if step is not None:
            return spoil(author, step) if author.chance(SPOILED_SHARE) else step
    return None


def main(arguments: list[str]) -> int:
    """Print one book, or what many are made of."""
    parser = argparse.ArgumentParser(prog="random_books", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=250)
    parser.add_argument("--stats", action="store_true", help="count over many seeds instead")
    parser.add_argument("--seeds", type=int, default=40, help="how many seeds --stats counts over")
    options = parser.parse_args(arguments)
    if not options.stats:
        book = random_book(options.seed, steps=options.steps)
        print(json.dumps(book, ensure_ascii=False, indent=1))
        return 0
    stats = Stats()
    for seed in range(options.seed, options.seed + options.seeds):
        stats.add(random_book(seed, steps=options.steps))
    print("\n".join(stats.lines()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
