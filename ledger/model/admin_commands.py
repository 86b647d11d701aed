"""Commands that administer participants, their keys and the ledger's versions."""

from dataclasses import dataclass
from typing import ClassVar

from ledger.model.meanings import (
    Address,
    Amount,
    Commitment,
    Count8,
    Index8,
    Nonce,
    ParticipantId,
    Roles,
    Second,
)
from ledger.model.parts import Signer
from ledger.model.structs import Command

__all__ = [
    "AddSigner",
    "AddVersion",
    "AdmitParticipant",
    "PauseLedger",
    "ProposeRecovery",
    "RevokeSigner",
    "SetThreshold",
    "SuspendParticipant",
    "VetoRecovery",
    "VoidNonce",
]


@dataclass(frozen=True, slots=True)
class AdmitParticipant(Command):
    """Admit an organisation with its first signers; later only its own threshold changes them."""

    desk: ClassVar[str] = "Administration"

    participant: ParticipantId
    cosigner: ParticipantId
    second_cosigner: ParticipantId
    roles: Roles
    identity: Commitment
    recovery_bank: ParticipantId
    threshold_low: Count8
    threshold_high: Count8
    high_from: Amount
    signers: tuple[Signer, ...]
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class SuspendParticipant(Command):
    """The operator suspends a participant or lifts its suspension."""

    desk: ClassVar[str] = "Administration"

    participant: ParticipantId
    subject: ParticipantId
    suspended: bool
    reason: Commitment
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class AddSigner(Command):
    """A participant adds a key; the new key signs as well."""

    desk: ClassVar[str] = "Administration"

    participant: ParticipantId
    signer: Signer
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class RevokeSigner(Command):
    """A participant takes a key out of use."""

    desk: ClassVar[str] = "Administration"

    participant: ParticipantId
    signer: Index8
    reason: Commitment
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class SetThreshold(Command):
    """A participant sets how many signers its acts need, and from which amount on more."""

    desk: ClassVar[str] = "Administration"

    participant: ParticipantId
    threshold_low: Count8
    threshold_high: Count8
    high_from: Amount
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class VoidNonce(Command):
    """A participant makes a command it may have signed under this nonce void."""

    desk: ClassVar[str] = "Administration"

    participant: ParticipantId
    voided: Nonce
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class ProposeRecovery(Command):
    """The operator and the recovery bank propose new keys for a participant that lost its own."""

    desk: ClassVar[str] = "Administration"

    participant: ParticipantId
    subject: ParticipantId
    threshold_low: Count8
    threshold_high: Count8
    high_from: Amount
    signers: tuple[Signer, ...]
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class VetoRecovery(Command):
    """A participant stops the replacement of its keys."""

    desk: ClassVar[str] = "Administration"

    participant: ParticipantId
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class PauseLedger(Command):
    """The operator pauses new business on the ledger or resumes it."""

    desk: ClassVar[str] = "Administration"

    participant: ParticipantId
    paused: bool
    reason: Commitment
    nonce: Nonce
    deadline: Second


@dataclass(frozen=True, slots=True)
class AddVersion(Command):
    """The operator and two banks add the desks of a new ledger version."""

    desk: ClassVar[str] = "Administration"

    participant: ParticipantId
    bank: ParticipantId
    second_bank: ParticipantId
    desks: tuple[Address, ...]
    nonce: Nonce
    deadline: Second
