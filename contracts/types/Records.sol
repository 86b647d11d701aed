// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ParticipantId, SaleId, VoucherId} from "./Ids.sol";

// Amounts are fen. Days are business days: days since 1970-01-01 in UTC+8. Rates are parts per billion (RATE_ONE = 100 %).

uint256 constant RATE_ONE = 1e9;

/// @dev The highest annual rate any quote may carry: 36 %.
uint256 constant RATE_MAX = 0.36e9;

/// @dev The largest face of a payable: what fits a voucher's word, 720 trillion yuan.
uint64 constant FACE_MAX = type(uint56).max;

// ---- institution roles, one bit each

uint16 constant ROLE_ISSUER = 1;
uint16 constant ROLE_SUPPLIER = 2;
uint16 constant ROLE_BANK = 4;
uint16 constant ROLE_SETTLEMENT = 8;
uint16 constant ROLE_OPERATOR = 16;
uint16 constant ROLE_REGULATOR = 32;

/// @dev Roles whose holders may be offered a voucher.
uint16 constant ROLES_TRADING = ROLE_ISSUER | ROLE_SUPPLIER | ROLE_BANK;

// ---- duties of a signer, one bit each

uint8 constant DUTY_MAKER = 1;
uint8 constant DUTY_CHECKER = 2;

/// @notice How many signers an act needs: one, the threshold of its amount, or the participant's highest threshold.
enum Level {
    One,
    Amount,
    Highest
}

/// @notice What is known of a participant.
/// @dev One word; the layout is drawn in MemberWord.sol.
struct Member {
    uint16 roles;
    bool suspended;
    bool frozen;
    uint8 thresholdLow;
    uint8 thresholdHigh;
    /// Numbers given to signers; never reused.
    uint8 signers;
    /// Signers below were replaced by a recovery.
    uint8 firstSigner;
    /// Amount committed in a business day from which the high threshold applies.
    uint64 highFrom;
    /// What was committed on `committedDay`.
    uint64 committed;
    uint16 committedDay;
    /// The last second a freeze began; offers made before are ended.
    uint32 frozenAt;
    ParticipantId recoveryBank;
}

enum PayableState {
    None,
    Offered,
    Live,
    Settled,
    Cancelled
}

enum VoucherState {
    None,
    Offered,
    Held,
    Pledged,
    Closed
}

/// @notice A promise to pay its face on its maturity day.
/// @dev One word. `offeree` and `offeredAt` speak of the root offer, whose voucher gets a word of its own on acceptance only.
///
///     | obligor 32 | offeree 32 | bank 32 | offeredAt 32 | face 56 | maturity 16 | due 16 | rules 16 | state 8 | invoices 8 | freezes 8 |
struct Payable {
    ParticipantId obligor;
    ParticipantId offeree;
    /// The settlement bank: it attests payments on the bank rail, and the deposits of the deposit rail are its own.
    ParticipantId bank;
    /// Second of the root offer.
    uint32 offeredAt;
    uint56 face;
    uint16 maturity;
    /// The first business day on or after maturity by the holidays known at issue; late from the day after.
    uint16 due;
    /// The rules it was issued under.
    uint16 rules;
    PayableState state;
    /// How many invoices back it.
    uint8 invoices;
    /// Freezes ever laid on its ranges, in force or lifted.
    uint8 freezes;
}

/// @notice What has become of the units of a payable: live + paid + redeemed + cancelled = face once it is accepted or cancelled.
/// @dev One word.
struct Tally {
    uint56 live;
    uint56 paid;
    uint56 redeemed;
    /// Vouchers that are not closed.
    uint32 pieces;
    /// Serial numbers given out; never reused.
    uint32 serials;
    /// Redeemed ranges, few by rule.
    uint8 redemptions;
}

/// @notice A range [start, end) of a payable with one holder.
/// @dev One word.
///
///     | start 56 | end 56 | holder 32 | counterparty 32 | offeredAt 32 | depth 16 | settled 16 | state 8 | flags 8 |
struct Voucher {
    uint56 start;
    uint56 end;
    ParticipantId holder;
    /// The other side of the open offer (offeree) or lien (pledgee).
    ParticipantId counterparty;
    /// Second of the open offer.
    uint32 offeredAt;
    /// Hops from the obligor: accepted transfers and sales.
    uint16 depth;
    /// Payments already distributed to this range.
    uint16 settled;
    VoucherState state;
    uint8 flags;
}

/// @dev The holder may turn back to the seller of `Sales.recourseOf`.
uint8 constant FLAG_RECOURSE = 1;

/// @dev The obligor's share of a sale's cost has been given on this range.
uint8 constant FLAG_COST_SHARED = 2;

/// @notice Dated rules; a payable keeps those in force on the day of its issue.
/// @dev One word.
struct RuleSet {
    uint16 effective;
    uint16 tenorDaysMax;
    uint16 offerDays;
    uint8 depthMax;
    /// Vouchers of one payable that may be open at once; 0 for no limit.
    uint32 piecesMax;
    /// Smallest voucher a cut may leave; 0 for no limit.
    uint56 pieceMin;
    /// Late interest a day on unpaid principal.
    uint32 lateRateDaily;
    /// Factor on a loan's or sale's rate once overdue.
    uint40 overdueMultiplier;
    /// Whether sale and pledge must carry the commitment of their registration.
    bool registrationRequired;
}

/// @notice What of the rules circulation asks for on every cut and offer.
struct Limits {
    uint16 offerDays;
    uint8 depthMax;
    uint32 piecesMax;
    uint56 pieceMin;
}

/// @notice An invoice and how much of it backs a payable.
struct InvoiceUse {
    /// Keyed fingerprint of the normalised invoice identity.
    bytes32 fingerprint;
    uint64 total;
    uint64 used;
}

/// @notice A part of a transfer: `amount` from the low end of `voucher`, offered to `to`.
struct Part {
    ParticipantId to;
    VoucherId voucher;
    uint64 amount;
    /// Commitment of the trade evidence.
    bytes32 evidence;
}

/// @notice A loan secured by one pledged voucher.
struct Loan {
    VoucherId voucher;
    ParticipantId borrower;
    ParticipantId lender;
    uint64 principal;
    /// Interest left over from payments that did not cover it; bears none.
    uint64 interestLeft;
    uint32 rate;
    uint32 ltv;
    uint16 due;
    /// The day interest runs from: the advance, then each payment that reached the loan.
    uint16 interestFrom;
}

/// @notice A sale with full recourse.
struct Sale {
    ParticipantId seller;
    uint32 rate;
    /// The recourse the seller had itself.
    SaleId previous;
}
