"""Books run on the contracts: the golden one exactly, random ones as the oracle has them."""

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger.books import BookRun, Difference, differences, load, run, start
from ledger.chain.node import Node
from ledger.model.days import day_of, first_second
from ledger.model.errors.service import BookInvalid, ClockFixed
from ledger.records.invoices import fingerprint, normalised
from tests.machine.quick_node import fresh_node
from tests.oracle import Oracle
from tests.oracle.invoice import invoice_key
from tests.oracle.random_books import random_book

Book = dict[str, Any]
GALAXY = Path(__file__).parent / "books" / "galaxy.json"


@pytest.fixture
def galaxy() -> Book:
    return load(GALAXY)


# ---- running


def test_galaxy_runs_to_exactly_its_expected_outcome(galaxy):
    heard: list[tuple[int, int]] = []
    outcome = run(galaxy, progress=lambda *done: heard.append(done)).outcome
    assert differences(galaxy["expect"], outcome) == []
    assert outcome == galaxy["expect"]
    assert [done for done, _ in heard] == list(range(1, heard[-1][1] + 1))
    assert len({total for _, total in heard}) == 1


def _start(book: Book) -> BookRun:
    """Start a book on a chain with a quick engine, which has a test of its own."""
    eve = first_second(day_of(date.fromisoformat(book["steps"][0]["on"])))
    return start(book, node=fresh_node(eve))


def _compare(book: Book) -> BookRun:
    """Run a book on chain beside the oracle; show the first step on which they differ."""
    oracle, ledger = Oracle(book), _start(book)
    for index, step in enumerate(book["steps"]):
        expected, actual = oracle.step(index), ledger.step(index)
        shown = f"{book.get('name')}, step {index} {json.dumps(step, ensure_ascii=False)}"
        assert actual == expected, f"{shown}: {actual=} {expected=}"
    assert differences(oracle.outcome(), ledger.outcome) == []
    assert ledger.outcome == oracle.outcome()
    return ledger


@pytest.mark.parametrize("seed", range(1, 6))
def test_random_book_runs_as_the_oracle_has_it(seed):
    _compare(random_book(seed, steps=90))


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(100, 160))
def test_long_random_book_runs_as_the_oracle_has_it(seed):
    _compare(random_book(seed, steps=250))


def _small(**more: Any) -> Book:
    """Acme owes Birch and Cedar, Delta Bank buys and lends; nobody settles or operates."""
    roles = {"acme": "issuer", "birch": "supplier", "cedar": "supplier", "delta": "bank"}
    return {
        "rules": {
            "late_rate_daily": "0.0005", "overdue_multiplier": "1.5", "offer_days": 10,
            "tenor_days_max": 365, "depth_max": 5, "day_count": "ACT/360",
        },
        "parties": [{"id": p, "name": p.title(), "roles": [role]} for p, role in roles.items()],
        "limits": [{"bank": "delta", "obligor": "acme", "amount": "5000.00"}],
        "steps": [],
        **more,
    }  # fmt: skip


def _issue(name: str = "P", **changes: Any) -> dict[str, Any]:
    step = {"on": "2026-03-02", "do": "issue", "payable": name, "as": name, "obligor": "acme"}
    return {**step, "to": "birch", "face": "1000.00", "maturity": "2026-07-01", **changes}


_ACCEPT = {"on": "2026-03-02", "do": "accept", "voucher": "P", "by": "birch"}
_TRANSFER = {"on": "2026-03-03", "do": "transfer", "voucher": "P", "from": "birch", "to": "cedar"}
_SELL = {**_TRANSFER, "do": "sell", "to": "delta", "id": "F", "rate": "0.04", "recourse": "none"}
_PLEDGE = {**_TRANSFER, "do": "pledge", "to": "delta", "id": "L", "advance": "1.00", "ltv": "1",
           "rate": "0.04", "due": "2026-07-01"}  # fmt: skip
_PART = {"amount": "10.00", "as": "Q"}


def test_values_that_no_command_can_carry_are_refused_like_any_other():
    steps = [
        _issue(face="99999999999999999999.99"),
        _issue(maturity="9999-12-31"),
        _issue(maturity="0001-01-01"),
        _issue(),
        _ACCEPT,
        {**_TRANSFER, "amount": "9999999999999999999999.99", "as": "Q"},
        {**_SELL, **_PART, "rate": "-0.000000001"},
        {**_SELL, **_PART, "rate": "4.294967297"},
        {**_SELL, **_PART, "rate": "123456789"},
        {**_SELL, **_PART, "obligor_share": "-0.5"},
        {**_SELL, **_PART, "obligor_share": "4294967297.5"},
        {**_PLEDGE, **_PART, "ltv": "-1"},
        {**_PLEDGE, **_PART, "ltv": "5"},
        {**_PLEDGE, **_PART, "due": "1969-12-31"},
        {**_PLEDGE, **_PART, "advance": "999999999999999999999"},
        {**_PLEDGE, **_PART, "due": "9999-12-31"},
        {"on": "2026-03-04", "do": "repay", "id": "L", "principal": "999999999999999999999"},
        {"on": "2026-07-01", "do": "pay", "payable": "P", "amount": "999999999999999999999"},
        {"on": "2026-07-09", "do": "pay", "payable": "P", "amount": "500.00"},
        {"on": "2105-12-31", "do": "wait"},
    ]
    _compare(_small(steps=steps))


def test_unknown_names_are_the_ledgers_to_refuse():
    names: list[dict[str, Any]] = [
        {**_TRANSFER, **_PART},
        {**_SELL, **_PART, "obligor_share": "0.5"},
        {**_PLEDGE, **_PART},
        {"on": "2026-03-03", "do": "redeem", "voucher": "P", "from": "birch", "rate": "0", **_PART},
        {"on": "2026-03-03", "do": "accept", "voucher": "P", "by": "birch"},
        {"on": "2026-03-03", "do": "decline", "voucher": "P", "by": "birch"},
        {"on": "2026-03-03", "do": "repay", "id": "L", "principal": "1.00"},
        {"on": "2026-03-03", "do": "pay", "payable": "P", "amount": "1.00"},
        {"on": "2026-03-03", "do": "recourse", "voucher": "P"},
    ]
    assert len(_compare(_small(steps=names)).refused) == len(names)


def test_several_amounts_of_one_line_add_up():
    line = {"bank": "delta", "obligor": "acme", "amount": "500.00"}
    _compare(_small(limits=[line, line], steps=[_issue(), _issue("R", face="0.01")]))


def test_steps_may_be_added_while_a_book_runs():
    book = _small()
    ledger = start(book)
    book["steps"].append(_issue())
    assert ledger.step(0) is None
    ledger.pass_time(date(2026, 3, 11))
    assert ledger.outcome["payables"]["P"]["state"] == "offered"
    ledger.pass_time(date(2026, 3, 12))
    assert ledger.outcome["payables"]["P"]["state"] == "cancelled"
    book["steps"].append({**_ACCEPT, "on": "2026-03-12"})
    assert ledger.step(1) == "VoucherNotOffered"
    book["steps"].append(_ACCEPT)
    with pytest.raises(BookInvalid):
        ledger.step(2)
    with pytest.raises(ValueError, match="out of order"):
        ledger.step(1)
    with pytest.raises(ValueError, match="goes back"):
        ledger.pass_time(date(2026, 3, 11))
    assert ledger.refused == [{"step": 1, "code": "VoucherNotOffered"}]
    assert list(ledger.outcome["net_cash"]) == list(ledger.parties)


@pytest.mark.parametrize(
    ("step", "field"),
    [
        (_issue("P", **{"as": "R"}), "payable"),
        (_issue("R", **{"as": "P"}), "as"),
        ({**_TRANSFER, "amount": "1.00", "as": "P"}, "as"),
        ({**_PLEDGE, "amount": "1.00", "as": "R", "id": "F"}, "id"),
    ],
)
def test_new_name_that_is_taken_ends_the_run(step, field):
    steps = [_issue(), _ACCEPT, {**_SELL, **_PART}, {**step, "on": "2026-03-03"}]
    ledger = _start(_small(steps=steps))
    with pytest.raises(BookInvalid) as refusal:
        ledger.finish()
    assert refusal.value.values["place"] == f"step 3 ({step['do']})"
    assert refusal.value.values["field"] == field


def test_book_of_a_past_date_needs_a_chain_that_is_not_past_it():
    node = Node.in_process(start=1_900_000_000)
    with pytest.raises(ClockFixed):
        start(_small(steps=[_issue()]), node=node)
    later = _small(steps=[_issue(on="2031-03-03", maturity="2031-03-04")])
    assert run(later, node=node).refused == []


def test_book_of_a_few_parties_is_run_on_a_node_that_is_given():
    node = Node.in_process(start=1_000_000_000)
    first = run(_small(steps=[_issue()]), node=node)
    assert isinstance(first, BookRun)
    assert first.outcome["open_principal"] == {}
    assert first.ledger.node is node


# ---- comparing


def test_equal_outcomes_have_no_differences(galaxy):
    assert differences(galaxy["expect"], copy.deepcopy(galaxy["expect"])) == []


def test_differences_name_their_place_and_both_values(galaxy):
    expected = galaxy["expect"]
    actual = copy.deepcopy(expected)
    actual["net_cash"]["S1"] = "0.01"
    del actual["open_principal"]["S1"]
    actual["payables"]["V1"]["overdue"] = 1
    actual["blocked_issuers"].append("S1")
    actual["vouchers"][1]["depth"] = 3
    del actual["refused"][0]
    actual["refused"].append({"step": 41, "code": "NotOverdue"})
    assert differences(expected, actual) == [
        Difference("net_cash.S1", "5492222.33", "0.01"),
        Difference("open_principal.S1", "376943.21", None),
        Difference("payables.V1.overdue", True, 1),
        Difference("blocked_issuers[1]", None, "S1"),
        Difference("vouchers[V1 123456789–173456789].depth", 2, 3),
        Difference("refused[step 8]", {"step": 8, "code": "InvoiceOverused"}, None),
        Difference("refused[step 41]", None, {"step": 41, "code": "NotOverdue"}),
    ]


def test_order_of_a_list_is_a_difference(galaxy):
    expected = galaxy["expect"]
    actual = {**expected, "refused": expected["refused"][::-1]}
    [difference] = differences(expected, actual)
    assert difference.path == "refused"
    assert differences([], {}) == [Difference("outcome", [], {})]


# ---- invoice numbers


@pytest.mark.parametrize(
    "spelling", ["0-26ab 01", "26AB01", "２６ａｂ\u30000１", "26\u2011Ab\u201001", "\t0026AB-01"]
)
def test_invoice_has_one_identity_however_its_number_is_spelled(spelling):
    assert normalised(spelling) == "26AB01" == invoice_key(spelling)
    assert fingerprint(b"key", spelling) == fingerprint(b"key", "26AB01")


def test_fingerprint_depends_on_the_key_and_takes_any_text():
    assert fingerprint(b"key", "26AB01") != fingerprint(b"other", "26AB01")
    assert len(fingerprint(b"key", "\ud800")) == 32
