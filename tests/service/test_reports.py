"""Reports on either engine: what falls due adds up to the debt, statements balance day by day."""

from itertools import pairwise

import pytest

from ledger.model.errors import InvalidField
from ledger.model.ids import payable_of
from ledger.service.reports import DAYS_MAX, maturities, statements
from tests.cast import DEPOSIT, TODAY
from tests.service.settlements import divided, pay
from tests.service.stage import Stage
from tests.views_scenario import FACE, MATURITY

HOLDERS = (2, 3, 4, 5)


def test_what_holders_are_to_get_is_what_the_obligor_owes(stage: Stage) -> None:
    root = divided(stage)
    stage.cast.begin(MATURITY)
    for amount in (0, FACE // 3):
        if amount:
            pay(stage, payable_of(root), amount)
        stage.run()
        with stage.reading() as connection:
            [owed] = maturities(connection, 1, MATURITY, MATURITY)
            held = [maturities(connection, one, MATURITY, MATURITY)[0] for one in HOLDERS]
        assert (owed.payable_count, owed.owed) == (1, FACE - amount)
        assert sum(one.receivable for one in held) == owed.owed
        assert sum(one.voucher_count for one in held) == 7


def test_statements_of_days_in_a_row_balance(stage: Stage) -> None:
    root = divided(stage)
    stage.cast.begin(MATURITY)
    pay(stage, payable_of(root), FACE)
    stage.run()
    days = [(TODAY, TODAY), (TODAY + 1, MATURITY - 1), (MATURITY, MATURITY)]
    for owner in (1, *HOLDERS):
        with stage.reading() as connection:
            found = [statements(connection, owner, *one)[0] for one in days]
        assert found[0].opening == 0
        assert found[0].received == DEPOSIT
        for earlier, later in pairwise(found):
            assert earlier.closing == later.opening
        assert found[-1].closing == stage.cast.ledger.deposit(6, owner)


@pytest.mark.parametrize("days", [(10, 9), (10, 10 + DAYS_MAX)])
def test_days_that_are_too_many_or_the_wrong_way_round_are_refused(
    stage: Stage, days: tuple[int, int]
) -> None:
    with stage.reading() as connection:
        for report in (maturities, statements):
            with pytest.raises(InvalidField):
                report(connection, 1, *days)
