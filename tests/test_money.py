"""Money at the edges: strict parsing, exact formatting, and capital figures by the banking rule."""

import random
import re
from decimal import Decimal

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.model.errors import InvalidField
from ledger.model.money import (
    AMOUNT_MAX,
    amount_text,
    capitals,
    grouped_text,
    parse_amount,
    parse_rate,
    percent_text,
    rate_text,
    yuan_text,
)

WRONG_FORMS = [
    *(
        "",
        " ",
        "-1",
        "+1",
        "1e3",
        "1.",
        ".5",
        "1,000.00",
        "1_000",
        "0x1",
        "١",
        "１００",
        "1.0 ",
        " 1",
    ),
    *("01", "00.50", "¥1", "1.00\n", "NaN", "Infinity", "1。00", "一"),
    *(None, 1, 1.5, True, b"1", Decimal(1)),
]

# Amount in yuan, capital figures, and whether cn2an writes the same.
TRICKY = [
    # The examples of 附一 itself; where it names two, the first.
    ("1409.50", "壹仟肆佰零玖元伍角", True),
    ("6007.14", "陆仟零柒元壹角肆分", True),
    ("1680.32", "壹仟陆佰捌拾元零叁角贰分", False),
    ("107000.53", "壹拾万柒仟元零伍角叁分", False),
    ("16409.02", "壹万陆仟肆佰零玖元零贰分", True),
    ("325.04", "叁佰贰拾伍元零肆分", True),
    # Nothing but small change.
    ("0.00", "零元整", True),
    ("0.01", "壹分", True),
    ("0.10", "壹角", True),
    ("0.15", "壹角伍分", True),
    # Round numbers, and 壹 before 拾.
    ("1.00", "壹元整", True),
    ("10.00", "壹拾元整", True),
    ("10.50", "壹拾元零伍角", False),
    ("10.05", "壹拾元零伍分", True),
    ("15.00", "壹拾伍元整", True),
    ("100.00", "壹佰元整", True),
    ("400000.00", "肆拾万元整", True),
    ("10000.01", "壹万元零壹分", True),
    ("100000000.00", "壹亿元整", True),
    ("100000000.05", "壹亿元零伍分", True),
    # Zeros in the middle.
    ("105.00", "壹佰零伍元整", True),
    ("1005.00", "壹仟零伍元整", True),
    ("1050.00", "壹仟零伍拾元整", True),
    ("10001.00", "壹万零壹元整", True),
    ("10100.00", "壹万零壹佰元整", True),
    ("101000.00", "壹拾万壹仟元整", True),
    ("1010000.00", "壹佰零壹万元整", True),
    ("100010000.00", "壹亿零壹万元整", True),
    ("100001000.00", "壹亿零壹仟元整", False),
    ("100200003000.00", "壹仟零贰亿零叁仟元整", False),
    ("1000010000.00", "壹拾亿零壹万元整", True),
    ("10000000001.00", "壹佰亿零壹元整", True),
    ("1234567.89", "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分", True),
    # 万亿.
    ("1000000000000.00", "壹万亿元整", True),
    ("1000100000000.00", "壹万零壹亿元整", True),
    ("1000000000001.00", "壹万亿零壹元整", True),
    ("100000000000000.00", "壹佰万亿元整", True),
]


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("0", 0),
        ("0.0", 0),
        ("0.05", 5),
        ("0.5", 50),
        ("1", 100),
        ("1000000.00", 100_000_000),
        ("999999999999999.99", AMOUNT_MAX),
    ],
)
def test_amount_is_parsed_to_the_fen(text: str, fen: int) -> None:
    assert parse_amount(text) == fen


@pytest.mark.parametrize("text", [*WRONG_FORMS, "1.001", "1000000000000000"])
def test_amount_of_any_other_form_is_refused(text: object) -> None:
    with pytest.raises(InvalidField) as refusal:
        parse_amount(text, field="face")
    assert refusal.value.field == "face"
    assert refusal.value.value is text
    assert "1000000.00" in refusal.value.message()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("0", 0),
        ("0.0385", 38_500_000),
        ("0.000000001", 1),
        ("0.36", 360_000_000),
        ("1", 10**9),
        ("1.5", 1_500_000_000),
        ("0.0005", 500_000),
    ],
)
def test_rate_is_parsed_exactly(text: str, parts: int) -> None:
    assert parse_rate(text) == parts
    assert rate_text(parts) == text


@pytest.mark.parametrize("text", [*WRONG_FORMS, "0.0000000001", "3.85%", "1000"])
def test_rate_of_any_other_form_is_refused(text: object) -> None:
    with pytest.raises(InvalidField) as refusal:
        parse_rate(text)
    assert refusal.value.field == "rate"


@given(st.integers(0, AMOUNT_MAX))
def test_amount_survives_formatting_and_parsing(fen: int) -> None:
    assert parse_amount(amount_text(fen)) == fen
    assert Decimal(amount_text(fen)) * 100 == fen
    assert grouped_text(fen).replace(",", "") == amount_text(fen)
    assert yuan_text(fen) == f"¥{Decimal(fen) / 100:,.2f}"


@given(st.integers(0, 999 * 10**9))
def test_rate_survives_formatting_and_parsing(parts: int) -> None:
    assert parse_rate(rate_text(parts)) == parts
    assert Decimal(percent_text(parts).removesuffix(" %")) * 10**7 == parts


def test_amounts_are_formatted_for_reading() -> None:
    assert amount_text(1_000_000) == "10000.00"
    assert grouped_text(1_000_000) == "10,000.00"
    assert yuan_text(1_000_000) == "¥10,000.00"
    assert yuan_text(-5) == "-¥0.05"
    assert percent_text(38_500_000) == "3.85 %"


@pytest.mark.parametrize(("text", "words", "same_in_cn2an"), TRICKY)
def test_capitals_of_the_tricky_cases(text: str, words: str, same_in_cn2an: bool) -> None:
    assert capitals(parse_amount(text)) == words
    assert (cn2an.an2cn(text, "rmb") == words) == same_in_cn2an


def _random_fen(source: random.Random) -> int:
    """Amounts up to 10^16 fen, rich in zeros."""
    length = source.randint(1, 16)
    return source.choice(
        (
            source.randrange(10**length),
            int("".join(source.choice("0000012345678909") for _ in range(length))),
            10**length + source.randrange(100),
            10**16,
        )
    )


def _without_our_zeros(words: str, fen: int) -> str:
    """Take out the 零 that the rule allows and cn2an leaves out; both cases are in `TRICKY`."""
    yuan = fen // 100
    if yuan and yuan % 10 == 0 and fen // 10 % 10:
        words = words.replace("元零", "元")
    if yuan // 10**4 % 10**4 == 0 and yuan >= 10**8 and yuan % 10**4 >= 1_000:
        words = words.replace("亿零", "亿")
    if yuan // 10**8 % 10**4 == 0 and yuan >= 10**12 and yuan // 10**4 % 10**4 >= 1_000:
        words = words.replace("亿零", "亿")
    return words


def test_capitals_of_random_amounts_equal_cn2an_but_for_the_zeros_of_the_rule() -> None:
    source = random.Random(20261125)
    for _ in range(10_000):
        fen = _random_fen(source)
        expected = cn2an.an2cn(amount_text(fen), "rmb")
        assert _without_our_zeros(capitals(fen), fen) == expected, fen


def _read_group(text: str) -> int:
    pairs = re.findall(r"([壹贰叁肆伍陆柒捌玖])([仟佰拾]?)", text)
    scale = {"仟": 1000, "佰": 100, "拾": 10, "": 1}
    return sum("零壹贰叁肆伍陆柒捌玖".index(digit) * scale[unit] for digit, unit in pairs)


def _read(words: str) -> int:
    """Capital figures back to fen, by another way than they were made."""
    whole, _, small = words.rpartition("元") if "元" in words else ("", "", words)
    high, _, low = whole.rpartition("亿")
    yuan = 0
    for part in (high, low):
        upper, _, lower = part.rpartition("万")
        yuan = yuan * 10**8 + _read_group(upper) * 10**4 + _read_group(lower)
    change = {unit: _read_group(digit) for digit, unit in re.findall(r"(.)([角分])", small)}
    return yuan * 100 + change.get("角", 0) * 10 + change.get("分", 0)


def test_capitals_of_random_amounts_read_back_and_follow_the_rule() -> None:
    source = random.Random(7)
    for _ in range(10_000):
        fen = _random_fen(source)
        words = capitals(fen)
        assert _read(words) == fen
        assert "零零" not in words
        assert words.endswith("元整") == (fen % 100 == 0)
        assert not words.startswith(("拾", "零")) or words == "零元整"
        assert "零元" not in words or fen == 0


@pytest.mark.parametrize("fen", [-1, 10**18, True, 1.0, "1", None])
def test_capitals_of_no_amount_are_refused(fen: object) -> None:
    with pytest.raises(InvalidField):
        capitals(fen)  # type: ignore[arg-type]
