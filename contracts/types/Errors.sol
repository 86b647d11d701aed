// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {LoanId, ParticipantId, PayableId, VoucherId} from "./Ids.sol";
import {PayableState, VoucherState} from "./Records.sol";

// Every refusal of the ledger, declared once. Its name is the code that the API, the CLI and the books show.

// ---- authority

/// @notice Only a desk of a registered ledger version may ask this.
error NotDesk(address caller);
error UnknownParticipant(ParticipantId participant);
error MissingRole(ParticipantId participant, uint16 role);
error ParticipantSuspended(ParticipantId participant);
error ParticipantFrozen(ParticipantId participant);
error LedgerPaused();
error DeadlinePassed(uint64 deadline, uint256 time);
error DeadlineTooFar(uint64 deadline, uint256 latest);
/// @notice A batch holds other items than it says; nothing of it was carried out.
error BatchMalformed(uint256 index);
error NonceUsed(ParticipantId participant, uint256 nonce);
/// @notice Approvals are, one after the other, a signer's number, the length of its signature (two bytes) and the signature.
error ApprovalsMalformed(ParticipantId participant);
error SignersTooFew(ParticipantId participant, uint256 required, uint256 given);
/// @notice Approvals name their signers in rising order, each once.
error SignersUnordered(ParticipantId participant, uint256 signer);
error UnknownSigner(ParticipantId participant, uint256 signer);
error SignerRevoked(ParticipantId participant, uint256 signer);
error SignerExpired(ParticipantId participant, uint256 signer, uint256 expiry);
error MakerMissing(ParticipantId participant);
error CheckerMissing(ParticipantId participant);
error InvalidSignature(ParticipantId participant, uint256 signer);
/// @notice The two co-signers of one act are the same participant, or one of them is the actor.
error SameCosigner(ParticipantId participant);

// ---- administration

error IdentityTaken(bytes32 identity, ParticipantId by);
error BadRoles(uint16 roles);
error BadThreshold(uint256 low, uint256 high, uint256 signers);
error BadSigner(uint256 index);
error UnknownVerifier(address verifier);
error SignerKeyTaken(ParticipantId participant, bytes32 key);
error TooManySigners(uint256 asked, uint256 most);
error RecoveryNotProposed(ParticipantId participant);
error RecoveryTooEarly(ParticipantId participant, uint256 effective, uint256 time);
error VersionNotProposed(bytes32 digest);
error VersionTooEarly(uint256 effective, uint256 time);
error BadRules(bytes32 field, uint256 value);

// ---- vouchers

error UnknownVoucher(VoucherId voucher);
error NotHolder(VoucherId voucher, ParticipantId participant);
error VoucherNotHeld(VoucherId voucher, VoucherState state);
error VoucherNotOffered(VoucherId voucher, ParticipantId participant);
/// @notice The command was signed for another range of this voucher.
error RangeChanged(VoucherId voucher, uint64 start, uint64 end);
/// @notice The offer may still be answered.
error OfferOpen(VoucherId voucher);
error PastMaturity(PayableId payableId, uint256 maturity, uint256 today);
error RangeFrozen(VoucherId voucher);
error SelfTransfer(ParticipantId participant);
error NotEligible(ParticipantId participant, uint16 roles);
error ToObligor(ParticipantId participant);
error DepthExceeded(VoucherId voucher, uint256 most);
error ZeroAmount();
error AmountExceedsVoucher(VoucherId voucher, uint256 asked, uint256 available);
error PieceTooSmall(VoucherId voucher, uint256 piece, uint256 least);
error TooManyPieces(PayableId payableId, uint256 most);
/// @notice Two vouchers cannot become one: they do not touch, or differ in holder, depth, recourse or cost share.
error NotJoinable(VoucherId low, VoucherId high);

// ---- issue

error IssuerBlocked(ParticipantId obligor, uint256 unpaidSince);
error TenorTooLong(uint256 tenor, uint256 most);
error LimitExceeded(ParticipantId obligor, uint256 outstanding, uint256 face, uint256 limit);
error FaceTooLarge(uint256 face, uint256 most);
error InvoiceMismatch(bytes32 fingerprint, uint256 total, uint256 firstTotal);
error InvoiceOverused(bytes32 fingerprint, uint256 used, uint256 asked, uint256 total);
error InvoiceShort(uint256 used, uint256 face);
/// @notice An issue without invoices needs another evidence commitment.
error EvidenceMissing();
error TooManyInvoices(uint256 asked, uint256 most);
/// @notice A cancelled payable frees exactly the invoices that back it.
error InvoicesIncomplete(PayableId payableId, uint256 given, uint256 backing);
error InvoiceNotUsed(PayableId payableId, bytes32 fingerprint);
error NotOnBatch(bytes32 batch, uint256 index);
error UnknownBatch(bytes32 batch);
error BatchVoid(bytes32 batch);
error BatchItemIssued(bytes32 batch, uint256 index);
error BatchExceeded(bytes32 batch, uint256 asked, uint256 left);

// ---- financing

error BadTerms(bytes32 field, uint256 value);
/// @notice Command and quote differ in `field`.
error QuoteMismatch(bytes32 field);
error CostShareSpent(VoucherId voucher);
error CostShareExceeded(uint256 asked, uint256 budget);
error RegistrationMissing();
error CoverTooLow(uint256 cover, uint256 owed);
error TooManyRedemptions(PayableId payableId, uint256 most);
error UnknownLoan(LoanId loan);
error NotLender(LoanId loan, ParticipantId participant);
error NotBorrower(LoanId loan, ParticipantId participant);
error RepaymentExceedsLoan(LoanId loan, uint256 asked, uint256 principal);
error NoRecourse(VoucherId voucher);
error NotOverdue(PayableId payableId, uint256 due);
/// @notice Payments not yet distributed to this voucher come first: settle it, then try again.
error SettleFirst(VoucherId voucher);

// ---- payment

error UnknownPayable(PayableId payableId);
error PayableNotLive(PayableId payableId, PayableState state);
error PayableNotOffered(PayableId payableId, PayableState state);
error NotObligor(PayableId payableId, ParticipantId participant);
error NotSettlementBank(PayableId payableId, ParticipantId participant);
error NotYetDue(PayableId payableId, uint256 maturity, uint256 today);
error PaymentExceedsDebt(PayableId payableId, uint256 amount, uint256 debt);
error PaymentTooSmall(PayableId payableId, uint256 amount, uint256 least);
error ReferenceUsed(ParticipantId bank, bytes32 paymentReference);
error ReferenceConflict(ParticipantId bank, bytes32 paymentReference);
error ReferenceMissing();
error NothingUnapplied(PayableId payableId);
error UnappliedExceeded(PayableId payableId, uint256 asked, uint256 available);
error UnknownPayout(uint64 payout);
error PayoutMismatch(uint64 payout, uint256 asked, uint256 amount);
error PayoutNotOpen(uint64 payout);
error PayoutNotConfirmed(uint64 payout);
error AmountTooLarge(uint256 amount, uint256 most);
error DepositShort(ParticipantId participant, uint256 asked, uint256 available);

// ---- oversight

error CaseMissing();
error CaseOpen(bytes32 caseCommitment);
error ReviewDayPast(uint256 reviewDay, uint256 today);
error BadRange(uint256 start, uint256 end);
error TooManyFreezes(PayableId payableId, uint256 most);
error NotFrozen();

// ---- the read surface of ERC-721

/// @notice Vouchers move by signed commands only.
error SignedCommandsOnly();
/// @notice Counts of vouchers are not kept on chain; read them from the views.
error CountNotKept();
