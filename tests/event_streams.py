"""Events of real chains for tests of whatever reads them: made once a process, in order."""

from datetime import date
from functools import cache

from ledger.books import start
from ledger.model.days import day_of, first_second
from ledger.views import Entry, entries
from tests.cast import Cast, running_node
from tests.machine.quick_node import fresh_node
from tests.oracle.random_books import random_book
from tests.views_scenario import Acts, circulate, cure, finance, govern, mature

__all__ = ["book_stream", "by_block", "scenario_stream"]


@cache
def scenario_stream() -> tuple[Entry, ...]:
    """Nearly every event that the contracts have, from the first block on."""
    with running_node() as node:
        cast = Cast(node)
        acts = Acts(cast)
        for act in (circulate, finance, govern, mature, cure):
            act(acts)
        return tuple(entries(cast.ledger.events(), node.block_second))


@cache
def book_stream(seed: int, *, steps: int = 90) -> tuple[Entry, ...]:
    """The events of a random book."""
    book = random_book(seed, steps=steps)
    opening = first_second(day_of(date.fromisoformat(book["steps"][0]["on"])))
    run = start(book, node=fresh_node(opening)).finish()
    return tuple(entries(run.ledger.events(), run.ledger.node.block_second))


def by_block(stream: tuple[Entry, ...]) -> list[list[Entry]]:
    """A stream in blocks; those without an event are left out."""
    blocks: dict[int, list[Entry]] = {}
    for entry in stream:
        blocks.setdefault(entry.block, []).append(entry)
    return list(blocks.values())
