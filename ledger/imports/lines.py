"""The lines below a heading: their cells by field, and what is wrong with how they are laid out."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ledger.imports.cells import EMPTY, Cell, CellKind, column_letter
from ledger.imports.columns import Field, Layout
from ledger.imports.findings import Finding, shown
from ledger.imports.headings import heading_key
from ledger.imports.workbooks import Sheet

__all__ = ["GUIDE", "OF_INVOICE", "Line", "lines_of", "sheet_findings"]

GUIDE: Final = "说明 Guide"
"""The template's sheet that explains it."""

OF_INVOICE: Final = frozenset(one for one in Field if one.value.startswith("invoice_"))

_TOTALS: Final = frozenset({"合计", "总计", "合计金额", "total", "grandtotal", "sum"})
_TOTAL_LENGTH: Final = 12
_TOLD_MAX: Final = 20
_AMOUNTS: Final = frozenset({Field.AMOUNT, Field.INVOICE_TOTAL, Field.INVOICE_USED})
_FREE: Final = frozenset({None, Field.REFERENCE, Field.EVIDENCE})
"""What columns hold that take any text, also the end of an amount."""

_BEFORE_COMMA: Final = re.compile(r"[^0-9.,]*[1-9][0-9]{0,2}")
_BEHIND_COMMA: Final = re.compile(r"[0-9]{3}(?:\.[0-9]*)?\D*")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a sheet that says something."""

    number: int
    cells: Mapping[Field, Cell]
    """The filled ones."""
    is_total: bool = False
    flaws: list[Finding] = field(default_factory=list)
    """Cells that cannot stand where they do, whatever they say."""


def lines_of(sheet: Sheet, layout: Layout) -> Iterator[Line]:
    """Each line below the heading that holds a cell that is known, is a total, or is flawed."""
    columns = list(layout.columns.items())
    is_text = sheet.format.startswith("csv")
    width = max(len(sheet.rows[layout.line - 1]), *(place + 1 for _, place in columns))
    for line, row in enumerate(sheet.rows[layout.line :], start=layout.line + 1):
        length = len(row)
        cells = {
            of: row[column]
            for of, column in columns
            if column < length and row[column].kind is not CellKind.EMPTY
        }
        flaws = list(_flaws(row, layout, line, width)) if is_text else []
        is_total = _is_total(row, cells)
        if cells or is_total or flaws:
            yield Line(line, cells, is_total, flaws)


def sheet_findings(sheet: Sheet, lines: Sequence[Line]) -> Iterator[Finding]:
    """What the file holds that its sender may not see, or that is not read."""
    others = [one for one in sheet.names if one not in (sheet.name, GUIDE)]
    if others:
        said = ", ".join(f"“{shown(one)}”" for one in others[:_TOLD_MAX])
        said += ", …" if len(others) > _TOLD_MAX else ""
        yield Finding("SheetsUnread", 0, value=sheet.name, facts={"others": said})
    if unseen := [one.number for one in lines if one.number in sheet.hidden]:
        yield Finding("RowsHidden", 0, facts={"lines": _ranges(unseen)})


def _ranges(numbers: Sequence[int]) -> str:
    """Rising numbers, runs of them as 3–7."""
    runs: list[list[int]] = []
    for one in numbers:
        if runs and runs[-1][-1] == one - 1:
            runs[-1][1:] = [one]
        else:
            runs.append([one])
    told = ["–".join(map(str, run)) for run in runs[:_TOLD_MAX]]
    return ", ".join(told + ["…"] * (len(runs) > _TOLD_MAX))


def _flaws(row: Sequence[Cell], layout: Layout, line: int, width: int) -> Iterator[Finding]:
    """What tells of a text file whose commas or quotes are not where they were meant to be."""
    fields = {place: of for of, place in layout.columns.items()}
    for place, cell in enumerate(row):
        if "\n" in cell.text or "\r" in cell.text:
            yield Finding("LineBreak", line, column_letter(place), fields.get(place), cell.text)
        if fields.get(place) in _AMOUNTS and _BEFORE_COMMA.fullmatch(cell.text):
            beside = row[place + 1].text if place + 1 < min(len(row), width) else ""
            if fields.get(place + 1) in _FREE and _BEHIND_COMMA.fullmatch(beside):
                told, facts = (column_letter(place), fields[place]), {"beside": beside}
                yield Finding("AmountCut", line, *told, cell.text, facts)
    if beyond := [place for place in range(width, len(row)) if row[place].text]:
        said = ", ".join(row[place].text for place in beyond)
        yield Finding("BeyondHeadings", line, column_letter(beyond[0]), None, said)


def _is_total(row: Sequence[Cell], cells: Mapping[Field, Cell]) -> bool:
    """Whether a line says that it is a total and nothing but sums: no party, no day."""
    if not all(of in _AMOUNTS or _says_total(cell) for of, cell in cells.items()):
        return False  # as almost every line: it ends at the first cell
    first = next((one for one in row if one.kind is not CellKind.EMPTY), EMPTY)
    return _says_total(first) or any(map(_says_total, cells.values()))


def _says_total(cell: Cell) -> bool:
    is_word = cell.kind is CellKind.TEXT and len(cell.text) <= _TOTAL_LENGTH
    return is_word and heading_key(cell.text) in _TOTALS
