"""Quotes where maturity and loans fall on holidays: what is told is what the contracts charge."""

from collections.abc import Callable
from typing import Any

import pytest

from ledger.model.commands import PayPayable, RepayLoan, SetHolidays
from ledger.model.days import SET_DAYS, bits_of, date_text, parse_day
from ledger.model.ids import parse_loan, parse_payable
from ledger.model.money import amount_text, parse_amount
from tests.api.financing.desk import Desk
from tests.api.world import Person
from tests.cast import TODAY
from tests.views_scenario import MATURITY

EARLY = parse_day("2026-05-30")
"""The first of two holidays."""
REOPENING = MATURITY + 7
"""The business day after the holidays that begin at maturity."""
HOLIDAYS = (EARLY, EARLY + 1, *range(MATURITY, REOPENING))
AMOUNT = 1_000_00


@pytest.fixture(autouse=True, scope="module")
def holidays(desk: Desk) -> None:
    """Set before any payable is issued."""
    operator, delta = desk.world.cast.operator, desk.world.cast.delta
    for first in sorted({day // SET_DAYS * SET_DAYS for day in HOLIDAYS}):
        days = [day for day in HOLIDAYS if first <= day < first + SET_DAYS]
        values = {"bank": delta.id, "first_day": first, "holidays": bits_of(days, first)}
        desk.acts.jointly(operator, operator.make(SetHolidays, **values), delta).unwrap()


class Bargain:
    """A quote on a whole payable, as it was compared and then taken."""

    def __init__(self, desk: Desk, birch: Person, giver: Person, kind: str, **more: Any) -> None:
        self.desk, self.cast = desk, desk.world.cast
        request = desk.asked(birch, desk.voucher(AMOUNT))
        self.birch, self.payable = birch, request["payable"]
        quote = desk.give(giver, request, kind, rate="0.06", **more)
        made = desk.read(birch, request, "/comparison")
        self.holding, self.terms = made["holding"], made["data"][0]["terms"]
        assert self.brought(lambda: desk.take(birch, quote)) == self.terms["net_cash"]

    def brought(self, act: Callable[[], Any]) -> str:
        """What an act brought Birch."""
        bank, birch = self.cast.settlement_bank.id, self.cast.birch.id
        before = self.cast.ledger.deposit(bank, birch)
        act()
        return amount_text(self.cast.ledger.deposit(bank, birch) - before)

    def repay(self) -> None:
        """Birch repays the whole loan."""
        [loan] = self.birch.get("/v1/loans", params={"payable": self.payable}).json()["data"]
        terms = {"loan": parse_loan(loan["id"]), "principal": parse_amount(loan["principal"])}
        self.cast.birch.act(RepayLoan, **terms, release=0)

    def pay(self) -> None:
        """Acme pays the payable, and its voucher is settled."""
        self.cast.acme.act(PayPayable, payable_id=parse_payable(self.payable), amount=AMOUNT)
        self.desk.acts.settle(parse_payable(self.payable))


def test_every_quote_comes_to_what_it_said(
    desk: Desk, birch: Person, delta: Person, echo: Person, acme: Person
) -> None:
    def loan(due: int) -> Bargain:
        return Bargain(desk, birch, echo, "pledge", due=date_text(due))

    sale = Bargain(desk, birch, delta, "sale")
    redeemed = Bargain(desk, birch, acme, "redemption")
    early, through, longer = loan(EARLY), loan(MATURITY), loan(REOPENING + 30)

    for one in (sale, redeemed, early, through, longer):
        assert one.holding == {
            "at_maturity": "1000.00", "due": date_text(REOPENING), "days": 186
        }  # fmt: skip
    # 1,000.00 at 6 % for the 179 days to maturity; the cash is there for 186.
    price = {"net_cash": "970.17", "cost": "29.83", "days": 186, "annual_percent": "5.95"}
    assert sale.terms == redeemed.terms == price | {"at_maturity": "0.00"}
    # 800.00 at 6 % for 186 days.
    lent = {"net_cash": "800.00", "cost": "24.80", "days": 186, "annual_percent": "6.00"}
    assert through.terms == longer.terms == lent | {"at_maturity": "175.20"}
    # And for 91, not 89.
    assert early.terms["cost"] == "12.13"
    assert early.terms["days"] == 91

    desk.world.cast.begin(TODAY + 91)
    repaid = parse_amount(early.terms["net_cash"]) + parse_amount(early.terms["cost"])
    assert early.brought(early.repay) == amount_text(-repaid)

    desk.world.cast.begin(REOPENING)
    for one in (sale, through, longer):
        assert one.brought(one.pay) == one.terms["at_maturity"]
    assert early.brought(early.pay) == one.holding["at_maturity"]
    assert early.terms["at_maturity"] == amount_text(AMOUNT - repaid)
