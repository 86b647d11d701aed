// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IVouchers} from "contracts/interfaces/IVouchers.sol";
import {FLAG_RECOURSE, VoucherState} from "contracts/types/Records.sol";
import {ParticipantId, VoucherId} from "contracts/types/Ids.sol";
import {VouchersBooks} from "./VouchersWorld.sol";
import {VoucherWord} from "contracts/types/VoucherWord.sol";
import {inner, wordAt} from "../Storage.sol";
import {svm, vm} from "../Svm.sol";

/// @notice What a cut makes of a voucher, and that a payment is distributed to it once.
contract Cuts is VouchersBooks {
    function _before() internal override {}

    function _after() internal override {}

    /// @notice I04: [s, e) cut at m is [s, m) and [m, e), alike in all else, and both can turn back where the whole could.
    function check_cut_keeps_everything(VoucherId id, uint64 amount) external {
        VoucherWord whole = _voucher(id);
        vm.assume(whole.isIn(VoucherState.Held) || whole.isIn(VoucherState.Pledged));
        vm.assume(whole.startOf() < whole.endOf() && _tally(id.payableOf()).serialsOf() < type(uint32).max);
        vm.assume(id.serialOf() <= _tally(id.payableOf()).serialsOf());
        vm.assume(_tally(id.payableOf()).piecesOf() <= _tally(id.payableOf()).serialsOf());
        uint256 recourse = _recourse(id);
        vm.prank(SALES);
        (bool done, bytes memory answer) = target.call(abi.encodeCall(IVouchers.cut, (id, amount)));
        if (!done) return;
        VoucherId partId = abi.decode(answer, (VoucherId));
        (VoucherWord part, VoucherWord rest) = (_voucher(partId), _voucher(id));
        uint256 middle = whole.startOf() + amount;
        if (partId == id) {
            assert(amount == whole.endOf() - whole.startOf() && VoucherWord.unwrap(part) == VoucherWord.unwrap(whole));
            return;
        }
        assert(partId.payableOf() == id.payableOf());
        assert(middle < whole.endOf() && amount != 0);
        assert(VoucherWord.unwrap(part) == VoucherWord.unwrap(whole.withRange(whole.startOf(), middle)));
        assert(VoucherWord.unwrap(rest) == VoucherWord.unwrap(whole.withRange(middle, whole.endOf())));
        assert(whole.flagsOf() & FLAG_RECOURSE == 0 || (_recourse(partId) == recourse && _recourse(id) == recourse));
    }

    /// @notice I33: what desks take as disposable is its holder's, held or with a lapsed offer, before maturity.
    function check_disposable_is_held_before_maturity(VoucherId id, ParticipantId holder) external {
        vm.warp(svm.createUint(32, "time"));
        VoucherWord voucher = _voucher(id);
        vm.assume(!voucher.isIn(VoucherState.None));
        try IVouchers(target).requireDisposable(id, holder) {
            assert(voucher.holderOf() == holder);
            assert(voucher.isIn(VoucherState.Held) || voucher.isIn(VoucherState.Offered));
            assert((block.timestamp + 8 hours) / 1 days < _payable(id.payableOf()).maturityOf());
        } catch {}
    }

    /// @notice I23: once payments up to a number are distributed to a voucher, the next call finds it up to date and leaves it.
    function check_payments_are_distributed_once(VoucherId id, uint16 settled) external {
        vm.assume(_voucher(id).isIn(VoucherState.Held) || _voucher(id).isIn(VoucherState.Closed));
        (bool done,) = _settle(id, settled);
        if (!done) return;
        VoucherWord before = _voucher(id);
        (, VoucherWord found) = _settle(id, settled);
        assert(found.settledOf() == settled || found.isIn(VoucherState.Closed));
        assert(VoucherWord.unwrap(_voucher(id)) == VoucherWord.unwrap(before));
    }

    function _settle(VoucherId id, uint16 settled) private returns (bool done, VoucherWord found) {
        vm.prank(SETTLEMENT);
        bytes memory answer;
        (done, answer) = target.call(abi.encodeCall(IVouchers.settleUnpledged, (id, settled)));
        if (done) found = abi.decode(answer, (VoucherWord));
    }

    function _recourse(VoucherId id) private view returns (uint256) {
        return uint32(wordAt(target, inner(VoucherId.unwrap(id), RECOURSES)));
    }
}
