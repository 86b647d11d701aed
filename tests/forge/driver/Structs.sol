// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// The commands and records of the ledger as its ABI shows them, in plain integers. Written down apart from contracts/, so that the
// driver signs and reads what is published and not what the contracts happen to compile.

struct InvoiceUse {
    bytes32 fingerprint;
    uint64 total;
    uint64 used;
}

struct Part {
    uint32 to;
    uint64 voucher;
    uint64 amount;
    bytes32 evidence;
}

struct RuleSet {
    uint16 effective;
    uint16 tenorDaysMax;
    uint16 offerDays;
    uint8 depthMax;
    uint32 piecesMax;
    uint56 pieceMin;
    uint32 lateRateDaily;
    uint40 overdueMultiplier;
    bool registrationRequired;
}

struct Signer {
    bytes key;
    uint8 duty;
    uint40 expiry;
    bytes32 certificate;
}

struct IssuePayable {
    uint32 participant;
    uint32 to;
    uint32 bank;
    uint64 face;
    uint16 maturity;
    bytes32 evidence;
    InvoiceUse[] invoices;
    uint256 nonce;
    uint64 deadline;
}

struct IssueBatch {
    uint32 participant;
    bytes32 root;
    uint32 count;
    uint64 total;
    uint256 nonce;
    uint64 deadline;
}

struct BatchIssue {
    uint32 index;
    uint32 to;
    uint32 bank;
    uint64 face;
    uint16 maturity;
    bytes32 evidence;
    InvoiceUse[] invoices;
}

struct VoidBatch {
    uint32 participant;
    bytes32 batch;
    uint256 nonce;
    uint64 deadline;
}

struct TransferVoucher {
    uint32 participant;
    Part[] parts;
    uint256 nonce;
    uint64 deadline;
}

struct AcceptVoucher {
    uint32 participant;
    uint64 voucher;
    uint64 start;
    uint64 end;
    uint256 nonce;
    uint64 deadline;
}

struct DeclineVoucher {
    uint32 participant;
    uint64 voucher;
    bytes32 reason;
    uint256 nonce;
    uint64 deadline;
}

struct WithdrawOffer {
    uint32 participant;
    uint64 voucher;
    uint256 nonce;
    uint64 deadline;
}

struct JoinVouchers {
    uint32 participant;
    uint64 low;
    uint64 high;
    uint256 nonce;
    uint64 deadline;
}

struct SaleQuote {
    uint32 participant;
    uint32 taker;
    uint64 voucher;
    uint64 start;
    uint64 end;
    uint64 amount;
    uint32 rate;
    bool recourse;
    bytes32 registration;
    uint256 nonce;
    uint64 deadline;
}

struct SellVoucher {
    uint32 participant;
    uint32 buyer;
    uint64 voucher;
    uint64 start;
    uint64 end;
    uint64 amount;
    uint32 rate;
    bool recourse;
    uint32 obligorShare;
    bytes32 registration;
    uint256 nonce;
    uint64 deadline;
}

struct CostShareOffer {
    uint32 participant;
    uint32 payableId;
    uint32 shareMax;
    uint32 rateMax;
    uint64 budget;
    uint256 nonce;
    uint64 deadline;
}

struct RedemptionQuote {
    uint32 participant;
    uint32 taker;
    uint64 voucher;
    uint64 start;
    uint64 end;
    uint64 amount;
    uint32 rate;
    uint256 nonce;
    uint64 deadline;
}

struct RedeemVoucher {
    uint32 participant;
    uint64 voucher;
    uint64 start;
    uint64 end;
    uint64 amount;
    uint32 rate;
    uint256 nonce;
    uint64 deadline;
}

struct RecourseVoucher {
    uint32 participant;
    uint64 voucher;
    uint256 nonce;
    uint64 deadline;
}

struct PledgeQuote {
    uint32 participant;
    uint32 taker;
    uint64 voucher;
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
    uint32 participant;
    uint32 lender;
    uint64 voucher;
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
    uint32 participant;
    uint32 loan;
    uint64 principal;
    uint64 release;
    uint256 nonce;
    uint64 deadline;
}

struct ReleaseSecurity {
    uint32 participant;
    uint32 loan;
    uint64 amount;
    uint256 nonce;
    uint64 deadline;
}

struct PayPayable {
    uint32 participant;
    uint32 payableId;
    uint64 amount;
    uint256 nonce;
    uint64 deadline;
}

struct AttestPayment {
    uint32 participant;
    uint32 payableId;
    uint64 amount;
    uint16 valueDay;
    bytes32 paymentReference;
    uint256 nonce;
    uint64 deadline;
}

struct ReturnUnapplied {
    uint32 participant;
    uint32 payableId;
    uint64 amount;
    bytes32 paymentReference;
    uint256 nonce;
    uint64 deadline;
}

struct ConfirmPayout {
    uint32 participant;
    uint64 payout;
    uint64 amount;
    bytes32 paymentReference;
    uint256 nonce;
    uint64 deadline;
}

struct ReturnPayout {
    uint32 participant;
    uint64 payout;
    uint64 amount;
    bytes32 paymentReference;
    uint256 nonce;
    uint64 deadline;
}

struct IssueDeposit {
    uint32 participant;
    uint32 to;
    uint64 amount;
    bytes32 paymentReference;
    uint256 nonce;
    uint64 deadline;
}

struct WithdrawDeposit {
    uint32 participant;
    uint32 bank;
    uint64 amount;
    bytes32 paymentReference;
    uint256 nonce;
    uint64 deadline;
}

struct MoveDeposit {
    uint32 participant;
    uint32 bank;
    uint32 to;
    uint64 amount;
    bytes32 purpose;
    uint256 nonce;
    uint64 deadline;
}

struct FreezeRange {
    uint32 participant;
    uint32 payableId;
    uint64 start;
    uint64 end;
    bytes32 caseCommitment;
    uint16 reviewDay;
    uint256 nonce;
    uint64 deadline;
}

struct UnfreezeRange {
    uint32 participant;
    uint32 payableId;
    uint8 freeze;
    bytes32 caseCommitment;
    uint256 nonce;
    uint64 deadline;
}

struct FreezeParticipant {
    uint32 participant;
    uint32 subject;
    bytes32 caseCommitment;
    uint16 reviewDay;
    uint256 nonce;
    uint64 deadline;
}

struct UnfreezeParticipant {
    uint32 participant;
    uint32 subject;
    bytes32 caseCommitment;
    uint256 nonce;
    uint64 deadline;
}

struct SetLimit {
    uint32 participant;
    uint32 obligor;
    uint64 amount;
    uint256 nonce;
    uint64 deadline;
}

struct SetRules {
    uint32 participant;
    uint32 bank;
    RuleSet rules;
    uint256 nonce;
    uint64 deadline;
}

struct SetHolidays {
    uint32 participant;
    uint32 bank;
    uint16 firstDay;
    uint256 holidays;
    uint256 nonce;
    uint64 deadline;
}

struct AdmitParticipant {
    uint32 participant;
    uint32 cosigner;
    uint32 secondCosigner;
    uint16 roles;
    bytes32 identity;
    uint32 recoveryBank;
    uint8 thresholdLow;
    uint8 thresholdHigh;
    uint64 highFrom;
    Signer[] signers;
    uint256 nonce;
    uint64 deadline;
}

struct SuspendParticipant {
    uint32 participant;
    uint32 subject;
    bool suspended;
    bytes32 reason;
    uint256 nonce;
    uint64 deadline;
}

struct AddSigner {
    uint32 participant;
    Signer signer;
    uint256 nonce;
    uint64 deadline;
}

struct RevokeSigner {
    uint32 participant;
    uint8 signer;
    bytes32 reason;
    uint256 nonce;
    uint64 deadline;
}

struct SetThreshold {
    uint32 participant;
    uint8 thresholdLow;
    uint8 thresholdHigh;
    uint64 highFrom;
    uint256 nonce;
    uint64 deadline;
}

struct VoidNonce {
    uint32 participant;
    uint256 voided;
    uint256 nonce;
    uint64 deadline;
}

struct ProposeRecovery {
    uint32 participant;
    uint32 subject;
    uint8 thresholdLow;
    uint8 thresholdHigh;
    uint64 highFrom;
    Signer[] signers;
    uint256 nonce;
    uint64 deadline;
}

struct VetoRecovery {
    uint32 participant;
    uint256 nonce;
    uint64 deadline;
}

struct PauseLedger {
    uint32 participant;
    bool paused;
    bytes32 reason;
    uint256 nonce;
    uint64 deadline;
}

struct AddVersion {
    uint32 participant;
    uint32 bank;
    uint32 secondBank;
    address[] desks;
    uint256 nonce;
    uint64 deadline;
}

struct Member {
    uint16 roles;
    bool suspended;
    bool frozen;
    uint8 thresholdLow;
    uint8 thresholdHigh;
    uint8 signers;
    uint8 firstSigner;
    uint64 highFrom;
    uint64 committed;
    uint16 committedDay;
    uint32 frozenAt;
    uint32 recoveryBank;
}

struct Payable {
    uint32 obligor;
    uint32 offeree;
    uint32 bank;
    uint32 offeredAt;
    uint56 face;
    uint16 maturity;
    uint16 due;
    uint16 rules;
    uint8 state;
    uint8 invoices;
    uint8 freezes;
}

struct Tally {
    uint56 live;
    uint56 paid;
    uint56 redeemed;
    uint32 pieces;
    uint32 serials;
    uint8 redemptions;
}

struct Voucher {
    uint56 start;
    uint56 end;
    uint32 holder;
    uint32 counterparty;
    uint32 offeredAt;
    uint16 depth;
    uint16 settled;
    uint8 state;
    uint8 flags;
}

struct Loan {
    uint64 voucher;
    uint32 borrower;
    uint32 lender;
    uint64 principal;
    uint64 interestLeft;
    uint32 rate;
    uint32 ltv;
    uint16 due;
    uint16 interestFrom;
}

struct Sale {
    uint32 seller;
    uint32 rate;
    uint32 previous;
}
