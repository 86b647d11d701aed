"""Workbooks: weighed before they are opened, and opened in a process of their own."""

import io
import json
import re
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread, Timer
from typing import IO, Any, Final, cast

from ledger.imports.cells import EMPTY, Cell, CellKind, restored
from ledger.model.errors.imports import (
    FileDamaged,
    FileProtected,
    FileTooLarge,
    FileUnsupported,
    SheetUnknown,
    TooManyRows,
)

__all__ = [
    "CELLS_MAX",
    "COLUMNS_MAX",
    "FILE_MAX",
    "LINES_MAX",
    "TEXT_MAX",
    "Sheet",
    "read_workbook",
]

FILE_MAX: Final = 10 << 20
"""Bytes of a file."""

LINES_MAX: Final = 25_000
"""Lines of a sheet: 10,000 payables, some with more than one invoice, and what stands around."""

COLUMNS_MAX: Final = 64
CELLS_MAX: Final = 400_000
"""Filled cells of a sheet: 40 for each of 10,000 payables."""

TEXT_MAX: Final = 16 << 20
"""Bytes of all cells of a sheet, in UTF-8."""

_UNPACKED_MAX: Final = 128 << 20
_PARTS_MAX: Final = 500
_SECONDS_MAX: Final = 30
_ANSWER_MAX: Final = 64 << 20
"""Bytes that the reader's process may say: its texts, and what stands around them."""

_READER: Final = Path(__file__).with_name("workbook_reader.py")
_EPOCH_1904: Final = re.compile(rb"date1904\s*=\s*[\"'](?:1|true|on)[\"']", re.I)

_PROTECTED, _NO_SHEET, _TOO_MUCH = 3, 4, 5


@dataclass(frozen=True, slots=True)
class Sheet:
    """The cells of one sheet, line by line from the first; lines end at their last cell."""

    format: str
    names: tuple[str, ...]
    """The visible sheets of the file."""
    name: str
    rows: list[list[Cell]]
    is_1904: bool = False
    """Whether bare numbers count days from 1904, so that they cannot be read as dates."""
    hidden: frozenset[int] = frozenset()
    """Numbers of rows that the program does not show, as far as the format tells."""


def read_workbook(data: bytes, *, sheet: str = "") -> Sheet:
    """The cells of an XLSX or XLS file."""
    is_zip = data.startswith(b"PK")
    is_1904 = _weigh(data) if is_zip else False
    answer = _opened(data, sheet)
    codes = answer["codes"]
    cells = [_cell(kind, text, codes[at]) for kind, text, at in answer["cells"]]
    rows = [[cells[one] for one in row] for row in answer["rows"]]
    while rows and all(one.kind is CellKind.EMPTY for one in rows[-1]):
        rows.pop()
    if len(rows) > LINES_MAX:
        raise TooManyRows(most=LINES_MAX, what="rows")
    return Sheet(
        "xlsx" if is_zip else "xls",
        tuple(answer["sheets"]),
        answer["sheet"],
        rows,
        is_1904,
        frozenset(answer["hidden"]),
    )


def _weigh(data: bytes) -> bool:
    """Refuse an archive that is no workbook or unpacks to too much; say if it counts from 1904."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            names = [part.filename for part in parts]
            if "xl/workbook.xml" not in names:
                raise FileUnsupported()
            unpacked = sum(part.file_size for part in parts)
            packed = sum(part.compress_size for part in parts)
            if len(parts) > _PARTS_MAX or unpacked > _UNPACKED_MAX:
                raise FileTooLarge(most=FILE_MAX)
            if packed > len(data) or len(set(names)) < len(names):
                raise FileDamaged()  # parts that lie over one another or hide one another
            if any(part.flag_bits & 1 for part in parts):
                raise FileProtected()
            with archive.open("xl/workbook.xml") as part:
                return bool(_EPOCH_1904.search(part.read(1 << 20)))
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, EOFError):
        raise FileDamaged() from None


def _opened(data: bytes, sheet: str) -> dict[str, Any]:
    """What the reader's process says; whatever happens to it happens to that process alone."""
    limits = [str(one) for one in (LINES_MAX, COLUMNS_MAX, CELLS_MAX, TEXT_MAX)]
    status, said = _ran([sys.executable, "-I", str(_READER), *limits, sheet], data)
    if status == _PROTECTED:
        raise FileProtected()
    if status == _NO_SHEET:
        raise SheetUnknown(sheet=sheet)
    if status == _TOO_MUCH or len(said) > _ANSWER_MAX:
        raise FileTooLarge(most=FILE_MAX)
    if status:
        raise FileDamaged()
    answer: dict[str, Any] = json.loads(said)
    return answer


def _ran(command: Sequence[str], data: bytes) -> tuple[int, bytes]:
    """How a process ends that is given data, and what it says; neither too much nor too long."""
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        given, told = cast(IO[bytes], child.stdin), cast(IO[bytes], child.stdout)
        feeder = Thread(target=_feed, args=(given, data), daemon=True)
        alarm = Timer(_SECONDS_MAX, child.kill)
        try:
            feeder.start()
            alarm.start()
            said = told.read(_ANSWER_MAX + 1)
            if len(said) > _ANSWER_MAX:
                child.kill()
            return child.wait(), said
        finally:
            child.kill()
            alarm.cancel()
            feeder.join()


def _feed(given: IO[bytes], data: bytes) -> None:
    with suppress(BrokenPipeError), given:
        given.write(data)


def _cell(kind: str, text: str, shown_as: str) -> Cell:
    if kind == "s":
        text = restored(text.strip()).strip()
    return Cell(_KINDS[kind], text, shown_as) if text else EMPTY


_KINDS: Final = {one.value: one for one in CellKind}
