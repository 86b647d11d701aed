// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ParticipantId} from "../types/Ids.sol";
import {
    AddSigner, AddVersion, AdmitParticipant, PauseLedger, ProposeRecovery, RevokeSigner, SetThreshold,
    SuspendParticipant, VetoRecovery, VoidNonce
} from "../types/AdminCommands.sol";

/// @notice Administration of participants, of their keys and of ledger versions. None of it touches a claim.
/// @dev `approvals` are the actor's, `cosigned` a co-signer's over the same digest; `proofs` are signatures of new keys over it.
interface IAdministration {
    event ParticipantAdmitted(
        ParticipantId indexed participant, uint16 roles, bytes32 indexed identity, ParticipantId recoveryBank
    );
    event ParticipantSuspensionSet(ParticipantId indexed participant, bool suspended, bytes32 reason);
    event LedgerPauseSet(bool paused, bytes32 reason);
    event SignerAdded(
        ParticipantId indexed participant, uint8 indexed signer, bytes key, uint8 duty, uint40 expiry, bytes32 certificate
    );
    event SignerEnded(ParticipantId indexed participant, uint8 indexed signer, bytes32 reason);
    event ThresholdSet(ParticipantId indexed participant, uint8 low, uint8 high, uint64 highFrom);
    event NonceVoided(ParticipantId indexed participant, uint256 nonce);
    event RecoveryProposed(ParticipantId indexed participant, bytes32 digest, uint64 effective);
    event RecoveryVetoed(ParticipantId indexed participant, bytes32 digest);
    event RecoveryCompleted(ParticipantId indexed participant, bytes32 digest);
    event VersionProposed(bytes32 indexed digest, address[] desks, uint64 effective);
    event DeskAdded(address indexed desk, uint32 indexed version);

    /// @notice Admits a participant: the operator and a bank; of an institution the operator and two institutions.
    function admit(
        AdmitParticipant calldata command,
        bytes[] calldata approvals,
        bytes[] calldata cosigned,
        bytes[] calldata secondCosigned,
        bytes[] calldata proofs
    ) external;

    /// @notice Suspends a participant or lifts its suspension.
    function suspend(SuspendParticipant calldata command, bytes[] calldata approvals) external;

    /// @notice Stops issue, transfer, acceptance, join, sale, pledge and redemption for all, or lets them go on.
    function pause(PauseLedger calldata command, bytes[] calldata approvals) external;

    /// @notice Registers a new key, which signs its own registration.
    function addSigner(AddSigner calldata command, bytes[] calldata approvals, bytes calldata proof) external;

    /// @notice Ends a key at once, also for commands it has signed before.
    function revokeSigner(RevokeSigner calldata command, bytes[] calldata approvals) external;

    function setThreshold(SetThreshold calldata command, bytes[] calldata approvals) external;

    /// @notice Voids an unused nonce, so that no command under it ever takes effect.
    function voidNonce(VoidNonce calldata command, bytes[] calldata approvals) external;

    /// @notice Proposes new keys for a participant that lost its own: the operator and the recovery bank named at admission.
    function proposeRecovery(
        ProposeRecovery calldata command, bytes[] calldata approvals, bytes[] calldata cosigned, bytes[] calldata proofs
    ) external;

    /// @notice Ends a proposed recovery: any one key of the participant, until the recovery completes.
    function vetoRecovery(VetoRecovery calldata command, bytes[] calldata approvals) external;

    /// @notice Replaces the keys after the delay; anyone may ask.
    function completeRecovery(ProposeRecovery calldata command) external;

    /// @notice Proposes the desks of a new ledger version: the operator and two banks.
    function proposeVersion(
        AddVersion calldata command,
        bytes[] calldata approvals,
        bytes[] calldata cosigned,
        bytes[] calldata secondCosigned
    ) external;

    /// @notice Lets the desks of a proposed version take part after the delay; anyone may ask.
    function completeVersion(AddVersion calldata command) external;
}
