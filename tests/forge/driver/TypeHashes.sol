// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// EIP-712 type hashes of the commands, spelled out apart from contracts/.

bytes32 constant INVOICE_USE =
    keccak256("InvoiceUse(bytes32 fingerprint,uint64 total,uint64 used)");
bytes32 constant PART =
    keccak256("Part(uint32 to,uint64 voucher,uint64 amount,bytes32 evidence)");
bytes32 constant RULE_SET =
    keccak256("RuleSet(uint16 effective,uint16 tenorDaysMax,uint16 offerDays,uint8 depthMax,uint32 piecesMax,uint56 pieceMin,uint32 lateRateDaily,uint40 overdueMultiplier,bool registrationRequired)");
bytes32 constant SIGNER =
    keccak256("Signer(bytes key,uint8 duty,uint40 expiry,bytes32 certificate)");
bytes32 constant ISSUE_PAYABLE =
    keccak256("IssuePayable(uint32 participant,uint32 to,uint32 bank,uint64 face,uint16 maturity,bytes32 evidence,InvoiceUse[] invoices,uint256 nonce,uint64 deadline)InvoiceUse(bytes32 fingerprint,uint64 total,uint64 used)");
bytes32 constant ISSUE_BATCH =
    keccak256("IssueBatch(uint32 participant,bytes32 root,uint32 count,uint64 total,uint256 nonce,uint64 deadline)");
bytes32 constant BATCH_ISSUE =
    keccak256("BatchIssue(uint32 index,uint32 to,uint32 bank,uint64 face,uint16 maturity,bytes32 evidence,InvoiceUse[] invoices)InvoiceUse(bytes32 fingerprint,uint64 total,uint64 used)");
bytes32 constant VOID_BATCH =
    keccak256("VoidBatch(uint32 participant,bytes32 batch,uint256 nonce,uint64 deadline)");
bytes32 constant TRANSFER_VOUCHER =
    keccak256("TransferVoucher(uint32 participant,Part[] parts,uint256 nonce,uint64 deadline)Part(uint32 to,uint64 voucher,uint64 amount,bytes32 evidence)");
bytes32 constant ACCEPT_VOUCHER =
    keccak256("AcceptVoucher(uint32 participant,uint64 voucher,uint64 start,uint64 end,uint256 nonce,uint64 deadline)");
bytes32 constant DECLINE_VOUCHER =
    keccak256("DeclineVoucher(uint32 participant,uint64 voucher,bytes32 reason,uint256 nonce,uint64 deadline)");
bytes32 constant WITHDRAW_OFFER =
    keccak256("WithdrawOffer(uint32 participant,uint64 voucher,uint256 nonce,uint64 deadline)");
bytes32 constant JOIN_VOUCHERS =
    keccak256("JoinVouchers(uint32 participant,uint64 low,uint64 high,uint256 nonce,uint64 deadline)");
bytes32 constant SALE_QUOTE =
    keccak256("SaleQuote(uint32 participant,uint32 taker,uint64 voucher,uint64 start,uint64 end,uint64 amount,uint32 rate,bool recourse,bytes32 registration,uint256 nonce,uint64 deadline)");
bytes32 constant SELL_VOUCHER =
    keccak256("SellVoucher(uint32 participant,uint32 buyer,uint64 voucher,uint64 start,uint64 end,uint64 amount,uint32 rate,bool recourse,uint32 obligorShare,bytes32 registration,uint256 nonce,uint64 deadline)");
bytes32 constant COST_SHARE_OFFER =
    keccak256("CostShareOffer(uint32 participant,uint32 payableId,uint32 shareMax,uint32 rateMax,uint64 budget,uint256 nonce,uint64 deadline)");
bytes32 constant REDEMPTION_QUOTE =
    keccak256("RedemptionQuote(uint32 participant,uint32 taker,uint64 voucher,uint64 start,uint64 end,uint64 amount,uint32 rate,uint256 nonce,uint64 deadline)");
bytes32 constant REDEEM_VOUCHER =
    keccak256("RedeemVoucher(uint32 participant,uint64 voucher,uint64 start,uint64 end,uint64 amount,uint32 rate,uint256 nonce,uint64 deadline)");
bytes32 constant RECOURSE_VOUCHER =
    keccak256("RecourseVoucher(uint32 participant,uint64 voucher,uint256 nonce,uint64 deadline)");
bytes32 constant PLEDGE_QUOTE =
    keccak256("PledgeQuote(uint32 participant,uint32 taker,uint64 voucher,uint64 start,uint64 end,uint64 amount,uint64 advance,uint32 ltv,uint32 rate,uint16 due,bytes32 registration,uint256 nonce,uint64 deadline)");
bytes32 constant PLEDGE_VOUCHER =
    keccak256("PledgeVoucher(uint32 participant,uint32 lender,uint64 voucher,uint64 start,uint64 end,uint64 amount,uint64 advance,uint32 ltv,uint32 rate,uint16 due,bytes32 registration,uint256 nonce,uint64 deadline)");
bytes32 constant REPAY_LOAN =
    keccak256("RepayLoan(uint32 participant,uint32 loan,uint64 principal,uint64 release,uint256 nonce,uint64 deadline)");
bytes32 constant RELEASE_SECURITY =
    keccak256("ReleaseSecurity(uint32 participant,uint32 loan,uint64 amount,uint256 nonce,uint64 deadline)");
bytes32 constant PAY_PAYABLE =
    keccak256("PayPayable(uint32 participant,uint32 payableId,uint64 amount,uint256 nonce,uint64 deadline)");
bytes32 constant ATTEST_PAYMENT =
    keccak256("AttestPayment(uint32 participant,uint32 payableId,uint64 amount,uint16 valueDay,bytes32 paymentReference,uint256 nonce,uint64 deadline)");
bytes32 constant RETURN_UNAPPLIED =
    keccak256("ReturnUnapplied(uint32 participant,uint32 payableId,uint64 amount,bytes32 paymentReference,uint256 nonce,uint64 deadline)");
bytes32 constant CONFIRM_PAYOUT =
    keccak256("ConfirmPayout(uint32 participant,uint64 payout,uint64 amount,bytes32 paymentReference,uint256 nonce,uint64 deadline)");
bytes32 constant RETURN_PAYOUT =
    keccak256("ReturnPayout(uint32 participant,uint64 payout,uint64 amount,bytes32 paymentReference,uint256 nonce,uint64 deadline)");
bytes32 constant ISSUE_DEPOSIT =
    keccak256("IssueDeposit(uint32 participant,uint32 to,uint64 amount,bytes32 paymentReference,uint256 nonce,uint64 deadline)");
bytes32 constant WITHDRAW_DEPOSIT =
    keccak256("WithdrawDeposit(uint32 participant,uint32 bank,uint64 amount,bytes32 paymentReference,uint256 nonce,uint64 deadline)");
bytes32 constant MOVE_DEPOSIT =
    keccak256("MoveDeposit(uint32 participant,uint32 bank,uint32 to,uint64 amount,bytes32 purpose,uint256 nonce,uint64 deadline)");
bytes32 constant FREEZE_RANGE =
    keccak256("FreezeRange(uint32 participant,uint32 payableId,uint64 start,uint64 end,bytes32 caseCommitment,uint16 reviewDay,uint256 nonce,uint64 deadline)");
bytes32 constant UNFREEZE_RANGE =
    keccak256("UnfreezeRange(uint32 participant,uint32 payableId,uint8 freeze,bytes32 caseCommitment,uint256 nonce,uint64 deadline)");
bytes32 constant FREEZE_PARTICIPANT =
    keccak256("FreezeParticipant(uint32 participant,uint32 subject,bytes32 caseCommitment,uint16 reviewDay,uint256 nonce,uint64 deadline)");
bytes32 constant UNFREEZE_PARTICIPANT =
    keccak256("UnfreezeParticipant(uint32 participant,uint32 subject,bytes32 caseCommitment,uint256 nonce,uint64 deadline)");
bytes32 constant SET_LIMIT =
    keccak256("SetLimit(uint32 participant,uint32 obligor,uint64 amount,uint256 nonce,uint64 deadline)");
bytes32 constant SET_RULES =
    keccak256("SetRules(uint32 participant,uint32 bank,RuleSet rules,uint256 nonce,uint64 deadline)RuleSet(uint16 effective,uint16 tenorDaysMax,uint16 offerDays,uint8 depthMax,uint32 piecesMax,uint56 pieceMin,uint32 lateRateDaily,uint40 overdueMultiplier,bool registrationRequired)");
bytes32 constant SET_HOLIDAYS =
    keccak256("SetHolidays(uint32 participant,uint32 bank,uint16 firstDay,uint256 holidays,uint256 nonce,uint64 deadline)");
bytes32 constant ADMIT_PARTICIPANT =
    keccak256("AdmitParticipant(uint32 participant,uint32 cosigner,uint32 secondCosigner,uint16 roles,bytes32 identity,uint32 recoveryBank,uint8 thresholdLow,uint8 thresholdHigh,uint64 highFrom,Signer[] signers,uint256 nonce,uint64 deadline)Signer(bytes key,uint8 duty,uint40 expiry,bytes32 certificate)");
bytes32 constant SUSPEND_PARTICIPANT =
    keccak256("SuspendParticipant(uint32 participant,uint32 subject,bool suspended,bytes32 reason,uint256 nonce,uint64 deadline)");
bytes32 constant ADD_SIGNER =
    keccak256("AddSigner(uint32 participant,Signer signer,uint256 nonce,uint64 deadline)Signer(bytes key,uint8 duty,uint40 expiry,bytes32 certificate)");
bytes32 constant REVOKE_SIGNER =
    keccak256("RevokeSigner(uint32 participant,uint8 signer,bytes32 reason,uint256 nonce,uint64 deadline)");
bytes32 constant SET_THRESHOLD =
    keccak256("SetThreshold(uint32 participant,uint8 thresholdLow,uint8 thresholdHigh,uint64 highFrom,uint256 nonce,uint64 deadline)");
bytes32 constant VOID_NONCE =
    keccak256("VoidNonce(uint32 participant,uint256 voided,uint256 nonce,uint64 deadline)");
bytes32 constant PROPOSE_RECOVERY =
    keccak256("ProposeRecovery(uint32 participant,uint32 subject,uint8 thresholdLow,uint8 thresholdHigh,uint64 highFrom,Signer[] signers,uint256 nonce,uint64 deadline)Signer(bytes key,uint8 duty,uint40 expiry,bytes32 certificate)");
bytes32 constant VETO_RECOVERY =
    keccak256("VetoRecovery(uint32 participant,uint256 nonce,uint64 deadline)");
bytes32 constant PAUSE_LEDGER =
    keccak256("PauseLedger(uint32 participant,bool paused,bytes32 reason,uint256 nonce,uint64 deadline)");
bytes32 constant ADD_VERSION =
    keccak256("AddVersion(uint32 participant,uint32 bank,uint32 secondBank,address[] desks,uint256 nonce,uint64 deadline)");
