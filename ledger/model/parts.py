"""The structs inside commands: invoices, parts, signers, rules, and the leaf of a batch."""

from dataclasses import dataclass

from ledger.model.meanings import (
    Amount,
    Amount56,
    Commitment,
    Count8,
    Count32,
    DailyRate,
    Day,
    DayCount,
    Duties,
    Index32,
    Key,
    Multiplier,
    ParticipantId,
    Second40,
    VoucherId,
)
from ledger.model.structs import Struct

__all__ = [
    "BatchIssue",
    "InvoiceUse",
    "Part",
    "RuleSet",
    "Signer",
]


@dataclass(frozen=True, slots=True)
class Signer(Struct):
    """A key that may sign for a participant."""

    key: Key
    duty: Duties
    expiry: Second40
    certificate: Commitment


@dataclass(frozen=True, slots=True)
class RuleSet(Struct):
    """Dated rules; a payable keeps those in force on the day of its issue."""

    effective: Day
    tenor_days_max: DayCount
    offer_days: DayCount
    depth_max: Count8
    pieces_max: Count32
    piece_min: Amount56
    late_rate_daily: DailyRate
    overdue_multiplier: Multiplier
    registration_required: bool


@dataclass(frozen=True, slots=True)
class InvoiceUse(Struct):
    """An invoice and how much of it backs a payable."""

    fingerprint: Commitment
    total: Amount
    used: Amount


@dataclass(frozen=True, slots=True)
class Part(Struct):
    """A part of a transfer: an amount from the low end of a voucher, offered to a participant."""

    to: ParticipantId
    voucher: VoucherId
    amount: Amount
    evidence: Commitment


@dataclass(frozen=True, slots=True)
class BatchIssue(Struct):
    """One payable of a batch, a leaf of its tree; `index` keeps equal leaves apart."""

    index: Index32
    to: ParticipantId
    bank: ParticipantId
    face: Amount
    maturity: Day
    evidence: Commitment
    invoices: tuple[InvoiceUse, ...]
