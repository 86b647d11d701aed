// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Act} from "../interfaces/IParticipants.sol";
import {IAdministration} from "../interfaces/IAdministration.sol";
import {AdminHashes} from "../libraries/AdminHashes.sol";
import {KeyKind, Keys} from "../libraries/Keys.sol";
import {Authority} from "./Authority.sol";
import {
    Level, ROLE_BANK, ROLE_ISSUER, ROLE_OPERATOR, ROLE_REGULATOR, ROLE_SETTLEMENT, ROLE_SUPPLIER
} from "../types/Records.sol";
import {NOBODY, ParticipantId} from "../types/Ids.sol";
import {
    AddSigner, AddVersion, AdmitParticipant, PauseLedger, ProposeRecovery, RevokeSigner, SetThreshold, Signer,
    SuspendParticipant, VetoRecovery, VoidNonce
} from "../types/AdminCommands.sol";
import {
    BadRoles, BadSigner, BadThreshold, IdentityTaken, InvalidSignature, MissingRole, NonceUsed, RecoveryNotProposed,
    RecoveryPending, RecoveryTooEarly, SameCosigner, SignerRevoked, TooManySigners, UnknownSigner, VersionNotProposed,
    VersionTooEarly
} from "../types/Errors.sol";

/// @notice What is admitted: at genesis by nobody's signature, later by a command's.
struct Founder {
    uint16 roles;
    bytes32 identity;
    ParticipantId recoveryBank;
    uint8 thresholdLow;
    uint8 thresholdHigh;
    uint64 highFrom;
    Signer[] signers;
}

/// @notice A verifier contract that signers' keys may name.
struct Verifier {
    address account;
    KeyKind kind;
}

/// @notice Participants and their keys. The operator admits and suspends; it can never act for anybody.
contract Participants is Authority, EIP712, IAdministration {
    using Keys for Keys.Ring;

    uint256 public constant RECOVERY_DELAY = 7 days;
    uint256 public constant VERSION_DELAY = 7 days;

    uint16 private constant ROLES_INSTITUTION = ROLE_BANK | ROLE_SETTLEMENT | ROLE_REGULATOR;
    uint16 private constant ROLES_ALL = ROLES_INSTITUTION | ROLE_ISSUER | ROLE_SUPPLIER | ROLE_OPERATOR;
    uint256 private constant SIGNERS_MAX = 255;

    struct Recovery {
        bytes32 digest;
        uint64 effective;
    }

    mapping(bytes32 identity => ParticipantId) public participantOf;
    mapping(ParticipantId => Recovery) public recoveryOf;
    mapping(bytes32 digest => uint64 effective) public versionEffective;

    /// @param founders the first participants, each an ABI-encoded `Founder`
    constructor(bytes[] memory founders, address[] memory desks, Verifier[] memory verifiers) EIP712("Fenbook", "1") {
        for (uint256 i; i < verifiers.length; ++i) {
            _ring.verifiers[verifiers[i].account] = verifiers[i].kind;
        }
        _addDesks(desks);
        for (uint256 i; i < founders.length; ++i) {
            _admit(abi.decode(founders[i], (Founder)));
        }
    }

    // ---- admission

    /// @inheritdoc IAdministration
    function admit(
        AdmitParticipant calldata command,
        bytes[] calldata approvals,
        bytes[] calldata cosigned,
        bytes[] calldata secondCosigned,
        bytes[] calldata proofs
    ) external {
        bytes32 digest = _act(command.participant, AdminHashes.hash(command), command.nonce, command.deadline, approvals);
        _requireRole(command.participant, ROLE_OPERATOR);
        bool institution = command.roles & (ROLES_INSTITUTION | ROLE_OPERATOR) != 0;
        uint16 cosigners = institution ? ROLES_INSTITUTION : ROLE_BANK;
        _requireRole(command.cosigner, cosigners);
        _requireCosigned(command.cosigner, digest, cosigned);
        if (institution) {
            bool same = command.secondCosigner == command.cosigner || command.secondCosigner == command.participant;
            if (same) revert SameCosigner(command.secondCosigner);
            _requireRole(command.secondCosigner, cosigners);
            _requireCosigned(command.secondCosigner, digest, secondCosigned);
        }
        if (command.cosigner == command.participant) revert SameCosigner(command.cosigner);
        _requireProofs(command.signers, digest, proofs);
        if (command.recoveryBank != NOBODY) _requireRole(command.recoveryBank, ROLE_BANK);
        _admit(
            Founder(
                command.roles,
                command.identity,
                command.recoveryBank,
                command.thresholdLow,
                command.thresholdHigh,
                command.highFrom,
                command.signers
            )
        );
    }

    /// @inheritdoc IAdministration
    function suspend(SuspendParticipant calldata command, bytes[] calldata approvals) external {
        _act(command.participant, AdminHashes.hash(command), command.nonce, command.deadline, approvals);
        _requireRole(command.participant, ROLE_OPERATOR);
        _member(command.subject);
        _members[command.subject].suspended = command.suspended;
        emit ParticipantSuspensionSet(command.subject, command.suspended, command.reason);
    }

    /// @inheritdoc IAdministration
    function pause(PauseLedger calldata command, bytes[] calldata approvals) external {
        _act(command.participant, AdminHashes.hash(command), command.nonce, command.deadline, approvals);
        _requireRole(command.participant, ROLE_OPERATOR);
        _paused = command.paused;
        emit LedgerPauseSet(command.paused, command.reason);
    }

    // ---- a participant's own keys

    /// @inheritdoc IAdministration
    function addSigner(AddSigner calldata command, bytes[] calldata approvals, bytes calldata proof) external {
        bytes32 digest = _act(command.participant, AdminHashes.hash(command), command.nonce, command.deadline, approvals);
        Member memory member = _members[command.participant];
        if (!_ring.signedBy(command.signer.key, digest, proof)) revert InvalidSignature(command.participant, member.signers);
        _addSigner(command.participant, member, command.signer);
        _members[command.participant] = member;
    }

    /// @inheritdoc IAdministration
    function revokeSigner(RevokeSigner calldata command, bytes[] calldata approvals) external {
        _act(command.participant, AdminHashes.hash(command), command.nonce, command.deadline, approvals);
        Member memory member = _members[command.participant];
        Keys.Key storage key = _ring.keys[command.participant][command.signer];
        if (command.signer >= member.signers) revert UnknownSigner(command.participant, command.signer);
        if (key.revoked || command.signer < member.firstSigner) revert SignerRevoked(command.participant, command.signer);
        key.revoked = true;
        emit SignerEnded(command.participant, command.signer, command.reason);
    }

    /// @inheritdoc IAdministration
    function setThreshold(SetThreshold calldata command, bytes[] calldata approvals) external {
        _act(command.participant, AdminHashes.hash(command), command.nonce, command.deadline, approvals);
        Member memory member = _members[command.participant];
        _setThreshold(command.participant, member, command.thresholdLow, command.thresholdHigh, command.highFrom);
        _members[command.participant] = member;
    }

    /// @inheritdoc IAdministration
    function voidNonce(VoidNonce calldata command, bytes[] calldata approvals) external {
        bytes32 digest = _hashTypedDataV4(AdminHashes.hash(command));
        _authorise(Act(command.participant, digest, command.nonce, command.deadline, 0, Level.One, false), approvals);
        _requireUnused(command.participant, command.voided);
        _nonces[command.participant][command.voided >> 8] |= 1 << (command.voided & 0xff);
        emit NonceVoided(command.participant, command.voided);
    }

    // ---- recovery of lost keys

    /// @inheritdoc IAdministration
    function proposeRecovery(
        ProposeRecovery calldata command, bytes[] calldata approvals, bytes[] calldata cosigned, bytes[] calldata proofs
    ) external {
        bytes32 digest = _act(command.participant, AdminHashes.hash(command), command.nonce, command.deadline, approvals);
        _requireRole(command.participant, ROLE_OPERATOR);
        Member memory member = _member(command.subject);
        if (command.participant == member.recoveryBank) revert SameCosigner(command.participant);
        _requireCosigned(member.recoveryBank, digest, cosigned);
        _requireProofs(command.signers, digest, proofs);
        Recovery storage recovery = recoveryOf[command.subject];
        if (recovery.digest != 0) revert RecoveryPending(command.subject, recovery.effective);
        recovery.digest = digest;
        recovery.effective = uint64(block.timestamp + RECOVERY_DELAY);
        emit RecoveryProposed(command.subject, digest, recovery.effective);
    }

    /// @inheritdoc IAdministration
    function vetoRecovery(VetoRecovery calldata command, bytes[] calldata approvals) external {
        bytes32 digest = _hashTypedDataV4(AdminHashes.hash(command));
        _authorise(Act(command.participant, digest, command.nonce, command.deadline, 0, Level.One, false), approvals);
        bytes32 proposed = recoveryOf[command.participant].digest;
        if (proposed == 0) revert RecoveryNotProposed(command.participant);
        delete recoveryOf[command.participant];
        emit RecoveryVetoed(command.participant, proposed);
    }

    /// @inheritdoc IAdministration
    function completeRecovery(ProposeRecovery calldata command) external {
        Recovery memory recovery = recoveryOf[command.subject];
        bytes32 digest = _hashTypedDataV4(AdminHashes.hash(command));
        if (recovery.digest != digest) revert RecoveryNotProposed(command.subject);
        if (block.timestamp < recovery.effective) {
            revert RecoveryTooEarly(command.subject, recovery.effective, block.timestamp);
        }
        delete recoveryOf[command.subject];
        Member memory member = _members[command.subject];
        member.firstSigner = member.signers;
        _addSigners(command.subject, member, command.signers);
        _setThreshold(command.subject, member, command.thresholdLow, command.thresholdHigh, command.highFrom);
        _members[command.subject] = member;
        emit RecoveryCompleted(command.subject, digest);
    }

    // ---- ledger versions

    /// @inheritdoc IAdministration
    function proposeVersion(
        AddVersion calldata command,
        bytes[] calldata approvals,
        bytes[] calldata cosigned,
        bytes[] calldata secondCosigned
    ) external {
        bytes32 digest = _act(command.participant, AdminHashes.hash(command), command.nonce, command.deadline, approvals);
        _requireRole(command.participant, ROLE_OPERATOR);
        if (command.bank == command.secondBank) revert SameCosigner(command.bank);
        _requireRole(command.bank, ROLE_BANK);
        _requireRole(command.secondBank, ROLE_BANK);
        _requireCosigned(command.bank, digest, cosigned);
        _requireCosigned(command.secondBank, digest, secondCosigned);
        versionEffective[digest] = uint64(block.timestamp + VERSION_DELAY);
        emit VersionProposed(digest, command.desks, versionEffective[digest]);
    }

    /// @inheritdoc IAdministration
    function completeVersion(AddVersion calldata command) external {
        bytes32 digest = _hashTypedDataV4(AdminHashes.hash(command));
        uint64 effective = versionEffective[digest];
        if (effective == 0) revert VersionNotProposed(digest);
        if (block.timestamp < effective) revert VersionTooEarly(effective, block.timestamp);
        delete versionEffective[digest];
        _addDesks(command.desks);
    }

    // ---- private

    function _act(
        ParticipantId participant, bytes32 structHash, uint256 nonce, uint64 deadline, bytes[] calldata approvals
    ) private returns (bytes32 digest) {
        digest = _hashTypedDataV4(structHash);
        _authorise(Act(participant, digest, nonce, deadline, 0, Level.Highest, false), approvals);
    }

    function _requireRole(ParticipantId participant, uint16 role) private view {
        if (_members[participant].roles & role == 0) revert MissingRole(participant, role);
    }

    function _requireProofs(Signer[] calldata signers, bytes32 digest, bytes[] calldata proofs) private view {
        if (signers.length == 0 || signers.length > APPROVALS_MAX) revert TooManySigners(signers.length, APPROVALS_MAX);
        for (uint256 i; i < signers.length; ++i) {
            if (i >= proofs.length || !_ring.signedBy(signers[i].key, digest, proofs[i])) revert BadSigner(i);
        }
    }

    function _admit(Founder memory admitted) private {
        if (admitted.roles == 0 || admitted.roles & ~ROLES_ALL != 0) revert BadRoles(admitted.roles);
        bytes32 identity = admitted.identity;
        if (participantOf[identity] != NOBODY || identity == 0) revert IdentityTaken(identity, participantOf[identity]);
        ParticipantId participant = ParticipantId.wrap(++_count);
        participantOf[identity] = participant;
        Member memory member;
        (member.roles, member.recoveryBank) = (admitted.roles, admitted.recoveryBank);
        emit ParticipantAdmitted(participant, member.roles, identity, member.recoveryBank);
        _addSigners(participant, member, admitted.signers);
        _setThreshold(participant, member, admitted.thresholdLow, admitted.thresholdHigh, admitted.highFrom);
        _members[participant] = member;
    }

    function _addSigners(ParticipantId participant, Member memory member, Signer[] memory signers) private {
        for (uint256 i; i < signers.length; ++i) {
            _addSigner(participant, member, signers[i]);
        }
    }

    function _addSigner(ParticipantId participant, Member memory member, Signer memory signer) private {
        if (member.signers == SIGNERS_MAX) revert TooManySigners(uint256(member.signers) + 1, SIGNERS_MAX);
        uint8 index = member.signers++;
        _ring.add(participant, index, signer);
        emit SignerAdded(participant, index, signer.key, signer.duty, signer.expiry, signer.certificate);
    }

    function _setThreshold(ParticipantId participant, Member memory member, uint8 low, uint8 high, uint64 highFrom)
        private
    {
        uint256 signers = uint256(member.signers) - member.firstSigner;
        if (low == 0 || high < low || high > signers || high > APPROVALS_MAX) revert BadThreshold(low, high, signers);
        (member.thresholdLow, member.thresholdHigh, member.highFrom) = (low, high, highFrom);
        emit ThresholdSet(participant, low, high, highFrom);
    }

    function _addDesks(address[] memory desks) private {
        ++_versions;
        for (uint256 i; i < desks.length; ++i) {
            _addDesk(desks[i]);
        }
    }

    /// @dev A desk stays with the version it came with.
    function _addDesk(address desk) private {
        if (versionOf[desk] != 0) return;
        versionOf[desk] = _versions;
        emit DeskAdded(desk, _versions);
    }
}
