"""What may notice a mutant: a run of the differential campaign, the contracts' tests, a proof."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Final

from ledger.chain.sources import ROOT
from tests.forge.campaign import BUILD
from tests.mutants.build import FOLDER
from tests.mutants.record import provable
from tests.mutants.schemata import Mutant
from tests.proofs.prove import LAWS, kill

__all__ = ["HUNT", "Found", "campaign", "every_test", "named_tests", "proofs"]

HUNT: Final = FOLDER / "hunt"

_FORGE: Final = ROOT / "node_modules" / "@foundry-rs" / "forge-linux-amd64" / "bin" / "forge"
_PROJECT: Final = ROOT / "tests" / "forge"
_TESTS: Final = ROOT / "tests" / "contracts"

_SLOW_TESTS: Final = ("test_forgery.py", "test_gas_sweep.py", "test_planted.py")
_SECONDS_MAX: Final = 5_400
_SIDES: Final = 2

Found = Mapping[int, str]
"""How each mutant was noticed, by its number; nothing where it was not."""


# ---- the differential campaign


def campaign(seed: int, acts: int) -> Callable[[Sequence[Mutant]], Found]:
    """A run of so many acts with each mutant alive."""

    def run(alive: Sequence[Mutant]) -> Found:
        # Forge builds anew what it put into a folder that it had to make.
        (BUILD / "out").mkdir(parents=True, exist_ok=True)
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

    return run


def _forge(numbers: Sequence[int], seed: int, acts: int, name: str) -> Found:
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
        *(str(_FORGE), "test", "--match-contract", "MutantsTest", "--match-test", "test_mutants"),
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


def every_test(alive: Sequence[Mutant]) -> Found:
    """Which tests come to which mutants, then the mutants through those tests."""
    tests = _all_tests()
    everyone = "".join(f"{one.number}\n" for one in alive)
    scouts = [(f"scout-{side}", everyone, tests[side::_SIDES], {}) for side in range(_SIDES)]
    HUNT.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(_SIDES) as pool:
        list(pool.map(lambda one: _pytest(*one), scouts))
    reached = {}
    for name, *_ in scouts:
        reached |= json.loads((HUNT / f"reached.{name}.json").read_text("utf-8"))
    return _through(alive, reached, tests)


def named_tests(witnesses: Mapping[str, Sequence[int]]) -> Callable[[Sequence[Mutant]], Found]:
    """The mutants through one test each, given by the test's name."""

    def run(alive: Sequence[Mutant]) -> Found:
        reached = {
            test: {"seconds": 0, "mutants": list(numbers)} for test, numbers in witnesses.items()
        }
        return _through(alive, reached, sorted(witnesses))

    return run


def _all_tests() -> list[str]:
    files = [path for path in sorted(_TESTS.glob("test_*.py")) if path.name not in _SLOW_TESTS]
    return [str(path) for path in [*files, ROOT / "tests" / "test_views.py"]]


def _through(alive: Sequence[Mutant], reached: Mapping[str, object], tests: Sequence[str]) -> Found:
    HUNT.mkdir(parents=True, exist_ok=True)
    (HUNT / "reached.json").write_text(json.dumps(reached), "utf-8")
    known = {"FENBOOK_REACHED": str(HUNT / "reached.json")}
    halves = [alive[side::_SIDES] for side in range(_SIDES)]
    hunts = [
        (f"tests-{side}", "".join(f"{one.number}\n" for one in half), tests, known)
        for side, half in enumerate(halves)
    ]
    with ThreadPoolExecutor(_SIDES) as pool:
        said = list(pool.map(lambda one: _pytest(*one), hunts))
    found: dict[int, str] = {}
    for (name, *_), half, output in zip(hunts, halves, said, strict=True):
        found |= _told(HUNT / f"noticed.{name}", [one.number for one in half], output)
    return found


def _pytest(name: str, waiting: str, tests: Sequence[str], settings: Mapping[str, str]) -> str:
    path = HUNT / name
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


def _told(path: Path, numbers: Iterable[int], output: str) -> Found:
    """What noticed each number, as a hunter wrote it line by line."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    told = {int(number): how for number, _, how in (line.partition(" ") for line in lines)}
    if missing := set(numbers) - set(told):
        raise RuntimeError(f"nothing was said of {len(missing)} mutants:\n{output[-2000:]}")
    return told


# ---- proofs


def proofs(alive: Sequence[Mutant]) -> Found:
    """Mutants that `by_proof.json` names: whether their law is found broken."""
    laws, changes = {one.name: one for one in LAWS}, provable()
    found: dict[int, str] = {}
    for one in alive:
        change = changes[one.place]
        law = laws[change["law"]]
        source = one.source.removeprefix("contracts/")
        edit = {**law.mutant, "source": source, "old": change["old"], "new": change["new"]}
        broken, said = kill(replace(law, mutant=edit))
        if not broken:
            print(f"{law.name} holds with {one.place}:\n{said[-1000:]}", flush=True)
        found[one.number] = law.name if broken else ""
    return found
