"""Amounts, dates and texts as people write them. What can be read in two ways is refused."""

import re
import unicodedata
from datetime import date, timedelta
from typing import Any, Final

from ledger.imports.cells import Cell, CellKind
from ledger.imports.number_formats import is_shown_plainly
from ledger.model.days import DAY_MAX, day_of
from ledger.model.errors.input import InvalidField

__all__ = ["FEN_MAX", "Unreadable", "code_text", "parse_amount", "parse_date", "plain_text"]

FEN_MAX: Final = 10**17 - 1
"""The largest amount that is read: fifteen digits of yuan."""

TEXT_LENGTH_MAX: Final = 200

_EXACT_DIGITS: Final = 15
_DIGITS: Final = frozenset("0123456789０１２３４５６７８９")


class Unreadable(Exception):
    """A cell that says nothing certain; the code is that of its finding."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


# ---- amounts

_SIGNS: Final = re.compile(r"^(?:人民币|rmb|cny|cn¥|¥|￥)+|(?:元整|圆整|元|圆|rmb|cny|人民币)$")
_UNITS: Final = re.compile(r"[十百千万亿仟佰拾萬億]|[0-9]\s*[kmw]$|thousand|million")
_CURRENCIES: Final = re.compile(
    r"[$€£₩₽]|usd|eur|hkd|jpy|gbp|krw|sgd|[美欧港日英]元|円|英镑|港币|韩元"
)
_PLAIN: Final = re.compile(r"(0|[1-9][0-9]{0,14})(?:\.([0-9]*))?")
_GROUPED: Final = re.compile(r"([1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.([0-9]*))?")
_BLANK_GROUPS: Final = re.compile(r"[1-9][0-9]{0,2}(?: [0-9]{3})+(?:\.[0-9]*)?")
_FIGURES: Final = re.compile(r"[0-9.,' ]+")


def parse_amount(cell: Cell) -> int:
    """Fen of a cell, above zero; raises `Unreadable`.

    Full-width digits, ¥, 元 and thousands separators are read; units such as 万, other currencies,
    decimal commas and groups of another length are refused, also where a number format adds them.
    """
    if cell.kind is CellKind.NUMBER:
        amount = _number_amount(cell.text)
    elif cell.kind is CellKind.TEXT:
        amount = _text_amount(cell.text)
    else:
        raise Unreadable("Malformed")
    if cell.shown_as and not is_shown_plainly(cell):
        raise Unreadable("FormatUnclear", format=cell.shown_as.replace("\n", " "))
    return amount


def _text_amount(said: str) -> int:
    text = _folded(said)
    if _CURRENCIES.search(text):
        raise Unreadable("OtherCurrency")
    bare = _SIGNS.sub("", _SIGNS.sub("", text)).strip()
    if _UNITS.search(bare):
        raise Unreadable("UnitGiven")
    if bare.startswith("-") or re.fullmatch(r"\(.*\)", bare):
        raise Unreadable("NotAboveZero")
    bare = bare.removeprefix("+")
    if _BLANK_GROUPS.fullmatch(bare):
        bare = bare.replace(" ", ",")
    match = _PLAIN.fullmatch(bare) or _GROUPED.fullmatch(bare)
    if match is None:
        raise Unreadable("AmountUnclear" if _FIGURES.fullmatch(bare) else "Malformed")
    if len(match[2] or "") == 3 and len(match[1]) <= 3:  # elsewhere 1.000 is a thousand
        raise Unreadable("AmountUnclear")
    return _fen(match[1].replace(",", ""), match[2] or "")


def _number_amount(text: str) -> int:
    if "e" in text or "n" in text:  # of more than fifteen digits, or no number at all
        raise Unreadable("DigitsLost" if "e+" in text else "TooManyDecimals")
    if text.startswith("-"):
        raise Unreadable("NotAboveZero")
    whole, _, decimals = text.partition(".")
    return _fen(whole, decimals)


def _fen(whole: str, decimals: str) -> int:
    if decimals[2:].strip("0"):
        raise Unreadable("TooManyDecimals")
    fen = int(whole + decimals[:2].ljust(2, "0"))
    if fen == 0:
        raise Unreadable("NotAboveZero")
    if fen > FEN_MAX:
        raise Unreadable("Malformed")
    return fen


# ---- dates

_YEAR_FIRST: Final = re.compile(
    r"([0-9]{4})(?:\s*年\s*|[-/.\s]\s*)([0-9]{1,2})(?:\s*月\s*|[-/.\s]\s*)([0-9]{1,2})\s*[日号]?"
)
_COMPACT: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_MIDNIGHT: Final = re.compile(r"[ t]0{1,2}:00(?::00(?:\.0+)?)?$")
_OTHER_ORDER: Final = re.compile(
    r"[0-9]{1,2}\s*[-/.年]\s*[0-9]{1,2}\s*[-/.月]\s*[0-9]{1,4}\s*[日号]?"
)
_SERIAL: Final = re.compile(r"[0-9]{5}")
_SERIAL_ZERO: Final = date(1899, 12, 30)
"""Day 0 of spreadsheets, which believe in a 29 February 1900; right from March 1900 on."""

_YEAR_MIN: Final = 2000
_YEAR_MAX: Final = 2149


def parse_date(cell: Cell, *, is_1904: bool = False) -> int:
    """The business day of a cell; raises `Unreadable`.

    The year stands first: 2027-03-31, 2027/3/31, 2027.3.31, 2027年3月31日, 20270331; or it is a
    date of the spreadsheet, or the number that a spreadsheet counts it by (not where it may count
    from 1904). A time of day, a year of two digits or the year at the end are refused.
    """
    if cell.kind not in (CellKind.TEXT, CellKind.NUMBER, CellKind.DATE):
        raise Unreadable("Malformed")
    text = _MIDNIGHT.sub("", _folded(cell.text))
    if _SERIAL.fullmatch(text):
        if is_1904:
            raise Unreadable("DateUnclear")
        return _day(_SERIAL_ZERO + timedelta(days=int(text)))
    match = _COMPACT.fullmatch(text) or _YEAR_FIRST.fullmatch(text)
    if match is None:
        raise Unreadable("DateUnclear" if _OTHER_ORDER.fullmatch(text) else "Malformed")
    try:
        found = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise Unreadable("NoSuchDate") from None
    return _day(found)


def _day(found: date) -> int:
    if not _YEAR_MIN <= found.year <= _YEAR_MAX:
        raise Unreadable("Malformed")
    try:
        return min(day_of(found), DAY_MAX)
    except InvalidField:
        raise Unreadable("Malformed") from None


# ---- texts


def plain_text(cell: Cell, *, length_max: int = TEXT_LENGTH_MAX) -> str:
    """A text of one line in NFC; empty for an empty cell; raises `Unreadable`."""
    text = " ".join(unicodedata.normalize("NFC", cell.text).split())
    if len(text) > length_max or not text.isprintable():
        raise Unreadable("Malformed")
    if cell.kind is CellKind.NUMBER:
        return code_text(cell)
    return text


def code_text(cell: Cell) -> str:
    """A number that names something: of an invoice, an account, an order; raises `Unreadable`.

    A spreadsheet that was given such a number as a number keeps fifteen digits of it.
    """
    if cell.kind is CellKind.NUMBER:
        if "e" in cell.text or len(cell.text) > _EXACT_DIGITS or not cell.text.isdigit():
            raise Unreadable("DigitsLost" if "e" in cell.text else "Malformed")
        return cell.text
    return plain_text(cell) if cell.kind in (CellKind.TEXT, CellKind.DATE) else _nothing(cell)


def _nothing(cell: Cell) -> str:
    if cell.kind is CellKind.EMPTY:
        return ""
    raise Unreadable("Malformed")


def _folded(text: str) -> str:
    """Half-width, lower case, one blank between words.

    Raises `Unreadable` for marks that would become digits: ① behind 500 does not make it 5,001.
    """
    if not text.isascii() and any(map(_is_like_digits, set(text))):
        raise Unreadable("Malformed")
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _is_like_digits(one: str) -> bool:
    """Whether a character stands for digits without being one, half-width or full-width."""
    if one in _DIGITS:
        return False
    return any(each in _DIGITS for each in unicodedata.normalize("NFKC", one))
