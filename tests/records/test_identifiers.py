"""Identifiers and profiles: what is refused, and the one spelling that is kept."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as library

from ledger.model.errors import InvalidField, MissingField, UnknownField
from ledger.records import identifiers
from ledger.records.profiles import BankAccount, Contact, Profile

GOOD = "91110000600037341L"
LEI = "5493001KJTIIGC8Y1R12"
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        911100006000373410,
        GOOD[:-1],
        GOOD + "0",
        "91110000600037341I",  # a letter that the standard leaves out
        "91110000600037341M",  # check character of letters mapped by ASCII
        "9111000060003734１",
        "N1110000600037341O",
        "A1110000600037341L",
    ],
)
def test_code_that_is_none_is_refused(text: object) -> None:
    with pytest.raises(InvalidField):
        identifiers.uscc(text)


def test_no_other_check_character_fits() -> None:
    fitting = [one for one in ALPHABET if identifiers.is_uscc(GOOD[:17] + one)]
    assert fitting == ["L"]


def test_check_value_31_is_written_as_zero() -> None:
    zeros = [f"91110000{number:09d}0" for number in range(200)]
    assert any(map(identifiers.is_uscc, zeros))


def test_agricultural_collectives_have_codes_too() -> None:
    head = "N2370102MF0000001"
    code = head + library.calc_check_digit(head)
    assert identifiers.uscc(code.lower()) == code
    assert not identifiers.is_uscc(head + ("0" if code[-1] != "0" else "1"))


@pytest.mark.parametrize(
    "spelling",
    ["91110000600037341l", " 9111 0000-6000 37341L", "９１１１００００６０００３７３４１Ｌ"],
)
def test_code_has_one_spelling(spelling: str) -> None:
    assert identifiers.uscc(spelling) == GOOD


def test_lei_is_checked() -> None:
    assert identifiers.lei(LEI.lower()) == LEI
    with pytest.raises(InvalidField):
        identifiers.lei(LEI[:-1] + "3")


@pytest.mark.parametrize("text", ["", " ", "a" * 121, "A\u202eB", "A\x00B", "\ud800", 5, None])
def test_name_that_hides_something_is_refused(text: object) -> None:
    with pytest.raises(InvalidField):
        identifiers.name(text)


def test_name_is_kept_in_one_form() -> None:
    assert identifiers.name("  Cafe\u0301\n & Co\u3000 ") == "Café & Co"


def test_names_match_whatever_their_width_case_and_punctuation() -> None:
    spellings = ["江城电子（武汉）有限公司", "江城电子(武汉)有限公司 ", "江城电子【武汉】有限公司"]
    assert len({identifiers.name_key(one) for one in spellings}) == 1
    assert identifiers.name_key("ACME Co., Ltd.") == identifiers.name_key("Acme co ltd")


@given(st.text(max_size=40))
def test_any_text_is_a_code_or_is_refused(text: str) -> None:
    if identifiers.is_uscc(text):
        assert identifiers.is_uscc(identifiers.uscc(text))
    else:
        with pytest.raises(InvalidField):
            identifiers.uscc(text)


class TestProfiles:
    @pytest.mark.parametrize(
        "values",
        [
            {"name_zh": "", "name_en": ""},
            {"participant": 0},
            {"participant": True},
            {"participant": 2**32},
            {"uscc": GOOD[:-1] + "M"},
            {"lei": "x"},
            {"group": "\u202e"},
            {"contacts": "Li"},
            {"contacts": [5]},
            {"contacts": [{"name": "Li"}]},
            {"contacts": [{"name": "Li", "phone": "call me"}]},
            {"contacts": [{"name": "Li", "email": "li@"}]},
            {"contacts": [{"name": "Li", "phone": 13800000000}]},
            {"contacts": [{"name": "Li", "phone": "13800000000"}] * 17},
            {"accounts": [{"holder": "Acme", "number": "6", "bank": "Delta"}]},
            {"accounts": [{"holder": "A", "number": "123456", "bank": "D", "branch": "1"}]},
        ],
    )
    def test_with_a_wrong_value_is_refused(self, values: dict[str, object]) -> None:
        with pytest.raises(InvalidField):
            Profile.from_values({"participant": 3, "name_en": "Acme", **values})

    def test_with_an_unknown_or_missing_member_is_refused(self) -> None:
        with pytest.raises(UnknownField):
            Profile.from_values({"participant": 3, "name": "Acme"})
        with pytest.raises(MissingField):
            Profile.from_values({"name_en": "Acme"})
        with pytest.raises(MissingField):
            Profile.from_values({"participant": 3, "name_en": "A", "accounts": [{"bank": "D"}]})

    def test_is_what_it_was_written_as(self) -> None:
        profile = Profile(
            3,
            name_zh="江城电子有限公司",
            name_en="River City Electronics",
            uscc=GOOD.lower(),
            lei=LEI,
            group="江城集团",
            contacts=(Contact("李梅", "+86 27 8888 0000", "li@example.com", "出纳"),),
            accounts=(BankAccount("江城电子", "6222 0000-1111", "Delta Bank", "102521000012"),),
        )
        assert Profile.from_json(profile.to_json()) == profile
        assert json.loads(profile.to_json())["uscc"] == GOOD
        assert profile.accounts[0].number == "622200001111"

    def test_has_a_name_in_either_language(self) -> None:
        assert Profile(3, name_zh="江城").name("en") == "江城"
        assert Profile(3, name_zh="江城", name_en="River").name("en") == "River"
        assert Profile(3, name_en="River").name("zh") == "River"
