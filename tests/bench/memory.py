"""What the service holds in memory after a million events, which it reads from an endless node."""

import tempfile
import time
from pathlib import Path
from typing import Final

from tests.bench import stage
from tests.bench.endless import DEPLOYMENT, EVENTS_A_BLOCK
from tests.bench.figures import Figure, show
from tests.cast import free_port

__all__ = ["figures"]

EVENTS: Final = 1_000_000
_MEGABYTES: Final = 300


def figures(*, quick: bool = False) -> list[Figure]:
    """Of `fenbook serve`, whose views begin empty while the whole chain is there already."""
    blocks = -(-(20_000 if quick else EVENTS) // EVENTS_A_BLOCK)
    port = free_port()
    node = ["-m", "tests.bench.endless", str(port), str(blocks)]
    with tempfile.TemporaryDirectory() as folder, stage.process(node, {}):
        stage.await_listener(("127.0.0.1", port))
        url, begun = f"http://127.0.0.1:{port}", time.monotonic()
        with stage.served(Path(folder), url, DEPLOYMENT) as (_, pid, books):
            held = [stage.memory(pid)]
            stage.await_block(books, blocks, lambda: held.append(stage.memory(pid)))
            seconds = time.monotonic() - begun
            before, now, most = held[0], stage.memory(pid), max(held)
    count = blocks * EVENTS_A_BLOCK
    return [
        Figure(
            f"most that the service held in {count:,} events",
            f"{most} MB",
            f"≤ {_MEGABYTES} MB",
            most <= _MEGABYTES,
        ),
        Figure("afterwards", f"{now} MB"),
        Figure("when it began to serve", f"{before} MB"),
        Figure("events read, with everything that makes them", f"{count / seconds:,.0f}/s"),
    ]


if __name__ == "__main__":
    show(figures())
