"""Figures that a run of the benchmarks leaves: printed, kept, and written into the handbook."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

__all__ = ["PAGE", "Figure", "keep", "kept", "page", "show"]

_KEPT: Final = Path(__file__).with_name("figures.json")
PAGE: Final = Path(__file__).parents[2] / "docs" / "performance.md"
_MARKS: Final = ("<!-- figures: written by make bench -->\n", "<!-- figures end -->\n")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a benchmark."""

    what: str
    value: str
    aim: str = ""
    """What the project asks for; empty for a figure that only explains another."""
    is_met: bool = True


def show(figures: Iterable[Figure]) -> None:
    """Print figures."""
    for one in figures:
        aim = f" (aim {one.aim}: {'met' if one.is_met else 'MISSED'})" if one.aim else ""
        print(f"  {one.what}: {one.value}{aim}", flush=True)


def keep(benchmark: str, figures: Sequence[Figure]) -> None:
    """Put a benchmark's figures in the place of its last ones, also on the page."""
    found = kept()
    found[benchmark] = list(figures)
    data = {name: [asdict(one) for one in found[name]] for name in sorted(found)}
    _KEPT.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", "utf-8")
    PAGE.write_text(page(PAGE.read_text("utf-8"), found), "utf-8")


def kept() -> dict[str, Sequence[Figure]]:
    """The figures of each benchmark's last run."""
    if not _KEPT.exists():
        return {}
    data = json.loads(_KEPT.read_text("utf-8"))
    return {name: [Figure(**one) for one in rows] for name, rows in data.items()}


def page(text: str, found: Mapping[str, Sequence[Figure]]) -> str:
    """The page with these figures between its marks; raises `ValueError` if it lacks one."""
    first, last = (text.index(mark) for mark in _MARKS)
    return text[:first] + _MARKS[0] + _table(found) + text[last:]


def _table(found: Mapping[str, Sequence[Figure]]) -> str:
    lines = ["", "| benchmark | what | figure | aim | |", "| --- | --- | ---: | ---: | --- |"]
    for name in sorted(found):
        for one in found[name]:
            met = ("met" if one.is_met else "missed") if one.aim else ""
            lines.append(f"| {name} | {one.what} | {one.value} | {one.aim} | {met} |")
    return "\n".join([*lines, "", ""])
