// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AdminHashes} from "../libraries/AdminHashes.sol";
import {Admitted, IParticipants} from "../interfaces/IParticipants.sol";
import {Desk} from "./Desk.sol";
import {
    Level, ROLE_BANK, ROLE_OPERATOR, ROLE_REGULATOR, ROLE_SETTLEMENT
} from "../types/Records.sol";
import {NOBODY, ParticipantId} from "../types/Ids.sol";
import {
    AddSigner, AddVersion, AdmitParticipant, PauseLedger, ProposeRecovery, RevokeSigner, SetThreshold, Signer,
    SuspendParticipant, VetoRecovery, VoidNonce
} from "../types/AdminCommands.sol";
import {
    BadSigner, RecoveryNotProposed, RecoveryTooEarly, SameCosigner, TooManySigners, VersionNotProposed,
    VersionTooEarly
} from "../types/Errors.sol";

/// @notice Administration of participants, of their keys and of ledger versions. None of it touches a claim: the operator
/// admits and suspends; it can never act for anybody.
/// @dev `approvals` are the actor's, `cosigned` a co-signer's over the same digest; `proofs` are signatures of new keys over it.
contract Administration is Desk {
    uint256 public constant RECOVERY_DELAY = 7 days;
    uint256 public constant VERSION_DELAY = 7 days;
    /// @dev How long after the delay a proposed version can be completed; then it has to be proposed anew.
    uint256 public constant VERSION_WINDOW = 30 days;

    uint16 private constant ROLES_INSTITUTION = ROLE_BANK | ROLE_SETTLEMENT | ROLE_REGULATOR;

    /// @dev Signers that one command may bring.
    uint256 private constant SIGNERS_MAX = 16;

    struct Recovery {
        bytes32 digest;
        uint64 effective;
    }

    event RecoveryProposed(ParticipantId indexed participant, bytes32 digest, uint64 effective);
    event RecoveryVetoed(ParticipantId indexed participant, bytes32 digest);
    event RecoveryCompleted(ParticipantId indexed participant, bytes32 digest);
    event VersionProposed(bytes32 indexed digest, address[] desks, uint64 effective);

    mapping(ParticipantId => Recovery) public recoveryOf;
    mapping(bytes32 digest => uint64 effective) public versionEffective;

    constructor(IParticipants participants_) Desk(participants_) {}

    // ---- admission

    /// @notice Admits a participant: the operator and a bank; of an institution the operator and two institutions.
    function admit(
        AdmitParticipant calldata command,
        bytes calldata approvals,
        bytes calldata cosigned,
        bytes calldata secondCosigned,
        bytes[] calldata proofs
    ) external returns (ParticipantId) {
        bytes32 digest =
            _act(command.participant, AdminHashes.hash(command), command.nonce, command.deadline, approvals);
        _requireRole(command.participant, ROLE_OPERATOR);
        bool institution = command.roles & (ROLES_INSTITUTION | ROLE_OPERATOR) != 0;
        uint16 cosigners = institution ? ROLES_INSTITUTION : ROLE_BANK;
        _requireCosigner(command.participant, command.cosigner, cosigners, digest, cosigned);
        if (institution) {
            if (command.secondCosigner == command.cosigner) revert SameCosigner(command.cosigner);
            _requireCosigner(command.participant, command.secondCosigner, cosigners, digest, secondCosigned);
        }
        _requireProofs(command.signers, digest, proofs);
        if (command.recoveryBank != NOBODY) _requireRole(command.recoveryBank, ROLE_BANK);
        return participants.admit(
            Admitted(
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

    /// @notice Suspends a participant or lifts its suspension: the operator.
    function suspend(SuspendParticipant calldata command, bytes calldata approvals) external {
        _act(command.participant, AdminHashes.hash(command), command.nonce, command.deadline, approvals);
        _requireRole(command.participant, ROLE_OPERATOR);
        participants.setSuspended(command.subject, command.suspended, command.reason);
    }

    /// @notice Stops issue, transfer, acceptance, join, sale, pledge and redemption for all, or lets them go on.
    function pause(PauseLedger calldata command, bytes calldata approvals) external {
        _act(command.participant, AdminHashes.hash(command), command.nonce, command.deadline, approvals);
        _requireRole(command.participant, ROLE_OPERATOR);
        participants.setPaused(command.paused, command.reason);
    }

    // ---- a participant's own keys

    /// @notice Registers a new key, which signs its own registration.
    function addSigner(AddSigner calldata command, bytes calldata approvals, bytes calldata proof) external {
        bytes32 digest =
            _act(command.participant, AdminHashes.hash(command), command.nonce, command.deadline, approvals);
        if (!participants.signedBy(command.signer.key, digest, proof)) revert BadSigner(0);
        participants.addSigner(command.participant, command.signer);
    }

    /// @notice Ends a key at once, also for commands it has signed before.
    function revokeSigner(RevokeSigner calldata command, bytes calldata approvals) external {
        _act(command.participant, AdminHashes.hash(command), command.nonce, command.deadline, approvals);
        participants.endSigner(command.participant, command.signer, command.reason);
    }

    /// @notice Sets how many signers an act needs, and from which amount in a day on more.
    function setThreshold(SetThreshold calldata command, bytes calldata approvals) external {
        _act(command.participant, AdminHashes.hash(command), command.nonce, command.deadline, approvals);
        participants.setThreshold(
            command.participant, command.thresholdLow, command.thresholdHigh, command.highFrom
        );
    }

    /// @notice Voids an unused nonce, so that no command under it ever takes effect: any one signer.
    function voidNonce(VoidNonce calldata command, bytes calldata approvals) external {
        bytes32 structHash = AdminHashes.hash(command);
        _authoriseAnswer(command.participant, structHash, command.nonce, command.deadline, false, approvals);
        participants.voidNonce(command.participant, command.voided);
    }

    // ---- recovery of lost keys

    /// @notice Proposes new keys for a participant that lost its own: the operator and the recovery bank named at admission.
    function proposeRecovery(
        ProposeRecovery calldata command, bytes calldata approvals, bytes calldata cosigned, bytes[] calldata proofs
    ) external {
        bytes32 digest =
            _act(command.participant, AdminHashes.hash(command), command.nonce, command.deadline, approvals);
        _requireRole(command.participant, ROLE_OPERATOR);
        ParticipantId bank = participants.recoveryBankOf(command.subject);
        _requireCosigner(command.participant, bank, ROLE_BANK, digest, cosigned);
        _requireProofs(command.signers, digest, proofs);
        Recovery storage recovery = recoveryOf[command.subject];
        // A proposal that can no longer be carried out is replaced by a better one, and the delay starts anew.
        recovery.digest = digest;
        recovery.effective = uint64(block.timestamp + RECOVERY_DELAY);
        emit RecoveryProposed(command.subject, digest, recovery.effective);
    }

    /// @notice Ends a proposed recovery: any one key of the participant, until the recovery completes.
    function vetoRecovery(VetoRecovery calldata command, bytes calldata approvals) external {
        bytes32 structHash = AdminHashes.hash(command);
        _authoriseAnswer(command.participant, structHash, command.nonce, command.deadline, false, approvals);
        bytes32 proposed = recoveryOf[command.participant].digest;
        if (proposed == 0) revert RecoveryNotProposed(command.participant);
        delete recoveryOf[command.participant];
        emit RecoveryVetoed(command.participant, proposed);
    }

    /// @notice Replaces the keys after the delay; anyone may ask.
    function completeRecovery(ProposeRecovery calldata command) external {
        Recovery memory recovery = recoveryOf[command.subject];
        bytes32 digest = _digest(AdminHashes.hash(command));
        if (recovery.digest != digest) revert RecoveryNotProposed(command.subject);
        if (block.timestamp < recovery.effective) {
            revert RecoveryTooEarly(command.subject, recovery.effective, block.timestamp);
        }
        delete recoveryOf[command.subject];
        participants.replaceSigners(command.subject, command.signers);
        participants.setThreshold(command.subject, command.thresholdLow, command.thresholdHigh, command.highFrom);
        emit RecoveryCompleted(command.subject, digest);
    }

    // ---- ledger versions

    /// @notice Proposes the desks of a new ledger version: the operator and two banks.
    function proposeVersion(
        AddVersion calldata command, bytes calldata approvals, bytes calldata cosigned, bytes calldata secondCosigned
    ) external {
        bytes32 digest =
            _act(command.participant, AdminHashes.hash(command), command.nonce, command.deadline, approvals);
        _requireRole(command.participant, ROLE_OPERATOR);
        if (command.bank == command.secondBank) revert SameCosigner(command.bank);
        _requireCosigner(command.participant, command.bank, ROLE_BANK, digest, cosigned);
        _requireCosigner(command.participant, command.secondBank, ROLE_BANK, digest, secondCosigned);
        versionEffective[digest] = uint64(block.timestamp + VERSION_DELAY);
        emit VersionProposed(digest, command.desks, versionEffective[digest]);
    }

    /// @notice Lets the desks of a proposed version take part after the delay; anyone may ask.
    function completeVersion(AddVersion calldata command) external {
        bytes32 digest = _digest(AdminHashes.hash(command));
        uint64 effective = versionEffective[digest];
        bool standing = effective != 0 && block.timestamp <= effective + VERSION_WINDOW;
        if (!standing) revert VersionNotProposed(digest);
        if (block.timestamp < effective) revert VersionTooEarly(effective, block.timestamp);
        delete versionEffective[digest];
        participants.addVersion(command.desks);
    }

    // ---- private

    function _act(
        ParticipantId participant, bytes32 structHash, uint256 nonce, uint64 deadline, bytes calldata approvals
    ) private returns (bytes32) {
        return _authorise(participant, structHash, nonce, deadline, Level.Highest, approvals);
    }

    function _requireProofs(Signer[] calldata signers, bytes32 digest, bytes[] calldata proofs) private view {
        if (signers.length == 0 || signers.length > SIGNERS_MAX) revert TooManySigners(signers.length, SIGNERS_MAX);
        for (uint256 i; i < signers.length; ++i) {
            bool proved = i < proofs.length && participants.signedBy(signers[i].key, digest, proofs[i]);
            if (!proved) revert BadSigner(i);
        }
    }
}
