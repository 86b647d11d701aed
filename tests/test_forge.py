"""The differential campaign: ledger and Solidity oracle decide the same acts, many of them.

A failure names its run; `python -m tests.forge.campaign ACTS SEED` with the seed printed here runs
it again. Another seed comes from `FENBOOK_SEED`.
"""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from ledger.chain.sources import ROOT
from tests import evidence, planted
from tests.forge import campaign

ACTS = 200_000
ACTS_DEEP = 10_000_000
SLICE = 1_000_000
"""The deep campaign goes in slices of so many acts, each with its own seed: all cores share."""

ACCEPTED_SHARE_MIN = 0.35
ACCEPTED_MIN = 1_000
REFUSED_MIN = 50

ACTS_TO_FIND_A_BUG = 40_000
QUICK_BUGS = ("line_without_what_is_outstanding", "cover_checked_before_the_cut")
"""Those of contracts that compile within seconds."""

NEVER_ACCEPTED = {"Trespass"}
"""Knocks at doors between desks; all of them are refused."""


def _run(acts: int, seed: int, **settings: str) -> campaign.Counts:
    print(f"seed {seed}")
    counts = campaign.run(acts, seed=seed, seconds_max=7200, settings=settings)
    print(f"{counts.acts} acts in {counts.seconds:.0f} s, {counts.accepted_share:.1%} accepted")
    return counts


@pytest.mark.longest
def test_two_hundred_thousand_acts_are_decided_as_the_oracle_has_it() -> None:
    counts = _run(ACTS, evidence.seed_of())
    evidence.record("forge", "quick", counts.evidence())
    assert not counts.failures
    assert counts.acts >= ACTS
    assert counts.accepted_share >= ACCEPTED_SHARE_MIN
    rare = [name for name, count in counts.accepted.items() if not count]
    assert set(rare) == NEVER_ACCEPTED


@pytest.mark.deep
@pytest.mark.longest
@pytest.mark.parametrize("part", range(ACTS_DEEP // SLICE))
def test_ten_million_acts_are_decided_as_the_oracle_has_it(part: int) -> None:
    """A slice; whichever of them ends last looks at the sums of all."""
    counts = _run(SLICE, evidence.seed_of() + 1 + part, FENBOOK_CHECK_INTERVAL="250")
    evidence.record("forge", f"deep {part}", counts.evidence())
    assert not counts.failures
    kept = evidence.parts("forge")
    slices = [one for name, one in kept.items() if name.startswith("deep ")]
    if len(slices) == ACTS_DEEP // SLICE:
        _expect_enough_of_each(evidence.total(slices))


def _expect_enough_of_each(total: Mapping[str, Any]) -> None:
    assert total["accepted_acts"] >= ACCEPTED_SHARE_MIN * total["acts"]
    accepted = {verb: count for verb, count in total["accepted"].items() if count < ACCEPTED_MIN}
    assert set(accepted) == NEVER_ACCEPTED, accepted
    refused = {name: count for name, count in total["refusals"].items() if count < REFUSED_MIN}
    assert not refused


@pytest.mark.parametrize(
    "name",
    [
        name if name in QUICK_BUGS else pytest.param(name, marks=pytest.mark.deep)
        for name in planted.BUGS
    ],
)
def test_planted_bug_is_found(name: str) -> None:
    bug = planted.read(name)
    artifacts = planted.build(bug)
    counts = campaign.run(ACTS_TO_FIND_A_BUG, seed=evidence.seed_of(), artifacts=artifacts)
    print(f"{bug.description}\n{counts.failures}")
    found = {"found": int(bool(counts.failures)), "how": list(counts.failures)}
    evidence.record("planted", name, {**found, "seconds": round(counts.seconds, 1)})
    assert counts.failures


def test_campaign_knows_every_refusal_of_the_contracts() -> None:
    source = (ROOT / "contracts" / "types" / "Errors.sol").read_text("utf-8")
    errors = re.findall(r"^error (\w+)\(", source, re.MULTILINE)
    assert sorted(campaign.refusals()) == sorted(["None", *errors])


def test_oracle_imports_nothing_of_the_contracts() -> None:
    for path in (campaign.PROJECT / "oracle").glob("*.sol"):
        assert "contracts/" not in "".join(re.findall(r"^import.*$", path.read_text("utf-8"), re.M))
