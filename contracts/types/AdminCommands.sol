// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ParticipantId} from "./Ids.sol";

// Administration of participants, their keys and the ledger's versions. One EIP-712 struct per verb.

/// @notice A key that may sign for a participant.
struct Signer {
    /// An account's 20 bytes, or an allowed verifier's 20 bytes and its key (ERC-7913).
    bytes key;
    uint8 duty;
    /// Second from which it no longer signs; 0 for never.
    uint40 expiry;
    /// Fingerprint of the certificate that binds the key to a person.
    bytes32 certificate;
}

/// @notice Signed by the operator and a bank; of a bank, settlement bank or regulator by the operator and two institutions.
struct AdmitParticipant {
    ParticipantId participant;
    ParticipantId cosigner;
    /// 0 where one co-signature is enough.
    ParticipantId secondCosigner;
    uint16 roles;
    /// Salted commitment of the legal identity (USCC); one live admission each.
    bytes32 identity;
    ParticipantId recoveryBank;
    uint8 thresholdLow;
    uint8 thresholdHigh;
    /// Amount committed in a day from which the high threshold applies.
    uint64 highFrom;
    Signer[] signers;
    uint256 nonce;
    uint64 deadline;
}

/// @notice Signed by the operator.
struct SuspendParticipant {
    ParticipantId participant;
    ParticipantId subject;
    bool suspended;
    bytes32 reason;
    uint256 nonce;
    uint64 deadline;
}

/// @notice Signed by the participant's highest threshold and by the new key itself.
struct AddSigner {
    ParticipantId participant;
    Signer signer;
    uint256 nonce;
    uint64 deadline;
}

struct RevokeSigner {
    ParticipantId participant;
    uint8 signer;
    bytes32 reason;
    uint256 nonce;
    uint64 deadline;
}

struct SetThreshold {
    ParticipantId participant;
    uint8 thresholdLow;
    uint8 thresholdHigh;
    uint64 highFrom;
    uint256 nonce;
    uint64 deadline;
}

struct VoidNonce {
    ParticipantId participant;
    uint256 voided;
    uint256 nonce;
    uint64 deadline;
}

/// @notice Signed by the operator and the subject's recovery bank; takes effect after a delay unless vetoed.
struct ProposeRecovery {
    ParticipantId participant;
    ParticipantId subject;
    uint8 thresholdLow;
    uint8 thresholdHigh;
    uint64 highFrom;
    Signer[] signers;
    uint256 nonce;
    uint64 deadline;
}

/// @notice Signed by any one signer of the participant whose keys would be replaced.
struct VetoRecovery {
    ParticipantId participant;
    uint256 nonce;
    uint64 deadline;
}

/// @notice Signed by the operator.
struct PauseLedger {
    ParticipantId participant;
    bool paused;
    bytes32 reason;
    uint256 nonce;
    uint64 deadline;
}

/// @notice Signed by the operator and two banks; the desks of a new ledger version take part after a delay.
struct AddVersion {
    ParticipantId participant;
    ParticipantId bank;
    ParticipantId secondBank;
    address[] desks;
    uint256 nonce;
    uint64 deadline;
}
