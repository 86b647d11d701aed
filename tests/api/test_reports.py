"""Reports: a participant's own figures, which agree with the contracts and balance."""

import csv
from collections.abc import Iterator
from typing import Any

import pytest

from api.reports import Maturity, _due
from ledger.model.commands import PayPayable
from ledger.model.days import date_text
from ledger.service.reports import Due
from tests.api.world import People, World, opened_world
from tests.cast import DEPOSIT, TODAY
from tests.views_scenario import FACE, MATURITY, YUAN, Acts

DUE = date_text(MATURITY)
SPAN = f"first={date_text(MATURITY - 200)}&last={date_text(MATURITY + 100)}"


@pytest.fixture(scope="module")
def world(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One payable half paid and settled for some, with a redeemed range; another unpaid."""
    with opened_world(engine, tmp_path_factory.mktemp("reports")) as made:
        acts, cast = Acts(made.cast), made.cast
        root = acts.issue()
        acts.transfer(cast.birch, root, 400_000 * YUAN, cast.cedar)
        acts.redeem(cast.birch, root, 70_000 * YUAN)
        acts.issue(9_000 * YUAN)
        cast.begin(MATURITY)
        cast.acme.act(PayPayable, payable_id=1, amount=FACE // 3)
        acts.settle(1)
        made.follow()
        yield made


def _fen(text: str) -> int:
    return int(text.replace(".", ""))


def _report(person: People, name: str, report: str, span: str = SPAN) -> list[dict[str, Any]]:
    answer = person(name).get(f"/v1/reports/{report}?{span}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


class TestMaturities:
    def test_obligor_sees_what_it_owes_by_day(self, person: People, world: World) -> None:
        [row] = _report(person, "Acme", "maturities")
        owed = sum(world.cast.ledger.debt(one)[1] for one in (1, 2))
        assert (row["date"], row["payable_count"], _fen(row["owed"])) == (DUE, 2, owed)
        assert (row["voucher_count"], row["receivable"]) == (0, "0.00")

    @pytest.mark.parametrize("name", ["Birch", "Cedar"])
    def test_holder_sees_what_the_contract_says_is_owed_to_it(
        self, person: People, world: World, name: str
    ) -> None:
        ledger, number = world.cast.ledger, person(name).member.id
        own = [
            voucher
            for payable in (1, 2)
            for voucher, row in ledger.vouchers_of(payable).items()
            if row["holder"] == number and row["state"] != 4
        ]
        [row] = _report(person, name, "maturities")
        assert row["voucher_count"] == len(own)
        assert _fen(row["receivable"]) == sum(ledger.claim(one)[0] for one in own)

    @pytest.mark.parametrize("name", ["Delta Bank", "Settlement Bank", "Operator", "Regulator"])
    def test_others_see_nothing_of_it(self, person: People, name: str) -> None:
        assert _report(person, name, "maturities") == []

    def test_days_outside_are_left_out(self, person: People) -> None:
        early = f"first={date_text(TODAY)}&last={date_text(MATURITY - 1)}"
        assert _report(person, "Acme", "maturities", early) == []
        assert len(_report(person, "Acme", "maturities", f"first={DUE}&last={DUE}")) == 1

    def test_sums_of_the_largest_amounts_are_told(self) -> None:
        most = 1_000 * (2**64 - 1)
        told = Maturity(**_due(Due(MATURITY, 1_000, most, 1_000, most)))
        assert (_fen(told.owed), _fen(told.receivable)) == (most, most)


class TestStatements:
    @pytest.mark.parametrize("name", ["Acme", "Birch", "Cedar", "Delta Bank"])
    def test_statement_balances_and_ends_at_the_deposit(
        self, person: People, world: World, name: str
    ) -> None:
        [row] = _report(person, name, "deposit-statements")
        figures = {one: _fen(row[one]) for one in ("opening", "received", "spent", "closing")}
        assert figures["opening"] + figures["received"] - figures["spent"] == figures["closing"]
        assert figures["closing"] == world.cast.ledger.deposit(6, person(name).member.id)

    def test_what_one_period_ends_with_the_next_begins_with(self, person: People) -> None:
        before = f"first={date_text(TODAY)}&last={date_text(MATURITY - 1)}"
        [first] = _report(person, "Acme", "deposit-statements", before)
        [second] = _report(person, "Acme", "deposit-statements", f"first={DUE}&last={DUE}")
        assert (_fen(first["opening"]), _fen(first["received"])) == (0, DEPOSIT)
        assert first["closing"] == second["opening"]
        assert _fen(second["spent"]) == FACE // 3

    def test_who_has_no_deposit_has_no_statement(self, person: People) -> None:
        assert _report(person, "Operator", "deposit-statements") == []


class TestFiles:
    @pytest.mark.parametrize("report", ["maturities", "deposit-statements"])
    def test_file_has_the_same_rows(self, person: People, report: str) -> None:
        shown = _report(person, "Birch", report)
        assert shown
        answer = person("Birch").get(f"/v1/exports/reports/{report}?{SPAN}")
        assert answer.status_code == 200, answer.text
        [_, *rows] = csv.reader(answer.content.decode("utf-8-sig").splitlines())
        assert rows == [[str(one) for one in row.values()] for row in shown]
        workbook = person("Birch").get(f"/v1/exports/reports/{report}?{SPAN}&format=xlsx")
        assert (workbook.status_code, workbook.content[:2]) == (200, b"PK")

    @pytest.mark.parametrize("report", ["maturities", "deposit-statements"])
    def test_days_that_cannot_be_are_refused(self, person: People, report: str) -> None:
        for span in ("", f"first={DUE}&last=2026-02-30", f"{SPAN}&of=2"):
            answer = person("Birch").get(f"/v1/exports/reports/{report}?{span}")
            assert (answer.status_code, answer.json()["code"]) == (422, "RequestInvalid")


class TestDays:
    @pytest.mark.parametrize("report", ["maturities", "deposit-statements"])
    @pytest.mark.parametrize(
        "span",
        ["", f"first={DUE}", f"first={DUE}&last=2026-02-30", f"first={DUE}&last=2026-01-01",
         "first=2025-01-01&last=2026-12-31", f"first={DUE}&last={DUE}&of=2"],
    )  # fmt: skip
    def test_days_that_cannot_be_are_refused(self, person: People, report: str, span: str) -> None:
        answer = person("Acme").get(f"/v1/reports/{report}?{span}")
        assert (answer.status_code, answer.json()["code"]) == (422, "RequestInvalid")
