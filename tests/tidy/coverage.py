"""Which statements and branches of the contracts their Python tests reach.

    python -m tests.tidy.coverage [TESTS ...]

The contracts are compiled with as little optimisation as the compiler can do with, so that code can
be traced to its source; the in-process chain notes what runs. A line or branch that is never
reached fails the run, unless tests/tidy/unreached.json says why it cannot be. Writes
build/assurance/coverage.json.
"""

import json
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ledger.chain import compiler
from ledger.chain.artifacts import code_fingerprint
from ledger.chain.sources import Unit, find_units
from tests.evidence import ASSURANCE
from tests.tidy.coverage_plugin import PASSED, REACHED, TAKEN

__all__ = ["Source", "complaints", "main"]

ROOT: Final = Path(__file__).parents[2]
_WORK: Final = ROOT / "build" / "coverage"
_EXPLAINED: Final = Path(__file__).parent / "unreached.json"
_LONG: Final = ("test_forgery.py", "test_gas_sweep.py", "test_planted.py")
_ONE_FORGERY: Final = "::test_no_forgery_is_accepted_and_the_honest_act_is_once[VoidNonce]"
_TESTS: Final = (
    *(
        str(path)
        for path in sorted((ROOT / "tests" / "contracts").glob("test_*.py"))
        if path.name not in _LONG
    ),
    *(f"tests/contracts/test_forgery.py{_ONE_FORGERY}", "tests/test_books.py"),
)
_PLAIN: Final = {
    "enabled": False,
    "details": {
        **dict.fromkeys(("peephole", "inliner", "jumpdestRemover", "orderLiterals"), False),
        **dict.fromkeys(("deduplicate", "cse", "constantOptimizer"), False),
        "yul": True,
        # Without this there is not room enough on the stack; it moves no code.
        "yulDetails": {"stackAllocation": True, "optimizerSteps": "u:"},
    },
}
_OUTPUTS: Final = ("abi", "storageLayout", "evm.bytecode", "evm.deployedBytecode")
_STATEMENTS: Final = {
    *("ExpressionStatement", "VariableDeclarationStatement", "Return", "RevertStatement"),
    *("EmitStatement", "InlineAssembly", "Continue", "Break"),
}
_PUSHES: Final = range(0x60, 0x80)

Span = tuple[int, int]


@dataclass(slots=True)
class Source:
    """One source file with what ran of it."""

    text: str
    statements: set[Span]
    branches: set[Span]
    reached: set[Span] = field(default_factory=set)
    ways: dict[Span, int] = field(default_factory=dict)

    def line(self, span: Span) -> int:
        """The line that a span begins in."""
        return self.text.encode()[: span[0]].count(b"\n") + 1

    def unreached(self) -> set[Span]:
        """Statements of which nothing ran."""
        starts = sorted(self.reached)
        return {one for one in self.statements if not _holds_any(one, starts)}

    def undecided(self) -> set[Span]:
        """Branches that went one way only, or were never come to."""
        both = TAKEN | PASSED
        return {one for one in self.branches if self.ways.get(one, 0) & both != both}


def _holds_any(span: Span, reached: Sequence[Span]) -> bool:
    return any(span[0] <= start and end <= span[1] for start, end in reached)


# ---- building


def _build() -> list[dict[str, Any]]:
    """The units compiled for coverage; what has not changed is taken from the last time."""
    solc = compiler.write_shim()
    (_WORK / "artifacts").mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(lambda unit: _unit(unit, solc), find_units("contracts")))


def _unit(unit: Unit, solc: Path) -> dict[str, Any]:
    mark = compiler.hash_sources(unit)
    kept = _WORK / f"{Path(unit.source).stem}.unit"
    if kept.exists() and (made := json.loads(kept.read_text("utf-8")))["mark"] == mark:
        return dict(made)
    selection: dict[str, Any] = {source: {"": ["ast"]} for source in unit.closure}
    for source, name in unit.contracts:
        selection[source][name] = _OUTPUTS
    request = {
        "language": "Solidity",
        "settings": {
            "evmVersion": "cancun",
            "metadata": {"appendCBOR": False, "bytecodeHash": "none"},
            "optimizer": _PLAIN,
            "viaIR": True,
            "outputSelection": selection,
        },
        "sources": {name: {"content": text} for name, text in unit.closure.items()},
    }
    done = subprocess.run(
        [str(solc), "--standard-json"],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=True,
    )
    output = json.loads(done.stdout)
    contracts = {name: output["contracts"][source][name] for source, name in unit.contracts}
    for source, name in unit.contracts:
        _write_artifact(source, name, contracts[name])
    made = {
        "mark": mark,
        "files": {str(one["id"]): name for name, one in output["sources"].items()},
        "trees": {name: one["ast"] for name, one in output["sources"].items() if name[0] != "@"},
        "texts": {name: text for name, text in unit.closure.items() if name[0] != "@"},
        "codes": [code for one in contracts.values() for code in _codes(one)],
    }
    kept.write_text(json.dumps(made), "utf-8")
    return made


def _write_artifact(source: str, name: str, output: Mapping[str, Any]) -> None:
    code = output["evm"]["deployedBytecode"]
    written = {
        "abi": output["abi"],
        "bytecode": "0x" + output["evm"]["bytecode"]["object"],
        "deployedBytecode": "0x" + code["object"],
        "immutableReferences": code["immutableReferences"],
        "storageLayout": output["storageLayout"],
        "source": source,
    }
    (_WORK / "artifacts" / f"{name}.json").write_text(json.dumps(written), "utf-8")


def _codes(output: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for kind in ("bytecode", "deployedBytecode"):
        code = output["evm"][kind]
        holes = [
            place for places in code.get("immutableReferences", {}).values() for place in places
        ]
        yield {"code": code["object"], "map": code["sourceMap"], "holes": holes, "kind": kind}


# ---- reading


def _sources(units: Sequence[Mapping[str, Any]]) -> dict[str, Source]:
    found: dict[str, Source] = {}
    for unit in units:
        for name, tree in unit["trees"].items():
            statements: set[Span] = set()
            branches: set[Span] = set()
            for node in _nodes(tree):
                kind, span = node["nodeType"], _span(node["src"])
                if kind in _STATEMENTS and not _is_bare(node):
                    statements.add(span)
                if kind in ("IfStatement", "Conditional") or node.get("operator") in ("&&", "||"):
                    branches.add(span)
            found.setdefault(name, Source(unit["texts"][name], statements, branches))
    return found


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, list):
        for one in tree:
            yield from _nodes(one)
    elif isinstance(tree, dict):
        if str(tree.get("nodeType", "Yul")).startswith("Yul"):
            return
        yield tree
        for value in tree.values():
            if isinstance(value, dict | list):
                yield from _nodes(value)


def _is_bare(node: Mapping[str, Any]) -> bool:
    """A local that is declared without a value: nothing has to run for it."""
    return node["nodeType"] == "VariableDeclarationStatement" and not node.get("initialValue")


def _span(text: str) -> Span:
    start, length, *_ = map(int, text.split(":"))
    return start, start + length


def _note(units: Sequence[Mapping[str, Any]], hits: Mapping[bytes, bytes], into: Any) -> int:
    """Bring what ran to the sources it comes from; how many codes were known."""
    known = 0
    for unit in units:
        for code in unit["codes"]:
            for ran, seen in hits.items():
                if _is_same(code, ran):
                    known += 1
                    _note_code(unit, code, seen, into)
    return known


def _is_same(code: Mapping[str, Any], ran: bytes) -> bool:
    made = bytes.fromhex(code["code"])
    if code["kind"] == "bytecode":
        return ran.startswith(made)
    if len(ran) != len(made):
        return False
    masked = bytearray(ran)
    for hole in code["holes"]:
        masked[hole["start"] : hole["start"] + hole["length"]] = bytes(hole["length"])
    return bytes(masked) == made


def _note_code(
    unit: Mapping[str, Any], code: Mapping[str, Any], seen: bytes, into: Mapping[str, Source]
) -> None:
    made = bytes.fromhex(code["code"])
    place = 0
    for start, length, file in _unpacked(code["map"]):
        if place >= len(made):
            return
        source = into.get(unit["files"].get(str(file), ""))
        if source is not None and seen[place] & REACHED:
            span = (start, start + length)
            source.reached.add(span)
            source.ways[span] = source.ways.get(span, 0) | seen[place]
        place += 1 + (made[place] - 0x5F if made[place] in _PUSHES else 0)


def _unpacked(packed: str) -> Iterator[tuple[int, int, int]]:
    """A source map, instruction by instruction: what is left out is as before."""
    start = length = file = 0
    for entry in packed.split(";"):
        parts = entry.split(":")
        if parts[0]:
            start = int(parts[0])
        if len(parts) > 1 and parts[1]:
            length = int(parts[1])
        if len(parts) > 2 and parts[2]:
            file = int(parts[2])
        yield start, length, file


# ---- reporting


def _report(sources: Mapping[str, Source]) -> dict[str, Any]:
    files: dict[str, Any] = {}
    for name, source in sorted(sources.items()):
        if not source.statements:
            continue
        lines = {source.line(span) for span in source.statements}
        missed = {source.line(span) for span in source.unreached()}
        undecided = sorted(source.line(span) for span in source.undecided())
        files[name] = {
            "lines": len(lines),
            "lines_reached": len(lines - missed),
            "lines_missed": sorted(missed),
            "branches": 2 * len(source.branches),
            "branches_reached": 2 * len(source.branches) - _open_ways(source),
            "branches_missed": undecided,
        }
    return files


def _open_ways(source: Source) -> int:
    ways = (source.ways.get(span, 0) for span in source.undecided())
    return sum(2 - bool(one & TAKEN) - bool(one & PASSED) for one in ways)


def _print(files: Mapping[str, Any]) -> None:
    print(f"{'contract':40}{'lines':>12}{'branches':>12}  not reached")
    for name, one in files.items():
        lines = f"{one['lines_reached']}/{one['lines']}"
        branches = f"{one['branches_reached']}/{one['branches']}"
        missed = [f"line {line}" for line in one["lines_missed"]]
        missed += [f"branch in {line}" for line in one["branches_missed"]]
        print(f"{name:40}{lines:>12}{branches:>12}  {', '.join(missed)}")


def complaints(
    files: Mapping[str, Any], texts: Mapping[str, str], known: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    """What is not reached and not explained, and what is explained and yet reached.

    An explanation is found by the text of its line, which stays when lines move.
    """
    for name, one in files.items():
        lines = texts[name].splitlines()
        missed = {
            lines[number - 1].strip() for number in one["lines_missed"] + one["branches_missed"]
        }
        reasons = set(known.get(name, {}))
        yield from (f"{name}: not reached: {line}" for line in sorted(missed - reasons))
        yield from (
            f"{name}: reached, though explained: {line}" for line in sorted(reasons - missed)
        )


def main(tests: Sequence[str]) -> int:
    """The command line; 0 all reached or explained, 1 something to do."""
    began = time.monotonic()
    units = _build()
    for old in _WORK.glob("hits.*"):
        old.unlink()
    chosen = list(tests) or list(_TESTS)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.tidy.coverage_plugin"]
    command += ["-m", "not deep and not anvil", *chosen]
    environment = {**os.environ, "FENBOOK_COVERAGE": str(_WORK), "FENBOOK_TEST_NODE": "tester"}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    sources = _sources(units)
    for path in _WORK.glob("hits.*"):
        _note(units, pickle.loads(path.read_bytes()), sources)
    code = code_fingerprint()
    files = {name: {**one, "contracts": code} for name, one in _report(sources).items()}
    _print(files)
    totals = {
        name: sum(one[name] for one in files.values())
        for name in ("lines", "lines_reached", "branches", "branches_reached")
    }
    totals["seconds"] = round(time.monotonic() - began)
    ASSURANCE.mkdir(parents=True, exist_ok=True)
    told = {"totals": totals, "files": files}
    (ASSURANCE / "coverage.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    print(totals)
    found: list[str] = []
    if not tests:
        known = json.loads(_EXPLAINED.read_text("utf-8"))
        found = list(complaints(files, {name: one.text for name, one in sources.items()}, known))
    print("\n".join(f"coverage: {one}" for one in found))
    return done.returncode or bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
