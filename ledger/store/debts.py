"""What is owed on payables, from the rows of the views: two questions, however many they are."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from ledger.store.lists import Is, page, rows_of
from ledger.views.claim_rows import Payable
from ledger.views.debts import Owing
from ledger.views.money_rows import Account

__all__ = ["owing_on"]


def owing_on(connection: Connection, payables: Sequence[Payable], day: int) -> Mapping[int, Owing]:
    """What is owed on some payables on a business day, by their numbers."""
    if not payables:
        return {}
    numbers = tuple({one.rules for one in payables})
    found = page(connection, "rules", Is("number", numbers), most=len(numbers))
    rates = {number: rules["late_rate_daily"] for (number,), rules in found}
    paid = rows_of(connection, "accounts", Is("payable", tuple(one.id for one in payables)))
    accounts: dict[int, Account] = {one.payable: one for one in paid}
    return {
        one.id: Owing.of(one, accounts.get(one.id), late_rate_daily=rates[one.rules], day=day)
        for one in payables
    }
