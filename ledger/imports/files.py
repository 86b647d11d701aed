"""The two files that people take away: the template, and their own with what is wrong in it."""

import io
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Any, Final

from ledger.imports.cells import Cell, CellKind, neutral
from ledger.imports.columns import COMMENTS, Field
from ledger.imports.drafts import EXAMPLE, Reading
from ledger.imports.finding_texts import RIGHT
from ledger.imports.findings import Finding
from ledger.imports.lines import GUIDE
from ledger.imports.number_formats import is_shown_plainly
from ledger.imports.sheets import Sheet
from ledger.model.glossary import Language

__all__ = ["error_file", "template"]

_LINES: Final = 10_000

_COLUMNS: Final[tuple[tuple[Field, str, int], ...]] = (
    (Field.REFERENCE, "text", 18),
    (Field.SUPPLIER, "text", 30),
    (Field.SUPPLIER_USCC, "text", 24),
    (Field.AMOUNT, "amount", 16),
    (Field.MATURITY, "day", 14),
    (Field.BANK, "text", 20),
    (Field.INVOICE_NUMBER, "text", 26),
    (Field.INVOICE_CODE, "text", 16),
    (Field.INVOICE_DATE, "day", 14),
    (Field.INVOICE_TOTAL, "amount", 18),
    (Field.INVOICE_USED, "amount", 18),
    (Field.INVOICE_SELLER, "text", 24),
    (Field.EVIDENCE, "text", 30),
)

_EXAMPLE: Final[dict[Field, Any]] = {
    Field.REFERENCE: EXAMPLE,
    Field.SUPPLIER: "江城零部件有限公司",
    Field.SUPPLIER_USCC: "91110000600037341L",
    Field.AMOUNT: Fraction(12_500),
    Field.MATURITY: date(2027, 3, 31),
    Field.BANK: "某某银行",
    Field.INVOICE_NUMBER: "24312000000012345678",
    Field.INVOICE_DATE: date(2026, 12, 1),
    Field.INVOICE_TOTAL: Fraction(12_500),
    Field.EVIDENCE: "合同 HT-2026-118；验收单 YS-0093",
}

_REQUIRED: Final = (Field.SUPPLIER, Field.AMOUNT, Field.MATURITY, Field.BANK)

_NOTES: Final = (
    (
        "每行一笔应付账款。供应商可按名称、统一社会信用代码或参与方编号填写，填其一即可。",
        "One payable a row. A supplier is named by name, USCC or number: one of them will do.",
    ),
    (
        "一笔有多张发票时，在其下各行仅填写发票各列，并填写每张发票的使用金额。",
        "For more invoices of a payable, fill in the invoice columns alone on the rows below it, "
        "and how much of each is used.",
    ),
    (
        "示例行（业务编号为“示例 EXAMPLE”）不会被开立，可保留或删除。",
        "The example row (its reference is “示例 EXAMPLE”) is never issued; keep or delete it.",
    ),
    (
        "金额以元为单位，至多两位小数；号码与代码请保持文本格式，以免丢失位数。",
        "Amounts are in yuan with at most two decimals; keep numbers and codes as text, or digits "
        "are lost.",
    ),
)


def template() -> bytes:
    """A workbook to fill in: headings in both languages, an example row, checked cells, a guide."""
    book, target = _workbook()
    formats = _formats(book)
    page = book.add_worksheet("应付账款 Payables")
    page.freeze_panes(1, 0)
    for column, (of, kind, width) in enumerate(_COLUMNS):
        page.set_column(column, column, width, formats[kind])
        page.write_string(0, column, _heading(of), formats["header"])
        page.write_comment(0, column, f"{RIGHT[of][1]}\n{RIGHT[of][0]}")
        _put(page, (1, column), _EXAMPLE.get(of, ""), formats)
        page.data_validation(1, column, _LINES, column, _validation(of, kind))
    guide = book.add_worksheet(GUIDE)
    guide.set_column(0, 0, 34)
    guide.set_column(1, 2, 70, formats["wrapped"])
    for line, (of, _, _) in enumerate(_COLUMNS):
        needed = " *" if of in _REQUIRED else ""
        english, chinese = RIGHT[of]
        for column, text in enumerate((_heading(of) + needed, chinese, english)):
            guide.write_string(line, column, text)
    for line, (chinese, english) in enumerate(_NOTES, start=len(_COLUMNS) + 1):
        guide.write_string(line, 1, chinese)
        guide.write_string(line, 2, english)
    book.close()
    return target.getvalue()


def error_file(sheet: Sheet, reading: Reading, language: Language) -> bytes:
    """The sheet as it was sent, with one column more that says what is wrong with each row."""
    book, target = _workbook()
    formats = _formats(book)
    shown_as = {cell.shown_as: cell for row in sheet.rows for cell in row if cell.shown_as}
    own = {one: book.add_format({"num_format": _code(cell)}) for one, cell in shown_as.items()}
    page = book.add_worksheet("Fenbook")
    findings = [*reading.findings, *(one for draft in reading.drafts for one in draft.findings)]
    by_line: dict[int, list[Finding]] = {}
    for finding in findings:
        by_line.setdefault(finding.line, []).append(finding)
    place = _comments_place(sheet)
    for line, row in enumerate(sheet.rows, start=1):
        for column, cell in enumerate(row):
            if column != place:
                _put_cell(page, (line - 1, column), cell, formats, own.get(cell.shown_as))
        said = by_line.get(line, [])
        if said:
            style = "wrong" if any(one.is_error for one in said) else "wrapped"
            page.write_string(line - 1, place, _told(said, language), formats[style])
    page.write_string(reading.heading - 1, place, COMMENTS, formats["header"])
    page.set_column(place, place, 80)
    if title := _told(by_line.get(0, []), language):
        page.write_comment(reading.heading - 1, place, title)
    book.close()
    return target.getvalue()


def _comments_place(sheet: Sheet) -> int:
    """The column of comments: the one of an earlier error file, or a new one on the right."""
    own = (row.index(cell) for row in sheet.rows for cell in row if cell.text == COMMENTS)
    return next(own, max((len(row) for row in sheet.rows), default=0))


def _told(findings: Iterable[Finding], language: Language) -> str:
    """The messages, one a line; none of them begins a formula, whatever a cell said."""
    return neutral("\n".join(one.message(language) for one in findings))


def _heading(of: Field) -> str:
    return f"{of.label('zh')} {of.label('en')}"


def _validation(of: Field, kind: str) -> dict[str, Any]:
    english, chinese = RIGHT[of]
    message = {"error_title": "Fenbook", "error_message": f"{chinese}\n{english}"[:255]}
    if kind == "amount":
        return {"validate": "decimal", "criteria": ">", "value": 0, **message}
    if kind == "day":
        low, high = date(2000, 1, 1), date(2149, 6, 6)
        return {
            "validate": "date",
            "criteria": "between",
            "minimum": low,
            "maximum": high,
            **message,
        }
    longest = 18 if of is Field.SUPPLIER_USCC else 1_000
    length = {"validate": "length", "criteria": "<=", "value": longest}
    # A wrong code is marked and not forbidden: people write blanks into it.
    return {**length, "error_type": "warning", **message}


def _workbook() -> tuple[Any, io.BytesIO]:
    import xlsxwriter  # noqa: PLC0415 -- 40 ms that few callers need

    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    return xlsxwriter.Workbook(target, options), target


def _formats(book: Any) -> dict[str, Any]:
    return {
        "header": book.add_format({"bold": True, "text_wrap": True, "bg_color": "#E8EEF7"}),
        "wrapped": book.add_format({"text_wrap": True}),
        "wrong": book.add_format({"text_wrap": True, "bg_color": "#FBE3E1"}),
        "text": book.add_format({"num_format": "@"}),
        "amount": book.add_format({"num_format": "#,##0.00"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
    }


def _put(page: Any, place: tuple[int, int], value: Any, formats: dict[str, Any]) -> None:
    if isinstance(value, Fraction):
        page.write_number(*place, value, formats["amount"])
    elif isinstance(value, date):
        page.write_datetime(*place, value, formats["day"])
    elif value:
        page.write_string(*place, neutral(value), formats["text"])


def _put_cell(
    page: Any, place: tuple[int, int], cell: Cell, formats: dict[str, Any], own: Any
) -> None:
    """A cell as what it was; a text stays text, also one that begins like a formula.

    What has a format of its own keeps it: 1250 that is shown as 1,250.00万元 must not come back
    without its unit.
    """
    if cell.kind is CellKind.NUMBER:
        page.write_number(*place, Fraction(cell.text), own)
    elif cell.kind is CellKind.DATE:
        page.write_datetime(*place, date.fromisoformat(cell.text), formats["day"])
    elif cell.text:
        page.write_string(*place, neutral(cell.text), own or formats["text"])


def _code(cell: Cell) -> str:
    """The code that a cell is shown by; of some, one that says something else than it holds."""
    codes = cell.shown_as.split("\n")
    return next(
        (one for one in codes if not is_shown_plainly(cell._replace(shown_as=one))), codes[0]
    )
