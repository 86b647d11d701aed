"""References: what is one, and what is another."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.shapes import REFERENCE
from ledger.model.references import reference_key, reference_text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("PO-1-12", "PO-11-2"),
        ("2027/1/12", "2027/11/2"),
        ("PO-1", "PO1"),
        ("PO-1", "PO_1"),
        ("PO-1", "PO–1"),  # a dash
        ("K 1", "K1"),
        ("--", ".."),
        ("PO-5①", "PO-51"),
        ("PO-5²", "PO-52"),
        ("合同Ⅲ", "合同III"),
    ],
)
def test_references_that_differ_in_a_sign_are_two(one: str, other: str) -> None:
    assert reference_key(one) != reference_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("F-1", "Ｆ－１"),
        ("po-7", "PO-7"),
        (" a  b ", "A　B"),
        ("a\u00a0b", "A B"),
        ("é-1", "E\u0301-1"),
        ("ﾌﾟ", "プ"),
        ("２０２７／１／１２", "2027/1/12"),
        ("Straße", "STRASSE"),
    ],
)
def test_reference_is_one_however_it_is_spelled(one: str, other: str) -> None:
    assert reference_key(one) == reference_key(other)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_reference_is_one_in_either_form_of_its_marks(form: str) -> None:
    for text in ("ǰ-1", "İ-2", "ŉ-3", "ﾌﾟ-4", "Å-5", "각-6"):
        assert reference_key(unicodedata.normalize(form, text)) == reference_key(text)


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
        assert reference_key(kept) == reference_key(text)
