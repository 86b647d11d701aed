"""Rows as drafts: each refusal names the cell, what it says, and what would be right."""

import re

import pytest

from ledger.imports.finding_texts import TEXTS, WARNINGS
from ledger.imports.findings import Finding
from tests.imports.facts import Book, code_of, findings_of, fingerprint, read
from tests.imports.sheets import HEADER, csv_of, xlsx_of

GOOD = {
    "业务编号": "PO-1",
    "供应商名称": "江城零部件有限公司",
    "金额（元）": "12,500.00",
    "到期日": "2027/3/31",
    "清算行": "某某银行",
    "发票号码": "24312000000012345678",
    "发票金额": "12500",
    "合同号": "HT-1",
}


def row(**changes: object) -> list[object]:
    """A good row with some cells changed, by the heading's first two characters."""
    cells = dict(GOOD)
    for name, value in changes.items():
        [heading] = [one for one in HEADER if one.startswith(name)]
        cells[heading] = value
    return [cells[one] for one in HEADER]


def book_of(*rows: list[object]) -> bytes:
    return xlsx_of([HEADER, *rows])


@pytest.mark.parametrize(
    ("changes", "code", "cell"),
    [
        ({"供应商": ""}, "Missing", "B2"),
        ({"供应商": "江南零部件"}, "NotInDirectory", "B2"),
        ({"供应商": "91110000600037341M"}, "NotInDirectory", "B2"),
        ({"供应商": 99}, "NotInDirectory", "B2"),
        ({"供应商": "twins"}, "NameShared", "B2"),
        ({"供应商": "ACME"}, "OwnPayable", "B2"),
        ({"供应商": 4}, "NotEligible", "B2"),
        ({"供应商": "5"}, "Suspended", "B2"),
        ({"供应商": 9.11100006000373e17}, "DigitsLost", "B2"),
        ({"供应商": "A\u202eB"}, "Malformed", "B2"),
        ({"金额": ""}, "Missing", "C2"),
        ({"金额": "twelve"}, "Malformed", "C2"),
        ({"金额": "1.25万"}, "UnitGiven", "C2"),
        ({"金额": 0}, "NotAboveZero", "C2"),
        ({"金额": 12500.005}, "TooManyDecimals", "C2"),
        ({"金额": True}, "Malformed", "C2"),
        ({"到期": ""}, "Missing", "D2"),
        ({"到期": "31/3/2027"}, "DateUnclear", "D2"),
        ({"到期": "2026-12-01"}, "MaturityPassed", "D2"),
        ({"到期": "2027-12-02"}, "TenorTooLong", "D2"),
        ({"清算": ""}, "Missing", "E2"),
        ({"清算": "2"}, "NotEligible", "E2"),
        ({"发票号": 24312000000012345678}, "DigitsLost", "F2"),
        ({"发票号": "12345678"}, "InvoiceUnclear", "F2"),
        ({"发票号": ""}, "Missing", "F2"),
        ({"发票号": "x" * 41}, "Malformed", "F2"),
        ({"发票金": ""}, "Missing", "G2"),
        ({"发票金": "12,499.99"}, "InvoiceTooSmall", "2"),
        ({"业务": "x" * 65}, "Malformed", "A2"),
        ({"合同": "y" * 1001}, "Malformed", "H2"),
        ({"发票号": "", "发票金": "", "合同": ""}, "EvidenceMissing", "2"),
    ],
)
def test_row_with_one_wrong_cell_is_told_where_and_why(
    changes: dict[str, object], code: str, cell: str
) -> None:
    [draft] = read(book_of(row(**changes))).drafts
    [finding] = draft.findings
    assert (finding.code, finding.cell) == (code, cell)
    assert not draft.is_valid
    for language in ("en", "zh"):
        text = finding.message(language)
        assert cell in text
        assert "{" not in text
        assert text.endswith("。" if language == "zh" else ".")
        told = text.split("”")[-1].replace("万", "")
        assert bool(re.search(r"[\u4e00-\u9fff]", told)) == (language == "zh")


def test_every_kind_of_finding_has_both_languages() -> None:
    for code, (english, chinese) in TEXTS.items():
        assert english.endswith("."), code
        assert chinese.endswith("。"), code
        assert english.startswith("{place}"), code
        assert chinese.startswith("{place}"), code
    assert set(TEXTS) >= WARNINGS


def test_value_in_a_message_cannot_disguise_it() -> None:
    finding = Finding("Malformed", 2, "C", None, "1\u202e\n" + "9" * 100)
    assert "1\ufffd\ufffd999" in finding.message()
    assert len(finding.message()) < 120


class TestParties:
    @pytest.mark.parametrize(
        "value",
        [
            " 江城零部件有限公司",
            "Birch-Parts",
            "91110000600037341l",
            2,
            "2",
            "２",
            "９１１１００００６０００３７３４１Ｌ",
        ],
    )
    def test_are_known_by_name_code_and_number(self, value: object) -> None:
        [draft] = read(book_of(row(供应商=value))).drafts
        assert (draft.supplier, draft.findings) == (2, [])

    def test_that_contradict_one_another_are_refused(self) -> None:
        header = [*HEADER, "供应商编号"]
        [draft] = read(xlsx_of([header, [*row(), 3]])).drafts
        assert code_of(draft) == ["Contradiction"]
        assert "participant 2" in draft.findings[0].message()

    def test_code_with_a_wrong_check_character_is_told_so(self) -> None:
        header = ["供应商统一社会信用代码", *HEADER[2:]]
        for code, told in (
            ("91110000600037341M", "Malformed"),
            ("914403001922038216", "NotInDirectory"),
        ):
            [draft] = read(xlsx_of([header, [code, *row()[2:]]])).drafts
            assert code_of(draft) == [told]

    def test_bank_may_be_given_for_the_whole_file(self) -> None:
        [draft] = read(book_of(row(清算="")), bank=6).drafts
        assert (draft.bank, draft.findings) == (6, [])


class TestWholeFile:
    def test_of_nobody_who_may_issue_is_refused(self) -> None:
        for changes in ({"obligor": 2}, {"obligor": 77}):
            assert "NotIssuer" in [one.code for one in read(book_of(row()), **changes).findings]

    def test_of_an_obligor_that_is_overdue_is_refused(self) -> None:
        [finding] = read(book_of(row()), unpaid_since=20_000).findings
        assert finding.message("zh") == "文件：2024-10-04 到期的应付账款尚未付清，暂不能开立。"

    def test_above_the_line_is_refused(self) -> None:
        rows = [row(业务=f"PO-{one}", 发票号="", 发票金="") for one in (1, 2)]
        reading = read(book_of(*rows), room=2_499_999)
        assert [one.code for one in reading.findings] == ["LimitExceeded"]
        assert "25,000.00" in reading.findings[0].message()
        assert not reading.is_valid
        assert read(book_of(*rows), room=2_500_000).is_valid

    def test_of_more_than_ten_thousand_is_refused(self) -> None:
        line = csv_of([row(发票号="", 发票金="", 业务="")])
        line = line.replace("12,500.00", "12500.00")
        text = csv_of([HEADER]) + line * 10_001
        codes = [one.code for one in read(text.encode("gb18030")).findings]
        assert codes == ["TooManyPayables"]

    def test_total_that_is_wrong_is_refused_and_a_right_one_is_no_row(self) -> None:
        rows = [row(业务=f"PO-{one}", 发票号="", 发票金="") for one in (1, 2)]
        for total, code, is_valid in (
            ("25,000.00", "TotalSkipped", True),
            (24999, "TotalDiffers", False),
            ("2.5万", "UnitGiven", False),
        ):
            reading = read(book_of(*rows, ["合计", None, total]))
            assert len(reading.drafts) == 2
            assert [one.code for one in reading.findings] == [code]
            assert reading.is_valid is is_valid

    def test_amounts_of_a_total_that_is_wrong_are_written_in_one_way(self) -> None:
        reading = read(book_of(row(发票号="", 发票金=""), ["合计", None, "5000.00"]))
        assert "come to 5,000.00; they come to 12,500.00." in reading.findings[0].message()

    def test_unknown_columns_are_told(self) -> None:
        reading = read(xlsx_of([[*HEADER, "部门"], [*row(), "x"]]))
        assert [one.message() for one in reading.findings] == [
            "The file: column I was not recognised and is ignored."
        ]


class TestTextFiles:
    """What commas and quotes do to a row that were not meant as such."""

    HEADER = "供应商名称,到期日,清算行,合同号,金额"

    @pytest.mark.parametrize(
        ("amount", "shown"),
        [("12,500.00", "500.00"), ("1,234,567.00", "234, 567.00"), ("1234,50", "50")],
    )
    def test_amount_cut_at_its_comma_is_refused(self, amount: str, shown: str) -> None:
        text = f"{self.HEADER}\n2,2027-03-31,6,HT-1,{amount}\n2,2027-03-31,6,HT-2,500.00\n"
        cut, good = read(text.encode()).drafts
        assert (code_of(cut), code_of(good)) == (["BeyondHeadings"], [])
        finding = cut.findings[0]
        assert finding.message().startswith(f"Cell F2 says “{shown}” to the right of the last")
        assert finding.message("zh").startswith("单元格 F2的内容为")
        assert "quotes" in finding.message()
        assert "引号" in finding.message("zh")

    def test_amount_in_quotes_is_read(self) -> None:
        text = f'{self.HEADER}\n2,2027-03-31,6,HT-1,"12,500.00",,\n'
        [draft] = read(text.encode()).drafts
        assert (draft.face, draft.findings) == (1_250_000, [])

    @pytest.mark.parametrize(
        ("cells", "codes"),
        [
            ("7,000.00", ["AmountCut"]),
            ("12,500", ["AmountCut"]),
            ("7.00,000", []),
            ("7000,100", []),
            ("700,5", []),
        ],
    )
    def test_amount_cut_before_a_remark_is_refused(self, cells: str, codes: list[str]) -> None:
        text = f"{self.HEADER},备注\n2,2027-03-31,6,HT-1,{cells}\n"
        [draft] = read(text.encode()).drafts
        assert code_of(draft) == codes

    def test_amount_cut_in_a_total_or_below_a_payable_is_refused(self) -> None:
        text = f"{self.HEADER}\n2,2027-03-31,6,HT-1,500\n合计,,,,500,00\n"
        reading = read(text.encode())
        assert [one.code for one in reading.findings] == ["BeyondHeadings", "TotalSkipped"]
        assert not reading.is_valid
        header = "供应商名称,到期日,清算行,合同号,金额,发票号码,本次使用金额,发票金额"
        first = "2,2027-03-31,6,HT-1,12500.00,24312000000012345678,11500.00,12500.00"
        below = ",,,,,24312000000012345679,1000.00,12,500.00"
        [draft] = read(f"{header}\n{first}\n{below}\n".encode()).drafts
        assert ("BeyondHeadings", "I3") in [(one.code, one.cell) for one in draft.findings]

    @pytest.mark.parametrize(
        ("text", "cell"),
        [
            ('2,2027-03-31,6,"HT-1\n2,2027-03-31,6,HT-2",500.00', "D2"),
            ('2,2027-03-31,6,HT-1,"100\n200"', "E2"),
            ('2,2027-03-31,6,HT-1,500.00,"a\nb,c"', "F2"),
            (',,,,,"a\r2,2027-03-31,6,HT-2,500.00"', "F2"),
        ],
    )
    def test_cell_of_more_than_one_line_is_refused(self, text: str, cell: str) -> None:
        """Two quotes that are not closed make one cell of all rows between them."""
        reading = read(f"{self.HEADER},备注\n{text}\n".encode())
        found = [(one.code, one.cell) for one in findings_of(reading) if one.is_error]
        assert ("LineBreak", cell) in found

    def test_cell_of_a_workbook_may_have_two_lines(self) -> None:
        [draft] = read(book_of(row(合同="HT-1\n验收单"))).drafts
        assert (draft.evidence, draft.findings) == ("HT-1 验收单", [])


class TestTotals:
    @pytest.mark.parametrize(
        "changes", [{"业务": "SUM"}, {"合同": "合计"}, {"供应商": "合计"}, {"清算": "Total"}]
    )
    def test_row_with_a_word_for_totals_and_other_cells_is_a_payable(
        self, changes: dict[str, object]
    ) -> None:
        reading = read(book_of(row(**changes), ["合计", None, 12500]))
        assert len(reading.drafts) == 1
        assert [one.code for one in reading.findings] == ["TotalSkipped"]

    @pytest.mark.parametrize(
        ("total", "code", "is_valid"),
        [
            (30_000, "TotalUnchecked", True),
            (12_500, "TotalDiffers", False),
            (None, "TotalWithoutAmount", True),
        ],
    )
    def test_below_an_amount_that_could_not_be_read_is_told(
        self, total: object, code: str, is_valid: bool
    ) -> None:
        reading = read(book_of(row(), row(业务="PO-2", 金额="x"), ["合计", None, total]))
        [finding] = reading.findings
        assert (finding.code, finding.line, reading.is_valid) == (code, 4, is_valid)
        assert "4" in finding.message("zh")


class TestRepeats:
    def test_of_a_reference_is_refused(self) -> None:
        one, other = read(book_of(row(), row(业务="po-1", 金额=1, 发票号="", 发票金=""))).drafts
        assert (one.is_valid, code_of(other)) == (True, ["ReferenceRepeated"])
        assert other.findings[0].message() == (
            "Cell A3 (External reference) says “po-1”, as row 2 does. A reference names one "
            "payable."
        )

    def test_of_a_reference_used_before_is_refused(self) -> None:
        [draft] = read(book_of(row()), Book(taken={"PO-1": "P-12"})).drafts
        assert code_of(draft) == ["ReferenceUsed"]
        assert "P-12" in draft.findings[0].message("zh")

    def test_of_a_whole_row_is_refused_without_a_reference(self) -> None:
        twin = row(业务="", 发票号="", 发票金="")
        one, other = read(book_of(twin, twin)).drafts
        assert (one.is_valid, code_of(other)) == (True, ["Repeated"])

    def test_of_the_terms_alone_is_a_warning(self) -> None:
        rows = [row(业务=f"PO-{one}", 发票号="", 发票金="") for one in (1, 2)]
        one, other = read(book_of(*rows)).drafts
        assert (code_of(one), code_of(other), other.is_valid) == ([], ["LooksAlike"], True)


class TestInvoices:
    def test_used_twice_in_the_file_are_refused(self) -> None:
        rows = [row(), row(业务="PO-2", 金额="0.01"), row(业务="PO-3", 发票金="12501")]
        one, other, third = read(book_of(*rows)).drafts
        assert (one.is_valid, code_of(other), code_of(third)) == (
            True,
            ["InvoiceOverused"],
            ["LooksAlike", "InvoiceMismatch"],
        )
        assert other.findings[0].message() == (
            "Row 3 uses 0.01 of an invoice over 12,500.00, of which 12,500.00 is used by row 2."
        )
        assert "第 2 行" in third.findings[1].message("zh")

    def test_of_a_faulty_row_are_free_for_another(self) -> None:
        one, other = read(book_of(row(到期="never"), row(业务="PO-2"))).drafts
        assert (one.is_valid, other.is_valid) == (False, True)

    def test_used_on_the_ledger_are_refused(self) -> None:
        [draft] = read(book_of(row())).drafts
        print_ = draft.invoices[0].fingerprint
        assert print_ == fingerprint(draft.invoices[0])
        for used, codes in (
            ((1_250_000, 0), []),
            ((1_250_000, 1), ["InvoiceOverused"]),
            ((1_250_001, 0), ["InvoiceMismatch"]),
        ):
            [draft] = read(book_of(row()), Book(used={print_: used})).drafts
            assert code_of(draft) == codes

    def test_used_by_others_are_refused_without_their_amounts(self) -> None:
        print_ = read(book_of(row())).drafts[0].invoices[0].fingerprint
        for used, codes in (
            ((1_250_000, 0), []),
            ((1_250_000, 71), ["InvoiceUsedUp"]),
            ((7_654_321, 0), ["InvoiceUsedUp"]),
        ):
            [draft] = read(book_of(row()), Book(used={print_: used}, is_own=False)).drafts
            assert code_of(draft) == codes
            for finding in draft.findings:
                assert finding.facts == {}
                assert "76,543.21" not in finding.message()
                assert "0.71" not in finding.message("zh")

    def test_of_one_payable_stand_on_the_rows_below(self) -> None:
        header = [*HEADER, "本次使用金额"]
        below = [None, None, None, None, None, "24312000000012345679", 6000, None, 2500]
        first = [*row(), 10_000]
        [draft] = read(xlsx_of([header, first, below])).drafts
        assert draft.findings == []
        assert [(one.line, one.used) for one in draft.invoices] == [(2, 1_000_000), (3, 250_000)]

        def codes(*rows: list[object]) -> list[tuple[str, str]]:
            found = findings_of(read(xlsx_of([header, *rows])))
            return [(one.code, one.cell) for one in found]

        short, unsaid, twice = [*below], [*below], [*below]
        short[8], unsaid[8], twice[5] = 2499.99, None, first[5]
        assert codes(first, short) == [("InvoiceShort", "2")]
        assert codes(first, unsaid) == [("Missing", "3")]
        assert codes(first, twice) == [("InvoiceTwice", "F3")]
        assert codes(below) == [("NoPayableAbove", "2")]
        many = [[*below] for _ in range(64)]
        for number, one in enumerate(many):
            one[5] = f"243120000000{number:08d}"
        assert ("TooManyInvoices", "2") in codes(first, *many)

    def test_other_than_tax_invoices_need_seller_and_date(self) -> None:
        header = [*HEADER, "销售方", "开票日期"]
        for seller, day, codes in (
            ("Birch GmbH", "2026-11-30", []),
            ("", "2026-11-30", ["InvoiceUnclear"]),
            ("Birch GmbH", "", ["InvoiceUnclear"]),
        ):
            [draft] = read(xlsx_of([header, [*row(发票号="RE-7"), seller, day]])).drafts
            assert code_of(draft) == codes


def test_tenor_above_six_months_is_a_warning() -> None:
    for day, codes in (("2027-06-01", []), ("2027-06-02", ["TenorLong"])):
        [draft] = read(book_of(row(到期=day))).drafts
        assert (code_of(draft), draft.is_valid) == (codes, True)


def test_findings_survive_being_kept() -> None:
    reading = read(book_of(row(金额="x"), row(业务="", 供应商="nobody")))
    for finding in findings_of(reading):
        again = Finding.from_json(finding.to_json())
        assert again == finding
        assert again.message("zh") == finding.message("zh")
