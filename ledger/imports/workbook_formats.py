"""How a workbook shows its cells: the codes of their number formats, and rows that are hidden.

The library that reads cells tells neither. This is loaded by `workbook_reader` in its process of
its own, imports nothing of ours, and fails rather than leave a format out.
"""

import io
import posixpath
import re
import struct
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from xml.etree import ElementTree
from xml.parsers import expat

__all__ = ["Shown", "shown_of"]

_PLAIN = re.compile(r"General|@|(?:0|#,##0)(?:\.0+)?", re.I)
_CODE_LENGTH = 300
_RANGES_MAX = 50
_BUILT_IN = {
    **dict.fromkeys((*range(5, 9), 42, 44), '"$"#,##0.00'),  # of whatever money the machine has
    **dict.fromkeys((9, 10), "0%"),
    11: "0.00E+00",
    **dict.fromkeys((12, 13), "# ?/?"),
    **dict.fromkeys((*range(14, 23), *range(27, 37), *range(50, 59)), "yyyy/m/d"),
    **dict.fromkeys(range(45, 48), "mm:ss"),
    48: "##0.0E+0",
}
"""Formats that have a number and need no code in the file; others of them are plain."""


class Shown:
    """What is told of one sheet, by lines and columns from 1.

    No dataclass: the process lives for one file, and they would take a fifth of its life.
    """

    def __init__(self) -> None:
        self.hidden: list[int] = []
        self.cells: dict[tuple[int, int], str] = {}
        """Codes that are more than digits and commas."""
        self.ranges: list[tuple[int, int, int, int, str]] = []
        """Where a condition may show numbers by another code: first and last line and column."""

    def code(self, line: int, column: int) -> str:
        """The codes that a cell may be shown by, one a line."""
        own = self.cells.get((line, column), "")
        if not self.ranges:
            return own
        codes = [own]
        for top, left, bottom, right, code in self.ranges:
            if top <= line <= bottom and left <= column <= right:
                codes.append(code)
        return "\n".join(filter(None, codes))


def shown_of(content: bytes, place: tuple[str, int], limits: tuple[int, int]) -> Shown:
    """How a sheet, by its name and its place among all, shows its lines and columns up to limits.

    Raises whatever it stumbles upon: the file is damaged then, as far as anybody can say.
    """
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _SheetReader(archive, place[0], limits).shown
    return _old_shown(content, place[1], limits)


# ---- XLSX


class _SheetReader:
    """Goes through a sheet's XML once."""

    def __init__(self, archive: zipfile.ZipFile, name: str, limits: tuple[int, int]) -> None:
        part, styles = _parts_of(archive, name)
        self.shown = Shown()
        self._lines, self._columns = limits
        self._codes, self._conditions = _styles_of(archive, styles)
        self._line = self._column = 0
        self._letters: dict[str, int] = {}
        self._where = ""
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        with archive.open(part) as sheet:
            parser.ParseFile(sheet)

    def _start(self, tag: str, given: dict[str, str]) -> None:
        name = tag.rpartition(":")[2] if ":" in tag else tag
        if name == "c":
            self._cell(given)
        elif name == "row":
            self._line = int(given.get("r", self._line + 1))
            self._column = 0
            is_hidden = given.get("hidden") in ("1", "true", "on")
            if is_hidden or ("ht" in given and float(given["ht"]) == 0):
                self.shown.hidden.append(self._line)
        elif name == "conditionalFormatting":
            self._where = given.get("sqref", "")
        elif name == "cfRule" and (code := self._conditions.get(given.get("dxfId", ""))):
            for one in self._where.split():
                first, last = (_place_of(end) for end in (one.split(":") * 2)[:2])
                self.shown.ranges.append((*first, *last, code))
            if len(self.shown.ranges) > _RANGES_MAX:
                raise ValueError("more conditions than are gone through")

    def _cell(self, given: dict[str, str]) -> None:
        line, self._column = self._line, self._column + 1
        if place := given.get("r"):
            letters = place.rstrip("0123456789")
            if letters not in self._letters:
                self._letters[letters] = _place_of(letters + "1")[1]
            line, self._column = int(place[len(letters) :]), self._letters[letters]
        code = self._codes.get(int(given.get("s", 0)))
        if code and line <= self._lines and self._column <= self._columns:
            self.shown.cells[line, self._column] = code


def _place_of(cell: str) -> tuple[int, int]:
    """Line and column of a cell such as $B$7."""
    match = re.fullmatch(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})", cell)
    if match is None:
        raise ValueError("no place")
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]), column


def _parts_of(archive: zipfile.ZipFile, name: str) -> tuple[str, str]:
    """The parts of the archive that hold a sheet and the styles."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    wanted = {
        value
        for one in book.iter()
        if one.tag.endswith("}sheet") and one.get("name") == name
        for key, value in one.items()
        if key.endswith("}id")
    }
    sheet, styles = "", "xl/styles.xml"
    for one in links:
        part = posixpath.normpath(posixpath.join("/xl", one.get("Target", ""))).lstrip("/")
        if one.get("Id") in wanted:
            sheet = sheet or part
        elif one.get("Type", "").endswith("/styles"):
            styles = part
    return sheet, styles


def _styles_of(archive: zipfile.ZipFile, part: str) -> tuple[dict[int, str], dict[str, str]]:
    """The codes that are not plain: of the cells' styles, and of what conditions change."""
    if part not in archive.namelist():
        return {}, {}
    groups = {
        one.tag.rpartition("}")[2]: list(one) for one in ElementTree.fromstring(archive.read(part))
    }
    codes = dict(_BUILT_IN)
    for one in groups.get("numFmts", ()):
        codes[int(one.get("numFmtId", 0))] = _kept(one.get("formatCode", ""))
    styles = {
        place: code
        for place, one in enumerate(groups.get("cellXfs", ()))
        if (code := codes.get(int(one.get("numFmtId", 0))))
    }
    conditions = {
        str(place): code
        for place, one in enumerate(groups.get("dxfs", ()))
        for change in one
        if change.tag.endswith("}numFmt") and (code := _kept(change.get("formatCode", "")))
    }
    return styles, conditions


def _kept(code: str) -> str:
    """A code, cut where it is longer than any can be; empty where it is plain."""
    if _PLAIN.fullmatch(code):
        return ""
    return code if len(code) <= _CODE_LENGTH else code[:_CODE_LENGTH] + "…"


# ---- XLS

_SECTORS_END = 0xFFFFFFFA
_FORMULA, _END, _CODEPAGE, _SHEET, _STYLE = 0x0006, 0x000A, 0x0042, 0x0085, 0x00E0
_MANY_NUMBERS, _FORMAT, _BEGIN = 0x00BD, 0x041E, 0x0809
_CELLS = frozenset({_FORMULA, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E})


def _old_shown(content: bytes, place: int, limits: tuple[int, int]) -> Shown:
    book = _book_of(content)
    codes, styles, sheets = dict(_BUILT_IN), list[int](), list[int]()
    page, is_old = "latin-1", False
    for kind, data in _records(book, 0):
        if kind == _BEGIN:
            is_old = struct.unpack_from("<H", data)[0] < 0x0600
        elif kind == _CODEPAGE:
            page = f"cp{struct.unpack_from('<H', data)[0]}"
        elif kind == _FORMAT:
            codes[struct.unpack_from("<H", data)[0]] = _kept(_old_code(data, page, is_old=is_old))
        elif kind == _STYLE:
            styles.append(struct.unpack_from("<H", data, 2)[0])
        elif kind == _SHEET:
            sheets.append(struct.unpack_from("<I", data)[0])
    shown = Shown()
    for line, column, style in _old_cells(book, sheets[place]):
        code = codes.get(styles[style], "") if style < len(styles) else ""
        if code and line < limits[0] and column < limits[1]:
            shown.cells[line + 1, column + 1] = code
    return shown


def _old_code(data: bytes, page: str, *, is_old: bool) -> str:
    if is_old:
        return data[3 : 3 + data[2]].decode(page)
    length, is_wide = struct.unpack_from("<HB", data, 2)
    return (
        data[5 : 5 + 2 * length].decode("utf-16-le")
        if is_wide & 1
        else (data[5 : 5 + length].decode("latin-1"))
    )


def _old_cells(book: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    for kind, data in _records(book, start):
        if kind in _CELLS:
            yield struct.unpack_from("<HHH", data)
        elif kind == _MANY_NUMBERS:
            line, column = struct.unpack_from("<HH", data)
            for step in range((len(data) - 6) // 6):
                yield line, column + step, struct.unpack_from("<H", data, 4 + 6 * step)[0]


def _records(book: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of one part of a book, without those of charts within it."""
    depth = 0
    while True:
        kind, length = struct.unpack_from("<HH", book, at)
        data = book[at + 4 : at + 4 + length]
        at += 4 + length
        depth += (kind == _BEGIN) - (kind == _END)
        if kind == _END and depth <= 0:
            return
        if depth == 1:
            yield kind, data


def _book_of(content: bytes) -> bytes:
    """The stream of a compound document that holds the book."""
    size, small = (1 << one for one in struct.unpack_from("<HH", content, 30))
    first_list, _, least, first_small, _, more, _ = struct.unpack_from("<IIIIIII", content, 48)
    tables = list(struct.unpack_from("<109I", content, 76))

    def sector(number: int) -> bytes:
        data = content[(number + 1) * size : (number + 2) * size]
        return data.ljust(size, b"\0") if data else b""

    seen = 0
    while more < _SECTORS_END and seen * size < len(content):
        *others, more = struct.unpack(f"<{size // 4}I", sector(more))
        tables, seen = tables + others, seen + 1
    table = b"".join(sector(one) for one in tables if one < _SECTORS_END)
    nexts = struct.unpack(f"<{len(table) // 4}I", table)

    def stream(first: int) -> bytes:
        return b"".join(sector(one) for one in _chain(nexts, first))

    entries = [one for one in _pieces(stream(first_list), 128) if one[64:66] != b"\0\0"]
    for entry in entries:
        name = entry[: struct.unpack_from("<H", entry, 64)[0]].decode("utf-16-le").strip("\0")
        if name.casefold() not in ("workbook", "book"):
            continue
        first, length = struct.unpack_from("<II", entry, 116)
        if length >= least:
            return stream(first)[:length]
        small_table = stream(first_small)
        small_nexts = struct.unpack(f"<{len(small_table) // 4}I", small_table)
        pieces = list(_pieces(stream(struct.unpack_from("<I", entries[0], 116)[0]), small))
        return b"".join(pieces[one] for one in _chain(small_nexts, first))[:length]
    raise ValueError("no book")


def _chain(nexts: tuple[int, ...], first: int) -> Iterator[int]:
    for _ in range(len(nexts)):
        if first >= _SECTORS_END:
            return
        yield first
        first = nexts[first]


def _pieces(data: bytes, size: int) -> Iterator[bytes]:
    for low, high in pairwise(range(0, len(data) + size, size)):
        yield data[low:high]
