"""Mutants of the contracts: each was noticed, or somebody has written down why it is no fault.

`python -m tests.mutants.campaign` hunts them by hand; see there.
"""

import json
import re

import pytest

from ledger.chain.sources import ROOT
from tests.mutants import campaign, record
from tests.mutants.build import files_of_the_contracts, list_mutants, tree_of
from tests.mutants.schemata import Schema
from tests.proofs.prove import LAWS

MUTANTS_MIN = 2_500


@pytest.mark.deep
def test_all_mutants_are_noticed_or_explained() -> None:
    assert campaign.main(["--all"]) == 0


class TestRecord:
    def test_is_of_the_contracts_as_they_are(self) -> None:
        """After a change: `python -m tests.mutants.campaign` hunts what has changed."""
        assert record.changed_files() == []
        assert set(record.recorded()) == set(files_of_the_contracts())

    def test_holds_every_mutant(self) -> None:
        counts = record.counts()
        assert sum(one["mutants"] for one in counts.values()) == len(list_mutants())
        assert len(list_mutants()) >= MUTANTS_MIN

    def test_names_witnesses_that_can_be_asked_again(self) -> None:
        kinds = re.compile(r"|campaign \d+/\d+|tests: tests/\S+::.+|proof: \w+")
        for kept in record.recorded().values():
            assert [one for one in kept["noticed"] if not kinds.fullmatch(one)] == []

    def test_leaves_none_undecided(self) -> None:
        undecided = {name: one["undecided"] for name, one in record.counts().items()}
        assert {name for name, count in undecided.items() if count} == set()

    def test_leaves_to_proofs_what_is_there_with_a_law_that_is_proved(self) -> None:
        places = {one.place for one in list_mutants()}
        laws = {one.name for one in LAWS}
        for place, change in record.provable().items():
            assert place in places
            assert change["law"] in laws
            text = (ROOT / place.partition(":")[0]).read_text("utf-8")
            assert text.count(change["old"]) == 1

    def test_explains_mutants_that_are_there_and_noticed_by_nothing(self) -> None:
        told, left = record.explanations(), set()
        for name, kept in record.recorded().items():
            own = [one for one in list_mutants() if one.source == name]
            left |= {one.place for one, how in zip(own, kept["noticed"], strict=True) if not how}
        assert set(told) <= left
        assert all(len(reason) > 20 for reason in told.values())

    def test_is_what_the_page_counts(self) -> None:
        path = ROOT / "docs" / "evidence" / "mutants.json"
        parts = json.loads(path.read_text("utf-8"))["parts"]
        counted = {
            name: {k: v for k, v in one.items() if k != "contracts"} for name, one in parts.items()
        }
        assert counted == record.counts()


class TestSchema:
    """What the mutator makes of a source."""

    SOURCE = """// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

function capped(uint256 amount, uint256 most) pure returns (uint256) {
    if (amount > most) return most;
    return amount - 1;
}
"""

    def test_every_change_has_a_number_and_a_switch(self) -> None:
        schema = Schema()
        schema.add("Capped.sol", self.SOURCE, tree_of({"Capped.sol": self.SOURCE})["Capped.sol"])
        changes = [one.change for one in schema.mutants]
        assert changes == [
            "if true for amount > most",
            "if false for amount > most",
            ">= in amount > most",
            "not amount > most",
            "+ in amount - 1",
        ]
        text = schema.sources["Capped.sol"]
        assert all(str(one.number) in text for one in schema.mutants)
        assert "capped" in text
