"""Lines, dated rules and holidays; a payable keeps what it was issued under."""

from dataclasses import replace

import pytest

from ledger.chain.calls import item_of
from ledger.model.commands import IssuePayable, SetHolidays, SetLimit, SetRules
from ledger.model.errors import (
    BadRules,
    DepthExceeded,
    IssuerBlocked,
    LimitExceeded,
    MissingRole,
    SameCosigner,
)
from ledger.model.states import Role
from tests.cast import LINE, RULES, Cast
from tests.contracts.act import beside
from tests.contracts.office_acts import cosigned
from tests.contracts.situations import (
    FACE,
    MATURITY,
    issue_terms,
    live,
    offer_part,
    offered,
    passed,
    pay,
    set_rules,
)
from tests.contracts.test_admission import dual_operator
from tests.contracts.test_pay import late_interest
from tests.contracts.test_sell import field_text

ONE = 10**9


def set_holidays(cast: Cast, *days: int) -> None:
    first = days[0] & ~0xFF
    bits = sum(1 << (day - first) for day in days)
    command = cast.operator.make(SetHolidays, bank=cast.delta.id, first_day=first, holidays=bits)
    cast.ledger.carry_out(beside(cosigned(cast.delta))(cast.operator.sign(command)))


class TestLimit:
    @pytest.mark.parametrize("name", ["operator", "settlement_bank", "acme", "regulator"])
    def test_by_no_bank_is_refused(self, cast, acme, name, refused) -> None:
        member = getattr(cast, name)
        with refused(MissingRole, participant=member.id, role=Role.BANK):
            member.act(SetLimit, obligor=acme.id, amount=1)

    def test_is_the_sum_of_all_lines(self, cast, acme, echo, refused) -> None:
        outcome = echo.act(SetLimit, obligor=acme.id, amount=7)
        values = {"bank": echo.id, "obligor": acme.id, "amount": 7, "limit": LINE + 7}
        assert outcome.events[-1].values == values
        offered(cast, face=LINE + 7)
        with refused(LimitExceeded, limit=LINE + 7, outstanding=LINE + 7, face=1):
            offered(cast, face=1)

    def test_that_is_lowered_leaves_what_is_out(self, cast, acme, delta, refused) -> None:
        root = live(cast)
        outcome = delta.act(SetLimit, obligor=acme.id, amount=FACE - 1)
        assert outcome.value("LimitSet", "limit") == FACE - 1
        with refused(LimitExceeded, outstanding=FACE, limit=FACE - 1):
            offered(cast, face=1)
        passed(cast, root, 5, cast.cedar)
        cast.begin(MATURITY)
        pay(cast, 1, FACE)
        offered(cast, face=FACE - 1, maturity=MATURITY + 30)

    def test_of_many_banks_does_not_overflow(self, cast, acme, delta, echo) -> None:
        for bank in (delta, echo):
            bank.act(SetLimit, obligor=acme.id, amount=2**64 - 1)
        assert cast.ledger.ask("Exposure", "exposureOf", acme.id)[0] == 2**64 - 1
        delta.act(SetLimit, obligor=acme.id, amount=0)
        echo.act(SetLimit, obligor=acme.id, amount=5)
        assert cast.ledger.ask("Exposure", "exposureOf", acme.id)[0] == 5

    def test_holds_for_issues_in_one_batch_too(self, cast, acme) -> None:
        terms = issue_terms(cast, face=LINE // 4 + 1)
        outcomes = cast.ledger.relay([acme.item(IssuePayable, **terms) for _ in range(4)])
        refusals = [type(one.refusal) for one in outcomes]
        assert refusals == [type(None)] * 3 + [LimitExceeded]


class TestRules:
    def test_need_the_operator_and_a_bank(self, cast, delta, refused) -> None:
        rules = replace(RULES, effective=cast.ledger.today)
        command = delta.make(SetRules, bank=cast.echo.id, rules=rules)
        with refused(MissingRole, participant=delta.id, role=Role.OPERATOR):
            cast.ledger.carry_out(item_of(delta.sign(command), cosigned(cast.echo)(command)))
        command = cast.operator.make(SetRules, bank=cast.regulator.id, rules=rules)
        with refused(MissingRole, participant=cast.regulator.id, role=Role.BANK):
            word = cosigned(cast.regulator)(command)
            cast.ledger.carry_out(item_of(cast.operator.sign(command), word))

    def test_are_not_cosigned_by_their_own_operator(self, cast, refused) -> None:
        both = dual_operator(cast)
        rules = replace(RULES, effective=cast.ledger.today)
        command = both.make(SetRules, bank=both.id, rules=rules)
        with refused(SameCosigner, participant=both.id):
            cast.ledger.carry_out(item_of(both.sign(command), cosigned(both)(command)))

    @pytest.mark.parametrize(
        ("name", "value", "text"),
        [
            ("tenor_days_max", 0, "tenorDaysMax"),
            ("tenor_days_max", 367, "tenorDaysMax"),
            ("offer_days", 0, "offerDays"),
            ("offer_days", 61, "offerDays"),
            ("depth_max", 0, "depthMax"),
            ("overdue_multiplier", ONE - 1, "overdueMultiplier"),
            ("late_rate_daily", ONE // 10 + 1, "lateRateDaily"),
        ],
    )
    def test_beyond_their_bounds_are_refused(self, cast, name, value, text, refused) -> None:
        with refused(BadRules, field=field_text(text), value=value):
            set_rules(cast, **{name: value})

    def test_at_their_bounds_are_taken(self, cast) -> None:
        set_rules(cast, tenor_days_max=366, offer_days=60)
        set_rules(cast, tenor_days_max=1, offer_days=1, depth_max=1)
        set_rules(cast, overdue_multiplier=ONE, late_rate_daily=ONE // 10)
        assert cast.ledger.ask("Rules", "ruleSetCount") == 4

    def test_of_one_day_follow_one_another(self, cast) -> None:
        for number, depth in ((1, 3), (2, 4)):
            set_rules(cast, effective=cast.ledger.today + 1, depth_max=depth)
            block = cast.node.block
            [told] = cast.node.events(block, block, [cast.ledger.deployment.address("Rules")])
            assert (told.name, told.values["index"]) == ("RulesSet", number)
        cast.advance(1)
        index, rules = cast.ledger.ask("Rules", "inForce", cast.ledger.today)
        assert (index, rules["depth_max"]) == (2, 4)

    def test_of_the_past_are_refused(self, cast, refused) -> None:
        yesterday = cast.ledger.today - 1
        with refused(BadRules, field=field_text("effective"), value=yesterday):
            set_rules(cast, effective=yesterday)

    def test_before_those_that_wait_are_refused(self, cast, refused) -> None:
        today = cast.ledger.today
        set_rules(cast, effective=today + 5)
        with refused(BadRules, field=field_text("effective"), value=today + 4):
            set_rules(cast, effective=today + 4)

    def test_wait_eight_at_a_time(self, cast, refused) -> None:
        today = cast.ledger.today
        for number in range(8):
            set_rules(cast, effective=today + 1 + number)
        with refused(BadRules, field=field_text("pending"), value=8):
            set_rules(cast, effective=today + 9)
        cast.advance(1)
        set_rules(cast, effective=today + 9)

    def test_take_effect_on_their_day(self, cast, cedar, refused) -> None:
        set_rules(cast, effective=cast.ledger.today + 1, depth_max=1)
        before = live(cast)
        cast.advance(1)
        after = live(cast)
        passed(cast, before, 5, cedar)
        with refused(DepthExceeded, voucher=after, most=1):
            offer_part(cast, after, 5, cedar)
        assert (cast.ledger.payable(1)["rules"], cast.ledger.payable(2)["rules"]) == (0, 1)

    def test_of_late_interest_do_not_touch_an_older_payable(self, cast) -> None:
        live(cast)
        set_rules(cast, late_rate_daily=10**8)
        live(cast)
        cast.begin(MATURITY + 3)
        assert cast.ledger.debt(1)[0] == late_interest(FACE, 3)
        assert cast.ledger.debt(2)[0] == FACE * 3 // 10


class TestHolidays:
    def test_need_the_operator_and_a_bank(self, cast, delta, refused) -> None:
        command = delta.make(SetHolidays, bank=cast.echo.id, first_day=0, holidays=1)
        with refused(MissingRole, participant=delta.id, role=Role.OPERATOR):
            cast.ledger.carry_out(item_of(delta.sign(command), cosigned(cast.echo)(command)))

    def test_are_set_by_whole_words(self, cast, refused) -> None:
        operator = cast.operator
        command = operator.make(SetHolidays, bank=cast.delta.id, first_day=255, holidays=1)
        with refused(BadRules, field=field_text("firstDay"), value=255):
            word = cosigned(cast.delta)(command)
            cast.ledger.carry_out(item_of(operator.sign(command), word))

    def test_move_the_due_day_without_interest(self, cast, acme, refused) -> None:
        set_holidays(cast, MATURITY, MATURITY + 1)
        live(cast)
        record = cast.ledger.payable(1)
        assert (record["maturity"], record["due"]) == (MATURITY, MATURITY + 2)
        cast.begin(MATURITY + 2)
        assert cast.ledger.debt(1) == (0, FACE)
        offered(cast, maturity=MATURITY + 60)
        cast.advance(1)
        assert cast.ledger.debt(1) == (late_interest(FACE, 1), FACE)
        with refused(IssuerBlocked, obligor=acme.id, unpaid_since=MATURITY + 2):
            offered(cast, maturity=MATURITY + 60)

    def test_are_passed_over_for_31_days_at_most(self, cast) -> None:
        for days in (31, 40):
            set_holidays(cast, *range(MATURITY, MATURITY + days))
            payable = live(cast) >> 32
            assert cast.ledger.payable(payable)["due"] == MATURITY + 31

    def test_known_after_the_issue_change_nothing(self, cast) -> None:
        live(cast)
        set_holidays(cast, MATURITY)
        live(cast)
        assert [cast.ledger.payable(one)["due"] for one in (1, 2)] == [MATURITY, MATURITY + 1]

    def test_a_payment_on_the_holiday_is_in_time(self, cast) -> None:
        set_holidays(cast, MATURITY)
        live(cast)
        cast.begin(MATURITY)
        pay(cast, 1, FACE // 2)
        cast.begin(MATURITY + 1)
        assert cast.ledger.debt(1) == (0, FACE // 2)
        cast.advance(1)
        assert cast.ledger.debt(1)[0] == late_interest(FACE // 2, 1)
