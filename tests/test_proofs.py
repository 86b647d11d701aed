"""Proofs of the contracts over all storage, and the planted fault that breaks each of them.

`python -m tests.proofs.prove` runs them by hand; see there.
"""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from ledger.chain.sources import ROOT
from tests import evidence
from tests.proofs.prove import (
    HALMOS,
    HOME,
    LAWS,
    Law,
    _environment,
    contracts,
    find_mutant,
    forge,
    prove,
    prove_contract,
)

needs_halmos = pytest.mark.skipif(not HALMOS.exists(), reason="not there: make proofs brings it")

LAWS_MIN = 24

WALKED = {
    "VouchersLaws": "Vouchers",
    "DepositsLaws": "Deposits",
    "ExposureLaws": "Exposure",
    "InvoicesLaws": "Invoices",
    "RulesLaws": "Rules",
    "ParticipantsLaws": "Participants",
    "AdministrationLaws": "Administration",
}
"""The contracts whose every state-changing function is walked, by their contract of proofs."""

PROVED_APART = {
    "Issuance": {"issueFromBatch"},
    "Loans": {"pledge", "release", "repay"},
    "Offers": {"decline", "lapse", "withdraw"},
    "Oversight": set[str](),
    "Relay": {"relay"},
    "Sales": {"redeem", "sell"},
    "Settlement": {"applyUnapplied", "attest", "pay"},
}
"""The functions of the other contracts that a proof of its own is about."""

NOT_PROVED = {
    "Issuance": {"issue", "recordBatch", "voidBatch"},
    "Loans": {"applyShare"},
    "Oversight": {"freeze", "freezeParticipant", "unfreeze", "unfreezeParticipant"},
    "Sales": {"recourse"},
    "Settlement": {"confirmPayout", "returnPayout", "returnUnapplied", "settle"},
}
"""Those that none is about: they keep claims in the contracts above only, whose laws hold whoever
asks; what they multiply or walk is decided by the differential test."""

QUICK = {
    "References": (),
    "RelayProofs": (),
    "OffersProofs": (),
    "RulesLaws": (),
    "DepositsLaws": ("hold", "issueDeposit", "move", "withdrawDeposit"),
    "VouchersLaws": ("endOffer", "freeLien", "open", "pay", "setFreezes"),
}
"""What `make test` proves: what is walked within seconds."""

QUICK_MUTANT = "deposits_are_conserved"

SHARING_PASSED = 2


def test_solver_is_found_whichever_environment_is_active(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An active `.venv` once sent halmos there for its solver, and every proof failed."""
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path))
    assert _environment("plain")["VIRTUAL_ENV"] == str(HALMOS.parent.parent)


@needs_halmos
@pytest.mark.parametrize("contract", QUICK)
def test_quick_proofs_hold(contract: str) -> None:
    results, said = prove(contract, "plain", QUICK[contract])
    assert results, said
    assert {one.outcome for one in results} == {"proved"}, said
    assert not QUICK[contract] or len(results) == len(QUICK[contract])


@needs_halmos
def test_planted_fault_breaks_its_proof() -> None:
    [law] = [one for one in LAWS if one.name == QUICK_MUTANT]
    found, said = find_mutant(law)
    assert found, said


@needs_halmos
@pytest.mark.deep
@pytest.mark.parametrize(("contract", "profile"), contracts())
def test_all_proofs_hold(contract: str, profile: str) -> None:
    proved, said = prove_contract(contract, profile)
    print(said)
    assert proved, said


@needs_halmos
@pytest.mark.deep
@pytest.mark.parametrize("law", LAWS, ids=[law.name for law in LAWS])
def test_every_proof_finds_its_planted_fault(law: Law) -> None:
    found, said = find_mutant(law)
    print(said)
    assert found, said


class TestSharing:
    """The sharing rule multiplies unknowns, which no solver here decides: it is tried instead."""

    def test_small_cases_all_and_large_ones_at_random(self) -> None:
        self._try(face=10, cases=60_000, part="quick")

    @pytest.mark.deep
    def test_more_small_cases_all_and_a_million_large_ones(self) -> None:
        self._try(face=14, cases=1_000_000, part="deep")

    def _try(self, *, face: int, cases: int, part: str) -> None:
        seed = evidence.seed_of()
        print(f"seed {seed}")
        settings = {"SHARING_FACE": face, "SHARING_CASES": cases, "SHARING_SEED": seed}
        said = forge("sharing", {name: str(value) for name, value in settings.items()})
        assert said.count("[PASS]") == SHARING_PASSED, said
        evidence.record("sharing", part, {"face": face, "cases": cases, "seed": seed})


class TestCompleteness:
    @pytest.mark.parametrize("contract", WALKED)
    def test_every_state_changing_function_has_its_step(self, contract: str) -> None:
        steps = set(re.findall(r"encodeCall\(\w+\.(\w+),", _text_of(contract)))
        assert steps == _changing(WALKED[contract]), WALKED[contract]

    def test_every_other_function_says_who_decides_it(self) -> None:
        for contract, proved in PROVED_APART.items():
            assert proved | NOT_PROVED.get(contract, set()) == _changing(contract), contract
        known = {path.stem for path in (ROOT / "ledger" / "chain" / "artifacts").glob("*.json")}
        others = {name for name in known if not name.startswith("ERC7913")}
        assert others == {*WALKED.values(), *PROVED_APART}

    def test_proofs_are_many_and_each_has_a_name_and_a_fault_of_its_own(self) -> None:
        assert len(LAWS) >= LAWS_MIN
        assert len({law.name for law in LAWS}) == len(LAWS)
        faults = Counter(
            (law.mutant["source"], law.mutant["new"], law.mutant["check"]) for law in LAWS
        )
        assert max(faults.values()) == 1

    @pytest.mark.parametrize("contract", WALKED)
    def test_every_law_is_told(self, contract: str) -> None:
        numbers = sorted(
            law.number for law in LAWS if law.contract == contract and law.number is not None
        )
        assert numbers == list(range(len(numbers)))
        assert _text_of(contract).count("_law(") == len(numbers)

    def test_every_proof_apart_is_told(self) -> None:
        apart = {(law.contract, law.mutant["check"]) for law in LAWS if law.number is None}
        written = set()
        for path in HOME.glob("*/*.t.sol"):
            for name, body in re.findall(
                r"^contract (\w+)(.*?)^}", path.read_text("utf-8"), re.M | re.S
            ):
                if name not in WALKED:
                    written |= {
                        (name, check) for check in re.findall(r"function check_(\w+)", body)
                    }
        assert written <= apart
        assert {one for one in apart if one[0] not in WALKED} == written

    def test_laws_stand_in_the_rows_of_their_invariants(self) -> None:
        page = (ROOT / "docs" / "invariants.md").read_text("utf-8")
        rows = re.findall(r"^\| (I\d\d) \| .*; proved: ([^|]+) \|$", page, re.MULTILINE)
        told = {(name, number) for number, names in rows for name in re.findall(r"`(\w+)`", names)}
        assert told == {(law.name, law.invariant) for law in LAWS}

    @pytest.mark.parametrize("law", LAWS, ids=[law.name for law in LAWS])
    def test_fault_is_planted_in_one_place(self, law: Law) -> None:
        source = (ROOT / "contracts" / law.mutant["source"]).read_text("utf-8")
        assert source.count(law.mutant["old"]) == 1


def _text_of(contract: str) -> str:
    """A contract of proofs with the world it stands in."""
    [path] = [
        path
        for path in HOME.glob("*/*.t.sol")
        if f"contract {contract} " in path.read_text("utf-8")
    ]
    world = path.with_name(f"{WALKED[contract]}World.sol")
    return path.read_text("utf-8") + (world.read_text("utf-8") if world.exists() else "")


def _changing(contract: str) -> set[str]:
    """The functions of a contract that may change what is stored, by its ABI."""
    path = ROOT / "ledger" / "chain" / "artifacts" / f"{contract}.json"
    abi = json.loads(path.read_text("utf-8"))["abi"]
    return {
        one["name"]
        for one in abi
        if one["type"] == "function" and one["stateMutability"] not in ("view", "pure")
    }
