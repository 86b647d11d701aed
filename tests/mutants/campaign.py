"""Lets each mutant live until something notices it: a run of the campaign, or a contract's test.

    python -m tests.mutants.campaign              the files that changed since their last hunt
    python -m tests.mutants.campaign --all        every file
    python -m tests.mutants.campaign Loans Keys   the files so named

What noticed a mutant in the last hunt is asked first. A run of the campaign compares every act
with the oracle's, and the whole state after every hundred. What two short runs do not notice goes
through those of the contracts' own tests that come to it; what they do not notice, through longer
runs. A mutant that no act comes to may be left to a proof. What is left must have its reason in
`explained.json`. A hunt that was broken off goes on where it was.
"""

import argparse
import json
import re
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.mutants import runs
from tests.mutants.build import build, files_of_the_contracts
from tests.mutants.record import changed_files, explanations, keep, provable, witnesses
from tests.mutants.schemata import Mutant

__all__ = ["Hunt", "main"]

_SHORT: Final[Sequence[tuple[int, int]]] = ((102, 150), (201, 400))
_LONG: Final[Sequence[tuple[int, int]]] = ((301, 1_500), (302, 1_500))
"""Seed and acts of runs; a short one first, since most mutants fall within a few acts."""

_CAMPAIGN: Final = re.compile(r"campaign (\d+)/(\d+)")

_Step = Callable[[Sequence[Mutant]], runs.Found]


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
        for name, wanted, step in [*self._known(), *self._new()]:
            told = explanations()
            # What is explained cannot be noticed.
            alive = [one for one in self.alive if wanted(one) and one.place not in told]
            if name in self.done or not alive:
                continue
            began = time.monotonic()
            # What noticed it is called the same the next time.
            kind = name.removesuffix(" again")
            found = {number: f"{kind}: {how}" for number, how in step(alive).items() if how}
            self.noticed |= found
            self.done.append(name)
            self._write()
            spent = time.monotonic() - began
            print(f"{name}: {len(found)} of {len(alive)} in {spent:.0f} s", flush=True)

    def _known(self) -> list[tuple[str, Callable[[Mutant], bool], _Step]]:
        """What noticed mutants the last time, for these mutants only."""
        tests: dict[str, list[int]] = {}
        by_campaign: dict[tuple[int, int], set[int]] = {}
        for how, numbers in witnesses(self.mutants).items():
            if found := _CAMPAIGN.fullmatch(how):
                by_campaign[int(found[1]), int(found[2])] = set(numbers)
            elif how.startswith("tests: "):
                tests.setdefault(how.removeprefix("tests: "), []).extend(numbers)
        steps: list[tuple[str, Callable[[Mutant], bool], _Step]] = [
            (f"campaign {seed}/{acts} again", _is_in(numbers), runs.campaign(seed, acts))
            for (seed, acts), numbers in sorted(by_campaign.items())
        ]
        known = {number for numbers in tests.values() for number in numbers}
        return [*steps, ("tests again", _is_in(known), runs.named_tests(tests))]

    def _new(self) -> list[tuple[str, Callable[[Mutant], bool], _Step]]:
        """What everything goes through that is left."""
        short = [(f"campaign {seed}/{acts}", runs.campaign(seed, acts)) for seed, acts in _SHORT]
        long = [(f"campaign {seed}/{acts}", runs.campaign(seed, acts)) for seed, acts in _LONG]
        steps = [*short, ("tests", runs.every_test), *long]
        left_to_proofs = provable()
        acted = [(name, lambda one: one.place not in left_to_proofs, step) for name, step in steps]
        return [*acted, ("proof", lambda one: one.place in left_to_proofs, runs.proofs)]

    @property
    def _path(self) -> Path:
        return runs.HUNT / "noticed.json"

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
        runs.HUNT.mkdir(parents=True, exist_ok=True)
        kept = {"mutants": self._identity(), "noticed": self.noticed, "done": self.done}
        self._path.write_text(json.dumps(kept, indent=1), "utf-8")

    def forget(self) -> None:
        """The hunt is over; the next one begins anew."""
        self._path.unlink(missing_ok=True)


def _is_in(numbers: set[int]) -> Callable[[Mutant], bool]:
    return lambda one: one.number in numbers


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
    keep(hunt.mutants, hunt.noticed, files)
    hunt.forget()
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
