"""What is no book: files that are not read, and malformed books that are refused unrun."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.books import check_book, load, start
from ledger.chain.node import Node
from ledger.model.errors.service import BookInvalid

Book = dict[str, Any]
GALAXY = Path(__file__).parent / "books" / "galaxy.json"


@pytest.fixture
def galaxy() -> Book:
    return load(GALAXY)


# ---- reading


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ('{"a": 1, "a": 2}', "a"),
        ('{"steps": [{"on": 1, "on": 2}]}', "on"),
        ('{"a": NaN}', "number"),
        ('{"a": [-Infinity]}', "number"),
        ("[1]", "book"),
        ("{", "JSON"),
        ("", "JSON"),
        ("[" * 100_000, "JSON"),
        ('{"a": "\\"[' + "[" * 100, "JSON"),
        ('{"a": 1' + "0" * 5000 + "}", "JSON"),
    ],
)
def test_load_of_a_file_that_is_no_strict_json_object_is_refused(tmp_path, text, field):
    path = tmp_path / "book.json"
    path.write_text(text, "utf-8")
    with pytest.raises(BookInvalid) as refusal:
        load(path)
    assert refusal.value.values["field"] == field


def test_load_of_bytes_that_are_no_utf_8_is_refused(tmp_path):
    path = tmp_path / "book.json"
    path.write_bytes(b'{"name": "\xff"}')
    with pytest.raises(BookInvalid):
        load(path)


# ---- checking

Change = Callable[[Book], object]


def _set(*path: Any) -> Change:
    """A change that puts the last of the path at the place before it."""
    *keys, last, value = path

    def change(book: Book) -> None:
        target: Any = book
        for key in keys:
            target = target[key]
        target[last] = value

    return change


def _drop(*path: Any) -> Change:
    *keys, last = path

    def change(book: Book) -> None:
        target: Any = book
        for key in keys:
            target = target[key]
        del target[last]

    return change


def _step(index: int, field: str, value: Any) -> Change:
    return _set("steps", index, field, value)


MUTATIONS: list[tuple[str, str, Change]] = [
    ("book", "parties", _drop("parties")),
    ("book", "parties", _set("parties", [])),
    ("book", "parties", _set("parties", {})),
    ("book", "limits", _drop("limits")),
    ("book", "steps", _set("steps", "none")),
    ("rules", "rules", _drop("rules")),
    ("rules", "rules", _set("rules", [])),
    ("rules", "late_rate_daily", _drop("rules", "late_rate_daily")),
    ("rules", "late_rate_daily", _set("rules", "late_rate_daily", 0.0005)),
    ("rules", "late_rate_daily", _set("rules", "late_rate_daily", "0.100000001")),
    ("rules", "late_rate_daily", _set("rules", "late_rate_daily", "-0.0005")),
    ("rules", "overdue_multiplier", _set("rules", "overdue_multiplier", "0.999999999")),
    ("rules", "overdue_multiplier", _set("rules", "overdue_multiplier", "1.0000000001")),
    ("rules", "offer_days", _set("rules", "offer_days", 0)),
    ("rules", "offer_days", _set("rules", "offer_days", 61)),
    ("rules", "offer_days", _set("rules", "offer_days", True)),
    ("rules", "tenor_days_max", _set("rules", "tenor_days_max", 367)),
    ("rules", "tenor_days_max", _set("rules", "tenor_days_max", "365")),
    ("rules", "depth_max", _set("rules", "depth_max", 256)),
    ("rules", "day_count", _set("rules", "day_count", "ACT/365")),
    ("rules", "offer_day", _set("rules", "offer_day", 10)),
    ("party 2 (S1)", "id", _set("parties", 2, "id", "S1")),
    ("party 2", "id", _set("parties", 2, "id", 3)),
    ("party 2", "name", _drop("parties", 2, "name")),
    ("party 2", "colour", _set("parties", 2, "colour", "red")),
    ("party 2 (S2A)", "roles", _set("parties", 2, "roles", [])),
    ("party 2 (S2A)", "roles", _set("parties", 2, "roles", ["owner"])),
    ("party 2 (S2A)", "roles", _set("parties", 2, "roles", [["bank"]])),
    ("party 2", "roles", _set("parties", 2, "roles", "bank")),
    ("limit 0", "bank", _set("limits", 0, "bank", "CORE")),
    ("limit 0", "obligor", _set("limits", 0, "obligor", "NOBODY")),
    ("limit 1", "amount", _set("limits", 1, "amount", 10000000)),
    ("limit 1", "limit 1", _set("limits", 1, "BANKB")),
    ("step 12", "do", _step(12, "do", "endorse")),
    ("step 12", "do", _drop("steps", 12, "do")),
    ("step 12", "step 12", _set("steps", 12, None)),
    ("step 12 (accept)", "on", _step(12, "on", "2026-3-18")),
    ("step 12 (accept)", "on", _step(12, "on", "20260318")),
    ("step 12 (accept)", "on", _step(12, "on", "2026-02-29")),
    ("step 12 (accept)", "on", _step(12, "on", "2026-03-17")),
    ("step 12 (accept)", "on", _step(12, "on", "2106-01-01")),
    ("step 12 (accept)", "on", _drop("steps", 12, "on")),
    ("step 12 (accept)", "by", _step(12, "by", "S9")),
    ("step 12 (accept)", "by", _step(12, "by", ["S1"])),
    ("step 12 (accept)", "voucher", _step(12, "voucher", "")),
    ("step 12 (accept)", "amount", _step(12, "amount", "1.00")),
    ("step 2 (transfer)", "amount", _step(2, "amount", "-1.00")),
    ("step 2 (transfer)", "amount", _step(2, "amount", "1.001")),
    ("step 2 (transfer)", "amount", _step(2, "amount", 1.5)),
    ("step 2 (transfer)", "amount", _step(2, "amount", "1e3")),
    ("step 2 (transfer)", "amount", _step(2, "amount", "1,000.00")),
    ("step 2 (transfer)", "amount", _step(2, "amount", "１.00")),
    ("step 2 (transfer)", "from", _step(2, "from", "S9")),
    ("step 2 (transfer)", "to", _step(2, "to", "S9")),
    ("step 2 (transfer)", "as", _drop("steps", 2, "as")),
    ("step 0 (issue)", "obligor", _step(0, "obligor", "S9")),
    ("step 0 (issue)", "to", _step(0, "to", None)),
    ("step 0 (issue)", "face", _step(0, "face", 10000000)),
    ("step 0 (issue)", "maturity", _step(0, "maturity", "28/08/2026")),
    ("step 0 (issue)", "invoices", _step(0, "invoices", {})),
    ("step 0 (issue)", "invoices[0]", _step(0, "invoices", ["26"])),
    ("step 0 (issue)", "invoices[0].total", _set("steps", 0, "invoices", 0, "total", "12.345")),
    ("step 0 (issue)", "invoices[0].number", _set("steps", 0, "invoices", 0, "number", 2611)),
    ("step 0 (issue)", "invoices[0].use", _drop("steps", 0, "invoices", 0, "use")),
    ("step 0 (issue)", "invoices[0].used", _set("steps", 0, "invoices", 0, "used", "1.00")),
    ("step 17 (sell)", "rate", _step(17, "rate", "0.0385000001")),
    ("step 17 (sell)", "rate", _step(17, "rate", 0.0385)),
    ("step 17 (sell)", "recourse", _step(17, "recourse", "partial")),
    ("step 17 (sell)", "recourse", _step(17, "recourse", False)),
    ("step 17 (sell)", "obligor_share", _step(17, "obligor_share", "1/2")),
    ("step 17 (sell)", "id", _step(17, "id", 1)),
    ("step 19 (pledge)", "due", _step(19, "due", "2026-08-28T00:00:00")),
    ("step 19 (pledge)", "ltv", _step(19, "ltv", "80%")),
    ("step 19 (pledge)", "advance", _drop("steps", 19, "advance")),
    ("step 31 (repay)", "as", _drop("steps", 31, "as")),
    ("step 31 (repay)", "release", _step(31, "release", None)),
    ("step 31 (repay)", "interest", _step(31, "interest", "1.00")),
    ("step 33 (pay)", "payable", _drop("steps", 33, "payable")),
    ("step 41 (wait)", "until", _step(41, "until", "2026-10-01")),
]  # fmt: skip


@pytest.mark.parametrize(("place", "field", "change"), MUTATIONS)
def test_malformed_book_is_refused_with_its_place(galaxy, monkeypatch, place, field, change):
    monkeypatch.setattr(Node, "in_process", lambda **_: pytest.fail("it was deployed"))
    change(galaxy)
    with pytest.raises(BookInvalid) as refusal:
        start(galaxy)
    assert (refusal.value.values["place"], refusal.value.values["field"]) == (place, field)
    assert refusal.value.values["expected"] in refusal.value.message("zh")


def test_book_may_carry_notes_and_leave_out_what_is_optional(galaxy):
    galaxy |= {"author": ["x"], "currency": "CNY", "note": 1}
    del galaxy["expect"], galaxy["steps"][0]["invoices"], galaxy["parties"][0]["uscc"]
    galaxy["steps"][31] = {"on": "2026-06-15", "do": "repay", "id": "F2", "principal": "1"}
    check_book(galaxy)


def test_reference_to_a_name_that_no_step_introduces_is_not_malformed(galaxy):
    galaxy["steps"][12]["voucher"] = "never heard of"
    check_book(galaxy)
