"""Commands that pay payables, state bank facts and move deposits."""

from dataclasses import dataclass
from typing import ClassVar

from ledger.model.meanings import (
    Amount,
    Commitment,
    Day,
    Nonce,
    ParticipantId,
    PayableId,
    PayoutId,
    Second,
)
from ledger.model.structs import Command

__all__ = [
    "AttestPayment",
    "ConfirmPayout",
    "IssueDeposit",
    "MoveDeposit",
    "PayPayable",
    "ReturnPayout",
    "ReturnUnapplied",
    "WithdrawDeposit",
]


@dataclass(frozen=True, slots=True)
class PayPayable(Command):
    """The obligor pays a payable from its deposit."""

    desk: ClassVar[str] = "Settlement"

    participant: ParticipantId
    payable_id: PayableId
    amount: Amount
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class AttestPayment(Command):
    """The settlement bank states that money for a payable has arrived."""

    desk: ClassVar[str] = "Settlement"

    participant: ParticipantId
    payable_id: PayableId
    amount: Amount
    value_day: Day
    payment_reference: Commitment
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class ReturnUnapplied(Command):
    """The settlement bank states that money which could not be shared has gone back."""

    desk: ClassVar[str] = "Settlement"

    participant: ParticipantId
    payable_id: PayableId
    amount: Amount
    payment_reference: Commitment
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class ConfirmPayout(Command):
    """The settlement bank states that a settled share has been paid out."""

    desk: ClassVar[str] = "Settlement"

    participant: ParticipantId
    payout: PayoutId
    amount: Amount
    payment_reference: Commitment
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class ReturnPayout(Command):
    """The settlement bank states that a payout came back; the share is open again."""

    desk: ClassVar[str] = "Settlement"

    participant: ParticipantId
    payout: PayoutId
    amount: Amount
    payment_reference: Commitment
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class IssueDeposit(Command):
    """A bank records money received as a deposit of a participant."""

    desk: ClassVar[str] = "Deposits"

    participant: ParticipantId
    to: ParticipantId
    amount: Amount
    payment_reference: Commitment
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class WithdrawDeposit(Command):
    """A depositor and its bank turn a deposit back into money at the bank."""

    desk: ClassVar[str] = "Deposits"

    participant: ParticipantId
    bank: ParticipantId
    amount: Amount
    payment_reference: Commitment
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class MoveDeposit(Command):
    """A depositor pays another participant from its deposit."""

    desk: ClassVar[str] = "Deposits"

    participant: ParticipantId
    bank: ParticipantId
    to: ParticipantId
    amount: Amount
    purpose: Commitment
    nonce: Nonce
    deadline: Second
