// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Anything} from "../Anything.sol";
import {IParticipants} from "contracts/interfaces/IParticipants.sol";
import {ParticipantId, PayableId, SaleId, VoucherId} from "contracts/types/Ids.sol";
import {Payable, PayableState, Tally, Voucher, VoucherState} from "contracts/types/Records.sol";
import {svm, vm} from "../Svm.sol";

/// @notice Vouchers that are as the proof says, and that note what a desk does to them.
contract Watched {
    Payable private terms;
    Voucher private voucher;
    bool private disposable;
    uint56 private live;
    bool public paid;
    bool public moved;
    bool public freed;

    constructor(Payable memory terms_, Voucher memory voucher_, bool disposable_, uint56 live_) {
        (terms, voucher, disposable, live) = (terms_, voucher_, disposable_, live_);
    }

    function payableOf(PayableId) external view returns (Payable memory) {
        return terms;
    }

    function voucherOf(VoucherId) external view returns (Voucher memory) {
        return voucher;
    }

    function tallyOf(PayableId) external view returns (Tally memory tally) {
        tally.live = live;
    }

    function requireDisposable(VoucherId, ParticipantId) external view returns (Voucher memory, Payable memory) {
        require(disposable);
        return (voucher, terms);
    }

    function requireNotFrozen(VoucherId) external pure {}

    function recourseOf(VoucherId) external pure returns (SaleId) {
        return SaleId.wrap(0);
    }

    function cut(VoucherId id, uint64) external returns (VoucherId) {
        moved = true;
        return id;
    }

    function pay(PayableId, uint64) external {
        paid = true;
    }

    function freeLien(VoucherId) external {
        freed = true;
    }

    function sell(VoucherId, ParticipantId, SaleId, bool) external {}

    function pledge(VoucherId, ParticipantId) external {}

    function redeem(VoucherId) external {}
}

/// @notice What the desks of money ask of the vouchers, and when.
abstract contract MoneyWorld {
    Watched internal vouchers;
    Payable internal terms;
    Voucher internal voucher;
    bool internal disposable;
    IParticipants internal participants;

    function setUp() public {
        participants = IParticipants(address(new Anything()));
    }

    function _meet(uint8 state, uint8 voucherState) internal {
        vm.assume(state <= uint8(PayableState.Cancelled) && voucherState <= uint8(VoucherState.Closed));
        vm.warp(svm.createUint(32, "time"));
        (terms.state, voucher.state) = (PayableState(state), VoucherState(voucherState));
        terms.obligor = ParticipantId.wrap(uint32(svm.createUint(32, "obligor")));
        terms.bank = ParticipantId.wrap(uint32(svm.createUint(32, "bank")));
        (terms.face, terms.maturity) = (uint56(svm.createUint(56, "face")), uint16(svm.createUint(16, "maturity")));
        (voucher.start, voucher.end) = (uint56(svm.createUint(56, "start")), uint56(svm.createUint(56, "end")));
        disposable = svm.createUint(1, "disposable") == 1;
        vouchers = new Watched(terms, voucher, disposable, uint56(svm.createUint(56, "live")));
    }

    function _isDue() internal view returns (bool) {
        return terms.state == PayableState.Live && (block.timestamp + 8 hours) / 1 days >= terms.maturity;
    }
}
