"""The list of crash points is what the code has, and no commit is without one."""

import ast
from collections.abc import Iterator
from pathlib import Path

from ledger.service.running import crash_points

ROOT = Path(__file__).parents[2]
MODULES = sorted(path for name in ("api", "ledger") for path in (ROOT / name).rglob("*.py"))

APART = {"crash_points.py"}
"""Where a commit may stand without a name: in what gives it one."""


def _named(path: Path) -> Iterator[str]:
    """The crash points that a module's calls stand for."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        place = {"writing": 1, "calling": 0}.get(name)
        if place is not None and len(node.args) > place:
            what = node.args[place]
            if isinstance(what, ast.Constant):  # a name that is handed on stands where it begins
                yield from (f"{when} {what.value}" for when in ("before", "after"))


def test_names_are_those_in_the_code_and_each_stands_once_in_the_list() -> None:
    found = {name for path in MODULES for name in _named(path)}
    assert found == set(crash_points.NAMES)
    assert len(crash_points.NAMES) == len(set(crash_points.NAMES))


def test_every_commit_goes_through_its_crash_points() -> None:
    raw = [
        f"{path.relative_to(ROOT).as_posix()}:{node.lineno}"
        for path in MODULES
        if path.name not in APART and "store" not in path.parts
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "writing"
    ]
    assert not raw, "\n".join(raw)


def test_points_are_struck_in_order_and_only_while_somebody_listens() -> None:
    struck: list[str] = []
    with crash_points.hook(struck.append), crash_points.calling("send"):
        struck.append("call")
    with crash_points.calling("send"):
        pass
    assert struck == ["before send", "call", "after send"]
