"""A file as a sheet of cells: what it is by its first bytes, its encoding, its delimiter."""

import csv
import io
import re
import unicodedata
from typing import Final

from ledger.imports.cells import EMPTY, Cell, CellKind, restored
from ledger.imports.workbooks import (
    CELLS_MAX,
    COLUMNS_MAX,
    FILE_MAX,
    LINES_MAX,
    Sheet,
    read_workbook,
)
from ledger.model.errors.imports import (
    FileEmpty,
    FileIsWebPage,
    FileTooLarge,
    FileUnsupported,
    QuoteUnclear,
    SheetUnknown,
    TooManyRows,
)

__all__ = ["FILE_MAX", "LINES_MAX", "Sheet", "read_sheet"]

_ZIP: Final = b"PK\x03\x04"
_COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_EXCEL: Final = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")
_OTHERS: Final = (b"%PDF", b"\x1f\x8b", b"\x89PNG", b"Rar!", b"7z\xbc\xaf")
_WEB: Final = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|table|head|body|meta|\?xml|!--)", re.I
)
_DELIMITERS: Final = ",\t;|"
_NO_TEXT: Final = frozenset({"Cc", "Cn", "Co", "Cs"})
"""Categories of characters that no text has: controls, unassigned, private, halves of others."""

_HINT: Final = re.compile(r"sep=(.)\r?\n", re.I)
_QUOTED: Final = re.compile(r'"(?:[^"]|"")*"')


def read_sheet(data: bytes, *, sheet: str = "") -> Sheet:
    """The cells of a CSV, XLSX or XLS file; of a workbook the named sheet or the first visible one.

    Raises a refusal of `ledger.model.errors.imports` that says what the file is instead.
    """
    if len(data) > FILE_MAX:
        raise FileTooLarge(most=FILE_MAX)
    if not data.strip():
        raise FileEmpty()
    if data.startswith((_ZIP, _COMPOUND)):
        found = read_workbook(data, sheet=sheet)
    elif _WEB.match(data[:2_000]):
        raise FileIsWebPage()
    elif data.startswith(_OLD_EXCEL + _OTHERS):
        raise FileUnsupported()
    elif sheet:
        raise SheetUnknown(sheet=sheet)
    else:
        found = _read_text(data)
    if not found.rows:
        raise FileEmpty()
    return found


def _read_text(data: bytes) -> Sheet:
    encoding, text = _decoded(data)
    hint = _HINT.match(text)
    delimiter = hint[1] if hint else _delimiter(text)
    rows: list[list[Cell]] = [[]] if hint else []  # so that lines keep their numbers
    body = text[hint.end() :] if hint else text
    # Strict: otherwise a quote that is not closed takes in the rows below it without a word.
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True)
    before, filled = len(rows), 0
    try:
        for row in reader:
            rows.append(_cells(row))
            filled += sum(one is not EMPTY for one in rows[-1])
            if filled > CELLS_MAX:
                raise FileTooLarge(most=FILE_MAX)
            before = reader.line_num + bool(hint)
            if len(rows) > LINES_MAX + 1:
                raise TooManyRows(most=LINES_MAX, what="rows")
    except csv.Error:
        raise QuoteUnclear(line=before + 1) from None
    while rows and not rows[-1]:
        rows.pop()
    return Sheet(f"csv {encoding}", ("",), "", rows)


def _decoded(data: bytes) -> tuple[str, str]:
    """UTF-8, UTF-16 with its mark, or GB 18030; nothing with characters that are no text."""
    encodings = ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _NO_TEXT & {unicodedata.category(one) for one in set(text) - set("\t\r\n\x1a")}:
            continue
        return encoding, text.rstrip("\x1a")  # some programs end a text file with this mark
    raise FileUnsupported()


def _delimiter(text: str) -> str:
    """The mark that stands most often and equally often on the first lines, outside quotes."""
    lines = [line for line in _QUOTED.sub("", text[:20_000]).splitlines() if line.strip()][:20]
    best, chosen = (0, 0), ","
    for mark in _DELIMITERS:
        counts = [line.count(mark) for line in lines]
        common = max(set(counts), key=counts.count, default=0)
        score = (counts.count(common) if common else 0, common)
        if score > best:
            best, chosen = score, mark
    return chosen


def _cells(row: list[str]) -> list[Cell]:
    while row and not row[-1].strip():
        row.pop()
    if len(row) > COLUMNS_MAX:
        raise TooManyRows(most=COLUMNS_MAX, what="columns")
    return [
        Cell(CellKind.TEXT, restored(one.strip()).strip()) if one.strip() else EMPTY for one in row
    ]
