// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IVouchers, OfferEnd} from "../interfaces/IVouchers.sol";
import {NotDesk, TooManyRedemptions} from "../types/Errors.sol";
import {FLAG_COST_SHARED, FLAG_RECOURSE, Limits, Payable, PayableState, VoucherState} from "../types/Records.sol";
import {ParticipantId, PayableId, SaleId, VoucherId} from "../types/Ids.sol";
import {PayableWord, toPayableWord} from "../types/PayableWord.sol";
import {TallyWord} from "../types/TallyWord.sol";
import {VoucherStore} from "./VoucherStore.sol";
import {VoucherWord} from "../types/VoucherWord.sol";

/// @notice The transitions that other desks of this ledger version ask for; who may ask is said at each door.
abstract contract VoucherRegister is VoucherStore {
    modifier onlyFrom(address desk) {
        if (msg.sender != desk) revert NotDesk(msg.sender);
        _;
    }

    // ---- transitions asked by desks

    /// @inheritdoc IVouchers
    function open(Payable calldata terms, Limits calldata limits, bytes32 evidence)
        external
        onlyFrom(issuance)
        returns (PayableId payableId)
    {
        payableId = PayableId.wrap(++payableCount);
        _payables[payableId] = toPayableWord(terms);
        if (_limits[terms.rules].offerDays == 0) _limits[terms.rules] = limits;
        emit PayableIssued(
            payableId,
            terms.obligor,
            terms.offeree,
            terms.bank,
            terms.face,
            terms.maturity,
            terms.due,
            terms.rules,
            terms.invoices,
            evidence
        );
    }

    /// @inheritdoc IVouchers
    function endOffer(VoucherId id, OfferEnd reason, bytes32 detail) external onlyFrom(offers) {
        PayableId payableId = id.payableOf();
        PayableWord payable_ = _payables[payableId];
        if (payable_.isPayableIn(PayableState.Offered)) {
            _payables[payableId] = payable_.withPayableState(PayableState.Cancelled);
            emit PayableCancelled(payableId, reason, detail);
            return;
        }
        _vouchers[id] = _vouchers[id].held();
        emit OfferEnded(id, reason, detail);
    }

    /// @inheritdoc IVouchers
    function cut(VoucherId id, uint64 amount) external returns (VoucherId part) {
        if (msg.sender != sales && msg.sender != loans) revert NotDesk(msg.sender);
        VoucherWord voucher;
        (part, voucher) = _cut(id, _current(id), _payables[id.payableOf()], amount);
        _vouchers[part] = voucher;
    }

    /// @inheritdoc IVouchers
    function sell(VoucherId id, ParticipantId buyer, SaleId recourse, bool costShared) external onlyFrom(sales) {
        VoucherWord voucher = _current(id);
        emit VoucherSold(id, buyer, recourse, costShared);
        emit IERC721.Transfer(_account(voucher.holderOf()), _account(buyer), VoucherId.unwrap(id));
        uint256 flags = voucher.flagsOf() | (costShared ? FLAG_COST_SHARED : 0);
        voucher = voucher.withHolder(buyer).deeper().withFlags(flags);
        _vouchers[id] = _withRecourse(id, voucher, recourse);
    }

    /// @inheritdoc IVouchers
    function turnBack(VoucherId id, ParticipantId seller, SaleId recourse) external onlyFrom(sales) {
        VoucherWord voucher = _current(id);
        emit VoucherTurnedBack(id, seller, recourse);
        emit IERC721.Transfer(_account(voucher.holderOf()), _account(seller), VoucherId.unwrap(id));
        _vouchers[id] = _withRecourse(id, voucher.withHolder(seller), recourse);
    }

    /// @inheritdoc IVouchers
    function pledge(VoucherId id, ParticipantId lender) external onlyFrom(loans) {
        _vouchers[id] = _current(id).pledgedTo(lender);
        emit VoucherPledged(id, lender);
    }

    /// @inheritdoc IVouchers
    function freeLien(VoucherId id) external onlyFrom(loans) {
        _vouchers[id] = _vouchers[id].held();
        emit VoucherFreed(id);
    }

    /// @inheritdoc IVouchers
    function redeem(VoucherId id) external onlyFrom(sales) {
        PayableId payableId = id.payableOf();
        VoucherWord voucher = _current(id);
        TallyWord tally = _tallies[payableId];
        uint256 number = tally.redemptionsOf();
        if (number == REDEMPTIONS_MAX) revert TooManyRedemptions(payableId, REDEMPTIONS_MAX);
        _redeemed[payableId][number] = Range(uint56(voucher.startOf()), uint56(voucher.endOf()));
        uint256 amount = voucher.endOf() - voucher.startOf();
        tally = tally.redeem(amount);
        _tallies[payableId] = tally;
        emit VoucherRedeemed(id);
        _close(id, voucher);
        _reduce(payableId, amount, tally.liveOf());
    }

    /// @inheritdoc IVouchers
    function pay(PayableId payableId, uint64 principal) external onlyFrom(settlement) {
        // Settlement has checked that no more than the live principal is paid; this would revert otherwise.
        TallyWord tally = _tallies[payableId].pay(principal);
        _tallies[payableId] = tally;
        emit PrincipalPaid(payableId, principal);
        _reduce(payableId, principal, tally.liveOf());
    }

    /// @inheritdoc IVouchers
    function settleUnpledged(VoucherId id, uint16 settled) external onlyFrom(settlement) returns (VoucherWord before) {
        before = _current(id);
        bool stays = before.isIn(VoucherState.Closed) || before.isIn(VoucherState.Pledged) || before.settledOf() == settled;
        if (!stays) _settle(id, before.withSettled(settled));
    }

    /// @inheritdoc IVouchers
    function settlePledged(VoucherId id, uint16 settled, bool lienEnds) external onlyFrom(settlement) {
        VoucherWord voucher = _current(id).withSettled(settled);
        if (lienEnds) {
            voucher = voucher.held();
            emit VoucherFreed(id);
        }
        _settle(id, voucher);
    }

    /// @inheritdoc IVouchers
    function setFreezes(PayableId payableId, uint8 freezes) external onlyFrom(address(oversight)) {
        _payables[payableId] = _payables[payableId].withFreezes(freezes);
        emit FreezesChanged(payableId, freezes);
    }

    // ---- private

    function _withRecourse(VoucherId id, VoucherWord voucher, SaleId recourse) private returns (VoucherWord) {
        if (SaleId.unwrap(recourse) == 0) return voucher.withFlags(voucher.flagsOf() & ~uint256(FLAG_RECOURSE));
        _recourse[id] = recourse;
        return voucher.withFlags(voucher.flagsOf() | FLAG_RECOURSE);
    }

    /// @dev Takes principal off what the obligor owes; a payable that owes none is settled.
    function _reduce(PayableId payableId, uint256 principal, uint256 live) private {
        PayableWord payable_ = _payables[payableId];
        ParticipantId obligor = payable_.obligorOf();
        if (principal != 0) exposure.reduced(obligor, uint64(principal));
        if (live != 0) return;
        _payables[payableId] = payable_.withPayableState(PayableState.Settled);
        exposure.cleared(obligor, payable_.dueOf());
        emit PayableSettled(payableId);
    }

    function _settle(VoucherId id, VoucherWord voucher) private {
        PayableId payableId = id.payableOf();
        if (!_payables[payableId].isPayableIn(PayableState.Settled)) {
            _vouchers[id] = voucher;
            return;
        }
        _tallies[payableId] = _tallies[payableId].closeOne();
        _close(id, voucher);
    }

    /// @dev A closed voucher keeps its last holder and never changes again.
    function _close(VoucherId id, VoucherWord voucher) internal {
        _vouchers[id] = voucher.closed();
        emit IERC721.Transfer(_account(voucher.holderOf()), address(0), VoucherId.unwrap(id));
    }
}
