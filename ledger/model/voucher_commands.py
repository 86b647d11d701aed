"""Commands that issue payables and pass vouchers on."""

from dataclasses import dataclass
from typing import ClassVar

from ledger.model.meanings import (
    Amount,
    Commitment,
    Count32,
    Day,
    Nonce,
    ParticipantId,
    Position,
    Second,
    VoucherId,
)
from ledger.model.parts import InvoiceUse, Part
from ledger.model.structs import Command

__all__ = [
    "AcceptVoucher",
    "DeclineVoucher",
    "IssueBatch",
    "IssuePayable",
    "JoinVouchers",
    "TransferVoucher",
    "VoidBatch",
    "WithdrawOffer",
]


@dataclass(frozen=True, slots=True)
class IssuePayable(Command):
    """Issue a payable, an unconditional promise, and offer its root voucher to a supplier."""

    desk: ClassVar[str] = "Issuance"

    participant: ParticipantId
    to: ParticipantId
    bank: ParticipantId
    face: Amount
    maturity: Day
    evidence: Commitment
    invoices: tuple[InvoiceUse, ...]
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class IssueBatch(Command):
    """Issue many payables under one signature: the root of their tree, their count, their sum."""

    desk: ClassVar[str] = "Issuance"

    participant: ParticipantId
    root: Commitment
    count: Count32
    total: Amount
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class VoidBatch(Command):
    """Stop what is still open of an issue batch."""

    desk: ClassVar[str] = "Issuance"

    participant: ParticipantId
    batch: Commitment
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class TransferVoucher(Command):
    """Offer parts of held vouchers; each part is cut from the low end, the rest keeps its id."""

    desk: ClassVar[str] = "Vouchers"

    participant: ParticipantId
    parts: tuple[Part, ...]
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class AcceptVoucher(Command):
    """The offeree takes exactly the offered range."""

    desk: ClassVar[str] = "Vouchers"

    participant: ParticipantId
    voucher: VoucherId
    start: Position
    end: Position
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class DeclineVoucher(Command):
    """The offeree refuses; a declined root voucher cancels its payable."""

    desk: ClassVar[str] = "Offers"

    participant: ParticipantId
    voucher: VoucherId
    reason: Commitment
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class WithdrawOffer(Command):
    """The offeror takes back an offer that nobody has answered."""

    desk: ClassVar[str] = "Offers"

    participant: ParticipantId
    voucher: VoucherId
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class JoinVouchers(Command):
    """Two touching vouchers of one holder become one."""

    desk: ClassVar[str] = "Vouchers"

    participant: ParticipantId
    low: VoucherId
    high: VoucherId
    nonce: Nonce
    deadline: Second
