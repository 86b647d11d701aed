"""Opens one workbook in a process of its own and writes its cells as JSON.

A stranger's file may make a reader take all memory or never end: a few bytes can claim a sheet of
seventeen thousand million cells. Here that ends this process and nothing else. It is run as a
script, imports nothing of ours, and limits itself before it reads a byte.
"""

import datetime
import importlib.util
import io
import json
import math
import os
import resource
import sys
from collections.abc import Callable
from decimal import Decimal
from types import ModuleType

__all__: list[str] = []

MEMORY = 1 << 30
SECONDS = 20

_EMPTY = ("e", "")


def main() -> int:
    """Read a workbook from standard input; 0 read, 3 protected, 4 no such sheet, 5 too much.

    Equal cells are written once: a file of a few bytes may repeat one a million times.
    """
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    lines, columns, filled, size = (int(one) for one in sys.argv[1:5])
    wanted = sys.argv[5] if len(sys.argv) > 5 else ""

    import python_calamine as calamine  # noqa: PLC0415 -- only once the limits hold

    content = sys.stdin.buffer.read()
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
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
    found: list[list[tuple[str, str]]] = []
    for row in book.get_sheet_by_name(name).iter_rows():
        if len(found) > lines:
            break
        while row and row[-1] == "":
            row.pop()
        if len(row) > columns:
            return 5
        cells = [_cell(one) for one in row]
        filled -= len(cells) - cells.count(_EMPTY)
        size -= len("".join([text for _, text in cells]).encode())
        if filled < 0 or size < 0:
            return 5
        found.append(cells)
    place = [one.name for one in book.sheets_metadata].index(name)
    looks = _formats().shown_of(content, (name, place), (lines + 1, columns))
    hidden = [one for one in looks.hidden if one <= lines]
    answer = {"sheets": shown, "sheet": name, "hidden": hidden, **_told(found, looks.code)}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode())
    return 0


def _told(
    found: list[list[tuple[str, str]]], code_of: Callable[[int, int], str]
) -> dict[str, object]:
    """Each cell that differs, with the place of the code it is shown by; of lines their places."""
    codes, known = {"": 0}, dict[tuple[str, str, int], int]()
    rows = []
    for line, cells in enumerate(found, start=1):
        row = []
        for column, (kind, text) in enumerate(cells, start=1):
            code = code_of(line, column) if kind in "ns" else ""
            cell = (kind, text, codes.setdefault(code, len(codes)))
            row.append(known.setdefault(cell, len(known)))
        rows.append(row)
    return {"codes": list(codes), "cells": list(known), "rows": rows}


def _formats() -> ModuleType:
    """The module beside this one, which is no package here."""
    name = "workbook_formats"
    path = os.path.join(os.path.dirname(__file__), f"{name}.py")
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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
    if isinstance(value, str):
        return ("s", value) if value else _EMPTY
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
