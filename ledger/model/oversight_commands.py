"""Commands of regulator and banks: freezes, limits, rules and holidays."""

from dataclasses import dataclass
from typing import ClassVar

from ledger.model.meanings import (
    Amount,
    Bitmap,
    Commitment,
    Day,
    Index8,
    Nonce,
    ParticipantId,
    PayableId,
    Position,
    Second,
)
from ledger.model.parts import RuleSet
from ledger.model.structs import Command

__all__ = [
    "FreezeParticipant",
    "FreezeRange",
    "SetHolidays",
    "SetLimit",
    "SetRules",
    "UnfreezeParticipant",
    "UnfreezeRange",
]


@dataclass(frozen=True, slots=True)
class FreezeRange(Command):
    """The regulator freezes a range of a payable under a case number."""

    desk: ClassVar[str] = "Oversight"

    participant: ParticipantId
    payable_id: PayableId
    start: Position
    end: Position
    case_commitment: Commitment
    review_day: Day
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class UnfreezeRange(Command):
    """The regulator ends a freeze of a range."""

    desk: ClassVar[str] = "Oversight"

    participant: ParticipantId
    payable_id: PayableId
    freeze: Index8
    case_commitment: Commitment
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class FreezeParticipant(Command):
    """The regulator freezes everything a participant holds."""

    desk: ClassVar[str] = "Oversight"

    participant: ParticipantId
    subject: ParticipantId
    case_commitment: Commitment
    review_day: Day
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class UnfreezeParticipant(Command):
    """The regulator ends the freeze of a participant."""

    desk: ClassVar[str] = "Oversight"

    participant: ParticipantId
    subject: ParticipantId
    case_commitment: Commitment
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class SetLimit(Command):
    """A bank sets how much an obligor may have outstanding on its line."""

    desk: ClassVar[str] = "Exposure"

    participant: ParticipantId
    obligor: ParticipantId
    amount: Amount
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class SetRules(Command):
    """The operator and a bank append rules with their effective day."""

    desk: ClassVar[str] = "Rules"

    participant: ParticipantId
    bank: ParticipantId
    rules: RuleSet
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class SetHolidays(Command):
    """The operator and a bank set the holidays among 256 days, one bit a day."""

    desk: ClassVar[str] = "Rules"

    participant: ParticipantId
    bank: ParticipantId
    first_day: Day
    holidays: Bitmap
    nonce: Nonce
    deadline: Second
