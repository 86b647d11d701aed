"""Amounts and dates as people write them: what can be read in two ways is refused."""

import unicodedata
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.imports.cells import Cell, CellKind
from ledger.imports.values import FEN_MAX, Unreadable, code_text, parse_amount, parse_date
from ledger.model.days import date_of, day_of
from ledger.model.figures import amount_text, grouped_text
from tests.imports.sheets import cell


def code_of(parse, *values, **more) -> str:
    with pytest.raises(Unreadable) as caught:
        parse(*values, **more)
    return caught.value.code


class TestAmounts:
    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("", "Malformed"),
            ("twelve", "Malformed"),
            ("1.5e3", "Malformed"),
            ("500①", "Malformed"),  # and not 5,001
            ("500¹", "Malformed"),
            ("100²", "Malformed"),
            ("５⑵", "Malformed"),
            ("1½", "Malformed"),
            ("500㍘", "Malformed"),
            ("𝟓00", "Malformed"),
            ("12%", "Malformed"),
            ("٣", "Malformed"),
            ("1 000 元 2", "Malformed"),
            ("12.5万", "UnitGiven"),
            ("1.2亿元", "UnitGiven"),
            ("五百元", "UnitGiven"),
            ("壹佰元整", "UnitGiven"),
            ("12k", "UnitGiven"),
            ("$5", "OtherCurrency"),
            ("＄５", "OtherCurrency"),
            ("100 USD", "OtherCurrency"),
            ("100美元", "OtherCurrency"),
            ("0", "NotAboveZero"),
            ("0.00", "NotAboveZero"),
            ("-1", "NotAboveZero"),
            ("(1,000.00)", "NotAboveZero"),
            ("1.005", "AmountUnclear"),  # a thousand and five, elsewhere
            ("1000.005", "TooManyDecimals"),
            ("1.000", "AmountUnclear"),
            ("1.234,56", "AmountUnclear"),
            ("1,23", "AmountUnclear"),
            ("1,2345", "AmountUnclear"),  # groups of four digits
            ("12,34,567", "AmountUnclear"),
            ("1'000", "AmountUnclear"),
            ("0012", "AmountUnclear"),
            ("1234567890123456", "AmountUnclear"),
        ],
    )
    def test_of_no_certain_meaning_are_refused(self, text: str, code: str) -> None:
        assert code_of(parse_amount, cell(text)) == code

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("1.005", "TooManyDecimals"),
            ("-5", "NotAboveZero"),
            ("0", "NotAboveZero"),
            ("1e+20", "DigitsLost"),
            ("1e-07", "TooManyDecimals"),
            ("nan", "TooManyDecimals"),
            ("inf", "TooManyDecimals"),
        ],
    )
    def test_of_number_cells_are_refused_by_the_same_rules(self, text: str, code: str) -> None:
        assert code_of(parse_amount, cell(text, CellKind.NUMBER)) == code

    @pytest.mark.parametrize("kind", [CellKind.DATE, CellKind.TIME, CellKind.FLAG, CellKind.EMPTY])
    def test_of_other_cells_are_refused(self, kind: CellKind) -> None:
        assert code_of(parse_amount, Cell(kind, "100")) == "Malformed"

    @pytest.mark.parametrize(
        "text",
        [
            "12500",
            "12500.0",
            "12500.00",
            "12,500.00",
            "12 500.00",
            "￥12,500",
            "¥ 12500.00",
            "CN¥12500",
            "CNY 12,500.00",
            "12500元",
            "人民币12500.00元整",
            "１２５００．００",
            "１２，５００",
            "+12500",
            " 12500 ",
            "12500.000000",
        ],
    )
    def test_are_read_however_they_are_written(self, text: str) -> None:
        assert parse_amount(cell(text)) == 1_250_000

    @given(st.integers(1, FEN_MAX), st.booleans(), st.sampled_from(["", "¥", "￥ ", "人民币"]))
    def test_are_read_as_they_were_meant(self, fen: int, is_wide: bool, sign: str) -> None:
        for text in (amount_text(fen), grouped_text(fen)):
            written = sign + (wide(text) if is_wide else text)
            assert parse_amount(cell(written)) == fen

    @given(st.integers(1, 10**15 - 1))
    def test_of_numbers_are_exact_to_fifteen_digits(self, fen: int) -> None:
        shown = f"{fen / 100:.15g}"  # what the reader of workbooks makes of a number
        assert parse_amount(cell(shown, CellKind.NUMBER)) == fen

    @given(st.text(max_size=20))
    def test_are_read_or_refused_whatever_a_cell_says(self, text: str) -> None:
        try:
            fen = parse_amount(cell(text))
        except Unreadable:
            return
        digits = "".join(one for one in unicodedata.normalize("NFKC", text) if one.isdigit())
        assert 0 < fen <= FEN_MAX
        assert digits.strip("0").startswith(str(fen).rstrip("0")[:1])


class TestDates:
    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("", "Malformed"),
            ("tomorrow", "Malformed"),
            ("二〇二七年三月三十一日", "Malformed"),
            ("2027-03-31 12:00", "Malformed"),
            ("2027-03", "Malformed"),
            ("202703", "Malformed"),
            ("00001", "Malformed"),
            ("99999", "Malformed"),
            ("1999-12-31", "Malformed"),
            ("2150-01-01", "Malformed"),
            ("31/3/2027", "DateUnclear"),
            ("03/04/2027", "DateUnclear"),
            ("3/31/27", "DateUnclear"),
            ("27-3-31", "DateUnclear"),
            ("2027-02-30", "NoSuchDate"),
            ("20271301", "NoSuchDate"),
            ("2027/3/0", "NoSuchDate"),
        ],
    )
    def test_of_no_certain_meaning_are_refused(self, text: str, code: str) -> None:
        assert code_of(parse_date, cell(text)) == code

    @pytest.mark.parametrize(
        "one",
        [
            cell("46477.5", CellKind.NUMBER),
            cell("2027-03-31 12:00:00", CellKind.TIME),
            cell("TRUE", CellKind.FLAG),
            cell("", CellKind.EMPTY),
        ],
    )
    def test_of_other_cells_are_refused(self, one: Cell) -> None:
        assert code_of(parse_date, one) == "Malformed"

    def test_numbers_of_a_workbook_that_counts_from_1904_are_refused(self) -> None:
        serial = cell("46477", CellKind.NUMBER)
        assert code_of(parse_date, serial, is_1904=True) == "DateUnclear"
        assert parse_date(cell("2027-03-31", CellKind.DATE), is_1904=True) == day(2027, 3, 31)

    @pytest.mark.parametrize(
        "text",
        [
            "2027-03-31",
            "2027-3-31",
            "2027/3/31",
            "2027.3.31",
            "2027 3 31",
            "2027年3月31日",
            "2027 年 03 月 31 日",
            "2027年3月31号",
            "２０２７－０３－３１",
            "20270331",
            "2027-03-31 00:00:00",
            "2027-03-31T00:00",
            "46477",
        ],
    )
    def test_are_read_however_they_are_written(self, text: str) -> None:
        assert parse_date(cell(text)) == day(2027, 3, 31)

    @given(st.dates(date(2000, 1, 1), date(2149, 6, 6)), st.booleans())
    def test_are_read_as_they_were_meant(self, when: date, is_wide: bool) -> None:
        year, month, number = when.year, when.month, when.day
        texts = [
            when.isoformat(),
            f"{year}/{month}/{number}",
            f"{year}.{month:02d}.{number:02d}",
            f"{year}年{month}月{number}日",
            when.strftime("%Y%m%d"),
            str((when - date(1899, 12, 30)).days),
        ]
        for text in texts:
            assert date_of(parse_date(cell(wide(text) if is_wide else text))) == when

    @given(st.text(max_size=20))
    def test_are_read_or_refused_whatever_a_cell_says(self, text: str) -> None:
        try:
            found = date_of(parse_date(cell(text)))
        except Unreadable:
            return
        assert date(2000, 1, 1) <= found <= date(2149, 12, 31)

    def test_serial_of_the_day_that_never_was_is_not_read(self) -> None:
        assert timedelta(days=60) < timedelta(days=10_000)  # 1900 lies below five digits
        assert code_of(parse_date, cell("60", CellKind.NUMBER)) == "Malformed"


class TestNumbersThatName:
    def test_that_lost_digits_are_refused(self) -> None:
        lost = cell("2.4312000000012e+19", CellKind.NUMBER)
        assert code_of(code_text, lost) == "DigitsLost"
        assert code_of(code_text, cell("12.5", CellKind.NUMBER)) == "Malformed"
        assert code_of(code_text, cell("TRUE", CellKind.FLAG)) == "Malformed"

    def test_are_kept_with_their_zeros_where_they_are_texts(self) -> None:
        assert code_text(cell("00123456")) == "00123456"
        assert code_text(cell("123456", CellKind.NUMBER)) == "123456"
        assert code_text(cell("", CellKind.EMPTY)) == ""


def wide(text: str) -> str:
    """A text in full-width characters."""
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


def day(year: int, month: int, number: int) -> int:
    return day_of(date(year, month, number))
