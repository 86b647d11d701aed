"""The template can be filled in and sent back; so can the file that tells what was wrong."""

import io
import zipfile

from ledger.imports.cells import restored
from ledger.imports.columns import COMMENTS, Field, recognise
from ledger.imports.drafts import EXAMPLE
from ledger.imports.files import error_file, template
from ledger.imports.sheets import read_sheet
from tests.imports.facts import findings_of, read
from tests.imports.sheets import HEADER, repacked, xlsx_of
from tests.imports.test_cells import EVIL
from tests.imports.test_drafts import row


class TestTemplate:
    def test_has_every_column_in_both_languages(self) -> None:
        sheet = read_sheet(template())
        assert sheet.names == ("应付账款 Payables", "说明 Guide")
        layout = recognise(sheet.rows, {}, {})
        assert set(layout.columns) == set(Field) - {Field.SUPPLIER_ID}
        assert layout.ignored == ()

    def test_sent_back_as_it_is_issues_nothing(self) -> None:
        reading = read(template())
        assert reading.drafts == []
        assert [one.code for one in reading.findings] == ["ExampleSkipped"]

    def test_example_is_right_but_for_its_names(self) -> None:
        sheet = read_sheet(template())
        values = [[one.text.replace(EXAMPLE, "PO-9") for one in row] for row in sheet.rows]
        codes = {one.code for one in findings_of(read(xlsx_of(values)))}
        assert codes <= {"NotInDirectory"}

    def test_checks_what_is_filled_in(self) -> None:
        with zipfile.ZipFile(io.BytesIO(template())) as archive:
            sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        assert sheet.count("<dataValidation ") == len(Field) - 1
        assert 'type="decimal"' in sheet
        assert 'type="date"' in sheet


class TestErrorFile:
    def _made(self, data: bytes, language: str = "en") -> bytes:
        return error_file(read_sheet(data), read(data), language)  # type: ignore[arg-type]

    def test_has_one_column_more_with_what_is_wrong(self) -> None:
        rows = [["付款计划"], HEADER, row(), row(业务="PO-2", 金额="12万", 供应商="nobody")]
        found = read_sheet(self._made(xlsx_of(rows), "zh")).rows
        assert found[1][8].text == COMMENTS
        assert [one.text for one in found[2]] == [str(one) for one in row()]
        told = found[3][8].text.split("\n")
        assert told[0].startswith("单元格 B4（供应商名称）的内容为“nobody”")
        assert told[1].startswith("单元格 C4（金额）的内容为“12万”")

    def test_corrected_and_sent_back_is_read_and_its_comments_do_not_pile_up(self) -> None:
        first = self._made(xlsx_of([HEADER, row(金额="x")]))
        again = self._made(first)
        for made in (first, again):
            found = read_sheet(made).rows
            assert [one.text for one in found[0]].count(COMMENTS) == 1
            assert len(found[1]) == 9
            assert [one.code for one in findings_of(read(made))] == ["Malformed"]

    def test_holds_no_formula_whatever_was_in_the_cells(self) -> None:
        rows = [row(业务=f"PO-{number}", 供应商=text) for number, text in enumerate(EVIL)]
        made = self._made(xlsx_of([HEADER, *rows]))
        with zipfile.ZipFile(io.BytesIO(made)) as archive:
            parts = b"".join(archive.read(name) for name in archive.namelist())
        assert b"<f>" not in parts
        found = read_sheet(made).rows
        for line, text in enumerate(EVIL, start=1):
            assert found[line][1].text == restored(text.strip()).strip()

    def test_drops_macros_and_other_sheets(self) -> None:
        data = repacked(xlsx_of([HEADER, row()]), {"xl/vbaProject.bin": b"Auto_Open"})
        with zipfile.ZipFile(io.BytesIO(self._made(data))) as archive:
            assert "xl/vbaProject.bin" not in archive.namelist()
