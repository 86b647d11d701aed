"""Chains forged from inside the node: what was done behind the rules is reported, and only that.

One chain carries all forgeries, each by other parties; one audit has to tell them apart.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from ledger.audit import Finding, Kind, Report
from ledger.chain.artifacts import artifact
from ledger.chain.calls import Signed, item_of
from ledger.chain.keys import AccountKey
from ledger.model.commands import MoveDeposit, SetLimit, TransferVoucher
from ledger.model.parts import Part
from ledger.service.party import approval
from tests.audit.cheats import cheat, slot_of, swap_code, word_at
from tests.audit.forwarder import CODE, create_forwarder, forwarded
from tests.audit.live import audited
from tests.audit.strangers import asked
from tests.cast import DEPOSIT, MAKER, Cast, named, running_node
from tests.contracts.situations import FACE, live, offered

_ALL = (1 << 32) - 1


@dataclass(frozen=True)
class Forged:
    """A chain with forgeries on it, and what an audit says."""

    cast: Cast
    rogue: str
    report: Report
    honest: bytes
    """The transaction of an honest act through a contract that nobody knows."""

    def found(self, kind: Kind, subject: str = "") -> list[Finding]:
        """Findings of a kind about a subject."""
        rows = [one for one in self.report.findings if one.kind is kind]
        return [one for one in rows if not subject or one.subject == subject]

    def reasons(self, kind: Kind, subject: str) -> set[str]:
        """Codes of the refusals that should have been."""
        return {one.reason.code for one in self.found(kind, subject) if one.reason}


@pytest.fixture(scope="module")
def forged() -> Iterator[Forged]:
    with running_node() as node:
        cast = Cast(node)
        rogue = create_forwarder(node)
        honest = _carry_by_stranger(cast, rogue)
        _sign_to_stranger(cast, rogue)
        _raise_deposit(cast)
        _take_voucher(cast)
        _swap_key(cast)
        _lower_threshold(cast)
        _replay(cast)
        _move_by_rogue_desk(cast, rogue)
        _cancel_debt(cast)
        swap_code(cast, "Oversight", CODE)
        yield Forged(cast, rogue, audited(cast.ledger), honest)


def _carry_by_stranger(cast: Cast, stranger: str) -> bytes:
    """Cedar pays Delta Bank by a command that a contract carries which nobody knows."""
    item = cast.cedar.item(MoveDeposit, **_payment(cast, to=cast.delta.id))
    receipt = cast.node.send(
        stranger, forwarded(cast.ledger.deployment.address("Deposits"), item.data)
    )
    assert [event.name for event in receipt.events] == ["CommandExecuted", "DepositMoved"]
    return receipt.events[0].transaction


def _sign_to_stranger(cast: Cast, stranger: str) -> None:
    """Birch has a contract of its own authorise what it has signed to that contract."""
    cast.node.send(stranger, forwarded(*asked(cast, cast.birch, stranger, 77)))


def _payment(cast: Cast, *, to: int, amount: int = 7) -> dict[str, object]:
    return {
        "bank": cast.settlement_bank.id,
        "to": to,
        "amount": amount,
        "purpose": named("goods"),
    }


def _raise_deposit(cast: Cast) -> None:
    bank, acme = cast.settlement_bank.id, cast.acme.id
    slot = slot_of("Deposits", "_deposits", bank, acme)
    cheat(cast, "Deposits", slot, word_at(cast, "Deposits", slot) + 1)


def _take_voucher(cast: Cast) -> None:
    """Birch's voucher is Cedar's overnight, and Cedar offers it on."""
    voucher = live(cast)
    slot = slot_of("Vouchers", "_vouchers", voucher)
    word = word_at(cast, "Vouchers", slot)
    cheat(cast, "Vouchers", slot, word & ~(_ALL << 112) | cast.cedar.id << 112)
    part = Part(cast.delta.id, voucher, FACE, named("evidence"))
    cast.cedar.act(TransferVoucher, parts=(part,))


def _swap_key(cast: Cast) -> None:
    """The operator puts a key of its own in the place of Echo Bank's, and pays itself."""
    echo, key = cast.echo, AccountKey(named("the operator's own"))
    place = echo.id << 8 | MAKER
    slot = slot_of("Participants", "_ring", place)
    word = word_at(cast, "Participants", slot)
    cheat(cast, "Participants", slot, word >> 160 << 160 | int.from_bytes(key.key, "big"))
    command = echo.make(MoveDeposit, **_payment(cast, to=cast.operator.id))
    signed = Signed(command, (approval(MAKER, key, cast.ledger.digest(command)),))
    cast.ledger.carry_out(item_of(signed))


def _lower_threshold(cast: Cast) -> None:
    """Delta Bank's maker alone sets a limit, for which two have to sign."""
    slot = slot_of("Participants", "_members", cast.delta.id)
    word = word_at(cast, "Participants", slot)
    cheat(cast, "Participants", slot, word & ~(0xFF << 40) | 1 << 40)
    command = cast.delta.make(SetLimit, obligor=cast.birch.id, amount=1)
    cast.ledger.carry_out(item_of(cast.delta.sign_by(command, MAKER)))


def _replay(cast: Cast) -> None:
    """Birch's payment to Cedar is carried out twice."""
    command = cast.birch.make(MoveDeposit, **_payment(cast, to=cast.cedar.id))
    item = item_of(cast.birch.sign(command))
    cast.ledger.carry_out(item)
    slot = slot_of("Participants", "_nonces", cast.birch.id, command.nonce >> 8)
    cheat(cast, "Participants", slot, 0)
    cast.ledger.carry_out(item)


def _move_by_rogue_desk(cast: Cast, rogue: str) -> None:
    """A contract that is no desk moves a deposit of the regulator's bank to the operator."""
    cheat(cast, "Participants", slot_of("Participants", "versionOf", int(rogue, 16)), 1)
    bank = cast.settlement_bank.id
    values = (bank, cast.cedar.id, cast.operator.id, 11, named("a gift"))
    call = artifact("Deposits").functions["move"].call(*values)
    cast.node.send(rogue, forwarded(cast.ledger.deployment.address("Deposits"), call))


def _cancel_debt(cast: Cast) -> None:
    """A payable that Acme offered is gone."""
    payable = offered(cast)
    cheat(cast, "Vouchers", slot_of("Vouchers", "_payables", payable), 0)


def test_honest_act_through_an_unknown_contract_is_explained(forged: Forged) -> None:
    assert forged.honest not in {one.transaction for one in forged.report.findings}
    assert forged.report.commands["MoveDeposit"] == 2  # this one, and Birch's first


def test_command_to_a_stranger_is_counted_and_not_judged(forged: Forged) -> None:
    assert forged.report.foreign == 1


def test_deposit_raised_in_storage_is_reported(forged: Forged) -> None:
    cast = forged.cast
    subject = f"deposit of {cast.acme.id} at {cast.settlement_bank.id}"
    [found] = forged.found(Kind.STATE, subject)
    assert found.expected == {"amount": DEPOSIT}
    assert found.actual == {"amount": DEPOSIT + 1}


def test_voucher_taken_in_storage_is_reported_when_it_is_passed_on(forged: Forged) -> None:
    assert "NotHolder" in forged.reasons(Kind.RULE, "TransferVoucher")
    [held] = forged.found(Kind.STATE, "V-1.1")
    assert held.expected["holder"] == forged.cast.birch.id
    assert held.actual["holder"] == forged.cast.cedar.id


def test_act_by_a_swapped_key_is_reported(forged: Forged) -> None:
    assert "InvalidSignature" in forged.reasons(Kind.AUTHORITY, "MoveDeposit")
    assert forged.found(Kind.STATE, f"participant {forged.cast.echo.id} signer {MAKER}")


def test_act_below_its_threshold_is_reported(forged: Forged) -> None:
    assert forged.reasons(Kind.AUTHORITY, "SetLimit") == {"SignersTooFew", "CheckerMissing"}


def test_command_carried_out_twice_is_reported(forged: Forged) -> None:
    assert "NonceUsed" in forged.reasons(Kind.AUTHORITY, "MoveDeposit")


def test_money_moved_by_a_rogue_desk_is_reported(forged: Forged) -> None:
    [found] = forged.found(Kind.UNREADABLE)
    assert (found.contract, found.subject) == ("Deposits", "DepositMoved")
    assert found.actual["amount"] == 11
    operator = f"deposit of {forged.cast.operator.id} at {forged.cast.settlement_bank.id}"
    assert forged.found(Kind.STATE, operator)


def test_payable_that_vanished_is_reported(forged: Forged) -> None:
    [found] = forged.found(Kind.STATE, "P-2")
    assert found.expected["face"] == FACE
    assert found.actual["face"] == 0


def test_code_swapped_under_a_desk_is_reported(forged: Forged) -> None:
    [found] = forged.found(Kind.CODE)
    assert found.subject == forged.cast.ledger.deployment.address("Oversight")


def test_nothing_else_is_reported(forged: Forged) -> None:
    acts = {(one.kind, one.transaction) for one in forged.report.findings if one.transaction}
    assert len(acts) == 5  # the offer, the swapped key, the limit, the replay, the rogue desk
    assert forged.report.unexplained_events > 0
