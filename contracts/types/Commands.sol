// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {InvoiceUse, Part} from "./Records.sol";
import {LoanId, ParticipantId, PayableId, VoucherId} from "./Ids.sol";

// One EIP-712 struct per verb. `participant` acts; `nonce` is unordered and used once; `deadline` is in seconds.

// ---- issue and circulation

struct IssuePayable {
    ParticipantId participant;
    ParticipantId to;
    ParticipantId bank;
    uint64 face;
    uint16 maturity;
    bytes32 evidence;
    InvoiceUse[] invoices;
    uint256 nonce;
    uint64 deadline;
}

struct IssueBatch {
    ParticipantId participant;
    bytes32 root;
    uint32 count;
    uint64 total;
    uint256 nonce;
    uint64 deadline;
}

/// @notice A leaf of an issue batch.
struct BatchIssue {
    uint32 index;
    ParticipantId to;
    ParticipantId bank;
    uint64 face;
    uint16 maturity;
    bytes32 evidence;
    InvoiceUse[] invoices;
}

struct VoidBatch {
    ParticipantId participant;
    bytes32 batch;
    uint256 nonce;
    uint64 deadline;
}

struct TransferVoucher {
    ParticipantId participant;
    Part[] parts;
    uint256 nonce;
    uint64 deadline;
}

struct AcceptVoucher {
    ParticipantId participant;
    VoucherId voucher;
    uint64 start;
    uint64 end;
    uint256 nonce;
    uint64 deadline;
}

struct DeclineVoucher {
    ParticipantId participant;
    VoucherId voucher;
    bytes32 reason;
    uint256 nonce;
    uint64 deadline;
}

struct WithdrawOffer {
    ParticipantId participant;
    VoucherId voucher;
    uint256 nonce;
    uint64 deadline;
}

struct JoinVouchers {
    ParticipantId participant;
    VoucherId low;
    VoucherId high;
    uint256 nonce;
    uint64 deadline;
}

// ---- sale, redemption, recourse

/// @notice The bank's side of a sale.
struct SaleQuote {
    ParticipantId participant;
    ParticipantId taker;
    VoucherId voucher;
    uint64 start;
    uint64 end;
    uint64 amount;
    uint32 rate;
    bool recourse;
    bytes32 registration;
    uint256 nonce;
    uint64 deadline;
}

/// @notice The holder's side of a sale: the price of `amount` at `rate` falls short of it by the discount cost.
struct SellVoucher {
    ParticipantId participant;
    ParticipantId buyer;
    VoucherId voucher;
    uint64 start;
    uint64 end;
    uint64 amount;
    uint32 rate;
    bool recourse;
    /// Share of the cost borne by the obligor, in parts per billion.
    uint32 obligorShare;
    bytes32 registration;
    uint256 nonce;
    uint64 deadline;
}

/// @notice The obligor's standing offer to bear a share of sale costs on one payable; void with its nonce.
struct CostShareOffer {
    ParticipantId participant;
    PayableId payableId;
    uint32 shareMax;
    uint32 rateMax;
    uint64 budget;
    uint256 nonce;
    uint64 deadline;
}

/// @notice The obligor's side of an early redemption.
struct RedemptionQuote {
    ParticipantId participant;
    ParticipantId taker;
    VoucherId voucher;
    uint64 start;
    uint64 end;
    uint64 amount;
    uint32 rate;
    uint256 nonce;
    uint64 deadline;
}

struct RedeemVoucher {
    ParticipantId participant;
    VoucherId voucher;
    uint64 start;
    uint64 end;
    uint64 amount;
    uint32 rate;
    uint256 nonce;
    uint64 deadline;
}

struct RecourseVoucher {
    ParticipantId participant;
    VoucherId voucher;
    uint256 nonce;
    uint64 deadline;
}

// ---- loans

/// @notice The lender's side of a pledge.
struct PledgeQuote {
    ParticipantId participant;
    ParticipantId taker;
    VoucherId voucher;
    uint64 start;
    uint64 end;
    uint64 amount;
    uint64 advance;
    uint32 ltv;
    uint32 rate;
    uint16 due;
    bytes32 registration;
    uint256 nonce;
    uint64 deadline;
}

struct PledgeVoucher {
    ParticipantId participant;
    ParticipantId lender;
    VoucherId voucher;
    uint64 start;
    uint64 end;
    uint64 amount;
    uint64 advance;
    uint32 ltv;
    uint32 rate;
    uint16 due;
    bytes32 registration;
    uint256 nonce;
    uint64 deadline;
}

struct RepayLoan {
    ParticipantId participant;
    LoanId loan;
    uint64 principal;
    /// Amount of the security set free from its low end; 0 for none.
    uint64 release;
    uint256 nonce;
    uint64 deadline;
}

struct ReleaseSecurity {
    ParticipantId participant;
    LoanId loan;
    uint64 amount;
    uint256 nonce;
    uint64 deadline;
}
