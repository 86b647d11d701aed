"""A state machine drives the contracts and the oracle in lockstep, and checks after every step."""

import os
import time
from collections.abc import Mapping
from itertools import count
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests import evidence
from tests.machine.deeds import DEEDS
from tests.machine.frozen_stage import FrozenStage
from tests.machine.stage import Stage
from tests.machine.tally import Tally
from tests.oracle.mistakes import MISTAKES
from tests.oracle.moves import MOVES

SEEDS = st.integers(0, 2**32 - 1)
VERBS = st.sampled_from(
    ["issue", "accept", "decline", "transfer", "sell", "pledge", "repay", "redeem", "pay"]
)


class BookMachine(RuleBasedStateMachine):
    """Everything a book can say. A rule's verb that cannot be now gives way to another one."""

    kind: type[Stage] = Stage
    tally = Tally()
    full_every = 1000

    @initialize(seed=SEEDS)
    def open(self, seed: int) -> None:
        self.stage = self.kind(seed, self.tally, full_every=self.full_every)
        for number, verb in enumerate(["issue", "accept"] * 3):
            self.stage.good(verb, seed + number)

    @rule(seed=SEEDS)
    def issue(self, seed: int) -> None:
        self.stage.good("issue", seed)

    @rule(seed=SEEDS)
    def accept(self, seed: int) -> None:
        self.stage.good("accept", seed)

    @rule(seed=SEEDS)
    def decline(self, seed: int) -> None:
        self.stage.good("decline", seed)

    @rule(seed=SEEDS)
    def transfer(self, seed: int) -> None:
        self.stage.good("transfer", seed)

    @rule(seed=SEEDS)
    def sell(self, seed: int) -> None:
        self.stage.good("sell", seed)

    @rule(seed=SEEDS)
    def pledge(self, seed: int) -> None:
        self.stage.good("pledge", seed)

    @rule(seed=SEEDS)
    def repay(self, seed: int) -> None:
        self.stage.good("repay", seed)

    @rule(seed=SEEDS)
    def redeem(self, seed: int) -> None:
        self.stage.good("redeem", seed)

    @rule(seed=SEEDS)
    def pay(self, seed: int) -> None:
        self.stage.good("pay", seed)

    @rule(seed=SEEDS)
    def recourse(self, seed: int) -> None:
        self.stage.good("recourse", seed)

    @rule(seed=SEEDS, shift=st.sampled_from([-1, 0, 1]))
    def leap_to_maturity(self, seed: int, shift: int) -> None:
        self.stage.leap(shift, seed)

    @rule(seed=SEEDS, kind=st.sampled_from(sorted(MISTAKES)), is_spoiled=st.booleans())
    def mistake(self, seed: int, kind: tuple[str, str], is_spoiled: bool) -> None:
        self.stage.mistake(kind, seed, is_spoiled=is_spoiled)

    @rule(seed=SEEDS, kind=st.sampled_from(sorted(MISTAKES)))
    def plain_mistake(self, seed: int, kind: tuple[str, str]) -> None:
        self.stage.mistake(kind, seed, is_spoiled=False)

    @rule(seed=SEEDS, verb=VERBS)
    def edge(self, seed: int, verb: str) -> None:
        self.stage.edge(verb, seed)

    def teardown(self) -> None:
        if hasattr(self, "stage"):
            self.stage.finish()


class WiderMachine(BookMachine):
    """What no book can say besides: join, withdraw, freezes, and money by the bank."""

    kind = FrozenStage

    @rule(seed=SEEDS)
    def join(self, seed: int) -> None:
        self.stage.beyond(DEEDS["join"], seed)

    @rule(seed=SEEDS)
    def withdraw(self, seed: int) -> None:
        self.stage.beyond(DEEDS["withdraw"], seed)

    @rule(seed=SEEDS)
    def freeze(self, seed: int) -> None:
        self.stage.beyond(DEEDS["freeze"], seed)

    @rule(seed=SEEDS)
    def unfreeze(self, seed: int) -> None:
        self.stage.beyond(DEEDS["unfreeze"], seed)

    @rule(seed=SEEDS)
    def attest(self, seed: int) -> None:
        self.stage.beyond(DEEDS["attest"], seed)

    @rule(seed=SEEDS, deed=st.sampled_from(["attest", "apply", "return", "confirm", "payback"]))
    def keep_the_bank_rail(self, seed: int, deed: str) -> None:
        self.stage.beyond(DEEDS[deed], seed)


def _run(
    machine: type[BookMachine], tally: Tally, settings_: settings, *, full_every: int = 1000
) -> None:
    machine.tally, machine.full_every = tally, full_every
    run_state_machine_as_test(machine, settings=settings_)


# A failure writes its book, which can be replayed; shrinking it on the chain would take minutes.
_QUICK = settings(
    phases=[Phase.generate],
    stateful_step_count=40,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_books_step_by_step_are_as_the_oracle_has_them() -> None:
    tally = Tally()
    _run(BookMachine, tally, settings(_QUICK, max_examples=3))
    assert tally.steps > 100
    assert tally.accepted_share > 0.35


def test_freezes_joins_and_the_bank_rail_keep_every_claim() -> None:
    tally = Tally()
    _run(WiderMachine, tally, settings(_QUICK, max_examples=6))
    assert tally.steps > 150
    assert tally.accepted_share > 0.35


# ---- at length

STEPS = int(os.environ.get("FENBOOK_MACHINE_STEPS", "20000"))
SLICES = 7
"""The steps go in so many slices, each with seeds of its own: all cores share."""

CODES = {code for _, code in MISTAKES} | {
    *("RangeFrozen", "SettleFirst", "NotJoinable", "NotFrozen", "MissingRole"),
    *("CaseMissing", "ReviewDayPast", "BadRange", "NotSettlementBank"),
    *("ReferenceUsed", "ReferenceConflict", "NothingUnapplied", "UnappliedExceeded"),
    *("UnknownPayout", "PayoutMismatch", "PayoutNotOpen", "PayoutNotConfirmed"),
}
_ROUND = settings(_QUICK, derandomize=False, stateful_step_count=120, max_examples=8)


@pytest.mark.deep
@pytest.mark.parametrize("part", range(SLICES))
def test_long_runs_cover_every_verb_and_refusal(part: int) -> None:
    """A slice; whichever of them ends last looks at the sums of all."""
    tally, began = Tally(), time.monotonic()
    for number in count(1 + part, SLICES):
        machine = BookMachine if number // SLICES % 4 == 0 else WiderMachine
        _run(seed(number)(machine), tally, _ROUND, full_every=60)
        print(f"seed {number}: {tally.lines()[0]}", flush=True)
        if tally.steps * SLICES >= STEPS:
            break
    print("\n".join(tally.lines()))
    told = {"seeds": [part + 1, number], "examples": tally.examples}
    told |= {"verbs": dict(tally.accepted), "codes": dict(tally.codes)}
    told |= {"steps": tally.steps, "accepted": tally.accepted.total()}
    told |= {"full_checks": tally.full_checks, "seconds": round(time.monotonic() - began)}
    evidence.record("state_machine", f"slice {part}", told)
    kept = evidence.parts("state_machine")
    slices = [one for name, one in kept.items() if name.startswith("slice ")]
    if len(slices) == SLICES:
        _expect_every_verb_and_refusal(evidence.total(slices))


def _expect_every_verb_and_refusal(total: Mapping[str, Any]) -> None:
    assert total["steps"] >= STEPS
    assert total["accepted"] >= 0.35 * total["steps"]
    assert {*MOVES, *DEEDS} <= set(total["verbs"])
    assert set(total["codes"]) >= CODES
