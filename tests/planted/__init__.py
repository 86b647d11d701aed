"""Planted bugs: small changes of the contracts that the campaigns must notice.

Each file of this folder is one bug: what it does, the source it stands in, and what it puts for
what. The contracts themselves stay as they are; a bug lives in artifacts of its own.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ledger.chain.compiler import ARTIFACTS, compile_unit, write_shim
from ledger.chain.sources import ROOT, find_units

__all__ = ["BUGS", "Bug", "build", "read"]

BUGS: Final = tuple(sorted(path.stem for path in Path(__file__).parent.glob("*.json")))

_BUILT: Final = ROOT / "build" / "planted"


@dataclass(frozen=True, slots=True)
class Bug:
    """A source of the contracts with something wrong in it."""

    name: str
    description: str
    source: str
    changes: tuple[tuple[str, str], ...]

    def planted(self, text: str) -> str:
        """The source with the bug; each change stands in one place."""
        for old, new in self.changes:
            if text.count(old) != 1:
                raise AssertionError(f"{self.name} no longer fits {self.source}: {old}")
            text = text.replace(old, new)
        return text


def read(name: str) -> Bug:
    """The bug of that name."""
    data = json.loads((Path(__file__).parent / f"{name}.json").read_text("utf-8"))
    changes = tuple(("\n".join(one["old"]), "\n".join(one["new"])) for one in data["changes"])
    return Bug(name, data["description"], data["source"], changes)


def build(bug: Bug) -> Path:
    """Artifacts of all contracts, those that the bug touches compiled with it; their folder."""
    folder = _BUILT / bug.name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ARTIFACTS, folder)
    solc = write_shim()
    for unit in find_units():
        if bug.source not in unit.closure:
            continue
        closure: Mapping[str, str] = {
            **unit.closure,
            bug.source: bug.planted(unit.closure[bug.source]),
        }
        for name, artifact in compile_unit(replace(unit, closure=closure), solc).items():
            (folder / f"{name}.json").write_text(json.dumps(artifact), "utf-8")
    return folder
