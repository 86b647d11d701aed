"""Headings: which columns are recognised, which are refused, what is remembered."""

import pytest

from ledger.imports.columns import ALIASES, COMMENTS, Field, recognise
from ledger.imports.headings import heading_key
from ledger.model.errors import ColumnMissing, ColumnUnclear, ColumnUnknown, UnitUnclear
from tests.imports.facts import findings_of, read
from tests.imports.sheets import HEADER, cell, xlsx_of


def rows_of(*headings: str) -> list[list]:
    return [[cell(one) for one in headings]]


class TestRefusals:
    @pytest.mark.parametrize(
        ("headings", "missing"),
        [
            (["供应商", "到期日"], "金额"),
            (["供应商", "金额"], "Maturity"),
            (["金额", "到期日"], "Supplier"),
            (["a", "b"], "Amount"),
        ],
    )
    def test_of_a_sheet_that_lacks_a_column(self, headings: list[str], missing: str) -> None:
        with pytest.raises(ColumnMissing, match=missing):
            recognise(rows_of(*headings), {}, {})

    def test_of_two_columns_that_look_alike(self) -> None:
        with pytest.raises(ColumnUnclear, match="Columns B and D"):
            recognise(rows_of("供应商", "金额", "到期日", "付款金额"), {}, {})

    @pytest.mark.parametrize(
        "heading", ["金额（万元）", "金额(千元)", "付款金额（亿元）", "Amount (USD)", "金额：万元"]
    )
    def test_of_amounts_in_another_unit(self, heading: str) -> None:
        with pytest.raises(UnitUnclear):
            recognise(rows_of("供应商", heading, "到期日"), {}, {})

    @pytest.mark.parametrize(
        "above",
        [
            ["单位：万元"],
            ["", "", "", "单位: 千元"],
            ["金额单位：人民币万元"],
            ["付款计划 单位：亿元，币种：人民币"],
            ["12月付款计划（万元）"],
            ["单位：", "", "百万元"],
            ["（单位：万）"],
            ["单位：分"],
            ["单位：美元"],
            ["币种：USD"],
            ["Unit: CNY 10,000"],
            ["Unit: RMB thousand"],
            ["Amounts in CNY thousands"],
            ["Currency", "EUR"],
            ["(RMB'000)"],
            ["金额：万元"],
        ],
    )
    def test_of_a_unit_above_the_heading(self, above: list[str]) -> None:
        rows = [[cell(one) for one in above], *rows_of("供应商", "金额", "到期日")]
        with pytest.raises(UnitUnclear):
            recognise(rows, {}, {})

    @pytest.mark.parametrize(
        "above",
        [
            ["单位：元"],
            ["金额单位：人民币元", "2026年12月"],
            ["编制单位：万科千元贸易有限公司"],
            ["付款单位：", "亿达集团"],
            ["Unit: CNY", "Currency: RMB"],
            ["单位：", "元"],
            ["合计金额：10,000.00"],
            ["2026年12月付款计划（第一批）"],
            ["Amounts in yuan"],
        ],
    )
    def test_not_of_yuan_or_of_a_name_above_the_heading(self, above: list[str]) -> None:
        rows = [[cell(one) for one in above], *rows_of("供应商", "金额", "到期日")]
        assert recognise(rows, {}, {}).line == 2

    def test_of_a_choice_that_is_none(self) -> None:
        for chosen in ({"amount": "Umsatz"}, {"price": "A"}, {"amount": "ZZZZ"}):
            with pytest.raises(ColumnUnknown):
                recognise(rows_of("供应商", "金额", "到期日"), {}, chosen)


class TestRecognition:
    @pytest.mark.parametrize("language", [0, 1])
    def test_of_the_template_in_either_language(self, language: int) -> None:
        names = [names[language] for names in ALIASES.values()]
        assert recognise(rows_of(*names), {}, {}).columns == {
            field: number for number, field in enumerate(ALIASES)
        }

    def test_of_both_languages_in_one_cell(self) -> None:
        names = [f"{field.label('zh')} {field.label('en')}" for field in Field]
        assert list(recognise(rows_of(*names), {}, {}).columns) == list(Field)

    def test_no_heading_stands_for_two_fields(self) -> None:
        keys = [(heading_key(name), field) for field, names in ALIASES.items() for name in names]
        assert len({key for key, _ in keys}) == len(set(keys))

    @pytest.mark.parametrize(
        "heading",
        [
            "* 金额（元）",
            "金 额",
            "ＡＭＯＵＮＴ",
            "amount:",
            "金额(人民币元)",
            "金额（必填）",
            "金额元",
        ],
    )
    def test_whatever_marks_and_blanks_stand_around(self, heading: str) -> None:
        layout = recognise(rows_of("供应商", heading, "到期日"), {}, {})
        assert layout.columns[Field.AMOUNT] == 1

    def test_below_a_title(self) -> None:
        rows = [[cell("2026年12月付款计划")], [], *rows_of(*HEADER), *rows_of("PO", "金额")]
        layout = recognise(rows, {}, {})
        assert layout.line == 3

    def test_tells_what_it_ignores(self) -> None:
        headings = ["供应商", "金额", "到期日", "备注", "", "部门", COMMENTS]
        assert recognise(rows_of(*headings), {}, {}).ignored == ("D", "F")


class TestChoice:
    def test_by_letter_heading_and_not_at_all(self) -> None:
        rows = rows_of("付款金额", "金额", "Datum", "供应商", "合同号")
        layout = recognise(rows, {}, {"amount": "付款金额", "maturity": "c", "evidence": ""})
        assert layout.columns == {Field.AMOUNT: 0, Field.MATURITY: 2, Field.SUPPLIER: 3}

    def test_is_remembered_by_heading_wherever_it_stands(self) -> None:
        first = recognise(
            rows_of("Lieferant", "Betrag", "Datum"),
            {},
            dict(zip(("supplier", "amount", "maturity"), "ABC", strict=True)),
        )
        remembered = {heading: field.value for field, heading in first.headings.items()}
        later = recognise(rows_of("x", "DATUM", "Betrag:", "Lieferant"), remembered, {})
        assert later.columns == {Field.MATURITY: 1, Field.AMOUNT: 2, Field.SUPPLIER: 3}
        assert later.ignored == ("A",)


class TestWithoutAColumn:
    HEADINGS = ("供应商", "金额", "到期日", "合同号")
    ROW = ("2", "100.00", "2027-03-31", "HT-1")

    def test_the_settlement_bank_is_named_and_may_be_given_for_the_file(self) -> None:
        data = xlsx_of([self.HEADINGS, self.ROW])
        [finding] = findings_of(read(data))
        assert (finding.code, finding.cell) == ("Missing", "2")
        assert finding.message() == (
            "Row 2 lacks “Settlement bank”, which takes a name, a USCC of 18 characters or a "
            "participant's number. Or give one bank for the whole file: preview it again with "
            "--settlement-bank NUMBER (settlement_bank over HTTP)."
        )
        assert finding.message("zh") == (
            "第 2 行缺少“清算行”，应填写参与方名称、18 位统一社会信用代码或参与方编号。"
            "也可为整个文件指定同一清算行：重新预览时填写 --settlement-bank 参与方编号"
            "（HTTP 接口为 settlement_bank）。"
        )
        assert findings_of(read(data, bank=6)) == []

    def test_the_total_of_an_invoice_is_named(self) -> None:
        headings, row = (*self.HEADINGS, "清算行", "发票号码"), (*self.ROW, "6", "2" * 20)
        [finding] = findings_of(read(xlsx_of([headings, row])))
        assert finding.message() == (
            "Row 2 lacks “Invoice total”, which takes an amount in yuan such as 12,500.00."
        )

    def test_an_empty_cell_of_a_settlement_bank_says_what_else_may_be_done(self) -> None:
        data = xlsx_of([(*self.HEADINGS, "清算行"), (*self.ROW, "")])
        [finding] = findings_of(read(data))
        assert finding.message().startswith("Cell E2 (Settlement bank) is empty. It takes a name")
        assert "--settlement-bank" in finding.message()
        assert "--settlement-bank" in finding.message("zh")
