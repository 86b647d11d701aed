// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Head, NewKey, Piece, Refusal, RuleTerms, Use} from "../Act.sol";

/// @notice The oracle's memory: plain records in arrays, one number a field. It is written from the rules and shares nothing with
/// the contracts; where they count, cache or index, it walks and adds up.
abstract contract Book {
    error Refused(Refusal why);

    uint256 internal constant ONE = 1e9;
    uint256 internal constant RATE_MAX = 36e7;
    uint256 internal constant FACE_MAX = 2 ** 56 - 1;
    uint256 internal constant AMOUNT_MAX = 2 ** 64 - 1;

    // Institution roles.
    uint256 internal constant ISSUER = 1;
    uint256 internal constant SUPPLIER = 2;
    uint256 internal constant BANK = 4;
    uint256 internal constant SETTLEMENT = 8;
    uint256 internal constant OPERATOR = 16;
    uint256 internal constant REGULATOR = 32;

    enum PState { None, Offered, Live, Settled, Cancelled }
    enum VState { None, Offered, Held, Pledged, Closed }

    struct KeyRecord {
        uint256 label;
        uint256 duty;
        uint256 expiry;
        bool revoked;
    }

    struct Party {
        uint256 roles;
        bool suspended;
        uint256 cases;
        uint256 frozenAt;
        uint256 low;
        uint256 high;
        uint256 highFrom;
        uint256 committed;
        uint256 committedDay;
        uint256 recoveryBank;
        /// Keys below were replaced by a recovery.
        uint256 firstKey;
        KeyRecord[] keys;
    }

    struct Span {
        uint256 start;
        uint256 end;
    }

    struct Payment {
        uint256 interest;
        uint256 principal;
        uint256 day;
        bool byBank;
    }

    struct Freeze {
        uint256 start;
        uint256 end;
        uint256 begun;
        bool lifted;
        bytes32 caseWord;
    }

    struct Payable {
        uint256 obligor;
        uint256 offeree;
        uint256 bank;
        uint256 offeredAt;
        uint256 face;
        uint256 maturity;
        uint256 due;
        uint256 rules;
        PState state;
        uint256 carried;
        uint256 lastDay;
        uint256 unapplied;
        uint256 unappliedDay;
        uint256 held;
        Span[] redeemed;
        Payment[] payments;
        Freeze[] freezes;
        Use[] uses;
    }

    struct Voucher {
        uint256 start;
        uint256 end;
        uint256 holder;
        uint256 counterparty;
        uint256 offeredAt;
        uint256 depth;
        uint256 settled;
        VState state;
        /// The sale with recourse that its holder may turn back on; 0 for none.
        uint256 sale;
        bool shared;
        /// The loan it secures now; 0 for none.
        uint256 loan;
    }

    struct Sale {
        uint256 seller;
        uint256 rate;
        uint256 before;
    }

    struct Loan {
        uint256 voucher;
        uint256 borrower;
        uint256 lender;
        uint256 principal;
        uint256 interestLeft;
        uint256 rate;
        uint256 ltv;
        uint256 due;
        uint256 interestFrom;
    }

    struct Invoice {
        bool known;
        uint256 total;
        uint256 used;
    }

    struct Payout {
        uint256 bank;
        uint256 payee;
        uint256 amount;
        bool confirmed;
        uint256 voucher;
    }

    struct Batch {
        uint256 obligor;
        uint256 count;
        uint256 left;
        uint256 deadline;
        bool isVoid;
        mapping(uint256 index => bool) issued;
    }

    struct Proposal {
        bytes32 terms;
        uint256 effective;
    }

    // Records are numbered from 1; place 0 of an array stays empty.
    Party[] internal parties;
    Payable[] internal payables;
    mapping(uint256 payableId => Voucher[]) internal vouchers;
    Sale[] internal sales;
    Loan[] internal loans;
    Payout[] internal payouts;
    RuleTerms[] internal ruleSets;
    mapping(uint256 day => bool) internal isHoliday;
    mapping(uint256 bank => mapping(uint256 obligor => uint256)) internal limits;
    mapping(uint256 bank => mapping(uint256 owner => uint256)) internal deposits;
    mapping(uint256 bank => uint256) internal issuedBy;
    mapping(uint256 bank => mapping(bytes32 word => bytes32 fact)) internal facts;
    mapping(uint256 invoice => Invoice) internal invoices;
    mapping(uint256 party => mapping(uint256 nonce => bool)) internal nonceUsed;
    mapping(bytes32 batch => Batch) internal batches;
    mapping(bytes32 offer => uint256) internal offerSpent;
    mapping(uint256 party => mapping(uint256 nonce => bytes32 offer)) internal offerUnder;
    mapping(uint256 party => mapping(bytes32 caseWord => bool)) internal caseOpen;
    mapping(bytes32 identity => bool) internal identityTaken;
    mapping(uint256 party => Proposal) internal recoveries;
    mapping(bytes32 terms => uint256 effective) internal versions;
    bool internal paused;
    uint256 internal versionCount = 1;

    function refuseIf(bool condition, Refusal why) internal pure {
        if (condition) revert Refused(why);
    }

    // ---- days

    function dayOf(uint256 second) internal pure returns (uint256) {
        return (second + 8 * 3600) / 86400;
    }

    function today() public view returns (uint256) {
        return dayOf(block.timestamp);
    }

    /// @dev A run of holidays is skipped, up to a month of them.
    function businessDay(uint256 day) internal view returns (uint256) {
        uint256 last = day + 31;
        while (day < last && isHoliday[day]) day += 1;
        return day;
    }

    function rulesToday() internal view returns (uint256 found) {
        for (uint256 i; i < ruleSets.length; ++i) {
            if (ruleSets[i].effective <= today()) found = i;
        }
    }

    // ---- arithmetic

    function halfUp(uint256 above, uint256 below) internal pure returns (uint256) {
        uint256 whole = above / below;
        uint256 rest = above - whole * below;
        return rest * 2 >= below ? whole + 1 : whole;
    }

    function interest(uint256 principal, uint256 rate, uint256 from, uint256 to) internal pure returns (uint256) {
        if (to <= from) return 0;
        return halfUp(principal * rate * (to - from), 360 * ONE);
    }

    function raisedInterest(uint256 principal, uint256 rate, uint256 factor, uint256 from, uint256 to)
        internal
        pure
        returns (uint256)
    {
        if (to <= from) return 0;
        return halfUp(principal * rate * factor * (to - from), 360 * ONE * ONE);
    }

    // ---- records by their numbers

    function exists(uint256 payableId) internal view returns (bool) {
        return payableId != 0 && payableId < payables.length;
    }

    function isParty(uint256 party) internal view returns (bool) {
        return party != 0 && party < parties.length;
    }

    function rolesOf(uint256 party) internal view returns (uint256) {
        return isParty(party) ? parties[party].roles : 0;
    }

    function isFrozenParty(uint256 party) internal view returns (bool) {
        return isParty(party) && parties[party].cases != 0;
    }

    function payableOf(uint256 id) internal pure returns (uint256) {
        return id >> 32;
    }

    function known(uint256 id) internal view returns (bool) {
        uint256 serial = id & 0xffffffff;
        return exists(payableOf(id)) && serial != 0 && serial < vouchers[payableOf(id)].length;
    }

    function stored(uint256 id) internal view returns (Voucher storage) {
        return vouchers[payableOf(id)][id & 0xffffffff];
    }

    /// @dev A part whose offer has ended is held again; a root stays offered until its payable is cancelled.
    function refresh(uint256 id) internal returns (Voucher storage voucher) {
        refuseIf(!known(id), Refusal.UnknownVoucher);
        voucher = stored(id);
        bool isPart = payables[payableOf(id)].state != PState.Offered;
        if (voucher.state == VState.Offered && isPart && !offerOpen(id)) hold(voucher);
    }

    function hold(Voucher storage voucher) internal {
        (voucher.state, voucher.counterparty, voucher.loan) = (VState.Held, 0, 0);
    }

    function close(Voucher storage voucher) internal {
        (voucher.state, voucher.counterparty, voucher.loan) = (VState.Closed, 0, 0);
    }

    function offerOpen(uint256 id) internal view returns (bool) {
        return known(id) && offerOpen(payables[payableOf(id)], stored(id));
    }

    function offerOpen(Payable storage payable_, Voucher storage voucher) internal view returns (bool) {
        if (voucher.state != VState.Offered) return false;
        if (today() >= dayOf(voucher.offeredAt) + ruleSets[payable_.rules].offerDays) return false;
        if (today() >= payable_.maturity) return false;
        for (uint256 i; i < payable_.freezes.length; ++i) {
            Freeze storage freeze_ = payable_.freezes[i];
            bool overlaps = freeze_.start < voucher.end && voucher.start < freeze_.end;
            if (overlaps && freeze_.begun >= voucher.offeredAt) return false;
        }
        return !frozenSince(voucher.holder, voucher.offeredAt) && !frozenSince(voucher.counterparty, voucher.offeredAt);
    }

    function frozenSince(uint256 party, uint256 second) private view returns (bool) {
        return isParty(party) && parties[party].frozenAt >= second;
    }

    function rangeFrozen(uint256 id) internal view returns (bool) {
        return rangeFrozen(payables[payableOf(id)], stored(id));
    }

    function rangeFrozen(Payable storage payable_, Voucher storage voucher) internal view returns (bool) {
        Freeze[] storage all = payable_.freezes;
        for (uint256 i; i < all.length; ++i) {
            if (!all[i].lifted && all[i].start < voucher.end && voucher.start < all[i].end) return true;
        }
        return false;
    }

    // ---- what is owed

    function unredeemedBelow(uint256 payableId, uint256 unit) internal view returns (uint256 units) {
        units = unit;
        Span[] storage all = payables[payableId].redeemed;
        for (uint256 i; i < all.length; ++i) {
            Span storage gone = all[i];
            if (gone.start < unit) units -= (gone.end < unit ? gone.end : unit) - gone.start;
        }
    }

    function redeemedOf(uint256 payableId) internal view returns (uint256 sum) {
        Span[] storage all = payables[payableId].redeemed;
        for (uint256 i; i < all.length; ++i) {
            sum += all[i].end - all[i].start;
        }
    }

    function paidOf(uint256 payableId) internal view returns (uint256 sum) {
        Payment[] storage all = payables[payableId].payments;
        for (uint256 i; i < all.length; ++i) {
            sum += all[i].principal;
        }
    }

    /// @dev Principal neither paid nor redeemed.
    function liveOf(uint256 payableId) internal view returns (uint256) {
        Payable storage payable_ = payables[payableId];
        if (payable_.state != PState.Live && payable_.state != PState.Settled) return 0;
        return payable_.face - redeemedOf(payableId) - paidOf(payableId);
    }

    function reckonedFrom(uint256 payableId) internal view returns (uint256) {
        Payable storage payable_ = payables[payableId];
        return payable_.lastDay > payable_.due ? payable_.lastDay : payable_.due;
    }

    function lateInterest(uint256 payableId, uint256 day) internal view returns (uint256) {
        Payable storage payable_ = payables[payableId];
        if (payable_.state != PState.Live) return 0;
        uint256 from = reckonedFrom(payableId);
        if (day <= from) return payable_.carried;
        uint256 daily = ruleSets[payable_.rules].lateRateDaily;
        return payable_.carried + halfUp(liveOf(payableId) * daily * (day - from), ONE);
    }

    function outstanding(uint256 obligor) internal view returns (uint256 sum) {
        for (uint256 i = 1; i < payables.length; ++i) {
            if (payables[i].obligor != obligor) continue;
            if (payables[i].state == PState.Offered) sum += payables[i].face;
            else if (payables[i].state == PState.Live) sum += liveOf(i);
        }
    }

    function limitOf(uint256 obligor) internal view returns (uint256 sum) {
        // Whoever has ever set a line is a participant.
        for (uint256 bank = 1; bank < parties.length; ++bank) {
            sum += limits[bank][obligor];
        }
        if (sum > AMOUNT_MAX) sum = AMOUNT_MAX;
    }

    // ---- money

    function take(uint256 bank, uint256 from, uint256 amount) internal {
        refuseIf(deposits[bank][from] < amount, Refusal.DepositShort);
        deposits[bank][from] -= amount;
    }

    function move(uint256 bank, uint256 from, uint256 to, uint256 amount) internal {
        take(bank, from, amount);
        deposits[bank][to] += amount;
    }

    /// @dev A bank's reference stands for one fact.
    function takeReference(uint256 bank, bytes32 word, bytes32 fact) internal {
        refuseIf(word == 0, Refusal.ReferenceMissing);
        refuseIf(facts[bank][word] == fact, Refusal.ReferenceUsed);
        refuseIf(facts[bank][word] != 0, Refusal.ReferenceConflict);
        facts[bank][word] = fact;
    }
}
