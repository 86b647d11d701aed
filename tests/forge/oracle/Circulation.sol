// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Act, Refusal, RuleTerms, Use} from "../Act.sol";
import {Authority} from "./Authority.sol";

/// @notice Issue, answers to offers, transfer, join.
abstract contract Circulation is Authority {
    // ---- issue

    function issue(Act calldata act) internal {
        authorise(act.head, act.amount, Need.ByAmount, true);
        open(act, act.head.participant);
    }

    function recordBatch(Act calldata act) internal {
        authorise(act.head, act.amount, Need.ByAmount, true);
        refuseIf(act.count == 0, Refusal.ZeroAmount);
        refuseIf(act.count > 10_000, Refusal.BatchExceeded);
        Batch storage batch = batches[act.word];
        batch.obligor = act.head.participant;
        batch.count = act.count;
        batch.left = act.amount;
        batch.deadline = act.head.deadline;
    }

    /// @dev `flag`: the item is not the one that the batch's root commits to at its index.
    function issueFromBatch(Act calldata act) internal {
        Batch storage batch = batches[act.word];
        refuseIf(batch.obligor == 0, Refusal.UnknownBatch);
        refuseIf(batch.isVoid, Refusal.BatchVoid);
        refuseIf(block.timestamp > batch.deadline, Refusal.DeadlinePassed);
        refuseIf(act.flag || act.number >= batch.count, Refusal.NotOnBatch);
        refuseIf(batch.issued[act.number], Refusal.BatchItemIssued);
        refuseIf(act.amount > batch.left, Refusal.BatchExceeded);
        batch.issued[act.number] = true;
        batch.left -= act.amount;
        refuseStopped(batch.obligor);
        open(act, batch.obligor);
    }

    function voidBatch(Act calldata act) internal {
        authorise(act.head, 0, Need.One, false);
        Batch storage batch = batches[act.word];
        refuseIf(batch.obligor == 0 || batch.obligor != act.head.participant, Refusal.UnknownBatch);
        refuseIf(batch.isVoid, Refusal.BatchVoid);
        batch.isVoid = true;
    }

    function open(Act calldata act, uint256 obligor) private {
        refuseIf(rolesOf(obligor) & ISSUER == 0, Refusal.NotEligible);
        refuseIf(rolesOf(act.to) & (SUPPLIER | ISSUER) == 0, Refusal.NotEligible);
        refuseIf(act.to == obligor, Refusal.SelfTransfer);
        refuseIf(isBlocked(obligor), Refusal.IssuerBlocked);
        refuseIf(act.amount == 0, Refusal.ZeroAmount);
        refuseIf(act.day <= today(), Refusal.PastMaturity);
        uint256 rules = rulesToday();
        refuseIf(act.day - today() > ruleSets[rules].tenorDaysMax, Refusal.TenorTooLong);
        needRole(act.bank, SETTLEMENT);
        refuseIf(outstanding(obligor) + act.amount > limitOf(obligor), Refusal.LimitExceeded);
        refuseIf(act.amount > FACE_MAX, Refusal.FaceTooLarge);
        refuseIf(act.uses.length > 64, Refusal.TooManyInvoices);
        Payable storage payable_ = payables.push();
        uint256 backed = useInvoices(payable_, act.uses);
        refuseIf(act.uses.length != 0 && backed < act.amount, Refusal.InvoiceShort);
        refuseIf(act.uses.length == 0 && act.evidence == 0, Refusal.EvidenceMissing);
        payable_.obligor = obligor;
        payable_.offeree = act.to;
        payable_.bank = act.bank;
        payable_.offeredAt = block.timestamp;
        payable_.face = act.amount;
        payable_.maturity = act.day;
        payable_.due = businessDay(act.day);
        payable_.rules = rules;
        payable_.state = PState.Offered;
        Voucher[] storage all = vouchers[payables.length - 1];
        all.push();
        Voucher storage root = all.push();
        (root.end, root.holder, root.state) = (act.amount, obligor, VState.Offered);
        (root.counterparty, root.offeredAt) = (act.to, block.timestamp);
    }

    function isBlocked(uint256 obligor) internal view returns (bool) {
        for (uint256 i = 1; i < payables.length; ++i) {
            Payable storage one = payables[i];
            if (one.obligor == obligor && one.state == PState.Live && one.due < today()) return true;
        }
        return false;
    }

    function useInvoices(Payable storage payable_, Use[] calldata uses) private returns (uint256 sum) {
        for (uint256 i; i < uses.length; ++i) {
            Invoice storage invoice = invoices[uses[i].invoice];
            refuseIf(invoice.known && invoice.total != uses[i].total, Refusal.InvoiceMismatch);
            refuseIf(invoice.used + uses[i].used > uses[i].total, Refusal.InvoiceOverused);
            (invoice.known, invoice.total) = (true, uses[i].total);
            invoice.used += uses[i].used;
            sum += uses[i].used;
            if (uses[i].used == 0) continue;
            uint256 place;
            while (place < payable_.uses.length && payable_.uses[place].invoice != uses[i].invoice) ++place;
            if (place == payable_.uses.length) payable_.uses.push(Use(uses[i].invoice, uses[i].total, 0));
            payable_.uses[place].used += uses[i].used;
        }
    }

    // ---- answers

    function accept(Act calldata act) internal {
        authorise(act.head, 0, Need.One, true);
        uint256 id = act.voucher;
        bool offered = offerOpen(id) && stored(id).counterparty == act.head.participant;
        refuseIf(!offered, Refusal.VoucherNotOffered);
        Voucher storage voucher = stored(id);
        refuseIf(voucher.start != act.start || voucher.end != act.end, Refusal.RangeChanged);
        refuseIf(rangeFrozen(id), Refusal.RangeFrozen);
        Payable storage payable_ = payables[payableOf(id)];
        if (payable_.state == PState.Offered) payable_.state = PState.Live;
        hold(voucher);
        voucher.holder = act.head.participant;
        voucher.depth += 1;
        // An accepted transfer ends the right to turn back.
        voucher.sale = 0;
    }

    function decline(Act calldata act) internal {
        authorise(act.head, 0, Need.One, false);
        bool offered = offerOpen(act.voucher) && stored(act.voucher).counterparty == act.head.participant;
        refuseIf(!offered, Refusal.VoucherNotOffered);
        endOffer(act);
    }

    function withdraw(Act calldata act) internal {
        authorise(act.head, 0, Need.ByAmount, false);
        bool offered = offerOpen(act.voucher) && stored(act.voucher).holder == act.head.participant;
        refuseIf(!offered, Refusal.VoucherNotOffered);
        endOffer(act);
    }

    function lapse(Act calldata act) internal {
        bool offered = exists(act.payableId) && payables[act.payableId].state == PState.Offered;
        refuseIf(!offered, Refusal.PayableNotOffered);
        refuseIf(offerOpen(act.voucher), Refusal.OfferOpen);
        endOffer(act);
    }

    /// @dev A part is held again; a root cancels its payable, whose invoices the act must name.
    function endOffer(Act calldata act) private {
        Payable storage payable_ = payables[payableOf(act.voucher)];
        Voucher storage voucher = stored(act.voucher);
        if (payable_.state != PState.Offered) return hold(voucher);
        payable_.state = PState.Cancelled;
        close(voucher);
        refuseIf(act.ids.length != payable_.uses.length, Refusal.InvoicesIncomplete);
        for (uint256 i; i < act.ids.length; ++i) {
            uint256 freed;
            for (uint256 j; j < payable_.uses.length; ++j) {
                if (payable_.uses[j].invoice != act.ids[i]) continue;
                freed = payable_.uses[j].used;
                payable_.uses[j].used = 0;
            }
            refuseIf(freed == 0, Refusal.InvoiceNotUsed);
            invoices[act.ids[i]].used -= freed;
        }
    }

    // ---- transfer, join, and the cut

    function transfer(Act calldata act) internal {
        uint256 sum;
        for (uint256 i; i < act.pieces.length; ++i) {
            sum += act.pieces[i].amount;
        }
        authorise(act.head, sum, Need.ByAmount, true);
        uint256 from = act.head.participant;
        for (uint256 i; i < act.pieces.length; ++i) {
            uint256 id = act.pieces[i].voucher;
            uint256 to = act.pieces[i].to;
            Voucher storage voucher = needDisposable(id, from);
            refuseIf(to == from, Refusal.SelfTransfer);
            refuseIf(rolesOf(to) & (ISSUER | SUPPLIER | BANK) == 0, Refusal.NotEligible);
            refuseIf(to == payables[payableOf(id)].obligor, Refusal.ToObligor);
            refuseIf(voucher.depth + 1 > rulesOf(id).depthMax, Refusal.DepthExceeded);
            voucher = stored(cut(id, act.pieces[i].amount));
            (voucher.state, voucher.counterparty, voucher.offeredAt) = (VState.Offered, to, block.timestamp);
        }
    }

    function join(Act calldata act) internal {
        authorise(act.head, 0, Need.ByAmount, true);
        // Both exist before either is looked at.
        refresh(act.voucher);
        refresh(act.other);
        Voucher storage low = needDisposable(act.voucher, act.head.participant);
        Voucher storage high = needDisposable(act.other, act.head.participant);
        uint256 payableId = payableOf(act.voucher);
        bool joinable = payableId == payableOf(act.other) && low.end == high.start && low.depth == high.depth
            && low.shared == high.shared && low.sale == 0 && high.sale == 0;
        refuseIf(!joinable, Refusal.NotJoinable);
        vouchers[payableId].push(low);
        stored((payableId << 32) + vouchers[payableId].length - 1).end = high.end;
        close(low);
        close(high);
    }

    function needDisposable(uint256 id, uint256 holder) internal returns (Voucher storage voucher) {
        voucher = refresh(id);
        refuseIf(voucher.holder != holder, Refusal.NotHolder);
        refuseIf(voucher.state != VState.Held, Refusal.VoucherNotHeld);
        refuseIf(today() >= payables[payableOf(id)].maturity, Refusal.PastMaturity);
        refuseIf(rangeFrozen(id), Refusal.RangeFrozen);
    }

    function rulesOf(uint256 id) internal view returns (RuleTerms storage) {
        return ruleSets[payables[payableOf(id)].rules];
    }

    /// @dev The lowest `amount` units become a voucher of their own; the rest keeps its id. The whole is cut from nothing.
    function cut(uint256 id, uint256 amount) internal returns (uint256) {
        Voucher storage voucher = stored(id);
        uint256 length = voucher.end - voucher.start;
        refuseIf(amount == 0, Refusal.ZeroAmount);
        refuseIf(amount > length, Refusal.AmountExceedsVoucher);
        if (amount == length) return id;
        RuleTerms storage rules = rulesOf(id);
        refuseIf(amount < rules.pieceMin || length - amount < rules.pieceMin, Refusal.PieceTooSmall);
        uint256 payableId = payableOf(id);
        refuseIf(rules.piecesMax != 0 && piecesOf(payableId) >= rules.piecesMax, Refusal.TooManyPieces);
        Voucher[] storage all = vouchers[payableId];
        all.push(voucher);
        all[all.length - 1].end = voucher.start + amount;
        voucher.start += amount;
        return (payableId << 32) + all.length - 1;
    }

    function piecesOf(uint256 payableId) internal view returns (uint256 pieces) {
        Voucher[] storage all = vouchers[payableId];
        for (uint256 i = 1; i < all.length; ++i) {
            if (all[i].state != VState.Closed) ++pieces;
        }
    }
}
