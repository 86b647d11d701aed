"""Filters of lists: each keeps what it names, tells nothing more, and says what it takes."""

from typing import Any, Final

import pytest

from tests.api.world import People, Person
from tests.cast import named

ON_PAYABLES: Final = (
    *("payables", "vouchers", "offers", "financing-requests", "quotes", "loans", "sales"),
    *("payments", "settlements", "payouts", "settlement-runs", "payment-proposals", "freezes"),
)
"""Lists whose rows lie on payables."""
ROLES: Final = ("Acme", "Birch", "Cedar", "Delta Bank", "Settlement Bank", "Regulator")
VISIBLE: Final = "must be one line of 1 to 64 visible characters."
WRONG: Final = (
    ("vouchers?state=hold", "state", "must be one of offered, held, pledged, closed."),
    ("vouchers?holder=0", "holder", "must be at least 1."),
    ("vouchers?holder=x", "holder", "must be a whole number."),
    ("vouchers?limit=201", "limit", "must be at most 200."),
    ("offers?payable=12", "payable", "must be written like P-1."),
    ("loans?voucher=P-1", "voucher", "must be written like V-1.1."),
    ("loans?open=maybe", "open", "must be true or false."),
    ("sales?maturity_from=2026-8-1", "maturity_from", "must be written like 2026-08-28."),
    ("quotes?maturity_to=2026-02-30", "/maturity_to", "must be a date such as 2027-03-31."),
    (
        "loans?due_from=2026-08-02&due_to=2026-08-01",
        "/due_to",
        "must be no earlier than where the range begins.",
    ),
    ("payments?invoice=7", "invoice", "must be written like 0x" + "ab" * 32 + "."),
    ("settlements?external_reference=%20", "external_reference", VISIBLE),
    ("payables?external_reference=PO%C2%851", "external_reference", VISIBLE),
    ("events?external_reference=PO%E2%80%AE1", "external_reference", VISIBLE),
    ("batches?external_reference=PO%EE%80%80", "external_reference", VISIBLE),
    ("imports?external_reference=PO%ED%A0%801", "external_reference", VISIBLE),
    ("payouts?colour=red", "colour", "is not known here."),
    ("payouts?a-b=red", "query", "has a field that is not known here."),
    ("imports?state=lost", "state", "must be one of uploaded, previewed, "),
)


def _rows(person: Person, path: str, **asked: Any) -> list[Any]:
    answer = person.client.get(
        f"/v1/{path}", params={"limit": 200, **asked}, headers=person.headers
    )
    assert answer.status_code == 200, answer.text
    assert not answer.json()["has_more"]
    rows: list[Any] = answer.json()["data"]
    return rows


def _payable(path: str, row: Any) -> str:
    if path == "payables":
        return str(row["id"])
    return str(row.get("payable") or f"P-{row['voucher'][2:].partition('.')[0]}")


@pytest.mark.parametrize("name", ROLES)
@pytest.mark.parametrize("path", ON_PAYABLES)
class TestOnPayables:
    def test_rows_are_those_on_the_payables_that_are_named(
        self, person: People, path: str, name: str
    ) -> None:
        reader, whole = person(name), _rows(person(name), path)
        payables = {one["id"]: one for one in _rows(person("Regulator"), "payables")}
        obligor, maturity = {}, {}
        for row in whole:
            owed = payables[_payable(path, row)]
            obligor.setdefault(owed["obligor"], []).append(row)
            maturity.setdefault(owed["maturity"], []).append(row)
        if path != "offers":  # of one that has ended, who was offered it learns no more
            for number in (1, 2):
                assert _rows(reader, path, obligor=number) == obligor.get(number, [])
            for day in ("2026-08-28", "2026-08-29"):
                asked = {"maturity_from": day, "maturity_to": day}
                assert _rows(reader, path, **asked) == maturity.get(day, [])
        if path != "payables" and whole:
            one = _payable(path, whole[0])
            on_it = [row for row in whole if _payable(path, row) == one]
            assert _rows(reader, path, payable=one) == on_it

    def test_invoice_finds_rows_of_whoever_sees_the_issue(
        self, person: People, path: str, name: str
    ) -> None:
        found = _rows(person(name), path, invoice="0x" + named("invoice 1").hex())
        sees = name in ("Acme", "Birch", "Settlement Bank", "Regulator")
        assert {_payable(path, one) for one in found} <= ({"P-1"} if sees else set())
        if path in ("payables", "vouchers") and name in ("Birch", "Regulator"):
            assert found


class TestParties:
    @pytest.mark.parametrize(
        ("path", "field"),
        [
            ("settlements", "lender"),
            ("payouts", "payee"),
            ("loans", "borrower"),
            ("sales", "buyer"),
            ("payables", "offeree"),
            ("vouchers", "counterparty"),
            ("movements", "payable"),
        ],
    )
    def test_party_is_the_one_that_is_named(self, person: People, path: str, field: str) -> None:
        regulator = person("Regulator")
        whole = _rows(regulator, path)
        for value in {one[field] for one in whole if one[field] is not None}:
            expected = [one for one in whole if one[field] == value]
            assert _rows(regulator, path, **{field: value}) == expected

    def test_first_offeree_is_found_by_whoever_sees_the_issue_alone(self, person: People) -> None:
        """A later holder sees the payable, and not to whom it was issued."""
        for name, is_told in (("Acme", True), ("Cedar", False), ("Delta Bank", False)):
            seen = _rows(person(name), "payables")
            hidden = {one["id"] for one in seen if one["offeree"] is None}
            found = {one["id"] for one in _rows(person(name), "payables", offeree=2)}
            assert not found & hidden
            assert bool(found) is is_told or name != "Acme"

    def test_due_dates_of_loans_are_filtered(self, person: People) -> None:
        regulator = person("Regulator")
        whole = _rows(regulator, "loans")
        day = whole[0]["due"]
        assert _rows(regulator, "loans", due_from=day, due_to=day) == [
            one for one in whole if one["due"] == day
        ]
        assert _rows(regulator, "loans", due_to="2020-01-01") == []


@pytest.mark.parametrize(("path", "pointer", "detail"), WRONG)
def test_value_that_is_none_is_refused_and_told_what_would_be_right(
    acme: Person, path: str, pointer: str, detail: str
) -> None:
    answer = acme.get(f"/v1/{path}")
    assert (answer.status_code, answer.json()["code"]) == (422, "RequestInvalid")
    [told] = answer.json()["errors"]
    assert told["pointer"] == pointer
    assert told["detail"].startswith(detail)
    [chinese] = acme.get(f"/v1/{path}", headers={"accept-language": "zh"}).json()["errors"]
    assert chinese["pointer"] == pointer
    assert chinese["detail"] != told["detail"]


def test_imports_are_filtered_by_state(acme: Person) -> None:
    every = _rows(acme, "imports")
    for state in ("uploaded", "previewed", "cancelled", "done"):
        assert _rows(acme, "imports", state=state) == [
            one for one in every if one["state"] == state
        ]
