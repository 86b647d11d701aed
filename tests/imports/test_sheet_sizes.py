"""What a small file may unpack to: cells and their texts are counted before they are kept."""

import io
import resource
import sys
import time

import pytest
import xlsxwriter

from ledger.imports import workbooks
from ledger.imports.sheets import read_sheet
from ledger.imports.workbooks import CELLS_MAX
from ledger.model.errors import FileDamaged, FileTooLarge
from tests.imports.sheets import repacked, xlsx_of

SHEET = "xl/worksheets/sheet1.xml"
TEXTS = "xl/sharedStrings.xml"
SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def repeated(lines: int, columns: int, text: str) -> bytes:
    """One shared text in so many cells."""
    row = "<row>" + '<c t="s"><v>0</v></c>' * columns + "</row>"
    sheet = f"<worksheet {SPACE}><sheetData>{row * lines}</sheetData></worksheet>"
    texts = f'<sst {SPACE} count="1" uniqueCount="1"><si><t>{text}</t></si></sst>'
    return repacked(xlsx_of([["x"]]), {SHEET: sheet.encode(), TEXTS: texts.encode()})


def grown() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def test_one_text_in_very_many_cells_is_refused_early_and_costs_nothing_here() -> None:
    data = repeated(24_000, 60, "\U0001f600" * 11)
    assert len(data) < 150_000
    before, began = grown(), time.process_time()
    with pytest.raises(FileTooLarge):
        read_sheet(data)
    assert grown() - before < 60_000
    assert time.process_time() - began < 1


def test_cells_are_counted_that_are_filled() -> None:
    lines = CELLS_MAX // 50
    assert len(read_sheet(repeated(lines, 50, "1")).rows) == lines
    for data in (repeated(lines + 1, 50, "1"), b",".join([b"1"] * 50) + b"\n"):
        with pytest.raises(FileTooLarge):
            read_sheet(data if data.startswith(b"PK") else data * (lines + 1))
    with_gaps = (b"1" + b"," * 49 + b"2\n") * 25_000
    assert len(read_sheet(with_gaps).rows) == 25_000


def test_texts_are_counted_in_bytes() -> None:
    for text, is_read in (("a" * 1_000, True), ("元" * 1_000, False)):
        data = repeated(200, 50, text)
        if is_read:
            assert len(read_sheet(data).rows) == 200
        else:
            with pytest.raises(FileTooLarge):
                read_sheet(data)


def test_equal_cells_are_one() -> None:
    sheet = read_sheet(repeated(100, 10, "江城"))
    assert len({id(one) for row in sheet.rows for one in row}) == 1


def test_answer_of_the_reader_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "_ANSWER_MAX", 100)
    with pytest.raises(FileTooLarge):
        read_sheet(xlsx_of([["a" * 100]]))
    endless = ["import sys", "while True: sys.stdout.write('a' * 1000)"]
    status, said = workbooks._ran([sys.executable, "-c", "\n".join(endless)], b"")
    assert (status < 0, len(said)) == (True, 101)


def test_reader_that_reads_nothing_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "_SECONDS_MAX", 0.3)
    sleeping = [sys.executable, "-c", "import time; time.sleep(60)"]
    status, said = workbooks._ran(sleeping, b"a" * (1 << 20))
    assert (status, said) == (-9, b"")
    monkeypatch.setattr(workbooks, "_READER", "/nowhere.py")
    with pytest.raises(FileDamaged):
        read_sheet(xlsx_of([["a"]]))


def test_wide_book_of_numbers_is_read() -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        page, yuan = book.add_worksheet(), book.add_format({"num_format": '"¥"0.00'})
        for line in range(500):
            for column in range(60):
                page.write_number(line, column, line * 60 + column, yuan)
    rows = read_sheet(target.getvalue()).rows
    assert (rows[499][59].text, rows[499][59].shown_as) == ("29999", '"¥"0.00')
