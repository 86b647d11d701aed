"""Static analysis: Slither over all contracts, each finding explained in docs/security.md.

    python -m tests.tidy.slither PATH_OF_SLITHER

Fails on a finding of high severity, on one of medium severity that the table does not name, on a
detector of low severity without a reason, and on what is explained but found no more. Slither ends
with 255 where it has findings and with 1 where it crashed; the two are told apart.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from ledger.chain.compiler import SOLC_VERSION, write_shim

__all__ = ["explained", "found", "main"]

ROOT: Final = Path(__file__).parents[2]
_WORK: Final = ROOT / "build" / "slither-run"
_PAGE: Final = ROOT / "docs" / "security.md"
_ROW: Final = re.compile(r"^\| `([a-z-]+)` \| (.+) \|$", re.MULTILINE)
_LOW_ROW: Final = re.compile(r"^\| low \| `([a-z-]+)` \| .+ \|$", re.MULTILINE)
_FINDINGS: Final = (0, 255)

Finding = tuple[str, str]
"""Detector, and the function it is about."""


def explained(page: str) -> set[Finding]:
    """The findings that the page explains."""
    return {
        (detector, place)
        for detector, places in _ROW.findall(page)
        for place in re.findall(r"`([^`]+)`", places)
    }


def found(report: Mapping[str, Any], *severities: str) -> set[Finding]:
    """The findings of a report, by severity."""
    detectors = report["results"].get("detectors", [])
    return {
        (one["check"], _place(one["elements"])) for one in detectors if one["impact"] in severities
    }


def _place(elements: Sequence[Mapping[str, Any]]) -> str:
    """The contract and function that a finding is about."""
    element = elements[0]
    while element["type"] not in ("function", "contract"):
        element = element["type_specific_fields"]["parent"]
    if element["type"] == "contract":
        return str(element["name"])
    return f"{element['type_specific_fields']['parent']['name']}.{element['name']}"


def _analyse(slither: str) -> Mapping[str, Any]:
    """Run Slither over one file that imports every source, and read its report."""
    _WORK.mkdir(parents=True, exist_ok=True)
    sources = sorted(path.relative_to(ROOT) for path in (ROOT / "contracts").rglob("*.sol"))
    lines = ["// SPDX-License-Identifier: Apache-2.0", f"pragma solidity {SOLC_VERSION};"]
    lines += [f'import "../../{source.as_posix()}";' for source in sources]
    everything = _WORK / "Everything.sol"
    everything.write_text("\n".join(lines) + "\n", "utf-8")
    command = [
        *(slither, str(everything.relative_to(ROOT))),
        *("--compile-force-framework", "solc", "--solc", str(write_shim())),
        *("--solc-remaps", "@openzeppelin/=node_modules/@openzeppelin/"),
        *("--solc-args", "--via-ir --optimize --evm-version cancun"),
        *("--filter-paths", "node_modules", "--json", "-"),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode not in _FINDINGS:
        sys.exit(f"slither: it crashed with {done.returncode}\n{done.stderr[-2000:]}")
    try:
        report: Mapping[str, Any] = json.loads(done.stdout)
    except json.JSONDecodeError:
        sys.exit(f"slither: no report\n{done.stdout[-500:]}")
    if not report["success"]:
        sys.exit(f"slither: {report['error']}")
    return report


def _complaints(report: Mapping[str, Any]) -> Iterator[str]:
    page = _PAGE.read_text("utf-8")
    known = explained(page)
    low, reasons = {detector for detector, _ in found(report, "Low")}, set(_LOW_ROW.findall(page))
    medium = found(report, "Medium")
    for detector, place in sorted(found(report, "High")):
        yield f"high: {detector} in {place}"
    for detector, place in sorted(medium - known):
        yield f"medium, not explained in docs/security.md: {detector} in {place}"
    for detector, place in sorted(known - medium):
        yield f"explained but not found any more: {detector} in {place}"
    for detector in sorted(low ^ reasons):
        known_or_not = "without a reason" if detector in low else "a reason, but no finding"
        yield f"low, {known_or_not}: {detector}"


def main(arguments: Sequence[str]) -> int:
    """The command line; 0 clean, 1 something to do."""
    report = _analyse(arguments[0])
    complaints = list(_complaints(report))
    for complaint in complaints:
        print(f"slither: {complaint}")
    if not complaints:
        count = len(found(report, "Medium"))
        print(f"slither: none of high severity; {count} of medium severity, all explained")
        print(
            f"slither: of low severity {len(found(report, 'Low'))}, each detector with its reason"
        )
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
