// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    AddSigner, AddVersion, AdmitParticipant, PauseLedger, ProposeRecovery, RevokeSigner, SetThreshold, Signer,
    SuspendParticipant, VetoRecovery, VoidNonce
} from "../types/AdminCommands.sol";

/// @notice EIP-712 struct hashes of the administrative commands.
library AdminHashes {
    bytes32 private constant SIGNER = keccak256("Signer(bytes key,uint8 duty,uint40 expiry,bytes32 certificate)");
    bytes32 private constant ADMIT = keccak256(
        "AdmitParticipant(uint32 participant,uint32 cosigner,uint32 secondCosigner,uint16 roles,bytes32 identity,uint32 recoveryBank,uint8 thresholdLow,uint8 thresholdHigh,uint64 highFrom,Signer[] signers,uint256 nonce,uint64 deadline)Signer(bytes key,uint8 duty,uint40 expiry,bytes32 certificate)"
    );
    bytes32 private constant SUSPEND = keccak256(
        "SuspendParticipant(uint32 participant,uint32 subject,bool suspended,bytes32 reason,uint256 nonce,uint64 deadline)"
    );
    bytes32 private constant ADD_SIGNER = keccak256(
        "AddSigner(uint32 participant,Signer signer,uint256 nonce,uint64 deadline)Signer(bytes key,uint8 duty,uint40 expiry,bytes32 certificate)"
    );
    bytes32 private constant REVOKE_SIGNER =
        keccak256("RevokeSigner(uint32 participant,uint8 signer,bytes32 reason,uint256 nonce,uint64 deadline)");
    bytes32 private constant SET_THRESHOLD = keccak256(
        "SetThreshold(uint32 participant,uint8 thresholdLow,uint8 thresholdHigh,uint64 highFrom,uint256 nonce,uint64 deadline)"
    );
    bytes32 private constant VOID_NONCE =
        keccak256("VoidNonce(uint32 participant,uint256 voided,uint256 nonce,uint64 deadline)");
    bytes32 private constant PROPOSE_RECOVERY = keccak256(
        "ProposeRecovery(uint32 participant,uint32 subject,uint8 thresholdLow,uint8 thresholdHigh,uint64 highFrom,Signer[] signers,uint256 nonce,uint64 deadline)Signer(bytes key,uint8 duty,uint40 expiry,bytes32 certificate)"
    );
    bytes32 private constant VETO_RECOVERY = keccak256("VetoRecovery(uint32 participant,uint256 nonce,uint64 deadline)");
    bytes32 private constant PAUSE =
        keccak256("PauseLedger(uint32 participant,bool paused,bytes32 reason,uint256 nonce,uint64 deadline)");
    bytes32 private constant ADD_VERSION = keccak256(
        "AddVersion(uint32 participant,uint32 bank,uint32 secondBank,address[] desks,uint256 nonce,uint64 deadline)"
    );

    function hash(AdmitParticipant calldata command) internal pure returns (bytes32) {
        // Two halves, since one call with all fields is more than the compiler's stack holds.
        bytes memory head = abi.encode(
            ADMIT, command.participant, command.cosigner, command.secondCosigner, command.roles, command.identity
        );
        bytes memory tail = abi.encode(
            command.recoveryBank,
            command.thresholdLow,
            command.thresholdHigh,
            command.highFrom,
            _hash(command.signers),
            command.nonce,
            command.deadline
        );
        return keccak256(bytes.concat(head, tail));
    }

    function hash(SuspendParticipant calldata command) internal pure returns (bytes32) {
        return keccak256(abi.encode(SUSPEND, command));
    }

    function hash(AddSigner calldata command) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(ADD_SIGNER, command.participant, _hash(command.signer), command.nonce, command.deadline)
        );
    }

    function hash(RevokeSigner calldata command) internal pure returns (bytes32) {
        return keccak256(abi.encode(REVOKE_SIGNER, command));
    }

    function hash(SetThreshold calldata command) internal pure returns (bytes32) {
        return keccak256(abi.encode(SET_THRESHOLD, command));
    }

    function hash(VoidNonce calldata command) internal pure returns (bytes32) {
        return keccak256(abi.encode(VOID_NONCE, command));
    }

    function hash(ProposeRecovery calldata command) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                PROPOSE_RECOVERY,
                command.participant,
                command.subject,
                command.thresholdLow,
                command.thresholdHigh,
                command.highFrom,
                _hash(command.signers),
                command.nonce,
                command.deadline
            )
        );
    }

    function hash(VetoRecovery calldata command) internal pure returns (bytes32) {
        return keccak256(abi.encode(VETO_RECOVERY, command));
    }

    function hash(PauseLedger calldata command) internal pure returns (bytes32) {
        return keccak256(abi.encode(PAUSE, command));
    }

    function hash(AddVersion calldata command) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                ADD_VERSION,
                command.participant,
                command.bank,
                command.secondBank,
                keccak256(abi.encodePacked(command.desks)),
                command.nonce,
                command.deadline
            )
        );
    }

    function _hash(Signer calldata signer) private pure returns (bytes32) {
        return keccak256(abi.encode(SIGNER, keccak256(signer.key), signer.duty, signer.expiry, signer.certificate));
    }

    function _hash(Signer[] calldata signers) private pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](signers.length);
        for (uint256 i; i < signers.length; ++i) {
            hashes[i] = _hash(signers[i]);
        }
        return keccak256(abi.encodePacked(hashes));
    }
}
