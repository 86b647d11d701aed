"""Deposits: issue, withdrawal, moves and references, as an audit replays them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledger.audit.authority import authorise, require_role
from ledger.audit.findings import Kind
from ledger.audit.registry_parts import Deposits
from ledger.audit.scene import Handler, Scene
from ledger.model.commands import IssueDeposit, MoveDeposit, WithdrawDeposit
from ledger.model.states import Role

__all__ = ["DEPOSITING", "Leg", "hold", "move", "pay_out", "take_reference"]


@dataclass(frozen=True, slots=True)
class Leg:
    """An amount that leaves one deposit at a bank for another."""

    bank: int
    giver: int
    taker: int
    amount: int


def move(scene: Scene, deposits: Deposits, leg: Leg, why: bytes) -> None:
    """Move an amount from the giver's deposit to the taker's."""
    _take(scene, deposits, leg)
    deposits.deposits[leg.bank, leg.taker] += leg.amount
    told: dict[str, Any] = {"from": leg.giver, "to": leg.taker, "amount": leg.amount}
    scene.tell(deposits.contract, "DepositMoved", bank=leg.bank, **told, purpose=why)


def hold(scene: Scene, deposits: Deposits, number: int, leg: Leg) -> None:
    """Take a payment into the hold of a payable of the called desk."""
    desk = scene.desk.address
    _take(scene, deposits, leg)
    deposits.holds[leg.bank, desk, number] += leg.amount
    told: dict[str, Any] = {"from": leg.giver, "desk": desk, "amount": leg.amount}
    scene.tell(deposits.contract, "DepositHeld", bank=leg.bank, payable_id=number, **told)


def pay_out(
    scene: Scene, deposits: Deposits, bank: int, number: int, shares: list[tuple[int, int]]
) -> None:
    """Pay shares out of the hold of a payable of the called desk."""
    desk = scene.desk.address
    for payee, amount in shares:
        deposits.deposits[bank, payee] += amount
        deposits.holds[bank, desk, number] -= amount
        told = {"desk": desk, "payable_id": number, "to": payee, "amount": amount}
        scene.tell(deposits.contract, "DepositPaidOut", bank=bank, **told)


def take_reference(
    scene: Scene, deposits: Deposits, bank: int, reference: bytes, fact: tuple[Any, ...]
) -> None:
    """Let a bank's reference stand for one fact for good."""
    scene.require(any(reference), "ReferenceMissing")
    known = deposits.references.get((bank, reference))
    scene.require(known != fact, "ReferenceUsed", bank, reference)
    scene.require(known in (None, fact), "ReferenceConflict", bank, reference)
    deposits.references[bank, reference] = fact


def _issue(scene: Scene) -> None:
    command: IssueDeposit = scene.call.arguments["command"]
    authorise(scene, command, scene.call.arguments["approvals"])
    bank, to, amount = command.participant, command.to, command.amount
    require_role(scene, bank, Role.SETTLEMENT)
    deposits = scene.own(Deposits)
    scene.require(amount != 0, "ZeroAmount")
    scene.require(scene.register.roles(to) != 0, "UnknownParticipant", to)
    reference = command.payment_reference
    take_reference(scene, deposits, bank, reference, ("issue", to, amount))
    deposits.issued[bank] += amount
    deposits.deposits[bank, to] += amount
    told = {"to": to, "amount": amount, "payment_reference": reference}
    scene.tell(scene.desk, "DepositIssued", bank=bank, **told)


def _withdraw(scene: Scene) -> None:
    command: WithdrawDeposit = scene.call.arguments["command"]
    signed = authorise(scene, command, scene.call.arguments["approvals"])
    bank, owner, amount = command.bank, command.participant, command.amount
    require_role(scene, bank, Role.SETTLEMENT)
    cosigned = scene.call.arguments["cosigned"]
    scene.blame(Kind.AUTHORITY, scene.register.cosigned(bank, signed, cosigned, scene.second))
    deposits = scene.own(Deposits)
    scene.require(amount != 0, "ZeroAmount")
    _require_unfrozen(scene, owner)
    reference = command.payment_reference
    take_reference(scene, deposits, bank, reference, ("withdraw", owner, amount))
    _take(scene, deposits, Leg(bank, owner, 0, amount))
    deposits.issued[bank] -= amount
    told: dict[str, Any] = {"from": owner, "amount": amount, "payment_reference": reference}
    scene.tell(scene.desk, "DepositWithdrawn", bank=bank, **told)


def _move(scene: Scene) -> None:
    command: MoveDeposit = scene.call.arguments["command"]
    authorise(scene, command, scene.call.arguments["approvals"])
    giver, taker = command.participant, command.to
    _require_unfrozen(scene, giver)
    scene.require(command.amount != 0, "ZeroAmount")
    scene.require(scene.register.roles(taker) != 0, "UnknownParticipant", taker)
    scene.require(taker != giver, "SelfTransfer", taker)
    leg = Leg(command.bank, giver, taker, command.amount)
    move(scene, scene.own(Deposits), leg, command.purpose)


def _take(scene: Scene, deposits: Deposits, leg: Leg) -> None:
    available = deposits.deposits[leg.bank, leg.giver]
    scene.require(leg.amount <= available, "DepositShort", leg.giver, leg.amount, available)
    deposits.deposits[leg.bank, leg.giver] = available - leg.amount


def _require_unfrozen(scene: Scene, owner: int) -> None:
    is_frozen = scene.register.member(owner).freezes
    scene.require(not is_frozen, "ParticipantFrozen", owner)


DEPOSITING: Final[Mapping[str, Handler]] = {
    "Deposits.issueDeposit": _issue,
    "Deposits.withdrawDeposit": _withdraw,
    "Deposits.moveDeposit": _move,
}
