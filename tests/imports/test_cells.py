"""Cells that are exported: nothing that somebody wrote becomes a formula, nothing gets lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.imports.cells import column_letter, neutral, restored

EVIL = [
    "=1+1",
    '=HYPERLINK("http://evil.example","pay here")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    " =1+1",
    "\u3000=1+1",
    "'=1+1",
    "''=1+1",
    "\ufeff=1",
]


@pytest.mark.parametrize("text", EVIL)
def test_text_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert neutral(text) == "'" + text


@pytest.mark.parametrize("text", ["", "Acme", "'", "O'Neill", "1=1", "甲公司", "5%", " ", "''"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert neutral(text) == text


@given(st.text(alphabet="='+-@ \t\u3000＝a1", max_size=8))
def test_nothing_is_lost_on_the_way_out_and_in(text: str) -> None:
    assert restored(neutral(text)) == text
    assert not neutral(text).startswith(("=", "+", "-", "@", "\t", "＝"))


def test_columns_have_the_letters_of_spreadsheets() -> None:
    assert [column_letter(one) for one in (0, 25, 26, 51, 52, 701, 702, 16_383)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
        "XFD",
    ]
