"""Cells as people write and read them; no text of ours ever becomes a formula.

A spreadsheet program runs a text that begins like a formula, also one that somebody else has put
into a name or a memo. `neutral` puts an apostrophe before it, `restored` takes it away again, so
that a file of ours can be filled in and sent back.
"""

from enum import StrEnum
from typing import Final, NamedTuple

__all__ = ["EMPTY", "Cell", "CellKind", "column_letter", "neutral", "restored"]

_STARTS: Final = frozenset("=+-@\t\r\n＝＋－﹢﹣＠")


class CellKind(StrEnum):
    """What a spreadsheet says a cell is."""

    EMPTY = "e"
    TEXT = "s"
    NUMBER = "n"
    DATE = "d"
    TIME = "t"
    FLAG = "b"


class Cell(NamedTuple):
    """A cell: its kind and what it shows. A number shows at most fifteen digits, as programs do."""

    kind: CellKind
    text: str
    shown_as: str = ""
    """Codes of the number formats that it is, or may be, shown by; empty where they are plain."""


EMPTY: Final = Cell(CellKind.EMPTY, "")


def neutral(text: str) -> str:
    """A text that no spreadsheet program takes for a formula."""
    return "'" + text if _is_formula(text) else text


def restored(text: str) -> str:
    """A text as it was before `neutral`."""
    return text[1:] if text.startswith("'") and _is_formula(text[1:]) else text


def _is_formula(text: str) -> bool:
    # Blanks and apostrophes before it do not make it safe, or could not be told from ours.
    return text.strip(" '\u3000\xa0\ufeff\u200b")[:1] in _STARTS and text.strip(" '\u3000") != ""


def column_letter(number: int) -> str:
    """The letter of a column by its place from 0: A, …, Z, AA."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
