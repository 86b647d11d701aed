"""The plain form of commands: decimal amounts, dates and names, and back to the same struct."""

import json
from dataclasses import dataclass, replace
from typing import Any

import pytest

from docs.samples import sample
from ledger.model.commands import COMMANDS, AddSigner, SetHolidays, TransferVoucher
from ledger.model.errors import InvalidField, MissingField, UnknownField
from ledger.model.meanings import Bitmap, Day
from ledger.model.plain import moment_text, parse_moment, plain_of, struct_of
from ledger.model.structs import Struct


@pytest.mark.parametrize("name", COMMANDS)
def test_plain_form_stands_for_the_same_command(name: str) -> None:
    command = sample(COMMANDS[name])
    plain = json.loads(json.dumps(plain_of(command)))
    assert struct_of(COMMANDS[name], plain) == command


@pytest.mark.parametrize("name", COMMANDS)
def test_plain_form_holds_no_fraction_of_a_number(name: str) -> None:
    json.loads(json.dumps(plain_of(sample(COMMANDS[name]))), parse_float=pytest.fail)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_field_is_wanted_and_no_other(name: str) -> None:
    plain = plain_of(sample(COMMANDS[name]))
    with pytest.raises(UnknownField):
        struct_of(COMMANDS[name], {**plain, "memo": "x"})
    for field in plain:
        with pytest.raises(MissingField):
            struct_of(COMMANDS[name], {key: plain[key] for key in plain if key != field})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", 5),
        ("amount", "5.001"),
        ("amount", "５"),
        ("amount", "-1.00"),
        ("amount", "1e3"),
        ("voucher", "V-1"),
        ("voucher", "v-1.1"),
        ("voucher", 4294967297),
        ("to", "3"),
        ("to", True),
        ("to", 1 << 32),
        ("evidence", "0x12"),
        ("evidence", "12" * 32),
    ],
)
def test_value_of_another_form_is_refused_at_its_place(field: str, value: object) -> None:
    plain: Any = plain_of(sample(TransferVoucher))
    plain["parts"][0][field] = value
    with pytest.raises(InvalidField) as caught:
        struct_of(TransferVoucher, plain)
    assert caught.value.values["field"] == f"parts[0].{field}"


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02T01:00:00+08:00",
        "2026-02-30T00:00:00Z",
        "5641-02-10T21:12:11Z",
        "1969-12-31T23:59:59Z",
        "now",
        5,
    ],
)
def test_time_of_another_form_is_refused(text: object) -> None:
    with pytest.raises(InvalidField):
        parse_moment(text)


def test_time_is_read_back_from_its_text() -> None:
    assert parse_moment(moment_text(1_772_413_200)) == 1_772_413_200
    assert moment_text(10**20) == str(10**20)


def test_holidays_are_dates_within_their_256_days() -> None:
    command = replace(sample(SetHolidays), holidays=1 | 1 << 255)
    plain = plain_of(command)
    assert len(plain["holidays"]) == 2
    assert struct_of(SetHolidays, plain) == command
    with pytest.raises(InvalidField):
        struct_of(SetHolidays, {**plain, "holidays": ["1999-01-01"]})


@dataclass(frozen=True, slots=True)
class Closed(Struct):
    """A set of days under another name than holidays."""

    first_day: Day
    days: Bitmap


def test_set_of_days_is_dates_whatever_its_name() -> None:
    plain = {"first_day": "2026-05-27", "days": ["2026-05-27", "2027-02-06"]}
    closed = Closed(20_600, 1 | 1 << 255)
    assert plain_of(closed) == plain
    assert struct_of(Closed, plain) == closed


def test_duties_are_words_each_once() -> None:
    plain: Any = plain_of(sample(AddSigner))
    for words in ([], ["maker", "maker"], ["owner"], "maker", [5], [["maker"]]):
        plain["signer"]["duty"] = words
        with pytest.raises(InvalidField):
            struct_of(AddSigner, plain)
    plain["signer"]["duty"] = ["checker", "maker"]
    assert struct_of(AddSigner, plain).signer.duty == 3
