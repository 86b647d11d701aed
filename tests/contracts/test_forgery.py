"""Nobody can make another's act: every verb against every class of false approval.

Accounts sign the acts of the whole suite and are tried with every verb, each forgery in a
transaction. Of the other kinds of signers an in-process chain carries a sample; the deep run tries
all kinds with all verbs on a real node.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from ledger.chain.calls import ENTRY_POINTS
from ledger.model.commands import COMMANDS
from ledger.model.errors import DeadlinePassed, DeadlineTooFar
from tests.cast import MAKER, MORNING, Cast, running_node
from tests.contracts.act import Act
from tests.contracts.campaign import ACTS, CLASSES, WEEK, Campaign, Share, relay_refused
from tests.contracts.forgeries import all_forgeries
from tests.contracts.key_kinds import KINDS, cast_of
from tests.evidence import seed_of
from tests.machine.quick_node import QuickNode

QUOTES = {"SaleQuote", "PledgeQuote", "RedemptionQuote", "CostShareOffer"}

SAMPLES = {"P256": (3, 8), "WebAuthn": (3, 8), "RSA": (8, 20)}
"""Verbs and forgeries of each that the in-process chain carries: a curve takes it long."""

# Each kind's forgeries that one transaction, below the cap of networks, can refuse.
DEEP = {
    "Account": Share(flips=520, asked=50),
    "P256": Share(flips=512, asked=6, sent=6),
    "WebAuthn": Share(flips=600, asked=6, sent=6),
    "RSA": Share(flips=600, asked=20),
}
DEEP_TRIES = {"Account": 24_000, "P256": 24_000, "WebAuthn": 26_000, "RSA": 26_000}


def test_every_command_and_quote_has_an_act() -> None:
    assert set(ACTS) == set(ENTRY_POINTS) | QUOTES == set(COMMANDS)


def test_every_class_of_forgery_is_tried(cast: Cast) -> None:
    acts = [ACTS[verb](cast) for verb in ("VoidNonce", "JoinVouchers", "AddSigner")]
    found = [one.group for act in acts for one in all_forgeries(cast, act, spellings=99, flips=1)]
    # Another message is what the curves and certificates have; deadlines are the campaign's.
    assert set(found) == set(CLASSES) - {"other message", "deadline"}


@pytest.mark.parametrize("verb", sorted(ACTS))
def test_no_forgery_is_accepted_and_the_honest_act_is_once(cast: Cast, verb: str) -> None:
    campaign = Campaign(cast, "Account", seed_of(), Share(flips=2, spellings=4))
    campaign.run(verb, at_last=check_deadlines)


@pytest.mark.parametrize("kind", KINDS[1:])
def test_no_forgery_is_accepted_of_other_kinds_of_signers(kind: str) -> None:
    verbs, most = SAMPLES[kind]
    cast = cast_of(kind, QuickNode.in_process(start=MORNING), signers=[MAKER])
    campaign = Campaign(cast, kind, seed_of(), Share(flips=20, most=most, asked=10, sent=2))
    for verb in random.Random(f"{kind} {seed_of()}").sample(sorted(ACTS), verbs):
        with taken_back(cast):
            campaign.run(verb)
    assert campaign.tries == verbs * most


@pytest.mark.deep
@pytest.mark.anvil
@pytest.mark.parametrize("kind", KINDS)
def test_no_forgery_is_accepted_of_any_verb_and_kind(kind: str) -> None:
    with running_node(engine="anvil") as node:
        cast = cast_of(kind, node)
        campaign = Campaign(cast, kind, seed_of(), DEEP[kind])
        for verb in sorted(ACTS):
            with taken_back(cast):
                campaign.run(verb)
    assert campaign.tries >= DEEP_TRIES[kind]


@contextmanager
def taken_back(cast: Cast) -> Iterator[None]:
    """The cast is as before afterwards, its members too."""
    point = cast.node.snapshot()
    kept = [(one, one._next, dict(one.keys), dict(one.spare)) for one in cast.members]
    yield
    cast.node.revert_to(point)
    for member, counter, keys, spare in kept:
        member._next, member.keys, member.spare = counter, keys, spare


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
