"""Headings: which columns are recognised, which are refused, what is remembered."""

import pytest

from ledger.imports.columns import ALIASES, COMMENTS, Field, recognise
from ledger.imports.headings import heading_key
from ledger.model.errors import ColumnMissing, ColumnUnclear, ColumnUnknown, UnitUnclear
from tests.imports.sheets import HEADER, cell


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
