"""What is kept of the mutants: what noticed each, and why the others are no faults.

`evidence.json` holds the outcome by file, `explained.json` the reasons by place; `by_proof.json`
the mutants that no act of ours can come to, each with the law that a proof finds broken by it, and
with the change itself. All stand beside this module.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tests import evidence
from tests.mutants.build import files_of_the_contracts, list_mutants
from tests.mutants.schemata import Mutant

__all__ = [
    "changed_files",
    "counts",
    "explanations",
    "keep",
    "provable",
    "recorded",
    "witnesses",
]

_HOME: Final = Path(__file__).parent


def recorded() -> dict[str, dict[str, Any]]:
    """The outcome of the last hunt, by file."""
    return _read("evidence.json")


def explanations() -> dict[str, str]:
    """Why a mutant that nothing notices is no fault, by its place."""
    return _read("explained.json")


def provable() -> dict[str, dict[str, str]]:
    """By place: the law that a mutant breaks, the `old` text of its source and the `new`."""
    return _read("by_proof.json")


def _read(name: str) -> dict[str, Any]:
    path = _HOME / name
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def changed_files() -> list[str]:
    """The files whose text is not that of their last hunt."""
    kept = recorded()
    return [
        name
        for name, hashed in files_of_the_contracts().items()
        if kept.get(name, {}).get("sha256") != hashed
    ]


def witnesses(mutants: Sequence[Mutant]) -> dict[str, list[int]]:
    """What noticed these mutants in the last hunt, with their numbers; of unchanged files only."""
    kept, found = recorded(), dict[str, list[int]]()
    for name in sorted({one.source for one in mutants} - set(changed_files())):
        own = [one for one in mutants if one.source == name]
        for one, how in zip(own, kept[name]["noticed"], strict=True):
            if how:
                found.setdefault(how, []).append(one.number)
    return found


def keep(mutants: Sequence[Mutant], noticed: Mapping[int, str], files: Iterable[str]) -> None:
    """Write the outcome by file: of each mutant, in its order, what noticed it, or nothing."""
    hashes, kept = files_of_the_contracts(), recorded()
    for name in files:
        own = [one for one in mutants if one.source == name]
        kept[name] = {
            "sha256": hashes[name],
            "noticed": [_witness(noticed.get(one.number, "")) for one in own],
        }
    kept = {name: kept[name] for name in sorted(kept) if name in hashes}
    (_HOME / "evidence.json").write_text(json.dumps(kept, indent=0) + "\n", "utf-8")
    for name, one in counts().items():
        evidence.record("mutants", name, one)


def _witness(how: str) -> str:
    """What to ask again: a run of the campaign, whatever it found, or a test or law by its name."""
    return how.partition(": ")[0] if how.startswith("campaign") else how


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
            "by_proofs": sum(how.startswith("proof") for how in kept["noticed"]),
            "explained": explained,
            "undecided": len(left) - explained,
        }
    return found
