"""Commitments and fingerprints: one text, one number; and nothing to be learned from either."""

import hashlib
import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.model.errors import InvalidField
from ledger.records.commitments import Memo, RecordKind, document_hash, memo_text
from ledger.records.invoices import Invoice

SALT = bytes(range(32))
KEY = b"fingerprints of invoices"
SELLER = "91110000600037341L"
DIGITAL = "24312000000012345678"


class TestMemos:
    @pytest.mark.parametrize(
        "text", ["", "  \n", "a" * 2001, "A\u202eB", "A\u200fB", "\x00", "\ud800", None, 5]
    )
    def test_that_hide_something_are_refused(self, text: object) -> None:
        with pytest.raises(InvalidField):
            memo_text(text)

    def test_with_a_short_salt_are_refused(self) -> None:
        with pytest.raises(InvalidField):
            Memo(RecordKind.MEMO, "text", b"salt")

    def test_commit_to_kind_salt_and_text(self) -> None:
        memo = Memo(RecordKind.MEMO, "Contract 7", SALT)
        others = [
            Memo(RecordKind.CASE, "Contract 7", SALT),
            Memo(RecordKind.MEMO, "Contract 8", SALT),
            Memo(RecordKind.MEMO, "Contract 7", SALT[::-1]),
        ]
        assert not any(other.opens(memo.commitment) for other in others)
        assert memo.opens(memo.commitment)
        told = b"fenbook commitment 1\0memo\0" + SALT + b"Contract 7"
        assert memo.commitment == hashlib.sha256(told).digest()

    def test_of_one_text_look_different(self) -> None:
        one, other = (Memo.new(RecordKind.REASON, "late delivery") for _ in range(2))
        assert one.commitment != other.commitment

    @given(st.text(min_size=1, max_size=100))
    def test_are_one_in_whatever_form_their_text_came(self, text: str) -> None:
        try:
            memo = Memo(RecordKind.MEMO, text, SALT)
        except InvalidField:
            return
        decomposed = Memo(RecordKind.MEMO, unicodedata.normalize("NFD", text), SALT)
        assert decomposed.commitment == memo.commitment
        assert Memo.from_bytes(memo.to_bytes()) == memo

    def test_a_document_is_named_by_its_content(self) -> None:
        assert document_hash(b"") != document_hash(b"a")


def _spellings() -> list[Invoice]:
    """Ways in which people write one older tax invoice: code 044031900111, number 00123456."""
    codes = [
        "044031900111",
        "44031900111",
        "0440 3190 0111",
        "０４４０３１９００１１１",
        "04403190-0111",
    ]
    numbers = [
        "00123456",
        "123456",
        " 00123456 ",
        "0012-3456",
        "００１２３４５６",
        "0012\u20113456",
        "0012\u20133456",
        "0012 3456",
        "\t00123456",
        "00\u300012\u30003456",
    ]
    sellers = [SELLER, SELLER.lower(), "", "９１１１００００６０００３７３４１Ｌ"]
    pairs = itertools.product(codes, numbers, sellers)
    return [Invoice(number, code, seller, day=20_000) for code, number, seller in pairs]


class TestInvoices:
    @pytest.mark.parametrize(
        "invoice",
        [
            Invoice(""),
            Invoice("0012 3456"),
            Invoice("00123456", seller=SELLER, day=20_000),  # eight digits lack their code
            Invoice("00123456", "12"),
            Invoice("00123456", "ABCDEFGHIJ"),
            Invoice("123456789", "044031900111"),
            Invoice("INV-7", seller="Acme"),
            Invoice("INV-7", day=20_000),
            Invoice("x" * 41, seller="Acme", day=1),
            Invoice("INV\x007", seller="Acme", day=1),
            Invoice("=1+1", seller="Acme", day=1),
        ],
    )
    def test_that_are_not_unique_are_refused(self, invoice: Invoice) -> None:
        with pytest.raises(InvalidField):
            invoice.fingerprint(KEY)

    def test_two_hundred_spellings_are_one_invoice(self) -> None:
        spellings = _spellings()
        assert len(spellings) == 200
        assert len({one.fingerprint(KEY) for one in spellings}) == 1

    def test_a_digital_invoice_is_its_number_whatever_else_is_said(self) -> None:
        said = [
            Invoice(DIGITAL),
            Invoice(DIGITAL, code="243120000000"),
            Invoice(DIGITAL, seller=SELLER, day=20_000),
            Invoice(DIGITAL, seller="another", day=20_001),
            Invoice(" 2431-2000 0000 1234 5678"),
        ]
        assert len({one.fingerprint(KEY) for one in said}) == 1

    def test_other_invoices_are_told_apart_by_seller_number_and_day(self) -> None:
        said = [
            Invoice("INV-7", seller="Acme", day=1),
            Invoice("INV-7", seller="Birch", day=1),
            Invoice("INV-7", seller="Acme", day=2),
            Invoice("INV-8", seller="Acme", day=1),
        ]
        assert len({one.fingerprint(KEY) for one in said}) == 4
        assert Invoice("inv 07", seller="ACME", day=1) != said[0]
        assert Invoice("inv7", seller="a c m e", day=1).fingerprint(KEY) == said[0].fingerprint(KEY)

    def test_sorts_are_never_taken_for_one_another(self) -> None:
        old = Invoice("12345678", "044031900111").identity
        other = Invoice("12345678", seller="cn:44031900111", day=1).identity
        assert old != other

    def test_fingerprint_depends_on_the_key(self) -> None:
        assert Invoice(DIGITAL).fingerprint(KEY) != Invoice(DIGITAL).fingerprint(b"another key")
