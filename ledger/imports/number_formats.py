"""Number formats of spreadsheets: whether what a cell shows is its number, in yuan and whole.

A format can put 万元 or $ behind a number, show it by the thousand or as a share, or hide it. The
number alone would be issued then, and not what whoever filled in the sheet has seen.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Final

from ledger.imports.cells import Cell, CellKind

__all__ = ["is_shown_plainly"]

_TOKEN: Final = re.compile(
    r"""(?P<quoted>"[^"]*")|[\\!](?P<escaped>.)|(?P<wide>_.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]
    |(?P<general>general|g/通用格式)|(?P<end>;)|(?P<scientific>E[+-])|(?P<other>.)""",
    re.I | re.X | re.S,
)
_NUMBER: Final = re.compile(r"(?=.*[#0?])(?:[#0?]|,(?=[#0?]))*(?:\.[#0?]*)?(?:e[+-][#0?]+)?", re.I)
_COLOUR: Final = re.compile(
    r"black|blue|cyan|green|magenta|red|white|yellow|colou?r *\d+|dbnum\d"
    "|[黑蓝青绿红白黄]色?|洋红色?|颜色 *[0-9]+",
    re.I,
)
_CONDITION: Final = re.compile(r"(<=|>=|<>|<|>|=)(-?[0-9]+(?:\.[0-9]+)?)")
_MONEY: Final = re.compile(r"\$(?P<sign>[^-]*)(?:-(?P<place>[0-9a-z-]+))?", re.I)
_JAPAN: Final = 0x0411
_BEFORE: Final = re.compile(r"\+?(?:人民币|rmb|cny|cn¥|¥)?:?")
_BEHIND: Final = re.compile(r"(?:元整?|圆整?|人民币元?|rmb|cny|¥)?")
_PATTERN: Final = "\x00"
_TEXT: Final = _PATTERN + "@"


class _Unclear(Exception):
    """A code that is not gone on with."""


def is_shown_plainly(cell: Cell) -> bool:
    """Whether a number above zero, or a text, is shown as it is by all codes that may apply."""
    value = Decimal(cell.text) if cell.kind is CellKind.NUMBER else None
    return all(_is_plain(code, value) for code in cell.shown_as.split("\n") if code)


def _is_plain(code: str, value: Decimal | None) -> bool:
    try:
        sections = _sections(code)
    except _Unclear:
        return False
    of_text = [one for one in sections[-1:] if _TEXT in one.parts or len(sections) > 3]
    of_number = sections[: len(sections) - len(of_text)]
    if value is None or not of_number:
        return all(_is_bare(one.parts, of_text=True) for one in of_text)
    if any(one.condition for one in of_number):
        applied = [one for one in of_number if one.holds(value)]
        return bool(applied) and all(_is_bare(one.parts) for one in applied)
    return _is_bare(of_number[0].parts)


class _Section:
    """Literals and patterns in turn: `"¥ "`, `#,##0.00`, `" 元"`."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        """Patterns begin with a mark that no literal has."""
        self.condition: tuple[str, Decimal] | None = None

    def add(self, text: str, *, is_literal: bool) -> None:
        """Add to the last part, or a part more."""
        mark = "" if is_literal else _PATTERN
        if self.parts and (self.parts[-1][:1] == _PATTERN) != is_literal:
            self.parts[-1] += text
        else:
            self.parts.append(mark + text)

    def holds(self, value: Decimal) -> bool:
        """Whether it may be applied to a value."""
        if self.condition is None:
            return True
        sign, bound = self.condition
        below, above = value < bound, value > bound
        return (
            (below and "<" in sign) or (above and ">" in sign) or (value == bound and "=" in sign)
        )


@lru_cache(maxsize=512)
def _sections(code: str) -> Sequence[_Section]:
    """The parts of a code: of numbers above, below, at zero, of text; or by conditions."""
    if _PATTERN in code:
        raise _Unclear
    found = [_Section()]
    for kind, text in _tokens(code):
        if kind == "end":
            found.append(_Section())
        elif kind == "bracket":
            _read_bracket(found[-1], text)
        else:
            _read_token(found[-1], kind, text)
    return tuple(found)


def _read_token(section: _Section, kind: str, text: str) -> None:
    if kind == "general":
        section.add("0", is_literal=False)
    elif kind == "scientific" or (kind == "other" and text in "#0?.,@"):
        section.add(text, is_literal=False)
    elif kind == "quoted":
        section.add(text[1:-1], is_literal=True)
    elif kind == "escaped" or (kind == "other" and text in "+-()$¥￥€£元 :"):
        section.add(text, is_literal=True)
    elif kind != "wide" and (kind != "fill" or text not in " -._*"):
        raise _Unclear  # dates, shares, percents, and what nobody writes


def _tokens(code: str) -> Iterator[tuple[str, str]]:
    for match in _TOKEN.finditer(code):
        yield match.lastgroup or "", match[match.lastgroup or 0]


def _read_bracket(section: _Section, text: str) -> None:
    if _COLOUR.fullmatch(text.strip()):
        return
    if match := _CONDITION.fullmatch(text.replace(" ", "")):
        section.condition = (match[1], Decimal(match[2]))
    elif match := _MONEY.fullmatch(text):
        sign, place = match["sign"], (match["place"] or "").casefold()
        if sign and (place.startswith("ja") or _language(place) == _JAPAN):
            raise _Unclear  # the yen has the sign of the yuan
        section.add(sign, is_literal=True)
    else:
        raise _Unclear


def _language(place: str) -> int:
    return int(place, 16) & 0xFFFF if re.fullmatch("[0-9a-f]{1,8}", place) else 0


def _is_bare(parts: Sequence[str], *, of_text: bool = False) -> bool:
    """Whether the parts are one number, or the text, and beside it yuan or nothing."""
    said = [one if one[:1] == _PATTERN else _folded(one) for one in parts]
    said = [one for one in said if one]
    at = [place for place, one in enumerate(said) if one[0] == _PATTERN]
    if len(at) != 1 or len(said) > 3:
        return False
    before, pattern, behind = "".join(said[: at[0]]), said[at[0]], "".join(said[at[0] + 1 :])
    if (pattern == _TEXT) is not of_text:
        return False
    is_number = pattern == _TEXT or _NUMBER.fullmatch(pattern[1:]) is not None
    is_yuan = _BEFORE.fullmatch(before) is not None and _BEHIND.fullmatch(behind) is not None
    return is_number and is_yuan


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
