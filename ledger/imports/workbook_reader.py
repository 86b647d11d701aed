"""Opens one workbook in a process of its own and writes its cells as JSON.

A stranger's file may make a reader take all memory or never end: a few bytes can claim a sheet of
seventeen thousand million cells. Here that ends this process and nothing else. It is run as a
script, imports nothing of ours, and limits itself before it reads a byte.
"""

import datetime
import io
import json
import math
import posixpath
import re
import resource
import sys
import zipfile
from decimal import Decimal
from xml.etree import ElementTree

__all__: list[str] = []

MEMORY = 1 << 30
SECONDS = 20


def main() -> int:
    """Read a workbook from standard input; 0 read, 3 protected, 4 no such sheet, 5 too much."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    lines, columns, characters = (int(one) for one in sys.argv[1:4])
    wanted = sys.argv[4] if len(sys.argv) > 4 else ""

    import python_calamine as calamine  # noqa: PLC0415 -- only once the limits hold

    content = sys.stdin.buffer.read()
    data = io.BytesIO(content)
    try:
        book = calamine.CalamineWorkbook.from_filelike(data)
    except calamine.PasswordError:
        return 3
    shown = [
        one.name
        for one in book.sheets_metadata
        if one.visible is calamine.SheetVisibleEnum.Visible
        and one.typ is calamine.SheetTypeEnum.WorkSheet
    ]
    if not shown or (wanted and wanted not in shown):
        return 4
    name = wanted or shown[0]
    rows = []
    sheet = book.get_sheet_by_name(name)
    for row in sheet.to_python(skip_empty_area=False, nrows=lines + 1):
        while row and row[-1] == "":
            row.pop()
        if len(row) > columns:
            return 5
        cells = [_cell(one) for one in row]
        characters -= sum(len(one[1]) for one in cells)
        if characters < 0:
            return 5
        rows.append(cells)
    hidden = _hidden(content, name)[:lines] if content.startswith(b"PK") else []
    answer = {"sheets": shown, "sheet": name, "rows": rows, "hidden": hidden}
    json.dump(answer, sys.stdout, ensure_ascii=True)
    return 0


def _hidden(content: bytes, name: str) -> list[int]:
    """Numbers of the rows of a sheet that are not shown: hidden, filtered out, or of no height.

    None for a workbook that can be read although it does not say where its sheets are.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            sheet = archive.read(_part_of(archive, name))
    except (KeyError, ElementTree.ParseError):
        return []
    found, line = [], 0
    for row in _ROW.finditer(sheet):
        number = _NUMBER.search(row[0])
        line = int(number[1]) if number else line + 1
        if _NOT_SHOWN.search(row[0]):
            found.append(line)
    return found


def _part_of(archive: zipfile.ZipFile, name: str) -> str:
    """The part of the archive that holds a sheet; empty where it is not told."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    wanted = {
        value
        for one in book.iter()
        if one.tag.endswith("}sheet") and one.get("name") == name
        for key, value in one.items()
        if key.endswith("}id")
    }
    found = (one.get("Target", "") for one in links if one.get("Id") in wanted)
    return posixpath.normpath(posixpath.join("/xl", next(found, ""))).lstrip("/")


_ROW = re.compile(rb"<(?:\w{1,20}:)?row(?:\s[^>]{0,1000})?>")
_NUMBER = re.compile(rb"\sr\s*=\s*[\"']([0-9]{1,7})[\"']")
_NOT_SHOWN = re.compile(rb"\shidden\s*=\s*[\"'](?:1|true|on)[\"']|\sht\s*=\s*[\"']0(?:\.0+)?[\"']")


def _number(value: float) -> str:
    """A number of many digits that is not what fifteen of them say is written like 1.2e+14.

    Below a million million, fifteen digits have every thousandth. Up to ten times that much, a sum
    that a program made may differ from them by its noise.
    """
    text = f"{value:.15g}"
    if abs(value) < 10**12 or "n" in text:
        return text
    noise = 4 * Decimal(math.ulp(value)) if abs(value) < 10**13 else 0
    is_short = abs(Decimal(repr(value)) - Decimal(text)) <= noise
    return text if is_short else f"{value:.14e}"


def _cell(value: object) -> tuple[str, str]:
    """Kind and text. A number has fifteen digits: what a program shows and what people mean."""
    if value == "" and isinstance(value, str):
        return ("e", "")
    if isinstance(value, bool):
        return ("b", "TRUE" if value else "FALSE")
    if isinstance(value, int | float):
        return ("n", _number(value))
    if isinstance(value, datetime.datetime):
        if value.time() == datetime.time():
            return ("d", value.date().isoformat())
        return ("t", value.isoformat(" "))
    if isinstance(value, datetime.date):
        return ("d", value.isoformat())
    if isinstance(value, datetime.time | datetime.timedelta):
        return ("t", str(value))
    return ("s", str(value))


if __name__ == "__main__":
    sys.exit(main())
