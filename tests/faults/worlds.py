"""Worlds by their seeds: played, replayed, counted.

python -m tests.faults.worlds --first 1 --count 20000
"""

import argparse
import atexit
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

from ledger.store import database as store
from ledger.store.database import Database
from tests.faults.verdict import Violated
from tests.faults.world import Parts, Tally, World

__all__ = ["opened_world", "play", "played"]

_MEMORY: Final = Path("/dev/shm")


@contextmanager
def opened_world(seed: int, parts: Parts | None = None) -> Iterator[World]:
    """A world on a fresh database, in memory where the system has a place for it.

    The worlds of a process follow one another in one file: so its engine has to learn the
    statements only once, which takes longer than a world's play.
    """
    path, engine = _engine()
    for left in path.parent.glob(f"{path.name}*"):
        left.unlink()
    shutil.copyfile(_template(), path)
    try:
        yield World(seed, Database(engine), engine, parts or Parts())
    finally:
        engine.dispose()


@cache
def _engine() -> tuple[Path, Any]:
    """The file of this process's worlds, and its engine."""
    folder = Path(tempfile.mkdtemp(prefix="fenbook-world-", dir=_memory()))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "world.sqlite"
    return path, store._sqlite(store.make_url(f"sqlite:///{path}"))


def _memory() -> Path | None:
    return _MEMORY if _MEMORY.is_dir() else None


def play(seed: int, parts: Parts | None = None) -> tuple[str, Tally]:
    """Play a world: the hash of what happened and its counts. Raises what it finds."""
    with opened_world(seed, parts) as world:
        return world.run(), world.tally


def played(first: int, count: int, *, replay_each: int = 20) -> tuple[Tally, dict[int, str]]:
    """Play many worlds: their counts, and of each that failed its seed and what was found."""
    total, found = Tally(), dict[int, str]()
    for seed in range(first, first + count):
        try:
            trace, tally = play(seed)
            if seed % replay_each == 0 and play(seed)[0] != trace:
                raise Violated("the replay took another course")
        except Exception as failure:  # noqa: BLE001 -- whatever it is, the world failed
            found[seed] = f"{type(failure).__name__}: {failure}"
            continue
        total.add(tally)
    return total, found


@cache
def _template() -> Path:
    """A migrated file to copy."""
    folder = Path(tempfile.mkdtemp(prefix="fenbook-worlds-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "template.sqlite"
    database = Database.open(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


def main() -> int:
    """Play worlds and print what was counted; 1 if any failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--count", type=int, default=1_000)
    chosen = parser.parse_args()
    began = time.monotonic()
    total, found = played(chosen.first, chosen.count)
    seconds = time.monotonic() - began
    counts = ", ".join(f"{name} {getattr(total, name):,}" for name in Tally.__slots__)
    print(f"{counts}; {seconds:.1f} s; failed {len(found)}")
    for seed, said in list(found.items())[:20]:
        print(f"  seed {seed}: {said}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
