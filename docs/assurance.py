"""Writes `assurance.md` from what the campaigns have found: counts, seeds, seconds, survivors.

    python -m docs.assurance            write the page from docs/evidence
    python -m docs.assurance --gather   take over the results of the last runs first

A run leaves its results in build/assurance. `--gather` keeps their sums in docs/evidence, so that
the
page can be made, and compared by a test, on any machine. No number on the page is typed.
"""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from docs.prose import bound, folded, second, table
from ledger.chain.artifacts import code_fingerprint

__all__ = ["CAMPAIGNS", "PAGE", "gather", "main", "page"]

HERE: Final = Path(__file__).parent
PAGE: Final = HERE / "assurance.md"
EVIDENCE: Final = HERE / "evidence"
RUNS: Final = HERE.parent / "build" / "assurance"

Found = Mapping[str, Any]

_HEAD = """# Assurance

<!-- Written by docs/assurance.py from docs/evidence. Run the campaigns, not an editor. -->

What was run against the contracts, and what it found. Every row was written by its run; `make
deep` runs all of them, and
`make assurance` takes their results over. The threats they answer are in
[security.md](security.md), what must hold in
[invariants.md](invariants.md).

No fault found in N independent tries means, by the rule of three, that with 95 % confidence fewer
than 3 in N such tries find
one. It says nothing of tries of another kind. Claims below are made in this sense and in no other.

The contracts that ship now have the fingerprint `{contracts}`, a hash of all their code. Results
that were found on others say so.
"""


def gather() -> None:
    """Keep the sums of the last runs; a campaign that did not run keeps what it had."""
    EVIDENCE.mkdir(exist_ok=True)
    for name in CAMPAIGNS:
        path = RUNS / f"{name}.json"
        if not path.exists():
            continue
        told = json.loads(path.read_text("utf-8"))
        parts = told.get("parts", told.get("files", {}))
        kept = {"totals": told["totals"], "parts": _spared(name, parts)}
        text = json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False)
        (EVIDENCE / f"{name}.json").write_text(text + "\n", "utf-8")


def _spared(name: str, parts: Mapping[str, Found]) -> dict[str, Any]:
    """The parts that the page names; of the others their number and seeds are enough."""
    if name in ("forgeries", "gas_sweeps"):
        seeds = sorted({one["seed"] for one in parts.values() if "seed" in one})
        about = sorted({one.get("contracts", "") for one in parts.values()})
        return {"count": len(parts), "seeds": seeds, "contracts": about}
    return dict(parts)


def page() -> str:
    """The page, from docs/evidence."""
    sections = [_HEAD.format(contracts=code_fingerprint())]
    for name, section in CAMPAIGNS.items():
        path = EVIDENCE / f"{name}.json"
        if path.exists():
            told = json.loads(path.read_text("utf-8"))
            sections.append(section(told["totals"], told["parts"]))
            sections += filter(None, [_stale(told["parts"])])
    paragraphs = "\n".join(sections).split("\n\n")
    return "\n\n".join(folded(one) for one in paragraphs).rstrip() + "\n"


def _stale(parts: Found) -> str:
    """Says which parts were found on other contracts than those that ship now."""
    if "count" in parts:
        about = {name: name for name in parts.get("contracts", [""])}
    else:
        about = {name: one.get("contracts", "") for name, one in parts.items()}
    said = ""
    for others, sentence in (
        ([one for one, code in about.items() if not code], "Run before results named contracts"),
        (
            [one for one, code in about.items() if code not in ("", code_fingerprint())],
            "Found on other contracts than those that ship now",
        ),
    ):
        if others:
            which = "all of it" if len(others) == len(about) else ", ".join(others)
            said += f"{sentence}: {which}.\n"
    return said


# ---- sections


def _forge(totals: Found, parts: Found) -> str:
    rows = [
        (name, one["acts"], one["accepted_acts"], one["divergences"], one["seed"], one["seconds"])
        for name, one in parts.items()
    ]
    acts, accepted = totals["acts"], totals["accepted_acts"]
    by_verb = totals["accepted"]
    counted = ((verb, by_verb[verb], totals["refused"].get(verb, 0)) for verb in sorted(by_verb))
    refusals = sorted((one for one in totals["refusals"].items() if one[0] != "None"), key=second)
    return f"""## Differential campaign

An oracle in plain Solidity, which shares nothing with the contracts, decides each act; the
contracts as they ship must accept what it
accepts, refuse by the same name, and remember the same. {acts:,} acts, {accepted / acts:.1%} of
them accepted, {totals["divergences"]}
divergences{bound(totals["divergences"], acts)}. How it is made: `tests/forge/README.md`.

{table(("run", "acts", "accepted", "divergences", "seed", "seconds"), rows)}
{table(("verb", "accepted", "refused"), counted)}
Each refusal, with how often it was seen: {
        ", ".join(f"{name} {count:,}" for name, count in refusals)
    }.
"""


def _machine(totals: Found, parts: Found) -> str:
    rows = [
        (name, one["steps"], one["accepted"], one["full_checks"], one["seconds"])
        for name, one in parts.items()
    ]
    return f"""## State machine

Chain, views and the oracle in plain Python in lockstep on the in-process engine. After each step
its verdict and all about its payable are compared, after every sixtieth everything.
{totals["steps"]:,} steps, {totals["accepted"] / totals["steps"]:.1%} of them accepted, no
divergence{bound(0, totals["steps"])}.

{table(("run", "steps", "accepted", "whole comparisons", "seconds"), rows)}"""


def _proofs(_: Found, parts: Found) -> str:
    rows = [
        (
            f"`{name}`",
            one.get("invariant", ""),
            one.get("result") or "not run yet",
            one.get("seconds", ""),
        )
        for name, one in parts.items()
    ]
    return f"""## Proofs

Halmos proves each of these for all storage and all arguments within the assumptions that its
source names; each is broken by a mutant
of its own.

{table(("proof", "invariant", "result", "seconds"), rows)}"""


def _mutants(totals: Found, parts: Found) -> str:
    rows = [
        (
            f"`{name}`",
            one["mutants"],
            one["by_campaign"],
            one["by_tests"],
            one["by_proofs"],
            one["explained"],
            one["undecided"],
        )
        for name, one in parts.items()
    ]
    head = ("file", "mutants", "by campaign", "by tests", "by proofs", "explained", "undecided")
    undecided = totals["undecided"]
    left = f"; {undecided:,} are not decided yet" if undecided else ""
    return f"""## Mutants

Small changes of every money and authority path, all in one compilation, each woken alone.
{totals["mutants"]:,} mutants: {totals["by_campaign"]:,} noticed by short runs of the differential
campaign, {totals["by_tests"]:,} by the contracts' own tests, {totals["by_proofs"]:,} by a proof,
{totals["explained"]:,} explained one by one in `tests/mutants/explained.json`{left}.

{table(head, rows)}"""


def _forgeries(totals: Found, parts: Found) -> str:
    classes = sorted(totals["classes"].items(), key=second, reverse=True)
    kinds = sorted(totals["kinds"].items(), key=second, reverse=True)
    accepted = totals["accepted"]
    return f"""## Forgeries

{totals["tries"]:,} false commands of {len(totals["verbs"])} verbs, {accepted}
accepted{bound(accepted, totals["tries"])};
{totals["honest_accepted_once"]:,} honest ones accepted once and then refused as replays; all
storage compared after
{totals["storage_compared"]:,} tries. Seeds {", ".join(map(str, parts["seeds"]))},
{totals["seconds"]:,.0f} s.

{table(("class", "tries"), classes)}
{table(("kind of key", "tries"), kinds)}"""


def _gas_sweeps(totals: Found, parts: Found) -> str:
    return f"""## Gas sweeps

Batches of {parts["count"]} verbs, each with a command that is good and one that is refused, under
{totals["limits"]:,} gas limits:
{totals["false_refusals"]} good commands counted as
refused{bound(totals["false_refusals"], totals["limits"])}.
{totals["seconds"]:,.0f} s.
"""


def _planted(title: str) -> Callable[[Found, Found], str]:
    def section(totals: Found, parts: Found) -> str:
        rows = [
            (name.replace("_", " "), "found" if one["found"] else "**missed**", _how(one))
            for name, one in parts.items()
        ]
        return f"""## {title}

{totals["found"]} of {len(parts)} found.

{table(("bug", "", "by"), rows)}"""

    return section


def _how(one: Found) -> str:
    how = one.get("how") or [one.get("by", "")]
    return str(how[0]).replace("|", "/")[:160]


def _coverage(totals: Found, parts: Found) -> str:
    rows = [
        (
            f"`{name}`",
            f"{one['lines_reached']} of {one['lines']}",
            f"{one['branches_reached']} of {one['branches']}",
        )
        for name, one in parts.items()
        if one["lines_reached"] < one["lines"] or one["branches_reached"] < one["branches"]
    ]
    return f"""## Coverage

The contracts' own tests reach {totals["lines_reached"]:,} of {totals["lines"]:,} lines and
{totals["branches_reached"]:,} of
{totals["branches"]:,} branches. What they do not reach is named with its reason in
`tests/tidy/unreached.json`. Files below 100 %:

{table(("file", "lines", "branches"), rows)}"""


CAMPAIGNS: Final[Mapping[str, Callable[[Found, Found], str]]] = {
    "forge": _forge,
    "state_machine": _machine,
    "proofs": _proofs,
    "mutants": _mutants,
    "forgeries": _forgeries,
    "gas_sweeps": _gas_sweeps,
    "planted": _planted("Planted bugs: the differential campaign"),
    "planted_forgeries": _planted("Planted bugs: forgeries and the contracts' tests"),
    "coverage": _coverage,
}
"""Every campaign, in the order of the page, with what writes its section."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the page."""
    if "--gather" in (sys.argv[1:] if arguments is None else arguments):
        gather()
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
