"""Compiles the contracts with their mutants in them, once for all mutants, into build/mutants."""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, Final

from ledger.chain.compiler import ARTIFACTS as SHIPPED
from ledger.chain.compiler import write_shim
from ledger.chain.sources import ROOT, CompilationFailed, Unit, find_units
from tests.mutants.schemata import HELPER, Mutant, Schema

__all__ = [
    "ARTIFACTS",
    "FOLDER",
    "build",
    "built",
    "files_of_the_contracts",
    "list_mutants",
    "tree_of",
]

FOLDER: Final = ROOT / "build" / "mutants"
ARTIFACTS: Final = FOLDER / "artifacts"

_WITHOUT: Final = (
    "contracts/interfaces/",
    "contracts/Verifiers.sol",
    "contracts/types/Errors.sol",
    "@",
)
"""Sources with nothing that could be changed: declarations, and libraries that are not ours."""

_OUTPUTS: Final = ["abi", "evm.bytecode", "evm.deployedBytecode", "storageLayout"]
_SETTINGS: Final[Mapping[str, Any]] = {
    "evmVersion": "cancun",
    "metadata": {"appendCBOR": False, "bytecodeHash": "none"},
    # Not optimised: it compiles in minutes, and what a mutant does stays where it is.
    "optimizer": {"enabled": False},
    "viaIR": True,
}


def files_of_the_contracts() -> dict[str, str]:
    """Every source file that has mutants, with a hash of its text."""
    closures = [unit.closure for unit in find_units()]
    texts = {name: text for closure in closures for name, text in closure.items()}
    return {
        name: hashlib.sha256(text.encode()).hexdigest()
        for name, text in sorted(texts.items())
        if not name.startswith(_WITHOUT)
    }


def build(files: Collection[str] | None = None) -> list[Mutant]:
    """The mutants of the files (of all), in artifacts that each hold all of them."""
    files = sorted(files_of_the_contracts() if files is None else files)
    solc = write_shim()
    units = [unit for unit in find_units() if set(files) & unit.closure.keys()]
    key, listed = _key(units, files), FOLDER / "mutants.json"
    if listed.exists() and json.loads(listed.read_text("utf-8"))["key"] == key:
        return built()
    schema = _schema(units, files)
    # Contracts that none of the files is part of are taken as they ship.
    shutil.rmtree(ARTIFACTS, ignore_errors=True)
    shutil.copytree(SHIPPED, ARTIFACTS)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda unit: _write(solc, unit, schema), units))
    draft = {"key": key, "mutants": [asdict(one) for one in schema.mutants]}
    listed.write_text(json.dumps(draft, indent=1) + "\n", "utf-8")
    return schema.mutants


def built() -> list[Mutant]:
    """The mutants that the artifacts hold now."""
    kept = json.loads((FOLDER / "mutants.json").read_text("utf-8"))
    return [Mutant(**one) for one in kept["mutants"]]


@cache
def list_mutants() -> tuple[Mutant, ...]:
    """All mutants there are, without compiling them."""
    return tuple(_schema(find_units(), list(files_of_the_contracts())).mutants)


def tree_of(sources: Mapping[str, str]) -> dict[str, Any]:
    """The compiler's syntax tree of each source."""
    found = _compile(write_shim(), sources, {name: {"": ["ast"]} for name in sources})
    return {name: one["ast"] for name, one in found["sources"].items()}


def _schema(units: Sequence[Unit], files: Collection[str]) -> Schema:
    schema = Schema()
    trees = tree_of({name: text for unit in units for name, text in unit.closure.items()})
    for unit in units:
        for name, text in unit.closure.items():
            if name in files:
                schema.add(name, text, trees[name])
            else:
                schema.keep(name, text)
    return schema


def _key(units: list[Unit], files: list[str]) -> str:
    """Changes with the contracts, the files asked for, and with what mutates them."""
    made_from = [dict(unit.closure) for unit in units]
    own = [
        (Path(__file__).parent / name).read_text("utf-8") for name in ("build.py", "schemata.py")
    ]
    return hashlib.sha256(json.dumps([made_from, files, own], sort_keys=True).encode()).hexdigest()


def _write(solc: Path, unit: Unit, schema: Schema) -> None:
    sources = {name: schema.sources[name] for name in [*unit.closure, HELPER]}
    wanted: dict[str, Any] = {}
    for source, name in unit.contracts:
        wanted.setdefault(source, {})[name] = _OUTPUTS
    output = _compile(solc, sources, wanted)
    for source, name in unit.contracts:
        made = output["contracts"][source][name]
        artifact = {
            "abi": made["abi"],
            "bytecode": "0x" + made["evm"]["bytecode"]["object"],
            "contract": name,
            "deployedBytecode": "0x" + made["evm"]["deployedBytecode"]["object"],
            "immutableReferences": made["evm"]["deployedBytecode"]["immutableReferences"],
            "source": source,
            "storageLayout": made["storageLayout"],
        }
        (ARTIFACTS / f"{name}.json").write_text(json.dumps(artifact), "utf-8")


def _compile(solc: Path, sources: Mapping[str, str], wanted: Mapping[str, Any]) -> dict[str, Any]:
    request = {
        "language": "Solidity",
        "settings": {**_SETTINGS, "outputSelection": wanted},
        "sources": {name: {"content": text} for name, text in sources.items()},
    }
    done = subprocess.run(
        [str(solc), "--standard-json"],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=True,
    )
    output: dict[str, Any] = json.loads(done.stdout)
    faults = [
        one["formattedMessage"] for one in output.get("errors", ()) if one["severity"] == "error"
    ]
    if faults:
        raise CompilationFailed("\n".join(faults))
    return output
