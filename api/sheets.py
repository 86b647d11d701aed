"""Lists as CSV and XLSX. No cell can become a formula; amounts in XLSX are numbers.

Of digits in CSV a spreadsheet program keeps fifteen, and no zeros before them. What it would cut,
account numbers above all, ends with a tab in files for people: that makes it text.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final, Literal

from xlsxwriter import Workbook

from ledger.imports.cells import neutral

__all__ = ["MEDIA_TYPES", "Format", "written"]

Format = Literal["csv", "xlsx"]

MEDIA_TYPES: Final[dict[Format, str]] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

_IN_MEMORY: Final = 2**20
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,12})\.[0-9]{2}")
"""An amount that a spreadsheet's number holds to the fen."""
_PLAIN: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_CUT: Final = re.compile(r"-?(?:0[0-9]|(?:\.?[0-9]){16})")
"""How plain digits begin that a spreadsheet's number does not hold."""
_OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def written(
    kind: Format,
    title: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    for_people: bool,
) -> IO[bytes]:
    """A file of rows, at its beginning; large ones lie on disk and go when they are closed."""
    file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 -- the answer closes it
    try:
        if kind == "csv":
            _write_csv(file, heads, rows, for_people=for_people)
        else:
            _write_xlsx(file, title, heads, rows)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _write_csv(
    file: IO[bytes], heads: Sequence[str], rows: Iterable[Sequence[Any]], *, for_people: bool
) -> None:
    file.write(b"\xef\xbb\xbf")  # spreadsheets of this market guess another encoding without it
    text = io.TextIOWrapper(file, "utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    quoting = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow([neutral(one) for one in heads])
    for row in rows:
        cells = [_csv_cell(one, for_people=for_people) for one in row]
        # Some programs divide cells at tabs, too, but not within quotes.
        (quoting if any("\t" in one for one in cells) else writer).writerow(cells)
    text.detach()


def _csv_cell(value: Any, *, for_people: bool) -> str:
    text = _text(value)
    if not _PLAIN.fullmatch(text):
        return neutral(text)
    return f"{text}\t" if for_people and _CUT.match(text) else text


def _write_xlsx(
    file: IO[bytes], title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    with Workbook(file, _OPTIONS) as book:
        sheet = book.add_worksheet(title[:31])
        bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
        sheet.freeze_panes(1, 0)
        for column, head in enumerate(heads):
            sheet.write_string(0, column, neutral(head), bold)
        for place, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                text = _text(value)
                if isinstance(value, int) and not isinstance(value, bool):
                    sheet.write_number(place, column, value)
                elif isinstance(value, str) and _NUMBER.fullmatch(text):
                    sheet.write_number(place, column, float(text), money)
                else:
                    sheet.write_string(place, column, neutral(text))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " ".join(map(_text, value))
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
