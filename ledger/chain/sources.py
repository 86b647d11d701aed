"""The Solidity sources: which contracts are shipped, and all that each of them is made from."""

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ROOT", "CompilationFailed", "Unit", "find_units", "find_unused", "read_closure"]

ROOT = Path(__file__).resolve().parents[2]

# Defines nothing itself: the contracts it imports by name are shipped as they are.
_REEXPORTING = "contracts/Verifiers.sol"
# Strings first: what looks like a comment inside a string is none.
_STRING_OR_COMMENT = re.compile(
    r'("(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\')|//[^\n]*|/\*.*?\*/', re.S
)
_IMPORT = re.compile(r"""\bimport\b\s*(?:\{([^}]*)\}\s*from\s*|[^"';]*?)["']([^"']+)["']""")
_STRING = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'')
_DEFINITION = re.compile(r"\b(abstract\s+)?(contract|library|interface)\s+([A-Za-z_$][\w$]*)")


class CompilationFailed(Exception):
    """The contracts cannot be compiled; the message says what the compiler or we object to."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A source file that ships contracts, with everything it imports."""

    source: str
    contracts: tuple[tuple[str, str], ...]  # (source that defines it, name)
    closure: Mapping[str, str]  # source name -> text


def find_units(folder: str = "contracts") -> list[Unit]:
    """All source files under `folder` that define contracts to be shipped."""
    units = []
    for source in _sources(folder):
        if contracts := _shipped(source):
            units.append(Unit(source, contracts, read_closure([source])))
    names = [name for unit in units for _, name in unit.contracts]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise CompilationFailed(f"more than one contract is called {', '.join(twice)}")
    return units


def find_unused(folder: str, units: Iterable[Unit]) -> list[str]:
    """The sources under `folder` that no unit is made from."""
    used = {source for unit in units for source in unit.closure}
    return [source for source in _sources(folder) if source not in used]


def _sources(folder: str) -> list[str]:
    return sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*.sol"))


def _shipped(source: str) -> tuple[tuple[str, str], ...]:
    """The concrete contracts that a file defines."""
    if source == _REEXPORTING:
        return tuple((origin, name) for origin, names in _imports(source) for name in names)
    definitions = _DEFINITION.findall(_STRING.sub('""', _code(source)))
    return tuple(
        (source, name)
        for abstract, kind, name in definitions
        if kind == "contract" and not abstract
    )


def read_closure(sources: Iterable[str]) -> dict[str, str]:
    """The given sources and all they import, by name."""
    closure: dict[str, str] = {}
    waiting = list(sources)
    while waiting:
        source = waiting.pop()
        if source not in closure:
            closure[source] = _text(source)
            waiting.extend(origin for origin, _ in _imports(source))
    return dict(sorted(closure.items()))


def _imports(source: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What a source imports: the other source, and the names it takes from it."""
    found = []
    for symbols, target in _IMPORT.findall(_code(source)):
        is_relative = target.startswith(("./", "../"))
        joined = posixpath.join(posixpath.dirname(source), target) if is_relative else target
        names = tuple(part.split()[0] for part in symbols.split(",") if part.strip())
        found.append((posixpath.normpath(joined), names))
    return tuple(found)


def _code(source: str) -> str:
    return _STRING_OR_COMMENT.sub(lambda match: match[1] or " ", _text(source))


def _text(source: str) -> str:
    home = ROOT / "node_modules" if source.startswith("@") else ROOT
    try:
        return (home / source).read_text(encoding="utf-8")
    except FileNotFoundError:
        hint = " (make setup-dev installs it)" if source.startswith("@") else ""
        raise CompilationFailed(f"{source} is imported but is not there{hint}") from None
