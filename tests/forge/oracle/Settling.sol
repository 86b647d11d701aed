// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Act, Refusal} from "../Act.sol";
import {Authority} from "./Authority.sol";

/// @notice Payment on both rails, settlement, payouts, deposits.
abstract contract Settling is Authority {
    enum Settled { NotPayable, UpToDate, Frozen, Done }

    // ---- payment

    function pay(Act calldata act) internal {
        authorise(act.head, act.amount, Need.ByAmount, false);
        uint256 id = act.payableId;
        refuseIf(!exists(id), Refusal.UnknownPayable);
        Payable storage payable_ = payables[id];
        refuseIf(payable_.obligor != act.head.participant, Refusal.NotObligor);
        refuseIf(payable_.state != PState.Live, Refusal.PayableNotLive);
        refuseIf(today() < payable_.maturity, Refusal.NotYetDue);
        refuseIf(act.amount == 0, Refusal.ZeroAmount);
        uint256 debt = lateInterest(id, today()) + liveOf(id);
        refuseIf(act.amount > debt, Refusal.PaymentExceedsDebt);
        refuseIf(!largeEnough(payable_, act.amount, debt), Refusal.PaymentTooSmall);
        take(payable_.bank, act.head.participant, act.amount);
        payable_.held += act.amount;
        record(id, act.amount, today(), false);
    }

    /// @dev The whole debt, or at least a hundredth of the face while there are not too many payments.
    function largeEnough(Payable storage payable_, uint256 amount, uint256 debt) private view returns (bool) {
        if (amount == debt) return true;
        return amount * 100 >= payable_.face && payable_.payments.length < 250;
    }

    function record(uint256 id, uint256 amount, uint256 day, bool byBank) private {
        Payable storage payable_ = payables[id];
        uint256 late = lateInterest(id, day);
        uint256 toInterest = amount < late ? amount : late;
        payable_.carried = late - toInterest;
        payable_.lastDay = day;
        payable_.payments.push(Payment(toInterest, amount - toInterest, day, byBank));
        if (liveOf(id) == 0) payable_.state = PState.Settled;
    }

    function attest(Act calldata act) internal {
        authorise(act.head, 0, Need.Highest, false);
        uint256 id = act.payableId;
        needBankOf(id, act.head.participant);
        Payable storage payable_ = payables[id];
        refuseIf(act.amount == 0, Refusal.ZeroAmount);
        refuseIf(payable_.unapplied + act.amount > FACE_MAX, Refusal.AmountTooLarge);
        takeReference(act.head.participant, act.word, keccak256(abi.encode("attest", id, act.amount, act.day)));
        payable_.unapplied += act.amount;
        uint256 day = valueDay(payable_, act.day);
        if (day > payable_.unappliedDay) payable_.unappliedDay = day;
        applyMoney(id);
    }

    function needBankOf(uint256 id, uint256 bank) private view {
        refuseIf(!exists(id), Refusal.UnknownPayable);
        refuseIf(payables[id].bank != bank, Refusal.NotSettlementBank);
    }

    /// @dev Not after today, not more than five days back, not before the last payment.
    function valueDay(Payable storage payable_, uint256 stated) private view returns (uint256 day) {
        day = stated;
        if (day < today() - 5) day = today() - 5;
        if (day < payable_.lastDay) day = payable_.lastDay;
        if (day > today()) day = today();
    }

    function applyUnapplied(Act calldata act) internal {
        refuseIf(!applyMoney(act.payableId), Refusal.NothingUnapplied);
    }

    function returnUnapplied(Act calldata act) internal {
        authorise(act.head, 0, Need.Highest, false);
        needBankOf(act.payableId, act.head.participant);
        Payable storage payable_ = payables[act.payableId];
        refuseIf(act.amount == 0, Refusal.ZeroAmount);
        refuseIf(act.amount > payable_.unapplied, Refusal.UnappliedExceeded);
        takeReference(
            act.head.participant, act.word, keccak256(abi.encode("return unapplied", act.payableId, act.amount))
        );
        takeUnapplied(payable_, act.amount);
    }

    function takeUnapplied(Payable storage payable_, uint256 amount) private {
        payable_.unapplied -= amount;
        if (payable_.unapplied == 0) payable_.unappliedDay = 0;
    }

    /// @dev What of the unapplied money could be shared now, and as of which day; nothing before maturity.
    function shareable(uint256 id) internal view returns (uint256 amount, uint256 day) {
        if (!exists(id)) return (0, 0);
        Payable storage payable_ = payables[id];
        if (payable_.state != PState.Live || today() < payable_.maturity) return (0, 0);
        day = payable_.maturity;
        if (day < payable_.unappliedDay) day = payable_.unappliedDay;
        if (day < payable_.lastDay) day = payable_.lastDay;
        uint256 debt = lateInterest(id, day) + liveOf(id);
        amount = payable_.unapplied < debt ? payable_.unapplied : debt;
        if (!largeEnough(payable_, amount, debt)) amount = 0;
    }

    function applyMoney(uint256 id) private returns (bool) {
        (uint256 amount, uint256 day) = shareable(id);
        if (amount == 0) return false;
        takeUnapplied(payables[id], amount);
        record(id, amount, day, true);
        return true;
    }

    // ---- settlement

    function settle(Act calldata act) internal returns (Settled[] memory results) {
        results = new Settled[](act.ids.length);
        for (uint256 i; i < act.ids.length; ++i) {
            results[i] = settleOne(act.ids[i]);
        }
    }

    function settleOne(uint256 id) private returns (Settled) {
        if (!known(id)) return Settled.NotPayable;
        Payable storage payable_ = payables[payableOf(id)];
        if (payable_.state != PState.Live && payable_.state != PState.Settled) return Settled.NotPayable;
        Voucher storage voucher = refresh(id);
        uint256 count = payable_.payments.length;
        if (voucher.state == VState.Closed || voucher.settled == count) return Settled.UpToDate;
        bool stopped =
            rangeFrozen(id) || isFrozenParty(voucher.holder) || isFrozenParty(voucher.counterparty);
        if (stopped) return Settled.Frozen;
        uint256 byBank;
        Place memory place = placeOf(id);
        for (uint256 i; i < count; ++i) {
            Payment storage payment = payable_.payments[i];
            uint256 share = shareAt(place, payment.interest) + shareAt(place, payment.principal);
            if (i >= voucher.settled && share != 0) byBank += payShare(id, share, payment);
            pass(place, payment.principal);
        }
        if (byBank != 0) payouts.push(Payout(payable_.bank, voucher.holder, byBank, false, id));
        voucher.settled = count;
        if (payable_.state == PState.Settled) close(voucher);
        return Settled.Done;
    }

    /// @dev A pledged voucher's share serves its loan as of the payment's day. Returns what the bank owes the holder of it.
    function payShare(uint256 id, uint256 share, Payment storage payment) private returns (uint256) {
        Voucher storage voucher = stored(id);
        Payable storage payable_ = payables[payableOf(id)];
        if (!payment.byBank) payable_.held -= share;
        if (voucher.loan != 0) {
            uint256 lender = voucher.counterparty;
            uint256 served = serve(voucher, share, payment.day);
            share -= served;
            if (!payment.byBank) deposits[payable_.bank][lender] += served;
            else if (served != 0) payouts.push(Payout(payable_.bank, lender, served, false, id));
        }
        if (payment.byBank) return share;
        deposits[payable_.bank][voucher.holder] += share;
        return 0;
    }

    function serve(Voucher storage voucher, uint256 share, uint256 day) private returns (uint256) {
        Loan storage loan = loans[voucher.loan];
        uint256 owed = loan.interestLeft + loanInterest(loan, loan.principal, day);
        uint256 toInterest = share < owed ? share : owed;
        uint256 toPrincipal = share - toInterest;
        if (toPrincipal > loan.principal) toPrincipal = loan.principal;
        loan.interestLeft = owed - toInterest;
        loan.principal -= toPrincipal;
        if (day > loan.interestFrom) loan.interestFrom = day;
        if (loan.principal == 0 && loan.interestLeft == 0) hold(voucher);
        return toInterest + toPrincipal;
    }

    /// @dev Up to the loan's due day at its rate, from there on at the raised one; each a line item of its own.
    function loanInterest(Loan storage loan, uint256 principal, uint256 to) internal view returns (uint256) {
        uint256 factor = ruleSets[payables[payableOf(loan.voucher)].rules].overdueMultiplier;
        uint256 before = interest(principal, loan.rate, loan.interestFrom, to < loan.due ? to : loan.due);
        uint256 from = loan.interestFrom > loan.due ? loan.interestFrom : loan.due;
        return before + raisedInterest(principal, loan.rate, factor, from, to);
    }

    /// @dev Where a range stands among what is owed: on the units below it, up to its end, and in all.
    struct Place {
        uint256 low;
        uint256 high;
        uint256 all;
    }

    /// @dev Before the first payment: redeemed units are owed no more.
    function placeOf(uint256 id) internal view returns (Place memory place) {
        uint256 payableId = payableOf(id);
        Voucher storage voucher = stored(id);
        place.low = unredeemedBelow(payableId, voucher.start);
        place.high = unredeemedBelow(payableId, voucher.end);
        place.all = payables[payableId].face - redeemedOf(payableId);
    }

    function shareAt(Place memory place, uint256 sum) internal pure returns (uint256) {
        if (place.all == 0) return 0;
        return place.high * sum / place.all - place.low * sum / place.all;
    }

    /// @dev What is owed below each bound falls by what a payment brings there.
    function pass(Place memory place, uint256 principal) internal pure {
        if (place.all == 0) return;
        place.low -= place.low * principal / place.all;
        place.high -= place.high * principal / place.all;
        place.all -= principal;
    }

    /// @dev Where a range stands now, after all payments.
    function placeNow(uint256 id) internal view returns (Place memory place) {
        place = placeOf(id);
        Payment[] storage payments = payables[payableOf(id)].payments;
        for (uint256 i; i < payments.length; ++i) {
            pass(place, payments[i].principal);
        }
    }

    function needCaughtUp(uint256 id) internal view {
        Payable storage payable_ = payables[payableOf(id)];
        Voucher storage voucher = stored(id);
        bool caughtUp = voucher.state == VState.Closed || voucher.settled == payable_.payments.length;
        (uint256 waiting,) = shareable(payableOf(id));
        refuseIf(!caughtUp || waiting != 0, Refusal.SettleFirst);
    }

    // ---- payouts

    function confirmPayout(Act calldata act) internal {
        authorise(act.head, 0, Need.Highest, false);
        Payout storage payout = needPayout(act);
        refuseIf(payout.confirmed, Refusal.PayoutNotOpen);
        takeReference(act.head.participant, act.word, keccak256(abi.encode("confirm", act.number)));
        payout.confirmed = true;
    }

    function returnPayout(Act calldata act) internal {
        authorise(act.head, 0, Need.Highest, false);
        Payout storage payout = needPayout(act);
        refuseIf(!payout.confirmed, Refusal.PayoutNotConfirmed);
        takeReference(act.head.participant, act.word, keccak256(abi.encode("return", act.number)));
        payout.confirmed = false;
    }

    function needPayout(Act calldata act) private view returns (Payout storage payout) {
        refuseIf(act.number == 0 || act.number >= payouts.length, Refusal.UnknownPayout);
        payout = payouts[act.number];
        refuseIf(payout.bank != act.head.participant, Refusal.UnknownPayout);
        refuseIf(payout.amount != act.amount, Refusal.PayoutMismatch);
    }

    // ---- deposits

    function issueDeposit(Act calldata act) internal {
        authorise(act.head, 0, Need.Highest, false);
        uint256 bank = act.head.participant;
        needRole(bank, SETTLEMENT);
        refuseIf(act.amount == 0, Refusal.ZeroAmount);
        refuseIf(!isParty(act.to), Refusal.UnknownParticipant);
        refuseIf(issuedBy[bank] + act.amount > AMOUNT_MAX, Refusal.AmountTooLarge);
        takeReference(bank, act.word, keccak256(abi.encode("deposit", act.to, act.amount)));
        issuedBy[bank] += act.amount;
        deposits[bank][act.to] += act.amount;
    }

    /// @dev Signed by the owner and by the bank.
    function withdrawDeposit(Act calldata act) internal {
        uint256 owner = act.head.participant;
        uint256 bank = act.quote.participant;
        authorise(act.head, 0, Need.Highest, false);
        needRole(bank, SETTLEMENT);
        approve(act.quote.approval, bank, parties[bank].high, false);
        refuseIf(act.amount == 0, Refusal.ZeroAmount);
        refuseIf(isFrozenParty(owner), Refusal.ParticipantFrozen);
        takeReference(bank, act.word, keccak256(abi.encode("withdrawal", owner, act.amount)));
        take(bank, owner, act.amount);
        issuedBy[bank] -= act.amount;
    }

    function moveDeposit(Act calldata act) internal {
        uint256 owner = act.head.participant;
        authorise(act.head, act.amount, Need.ByAmount, false);
        refuseIf(isFrozenParty(owner), Refusal.ParticipantFrozen);
        refuseIf(act.amount == 0, Refusal.ZeroAmount);
        refuseIf(!isParty(act.to), Refusal.UnknownParticipant);
        refuseIf(act.to == owner, Refusal.SelfTransfer);
        move(act.bank, owner, act.to, act.amount);
    }
}
