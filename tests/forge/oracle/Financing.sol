// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Act, Differs, Refusal} from "../Act.sol";
import {Circulation} from "./Circulation.sol";
import {Settling} from "./Settling.sol";

/// @notice Sale, redemption, recourse, pledge, repayment, release.
abstract contract Financing is Circulation, Settling {
    // ---- sale

    function sell(Act calldata act) internal {
        uint256 seller = act.head.participant;
        authorise(act.head, act.amount, Need.ByAmount, true);
        authorise(act.quote, quotedAmount(act), Need.ByAmount, true);
        refuseIf(act.quote.participant != act.to || act.differs != Differs.Nothing, Refusal.QuoteMismatch);
        Voucher storage voucher = needDisposable(act.voucher, seller);
        refuseIf(voucher.start != act.start || voucher.end != act.end, Refusal.RangeChanged);
        refuseIf(rolesOf(act.to) & BANK == 0, Refusal.NotEligible);
        refuseIf(act.to == seller, Refusal.SelfTransfer);
        refuseIf(act.rate > RATE_MAX || act.share > ONE, Refusal.BadTerms);
        refuseIf(act.share > 0 && voucher.shared, Refusal.CostShareSpent);
        refuseIf(act.word == 0 && rulesOf(act.voucher).registrationRequired, Refusal.RegistrationMissing);
        uint256 part = cut(act.voucher, act.amount);
        paySale(act, payables[payableOf(part)]);
        voucher = stored(part);
        if (act.flag) sales.push(Sale(seller, act.rate, voucher.sale));
        voucher.sale = act.flag ? sales.length - 1 : 0;
        voucher.holder = act.to;
        voucher.depth += 1;
        if (act.share > 0) voucher.shared = true;
    }

    /// @dev A quote that differs names one fen, unit or day more.
    function quotedAmount(Act calldata act) private pure returns (uint256) {
        return act.differs == Differs.Amount ? act.amount + 1 : act.amount;
    }

    function paySale(Act calldata act, Payable storage payable_) private {
        uint256 cost = interest(act.amount, act.rate, today(), payable_.maturity);
        uint256 borne = halfUp(cost * act.share, ONE);
        if (act.share > 0) {
            takeShare(act, payable_.obligor, borne);
            move(payable_.bank, payable_.obligor, act.to, borne);
        }
        move(payable_.bank, act.to, act.head.participant, act.amount - cost + borne);
    }

    /// @dev The obligor's own signed offer: on this payable, up to a share, a rate and a budget, until it expires or is voided.
    function takeShare(Act calldata act, uint256 obligor, uint256 borne) private {
        uint256 giver = act.offer.participant;
        bool fits = giver == obligor && act.payableId == payableOf(act.voucher) && act.share <= act.shareMax
            && act.rate <= act.rateMax;
        refuseIf(!fits, Refusal.QuoteMismatch);
        refuseIf(block.timestamp > act.offer.deadline, Refusal.DeadlinePassed);
        refuseIf(nonceUsed[giver][act.offer.nonce], Refusal.NonceUsed);
        refuseStopped(giver);
        uint256 sum = commit(giver, borne);
        approve(act.offer.approval, giver, needed(giver, sum > act.budget ? sum : act.budget, Need.ByAmount), false);
        bytes32 offer = keccak256(
            abi.encode(giver, act.payableId, act.shareMax, act.rateMax, act.budget, act.offer.nonce, act.offer.deadline)
        );
        bytes32 first = offerUnder[giver][act.offer.nonce];
        refuseIf(first != 0 && first != offer, Refusal.NonceUsed);
        offerUnder[giver][act.offer.nonce] = offer;
        refuseIf(offerSpent[offer] + borne > act.budget, Refusal.CostShareExceeded);
        offerSpent[offer] += borne;
    }

    // ---- redemption

    function redeem(Act calldata act) internal {
        uint256 holder = act.head.participant;
        authorise(act.head, act.amount, Need.ByAmount, true);
        authorise(act.quote, quotedAmount(act), Need.ByAmount, true);
        Voucher storage voucher = needDisposable(act.voucher, holder);
        Payable storage payable_ = payables[payableOf(act.voucher)];
        bool same = act.quote.participant == payable_.obligor && act.differs == Differs.Nothing;
        refuseIf(!same, Refusal.QuoteMismatch);
        refuseIf(voucher.start != act.start || voucher.end != act.end, Refusal.RangeChanged);
        refuseIf(act.rate > RATE_MAX, Refusal.BadTerms);
        voucher = stored(cut(act.voucher, act.amount));
        uint256 price = act.amount - interest(act.amount, act.rate, today(), payable_.maturity);
        move(payable_.bank, payable_.obligor, holder, price);
        refuseIf(payable_.redeemed.length == 32, Refusal.TooManyRedemptions);
        payable_.redeemed.push(Span(voucher.start, voucher.end));
        close(voucher);
        if (liveOf(payableOf(act.voucher)) == 0) payable_.state = PState.Settled;
    }

    // ---- recourse

    function recourse(Act calldata act) internal {
        authorise(act.head, 0, Need.ByAmount, false);
        Voucher storage voucher = refresh(act.voucher);
        uint256 payableId = payableOf(act.voucher);
        Payable storage payable_ = payables[payableId];
        refuseIf(voucher.state != VState.Held, Refusal.VoucherNotHeld);
        refuseIf(voucher.holder != act.head.participant, Refusal.NotHolder);
        refuseIf(voucher.sale == 0, Refusal.NoRecourse);
        refuseIf(payable_.state != PState.Live || today() <= payable_.due, Refusal.NotOverdue);
        refuseIf(rangeFrozen(act.voucher), Refusal.RangeFrozen);
        refuseIf(isFrozenParty(voucher.holder), Refusal.ParticipantFrozen);
        needCaughtUp(act.voucher);
        Sale storage sale = sales[voucher.sale];
        uint256 price = recoursePrice(act.voucher, sale.rate);
        // What the seller cannot pay is demanded of it; nothing moves.
        if (isFrozenParty(sale.seller) || deposits[payable_.bank][sale.seller] < price) return;
        move(payable_.bank, sale.seller, voucher.holder, price);
        voucher.holder = sale.seller;
        voucher.sale = sale.before;
    }

    /// @dev Open principal, its share of carried late interest, interest at the raised rate since the last payment.
    function recoursePrice(uint256 id, uint256 rate) private view returns (uint256) {
        uint256 payableId = payableOf(id);
        Place memory place = placeNow(id);
        uint256 principal = place.high - place.low;
        uint256 factor = rulesOf(id).overdueMultiplier;
        uint256 carried = shareAt(place, payables[payableId].carried);
        return principal + carried + raisedInterest(principal, rate, factor, reckonedFrom(payableId), today());
    }

    // ---- loans

    function pledge(Act calldata act) internal {
        uint256 borrower = act.head.participant;
        authorise(act.head, act.amount, Need.ByAmount, true);
        uint256 quoted = act.differs == Differs.Advance ? act.advance + 1 : act.advance;
        authorise(act.quote, quoted, Need.ByAmount, true);
        refuseIf(act.quote.participant != act.to || act.differs != Differs.Nothing, Refusal.QuoteMismatch);
        Voucher storage voucher = needDisposable(act.voucher, borrower);
        refuseIf(voucher.start != act.start || voucher.end != act.end, Refusal.RangeChanged);
        refuseIf(rolesOf(act.to) & BANK == 0, Refusal.NotEligible);
        refuseIf(act.to == borrower, Refusal.SelfTransfer);
        bool badTerms =
            act.rate > RATE_MAX || act.ltv == 0 || act.ltv > ONE || act.advance == 0 || act.day <= today();
        refuseIf(badTerms, Refusal.BadTerms);
        refuseIf(act.word == 0 && rulesOf(act.voucher).registrationRequired, Refusal.RegistrationMissing);
        uint256 part = cut(act.voucher, act.amount);
        needCover(act.amount, act.ltv, act.advance);
        move(payables[payableOf(part)].bank, act.to, borrower, act.advance);
        loans.push(
            Loan(part, borrower, act.to, act.advance, 0, act.rate, act.ltv, businessDay(act.day), today())
        );
        voucher = stored(part);
        (voucher.state, voucher.counterparty, voucher.loan) = (VState.Pledged, act.to, loans.length - 1);
    }

    function repay(Act calldata act) internal {
        authorise(act.head, act.amount, Need.ByAmount, false);
        Loan storage loan = needLoan(act.number);
        refuseIf(loan.borrower != act.head.participant, Refusal.NotBorrower);
        refuseIf(act.amount == 0, Refusal.ZeroAmount);
        refuseIf(act.amount > loan.principal, Refusal.RepaymentExceedsLoan);
        needCaughtUp(loan.voucher);
        uint256 due = act.amount + loanInterest(loan, act.amount, today());
        loan.principal -= act.amount;
        if (loan.principal == 0) {
            due += loan.interestLeft;
            loan.interestLeft = 0;
            Voucher storage voucher = stored(loan.voucher);
            if (voucher.state == VState.Pledged) hold(voucher);
        } else if (act.release != 0) {
            setFree(act.number, act.release);
        }
        move(payables[payableOf(loan.voucher)].bank, loan.borrower, loan.lender, due);
    }

    function release(Act calldata act) internal {
        authorise(act.head, act.amount, Need.ByAmount, false);
        Loan storage loan = needLoan(act.number);
        refuseIf(loan.lender != act.head.participant, Refusal.NotLender);
        refuseIf(act.amount == 0, Refusal.ZeroAmount);
        refuseIf(isFrozenParty(loan.lender), Refusal.ParticipantFrozen);
        setFree(act.number, act.amount);
    }

    function needLoan(uint256 number) private view returns (Loan storage) {
        refuseIf(number == 0 || number >= loans.length, Refusal.UnknownLoan);
        return loans[number];
    }

    /// @dev Cover is asked of what stays pledged after the cut.
    function setFree(uint256 number, uint256 amount) private {
        Loan storage loan = loans[number];
        Voucher storage voucher = refresh(loan.voucher);
        refuseIf(voucher.state != VState.Pledged || voucher.loan != number, Refusal.VoucherNotHeld);
        refuseIf(today() >= payables[payableOf(loan.voucher)].maturity, Refusal.PastMaturity);
        refuseIf(rangeFrozen(loan.voucher), Refusal.RangeFrozen);
        refuseIf(isFrozenParty(voucher.holder), Refusal.ParticipantFrozen);
        uint256 length = voucher.end - voucher.start;
        refuseIf(amount > length, Refusal.AmountExceedsVoucher);
        needCover(length - amount, loan.ltv, loan.principal + loan.interestLeft);
        hold(stored(cut(loan.voucher, amount)));
    }

    function needCover(uint256 security, uint256 ltv, uint256 owed) private pure {
        refuseIf(security * ltv < owed * ONE, Refusal.CoverTooLow);
    }
}
