"""Business days in UTC+8, chain seconds, and the names of payables, vouchers and loans."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.model import ids
from ledger.model.days import (
    DAY_MAX,
    SET_DAYS,
    bits_of,
    business_day,
    chain_second,
    date_of,
    date_text,
    day_of,
    day_of_second,
    days_of,
    first_second,
    moment_of,
    parse_day,
    time_text,
)
from ledger.model.errors import InvalidField


@given(st.integers(0, DAY_MAX))
def test_day_survives_date_text_and_seconds(day: int) -> None:
    assert day_of(date_of(day)) == day
    assert parse_day(date_text(day)) == day
    assert date_of(day) == date(1970, 1, 1) + timedelta(days=day)
    if day:
        assert day_of_second(first_second(day)) == day
        assert day_of_second(first_second(day) - 1) == day - 1


@given(st.integers(0, DAY_MAX), st.sets(st.integers(0, SET_DAYS - 1)))
def test_set_of_days_survives_its_bits(first: int, places: set[int]) -> None:
    days = [first + place for place in sorted(places)]
    assert days_of(bits_of(days, first), first) == days
    for outside in (first - 1, first + SET_DAYS):
        if outside >= 0:
            with pytest.raises(InvalidField):
                bits_of([*days, outside], first)


def test_business_day_turns_at_sixteen_hours_utc() -> None:
    before = datetime(2026, 11, 25, 15, 59, 59, tzinfo=UTC)
    assert date_of(business_day(before)) == date(2026, 11, 25)
    assert date_of(business_day(before + timedelta(seconds=1))) == date(2026, 11, 26)
    assert moment_of(chain_second(before)) == before
    assert time_text(chain_second(before)) == "2026-11-25 23:59:59 UTC+8"
    assert day_of_second(0) == 0
    assert first_second(0) == 0


@pytest.mark.parametrize(
    "text",
    [
        *("", "2026-1-1", "2026/01/01", "20260101", "2026-02-30", "2026-13-01", " 2026-01-01"),
        *("2026-01-01\n", "２０２６-01-01", "2026-W01-1", "0000-01-01", "1969-12-31", "2149-06-07"),
        *(None, 20_600, date(2026, 1, 1)),
    ],
)
def test_date_of_any_other_form_is_refused(text: object) -> None:
    with pytest.raises(InvalidField) as refusal:
        parse_day(text, field="maturity")
    assert refusal.value.field == "maturity"
    assert refusal.value.value is text


def test_days_and_times_out_of_range_are_refused() -> None:
    for day in (-1, DAY_MAX + 1, True, 1.0):
        with pytest.raises(InvalidField):
            date_of(day)  # type: ignore[arg-type]
        with pytest.raises(InvalidField):
            first_second(day)  # type: ignore[arg-type]
    for second in (-1, 2**64, True):
        with pytest.raises(InvalidField):
            day_of_second(second)
    for when in (date(1969, 12, 31), date(2149, 6, 7), datetime(2026, 1, 1, tzinfo=UTC)):
        with pytest.raises(InvalidField):
            day_of(when)
    with pytest.raises(InvalidField):
        chain_second(datetime(2026, 1, 1))  # noqa: DTZ001 -- a naive time is the point


@given(st.integers(1, 2**32 - 1), st.integers(1, 2**32 - 1))
def test_voucher_id_holds_payable_and_serial(payable: int, serial: int) -> None:
    voucher = ids.voucher_id(payable, serial)
    assert voucher == payable * 2**32 + serial
    assert (ids.payable_of(voucher), ids.serial_of(voucher)) == (payable, serial)
    assert ids.voucher_name(voucher) == f"V-{payable}.{serial}"
    assert ids.parse_voucher(ids.voucher_name(voucher)) == voucher
    assert ids.parse_payable(ids.payable_name(payable)) == payable
    assert ids.parse_loan(ids.loan_name(payable)) == payable
    assert ids.serial_of(ids.root_voucher(payable)) == ids.ROOT_SERIAL == 1


@pytest.mark.parametrize(
    "text",
    [
        *("", "V-1", "V-0.1", "V-1.0", "V-01.1", "v-1.1", "V-1.1 ", "V-4294967296.1", "V-１.1"),
        None,
        1,
    ],
)
def test_voucher_name_of_any_other_form_is_refused(text: object) -> None:
    with pytest.raises(InvalidField):
        ids.parse_voucher(text)
    with pytest.raises(InvalidField):
        ids.parse_payable(text)
    with pytest.raises(InvalidField):
        ids.parse_loan(text)


@pytest.mark.parametrize(("payable", "serial"), [(-1, 1), (1, 2**32), (True, 1), (1, None)])
def test_numbers_out_of_range_make_no_voucher(payable: object, serial: object) -> None:
    with pytest.raises(InvalidField):
        ids.voucher_id(payable, serial)  # type: ignore[arg-type]
