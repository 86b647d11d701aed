"""Reminders tell the whole debt of their day, as the contract has it: late interest and all."""

from collections.abc import Mapping
from typing import Any

from ledger.model.days import first_second
from ledger.model.ids import payable_of
from ledger.service.events import event_json
from ledger.store.feed import FeedEvent, events_after
from tests.service.settlements import attest, divided, pay
from tests.service.stage import Stage
from tests.views_scenario import FACE, MATURITY, YUAN

WEEK = 7


def _reminded(stage: Stage) -> list[FeedEvent]:
    with stage.reading() as connection:
        return events_after(connection, 0, limit=100, kinds=("ObligorReminded",))


def _last(stage: Stage) -> Mapping[str, Any]:
    stage.run()
    data: Mapping[str, Any] = _reminded(stage)[-1].data
    return data


def _equals_the_contract(stage: Stage, data: Mapping[str, Any]) -> None:
    late, principal = stage.cast.ledger.debt(data["payable_id"], day=data["day"])
    told = (data["late_interest"], data["live"], data["owed"])
    assert told == (late, principal, late + principal)


def test_reminder_of_an_overdue_payable_tells_late_interest_too(stage: Stage) -> None:
    """It told principal alone: whoever paid that stayed overdue and could issue nothing."""
    payable = payable_of(stage.acts.issue())
    stage.cast.begin(MATURITY + 2)
    told = _last(stage)
    assert (told["stage"], told["day"]) == ("overdue", MATURITY + 2)
    assert told["late_interest"] == FACE // 1_000
    _equals_the_contract(stage, told)
    assert stage.cast.ledger.is_blocked(stage.cast.acme.id)
    pay(stage, payable, told["owed"])
    assert stage.cast.ledger.debt(payable) == (0, 0)
    assert not stage.cast.ledger.is_blocked(stage.cast.acme.id)


def test_reminder_is_shown_with_amounts_and_dates(stage: Stage) -> None:
    stage.acts.issue()
    stage.cast.begin(MATURITY + 2)
    _last(stage)
    assert event_json(_reminded(stage)[-1], None)["data"] == {
        "payable_id": "P-1", "stage": "overdue", "due": "2026-08-28", "day": "2026-08-30",
        "owed": "1001000.00", "live": "1000000.00", "late_interest": "1000.00",
        "unapplied": "0.00",
    }  # fmt: skip


def test_reminder_after_part_payments_tells_what_is_left_of_both(stage: Stage) -> None:
    payable = payable_of(stage.acts.issue())
    stage.acts.redeem(stage.cast.birch, payable << 32 | 1, 77 * YUAN)
    stage.cast.begin(MATURITY)
    pay(stage, payable, FACE // 3)
    stage.cast.begin(MATURITY + 5)
    told = _last(stage)
    _equals_the_contract(stage, told)
    assert told["live"] == FACE - 77 * YUAN - FACE // 3
    assert told["late_interest"] > 0


def test_reminder_after_a_late_payment_counts_carried_interest(stage: Stage) -> None:
    """What comes late covers interest first; what it does not cover bears none."""
    payable = payable_of(divided(stage))
    stage.cast.begin(MATURITY + 60)
    pay(stage, payable, FACE // 100)  # less than the late interest
    told = _last(stage)
    _equals_the_contract(stage, told)
    assert told["live"] == FACE
    assert told["late_interest"] == FACE * 3 // 100 - FACE // 100


def test_reminder_before_the_due_day_tells_what_is_attested_already(stage: Stage) -> None:
    """It is no part of the debt that is paid, and whoever has sent it need not pay it twice."""
    payable = payable_of(stage.acts.issue())
    attest(stage, payable, 5_000 * YUAN, "early")
    stage.cast.begin(MATURITY - WEEK)
    told = _last(stage)
    _equals_the_contract(stage, told)
    assert (told["owed"], told["unapplied"]) == (FACE, 5_000 * YUAN)


def test_reminder_reckons_by_the_day_of_the_block_it_is_told_at(stage: Stage) -> None:
    stage.acts.issue()
    stage.town.chain.advance_to(first_second(MATURITY + 1) - 1)
    told = _last(stage)
    assert (told["stage"], told["day"], told["late_interest"]) == ("due", MATURITY, 0)
    stage.town.chain.advance_to(first_second(MATURITY + 1))
    told = _last(stage)
    assert (told["stage"], told["day"]) == ("overdue", MATURITY + 1)
    _equals_the_contract(stage, told)
