// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {vm} from "./Vm.sol";
import "./driver/Desks.sol";
import {Act, Refusal, Verb} from "./Act.sol";
import {Checks} from "./Checks.sol";

/// @notice What must hold of the chain whatever the oracle thinks: each check reads the ledger's own views, and what they said before.
/// @dev `docs/invariants.md` names every check here; a test compares the two.
abstract contract Invariants is Checks {
    uint8 private constant OFFERED = 1;
    uint8 private constant HELD = 2;
    uint8 private constant PLEDGED = 3;
    uint8 private constant CLOSED = 4;
    uint8 private constant LIVE = 2;
    uint8 private constant SETTLED = 3;

    // What was seen at the last look.
    mapping(uint256 payableId => uint8) private _stateBefore;
    mapping(uint256 payableId => uint256) private _serialsBefore;
    mapping(uint256 payableId => bytes32) private _termsBefore;
    mapping(uint256 voucher => bytes32) private _closedBefore;
    mapping(uint256 voucher => uint256) private _lienBefore;
    mapping(uint256 voucher => bytes32) private _pledgedBefore;
    mapping(uint256 voucher => uint256) private _startBefore;
    mapping(uint256 loan => uint256) private _principalBefore;
    mapping(uint256 number => bytes32) private _rulesBefore;

    function holds(bool condition, bytes32 what, uint256 which) private pure {
        if (!condition) revert(string.concat("invariant ", worded(what), " ", vm.toString(which)));
    }

    // ---- after every act

    function lookAt(Act memory act, Refusal refusal, bool nonceUsed) internal view {
        check_I40_nonces(act, refusal, nonceUsed);
        if (refusal != Refusal.None) return check_I43_stops(act, refusal);
        if (act.verb == Verb.Issue || act.verb == Verb.IssueFromBatch) {
            uint256 obligor = vouchers.payableOf(vouchers.payableCount()).obligor;
            for (uint256 i; i < act.uses.length; ++i) {
                check_I32_invoices(act.uses[i].invoice);
            }
            check_I30_lines(obligor);
            check_I31_default(obligor);
        }
        check_I33_maturity(act);
    }

    /// @dev A signed act that was carried out has used its nonce.
    function check_I40_nonces(Act memory act, Refusal refusal, bool used) private pure {
        if (refusal != Refusal.None || isUnsigned(act.verb)) return;
        holds(used, "I40 nonce", act.head.nonce);
    }

    function isUnsigned(Verb verb) private pure returns (bool) {
        return verb == Verb.IssueFromBatch || verb == Verb.Lapse || verb == Verb.Settle || verb == Verb.ApplyUnapplied
            || verb == Verb.CompleteRecovery || verb == Verb.CompleteVersion || verb == Verb.Trespass;
    }

    /// @dev Pause and suspension refuse new business only.
    function check_I43_stops(Act memory act, Refusal refusal) private pure {
        if (refusal != Refusal.LedgerPaused && refusal != Refusal.ParticipantSuspended) return;
        Verb verb = act.verb;
        bool never = verb == Verb.Pay || verb == Verb.Attest || verb == Verb.Settle || verb == Verb.Repay
            || verb == Verb.Recourse || verb == Verb.Decline || verb == Verb.Withdraw || verb == Verb.Lapse
            || verb == Verb.VoidNonce || verb == Verb.RevokeSigner || verb == Verb.VetoRecovery
            || verb == Verb.UnfreezeRange || verb == Verb.UnfreezeParticipant;
        holds(!never, "I43 stopped verb", uint256(verb));
    }

    function check_I30_lines(uint256 obligor) private view {
        (uint256 limit, uint256 outstanding,) = exposure.exposureOf(uint32(obligor));
        holds(outstanding <= limit, "I30 line at issue", obligor);
    }

    function check_I31_default(uint256 obligor) private view {
        (,, uint256 unpaidDue) = exposure.exposureOf(uint32(obligor));
        holds(unpaidDue == 0 || unpaidDue >= nowDay(), "I31 issue in default", obligor);
    }

    /// @dev Before maturity nothing is paid; from then on nothing is disposed of.
    function check_I33_maturity(Act memory act) private view {
        uint256 id = act.voucher;
        if (act.verb == Verb.Transfer) {
            if (act.pieces.length == 0) return;
            id = act.pieces[0].voucher;
        }
        if (act.verb == Verb.Release) id = loans.loanOf(uint32(act.number)).voucher;
        bool disposes = act.verb == Verb.Transfer || act.verb == Verb.Join || act.verb == Verb.Sell
            || act.verb == Verb.Redeem || act.verb == Verb.Pledge || act.verb == Verb.Release;
        if (disposes) holds(nowDay() < vouchers.payableOf(uint32(id >> 32)).maturity, "I33 disposal", id);
        if (act.verb != Verb.Pay) return;
        holds(nowDay() >= vouchers.payableOf(uint32(act.payableId)).maturity, "I33 payment", act.payableId);
    }

    // ---- around an act

    /// @dev All claims: who holds which range, in which state, under which lien, with what already received.
    function claimsDigest() internal view returns (bytes32 digest) {
        uint256 count = vouchers.payableCount();
        for (uint256 i = 1; i <= count; ++i) {
            uint256 serials = vouchers.tallyOf(uint32(i)).serials;
            digest = chained(digest, IVouchersDesk.tallyOf.selector, i);
            for (uint256 j = 1; j <= serials; ++j) {
                digest = chained(digest, IVouchersDesk.voucherOf.selector, (i << 32) + j);
                digest = chained(digest, IVouchersDesk.recourseOf.selector, (i << 32) + j);
            }
        }
    }

    /// @dev The digest so far with what a view of the vouchers answers about one number, as it is spelled.
    function chained(bytes32 digest, bytes4 view_, uint256 id) private view returns (bytes32 next) {
        address register = address(vouchers);
        bool answered;
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, view_)
            mstore(add(free, 0x04), id)
            answered := staticcall(gas(), register, free, 0x24, 0, 0)
            mstore(free, digest)
            returndatacopy(add(free, 0x20), 0, returndatasize())
            next := keccak256(free, add(0x20, returndatasize()))
        }
        require(answered, "a view broke");
    }

    /// @dev Administration, lines, rules and freezes of nobody's range leave every claim as it is.
    function check_I42_administration(Act memory act, bytes32 before) internal view {
        bool administers = uint256(act.verb) >= uint256(Verb.SetLimit);
        if (administers) holds(claimsDigest() == before, "I42 claims moved by verb", uint256(act.verb));
    }

    function check_I47_refusal(Act memory act, bytes32 before) internal view {
        holds(claimsDigest() == before, "I47 claims moved, refused verb", uint256(act.verb));
    }

    // ---- at every look at the whole

    function lookAtAll() internal {
        uint256 count = vouchers.payableCount();
        for (uint256 i = 1; i <= count; ++i) {
            lookAtPayable(i);
        }
        check_I26_loans();
        for (uint256 by = ECHO; by <= CLEARING; ++by) {
            check_I28_deposits(by, count);
        }
        check_I44_rules();
    }

    function lookAtPayable(uint256 id) private {
        S.Payable memory payable_ = vouchers.payableOf(uint32(id));
        S.Tally memory tally = vouchers.tallyOf(uint32(id));
        check_I02_conservation(id, payable_, tally);
        check_I12_states(id, payable_);
        check_I24_principal(id, payable_, tally);
        S.Voucher[] memory all = new S.Voucher[](tally.serials);
        for (uint256 i; i < all.length; ++i) {
            all[i] = vouchers.voucherOf(uint64((id << 32) + i + 1));
        }
        check_I01_partition(id, payable_, all);
        check_I03_holders(id, all);
        check_I06_ranges(id, payable_, all);
        check_I07_closed(id, all);
        check_I08_liens(id, all);
        check_I09_pledged(id, all);
        check_I20_shares(id, payable_, tally, all);
        check_I46_days(id);
    }

    /// @dev From 0 on one open voucher follows the other; what lies between them is redeemed.
    function check_I01_partition(uint256 id, S.Payable memory payable_, S.Voucher[] memory all) private view {
        if (payable_.state != LIVE) return;
        uint256 place;
        while (place < payable_.face) {
            uint256 next = payable_.face;
            uint256 end = payable_.face;
            for (uint256 i; i < all.length; ++i) {
                if (all[i].state == CLOSED || all[i].start < place || all[i].start >= next) continue;
                (next, end) = (all[i].start, all[i].end);
            }
            uint256 gap = next == place ? 0 : vouchers.unitsBelow(uint32(id), next) - vouchers.unitsBelow(uint32(id), place);
            holds(gap == 0, "I01 gap", id);
            place = end;
        }
        uint256 sum;
        for (uint256 i; i < all.length; ++i) {
            if (all[i].state != CLOSED) sum += all[i].end - all[i].start;
        }
        holds(sum == vouchers.unitsBelow(uint32(id), payable_.face), "I01 overlap", id);
    }

    function check_I02_conservation(uint256 id, S.Payable memory payable_, S.Tally memory tally) private pure {
        uint256 sum = uint256(tally.live) + tally.paid + tally.redeemed;
        bool accepted = payable_.state == LIVE || payable_.state == SETTLED;
        holds(sum == (accepted ? payable_.face : 0), "I02 sums", id);
        holds(payable_.state != SETTLED || tally.live == 0, "I02 settled", id);
    }

    function check_I03_holders(uint256 id, S.Voucher[] memory all) private view {
        uint256 parties = participants.participantCount();
        for (uint256 i; i < all.length; ++i) {
            holds(all[i].holder != 0 && all[i].holder <= parties, "I03 holder", id);
            bool two = all[i].state == OFFERED || all[i].state == PLEDGED;
            holds(two == (all[i].counterparty != 0), "I03 other side", id);
        }
    }

    function check_I06_ranges(uint256 id, S.Payable memory payable_, S.Voucher[] memory all) private pure {
        for (uint256 i; i < all.length; ++i) {
            holds(all[i].start < all[i].end && all[i].end <= payable_.face, "I06 range", id);
            holds(all[i].depth != 0, "I06 depth", id);
        }
    }

    function check_I07_closed(uint256 id, S.Voucher[] memory all) private {
        holds(all.length >= _serialsBefore[id], "I07 serials", id);
        _serialsBefore[id] = all.length;
        for (uint256 i; i < all.length; ++i) {
            uint256 voucher = (id << 32) + i + 1;
            bytes32 before = _closedBefore[voucher];
            if (all[i].state != CLOSED && before == 0) continue;
            bytes32 digest = keccak256(abi.encode(all[i]));
            holds(before == 0 || before == digest, "I07 closed voucher", voucher);
            if (before == 0) _closedBefore[voucher] = digest;
        }
    }

    function check_I08_liens(uint256 id, S.Voucher[] memory all) private view {
        for (uint256 i; i < all.length; ++i) {
            if (all[i].state != PLEDGED) continue;
            uint256 voucher = (id << 32) + i + 1;
            S.Loan memory loan = loans.loanOf(loans.loanOn(uint64(voucher)));
            bool its = loan.voucher == voucher && loan.borrower == all[i].holder && loan.lender == all[i].counterparty;
            holds(its && (loan.principal != 0 || loan.interestLeft != 0), "I08 lien", voucher);
        }
    }

    /// @dev Under one lien the parties and the end stay, and the start only rises.
    function check_I09_pledged(uint256 id, S.Voucher[] memory all) private {
        for (uint256 i; i < all.length; ++i) {
            uint256 voucher = (id << 32) + i + 1;
            if (all[i].state != PLEDGED) continue;
            uint256 lien = loans.loanOn(uint64(voucher));
            bytes32 digest = keccak256(abi.encode(all[i].holder, all[i].counterparty, all[i].end));
            if (_lienBefore[voucher] == lien) {
                holds(_pledgedBefore[voucher] == digest && all[i].start >= _startBefore[voucher], "I09 pledged", voucher);
            }
            (_lienBefore[voucher], _pledgedBefore[voucher], _startBefore[voucher]) = (lien, digest, all[i].start);
        }
    }

    /// @dev Forward only, and a payable keeps its terms.
    function check_I12_states(uint256 id, S.Payable memory payable_) private {
        (uint8 before, uint8 now_) = (_stateBefore[id], payable_.state);
        bool forward = before == 0 || before == now_ || before == OFFERED || (before == LIVE && now_ == SETTLED);
        holds(forward, "I12 state", id);
        _stateBefore[id] = now_;
        bytes32 terms = keccak256(
            abi.encode(payable_.obligor, payable_.bank, payable_.face, payable_.maturity, payable_.due, payable_.rules)
        );
        holds(_termsBefore[id] == 0 || _termsBefore[id] == terms, "I12 terms", id);
        _termsBefore[id] = terms;
    }

    /// @dev Claims on the open principal add up to it, and a settled payable's money has all gone out.
    function check_I20_shares(uint256 id, S.Payable memory payable_, S.Tally memory tally, S.Voucher[] memory all)
        private
        view
    {
        if (payable_.state == LIVE) {
            uint256 sum;
            for (uint256 i; i < all.length; ++i) {
                (uint256 principal,) = settlement.claimOf(uint64((id << 32) + i + 1), nowDay());
                check_I21_claim((id << 32) + i + 1, principal, all[i].end - all[i].start);
                sum += principal;
            }
            holds(sum == tally.live, "I20 claims", id);
        }
        if (payable_.state != SETTLED || tally.pieces != 0) return;
        holds(deposits.holdOf(payable_.bank, address(settlement), uint32(id)) == 0, "I20 left over", id);
    }

    /// @dev What is still owed on a range never grows over its length; what is paid backwards would.
    function check_I21_claim(uint256 voucher, uint256 principal, uint256 length) private pure {
        holds(principal <= length, "I21 claim", voucher);
    }

    function check_I24_principal(uint256 id, S.Payable memory payable_, S.Tally memory tally) private view {
        uint256 count = settlement.accountOf(uint32(id)).payments;
        uint256 paid;
        for (uint256 i; i < count; ++i) {
            ISettlementDesk.Payment memory payment = settlement.paymentOf(uint32(id), i);
            holds(payment.owed == uint256(payable_.face) - tally.redeemed - paid, "I24 owed", id);
            paid += payment.principal;
        }
        holds(paid == tally.paid, "I24 paid", id);
    }

    function check_I26_loans() private {
        uint256 count = loans.loanCount();
        for (uint256 i = 1; i <= count; ++i) {
            uint256 principal = loans.loanOf(uint32(i)).principal;
            // One more than it was, so that 0 stands for a loan that is new.
            holds(_principalBefore[i] == 0 || principal < _principalBefore[i], "I26 principal", i);
            _principalBefore[i] = principal + 1;
        }
    }

    function check_I28_deposits(uint256 by, uint256 payables) private view {
        uint256 sum;
        uint256 parties = participants.participantCount();
        for (uint256 i; i <= parties; ++i) {
            sum += deposits.depositOf(uint32(by), uint32(i));
        }
        for (uint256 i = 1; i <= payables; ++i) {
            sum += deposits.holdOf(uint32(by), address(settlement), uint32(i));
        }
        holds(sum == deposits.issuedBy(uint32(by)), "I28 deposits", by);
        holds(deposits.depositOf(uint32(by), 0) == 0, "I28 nobody's deposit", by);
    }

    function check_I32_invoices(uint256 invoice) private view {
        (uint256 total, uint256 used) = invoices.invoiceOf(fingerprintOf(invoice));
        holds(used <= total, "I32 invoice", invoice);
    }

    function check_I44_rules() private {
        uint256 count = rules.ruleSetCount();
        uint256 effective;
        for (uint256 i; i < count; ++i) {
            S.RuleSet memory set = rules.ruleSet(uint16(i));
            bytes32 digest = keccak256(abi.encode(set));
            holds(_rulesBefore[i] == 0 || _rulesBefore[i] == digest, "I44 rules", i);
            holds(set.effective >= effective, "I44 order", i);
            (_rulesBefore[i], effective) = (digest, set.effective);
        }
    }

    function check_I46_days(uint256 id) private view {
        uint256 count = settlement.accountOf(uint32(id)).payments;
        uint256 day = vouchers.payableOf(uint32(id)).maturity;
        for (uint256 i; i < count; ++i) {
            uint256 next = settlement.paymentOf(uint32(id), i).day;
            holds(next >= day && next <= nowDay(), "I46 day", id);
            day = next;
        }
    }
}
