"""Rows and sheets of a workbook that its sender may not see, or that are not read."""

import re

from ledger.imports.files import template
from ledger.imports.findings import Finding
from ledger.imports.sheets import read_sheet
from tests.imports.facts import read
from tests.imports.sheets import HEADER, repacked, xlsx_of

LINKS = "xl/_rels/workbook.xml.rels"
PART = "xl/worksheets/sheet1.xml"


def rows(*numbers: int) -> list[list[object]]:
    """Good rows with references of their own."""
    return [
        [f"PO-{one}", "2", f"{one}00.00", "2027-03-31", "6", "", "", f"HT-{one}"] for one in numbers
    ]


def codes(findings: list[Finding]) -> list[str]:
    return [one.code for one in findings]


def test_hidden_rows_are_read_and_told() -> None:
    data = xlsx_of([HEADER, *rows(1, 2, 3, 4, 5)], hidden=[2, 4, 5, 9])
    reading = read(data)
    assert (len(reading.drafts), codes(reading.findings)) == (5, ["RowsHidden"])
    assert reading.is_valid
    assert reading.findings[0].message() == (
        "The file: rows 2, 4–5 are hidden in the sheet, and are read as any other."
    )
    assert "第 2, 4–5 行" in reading.findings[0].message("zh")


def test_rows_of_no_height_and_without_numbers_are_hidden_as_well() -> None:
    whole = xlsx_of([HEADER, *rows(1, 2)])
    for row in ('<row ht="0" customHeight="1">', "<row hidden='true' >", '<row r="2" hidden="1">'):
        sheet = (
            f"<row><c t='inlineStr'><is><t>x</t></is></c></row>{row}"
            "<c t='inlineStr'><is><t>y</t></is></c></row>"
        )
        main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        text = f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>'
        assert read_sheet(repacked(whole, {PART: text.encode()})).hidden == {2}


def test_sheet_is_found_by_an_absolute_address_as_well() -> None:
    whole = xlsx_of([HEADER, *rows(1)], hidden=[2])
    spaces = "http://schemas.openxmlformats.org"
    kind = f"{spaces}/officeDocument/2006/relationships/worksheet"
    link = f'<Relationship Id="rId1" Type="{kind}" Target="/{PART}"/>'
    links = f'<Relationships xmlns="{spaces}/package/2006/relationships">{link}</Relationships>'
    assert read_sheet(repacked(whole, {LINKS: links.encode()})).hidden == {2}


def test_further_sheets_are_told() -> None:
    reading = read(xlsx_of([HEADER, *rows(1)], more=["十二月", "一月"]))
    assert (codes(reading.findings), reading.is_valid) == (["SheetsUnread"], True)
    [finding] = reading.findings
    assert finding.message() == "The file: only the sheet “付款” is read, and not “十二月”, “一月”."
    assert re.search("“十二月”, “一月”。$", finding.message("zh"))


def test_guide_of_the_template_is_not_told() -> None:
    assert codes(read(template()).findings) == ["ExampleSkipped"]
