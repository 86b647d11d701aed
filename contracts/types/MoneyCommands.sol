// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ParticipantId, PayableId} from "./Ids.sol";
import {RuleSet} from "./Records.sol";

// Payment, deposits, oversight, lines and rules. One EIP-712 struct per verb.

// ---- payment and settlement

struct PayPayable {
    ParticipantId participant;
    PayableId payableId;
    uint64 amount;
    uint256 nonce;
    uint64 deadline;
}

/// @notice A settlement bank's statement that it has received money for a payable.
struct AttestPayment {
    ParticipantId participant;
    PayableId payableId;
    uint64 amount;
    uint16 valueDay;
    bytes32 paymentReference;
    uint256 nonce;
    uint64 deadline;
}

/// @notice Attested money that could not be shared has gone back to its sender.
struct ReturnUnapplied {
    ParticipantId participant;
    PayableId payableId;
    uint64 amount;
    bytes32 paymentReference;
    uint256 nonce;
    uint64 deadline;
}

struct ConfirmPayout {
    ParticipantId participant;
    uint64 payout;
    uint64 amount;
    bytes32 paymentReference;
    uint256 nonce;
    uint64 deadline;
}

struct ReturnPayout {
    ParticipantId participant;
    uint64 payout;
    uint64 amount;
    bytes32 paymentReference;
    uint256 nonce;
    uint64 deadline;
}

// ---- deposits

struct IssueDeposit {
    ParticipantId participant;
    ParticipantId to;
    uint64 amount;
    bytes32 paymentReference;
    uint256 nonce;
    uint64 deadline;
}

/// @notice Signed by the depositor and by the bank.
struct WithdrawDeposit {
    ParticipantId participant;
    ParticipantId bank;
    uint64 amount;
    bytes32 paymentReference;
    uint256 nonce;
    uint64 deadline;
}

struct MoveDeposit {
    ParticipantId participant;
    ParticipantId bank;
    ParticipantId to;
    uint64 amount;
    bytes32 purpose;
    uint256 nonce;
    uint64 deadline;
}

// ---- oversight

struct FreezeRange {
    ParticipantId participant;
    PayableId payableId;
    uint64 start;
    uint64 end;
    /// Salted commitment of the case number and authority.
    bytes32 caseCommitment;
    uint16 reviewDay;
    uint256 nonce;
    uint64 deadline;
}

struct UnfreezeRange {
    ParticipantId participant;
    PayableId payableId;
    uint8 freeze;
    bytes32 caseCommitment;
    uint256 nonce;
    uint64 deadline;
}

struct FreezeParticipant {
    ParticipantId participant;
    ParticipantId subject;
    bytes32 caseCommitment;
    uint16 reviewDay;
    uint256 nonce;
    uint64 deadline;
}

struct UnfreezeParticipant {
    ParticipantId participant;
    ParticipantId subject;
    bytes32 caseCommitment;
    uint256 nonce;
    uint64 deadline;
}

// ---- lines and rules

struct SetLimit {
    ParticipantId participant;
    ParticipantId obligor;
    uint64 amount;
    uint256 nonce;
    uint64 deadline;
}

/// @notice Signed by the operator and a bank.
struct SetRules {
    ParticipantId participant;
    ParticipantId bank;
    RuleSet rules;
    uint256 nonce;
    uint64 deadline;
}

/// @notice Signed by the operator and a bank: the holidays among the 256 days from `firstDay`, bit i for day firstDay + i.
struct SetHolidays {
    ParticipantId participant;
    ParticipantId bank;
    uint16 firstDay;
    uint256 holidays;
    uint256 nonce;
    uint64 deadline;
}
