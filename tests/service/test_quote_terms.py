"""What quotes come to: simple interest over 360 days, half up, and as a rate a year of the cash."""

from dataclasses import replace
from typing import Any

import pytest

from ledger.model.commands import PledgeQuote, RedemptionQuote, SaleQuote
from ledger.service.financing.terms import Terms, terms_of

TODAY, MATURITY = 20_000, 20_090
LATER = MATURITY + 7
HOLIDAYS = frozenset(range(MATURITY, LATER))
"""So that what matures or is due on one of these days is due on the day after them."""
RANGE = {"taker": 3, "voucher": 1 << 32 | 1, "start": 0, "end": 10**9, "nonce": 1, "deadline": 1}
SALE = SaleQuote(
    participant=4, amount=1_000_000_00, rate=36_500_000, recourse=False,
    registration=b"\1" * 32, **RANGE,
)  # fmt: skip
LOAN = PledgeQuote(
    participant=4, amount=1_000_000_00, advance=800_000_00, ltv=900_000_000, rate=40_000_000,
    due=MATURITY, registration=b"\1" * 32, **RANGE,
)  # fmt: skip


def _of(quote: Any, **changes: Any) -> Terms:
    days: dict[str, Any] = {"maturity": MATURITY, "due": MATURITY, "holidays": frozenset()}
    return terms_of(replace(quote, **changes), today=TODAY, **days)


def _over_holidays(quote: Any, *, holidays: Any = HOLIDAYS, **changes: Any) -> Terms:
    days: dict[str, Any] = {"maturity": MATURITY, "due": LATER, "holidays": holidays}
    return terms_of(replace(quote, **changes), today=TODAY, **days)


def test_sale_costs_its_interest_to_maturity() -> None:
    # 1,000,000.00 at 3.65 % for 90 days: 9,125.00; of the cash that is 3.68 % a year.
    assert _of(SALE) == Terms(990_875_00, 9_125_00, 90, 368, 0)


def test_redemption_is_reckoned_like_a_sale() -> None:
    redeemed = RedemptionQuote(participant=1, amount=SALE.amount, rate=SALE.rate, **RANGE)
    assert _of(redeemed) == _of(SALE)


def test_loan_brings_its_advance_and_leaves_the_rest_for_maturity() -> None:
    # 800,000.00 at 4 % for 90 days: 8,000.00.
    assert _of(LOAN) == Terms(800_000_00, 8_000_00, 90, 400, 192_000_00)


def test_loan_due_earlier_costs_less_and_one_due_later_ends_with_the_payable() -> None:
    assert _of(LOAN, due=TODAY + 45).cost == 4_000_00
    assert _of(LOAN, due=MATURITY + 400) == _of(LOAN)


def test_price_counts_to_maturity_and_saves_the_days_to_the_due_day() -> None:
    # As above, but the cash is there 97 days earlier: 3.42 % a year.
    assert _over_holidays(SALE) == Terms(990_875_00, 9_125_00, 97, 342, 0)


def test_loan_bears_interest_until_the_payable_is_due() -> None:
    # 800,000.00 at 4 % for 97 days: 8,622.22.
    through = Terms(800_000_00, 8_622_22, 97, 400, 191_377_78)
    assert _over_holidays(LOAN) == through
    assert _over_holidays(LOAN, due=LATER + 1) == through
    # A day that was made a holiday after the payable was issued moves the loan alone.
    assert _over_holidays(LOAN, holidays=HOLIDAYS | {LATER}) == through


def test_loan_due_on_a_holiday_is_due_on_the_next_business_day() -> None:
    holidays = HOLIDAYS | {TODAY + 40, TODAY + 41}
    for due, days in ((39, 39), (40, 42), (41, 42), (42, 42)):
        assert _over_holidays(LOAN, due=TODAY + due, holidays=holidays).days == days
    assert _over_holidays(LOAN, due=MATURITY - 1).days == 89


def test_no_more_than_31_holidays_in_a_row_are_skipped() -> None:
    holidays = frozenset(range(TODAY + 10, TODAY + 60))
    assert _of(LOAN, due=TODAY + 10).days == 10
    assert _over_holidays(LOAN, due=TODAY + 10, holidays=holidays).days == 41


@pytest.mark.parametrize(
    ("rate", "annual"),
    [(49_999, 0), (50_000, 1), (149_999, 1), (150_000, 2), (38_549_999, 385), (38_550_000, 386)],
)
def test_rate_a_year_is_rounded_half_up(rate: int, annual: int) -> None:
    """A loan of a year: its rate in parts per billion, to a hundredth of a percent."""
    loan = replace(LOAN, amount=10**12, advance=10**11, rate=rate, due=360)
    days: dict[str, Any] = {"today": 0, "maturity": 360, "due": 360, "holidays": frozenset()}
    assert terms_of(loan, **days).annual == annual


def test_nothing_is_rated_without_days_or_cash() -> None:
    days: dict[str, Any] = {"maturity": MATURITY, "due": MATURITY, "holidays": frozenset()}
    assert terms_of(SALE, today=MATURITY, **days).annual is None
    assert terms_of(SALE, today=MATURITY + 5, **days) == Terms(SALE.amount, 0, 0, None, 0)
    assert _of(LOAN, advance=0).annual is None
