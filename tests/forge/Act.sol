// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// What driver and oracle speak about: one act, and how it can be refused. Nothing here comes from contracts/.

/// @notice Everything a participant, or anybody, can ask of the ledger. `Trespass` knocks at doors that are open to no act.
enum Verb {
    Issue, RecordBatch, IssueFromBatch, VoidBatch, Accept, Decline, Withdraw, Lapse, Transfer, Join, Sell, Redeem,
    Recourse, Pledge, Repay, Release, Pay, Attest, ApplyUnapplied, ReturnUnapplied, ConfirmPayout, ReturnPayout,
    Settle, IssueDeposit, WithdrawDeposit, MoveDeposit, FreezeRange, UnfreezeRange, FreezeParticipant,
    UnfreezeParticipant, SetLimit, SetRules, SetHolidays, Suspend, Pause, VoidNonce, AddSigner, RevokeSigner,
    SetThreshold, Admit, ProposeRecovery, VetoRecovery, CompleteRecovery, ProposeVersion, CompleteVersion, Trespass
}

/// @notice The refusals by name; `None` stands for acceptance.
enum Refusal {
    None, NotDesk, UnknownParticipant, MissingRole, ParticipantSuspended, ParticipantFrozen, LedgerPaused,
    DeadlinePassed, DeadlineTooFar, NonceUsed, ApprovalsMalformed, SignersTooFew, SignersUnordered, UnknownSigner,
    SignerRevoked, SignerExpired, MakerMissing, CheckerMissing, InvalidSignature, SameCosigner, IdentityTaken,
    BadRoles, BadThreshold, BadSigner, UnknownVerifier, SignerKeyTaken, TooManySigners, RecoveryNotProposed,
    RecoveryTooEarly, VersionNotProposed, VersionTooEarly, BadRules, UnknownVoucher, NotHolder, VoucherNotHeld,
    VoucherNotOffered, RangeChanged, OfferOpen, PastMaturity, RangeFrozen, SelfTransfer, NotEligible, ToObligor,
    DepthExceeded, ZeroAmount, AmountExceedsVoucher, PieceTooSmall, TooManyPieces, NotJoinable, IssuerBlocked,
    TenorTooLong, LimitExceeded, FaceTooLarge, InvoiceMismatch, InvoiceOverused, InvoiceShort, EvidenceMissing,
    TooManyInvoices, InvoicesIncomplete, InvoiceNotUsed, NotOnBatch, UnknownBatch, BatchVoid, BatchItemIssued,
    BatchExceeded, BadTerms, QuoteMismatch, CostShareSpent, CostShareExceeded, RegistrationMissing, CoverTooLow,
    TooManyRedemptions, UnknownLoan, NotLender, NotBorrower, RepaymentExceedsLoan, NoRecourse, NotOverdue,
    SettleFirst, UnknownPayable, PayableNotLive, PayableNotOffered, NotObligor, NotSettlementBank, NotYetDue,
    PaymentExceedsDebt, PaymentTooSmall, ReferenceUsed, ReferenceConflict, ReferenceMissing, NothingUnapplied,
    UnappliedExceeded, UnknownPayout, PayoutMismatch, PayoutNotOpen, PayoutNotConfirmed, AmountTooLarge, DepositShort,
    CaseMissing, CaseOpen, ReviewDayPast, BadRange, TooManyFreezes, NotFrozen, SignedCommandsOnly, CountNotKept,
    BatchMalformed
}

/// @notice Who approves a command, by the numbers of its keys; what is wrong with it.
struct Approval {
    uint256[] signers;
    /// Bit i: the i-th signature is over something else.
    uint256 wrong;
    bool cutShort;
}

/// @notice What every command has.
struct Head {
    uint256 participant;
    uint256 nonce;
    uint256 deadline;
    Approval approval;
}

struct Use {
    uint256 invoice;
    uint256 total;
    uint256 used;
}

struct Piece {
    uint256 voucher;
    uint256 amount;
    uint256 to;
}

struct RuleTerms {
    uint256 effective;
    uint256 tenorDaysMax;
    uint256 offerDays;
    uint256 depthMax;
    uint256 piecesMax;
    uint256 pieceMin;
    uint256 lateRateDaily;
    uint256 overdueMultiplier;
    bool registrationRequired;
}

/// @notice A key to be registered: `label` names the private key, `form` how it is spelled.
struct NewKey {
    uint256 label;
    uint256 duty;
    uint256 expiry;
    /// 0 an account, 1 an account cut short, 2 a key of a verifier that nobody allowed
    uint256 form;
    bool unproved;
}

/// @notice Fields in which a quote may differ from the command it answers.
enum Differs {
    Nothing, Taker, Voucher, Start, End, Amount, Advance, Ltv, Rate, Due, Recourse, Registration
}

/// @notice One act. Which fields count depends on the verb.
struct Act {
    Verb verb;
    Head head;
    /// The other side's quote, or the first co-signer.
    Head quote;
    /// The obligor's offer to bear costs, or the second co-signer.
    Head offer;
    Differs differs;
    uint256 to;
    uint256 bank;
    uint256 payableId;
    uint256 voucher;
    uint256 other;
    uint256 start;
    uint256 end;
    uint256 amount;
    uint256 release;
    uint256 advance;
    uint256 rate;
    uint256 ltv;
    uint256 share;
    uint256 shareMax;
    uint256 rateMax;
    uint256 budget;
    uint256 day;
    uint256 number;
    uint256 count;
    uint256 low;
    uint256 high;
    uint256 highFrom;
    uint256 roles;
    bool flag;
    bytes32 evidence;
    /// Registration, reference, case, identity, batch or proposal.
    bytes32 word;
    RuleTerms rules;
    Use[] uses;
    Piece[] pieces;
    uint256[] ids;
    NewKey[] keys;
}

/// @dev Makes an act that was planned before the one that is being made; its lists are shared.
function adopt(Act memory into, Act memory from) pure {
    into.verb = from.verb;
    into.head = from.head;
    into.quote = from.quote;
    into.offer = from.offer;
    into.differs = from.differs;
    into.to = from.to;
    into.bank = from.bank;
    into.payableId = from.payableId;
    into.voucher = from.voucher;
    into.other = from.other;
    into.start = from.start;
    into.end = from.end;
    into.amount = from.amount;
    into.release = from.release;
    into.advance = from.advance;
    into.rate = from.rate;
    into.ltv = from.ltv;
    into.share = from.share;
    into.shareMax = from.shareMax;
    into.rateMax = from.rateMax;
    into.budget = from.budget;
    into.day = from.day;
    into.number = from.number;
    into.count = from.count;
    into.low = from.low;
    into.high = from.high;
    into.highFrom = from.highFrom;
    into.roles = from.roles;
    into.flag = from.flag;
    into.evidence = from.evidence;
    into.word = from.word;
    into.rules = from.rules;
    into.uses = from.uses;
    into.pieces = from.pieces;
    into.ids = from.ids;
    into.keys = from.keys;
}
