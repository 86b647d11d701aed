"""Writes the smallest XLS file that spreadsheet programs take: BIFF8 in a compound document."""

import struct
from collections.abc import Sequence

__all__ = ["xls_file"]

_SECTOR = 512
_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_STREAM_MIN = 4096
"""Shorter streams would stand in a file within the file."""


def xls_file(
    rows: Sequence[Sequence[str | float | bool | None]],
    *,
    sheet: str = "Sheet1",
    formats: Sequence[str] = (),
) -> bytes:
    """A workbook of one sheet; numbers are numbers, texts are texts.

    `formats` are codes of the columns, from the first.
    """
    return _compound(_workbook(rows, sheet, formats))


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _start(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))


def _workbook(rows: Sequence[Sequence[object]], sheet: str, formats: Sequence[str]) -> bytes:
    end = _record(0x000A, b"")
    name = sheet.encode("utf-16-le")
    codepage = _record(0x0042, struct.pack("<H", 1200))
    head = _start(0x0005) + codepage + _styles(formats)
    length = len(head) + 4 + 8 + len(name) + len(end)
    bound = struct.pack("<IBBBB", length, 0, 0, len(sheet), 1) + name
    cells = b"".join(
        _cell(line, column, value, 16 + column if column < len(formats) else 15)
        for line, row in enumerate(rows)
        for column, value in enumerate(row)
        if value is not None
    )
    return head + _record(0x0085, bound) + end + _start(0x0010) + cells + end


def _styles(formats: Sequence[str]) -> bytes:
    """Sixteen plain styles, and behind them one for each code."""
    codes = b"".join(
        _record(0x041E, struct.pack("<HHB", 164 + at, len(code), 1) + code.encode("utf-16-le"))
        for at, code in enumerate(formats)
    )
    kinds = [*[0] * 16, *(164 + at for at in range(len(formats)))]
    styles = b"".join(_record(0x00E0, struct.pack("<HH16x", 0, kind)) for kind in kinds)
    return codes + styles if formats else b""


def _cell(line: int, column: int, value: object, style: int) -> bytes:
    place = struct.pack("<HHH", line, column, style)
    if isinstance(value, bool):
        return _record(0x0205, place + bytes([value, 0]))
    if isinstance(value, int | float):
        return _record(0x0203, place + struct.pack("<d", value))
    text = str(value).encode("utf-16-le")
    return _record(0x0204, place + struct.pack("<HB", len(text) // 2, 1) + text)


def _compound(stream: bytes) -> bytes:
    """Header, allocation table, directory, then the one stream."""
    stream = stream.ljust(max(_STREAM_MIN, -(-len(stream) // _SECTOR) * _SECTOR), b"\0")
    count = len(stream) // _SECTOR
    tables = -(-(count + 2) // (_SECTOR // 4 - 1))
    first = tables + 1  # sector of the stream, behind the tables and the directory
    chain = [*range(first + 1, first + count), _END]
    table = [*([_TABLE] * tables), _END, *chain]
    table += [_FREE] * (tables * _SECTOR // 4 - len(table))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, tables, tables, 0, _STREAM_MIN, _END, 0, _END, 0)
    places = [*range(tables), *([_FREE] * (109 - tables))]
    header += struct.pack("<109I", *places)
    directory = _entry("Root Entry", 5, _END, 0, child=1) + _entry(
        "Workbook", 2, first, len(stream)
    )
    directory = directory.ljust(_SECTOR, b"\0")
    return header + struct.pack(f"<{len(table)}I", *table) + directory + stream


def _entry(name: str, kind: int, sector: int, length: int, *, child: int = _FREE) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(text), kind, 1, _FREE, _FREE, child)
        + bytes(16)
        + struct.pack("<IQQIQ", 0, 0, 0, sector, length)
    )
