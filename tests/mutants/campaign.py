"""Lets each mutant live until something notices it: a run of the campaign, or a contract's test.

    python -m tests.mutants.campaign              the files that changed since their last hunt
    python -m tests.mutants.campaign --all        every file
    python -m tests.mutants.campaign Loans Keys   the files so named

A run of the campaign compares every act with the oracle's, and the whole state after every hundred.
What two short runs do not notice goes through those of the contracts' own tests that come to it;
what they do not notice, through longer runs. What is left must have its reason in `explained.json`.
The outcome by file is kept in `evidence.json`, both beside this module; a hunt that was broken off
goes on where it was.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ledger.chain.sources import ROOT
from tests import evidence
from tests.mutants.build import FOLDER, build, files_of_the_contracts, list_mutants
from tests.mutants.schemata import Mutant

__all__ = ["Hunt", "changed_files", "counts", "explanations", "keep", "main", "recorded"]

FORGE: Final = ROOT / "node_modules" / "@foundry-rs" / "forge-linux-amd64" / "bin" / "forge"

_HOME: Final = Path(__file__).parent
_PROJECT: Final = ROOT / "tests" / "forge"
_TESTS: Final = ROOT / "tests" / "contracts"
_HUNT: Final = FOLDER / "hunt"

_SHORT: Final[Sequence[tuple[int, int]]] = ((102, 150), (201, 400))
_LONG: Final[Sequence[tuple[int, int]]] = ((301, 1_500), (302, 1_500))
"""Seed and acts of runs; a short one first, since most mutants fall within a few acts."""

_SLOW_TESTS: Final = ("test_forgery.py", "test_gas_sweep.py", "test_planted.py")
_SECONDS_MAX: Final = 5_400
_SIDES: Final = 2


@dataclass
class Hunt:
    """Mutants, what noticed them, and which are left; kept after every step."""

    mutants: Sequence[Mutant]
    noticed: dict[int, str] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    """Steps that need not be taken again."""

    @property
    def alive(self) -> list[Mutant]:
        """Those that nothing has noticed."""
        return [one for one in self.mutants if one.number not in self.noticed]

    def run(self) -> None:
        """Take every step that is left."""
        self._read()
        told = explanations()
        steps: list[tuple[str, Callable[[list[Mutant]], Mapping[int, str]]]] = [
            *((f"campaign {seed}/{acts}", _campaign(seed, acts)) for seed, acts in _SHORT),
            ("tests", _tests),
            *((f"campaign {seed}/{acts}", _campaign(seed, acts)) for seed, acts in _LONG),
        ]
        for name, step in steps:
            # What is explained cannot be noticed.
            alive = [one for one in self.alive if one.place not in told]
            if name in self.done or not alive:
                continue
            began = time.monotonic()
            found = {number: f"{name}: {how}" for number, how in step(alive).items() if how}
            self.noticed |= found
            self.done.append(name)
            self._write()
            spent = time.monotonic() - began
            print(f"{name}: {len(found)} of {len(alive)} in {spent:.0f} s", flush=True)

    @property
    def _path(self) -> Path:
        return _HUNT / "noticed.json"

    def _identity(self) -> list[str]:
        return [one.place for one in self.mutants]

    def _read(self) -> None:
        if not self._path.exists():
            return
        kept = json.loads(self._path.read_text("utf-8"))
        if kept["mutants"] == self._identity():
            self.noticed = {int(number): how for number, how in kept["noticed"].items()}
            self.done = kept["done"]

    def _write(self) -> None:
        _HUNT.mkdir(parents=True, exist_ok=True)
        kept = {"mutants": self._identity(), "noticed": self.noticed, "done": self.done}
        self._path.write_text(json.dumps(kept, indent=1), "utf-8")


# ---- the differential campaign


def _campaign(seed: int, acts: int) -> Callable[[list[Mutant]], Mapping[int, str]]:
    def step(alive: list[Mutant]) -> Mapping[int, str]:
        if fault := _forge([0], seed, acts, "honest")[0]:
            raise AssertionError(f"run {seed} of {acts} acts finds a fault without mutant: {fault}")
        halves = [[one.number for one in alive[side::_SIDES]] for side in range(_SIDES)]
        with ThreadPoolExecutor(_SIDES) as pool:
            jobs = [
                pool.submit(_forge, half, seed, acts, str(side))
                for side, half in enumerate(halves)
                if half
            ]
            return {number: how for job in jobs for number, how in job.result().items()}

    return step


def _forge(numbers: Sequence[int], seed: int, acts: int, name: str) -> dict[int, str]:
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
        *(str(FORGE), "test", "--match-contract", "MutantsTest", "--match-test", "test_mutants"),
        *("--code-size-limit", "400000"),
    ]
    done = subprocess.run(
        command,
        cwd=_PROJECT,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=_SECONDS_MAX,
        check=False,
    )
    return _told(found, numbers, done.stdout)


# ---- the contracts' own tests


def _tests(alive: list[Mutant]) -> Mapping[int, str]:
    """Which tests come to which mutants, then the mutants through those tests."""
    _HUNT.mkdir(parents=True, exist_ok=True)
    files = [path for path in sorted(_TESTS.glob("test_*.py")) if path.name not in _SLOW_TESTS]
    tests = [str(path) for path in [*files, ROOT / "tests" / "test_views.py"]]
    everyone = "".join(f"{one.number}\n" for one in alive)
    scouts = [(f"scout-{side}", everyone, tests[side::_SIDES], {}) for side in range(_SIDES)]
    with ThreadPoolExecutor(_SIDES) as pool:
        list(pool.map(lambda one: _pytest(*one), scouts))
    reached = {}
    for name, *_ in scouts:
        reached |= json.loads((_HUNT / f"reached.{name}.json").read_text("utf-8"))
    (_HUNT / "reached.json").write_text(json.dumps(reached), "utf-8")
    known = {"FENBOOK_REACHED": str(_HUNT / "reached.json")}
    halves = [alive[side::_SIDES] for side in range(_SIDES)]
    hunts = [
        (f"tests-{side}", "".join(f"{one.number}\n" for one in half), tests, known)
        for side, half in enumerate(halves)
    ]
    with ThreadPoolExecutor(_SIDES) as pool:
        said = list(pool.map(lambda one: _pytest(*one), hunts))
    found: dict[int, str] = {}
    for (name, *_), half, output in zip(hunts, halves, said, strict=True):
        found |= _told(_HUNT / f"noticed.{name}", [one.number for one in half], output)
    return found


def _pytest(name: str, waiting: str, tests: Sequence[str], settings: Mapping[str, str]) -> str:
    path = _HUNT / name
    path.write_text(waiting, "utf-8")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "tests.mutants.plugin"),
            *("-p", "no:xdist", "-p", "no:cacheprovider", "-m", "not deep and not anvil", *tests),
        ],
        cwd=ROOT,
        env={**os.environ, "FENBOOK_MUTANTS": str(path), **settings},
        capture_output=True,
        text=True,
        timeout=_SECONDS_MAX,
        check=False,
    )
    if "fails without mutant" in done.stdout:
        raise AssertionError(done.stdout[-2000:])
    return done.stdout + done.stderr


def _told(path: Path, numbers: Iterable[int], output: str) -> dict[int, str]:
    """What noticed each number, as a hunter wrote it line by line."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    told = {int(number): how for number, _, how in (line.partition(" ") for line in lines)}
    if missing := set(numbers) - set(told):
        raise RuntimeError(f"nothing was said of {len(missing)} mutants:\n{output[-2000:]}")
    return told


# ---- what is kept


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


def keep(hunt: Hunt, files: Iterable[str]) -> None:
    """Write the outcome by file: of each mutant, in its order, what noticed it, or nothing."""
    hashes, kept = files_of_the_contracts(), recorded()
    for name in files:
        own = [one for one in hunt.mutants if one.source == name]
        kept[name] = {
            "sha256": hashes[name],
            "noticed": [hunt.noticed.get(one.number, "").partition(": act")[0] for one in own],
        }
    kept = {name: kept[name] for name in sorted(kept) if name in hashes}
    (_HOME / "evidence.json").write_text(json.dumps(kept, indent=0) + "\n", "utf-8")
    for name, one in counts().items():
        evidence.record("mutants", name, one)


def counts() -> dict[str, dict[str, int]]:
    """By file: how many mutants, what noticed them, and how many are explained or undecided."""
    told, found = explanations(), {}
    for name, kept in recorded().items():
        own = [one for one in list_mutants() if one.source == name]
        left = [one for one, how in zip(own, kept["noticed"], strict=True) if not how]
        explained = sum(one.place in told for one in left)
        found[name] = {
            "mutants": len(own),
            "by_campaign": sum(how.startswith("campaign") for how in kept["noticed"]),
            "by_tests": sum(how.startswith("tests") for how in kept["noticed"]),
            "explained": explained,
            "undecided": len(left) - explained,
        }
    return found


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
    hunt = Hunt(build(files))
    print(f"{len(hunt.mutants)} mutants of {len(files)} files", flush=True)
    hunt.run()
    told = explanations()
    unexplained = [one for one in hunt.alive if one.place not in told]
    noticed, alive = len(hunt.noticed), len(hunt.alive)
    print(f"{noticed} noticed, {alive} left, {len(unexplained)} of them unexplained")
    for one in unexplained:
        print(f"{one.number:5} {one.source}:{one.line} {one.function}: {one.change}")
    keep(hunt, files)
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
