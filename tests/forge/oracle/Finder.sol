// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Financing} from "./Financing.sol";
import {Office} from "./Office.sol";
import {Use} from "../Act.sol";

/// @notice What the driver looks for in the oracle's memory to make acts that mean something. It decides nothing.
abstract contract Finder is Financing, Office {
    enum Want {
        AnyVoucher, OpenOffer, OpenRoot, DeadRoot, Disposable, Unshared, Joinable, WithRecourse, Unsettled, Pledged,
        Frozen
    }

    /// @dev Older payables are left to rest.
    uint256 private constant WINDOW = 16;

    /// @dev How many vouchers one search looks at.
    uint256 private constant PATIENCE = 24;

    /// @notice A voucher of that kind, searched from a random place on; 0 where none was found soon.
    function find(Want want, uint256 random) external view returns (uint256) {
        uint256 count = payables.length - 1;
        uint256 window = count < WINDOW ? count : WINDOW;
        (uint256 looked, uint256 day) = (0, today());
        for (uint256 i; i < window; ++i) {
            uint256 payableId = count - (random + i) % window;
            Payable storage payable_ = payables[payableId];
            if (!worthLooking(want, payable_, day)) continue;
            uint256 all = vouchers[payableId].length - 1;
            uint256 place = all == 0 ? 0 : random / 1024 % all;
            for (uint256 j; j < all; ++j) {
                if (++place > all) place = 1;
                if (fits(want, payableId, vouchers[payableId][place])) return (payableId << 32) + place;
                if (++looked == PATIENCE) return 0;
            }
        }
        return 0;
    }

    function worthLooking(Want want, Payable storage payable_, uint256 day) private view returns (bool) {
        if (want == Want.AnyVoucher || want == Want.OpenOffer || want == Want.Pledged) return true;
        if (want == Want.Frozen) return payable_.freezes.length != 0;
        if (want == Want.Unsettled) return payable_.payments.length != 0;
        PState state = payable_.state;
        if (want == Want.OpenRoot || want == Want.DeadRoot) return state == PState.Offered;
        if (state != PState.Live) return false;
        return want == Want.WithRecourse ? payable_.due < day : day < payable_.maturity;
    }

    function fits(Want want, uint256 payableId, Voucher storage voucher) private view returns (bool) {
        if (want == Want.AnyVoucher) return true;
        Payable storage payable_ = payables[payableId];
        if (want == Want.OpenOffer || want == Want.OpenRoot) return offerOpen(payable_, voucher);
        if (want == Want.DeadRoot) return !offerOpen(payable_, voucher);
        if (want == Want.Pledged) return voucher.state == VState.Pledged;
        if (want == Want.WithRecourse) return voucher.sale != 0 && isHeld(payable_, voucher);
        if (want == Want.Unsettled) return voucher.state != VState.Closed && voucher.settled < payable_.payments.length;
        if (want == Want.Frozen) return rangeFrozen(payable_, voucher);
        if (!isHeld(payable_, voucher) || rangeFrozen(payable_, voucher)) return false;
        if (want == Want.Joinable) return neighbourOf(payableId, voucher) != 0;
        return want == Want.Disposable || !voucher.shared;
    }

    /// @dev Held, or offered until its offer ended.
    function isHeld(Payable storage payable_, Voucher storage voucher) private view returns (bool) {
        VState state = voucher.state;
        if (state != VState.Offered) return state == VState.Held;
        return payable_.state == PState.Live && !offerOpen(payable_, voucher);
    }

    /// @notice The held voucher of the same holder that begins where this one ends; 0 for none.
    function neighbour(uint256 id) external view returns (uint256) {
        return known(id) ? neighbourOf(payableOf(id), stored(id)) : 0;
    }

    function neighbourOf(uint256 payableId, Voucher storage low) private view returns (uint256) {
        Voucher[] storage all = vouchers[payableId];
        (uint256 length, uint256 end, uint256 holder) = (all.length, low.end, low.holder);
        for (uint256 i = 1; i < length; ++i) {
            Voucher storage high = all[i];
            bool touches = high.start == end && high.holder == holder;
            if (touches && isHeld(payables[payableId], high)) return (payableId << 32) + i;
        }
        return 0;
    }

    /// @notice A payable in a state, and on or after its maturity if asked; 0 where the last ones have none.
    function findPayable(PState state, bool mature, uint256 random) external view returns (uint256) {
        uint256 count = payables.length - 1;
        uint256 window = count < WINDOW ? count : WINDOW;
        for (uint256 i; i < window; ++i) {
            uint256 id = count - (random + i) % window;
            if (payables[id].state == state && (today() >= payables[id].maturity) == mature) return id;
        }
        return 0;
    }

    /// @notice A payable with unapplied money, best one that could be shared now.
    function findUnapplied(bool ripe, uint256 random) external view returns (uint256) {
        uint256 count = payables.length - 1;
        uint256 window = count < WINDOW ? count : WINDOW;
        for (uint256 i; i < window; ++i) {
            uint256 id = count - (random + i) % window;
            (uint256 amount,) = shareable(id);
            if (payables[id].unapplied != 0 && (amount != 0) == ripe) return id;
        }
        return 0;
    }

    /// @notice A loan with principal left; `early` asks for one whose payable is not mature.
    function findLoan(bool early, uint256 random) external view returns (uint256) {
        uint256 count = loans.length - 1;
        uint256 window = count < WINDOW ? count : WINDOW;
        for (uint256 i; i < window; ++i) {
            uint256 number = count - (random + i) % window;
            Loan storage loan = loans[number];
            if (loan.principal == 0) continue;
            bool secured = stored(loan.voucher).loan == number;
            if (!early || (secured && today() < payables[payableOf(loan.voucher)].maturity)) return number;
        }
        return 0;
    }

    function findPayout(bool confirmed, uint256 random) external view returns (uint256) {
        uint256 count = payouts.length - 1;
        uint256 window = count < WINDOW ? count : WINDOW;
        for (uint256 i; i < window; ++i) {
            uint256 number = count - (random + i) % window;
            if (payouts[number].confirmed == confirmed) return number;
        }
        return 0;
    }

    // ---- records as they stand now

    /// @notice The voucher with an ended offer already held again.
    function voucherView(uint256 id) public view returns (Voucher memory voucher) {
        if (!known(id)) return voucher;
        voucher = stored(id);
        bool isPart = payables[payableOf(id)].state != PState.Offered;
        if (voucher.state == VState.Offered && isPart && !offerOpen(id)) {
            (voucher.state, voucher.counterparty) = (VState.Held, 0);
        }
    }

    /// @notice A payable without its lists.
    struct Brief {
        uint256 obligor;
        uint256 bank;
        uint256 face;
        uint256 maturity;
        uint256 unapplied;
    }

    function brief(uint256 id) external view returns (Brief memory) {
        if (!exists(id)) return Brief(0, 0, 0, 0, 0);
        Payable storage one = payables[id];
        return Brief(one.obligor, one.bank, one.face, one.maturity, one.unapplied);
    }

    /// @notice The invoices that a cancelled payable would set free; none of one that was accepted.
    function backing(uint256 id) external view returns (uint256[] memory used) {
        if (!exists(id) || payables[id].state != PState.Offered) return used;
        Use[] storage uses = payables[id].uses;
        used = new uint256[](uses.length);
        for (uint256 i; i < used.length; ++i) {
            used[i] = uses[i].invoice;
        }
    }

    function freezesOf(uint256 id) external view returns (Freeze[] memory all) {
        if (exists(id)) all = payables[id].freezes;
    }

    function payableView(uint256 id) external view returns (Payable memory payable_) {
        if (exists(id)) payable_ = payables[id];
    }

    function partyView(uint256 party) external view returns (Party memory found_) {
        if (isParty(party)) found_ = parties[party];
    }

    function loanView(uint256 number) external view returns (Loan memory loan) {
        if (number < loans.length) loan = loans[number];
    }

    function saleView(uint256 number) external view returns (Sale memory) {
        return sales[number];
    }

    function payoutView(uint256 number) external view returns (Payout memory payout) {
        if (number < payouts.length) payout = payouts[number];
    }

    function rulesView(uint256 number) external view returns (RuleTermsView memory) {
        return RuleTermsView(ruleSets.length, ruleSets[number].effective, ruleSets[number].pieceMin);
    }

    struct RuleTermsView {
        uint256 count;
        uint256 effective;
        uint256 pieceMin;
    }

    function counts()
        external
        view
        returns (uint256 payables_, uint256 loans_, uint256 sales_, uint256 payouts_, uint256 parties_, uint256 rules_)
    {
        return (
            payables.length - 1, loans.length - 1, sales.length - 1, payouts.length - 1, parties.length - 1, ruleSets.length
        );
    }

    function pieces(uint256 payableId) external view returns (uint256 all, uint256 open_) {
        if (exists(payableId)) (all, open_) = (vouchers[payableId].length - 1, piecesOf(payableId));
    }

    function sums(uint256 payableId) external view returns (uint256 live, uint256 paid, uint256 redeemed) {
        return (liveOf(payableId), paidOf(payableId), redeemedOf(payableId));
    }

    function debtOf(uint256 payableId) external view returns (uint256) {
        return exists(payableId) ? lateInterest(payableId, today()) + liveOf(payableId) : 0;
    }

    function exposureView(uint256 obligor) external view returns (uint256 limit, uint256 out, bool blocked) {
        return (limitOf(obligor), outstanding(obligor), isBlocked(obligor));
    }

    function lineOf(uint256 bank, uint256 obligor) external view returns (uint256) {
        return limits[bank][obligor];
    }

    function depositView(uint256 bank, uint256 owner) external view returns (uint256) {
        return deposits[bank][owner];
    }

    function issuedView(uint256 bank) external view returns (uint256) {
        return issuedBy[bank];
    }

    function invoiceView(uint256 invoice) external view returns (uint256 total, uint256 used) {
        return (invoices[invoice].total, invoices[invoice].used);
    }

    function isNonceUsed(uint256 party, uint256 nonce) external view returns (bool) {
        return nonceUsed[party][nonce];
    }

    function isOfferOpen(uint256 id) external view returns (bool) {
        return offerOpen(id);
    }

    function registry() external view returns (bool paused_, uint256 versions_) {
        return (paused, versionCount);
    }

    function isPaused() external view returns (bool) {
        return paused;
    }

    function recoveryView(uint256 party) external view returns (bytes32 terms, uint256 effective) {
        return (recoveries[party].terms, recoveries[party].effective);
    }

    function labelOf(uint256 party, uint256 signer) external view returns (uint256) {
        if (!isParty(party)) return 1;
        KeyRecord[] storage keys = parties[party].keys;
        return signer < keys.length ? keys[signer].label : 1;
    }

    /// @notice Signers that would do for an act now, in order, as many as it needs.
    /// @param level 0 one, 1 by amount, 2 the highest threshold
    function properSigners(uint256 party, uint256 amount, uint256 level) external view returns (uint256[] memory) {
        if (!isParty(party)) return new uint256[](1);
        Party storage self = parties[party];
        uint256 before = self.committedDay == today() ? self.committed : 0;
        uint256 required = needed(party, amount == 0 ? 0 : amount + before, Need(level));
        bool makes;
        bool checks = required < 2;
        uint256 count;
        uint256[] memory signers = new uint256[](required);
        // One that makes and one that checks, whichever comes first.
        for (uint256 i = self.firstKey; i < self.keys.length && !(makes && checks); ++i) {
            KeyRecord storage key = self.keys[i];
            uint256 duty = key.duty;
            bool wanted = (!makes && duty != 2) || (!checks && duty != 1);
            if (!wanted || key.revoked || (key.expiry != 0 && block.timestamp >= key.expiry)) continue;
            if (!makes && duty != 2) makes = true;
            else checks = true;
            signers[count++] = i;
        }
        return count == required ? signers : filled(self, signers, count);
    }

    /// @dev Whoever else signs, in order; fewer where there are not enough.
    function filled(Party storage self, uint256[] memory chosen, uint256 count)
        private
        view
        returns (uint256[] memory signers)
    {
        signers = new uint256[](chosen.length);
        uint256 left = chosen.length - count;
        uint256 next;
        uint256 place;
        for (uint256 i = self.firstKey; i < self.keys.length && place < signers.length; ++i) {
            KeyRecord storage key = self.keys[i];
            bool isChosen = next < count && chosen[next] == i;
            if (isChosen) ++next;
            else if (left == 0 || key.revoked || (key.expiry != 0 && block.timestamp >= key.expiry)) continue;
            else --left;
            signers[place++] = i;
        }
        assembly ("memory-safe") {
            mstore(signers, place)
        }
    }

    /// @notice Numbers of keys that still sign, in order, with the duties of each.
    function activeKeys(uint256 party) external view returns (uint256[] memory numbers, uint256[] memory duties) {
        if (!isParty(party)) return (numbers, duties);
        Party storage self = parties[party];
        uint256 count;
        uint256[] memory found_ = new uint256[](self.keys.length);
        for (uint256 i = self.firstKey; i < self.keys.length; ++i) {
            KeyRecord storage key = self.keys[i];
            if (!key.revoked && (key.expiry == 0 || block.timestamp < key.expiry)) found_[count++] = i;
        }
        numbers = new uint256[](count);
        duties = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            (numbers[i], duties[i]) = (found_[i], self.keys[found_[i]].duty);
        }
    }
}
