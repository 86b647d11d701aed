"""Commands of financing: sales, redemptions, recourse and loans, with the quotes they rest on."""

from dataclasses import dataclass
from typing import ClassVar

from ledger.model.meanings import (
    Amount,
    Commitment,
    Day,
    LoanId,
    Nonce,
    ParticipantId,
    PayableId,
    Position,
    Rate,
    Second,
    Share,
    VoucherId,
)
from ledger.model.structs import Command

__all__ = [
    "CostShareOffer",
    "PledgeQuote",
    "PledgeVoucher",
    "RecourseVoucher",
    "RedeemVoucher",
    "RedemptionQuote",
    "ReleaseSecurity",
    "RepayLoan",
    "SaleQuote",
    "SellVoucher",
]


@dataclass(frozen=True, slots=True)
class SaleQuote(Command):
    """A bank's firm offer to buy a part of one exact range."""

    desk: ClassVar[str] = "Sales"

    participant: ParticipantId
    taker: ParticipantId
    voucher: VoucherId
    start: Position
    end: Position
    amount: Amount
    rate: Rate
    recourse: bool
    registration: Commitment
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class SellVoucher(Command):
    """The holder sells on a bank's quote; with recourse it consents to the recourse price too."""

    desk: ClassVar[str] = "Sales"

    participant: ParticipantId
    buyer: ParticipantId
    voucher: VoucherId
    start: Position
    end: Position
    amount: Amount
    rate: Rate
    recourse: bool
    obligor_share: Share
    registration: Commitment
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class CostShareOffer(Command):
    """The obligor's standing offer to bear a share of sale costs on one payable."""

    desk: ClassVar[str] = "Sales"

    participant: ParticipantId
    payable_id: PayableId
    share_max: Share
    rate_max: Rate
    budget: Amount
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class RedemptionQuote(Command):
    """The obligor's firm offer to buy back a part of one exact range before maturity."""

    desk: ClassVar[str] = "Sales"

    participant: ParticipantId
    taker: ParticipantId
    voucher: VoucherId
    start: Position
    end: Position
    amount: Amount
    rate: Rate
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class RedeemVoucher(Command):
    """The holder takes the obligor's offer; the redeemed range closes."""

    desk: ClassVar[str] = "Sales"

    participant: ParticipantId
    voucher: VoucherId
    start: Position
    end: Position
    amount: Amount
    rate: Rate
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class RecourseVoucher(Command):
    """The buyer turns an overdue voucher back to its seller against payment."""

    desk: ClassVar[str] = "Sales"

    participant: ParticipantId
    voucher: VoucherId
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class PledgeQuote(Command):
    """A lender's firm offer of a loan against a part of one exact range."""

    desk: ClassVar[str] = "Loans"

    participant: ParticipantId
    taker: ParticipantId
    voucher: VoucherId
    start: Position
    end: Position
    amount: Amount
    advance: Amount
    ltv: Share
    rate: Rate
    due: Day
    registration: Commitment
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class PledgeVoucher(Command):
    """The holder pledges on a lender's quote and receives the advance."""

    desk: ClassVar[str] = "Loans"

    participant: ParticipantId
    lender: ParticipantId
    voucher: VoucherId
    start: Position
    end: Position
    amount: Amount
    advance: Amount
    ltv: Share
    rate: Rate
    due: Day
    registration: Commitment
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class RepayLoan(Command):
    """The borrower repays principal early; a part of the security may be set free with it."""

    desk: ClassVar[str] = "Loans"

    participant: ParticipantId
    loan: LoanId
    principal: Amount
    release: Amount
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class ReleaseSecurity(Command):
    """The lender sets a part of the security free while the cover holds."""

    desk: ClassVar[str] = "Loans"

    participant: ParticipantId
    loan: LoanId
    amount: Amount
    nonce: Nonce
    deadline: Second
