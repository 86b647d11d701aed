"""Files as they come: rubbish, halves, bombs and disguises are named; honest ones are read."""

import io
import random
import resource
import zipfile
from datetime import date, datetime

import pytest

from ledger.imports import sheets, workbooks
from ledger.imports.cells import CellKind
from ledger.imports.sheets import read_sheet
from ledger.imports.values import Unreadable, parse_amount
from ledger.model.errors import (
    FileDamaged,
    FileEmpty,
    FileIsWebPage,
    FileProtected,
    FileTooLarge,
    FileUnsupported,
    LedgerError,
    QuoteUnclear,
    SheetUnknown,
    TooManyRows,
)
from tests.imports.biff import xls_file
from tests.imports.sheets import HEADER, csv_of, repacked, xlsx_of

NOON = datetime(2027, 3, 31, 12)  # noqa: DTZ001 -- spreadsheets know no zones
ROWS = [HEADER, ["PO-1", "江城零部件", "12,500.00", "2027/3/31", "某某银行", "1", "2", "三"]]


def texts(data: bytes, **more: str) -> list[list[str]]:
    return [[one.text for one in row] for row in read_sheet(data, **more).rows]


class TestRefusals:
    @pytest.mark.parametrize("data", [b"", b"  \r\n\t", b"\xef\xbb\xbf", "，".encode()[:0]])
    def test_of_nothing(self, data: bytes) -> None:
        with pytest.raises(FileEmpty):
            read_sheet(data)

    def test_of_a_workbook_with_nothing_in_it(self) -> None:
        with pytest.raises(FileEmpty):
            read_sheet(xlsx_of([[]]))

    def test_of_too_many_bytes(self) -> None:
        with pytest.raises(FileTooLarge):
            read_sheet(b"a" * (sheets.FILE_MAX + 1))

    def test_of_too_many_rows_and_columns(self) -> None:
        with pytest.raises(TooManyRows, match="25000"):
            read_sheet(b"a\n" * 25_010)
        with pytest.raises(TooManyRows, match="25000"):
            read_sheet(xls_file([[1]] * 25_010))
        with pytest.raises(TooManyRows, match="64"):
            read_sheet(b"a," * 65 + b"a")
        with pytest.raises(FileTooLarge):
            read_sheet(xlsx_of([["a"] * 65]))

    @pytest.mark.parametrize(
        "data",
        [
            b"<html><table><tr><td>1</td></tr></table></html>",
            b"\xef\xbb\xbf \n<!DOCTYPE html>",
            b'<?xml version="1.0"?><Workbook/>',
        ],
    )
    def test_of_a_web_page(self, data: bytes) -> None:
        with pytest.raises(FileIsWebPage):
            read_sheet(data)

    @pytest.mark.parametrize(
        "data",
        [
            b"%PDF-1.7\n...",
            b"\x89PNG\r\n\x1a\n" + bytes(50),
            b"\x1f\x8b\x08" + bytes(50),
            bytes(range(256)),
            b"\x09\x08\x08\x00" + bytes(50),
            b"\xff\xfe\x00",
            b"a,b\x00,c",
        ],
    )
    def test_of_other_formats(self, data: bytes) -> None:
        with pytest.raises(FileUnsupported):
            read_sheet(data)

    def test_of_an_archive_that_is_no_workbook(self) -> None:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr("letter.txt", "Dear bank")
        with pytest.raises(FileUnsupported):
            read_sheet(target.getvalue())

    def test_of_half_a_file(self) -> None:
        for whole in (xlsx_of(ROWS * 300), xls_file(ROWS * 300)):
            for part in (0.2, 0.5, 0.9):
                with pytest.raises(FileDamaged):
                    read_sheet(whole[: int(len(whole) * part)])

    def test_of_a_file_with_changed_bytes_is_an_answer_of_ours(self) -> None:
        dice = random.Random(4)
        for whole in (xlsx_of(ROWS), xls_file(ROWS)):
            for _ in range(12):
                changed = bytearray(whole)
                for _ in range(dice.randrange(1, 30)):
                    changed[dice.randrange(len(changed))] = dice.randrange(256)
                try:
                    read_sheet(bytes(changed))
                except LedgerError:
                    continue

    def test_of_an_unknown_sheet(self) -> None:
        with pytest.raises(SheetUnknown):
            read_sheet(xlsx_of(ROWS), sheet="other")
        with pytest.raises(SheetUnknown):
            read_sheet(b"a,b", sheet="other")

    def test_of_a_protected_workbook(self) -> None:
        data = bytearray(xlsx_of(ROWS))
        place = data.find(b"PK\x01\x02")
        while place >= 0:  # the mark of encryption in the archive's list
            data[place + 8] |= 1
            place = data.find(b"PK\x01\x02", place + 1)
        with pytest.raises(FileProtected):
            read_sheet(bytes(data))


class TestBombs:
    """A stranger's file costs this process nothing, whatever it unpacks to."""

    def test_archive_that_unpacks_to_too_much_is_refused(self) -> None:
        bomb = repacked(xlsx_of(ROWS), {"xl/media/picture.png": bytes(200 << 20)})
        assert len(bomb) < 1 << 20
        with pytest.raises(FileTooLarge):
            read_sheet(bomb)

    def test_archive_of_too_many_parts_is_refused(self) -> None:
        with pytest.raises(FileTooLarge):
            read_sheet(repacked(xlsx_of(ROWS), {f"xl/x{one}": b"" for one in range(600)}))

    def test_archive_whose_parts_lie_over_one_another_is_refused(self) -> None:
        data = xlsx_of(ROWS)
        target = io.BytesIO(data)
        with zipfile.ZipFile(target, "a") as archive:
            part = archive.getinfo("xl/worksheets/sheet1.xml")
            for one in range(400):
                twin = zipfile.ZipInfo(f"xl/worksheets/copy{one}.xml")
                twin.header_offset, twin.CRC = part.header_offset, part.CRC
                twin.compress_size, twin.file_size = part.compress_size, part.file_size
                twin.compress_type = part.compress_type
                archive.filelist.append(twin)
                archive.NameToInfo[twin.filename] = twin
            archive._didModify = True
        with pytest.raises(FileDamaged):
            read_sheet(target.getvalue())

    def test_part_that_lies_about_its_size_ends_the_reader_alone(self) -> None:
        sheet = b"<worksheet><sheetData>" + b"<row/>" * (300 << 17) + b"</sheetData></worksheet>"
        data = bytearray(repacked(xlsx_of(ROWS), {"xl/worksheets/sheet1.xml": sheet}))
        real, told = len(sheet).to_bytes(4, "little"), (1000).to_bytes(4, "little")
        data = data.replace(real, told)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with pytest.raises((FileDamaged, FileTooLarge, FileEmpty)):
            read_sheet(bytes(data))
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400_000

    def test_sheet_that_claims_all_cells_there_are_is_refused(self) -> None:
        """Two cells at opposite corners: a dense grid of them would take 400 GB."""
        sheet = (
            b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            b'<dimension ref="A1:XFD1048576"/><sheetData>'
            b'<row r="1"><c r="A1"><v>1</v></c></row>'
            b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
        )
        with pytest.raises(FileDamaged):
            read_sheet(repacked(xlsx_of(ROWS), {"xl/worksheets/sheet1.xml": sheet}))

    def test_entities_are_not_expanded(self) -> None:
        layers = b"".join(
            b'<!ENTITY a%d "%s">' % (one, b"&a%d;" % (one - 1) * 10) for one in range(1, 12)
        )
        evil = (
            b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">' + layers + b"]>"
            b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            b"<si><t>&a11;</t></si></sst>"
        )
        try:
            found = texts(repacked(xlsx_of(ROWS), {"xl/sharedStrings.xml": evil}))
        except LedgerError:
            return
        assert all(len(one) < 1_000 for row in found for one in row)

    def test_reader_that_takes_too_long_is_ended(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(workbooks, "_SECONDS_MAX", 0.001)
        with pytest.raises(FileDamaged):
            read_sheet(xlsx_of(ROWS))


class TestWorkbooks:
    def test_cells_are_what_they_are(self) -> None:
        row = ["text", 12.5, 0.1 + 0.2, date(2027, 3, 31), True, 24312000000012345678]
        found = read_sheet(xlsx_of([[], row])).rows
        assert found[0] == []
        assert [(one.kind.value, one.text) for one in found[1]] == [
            ("s", "text"),
            ("n", "12.5"),
            ("n", "0.3"),
            ("d", "2027-03-31"),
            ("b", "TRUE"),
            ("n", "2.43120000000123e+19"),
        ]
        [[one]] = read_sheet(xlsx_of([[NOON]])).rows
        assert one.kind is CellKind.TIME

    def test_numbers_of_more_than_fifteen_digits_have_lost_some(self) -> None:
        numbers = [12345678901234.56, 99999999999999.99, 1234567890123456, 1234567890123.456]
        whole = [1234567890123.45, 12345678901234.5, 99999999999999, 0.1 + 0.2, 1e12 + 0.1 + 0.2]
        [row] = read_sheet(xlsx_of([numbers + whole])).rows
        assert [one.text for one in row[4:]] == [
            "1234567890123.45",
            "12345678901234.5",
            "99999999999999",
            "0.3",
            "1000000000000.3",
        ]
        for one in row[:4]:
            with pytest.raises(Unreadable) as caught:
                parse_amount(one)
            assert caught.value.code == "DigitsLost"

    def test_old_workbooks_are_read_as_well(self) -> None:
        sheet = read_sheet(xls_file([["业务编号", None, 12.5], [True]], sheet="付款"))
        assert (sheet.format, sheet.name) == ("xls", "付款")
        assert [[one.text for one in row] for row in sheet.rows] == [
            ["业务编号", "", "12.5"],
            ["TRUE"],
        ]

    def test_formulas_give_what_they_last_gave_and_macros_are_not_there(self) -> None:
        data = repacked(xlsx_of([["a", "b"]]), {"xl/vbaProject.bin": b"Sub Auto_Open()"})
        assert texts(data) == [["a", "b"]]

    def test_a_hidden_sheet_is_not_read(self) -> None:
        parts = xlsx_of(ROWS)
        with zipfile.ZipFile(io.BytesIO(parts)) as archive:
            book = archive.read("xl/workbook.xml")
        hidden = book.replace(b'sheetId="1"', b'sheetId="1" state="hidden"')
        with pytest.raises(SheetUnknown):
            read_sheet(repacked(parts, {"xl/workbook.xml": hidden}))

    def test_counting_from_1904_is_noticed(self) -> None:
        assert not read_sheet(xlsx_of(ROWS)).is_1904
        sheet = read_sheet(xlsx_of([[date(2027, 3, 31)]], date_1904=True))
        assert sheet.is_1904
        assert sheet.rows[0][0].text == "2027-03-31"


class TestTexts:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
    @pytest.mark.parametrize("delimiter", ["\t", ";", "|"])
    def test_are_read_in_any_encoding_and_with_any_delimiter(
        self, encoding: str, delimiter: str
    ) -> None:
        data = csv_of(ROWS, delimiter=delimiter).encode(encoding)
        assert texts(data) == ROWS

    def test_quoted_cells_keep_their_delimiters_and_lines(self) -> None:
        data = b'a;b\r\n"1,5;x";"two\nlines"\r\n"say ""hi""";,\r\n'
        assert texts(data) == [["a", "b"], ["1,5;x", "two\nlines"], ['say "hi"', ","]]

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ('a,b\n1,"HT-1\n2,HT-2\n3,HT-3\n', 2),
            ('a,b\n1,"x\ny"\n2,"HT-1\n3,"HT-2\n', 4),
            ('sep=,\na,"b"c\n', 2),
        ],
    )
    def test_quote_that_swallows_rows_is_refused(self, text: str, line: int) -> None:
        with pytest.raises(QuoteUnclear) as caught:
            read_sheet(text.encode())
        assert caught.value.values == {"line": line}

    def test_hint_of_the_delimiter_is_followed_and_lines_keep_their_numbers(self) -> None:
        assert texts(b"sep=|\r\na|b,c\r\n") == [[], ["a", "b,c"]]

    def test_mark_at_the_end_and_empty_lines_are_no_rows(self) -> None:
        assert texts(b"a,b\r\n\r\n1,2\r\n,,\r\n\r\n\x1a") == [["a", "b"], [], ["1", "2"]]

    def test_our_own_apostrophes_are_taken_away(self) -> None:
        assert texts(b"'=1+1,'plain\r\n") == [["=1+1", "'plain"]]
