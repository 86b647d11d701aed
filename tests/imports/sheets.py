"""Sheets for the tests: workbooks and text files, good ones and evil ones."""

import datetime
import io
import zipfile
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from ledger.imports.cells import Cell, CellKind

__all__ = ["HEADER", "cell", "csv_of", "repacked", "xlsx_of"]

HEADER = [
    "业务编号",
    "供应商名称",
    "金额（元）",
    "到期日",
    "清算行",
    "发票号码",
    "发票金额",
    "合同号",
]


def cell(text: str, kind: CellKind = CellKind.TEXT) -> Cell:
    return Cell(kind, text)


def xlsx_of(
    rows: Sequence[Sequence[Any]],
    *,
    date_1904: bool = False,
    hidden: Sequence[int] = (),
    more: Sequence[str] = (),
) -> bytes:
    """A workbook whose dates are formatted as dates and whose numbers are numbers.

    `hidden` are numbers of rows that it does not show, `more` names of further sheets.
    """
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "date_1904": date_1904}
    with xlsxwriter.Workbook(target, options) as book:
        page = book.add_worksheet("付款")
        day = book.add_format({"num_format": "yyyy/m/d"})
        for line, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, datetime.date):
                    page.write_datetime(line, column, value, day)
                elif value is not None:
                    page.write(line, column, value)
        for line in hidden:
            page.set_row(line - 1, None, None, {"hidden": True})
        for name in more:
            book.add_worksheet(name).write(0, 0, "业务编号")
    return target.getvalue()


def csv_of(rows: Sequence[Sequence[Any]], *, delimiter: str = ",") -> str:
    return "".join(delimiter.join(str(one) for one in row) + "\r\n" for row in rows)


def repacked(data: bytes, changes: dict[str, bytes]) -> bytes:
    """A workbook with parts changed or added."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as made:
        for part in source.infolist():
            content = changes.get(part.filename, source.read(part.filename))
            made.writestr(part.filename, content, zipfile.ZIP_DEFLATED)
        for name in changes.keys() - set(source.namelist()):
            made.writestr(name, changes[name], zipfile.ZIP_DEFLATED)
    return target.getvalue()
