"""Participants, their keys, rules, lines and freezes, as an audit replays them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from ledger.audit.authority import authorise, cosigned, digest_of, require_role
from ledger.audit.findings import Kind
from ledger.audit.registry_parts import Offices, Proposal, desks_of
from ledger.audit.scene import Handler, Scene
from ledger.audit.signers import Member, Threshold
from ledger.model.commands import (
    AddSigner,
    AddVersion,
    AdmitParticipant,
    PauseLedger,
    ProposeRecovery,
    RevokeSigner,
    SetThreshold,
    SuspendParticipant,
    VetoRecovery,
    VoidNonce,
)
from ledger.model.errors import ERRORS
from ledger.model.parts import Signer
from ledger.model.states import Role

__all__ = ["ADMINISTERING"]

_DELAY: Final = 7 * 86_400
_WINDOW: Final = 30 * 86_400
_SIGNERS_MAX: Final = 16
_ROLES_ALL: Final = (1 << 6) - 1
_INSTITUTION: Final = Role.BANK | Role.SETTLEMENT | Role.REGULATOR


def _admit(scene: Scene) -> None:
    given = scene.call.arguments
    command: AdmitParticipant = given["command"]
    signed = authorise(scene, command, given["approvals"])
    operator, register = command.participant, scene.register
    require_role(scene, operator, Role.OPERATOR)
    is_institution = bool(command.roles & (_INSTITUTION | Role.OPERATOR))
    roles = _INSTITUTION if is_institution else Role.BANK
    cosigners = [(command.cosigner, given["cosigned"])]
    if is_institution:
        cosigners.append((command.second_cosigner, given["second_cosigned"]))
    _cosign(scene, operator, roles, signed, cosigners)
    _require_proofs(scene, command.signers, signed, given["proofs"])
    if command.recovery_bank:
        require_role(scene, command.recovery_bank, Role.BANK)
    identity = command.identity
    is_known = 0 < command.roles <= _ROLES_ALL
    scene.require(is_known, "BadRoles", command.roles)
    is_new = any(identity) and identity not in register.identities
    scene.require(is_new, "IdentityTaken", identity, register.identities.get(identity, 0))
    number = len(register.members) + 1
    register.identities[identity] = number
    register.members[number] = Member(command.roles, command.recovery_bank)
    told = {"participant": number, "roles": command.roles, "identity": identity}
    bank = command.recovery_bank
    scene.tell(scene.world.registry, "ParticipantAdmitted", **told, recovery_bank=bank)
    _add_signers(scene, number, command.signers)
    _set_threshold(scene, number, command)


def _suspend(scene: Scene) -> None:
    command: SuspendParticipant = scene.call.arguments["command"]
    authorise(scene, command, scene.call.arguments["approvals"])
    require_role(scene, command.participant, Role.OPERATOR)
    scene.register.member(command.subject).is_suspended = command.suspended
    told = {"participant": command.subject, "suspended": command.suspended}
    registry, reason = scene.world.registry, command.reason
    scene.tell(registry, "ParticipantSuspensionSet", **told, reason=reason)


def _pause(scene: Scene) -> None:
    command: PauseLedger = scene.call.arguments["command"]
    authorise(scene, command, scene.call.arguments["approvals"])
    require_role(scene, command.participant, Role.OPERATOR)
    scene.register.is_paused = command.paused
    told = {"paused": command.paused, "reason": command.reason}
    scene.tell(scene.world.registry, "LedgerPauseSet", **told)


# ---- a participant's own keys


def _add_signer(scene: Scene) -> None:
    command: AddSigner = scene.call.arguments["command"]
    signed = authorise(scene, command, scene.call.arguments["approvals"])
    key, proof = command.signer.key, scene.call.arguments["proof"]
    if not scene.register.signed_by(key, signed, proof):
        scene.blame(Kind.AUTHORITY, [ERRORS["BadSigner"].of(0)])
    _add_signers(scene, command.participant, (command.signer,))


def _revoke_signer(scene: Scene) -> None:
    command: RevokeSigner = scene.call.arguments["command"]
    authorise(scene, command, scene.call.arguments["approvals"])
    member, number = scene.register.member(command.participant), command.participant
    if command.signer >= len(member.keys):
        raise ERRORS["UnknownSigner"].of(number, command.signer)
    key = member.keys[command.signer]
    is_live = command.signer >= member.first_signer and not key.is_revoked
    scene.require(is_live, "SignerRevoked", number, command.signer)
    key.is_revoked = True
    told = {"participant": number, "signer": command.signer, "reason": command.reason}
    scene.tell(scene.world.registry, "SignerEnded", **told)


def _threshold(scene: Scene) -> None:
    command: SetThreshold = scene.call.arguments["command"]
    authorise(scene, command, scene.call.arguments["approvals"])
    _set_threshold(scene, command.participant, command)


def _void_nonce(scene: Scene) -> None:
    command: VoidNonce = scene.call.arguments["command"]
    authorise(scene, command, scene.call.arguments["approvals"])
    number, nonce = command.participant, command.voided
    scene.blame(Kind.AUTHORITY, scene.register.take_nonce(number, nonce))
    scene.tell(scene.world.registry, "NonceVoided", participant=number, nonce=nonce)


# ---- recovery of lost keys


def _propose_recovery(scene: Scene) -> None:
    given = scene.call.arguments
    command: ProposeRecovery = given["command"]
    signed = authorise(scene, command, given["approvals"])
    require_role(scene, command.participant, Role.OPERATOR)
    subject = command.subject
    bank = scene.register.member(subject).recovery_bank
    _cosign(scene, command.participant, Role.BANK, signed, [(bank, given["cosigned"])])
    _require_proofs(scene, command.signers, signed, given["proofs"])
    effective = scene.second + _DELAY
    scene.own(Offices).recoveries[subject] = Proposal(command, signed, effective)
    told = {"participant": subject, "digest": signed, "effective": effective}
    scene.tell(scene.desk, "RecoveryProposed", **told)


def _veto_recovery(scene: Scene) -> None:
    command: VetoRecovery = scene.call.arguments["command"]
    authorise(scene, command, scene.call.arguments["approvals"])
    proposed = scene.own(Offices).recoveries.pop(command.participant, None)
    if proposed is None:
        raise ERRORS["RecoveryNotProposed"].of(command.participant)
    told = {"participant": command.participant, "digest": proposed.digest}
    scene.tell(scene.desk, "RecoveryVetoed", **told)


def _complete_recovery(scene: Scene) -> None:
    command: ProposeRecovery = scene.call.arguments["command"]
    subject, signed = command.subject, digest_of(scene, command)
    proposed = scene.own(Offices).recoveries.pop(subject, None)
    is_proposed = proposed is not None and proposed.digest == signed
    scene.require(is_proposed, "RecoveryNotProposed", subject)
    effective = proposed.effective if proposed is not None else 0
    is_late = scene.second >= effective
    scene.require(is_late, "RecoveryTooEarly", subject, effective, scene.second)
    member = scene.register.member(subject)
    member.first_signer = len(member.keys)
    _add_signers(scene, subject, command.signers)
    told = {"participant": subject, "first_signer": member.first_signer}
    scene.tell(scene.world.registry, "SignersReplaced", **told)
    _set_threshold(scene, subject, command)
    scene.tell(scene.desk, "RecoveryCompleted", participant=subject, digest=signed)


# ---- ledger versions


def _propose_version(scene: Scene) -> None:
    given = scene.call.arguments
    command: AddVersion = given["command"]
    signed = authorise(scene, command, given["approvals"])
    require_role(scene, command.participant, Role.OPERATOR)
    cosigners = [(command.bank, given["cosigned"])]
    cosigners.append((command.second_bank, given["second_cosigned"]))
    _cosign(scene, command.participant, Role.BANK, signed, cosigners)
    effective = scene.second + _DELAY
    scene.own(Offices).versions[signed] = Proposal(command, signed, effective)
    told = {"digest": signed, "desks": desks_of(command), "effective": effective}
    scene.tell(scene.desk, "VersionProposed", **told)


def _complete_version(scene: Scene) -> None:
    command: AddVersion = scene.call.arguments["command"]
    signed, register = digest_of(scene, command), scene.register
    proposed = scene.own(Offices).versions.pop(signed, None)
    effective = proposed.effective if proposed is not None else 0
    is_standing = proposed is not None and scene.second <= effective + _WINDOW
    scene.require(is_standing, "VersionNotProposed", signed)
    is_late = scene.second >= effective
    scene.require(is_late, "VersionTooEarly", effective, scene.second)
    register.versions += _versions_taken(scene)
    for desk in desks_of(command):
        if desk not in register.desks:
            register.desks[desk] = register.versions
            told = {"desk": desk, "version": register.versions}
            scene.tell(scene.world.registry, "DeskAdded", **told)


# ---- private


def _versions_taken(scene: Scene) -> int:
    """How many versions there are more: one, and those that brought no new desk before it.

    They left no event. As many may have been completed as wait with nothing but known desks.
    """
    register, waiting = scene.register, scene.own(Offices).versions.values()
    told = [one.values["version"] for one in scene.events if one.name == "DeskAdded"]
    taken = min((one for one in told if one > register.versions), default=0) - register.versions
    most = 1 + sum(
        one.effective <= scene.second and set(desks_of(one.command)) <= set(register.desks)
        for one in waiting
    )
    return taken if 1 < taken <= most else 1


def _cosign(
    scene: Scene, actor: int, roles: int, signed: bytes, cosigners: Sequence[tuple[int, bytes]]
) -> None:
    """Co-signers are others than the actor and than one another."""
    seen = {actor}
    for cosigner, approvals in cosigners:
        if cosigner in seen:
            scene.blame(Kind.AUTHORITY, [ERRORS["SameCosigner"].of(cosigner)])
        seen.add(cosigner)
        cosigned(scene, cosigner, roles, signed, approvals)


def _require_proofs(
    scene: Scene, signers: Sequence[Signer], signed: bytes, proofs: Sequence[bytes]
) -> None:
    """Each new key signs its own registration."""
    scene.require(0 < len(signers) <= _SIGNERS_MAX, "TooManySigners", len(signers), _SIGNERS_MAX)
    for number, signer in enumerate(signers):
        proof = proofs[number] if number < len(proofs) else b""
        if not scene.register.signed_by(signer.key, signed, proof):
            scene.blame(Kind.AUTHORITY, [ERRORS["BadSigner"].of(number)])


def _add_signers(scene: Scene, participant: int, signers: Iterable[Signer]) -> None:
    for signer in signers:
        number = len(scene.register.member(participant).keys)
        scene.blame(Kind.RULE, scene.register.add_key(participant, signer))
        scene.tell(
            scene.world.registry,
            "SignerAdded",
            participant=participant,
            signer=number,
            key=signer.key,
            duty=signer.duty,
            expiry=signer.expiry,
            certificate=signer.certificate,
        )


def _set_threshold(
    scene: Scene, participant: int, command: AdmitParticipant | SetThreshold | ProposeRecovery
) -> None:
    low, high = command.threshold_low, command.threshold_high
    threshold = Threshold(low, high, command.high_from)
    found = scene.register.set_threshold(participant, threshold, scene.second)
    scene.blame(Kind.RULE, found)
    kept = scene.register.member(participant).high_from
    told = {"participant": participant, "low": low, "high": high, "high_from": kept}
    scene.tell(scene.world.registry, "ThresholdSet", **told)


ADMINISTERING: Final[Mapping[str, Handler]] = {
    "Administration.admit": _admit,
    "Administration.suspend": _suspend,
    "Administration.pause": _pause,
    "Administration.addSigner": _add_signer,
    "Administration.revokeSigner": _revoke_signer,
    "Administration.setThreshold": _threshold,
    "Administration.voidNonce": _void_nonce,
    "Administration.proposeRecovery": _propose_recovery,
    "Administration.vetoRecovery": _veto_recovery,
    "Administration.completeRecovery": _complete_recovery,
    "Administration.proposeVersion": _propose_version,
    "Administration.completeVersion": _complete_version,
}
