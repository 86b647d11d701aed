"""A ledger whose first rules are dated later: they are in force all the same, and they wait."""

from dataclasses import replace

import pytest

from ledger.chain.calls import item_of
from ledger.chain.deployment import Founder
from ledger.model.commands import SetRules
from ledger.model.errors import BadRules
from ledger.model.parts import Signer
from ledger.model.states import Duty, Role
from ledger.service.ledger import Ledger
from ledger.service.party import Party
from tests.cast import RULES, Cast, key_of, named
from tests.contracts.situations import NOTHING
from tests.contracts.test_sell import field_text

KEYS = {Role.OPERATOR: key_of("Operator", 0), Role.BANK: key_of("Delta Bank", 0)}


@pytest.fixture
def fresh(cast: Cast) -> Ledger:
    """A ledger of an operator and a bank, whose first rules take effect tomorrow."""
    duty = int(Duty.MAKER | Duty.CHECKER)
    founders = [
        Founder(int(role), named(role.name), 0, 1, 1, 1, (Signer(key.key, duty, 0, NOTHING),))
        for role, key in KEYS.items()
    ]
    return Ledger.deploy(cast.node, founders, replace(RULES, effective=cast.ledger.today + 1))


def set_rules(ledger: Ledger, effective: int) -> None:
    operator, bank = (Party(ledger, one, {0: key}) for one, key in enumerate(KEYS.values(), 1))
    rules = replace(RULES, effective=effective)
    command = operator.make(SetRules, bank=bank.id, rules=rules)
    ledger.carry_out(item_of(operator.sign(command), bank.sign(command).approvals))


def test_the_first_rules_are_in_force_before_their_day(fresh: Ledger) -> None:
    index, rules = fresh.ask("Rules", "inForce", fresh.today)
    assert (index, rules["effective"]) == (0, fresh.today + 1)


def test_the_first_rules_are_one_of_the_eight_that_wait(fresh: Ledger) -> None:
    for number in range(7):
        set_rules(fresh, fresh.today + 1 + number)
    with pytest.raises(BadRules) as caught:
        set_rules(fresh, fresh.today + 9)
    assert caught.value.values["field"] == field_text("pending")
    assert fresh.ask("Rules", "ruleSetCount") == 8
