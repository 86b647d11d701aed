"""Who may sign for whom, second by second: signers then registered, thresholds, nonces, days."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import reduce
from operator import or_
from typing import Final

from ledger.chain.keys import signed_by_account
from ledger.chain.typed_data import keccak
from ledger.model.days import day_of_second
from ledger.model.errors import ERRORS, LedgerError
from ledger.model.parts import Signer
from ledger.model.states import Duty
from ledger.records import verification

__all__ = ["Act", "Key", "Level", "Member", "Register", "Threshold", "approvals_of"]

_DEADLINE_MAX: Final = 7 * 86_400
_APPROVALS_MAX: Final = 16
_AMOUNT_MAX: Final = 2**48 - 1
_SIGNERS_MAX: Final = 255

_VERIFIED: Final = {
    1: verification.signed_by_curve,
    2: verification.signed_by_passkey,
    3: verification.signed_by_certificate,
}
"""How a key under a verifier is checked, by the kind of key that the verifier takes."""


class Level(Enum):
    """How many signers an act needs."""

    ONE = auto()
    AMOUNT = auto()
    HIGHEST = auto()


@dataclass(frozen=True, slots=True)
class Act:
    """What the registry is asked to authorise."""

    participant: int
    digest: bytes
    nonce: int
    deadline: int
    amount: int
    level: Level
    is_stoppable: bool


@dataclass(slots=True)
class Key:
    """A registered key."""

    key: bytes
    duty: int
    expiry: int
    is_revoked: bool = False

    def is_usable(self, second: int) -> bool:
        """Whether it may sign at a second."""
        return not self.is_revoked and (not self.expiry or second < self.expiry)


@dataclass(frozen=True, slots=True)
class Threshold:
    """How many signers an act needs, and from which amount in a day on more."""

    low: int
    high: int
    high_from: int


@dataclass(slots=True)
class Member:
    """A participant as its events have made it."""

    roles: int
    recovery_bank: int
    keys: list[Key] = field(default_factory=list)
    first_signer: int = 0
    low: int = 0
    high: int = 0
    high_from: int = 0
    is_suspended: bool = False
    freezes: int = 0
    frozen_at: int = 0
    committed: int = 0
    day: int = 0

    def committed_on(self, day: int) -> int:
        """What was committed on a business day."""
        return self.committed if self.day == day else 0

    def commit(self, day: int, amount: int) -> None:
        """Note what a business day has committed."""
        self.committed, self.day = min(amount, _AMOUNT_MAX), day

    def required(self, level: Level, amount: int) -> int:
        """How many signers an act needs."""
        if level is Level.ONE:
            return 1
        is_high = level is Level.HIGHEST or amount >= self.high_from
        return self.high if is_high else self.low


@dataclass(slots=True)
class Register:
    """Participants, their keys and what they have signed for."""

    members: dict[int, Member] = field(default_factory=dict)
    identities: dict[bytes, int] = field(default_factory=dict)
    nonces: dict[int, set[int]] = field(default_factory=dict)
    foreign_nonces: set[tuple[int, int]] = field(default_factory=set)
    """Participants and nonces that commands to other contracts have taken."""
    verifiers: dict[bytes, int] = field(default_factory=dict)
    desks: dict[str, int] = field(default_factory=dict)
    """Ledger versions by the address of their desks."""
    versions: int = 0
    is_paused: bool = False

    def member(self, participant: int) -> Member:
        """A participant; refuses an unknown one."""
        if participant not in self.members:
            raise ERRORS["UnknownParticipant"].of(participant)
        return self.members[participant]

    def roles(self, participant: int) -> int:
        """Roles of a participant; 0 of an unknown one."""
        found = self.members.get(participant)
        return found.roles if found else 0

    # ---- authority

    def authorise(self, act: Act, approvals: bytes, second: int) -> Iterator[LedgerError]:
        """Take an act's nonce and commit its amount; yields what the registry had to refuse."""
        member = self.member(act.participant)
        yield from _untimely(act, second)
        if act.deadline > second + _DEADLINE_MAX:
            yield ERRORS["DeadlineTooFar"].of(act.deadline, second + _DEADLINE_MAX)
        yield from self.take_nonce(act.participant, act.nonce)
        if act.is_stoppable:
            yield from self.stopped(act.participant)
        amount = act.amount
        if amount and act.level is Level.AMOUNT:
            today = day_of_second(second)
            amount += member.committed_on(today)
            member.commit(today, amount)
        required = member.required(act.level, amount)
        yield from self._unapproved(act, required, approvals, second)

    def use_standing(
        self, act: Act, used: int, approvals: bytes, second: int
    ) -> Iterator[LedgerError]:
        """Use a part of a standing offer; it takes no nonce, but a void one ends it."""
        member = self.member(act.participant)
        yield from _untimely(act, second)
        if act.nonce in self.nonces.get(act.participant, ()):
            yield ERRORS["NonceUsed"].of(act.participant, act.nonce)
        yield from self.stopped(act.participant)
        today = day_of_second(second)
        total = used + member.committed_on(today)
        member.commit(today, total)
        required = member.required(act.level, max(act.amount, total))
        yield from self._unapproved(act, required, approvals, second)

    def cosigned(
        self, participant: int, digest: bytes, approvals: bytes, second: int
    ) -> Iterator[LedgerError]:
        """Whether the highest threshold of another participant has approved a digest too."""
        act = Act(participant, digest, 0, 0, 0, Level.HIGHEST, is_stoppable=False)
        yield from self._unapproved(act, self.member(participant).high, approvals, second)

    def take_nonce(self, participant: int, nonce: int) -> Iterator[LedgerError]:
        """Take a nonce for good."""
        used = self.nonces.setdefault(participant, set())
        if nonce in used:
            yield ERRORS["NonceUsed"].of(participant, nonce)
        used.add(nonce)

    def stopped(self, participant: int) -> Iterator[LedgerError]:
        """What stops a participant's acts."""
        member = self.member(participant)
        if self.is_paused:
            yield ERRORS["LedgerPaused"].of()
        if member.is_suspended:
            yield ERRORS["ParticipantSuspended"].of(participant)
        if member.freezes:
            yield ERRORS["ParticipantFrozen"].of(participant)

    def signed_by(self, key: bytes, digest: bytes, signature: bytes) -> bool:
        """Whether a key, registered or not, signed a digest."""
        if len(key) == 20:
            return signed_by_account(key, digest, signature)
        verify = _VERIFIED.get(self.kind(key))
        return verify is not None and verify(key[20:], digest, signature)

    # ---- keys

    def kind(self, key: bytes) -> int:
        """What kind of key it is: 0 an account, else what its verifier takes."""
        return self.verifiers.get(key[:20], 0) if len(key) > 20 else 0

    def add_key(self, participant: int, signer: Signer) -> Iterator[LedgerError]:
        """Register a key under the next number."""
        member = self.member(participant)
        known = {self._normalised(one.key) for one in member.keys}
        normalised = self._normalised(signer.key)
        if normalised in known:
            yield ERRORS["SignerKeyTaken"].of(participant, keccak(normalised))
        if len(signer.key) > 20 and signer.key[:20] not in self.verifiers:
            yield ERRORS["UnknownVerifier"].of(signer.key[:20])
        if not Duty.MAKER <= signer.duty <= Duty.MAKER | Duty.CHECKER or len(signer.key) < 20:
            yield ERRORS["BadSigner"].of(len(member.keys))
        if len(member.keys) == _SIGNERS_MAX:
            yield ERRORS["TooManySigners"].of(len(member.keys) + 1, _SIGNERS_MAX)
        member.keys.append(Key(signer.key, signer.duty, signer.expiry))

    def set_threshold(
        self, participant: int, threshold: Threshold, second: int
    ) -> Iterator[LedgerError]:
        """Set how many signers acts need; those who may sign now must be able to reach it."""
        member, low, high = self.member(participant), threshold.low, threshold.high
        usable = [key.duty for key in member.keys[member.first_signer :] if key.is_usable(second)]
        duties = reduce(or_, usable, 0)
        is_checked = high == 1 or bool(duties & Duty.CHECKER)
        is_reachable = high <= min(len(usable), _APPROVALS_MAX) and bool(duties & Duty.MAKER)
        if not (0 < low <= high and is_reachable and is_checked):
            yield ERRORS["BadThreshold"].of(low, high, len(usable))
        member.low, member.high = low, high
        member.high_from = min(threshold.high_from, _AMOUNT_MAX)

    # ---- private

    def _normalised(self, key: bytes) -> bytes:
        """One private key has one form, whatever verifier its public key comes under."""
        if len(key) == 20:
            return key
        return verification.normalised(self.kind(key), key[20:])

    def _unapproved(
        self, act: Act, required: int, approvals: bytes, second: int
    ) -> Iterator[LedgerError]:
        """What is wrong with the approvals of an act: who signs, with which key, in which duty."""
        member, number = self.member(act.participant), act.participant
        given = approvals_of(approvals)
        if given is None:
            yield ERRORS["ApprovalsMalformed"].of(number)
            return
        if len(given) > _APPROVALS_MAX:
            yield ERRORS["TooManySigners"].of(len(given), _APPROVALS_MAX)
        duties, last = 0, -1
        for index, signature in given:
            if index <= last:
                yield ERRORS["SignersUnordered"].of(number, index)
            last = index
            if index >= len(member.keys):
                yield ERRORS["UnknownSigner"].of(number, index)
                continue
            yield from self._unsigned(act, index, signature, second)
            duties |= member.keys[index].duty
        if len(given) < required:
            yield ERRORS["SignersTooFew"].of(number, required, len(given))
        if act.level is not Level.ONE and not duties & Duty.MAKER:
            yield ERRORS["MakerMissing"].of(number)
        if act.level is not Level.ONE and required > 1 and not duties & Duty.CHECKER:
            yield ERRORS["CheckerMissing"].of(number)

    def _unsigned(
        self, act: Act, index: int, signature: bytes, second: int
    ) -> Iterator[LedgerError]:
        """What is wrong with one approval."""
        member, number = self.member(act.participant), act.participant
        key = member.keys[index]
        if key.is_revoked or index < member.first_signer:
            yield ERRORS["SignerRevoked"].of(number, index)
        if key.expiry and second >= key.expiry:
            yield ERRORS["SignerExpired"].of(number, index, key.expiry)
        if not self.signed_by(key.key, act.digest, signature):
            yield ERRORS["InvalidSignature"].of(number, index)


def approvals_of(packed: bytes) -> Sequence[tuple[int, bytes]] | None:
    """Signers by number with their signatures; None where the bytes are no approvals."""
    found, place = [], 0
    while place < len(packed):
        end = place + 3 + int.from_bytes(packed[place + 1 : place + 3], "big")
        if place + 3 > len(packed) or end > len(packed):
            return None
        found.append((packed[place], packed[place + 3 : end]))
        place = end
    return found


def _untimely(act: Act, second: int) -> Iterator[LedgerError]:
    if second > act.deadline:
        yield ERRORS["DeadlinePassed"].of(act.deadline, second)
