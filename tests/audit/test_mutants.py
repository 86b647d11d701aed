"""Ledgers deployed from mutated contracts: what the mutants let through is reported act by act."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from ledger.audit import Kind, Report
from ledger.chain import deployment
from ledger.chain.artifacts import Artifact, artifact
from ledger.chain.calls import Signed, item_of
from ledger.chain.compiler import compile_unit, write_shim
from ledger.chain.keys import AccountKey
from ledger.chain.sources import find_units
from ledger.model.commands import AcceptVoucher, MoveDeposit
from ledger.model.ids import root_voucher
from ledger.service.party import approval
from tests.audit.live import audited
from tests.cast import Cast, named, running_node
from tests.contracts.situations import (
    FACE,
    MATURITY,
    live,
    offered,
    pay,
    pledge,
    pledge_terms,
    settle,
)

pytestmark = pytest.mark.deep


def _mutant(name: str, old: str, new: str) -> Artifact:
    """A contract compiled from its source with one change."""
    [unit] = [one for one in find_units() if name in {shipped for _, shipped in one.contracts}]
    [source] = [path for path, text in unit.closure.items() if old in text]
    assert unit.closure[source].count(old) == 1
    closure = {**unit.closure, source: unit.closure[source].replace(old, new)}
    made = compile_unit(replace(unit, closure=closure), write_shim())[name]
    return replace(artifact(name), bytecode=bytes.fromhex(made["bytecode"][2:]))


@contextmanager
def _deployed(mutant: Artifact, patch: pytest.MonkeyPatch) -> Iterator[Cast]:
    """The cast on a ledger in which one contract is the mutant."""
    patch.setattr(
        deployment, "artifact", lambda name: mutant if name == mutant.name else artifact(name)
    )
    with running_node() as node:
        yield Cast(node)


def _audited(cast: Cast) -> Report:
    report = audited(cast.ledger)
    [code] = [one for one in report.findings if one.kind is Kind.CODE]
    assert code.actual["answers_like"]
    return report


def _codes(report: Report, kind: Kind) -> list[str]:
    return [one.reason.code for one in report.findings if one.kind is kind and one.reason]


def test_registry_that_asks_for_no_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    mutant = _mutant("Participants", "if (!valid) revert InvalidSignature(participant, index);", "")
    with _deployed(mutant, monkeypatch) as cast:
        command = cast.birch.make(
            MoveDeposit, bank=6, to=cast.operator.id, amount=9, purpose=named("fees")
        )
        forged = approval(0, AccountKey.random(), cast.ledger.digest(command))
        cast.ledger.carry_out(item_of(Signed(command, (forged,))))
        report = _audited(cast)
    assert _codes(report, Kind.AUTHORITY) == ["InvalidSignature"]
    assert report.unexplained_events == 2


def test_vouchers_that_strangers_accept(monkeypatch: pytest.MonkeyPatch) -> None:
    mutant = _mutant(
        "Vouchers",
        "bool offered = open_ && voucher.counterpartyOf() == participant;",
        "bool offered = open_;",
    )
    with _deployed(mutant, monkeypatch) as cast:
        root = root_voucher(offered(cast))
        cast.cedar.act(AcceptVoucher, voucher=root, start=0, end=FACE)
        report = _audited(cast)
    assert _codes(report, Kind.RULE) == ["VoucherNotOffered"]


def test_settlement_that_pays_the_holder_instead_of_the_lender(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mutant = _mutant(
        "Settlement",
        "if (!payment.onBankRail) _addShare(run, lender, paid);",
        "if (!payment.onBankRail) _addShare(run, vouchers.wordOf(id).holderOf(), paid);",
    )
    with _deployed(mutant, monkeypatch) as cast:
        root = live(cast)
        pledge(cast.birch, cast.delta, pledge_terms(cast, root, FACE))
        cast.begin(MATURITY)
        pay(cast, 1, FACE)
        settle(cast, root)
        report = _audited(cast)
    subjects = {one.subject for one in report.findings if one.kind is not Kind.STATE}
    assert "DepositPaidOut" in subjects
    wrong = {one.subject for one in report.findings if one.kind is Kind.STATE}
    assert wrong == {"deposit of 2 at 6", "deposit of 4 at 6"}


def test_deposits_that_take_a_fen(monkeypatch: pytest.MonkeyPatch) -> None:
    mutant = _mutant(
        "Deposits",
        "emit DepositMoved(bank, from, to, amount, purpose);",
        "emit DepositMoved(bank, from, to, amount, purpose); --_deposits[bank][to];",
    )
    with _deployed(mutant, monkeypatch) as cast:
        values = {"bank": 6, "to": cast.cedar.id, "amount": 9, "purpose": named("goods")}
        cast.birch.act(MoveDeposit, **values)
        report = _audited(cast)
    assert [one.subject for one in report.findings if one.kind is Kind.STATE] == [
        "deposit of 3 at 6"
    ]
