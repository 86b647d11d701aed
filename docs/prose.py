"""Paragraphs and tables of written pages."""

import textwrap
from collections.abc import Iterable, Sequence
from typing import Final

__all__ = ["bound", "folded", "second", "table"]

_WIDTH: Final = 130


def folded(paragraph: str) -> str:
    """A paragraph of prose in lines of the page's width; anything else as it is."""
    if paragraph.lstrip().startswith(("|", "#", "<")):
        return paragraph
    return textwrap.fill(paragraph, _WIDTH, break_long_words=False, break_on_hyphens=False)


def bound(faults: int, tries: int) -> str:
    """What no fault in so many tries says, by the rule of three."""
    return f", so fewer than {3 / tries:.1g} at 95 %" if tries and not faults else ""


def second(pair: tuple[str, int]) -> int:
    """What a count is sorted by."""
    return pair[1]


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table of Markdown."""
    lines = [f"| {' | '.join(head)} |", "|" + " --- |" * len(head)]
    lines += [f"| {' | '.join(map(_cell, row))} |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
