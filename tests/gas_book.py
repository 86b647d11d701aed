"""Figures of gas that stand in a file: compared with it, or written to it."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

__all__ = ["DRIFT", "compare", "is_written"]

DRIFT: Final = 0.005
"""A figure may move by half a percent without a word; random keys and hashes move it a little."""


def is_written() -> bool:
    """Whether this run writes what it measures: FENBOOK_GAS_WRITE is set."""
    return bool(os.environ.get("FENBOOK_GAS_WRITE"))


def compare(file: Path, figures: Mapping[str, int]) -> None:
    """Fail where a figure has moved from what the file keeps; with FENBOOK_GAS_WRITE, keep it."""
    if is_written():
        file.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    kept: dict[str, int] = json.loads(file.read_text("utf-8"))
    moved = {
        name: (kept.get(name), gas)
        for name, gas in figures.items()
        if abs(gas - kept.get(name, 0)) > DRIFT * gas
    }
    assert not moved, f"gas moved from what {file.name} keeps: {moved}"
    assert kept.keys() == figures.keys()
