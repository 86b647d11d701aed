"""Lines of Chinese and mixed text: Chinese breaks between any two characters, figures never."""

import re
from typing import Final

from rich.cells import cell_len

__all__ = ["wrapped"]

# A run of Latin letters and figures stays whole; every other character stands alone.
_UNIT: Final = re.compile(r"[!-~·¥–…]+|.", re.DOTALL)
_NOT_FIRST: Final = frozenset("，。；：、）】」！？,.;:)%")


def wrapped(text: str, width: int) -> str:
    """The text in lines of at most so many cells, none beginning with a closing mark."""
    lines, line = [], ""
    for unit in _UNIT.findall(text):
        fits = cell_len(line + unit) <= width
        if fits or not line or (unit in _NOT_FIRST and cell_len(line + unit) <= width + 2):
            line += unit
            continue
        lines.append(line.rstrip())
        line = unit.lstrip()
    return "\n".join([*lines, line.rstrip()])
