"""Runs the proofs of the contracts, and the planted faults that each of them must find.

    python -m tests.proofs.prove              every proof
    python -m tests.proofs.prove --quick      the subset of `make test`
    python -m tests.proofs.prove --mutants    every proof's planted fault

Results go to build/assurance/proofs.json. `laws.json` names the proofs: a law is one sentence about
a contract, proved for every state-changing function of it in one walk; other proofs are functions of
their own. Halmos and its solver live in an environment of their own, which `make halmos` makes.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ledger.chain.compiler import write_shim

__all__ = ["HALMOS", "LAWS", "PROVED", "Law", "Result", "kill", "main", "prove", "write_results"]

ROOT: Final = Path(__file__).parents[2]
HOME: Final = ROOT / "tests" / "proofs"
BUILD: Final = ROOT / "build" / "proofs"
HALMOS: Final = ROOT / "build" / "halmos" / "bin" / "halmos"
RESULTS: Final = ROOT / "build" / "assurance" / "proofs.json"
FORGE: Final = ROOT / "node_modules" / "@foundry-rs" / "forge-linux-amd64" / "bin"

SECONDS_MAX: Final = 600
"""No run of halmos takes longer, or it is stopped and counts as failed."""

PROVED: Final = "proved"
_LINE: Final = re.compile(
    r"\[(PASS|FAIL|TIMEOUT|ERROR)\] check_(\w+)\(.*?\(paths: (\d+), time: ([\d.]+)s"
)
_BROKEN: Final = re.compile(r"halmos_law_uint8_\w+ = 0x([0-9a-f]+)")
_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
_OUTCOMES: Final = {"PASS": PROVED, "FAIL": "refuted", "TIMEOUT": "undecided", "ERROR": "failed"}


@dataclass(frozen=True, slots=True)
class Law:
    """What is proved of a contract, and the planted fault that breaks it."""

    name: str
    invariant: str
    sentence: str
    contract: str
    """The contract of proofs that holds it."""
    profile: str
    number: int | None
    """Its number among the laws of the contract; None for a function of its own."""
    mutant: dict[str, str]
    """`source`, `old`, `new`, and the `check` that must find it."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one function of proofs."""

    check: str
    outcome: str
    paths: int
    seconds: float


def _read_laws() -> tuple[Law, ...]:
    return tuple(Law(**one) for one in json.loads((HOME / "laws.json").read_text("utf-8")))


LAWS: Final = _read_laws()


def prove(
    contract: str, profile: str, checks: Sequence[str] = (), *, home: Path = HOME, law: int | None = None
) -> tuple[list[Result], str]:
    """Run the proofs of one contract, or some of them; the results, and what halmos said."""
    wanted = f"^check_({'|'.join(checks)})\\(" if checks else "^check_"
    command = [
        *(str(HALMOS), "--root", ".", "--forge-build-out", f"../../build/proofs/{profile}"),
        *("--contract", contract, "--match-test", wanted, "--no-status", "--early-exit"),
        *("--default-array-lengths", "1", "--default-bytes-lengths", "20", "--loop", "3"),
        *("--solver-threads", "1", "--solver-timeout-assertion", "120s"),
    ]
    environment = {
        **os.environ,
        "PATH": f"{FORGE}:{os.environ['PATH']}",
        "FOUNDRY_PROFILE": "ir" if profile == "ir" else "default",
        **({} if law is None else {"LAW": str(law)}),
    }
    write_shim()
    try:
        done = subprocess.run(
            command,
            cwd=home,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=SECONDS_MAX,
        )
    except subprocess.TimeoutExpired as late:
        said = late.stdout or b""
        return [], said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    said = _COLOUR.sub("", done.stdout)
    return [
        Result(check, _OUTCOMES[outcome], int(paths), float(seconds))
        for outcome, check, paths, seconds in _LINE.findall(said)
    ], said


def kill(law: Law) -> tuple[bool, str]:
    """Plant a law's fault in a copy of the sources; whether its proof finds it, and what was said."""
    copy = BUILD / "mutants" / law.name
    shutil.rmtree(copy, ignore_errors=True)
    home = copy / "tests" / "proofs"
    home.mkdir(parents=True)
    shutil.copytree(ROOT / "contracts", copy / "contracts")
    for part in HOME.glob("*.sol"):
        shutil.copy(part, home)
    shutil.copy(HOME / "foundry.toml", home)
    (home / law.profile).mkdir()
    for part in _needed(law):
        shutil.copy(part, home / law.profile)
    for shared in ("node_modules", "build/solc-bin"):
        (copy / shared).parent.mkdir(exist_ok=True)
        (copy / shared).symlink_to(ROOT / shared)
    source = copy / "contracts" / law.mutant["source"]
    text = source.read_text("utf-8")
    if text.count(law.mutant["old"]) != 1:
        return False, f"{law.mutant['source']} does not hold once: {law.mutant['old']}"
    source.write_text(text.replace(law.mutant["old"], law.mutant["new"]), "utf-8")
    results, said = prove(
        law.contract, law.profile, [law.mutant["check"]], home=home, law=law.number
    )
    shutil.rmtree(copy, ignore_errors=True)
    return [one.outcome for one in results] == ["refuted"], said


def _needed(law: Law) -> Iterator[Path]:
    """The file that holds a law's proof, and what stands beside it without proofs of its own."""
    for part in (HOME / law.profile).glob("*.sol"):
        if not part.name.endswith(".t.sol") or f"contract {law.contract} " in part.read_text("utf-8"):
            yield part


def contracts(laws: Sequence[Law] = LAWS) -> list[tuple[str, str]]:
    """The contracts of proofs with their profiles, each once."""
    return list(dict.fromkeys((law.contract, law.profile) for law in laws))


def write_results(kind: str, rows: Any) -> None:
    """Put one part of the results beside the others."""
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    known = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    known[kind] = rows
    RESULTS.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", "utf-8")


def broken_laws(said: str) -> set[int]:
    """The laws that counterexamples name."""
    return {int(number, 16) for number in _BROKEN.findall(said)}


def _prove_all(names: Sequence[str]) -> Iterator[tuple[str, list[Result], str]]:
    for contract, profile in contracts():
        if not names or contract in names:
            yield contract, *prove(contract, profile)


def main(arguments: Sequence[str]) -> int:
    """The command line; 0 where everything is proved or found."""
    parser = argparse.ArgumentParser(description="Prove the contracts' laws.")
    parser.add_argument("--mutants", action="store_true", help="plant the faults instead")
    parser.add_argument("names", nargs="*", help="contracts of proofs, or laws; all without any")
    options = parser.parse_args(arguments)
    bad = 0
    if options.mutants:
        for law in LAWS:
            if options.names and law.name not in options.names:
                continue
            begun = time.monotonic()
            found, said = kill(law)
            bad += not found
            print(f"{'found' if found else 'MISSED'} {law.name} {time.monotonic() - begun:.0f} s")
            if not found:
                print(said[-1500:])
        return 1 if bad else 0
    for contract, results, said in _prove_all(options.names):
        failed = [one for one in results if one.outcome != PROVED]
        bad += bool(failed) or not results
        for one in results:
            print(f"{contract} {one.check}: {one.outcome}, {one.paths} paths, {one.seconds} s")
        if failed or not results:
            print(said[-3000:])
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
