"""Nobody can make another's act: every verb against every class of false approval."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from ledger.chain.calls import ENTRY_POINTS, Item
from ledger.model.commands import COMMANDS
from ledger.model.errors import DeadlinePassed, DeadlineTooFar, LedgerError, NonceUsed
from tests.cast import Cast
from tests.contracts.act import Act
from tests.contracts.asset_acts import ASSET_ACTS
from tests.contracts.forgeries import Forgery, all_forgeries
from tests.contracts.office_acts import OFFICE_ACTS

ACTS = {**ASSET_ACTS, **OFFICE_ACTS}
QUOTES = {"SaleQuote", "PledgeQuote", "RedemptionQuote", "CostShareOffer"}

WEEK = 7 * 24 * 3600
CHUNK = 20
FLIPS = 4


def relay_refused(cast: Cast, items: Sequence[Item]) -> list[LedgerError | None]:
    """The refusals of items that must all be refused and leave no trace but the relay's own."""
    before = cast.storage()
    refusals = [one.refusal for one in cast.ledger.relay(items)]
    block = cast.node.block
    left = [event.name for event in cast.ledger.events(block, block)]
    assert left == ["ItemRefused"] * len(items) + ["BatchRelayed"]
    assert cast.storage() == before
    return refusals


def check(cast: Cast, act: Act, forgeries: Sequence[Forgery]) -> None:
    """Each forgery is refused by its name with its values and changes nothing."""
    for start in range(0, len(forgeries), CHUNK):
        chunk = forgeries[start : start + CHUNK]
        found = relay_refused(cast, [act.carry(one.signed) for one in chunk])
        for forgery, refusal in zip(chunk, found, strict=True):
            assert type(refusal) is forgery.error, (forgery.name, refusal)
            values = {name: refusal.values[name] for name in forgery.values}
            assert values == forgery.values, forgery.name


def test_every_command_and_quote_has_an_act() -> None:
    assert set(ACTS) == set(ENTRY_POINTS) | QUOTES == set(COMMANDS)


@pytest.mark.parametrize("verb", sorted(ACTS))
def test_no_forgery_is_accepted_and_the_honest_act_is_once(cast: Cast, verb: str) -> None:
    act = ACTS[verb](cast)
    assert type(act.command).__name__ == verb
    check(cast, act, all_forgeries(cast, act, spellings=4, flips=2))
    check_once(cast, check_deadlines(cast, act))


@pytest.mark.deep
@pytest.mark.parametrize("verb", sorted(ACTS))
def test_no_spelling_and_no_turned_bit_of_a_signature_is_accepted(cast: Cast, verb: str) -> None:
    act = ACTS[verb](cast)
    check(cast, act, all_forgeries(cast, act, spellings=20, flips=65 * 8))
    check_once(cast, act)


def check_deadlines(cast: Cast, act: Act) -> Act:
    """A deadline holds to the second; returns the act with one that its replay just meets."""

    def until(seconds: int) -> Act:
        """The act with a deadline so far from the block that will carry it."""
        command = replace(act.command, deadline=cast.ledger.now + 1 + seconds)
        return replace(act, command=command)

    acts = [until(-1)] if act.standing else [until(-1), until(WEEK + 1)]
    second = cast.ledger.now + 1
    refusals = relay_refused(cast, [one.item() for one in acts])
    assert [type(one) for one in refusals] == [DeadlinePassed, DeadlineTooFar][: len(acts)]
    assert refusals[0].values == {"deadline": second - 1, "time": second}
    point = cast.node.snapshot()
    cast.ledger.carry_out(until(WEEK).item())
    cast.node.revert_to(point)
    return until(0 if act.standing else 1)


def check_once(cast: Cast, act: Act) -> None:
    """The honest act is carried out, and not again."""
    outcome = cast.ledger.carry_out(act.item())
    executed = [one.values for one in outcome.events if one.name == "CommandExecuted"]
    if act.standing:
        return
    [own] = [one for one in executed if one["digest"] == cast.ledger.digest(act.command)]
    assert (own["participant"], own["nonce"]) == (act.actor.id, act.command.nonce)
    [refusal] = relay_refused(cast, [act.item()])
    assert type(refusal) is NonceUsed
