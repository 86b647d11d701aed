"""How long a command takes from the door to the views, at a rate that the service keeps up with."""

import json
import time
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Final

from tests.bench.figures import Figure
from tests.bench.load import Answered, answered, percentile, send
from tests.bench.stage import Books, await_done, staged
from tests.bench.work import Work

__all__ = ["RATE", "Watch", "figures"]

RATE: Final = 300
"""Commands a second."""
CONNECTIONS: Final = 64
_SECONDS: Final = 30
_WARM_SECONDS: Final = 3
_BLOCK_MILLISECONDS: Final = 1_000
_BESIDE_MILLISECONDS: Final = 150
_LOOK_SECONDS: Final = 0.002


@dataclass(slots=True)
class Watch:
    """Notes when the views of each block are committed; some are committed together."""

    books: Books
    _next: float = 0.0
    _blocks: list[int] = field(default_factory=list)
    _moments: list[float] = field(default_factory=list)

    def look(self) -> None:
        """Ask the database, unless that was just done."""
        if time.monotonic() >= self._next:
            self.look_now()

    def look_now(self) -> None:
        """Ask the database."""
        block = self.books.block()
        moment = time.monotonic()
        self._next = moment + _LOOK_SECONDS
        if not self._blocks or block > self._blocks[-1]:
            self._blocks.append(block)
            self._moments.append(moment)

    def committed(self, block: int) -> float:
        """When the views of a block were first seen."""
        return self._moments[bisect_left(self._blocks, block)]

    @property
    def interval(self) -> float:
        """Seconds between commits, as the median."""
        return median(after - before for before, after in pairwise(self._moments))


@dataclass(frozen=True, slots=True)
class Waited:
    """Milliseconds of each command."""

    answers: list[float]
    """From when it was due until the door had accepted it."""
    views: list[float]
    """From then until its views were committed."""
    both: list[float]
    interval: float
    """Milliseconds between commits."""


def figures(*, quick: bool = False) -> list[Figure]:
    """At a fixed rate, whatever comes of it: what is late does not hold up what follows."""
    waited = _waited(2 if quick else _SECONDS)
    most = _BLOCK_MILLISECONDS + _BESIDE_MILLISECONDS
    late = percentile(waited.views, 0.99)
    aim = f"≤ {most:,} ms"
    return [
        Figure(
            f"accept to committed view at {RATE}/s, p99", _milliseconds(late), aim, late <= most
        ),
        Figure("the same, p50", _milliseconds(percentile(waited.views, 0.5))),
        Figure("request due to committed view, p99", _milliseconds(percentile(waited.both, 0.99))),
        Figure("the same, p50", _milliseconds(percentile(waited.both, 0.5))),
        Figure("request due to answer, p99", _milliseconds(percentile(waited.answers, 0.99))),
        Figure("between two commits of views, median", _milliseconds(waited.interval)),
    ]


def _waited(seconds: int) -> Waited:
    warm, count = RATE * min(seconds, _WARM_SECONDS), RATE * seconds
    work = Work(warm + count)
    with staged(work.prepare) as stage, stage.served() as (door, books):
        deeds = work.deeds(stage.cast)
        requests = [door.request(one.path, one.member, one.command) for one in deeds]
        answered(send(door.address, requests[:warm], connections=CONNECTIONS, rate=RATE), 202)
        watch = Watch(books)
        watch.look_now()
        answers = send(
            door.address, requests[warm:], connections=CONNECTIONS, rate=RATE, look=watch.look
        )
        answered(answers, 202)
        await_done(books, len(requests), watch.look)
        watch.look_now()
        return _reckoned(answers, books, watch)


def _reckoned(answers: list[Answered], books: Books, watch: Watch) -> Waited:
    names = [str(json.loads(one.body)["id"]) for one in answers]
    blocks = books.blocks_of(set(names))
    committed = [watch.committed(blocks[one]) for one in names]
    pairs = list(zip(answers, committed, strict=True))
    return Waited(
        [1_000 * (one.done - one.due) for one in answers],
        [1_000 * (at - one.done) for one, at in pairs],
        [1_000 * (at - one.due) for one, at in pairs],
        1_000 * watch.interval,
    )


def _milliseconds(value: float) -> str:
    return f"{value:,.0f} ms"
