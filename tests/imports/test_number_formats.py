"""Number formats: what a cell shows is what is issued, or the cell is refused."""

import io
import zipfile
from datetime import date

import pytest
import xlsxwriter

from ledger.imports.cells import Cell, CellKind
from ledger.imports.drafts import Reading
from ledger.imports.files import error_file
from ledger.imports.number_formats import is_shown_plainly
from ledger.imports.sheets import read_sheet
from ledger.model.errors import FileDamaged
from tests.imports.biff import xls_file
from tests.imports.facts import code_of, read
from tests.imports.sheets import HEADER, repacked, xlsx_of

PLAIN = [
    "General",
    "0",
    "0.00",
    "#,##0",
    "#,##0.00",
    "00000",
    "0.00E+00",
    '#,##0.00"元"',
    '#,##0.00" 元"',
    '"¥"#,##0.00',
    '"￥"#,##0.00;"￥"-#,##0.00',
    "¥#,##0.00",
    "[$¥-804]#,##0.00",
    "[$￥-804]#,##0.00",
    "[$¥-zh-CN]#,##0.00",
    "[$CNY] #,##0.00",
    "#,##0.00\\ [$RMB]",
    "#,##0.00_);[Red](#,##0.00)",
    "#,##0.00;[红色]-#,##0.00",
    '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ',
    '_-"¥"* #,##0.00_-;-"¥"* #,##0.00_-;_-"¥"* "-"??_-;_-@_-',
    '_ [$¥-804]* #,##0.00_ ;_ [$¥-804]* -#,##0.00_ ;_ [$¥-804]* "-"??_ ;_ @_ ',
    'G/通用格式"元"',
    '[DBNum2][$-804]General"元整"',
    "[<=9999]0.00;#,##0.00",
    '[>=100000000]0.00,,"亿";0.00',
    "@",
]
OTHER = [
    '#,##0.00"万元"',
    '#,##0.00"万"',
    "#,##0.00万元",
    "0\\万",
    '0!.0,"万"',
    "#,##0,",
    "#,##0.00,",
    '0.00,,"百万"',
    '0"000"',
    "0\\0\\0",
    '"1"0',
    "[$$-409]#,##0.00",
    '"$"#,##0.00',
    "$#,##0.00",
    '"US$"0',
    "[$USD] 0.00",
    "[$€-2] #,##0.00",
    "[$¥-411]#,##0.00",
    "[$¥-ja-JP]#,##0.00",
    "[$HK$-C04]#,##0.00",
    '0.00"美元"',
    "0%",
    "0.00%",
    "# ?/?",
    "yyyy/m/d",
    '0"年"',
    "[h]:mm",
    ";;;",
    '"待定"',
    "-0.00",
    "(0.00)",
    '[>1000]0"万";0.00',
    '[=1]"是";[=0]"否"',
    '0.00"元"0',
    "0-00-00",
    '@"万元"',
    "*00",
    '0"',
    "[",
]


def payable(amount: object) -> list[list[object]]:
    return [HEADER, ["PO-1", "2", amount, "2027-03-31", "6", "", "", "HT"]]


def formatted(code: str, amount: object = 1250, **conditional: str) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        page, style = book.add_worksheet(), book.add_format({"num_format": code})
        for line, row in enumerate(payable(amount)):
            page.write_row(line, 0, row)
        page.write(1, 2, amount, style)
        for place, other in conditional.items():
            changed = book.add_format({"num_format": other})
            rule = {"type": "cell", "criteria": ">", "value": 1, "format": changed}
            page.conditional_format(place, rule)
    return target.getvalue()


def number(code: str) -> Cell:
    return Cell(CellKind.NUMBER, "1250", code)


@pytest.mark.parametrize("code", PLAIN)
def test_formats_that_show_whole_yuan_are_read(code: str) -> None:
    assert is_shown_plainly(number(code))


@pytest.mark.parametrize("code", OTHER)
def test_formats_that_show_something_else_are_refused(code: str) -> None:
    assert not is_shown_plainly(number(code))


def test_condition_that_does_not_hold_is_not_shown() -> None:
    code = '[>=10000]0!.0,"万";0'
    assert is_shown_plainly(number(code))
    assert not is_shown_plainly(Cell(CellKind.NUMBER, "12500", code))


def test_texts_are_shown_by_their_own_part() -> None:
    for code, is_plain in (
        ('0.00"万"', True),
        ("_-* 0_-;-0;0;_-@_-", True),
        ('@"元"', True),
        ('@"万元"', False),
        (";;;", False),
        ('0;0;0;"0"', False),
    ):
        assert is_shown_plainly(Cell(CellKind.TEXT, "1250", code)) is is_plain, code


@pytest.mark.parametrize(
    "code", ['#,##0.00"万元"', "[$$-409]#,##0.00", "0.00%", "#,##0,", '"$"#,##0.00']
)
def test_unit_that_a_format_adds_is_refused_with_cell_value_and_what_is_right(code: str) -> None:
    old = xls_file(payable(1250), formats=["General", "General", code])
    for data in (formatted(code), old):
        [draft] = read(data).drafts
        assert (draft.face, code_of(draft)) == (0, ["FormatUnclear"])
        said = draft.findings[0].message()
        assert said.startswith(
            f"Cell C2 (Amount) is the number 1250, which its number format {code}"
        )
        assert "#,##0.00" in said
        assert f"数字格式 {code} " in draft.findings[0].message("zh")


@pytest.mark.parametrize("code", ['"¥"#,##0.00', "[$¥-804]#,##0.00", '#,##0.00"元"', "0.00"])
def test_yuan_that_a_format_adds_is_read(code: str) -> None:
    old = xls_file(payable(1250), formats=["General", "General", code])
    for data in (formatted(code), old):
        [draft] = read(data).drafts
        assert (draft.face, code_of(draft)) == (125_000, [])


def test_built_in_formats_without_a_code_are_known() -> None:
    for kind, is_read in ((4, True), (43, True), (10, False), (44, False), (7, False)):
        data = formatted("#,##0.000")
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            styles = archive.read("xl/styles.xml").decode()
        styles = styles.replace('numFmtId="164" fontId', f'numFmtId="{kind}" fontId')
        [draft] = read(repacked(data, {"xl/styles.xml": styles.encode()})).drafts
        assert draft.is_valid is is_read, kind


def test_format_that_a_condition_changes_is_refused_where_it_may_apply() -> None:
    assert code_of(read(formatted('"¥"0', **{"C1:C9": '0"万"'})).drafts[0]) == ["FormatUnclear"]
    assert code_of(read(formatted('"¥"0', **{"D1:D9": '0"万"'})).drafts[0]) == []


def test_format_of_a_total_is_refused_as_well() -> None:
    data = formatted('0.00"万"')
    assert read(data).drafts[0].findings
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        page, style = book.add_worksheet(), book.add_format({"num_format": '0"万"'})
        for line, row in enumerate([*payable(1250), ["合计"]]):
            page.write_row(line, 0, row)
        page.write(2, 2, 1250, style)
    assert [one.code for one in read(target.getvalue()).findings] == ["FormatUnclear"]


def test_error_file_keeps_formats_so_that_it_is_refused_again() -> None:
    for data in (
        formatted('0.00"万元"'),
        formatted('@"万元"', "1250"),
        formatted('"¥"0', **{"C1:C9": '0"万"'}),
    ):
        first = read(data)
        assert code_of(first.drafts[0]) == ["FormatUnclear"]
        again = error_file(read_sheet(data), first, "zh")
        assert code_of(read(again).drafts[0]) == ["FormatUnclear"]
    paid = error_file(read_sheet(formatted('"¥"0.00')), Reading(1), "en")
    assert read(paid).drafts[0].face == 125_000


def test_dates_have_formats_and_are_dates() -> None:
    rows = [HEADER, ["PO-1", "2", 1250, date(2027, 3, 31), "6", "", "", "HT"]]
    [draft] = read(xlsx_of(rows)).drafts
    assert code_of(draft) == []
    rows[1][2] = date(2027, 3, 31)
    assert code_of(read(xlsx_of(rows)).drafts[0]) == ["Malformed"]


def test_workbook_whose_styles_cannot_be_told_is_refused() -> None:
    data = formatted('0.00"万"')
    for part in ("xl/styles.xml", "xl/worksheets/sheet1.xml"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            text = archive.read(part)
        with pytest.raises(FileDamaged):
            read_sheet(repacked(data, {part: text[:-20]}))
