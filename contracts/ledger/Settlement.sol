// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeposits, IRules, Share} from "../interfaces/IRegistry.sol";
import {ILoans, ISettlement} from "../interfaces/ISettlement.sol";
import {IParticipants} from "../interfaces/IParticipants.sol";
import {IVouchers} from "../interfaces/IVouchers.sol";
import {Sharing} from "../libraries/Sharing.sol";
import {Payments} from "./Payments.sol";
import {Payable, Tally, Voucher, VoucherState} from "../types/Records.sol";
import {NOBODY, ParticipantId, PayableId, VoucherId} from "../types/Ids.sol";
import {VoucherWord} from "../types/VoucherWord.sol";
import {SettleFirst} from "../types/Errors.sol";

/// @notice What became of a voucher named to `settle`.
enum SettleResult {
    /// No payable of this number is live or settled, or it has no such voucher.
    NotPayable,
    /// Everything paid so far is distributed.
    UpToDate,
    /// Its money stays set aside in the hold.
    Frozen,
    Settled
}

/// @notice Distribution of payments over the vouchers of a payable, by explicit voucher ids.
/// @dev A voucher catches up payment by payment; who calls, when and in which order changes no amount.
contract Settlement is Payments {
    event VoucherSettled(
        VoucherId indexed voucher, ParticipantId indexed holder, uint16 payments, uint64 toHolder, uint64 toLender
    );

    /// @dev What all vouchers of one payable share, read once.
    struct Run {
        PayableId payableId;
        Payable payable_;
        Payment[] payments;
        uint32 serials;
        bool redeemed;
        bool mayBeFrozen;
        /// Shares to pay out of the hold, in one call at the end of the run; `sharesCount` of them are filled.
        Share[] shares;
        uint256 sharesCount;
    }

    /// @dev One voucher's way through the payments: what is owed on the units below its start and below its end.
    struct Legs {
        uint256 low;
        uint256 high;
        uint256 toHolder;
        uint256 toLender;
        bool ends;
    }

    ILoans public immutable loans;

    constructor(
        IParticipants participants_, IVouchers vouchers_, IRules rules_, IDeposits deposits_, ILoans loans_
    ) Payments(participants_, vouchers_, rules_, deposits_) {
        loans = loans_;
    }

    /// @notice Pays the named vouchers what the payments entitle them to, each on the rail its payment came by. Anyone may ask.
    function settle(VoucherId[] calldata ids) external returns (SettleResult[] memory results) {
        results = new SettleResult[](ids.length);
        Run memory run;
        for (uint256 i; i < ids.length; ++i) {
            PayableId payableId = ids[i].payableOf();
            if (i == 0 || !(payableId == run.payableId)) {
                _payShares(run);
                run = _run(payableId, ids.length - i);
            }
            results[i] = _settle(run, ids[i]);
        }
        _payShares(run);
    }

    // ---- views

    /// @inheritdoc ISettlement
    function requireCaughtUp(VoucherId id) external view {
        Voucher memory voucher = vouchers.voucherOf(id);
        bool caughtUp = voucher.state == VoucherState.Closed
            || voucher.settled == _accounts[id.payableOf()].payments;
        PayableId payableId = id.payableOf();
        bool waits = _isShareable(payableId, vouchers.payableOf(payableId));
        if (!caughtUp || waits) revert SettleFirst(id);
    }

    /// @inheritdoc ISettlement
    function openClaimOf(VoucherId id) external view returns (uint256 principal, uint256 carried, uint256 from) {
        (Account memory account, Payable memory payable_) = (_accounts[id.payableOf()], vouchers.payableOf(id.payableOf()));
        (principal, carried) = _claim(id, account.carried);
        from = _interestFrom(account, payable_);
    }

    /// @notice What is owed on a voucher on a day: unpaid principal and its share of the late interest accrued by then.
    function claimOf(VoucherId id, uint256 day) external view returns (uint256 principal, uint256 lateInterest) {
        PayableId payableId = id.payableOf();
        return _claim(id, _lateInterest(payableId, vouchers.payableOf(payableId), day));
    }

    // ---- private

    function _run(PayableId payableId, uint256 most) private view returns (Run memory run) {
        run.payableId = payableId;
        run.payable_ = vouchers.payableOf(payableId);
        Tally memory tally = vouchers.tallyOf(payableId);
        (run.serials, run.redeemed) = (tally.serials, tally.redemptions != 0);
        run.mayBeFrozen = run.payable_.freezes != 0 || participants.frozenCount() != 0;
        run.payments = new Payment[](_accounts[payableId].payments);
        // A voucher has at most two: its lender's, which come in a row and are one, and its holder's.
        run.shares = new Share[](most * 2);
        for (uint256 i; i < run.payments.length; ++i) {
            run.payments[i] = _payments[payableId][i];
        }
    }

    function _settle(Run memory run, VoucherId id) private returns (SettleResult) {
        // Of a payable that nobody has accepted there are none.
        if (id.serialOf() == 0 || id.serialOf() > run.serials) return SettleResult.NotPayable;
        uint16 count = uint16(run.payments.length);
        VoucherWord voucher;
        if (run.mayBeFrozen) {
            voucher = vouchers.wordOf(id);
            if (_isUpToDate(voucher, count)) return SettleResult.UpToDate;
            if (_frozen(run, id, voucher)) return SettleResult.Frozen;
        }
        voucher = vouchers.settleUnpledged(id, count);
        if (_isUpToDate(voucher, count)) return SettleResult.UpToDate;
        Legs memory legs = _walk(run, id, voucher);
        if (voucher.isIn(VoucherState.Pledged)) vouchers.settlePledged(id, count, legs.ends);
        emit VoucherSettled(id, voucher.holderOf(), count, uint64(legs.toHolder), uint64(legs.toLender));
        return SettleResult.Settled;
    }

    function _isUpToDate(VoucherWord voucher, uint256 payments) private pure returns (bool) {
        return voucher.isIn(VoucherState.Closed) || voucher.settledOf() == payments;
    }

    /// @dev Walks all payments; pays those that the voucher has not had yet.
    function _walk(Run memory run, VoucherId id, VoucherWord voucher) private returns (Legs memory legs) {
        (legs.low, legs.high) = (voucher.startOf(), voucher.endOf());
        if (run.redeemed) {
            legs.low = vouchers.unitsBelow(run.payableId, legs.low);
            legs.high = vouchers.unitsBelow(run.payableId, legs.high);
        }
        uint256 onBankRail;
        bool pledged = voucher.isIn(VoucherState.Pledged);
        for (uint256 i; i < run.payments.length; ++i) {
            Payment memory payment = run.payments[i];
            uint256 share = _step(legs, payment);
            if (i < voucher.settledOf() || share == 0) continue;
            if (pledged && !legs.ends) share -= _serveLoan(run, id, share, payment, legs);
            legs.toHolder += share;
            if (payment.onBankRail) onBankRail += share;
        }
        _addShare(run, voucher.holderOf(), legs.toHolder - onBankRail);
        if (onBankRail != 0) _openPayout(run.payable_.bank, id, voucher.holderOf(), onBankRail);
    }

    /// @dev The voucher's share of a payment; what is owed below its bounds falls by the payment's principal.
    function _step(Legs memory legs, Payment memory payment) private pure returns (uint256 share) {
        (uint256 low, uint256 high, uint256 owed) = (legs.low, legs.high, payment.owed);
        uint256 belowLow = Sharing.below(low, payment.principal, owed);
        uint256 belowHigh = Sharing.below(high, payment.principal, owed);
        share = belowHigh - belowLow;
        if (payment.interest != 0) share += Sharing.share(low, high, payment.interest, owed);
        (legs.low, legs.high) = (low - belowLow, high - belowHigh);
    }

    function _serveLoan(Run memory run, VoucherId id, uint256 share, Payment memory payment, Legs memory legs)
        private
        returns (uint256 paid)
    {
        ParticipantId lender;
        (lender, paid, legs.ends) = loans.applyShare(id, share, payment.day);
        legs.toLender += paid;
        if (!payment.onBankRail) _addShare(run, lender, paid);
        else if (paid != 0) _openPayout(run.payable_.bank, id, lender, paid);
    }

    /// @dev Shares are paid out together at the end of the run; those of one payee in a row as one.
    function _addShare(Run memory run, ParticipantId to, uint256 amount) private pure {
        if (amount == 0) return;
        uint256 count = run.sharesCount;
        if (count != 0 && run.shares[count - 1].to == to) {
            // Both are parts of one face, which is far below the type's largest value.
            run.shares[count - 1].amount += uint64(amount);
            return;
        }
        run.shares[count] = Share(to, uint64(amount));
        run.sharesCount = count + 1;
    }

    function _payShares(Run memory run) private {
        uint256 count = run.sharesCount;
        if (count == 0) return;
        Share[] memory shares = run.shares;
        assembly ("memory-safe") {
            // Only the filled ones; the array gets shorter in place.
            mstore(shares, count)
        }
        deposits.payOut(run.payable_.bank, run.payableId, shares);
    }

    function _frozen(Run memory run, VoucherId id, VoucherWord voucher) private view returns (bool) {
        if (run.payable_.freezes != 0 && vouchers.isFrozen(id)) return true;
        (bool holderFrozen,) = participants.frozenSince(voucher.holderOf());
        if (voucher.counterpartyOf() == NOBODY) return holderFrozen;
        (bool lenderFrozen,) = participants.frozenSince(voucher.counterpartyOf());
        return holderFrozen || lenderFrozen;
    }

    /// @dev Unpaid principal of a voucher, and its share of an amount of late interest.
    function _claim(VoucherId id, uint256 lateInterest) private view returns (uint256, uint256) {
        PayableId payableId = id.payableOf();
        Voucher memory voucher = vouchers.voucherOf(id);
        if (voucher.state == VoucherState.Closed) return (0, 0);
        uint256 low = vouchers.unitsBelow(payableId, voucher.start);
        uint256 high = vouchers.unitsBelow(payableId, voucher.end);
        uint256 payments = _accounts[payableId].payments;
        for (uint256 i; i < payments; ++i) {
            Payment memory payment = _payments[payableId][i];
            low -= Sharing.below(low, payment.principal, payment.owed);
            high -= Sharing.below(high, payment.principal, payment.owed);
        }
        return (high - low, Sharing.share(low, high, lateInterest, vouchers.tallyOf(payableId).live));
    }
}
