"""Lets each mutant live through runs of the differential campaign until one of them notices it.

    python -m tests.mutants.campaign              the files that changed since their last hunt
    python -m tests.mutants.campaign --all        every file
    python -m tests.mutants.campaign Loans Keys   the files so named

A run compares every act with the oracle's, and the whole state after every hundred acts. Mutants
that no run notices are tried on the contracts' own tests. What is left must have its reason in
`explained.json`; the outcome by file is kept in `evidence.json`, both beside this module.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from ledger.chain.sources import ROOT
from tests import evidence
from tests.mutants.build import FOLDER, build, files_of_the_contracts
from tests.mutants.schemata import Mutant

__all__ = ["changed_files", "explanations", "hunt", "main", "recorded"]

FORGE: Final = ROOT / "node_modules" / "@foundry-rs" / "forge-linux-amd64" / "bin" / "forge"

_HOME: Final = Path(__file__).parent
_PROJECT: Final = ROOT / "tests" / "forge"
_ROUNDS: Final[Sequence[tuple[int, int]]] = (
    (102, 150),
    *((seed, 400) for seed in range(201, 205)),
    *((seed, 1_500) for seed in range(301, 309)),
)
"""Seed and acts of each run; a short one first, since most mutants fall within a few acts."""

_SECONDS_MAX: Final = 3_600


def hunt(
    mutants: Iterable[Mutant], rounds: Sequence[tuple[int, int]] = _ROUNDS
) -> tuple[dict[int, str], list[Mutant]]:
    """What noticed each mutant, by its number, and the mutants that nothing noticed."""
    noticed: dict[int, str] = {}
    alive = list(mutants)
    for seed, acts in rounds:
        if not alive:
            break
        began = time.monotonic()
        if fault := _run([0], seed, acts, "honest")[0]:
            raise AssertionError(f"run {seed} of {acts} acts finds a fault without mutant: {fault}")
        halves = [[one.number for one in alive[side::2]] for side in (0, 1)]
        with ThreadPoolExecutor(2) as pool:
            jobs = [
                pool.submit(_run, half, seed, acts, str(side))
                for side, half in enumerate(halves)
                if half
            ]
            for job in jobs:
                noticed |= {number: how for number, how in job.result().items() if how}
        left = [one for one in alive if one.number not in noticed]
        spent = time.monotonic() - began
        fallen = len(alive) - len(left)
        print(f"seed {seed}, {acts} acts: {fallen} of {len(alive)} in {spent:.0f} s", flush=True)
        alive = left
    return noticed, alive


def _run(numbers: Sequence[int], seed: int, acts: int, name: str) -> dict[int, str]:
    waiting, found = FOLDER / f"waiting-{name}", FOLDER / f"found-{name}"
    waiting.write_text("".join(f"{number}\n" for number in numbers), "utf-8")
    found.unlink(missing_ok=True)
    settings = {
        "FENBOOK_ACTS": str(acts),
        "FENBOOK_ARTIFACTS": "../../build/mutants/artifacts",
        "FENBOOK_CHECK_INTERVAL": "100",
        "FENBOOK_FOUND": f"../../build/mutants/{found.name}",
        "FENBOOK_MUTANTS": f"../../build/mutants/{waiting.name}",
        "FENBOOK_MUTANT_SEED": str(seed),
    }
    command = [
        str(FORGE),
        "test",
        "--match-contract",
        "MutantsTest",
        "--match-test",
        "test_mutants",
    ]
    done = subprocess.run(
        [*command, "--code-size-limit", "400000"],
        cwd=_PROJECT,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=_SECONDS_MAX,
        check=False,
    )
    lines = found.read_text("utf-8").splitlines() if found.exists() else []
    told = dict(line.partition(" ")[::2] for line in lines)
    if missing := set(map(str, numbers)) - set(told):
        raise RuntimeError(f"forge said nothing of {len(missing)} mutants:\n{done.stdout[-2000:]}")
    return {int(number): how for number, how in told.items()}


def recorded() -> dict[str, dict[str, Any]]:
    """The outcome of the last hunt, by file."""
    path = _HOME / "evidence.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def explanations() -> dict[str, str]:
    """Why a mutant that nothing notices is no fault, by its place."""
    path = _HOME / "explained.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def changed_files() -> list[str]:
    """The files whose text is not that of their last hunt."""
    kept = recorded()
    return [
        name
        for name, hashed in files_of_the_contracts().items()
        if kept.get(name, {}).get("sha256") != hashed
    ]


def keep(mutants: Iterable[Mutant], alive: Collection[Mutant], files: Iterable[str]) -> None:
    """Write the outcome by file."""
    hashes, kept = files_of_the_contracts(), recorded()
    for name in files:
        own = [one for one in mutants if one.source == name]
        kept[name] = {
            "sha256": hashes[name],
            "mutants": len(own),
            "explained": sum(one in alive for one in own),
        }
    kept = {name: kept[name] for name in sorted(kept) if name in hashes}
    (_HOME / "evidence.json").write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
    counts = {name: {k: v for k, v in one.items() if k != "sha256"} for name, one in kept.items()}
    for name, one in counts.items():
        evidence.record("mutants", name, {**one, "noticed": one["mutants"] - one["explained"]})


def _named(files: Sequence[str]) -> list[str]:
    known = files_of_the_contracts()
    found = [name for name in known if Path(name).stem in files]
    if len(found) != len(set(files)):
        sys.exit(f"no such file among {', '.join(Path(name).stem for name in known)}")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Hunt; 1 where a mutant is left that nobody has explained."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("files", nargs="*")
    parser.add_argument("--all", action="store_true")
    given = parser.parse_args(arguments)
    files = list(files_of_the_contracts()) if given.all else _named(given.files) or changed_files()
    if not files:
        print("every file is as it was when its mutants were last hunted")
        return 0
    mutants = build(files)
    print(f"{len(mutants)} mutants of {len(files)} files", flush=True)
    noticed, alive = hunt(mutants)
    told: Mapping[str, str] = explanations()
    unexplained = [one for one in alive if one.place not in told]
    print(f"{len(noticed)} noticed, {len(alive)} left, {len(unexplained)} of them unexplained")
    for one in unexplained:
        print(f"{one.number:5} {one.source}:{one.line} {one.function}: {one.change}")
    if not unexplained:
        keep(mutants, alive, files)
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
