"""Every benchmark or those that are named, one after the other; `--quick` only tries them."""

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from ledger.service.running import logs
from tests.bench import books, follower, imports, latency, memory, relay, settlement, throughput
from tests.bench.figures import Figure, keep, show

__all__ = ["BENCHMARKS", "main"]

BENCHMARKS: Final[Mapping[str, Callable[..., list[Figure]]]] = {
    "throughput": throughput.figures,
    "latency": latency.figures,
    "settlement": settlement.figures,
    "follower": follower.figures,
    "memory": memory.figures,
    "imports": imports.figures,
    "relay": relay.figures,
    "books": books.figures,
}


def main(words: Sequence[str]) -> int:
    """Run them; 1 if an aim is missed, which a few commands cannot tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(BENCHMARKS))
    parser.add_argument("--quick", action="store_true", help="small counts; nothing is written")
    chosen = parser.parse_args(words)
    if unknown := set(chosen.names) - BENCHMARKS.keys():
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    missed = 0
    for name in chosen.names or BENCHMARKS:
        print(f"{name} …", flush=True)
        begun = time.monotonic()
        found = BENCHMARKS[name](quick=chosen.quick)
        show(found)
        print(f"  ({time.monotonic() - begun:.0f} s)", flush=True)
        missed += sum(not one.is_met for one in found)
        if not chosen.quick:
            keep(name, found)
    if missed:
        print(f"{missed} missed" + (", of too few commands to tell" if chosen.quick else ""))
    return int(missed > 0 and not chosen.quick)


if __name__ == "__main__":
    logs.configure()  # on standard error, as the service does
    sys.exit(main(sys.argv[1:]))
