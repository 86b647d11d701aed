"""References: what is one."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.shapes import REFERENCE
from ledger.model.references import reference_text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("采购 2027-001", "采购 2027-001"),
        (" 采购\u3000\u00a02027-001 ", "采购 2027-001"),
        ("Ｆ－１", "Ｆ－１"),
        ("e\u0301" * 64, "é" * 64),
        ("x" * 65, ""),
        ("", ""),
        (" \u3000", ""),
        *(
            (f"PO{one}1", "")
            for one in "\x00\x7f\x80\u00ad\u200b\u202e\u2066\ud800\ue000\ufeff\ufffd"
        ),
    ],
)
def test_reference_is_kept_in_one_line_that_can_be_seen(text: str, kept: str) -> None:
    assert reference_text(text) == kept


@given(st.text(st.characters(exclude_categories=()), max_size=70))
def test_reference_that_is_kept_is_of_the_documented_form(text: str) -> None:
    kept = reference_text(text)
    if kept:
        assert re.search(REFERENCE, kept)
        assert reference_text(kept) == kept
