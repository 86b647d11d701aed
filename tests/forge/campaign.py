"""Runs forge over the campaign and adds up what its runs tell.

    python -m tests.forge.campaign 200000 [SEED]

One act is one signed command, or one unsigned call, made to the ledger's contracts and put to the
oracle as well. A run is 500 acts on a fresh ledger; the seed tells every run and every act.
"""

import fcntl
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ledger.chain.compiler import write_shim
from ledger.chain.sources import ROOT

__all__ = ["ACTS_OF_A_RUN", "Counts", "refusals", "run", "verbs"]

PROJECT: Final = ROOT / "tests" / "forge"
FORGE: Final = ROOT / "node_modules" / "@foundry-rs" / "forge-linux-amd64" / "bin" / "forge"
BUILD: Final = ROOT / "build" / "forge"

ACTS_OF_A_RUN: Final = 500
SIDES: Final = 2
"""Test functions of the campaign, which forge runs side by side."""

_ALONE: Final = ("--skip", "Mutants.t.sol")
"""The mutants' run is a second campaign, and takes as long to compile."""

_DIVERGENCE = re.compile(r"verb (\d+): chain (\d+), oracle (\d+)")
_VERB = re.compile(r"verb (\d+):")
_FAILURE = re.compile(
    r"\[FAIL: (act \d+ of run 0x\w+: .*?|.*?)(?:; counterexample.*)?\] (testFuzz_\w+)"
)


def verbs() -> list[str]:
    """The verbs by their numbers."""
    return _enum("Verb")


def refusals() -> list[str]:
    """The refusals by their numbers; the first one stands for acceptance."""
    return _enum("Refusal")


def _enum(name: str) -> list[str]:
    source = (PROJECT / "Act.sol").read_text("utf-8")
    found = re.search(rf"enum {name} \{{(.*?)\}}", source, re.DOTALL)
    assert found, name
    return re.findall(r"\w+", found[1])


@dataclass(frozen=True, slots=True)
class Counts:
    """What the runs of one campaign came to."""

    seed: int
    runs: int
    seconds: float
    accepted: Mapping[str, int]
    refused: Mapping[str, int]
    refusals: Mapping[str, int]
    failures: Sequence[str]

    @property
    def acts(self) -> int:
        """Acts that were tried on chain and oracle alike."""
        return sum(self.accepted.values()) + sum(self.refused.values())

    @property
    def accepted_share(self) -> float:
        """How many of all acts were carried out."""
        return sum(self.accepted.values()) / max(self.acts, 1)

    def evidence(self) -> dict[str, Any]:
        """What the evidence page needs; sums of several campaigns mean something."""
        return {
            "seed": self.seed,
            "runs": self.runs,
            "acts": self.acts,
            "accepted_acts": sum(self.accepted.values()),
            "seconds": round(self.seconds, 1),
            "divergences": len(self.failures),
            "accepted": dict(self.accepted),
            "refused": dict(self.refused),
            "refusals": dict(self.refusals),
        }


def run(
    acts: int,
    *,
    seed: int = 1,
    artifacts: Path | None = None,
    seconds_max: float = 3600,
    settings: Mapping[str, str] | None = None,
) -> Counts:
    """Run a campaign of at least so many acts, and say what became of them."""
    _build()
    runs = -(-acts // (SIDES * ACTS_OF_A_RUN))
    with tempfile.TemporaryDirectory(prefix="campaign-", dir=BUILD) as folder:
        told = Path(folder) / "counts.jsonl"
        environment = {
            **os.environ,
            "FENBOOK_ACTS": str(ACTS_OF_A_RUN),
            "FENBOOK_COUNTS": _from_project(told),
            # A seed that failed runs again first, but never against other contracts.
            "FOUNDRY_FUZZ_FAILURE_PERSIST_DIR": _from_project(Path(folder) / "failures"),
            **({"FENBOOK_ARTIFACTS": _from_project(artifacts)} if artifacts else {}),
            **(settings or {}),
        }
        began = time.monotonic()
        done = subprocess.run(
            [str(FORGE), "test", *_ALONE, "--match-path", "Campaign.t.sol",
             "--match-test", "testFuzz_", "--fuzz-runs", str(runs), "--fuzz-seed", hex(seed),
             "--color", "never"],
            cwd=PROJECT, env=environment, capture_output=True, text=True, check=False,
            timeout=seconds_max,
        )  # fmt: skip
        seconds = time.monotonic() - began
        lines = told.read_text("utf-8").splitlines() if told.exists() else []
    failures = sorted({_named(f"{name}: {why}") for why, name in _FAILURE.findall(done.stdout)})
    if not failures and (done.returncode or len(lines) < SIDES * runs):
        raise AssertionError(f"forge did not run: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return _summed(seed, seconds, [json.loads(line) for line in lines], failures)


def _build() -> None:
    """Compile the campaign once, whoever else is about to."""
    write_shim()
    # Forge builds anew what it put into a folder that it had to make.
    (BUILD / "out").mkdir(parents=True, exist_ok=True)
    with (BUILD / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run(
            [str(FORGE), "build", *_ALONE],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise AssertionError(f"the campaign does not compile: {done.stdout}{done.stderr}")


def _from_project(path: Path) -> str:
    """As the campaign names files: forge takes no others."""
    return os.path.relpath(path, PROJECT)


def _named(failure: str) -> str:
    """A failure with the names of verb and refusals instead of their numbers."""
    known, why = verbs(), refusals()
    failure = _DIVERGENCE.sub(
        lambda m: f"{known[int(m[1])]}: chain {why[int(m[2])]}, oracle {why[int(m[3])]}", failure
    )
    return _VERB.sub(lambda m: f"{known[int(m[1])]}:", failure)


def _summed(
    seed: int, seconds: float, runs: Sequence[Mapping[str, Any]], failures: Sequence[str]
) -> Counts:
    def sums(field: str, names: Sequence[str]) -> dict[str, int]:
        columns = zip(*(one[field] for one in runs), strict=True)
        return dict(zip(names, map(sum, columns), strict=bool(runs)))

    names = sums("names", refusals())
    names.pop("None", None)
    return Counts(
        seed=seed,
        runs=len(runs),
        seconds=seconds,
        accepted=sums("accepted", verbs()),
        refused=sums("refused", verbs()),
        refusals=names,
        failures=failures,
    )


def main(acts: str, seed: str = "1") -> int:
    """Run a campaign and print what it came to."""
    counts = run(int(acts), seed=int(seed))
    print(json.dumps(counts.evidence(), indent=1))
    print(f"{counts.acts / counts.seconds:.0f} acts a second, {counts.accepted_share:.1%} accepted")
    print("\n".join(counts.failures))
    return 1 if counts.failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
