"""Sealing: what is moved, cut, changed or sealed under another key is never opened."""

import pickle
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.model.errors import RecordsKeyInvalid, RecordsKeyUnknown, RecordTampered
from ledger.records.vault import DataKey, MasterKeys, Place, new_master_key

KEY = DataKey(bytes(range(32)))
PLACE = Place("r_profiles", "sealed", "3", 3)
KEY_PLACE = Place("r_keys", "wrapped", "records", 3)


@pytest.mark.parametrize(
    "text", ["", "00", "zz" * 32, "ab" * 31, "ab" * 33, "AAAA", "密" * 32, "=" * 44]
)
def test_master_key_that_is_not_32_bytes_is_refused(text: str) -> None:
    with pytest.raises(RecordsKeyInvalid):
        MasterKeys.read(text)


def test_data_key_of_another_length_is_refused() -> None:
    with pytest.raises(RecordsKeyInvalid):
        DataKey(b"short")


@pytest.mark.parametrize("field", ["table", "column", "row"])
def test_what_is_moved_to_another_place_is_refused(field: str) -> None:
    sealed = KEY.seal(b"Acme", PLACE)
    with pytest.raises(RecordTampered, match="r_"):
        KEY.open(sealed, replace(PLACE, **{field: "r_other"}))
    with pytest.raises(RecordTampered):
        KEY.open(sealed, replace(PLACE, owner=4))


def test_a_border_between_words_of_a_place_cannot_be_shifted() -> None:
    sealed = KEY.seal(b"Acme", Place("ab", "c", "1", 1))
    with pytest.raises(RecordTampered):
        KEY.open(sealed, Place("a", "bc", "1", 1))


def test_every_changed_bit_and_every_cut_is_refused() -> None:
    sealed = KEY.seal(b"Acme", PLACE)
    for number in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[number // 8] ^= 1 << number % 8
        with pytest.raises(RecordTampered):
            KEY.open(bytes(changed), PLACE)
    for length in range(len(sealed)):
        with pytest.raises(RecordTampered):
            KEY.open(sealed[:length], PLACE)


def test_what_another_key_sealed_is_refused() -> None:
    with pytest.raises(RecordTampered):
        DataKey.random().open(KEY.seal(b"Acme", PLACE), PLACE)


def test_data_key_wrapped_by_an_unknown_master_key_is_refused() -> None:
    wrapped = MasterKeys(bytes(32)).wrap(KEY, KEY_PLACE)
    with pytest.raises(RecordsKeyUnknown, match=wrapped[:8].hex()):
        MasterKeys(bytes(range(32))).unwrap(wrapped, KEY_PLACE)


def test_data_key_wrapped_for_another_owner_is_refused() -> None:
    masters = MasterKeys(bytes(32))
    with pytest.raises(RecordTampered):
        masters.unwrap(masters.wrap(KEY, KEY_PLACE), replace(KEY_PLACE, owner=4))


def test_keys_are_not_shown_and_not_copied() -> None:
    masters = MasterKeys(bytes(range(32)))
    for key in (KEY, masters):
        assert bytes(range(32)).hex() not in repr(key)
        with pytest.raises(TypeError):
            pickle.dumps(key)


@given(st.binary(max_size=500))
def test_what_is_sealed_is_opened_and_never_looks_the_same(plain: bytes) -> None:
    one, other = KEY.seal(plain, PLACE), KEY.seal(plain, PLACE)
    assert one != other
    assert KEY.open(one, PLACE) == KEY.open(other, PLACE) == plain


def test_new_master_key_unwraps_what_the_previous_one_wrapped() -> None:
    old, new = bytes(32), bytes(range(32))
    wrapped = MasterKeys(old).wrap(KEY, KEY_PLACE)
    both = MasterKeys(new, [old])
    assert not both.is_current(wrapped)
    key = both.unwrap(wrapped, KEY_PLACE)
    again = both.wrap(key, KEY_PLACE)
    assert both.is_current(again)
    opened = MasterKeys(new).unwrap(again, KEY_PLACE)
    assert opened.open(KEY.seal(b"Acme", PLACE), PLACE) == b"Acme"


def test_keys_are_read_in_hexadecimal_and_base64() -> None:
    assert MasterKeys.read("00" * 32).id == MasterKeys.read("A" * 43 + "=").id
    assert MasterKeys.read(new_master_key()).id != MasterKeys.read(new_master_key()).id


def test_macs_differ_by_label_and_by_where_parts_end() -> None:
    macs = {KEY.mac("a", b"bc"), KEY.mac("ab", b"c"), KEY.mac("a", b"b", b"c"), KEY.mac("a")}
    assert len(macs) == 4
    assert {len(one) for one in macs} == {32}
