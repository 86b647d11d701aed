"""Runs the proofs of the contracts, and the planted faults that each of them must find.

    python -m tests.proofs.prove                       every proof
    python -m tests.proofs.prove VouchersLaws          those of one contract of proofs
    python -m tests.proofs.prove --mutants             every proof's planted fault
    python -m tests.proofs.prove --mutants NAME...     some of them

`laws.json` names the proofs. A law is one sentence about a contract, proved in one walk for every
state-changing function; other proofs are functions of their own. Results go to
build/assurance/proofs.json. Halmos and its solver live in an environment of their own, which
`make proofs` makes.
"""

import argparse
import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ledger.chain.compiler import write_shim
from ledger.chain.sources import ROOT
from tests import evidence

__all__ = ["HALMOS", "HOME", "LAWS", "Law", "Result", "contracts", "forge", "kill", "main", "prove"]

HOME: Final = ROOT / "tests" / "proofs"
BUILD: Final = ROOT / "build" / "proofs"
HALMOS: Final = ROOT / "build" / "halmos" / "bin" / "halmos"
FORGE: Final = ROOT / "node_modules" / "@foundry-rs" / "forge-linux-amd64" / "bin"

_BUILD: Final = (
    "forge",
    "build",
    "--ast",
    "--root",
    ".",
    "--extra-output",
    "storageLayout",
    "metadata",
)
"""As halmos asks for it."""

SECONDS_MAX: Final = 1200
"""No run of halmos takes longer, or it is stopped and counts as failed."""

_LINE: Final = re.compile(
    r"\[(PASS|FAIL|TIMEOUT|ERROR)\] check_(\w+)\(.*?\(paths: (\d+), time: ([\d.]+)s"
)
_BESIDE: Final = re.compile(r'from "\./(\w+\.sol)"')
_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
_OUTCOMES: Final = {"PASS": "proved", "FAIL": "refuted", "TIMEOUT": "undecided", "ERROR": "failed"}


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
    contract: str,
    profile: str,
    checks: Sequence[str] = (),
    *,
    home: Path = HOME,
    law: int | None = None,
) -> tuple[list[Result], str]:
    """Run the proofs of one contract, or some of them; the results, and what halmos said."""
    wanted = f"^check_({'|'.join(checks)})\\(" if checks else "^check_"
    command = [
        *(str(HALMOS), "--root", ".", "--forge-build-out", f"../../build/proofs/{profile}"),
        *("--contract", contract, "--match-test", wanted, "--no-status", "--early-exit"),
        *("--default-array-lengths", "1", "--default-bytes-lengths", "20", "--loop", "3"),
        *("--solver-threads", "1", "--solver-timeout-assertion", "120s"),
    ]
    environment = _environment(profile) | ({} if law is None else {"LAW": str(law)})
    if home == HOME:
        # Halmos builds too, and finds it done; two that build at once would be in each other's way.
        # Forge builds anew what it put into a folder that it had to make.
        (BUILD / profile).mkdir(parents=True, exist_ok=True)
        with _lock(profile):
            _say(_BUILD, home, environment)
    said = _COLOUR.sub("", _say(command, home, environment))
    return [
        Result(check, _OUTCOMES[outcome], int(paths), float(seconds))
        for outcome, check, paths, seconds in _LINE.findall(said)
    ], said


def forge(profile: str, settings: Mapping[str, str]) -> str:
    """Run the tests of a profile under forge; what it said."""
    return _say(["forge", "test"], HOME, _environment(profile) | dict(settings))


def _environment(profile: str) -> dict[str, str]:
    write_shim()
    name = {"plain": "default"}.get(profile, profile)
    own = {
        "PATH": f"{FORGE}:{os.environ['PATH']}",
        "FOUNDRY_PROFILE": name,
        # Halmos looks for its solver there, whichever environment is active around us.
        "VIRTUAL_ENV": str(HALMOS.parent.parent),
    }
    return {**os.environ, **own}


def _say(command: Sequence[str], home: Path, environment: Mapping[str, str]) -> str:
    """Run a program to its end, or stop it and all that it started when it takes too long."""
    with subprocess.Popen(
        command,
        cwd=home,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as run:
        try:
            return run.communicate(timeout=SECONDS_MAX)[0]
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL)
            return run.communicate()[0] + f"\nstopped after {SECONDS_MAX} s"


@contextmanager
def _lock(name: str) -> Iterator[None]:
    """One process at a time: they share a folder of compiled proofs, or a file of results."""
    BUILD.mkdir(parents=True, exist_ok=True)
    with (BUILD / f".{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def kill(law: Law) -> tuple[bool, str]:
    """Plant a law's fault in a copy; whether its proof finds it, and what was said."""
    copy = BUILD / "mutants" / law.name
    shutil.rmtree(copy, ignore_errors=True)
    home = copy / "tests" / "proofs"
    home.mkdir(parents=True)
    shutil.copytree(ROOT / "contracts", copy / "contracts")
    for part in HOME.glob("*.sol"):
        shutil.copy(part, home)
    settings = (HOME / "foundry.toml").read_text("utf-8")
    settings = settings.replace("../../node_modules", f"{ROOT}/node_modules")
    settings = settings.replace("../../build/solc-bin", f"{ROOT}/build/solc-bin")
    settings = settings.replace('allow_paths = ["../.."]', f'allow_paths = ["../..", "{ROOT}"]')
    (home / "foundry.toml").write_text(settings, "utf-8")
    (home / law.profile).mkdir()
    for part in _needed(law):
        shutil.copy(part, home / law.profile)
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


def _needed(law: Law) -> list[Path]:
    """The file that holds a law's proof, and what that imports from beside it."""
    folder = HOME / law.profile
    waiting = [
        path
        for path in folder.glob("*.t.sol")
        if f"contract {law.contract} " in path.read_text("utf-8")
    ]
    needed: list[Path] = []
    while waiting:
        needed.append(part := waiting.pop())
        waiting += [folder / name for name in _BESIDE.findall(part.read_text("utf-8"))]
    return needed


def contracts() -> list[tuple[str, str]]:
    """The contracts of proofs with their profiles, each once."""
    return list(dict.fromkeys((law.contract, law.profile) for law in LAWS))


def record(law: Law, **facts: Any) -> None:
    """Add to what the evidence has of a law."""
    path = evidence.ASSURANCE / "proofs.json"
    with _lock("results"):
        parts = json.loads(path.read_text("utf-8"))["parts"] if path.exists() else {}
        known = parts.get(law.name, {})
        evidence.record("proofs", law.name, known | {"invariant": law.invariant} | facts)


def prove_contract(contract: str, profile: str) -> tuple[bool, str]:
    """Prove all that a contract of proofs holds and keep the result; what was said."""
    begun = time.monotonic()
    results, said = prove(contract, profile)
    proved = bool(results) and all(one.outcome == "proved" for one in results)
    held = [law for law in LAWS if law.contract == contract]
    walked = [law for law in held if law.number is not None]
    apart = {law.mutant["check"] for law in held if law.number is None}
    for law in held:
        own = [one for one in results if _is_about(one, law, apart)]
        outcomes = {one.outcome for one in own}
        shared_by = 1 if law.number is None else len(walked)
        record(
            law,
            result="proved" if outcomes == {"proved"} else "not proved",
            functions=len(own),
            seconds=round(sum(one.seconds for one in own) / shared_by, 1),
        )
    lines = [f"{contract} {one.check}: {one.outcome}, {one.seconds} s" for one in results]
    lines.append(f"{contract}: {time.monotonic() - begun:.0f} s")
    return proved, "\n".join(lines if proved else [*lines, said[-4000:]])


def _is_about(result: Result, law: Law, apart: Container[str]) -> bool:
    """A walk proves all laws of its contract; a proof apart its own."""
    if law.number is None:
        return result.check == law.mutant["check"]
    return result.check not in apart


def find_mutant(law: Law) -> tuple[bool, str]:
    """Have a law's proof find its planted fault, and keep the result."""
    begun = time.monotonic()
    found, said = kill(law)
    seconds = round(time.monotonic() - begun, 1)
    record(law, mutant="found" if found else "missed", mutant_seconds=seconds)
    line = f"{law.name}: its mutant is {'found' if found else 'missed'}, {seconds} s"
    return found, line if found else f"{line}\n{said[-4000:]}"


def main(arguments: Sequence[str]) -> int:
    """The command line; 0 where everything is proved or found."""
    parser = argparse.ArgumentParser(description="Prove the contracts' laws.")
    parser.add_argument("--mutants", action="store_true", help="plant the faults instead")
    parser.add_argument("names", nargs="*", help="contracts of proofs, or laws; all without any")
    options = parser.parse_args(arguments)
    chosen = set(options.names)
    runs: Iterator[tuple[bool, str]]
    if options.mutants:
        runs = (find_mutant(law) for law in LAWS if not chosen or law.name in chosen)
    else:
        runs = (prove_contract(*one) for one in contracts() if not chosen or one[0] in chosen)
    bad = 0
    for good, said in runs:
        bad += not good
        print(said, flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
