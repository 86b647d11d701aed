"""Attested money that waits for maturity keeps the latest day that the bank has stated."""

import pytest

from tests.cast import Cast, named
from tests.contracts.situations import FACE, attest, live


@pytest.mark.parametrize(("first", "second"), [(0, -3), (-3, 0), (-1, -1)])
def test_money_that_waits_has_its_latest_value_day(cast: Cast, first: int, second: int) -> None:
    payable = live(cast) >> 32
    today = cast.ledger.today
    attest(cast, payable, FACE // 2, value_day=today + first)
    rest = {"value_day": today + second, "payment_reference": named("the rest")}
    attest(cast, payable, FACE // 2, **rest)
    account = cast.ledger.ask("Settlement", "accountOf", payable)
    assert (account["unapplied"], account["unapplied_day"]) == (FACE, today + max(first, second))
