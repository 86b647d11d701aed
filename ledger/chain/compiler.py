"""Compiles the contracts into the artifacts that the rest of the package loads.

    python -m ledger.chain.compiler            write what has changed
    python -m ledger.chain.compiler --check    compile everything, fail when an artifact is stale
    python -m ledger.chain.compiler --tests    also tests/contracts, into build/contracts

An artifact depends on nothing but its source file and what that file imports: each source file is
compiled by itself, with its imports handed over in the standard JSON, so the compiler reads no
file and a change elsewhere cannot move a byte. Works in a source checkout only.
"""

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ledger.chain.shim import SOLC_BUILD, SOLC_EACH, SOLC_VERSION, write, write_shim
from ledger.chain.sources import (
    ROOT,
    CompilationFailed,
    Unit,
    find_units,
    find_unused,
    read_closure,
)

__all__ = [
    "ARTIFACTS",
    "BYTECODE_BYTES_MAX",
    "OPTIMIZER_RUNS",
    "SOLC_VERSION",
    "build",
    "compile_unit",
    "hash_sources",
    "main",
    "write_shim",
]

OPTIMIZER_RUNS = 3000
BYTECODE_BYTES_MAX = 20_000

ARTIFACTS = ROOT / "ledger" / "chain" / "artifacts"
TEST_ARTIFACTS = ROOT / "build" / "contracts"

_SETTINGS: Mapping[str, Any] = {
    "evmVersion": "cancun",
    # Without metadata the bytecode is a function of the code, not of comments and paths.
    "metadata": {"appendCBOR": False, "bytecodeHash": "none"},
    "optimizer": {"enabled": True, "runs": OPTIMIZER_RUNS},
    "viaIR": True,
}
_OUTPUTS = (
    "abi",
    "evm.bytecode",
    "evm.deployedBytecode",
    "storageLayout",
)

# The compiler


def hash_sources(unit: Unit) -> str:
    """Identify all that the artifacts of a unit are made from."""
    made_from = {"compiler": SOLC_BUILD, "settings": _SETTINGS, "sources": dict(unit.closure)}
    return hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()


def compile_unit(unit: Unit, solc: Path, *, is_strict: bool = False) -> dict[str, dict[str, Any]]:
    """Compile one unit; the artifacts by contract name. Strictly, a warning is a failure."""
    [output] = _run([_request(unit)], solc)
    return _artifacts(unit, output, is_strict=is_strict)


def _compile_units(
    units: Sequence[Unit], solc: Path, *, is_strict: bool
) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Compile units one after the other; the artifacts of those that do, and what others lack."""
    made: dict[str, dict[str, Any]] = {}
    failures = []
    for unit, output in zip(units, _run(map(_request, units), solc), strict=True):
        try:
            made.update(_artifacts(unit, output, is_strict=is_strict))
        except CompilationFailed as failure:
            failures.append(str(failure))
    return made, failures


def _request(unit: Unit) -> dict[str, Any]:
    selection: dict[str, dict[str, Sequence[str]]] = {}
    for source, name in unit.contracts:
        selection.setdefault(source, {})[name] = _OUTPUTS
    return _standard_json(unit.closure, selection)


def _standard_json(
    sources: Mapping[str, str], selection: Mapping[str, Mapping[str, Sequence[str]]]
) -> dict[str, Any]:
    return {
        "language": "Solidity",
        "settings": {**_SETTINGS, "outputSelection": selection},
        "sources": {name: {"content": text} for name, text in sources.items()},
    }


def _artifacts(unit: Unit, output: dict[str, Any], *, is_strict: bool) -> dict[str, dict[str, Any]]:
    _heed(output, is_strict=is_strict)
    return {
        name: _artifact(unit, source, name, output["contracts"][source][name])
        for source, name in unit.contracts
    }


def _artifact(unit: Unit, source: str, name: str, output: dict[str, Any]) -> dict[str, Any]:
    creation, deployed = output["evm"]["bytecode"], output["evm"]["deployedBytecode"]
    if creation["linkReferences"]:
        raise CompilationFailed(f"{name} needs a linked library; make its functions internal")
    return {
        "abi": output["abi"],
        "bytecode": "0x" + creation["object"],
        "compiler": SOLC_BUILD,
        "contract": name,
        "deployedBytecode": "0x" + deployed["object"],
        "immutableReferences": deployed["immutableReferences"],
        "source": source,
        "source_hash": hash_sources(unit),
        "storageLayout": output["storageLayout"],
    }


def _run(requests: Iterable[Mapping[str, Any]], solc: Path) -> list[dict[str, Any]]:
    """Each answered for itself, by one process: to warm the compiler up takes more than a unit."""
    # Imported late: solcx makes a folder in the home, unless told where compilers are.
    os.environ.setdefault("SOLCX_BINARY_PATH", str(solc.parent))
    from solcx.exceptions import SolcError  # noqa: PLC0415
    from solcx.wrapper import solc_wrapper  # noqa: PLC0415

    lines = "\n".join(map(json.dumps, requests))
    try:
        answers, *_ = solc_wrapper(solc.with_name(SOLC_EACH), lines, standard_json=True)
    except SolcError as error:
        raise CompilationFailed(str(error)) from error
    return [json.loads(line) for line in answers.splitlines()]


def _heed(output: Mapping[str, Any], *, is_strict: bool = False) -> None:
    """Refuse what has errors; strictly, what has warnings too."""
    told = output.get("errors", ())
    if errors := [one["formattedMessage"] for one in told if one["severity"] == "error"]:
        raise CompilationFailed("\n".join(errors))
    # Warnings about the libraries that we only use are not ours to heed.
    warnings = "\n".join(
        one["formattedMessage"]
        for one in told
        if not one.get("sourceLocation", {}).get("file", "").startswith("@")
    )
    if warnings and is_strict:
        raise CompilationFailed(warnings)
    print(warnings, end="", file=sys.stderr)


# Artifacts


def build(folder: str, artifacts: Path, *, is_check: bool = False) -> list[dict[str, Any]]:
    """Bring the artifacts of all contracts under `folder` up to date, or check that they are.

    What compiles is written even when something else does not; the failures are raised together.
    """
    solc = write_shim()
    units = find_units(folder)
    made: dict[str, dict[str, Any]] = {}
    waiting = []
    for unit in units:
        found = None if is_check else _read_current(unit, artifacts)
        made.update(found or {})
        if found is None:
            waiting.append(unit)
    failures = _compile_unused(folder, units, solc)
    sides = os.cpu_count() or 1
    groups = [group for side in range(sides) if (group := waiting[side::sides])]
    with ThreadPoolExecutor(max_workers=sides) as pool:
        jobs = [pool.submit(_compile_units, one, solc, is_strict=is_check) for one in groups]
        for job in jobs:
            artifacts_of, failed = job.result()
            made.update(artifacts_of)
            failures += failed
    files = {f"{name}.json": _dump(made[name]) for name in sorted(made)}
    if not is_check:
        _replace(files, artifacts, keep={name for unit in units for _, name in unit.contracts})
    if failures:
        raise CompilationFailed("\n".join(failures))
    if is_check:
        _compare(files, artifacts)
    return [made[name] for name in sorted(made)]


def _read_current(unit: Unit, artifacts: Path) -> dict[str, dict[str, Any]] | None:
    """The artifacts on disk, if they are all there and made from exactly these sources."""
    found: dict[str, dict[str, Any]] = {}
    for _, name in unit.contracts:
        try:
            artifact = json.loads((artifacts / f"{name}.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        if artifact.get("source_hash") != hash_sources(unit):
            return None
        found[name] = artifact
    return found


def _compile_unused(folder: str, units: Sequence[Unit], solc: Path) -> list[str]:
    """What is wrong with the sources that no contract uses yet; nothing is shipped of them."""
    if unused := find_unused(folder, units):
        wanted = {source: {"*": ["abi"]} for source in unused}
        try:
            [output] = _run([_standard_json(read_closure(unused), wanted)], solc)
            _heed(output)
        except CompilationFailed as failure:
            return [str(failure)]
    return []


def _dump(artifact: Mapping[str, Any]) -> str:
    return json.dumps(artifact, indent=1, sort_keys=True) + "\n"


def _compare(files: Mapping[str, str], artifacts: Path) -> None:
    on_disk = {path.name: path.read_text(encoding="utf-8") for path in artifacts.glob("*.json")}
    differing = sorted(n for n in files.keys() | on_disk.keys() if files.get(n) != on_disk.get(n))
    if differing:
        raise CompilationFailed(
            f"{artifacts.name} is not what the sources compile to: {', '.join(differing)}; "
            "run make contracts and commit the result"
        )


def _replace(files: Mapping[str, str], artifacts: Path, *, keep: Container[str]) -> None:
    for path in artifacts.glob("*.json"):
        if path.stem not in keep:
            path.unlink()
    for name, text in files.items():
        write(artifacts / name, text)


def _table(artifacts: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    yield f"{'contract':32}{'deployed bytes':>16}{'of ceiling':>12}{'creation bytes':>16}"
    for artifact in artifacts:
        deployed, creation = _size(artifact["deployedBytecode"]), _size(artifact["bytecode"])
        share = f"{deployed / BYTECODE_BYTES_MAX:.0%}"
        yield f"{artifact['contract']:32}{deployed:>16,}{share:>12}{creation:>16,}"


def _refuse_large(artifacts: Iterable[Mapping[str, Any]]) -> None:
    for artifact in artifacts:
        if (size := _size(artifact["deployedBytecode"])) > BYTECODE_BYTES_MAX:
            name = artifact["contract"]
            raise CompilationFailed(f"{name} has {size:,} bytes; at most {BYTECODE_BYTES_MAX:,}")


def _size(code: str) -> int:
    return len(code) // 2 - 1


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; 0 done, 1 refused."""
    parser = argparse.ArgumentParser(prog="python -m ledger.chain.compiler", description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail when an artifact is stale")
    parser.add_argument("--tests", action="store_true", help="also compile tests/contracts")
    options = parser.parse_args(arguments)
    try:
        artifacts = build("contracts", ARTIFACTS, is_check=options.check)
        print("\n".join(_table(artifacts)))
        _refuse_large(artifacts)
        if options.tests:
            print("\n".join(_table(build("tests/contracts", TEST_ARTIFACTS))))
    except CompilationFailed as error:
        print(f"contracts: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
