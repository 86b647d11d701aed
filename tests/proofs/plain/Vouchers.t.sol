// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {both, either, implies, when} from "../Logic.sol";
import {NOBODY, ParticipantId, PayableId, VoucherId} from "contracts/types/Ids.sol";
import {PayableState, VoucherState} from "contracts/types/Records.sol";
import {PayableWord} from "contracts/types/PayableWord.sol";
import {TallyWord} from "contracts/types/TallyWord.sol";
import {Vouchers} from "contracts/ledger/Vouchers.sol";
import {VoucherWord} from "contracts/types/VoucherWord.sol";
import {VouchersWorld} from "./VouchersWorld.sol";
import {IVouchers} from "contracts/interfaces/IVouchers.sol";
import {wordAt} from "../Storage.sol";
import {svm, vm} from "../Svm.sol";

/// @notice The laws of payables and vouchers, about any payable and any voucher of it that is stored.
contract VouchersLaws is VouchersWorld {
    uint256 private constant CONSERVED = 0;
    uint256 private constant PAYABLE_FORWARD = 1;
    uint256 private constant TERMS_KEPT = 2;
    uint256 private constant OTHERS_KEPT = 3;
    uint256 private constant HOLDER_SIGNS = 4;
    uint256 private constant PLEDGED_STAYS = 5;
    uint256 private constant VOUCHER_FORWARD = 6;
    uint256 private constant CLOSED_STAYS = 7;
    uint256 private constant BEFORE_MATURITY = 8;
    uint256 private constant SETTLED_BY_SETTLEMENT = 9;
    uint256 private constant NUMBERS_UNUSED = 10;

    /// Bits of a payable's word that are never written again: all but state and freezes.
    uint256 private constant TERMS = type(uint256).max >> 24 | uint256(type(uint8).max) << 240;

    PayableId private anyPayable;
    VoucherId private any;
    PayableWord private payableWas;
    VoucherWord private was;

    function _before() internal override {
        anyPayable = PayableId.wrap(uint32(svm.createUint(32, "any payable")));
        any = anyPayable.voucherOf(uint32(svm.createUint(32, "any serial")));
        (payableWas, was) = (_payable(anyPayable), _voucher(any));
        vm.assume(_conserved());
        vm.assume(_numbersUnused());
        vm.assume(both(_isSound(any), both(_isSound(named), _isSound(alsoNamed))));
        vm.assume(both(_hasSerialsLeft(any), _hasSerialsLeft(named)));
    }

    function _after() internal override {
        (PayableWord payable_, VoucherWord voucher) = (_payable(anyPayable), _voucher(any));
        _law(CONSERVED, _conserved());
        _law(NUMBERS_UNUSED, both(_numbersUnused(), _isSound(any)));
        _law(PAYABLE_FORWARD, _forward(payable_));
        bool opened = !payableWas.isPayableIn(PayableState.None);
        uint256 changed = PayableWord.unwrap(payable_) ^ PayableWord.unwrap(payableWas);
        _law(TERMS_KEPT, implies(opened, changed & TERMS == 0));
        bool same = VoucherWord.unwrap(voucher) == VoucherWord.unwrap(was);
        bool stored = !was.isIn(VoucherState.None);
        bool isNamed = either(any == named, any == alsoNamed);
        _law(OTHERS_KEPT, implies(both(stored, !isNamed), same));
        _law(HOLDER_SIGNS, implies(both(stored, !same), _isAllowed()));
        _law(PLEDGED_STAYS, implies(was.isIn(VoucherState.Pledged), _isKeptUnderLien(voucher)));
        _law(VOUCHER_FORWARD, _isStep(voucher));
        _law(CLOSED_STAYS, implies(was.isIn(VoucherState.Closed), same));
        bool circulates = either(verb == Vouchers.transfer.selector, verb == Vouchers.join.selector);
        circulates = either(circulates, verb == Vouchers.accept.selector);
        uint256 today = (block.timestamp + 8 hours) / 1 days;
        _law(BEFORE_MATURITY, implies(circulates, today < _payable(named.payableOf()).maturityOf()));
        _law(SETTLED_BY_SETTLEMENT, either(voucher.settledOf() == was.settledOf(), either(!stored, caller == SETTLEMENT)));
    }

    /// @dev I02. Of a payable that is neither live nor settled nothing is counted.
    function _conserved() private view returns (bool) {
        PayableWord payable_ = _payable(anyPayable);
        uint256 tally = TallyWord.unwrap(_tally(anyPayable));
        (uint256 live, uint256 paid, uint256 redeemed) = (uint56(tally), uint56(tally >> 56), uint56(tally >> 112));
        bool settled = payable_.isPayableIn(PayableState.Settled);
        bool counted = either(payable_.isPayableIn(PayableState.Live), settled);
        unchecked {
            bool whole = live + paid + redeemed == when(counted, payable_.faceOf());
            return both(whole, implies(settled, live == 0));
        }
    }

    /// @dev Numbers of payables that are not given out name nothing.
    function _numbersUnused() private view returns (bool) {
        bool beyond = PayableId.unwrap(anyPayable) > uint32(wordAt(target, COUNT));
        return implies(beyond, PayableWord.unwrap(_payable(anyPayable)) == 0);
    }

    /// @dev I12: a payable goes from none to offered, from there to live or cancelled, from live to settled.
    function _forward(PayableWord payable_) private view returns (bool) {
        uint256 from = uint8(PayableWord.unwrap(payableWas) >> 232);
        uint256 to = uint8(PayableWord.unwrap(payable_) >> 232);
        bool begins = both(from == uint8(PayableState.None), to == uint8(PayableState.Offered));
        bool answered = either(to == uint8(PayableState.Live), to == uint8(PayableState.Cancelled));
        bool ends = both(from == uint8(PayableState.Live), to == uint8(PayableState.Settled));
        return either(either(from == to, begins), either(both(from == uint8(PayableState.Offered), answered), ends));
    }

    /// @dev I11: what changes a stored voucher is its holder's act, its offeree's acceptance, or a desk's, which had it signed.
    function _isAllowed() private view returns (bool) {
        bool accepts = both(verb == Vouchers.accept.selector, was.counterpartyOf() == actor);
        bool disposes = either(verb == Vouchers.transfer.selector, verb == Vouchers.join.selector);
        bool byDesk = either(either(caller == OFFERS, caller == SALES), either(caller == LOANS, caller == SETTLEMENT));
        bool signed = either(accepts, both(disposes, was.holderOf() == actor));
        bool own = either(disposes, verb == Vouchers.accept.selector);
        return either(signed, both(!own, byDesk));
    }

    /// @dev I09: of a pledged voucher holder, lender and end stay; only its lender's desk moves its start or frees it, and
    /// settlement, which may end the lien too.
    function _isKeptUnderLien(VoucherWord voucher) private view returns (bool) {
        bool same = VoucherWord.unwrap(voucher) == VoucherWord.unwrap(was);
        bool place = both(voucher.holderOf() == was.holderOf(), voucher.endOf() == was.endOf());
        bool range = either(voucher.startOf() == was.startOf(), both(caller == LOANS, verb == IVouchers.cut.selector));
        bool lien = both(voucher.isIn(VoucherState.Pledged), voucher.counterpartyOf() == was.counterpartyOf());
        bool freed = either(both(caller == LOANS, verb == IVouchers.freeLien.selector), caller == SETTLEMENT);
        bool mayCut = both(either(caller == LOANS, caller == SALES), verb == IVouchers.cut.selector);
        range = either(range, mayCut);
        return either(same, both(both(place, range), either(lien, freed)));
    }

    /// @dev I12: offered, held and pledged follow one another as the design says; a closed voucher stays closed.
    function _isStep(VoucherWord voucher) private view returns (bool) {
        bool offers = both(voucher.isIn(VoucherState.Offered), verb != Vouchers.transfer.selector);
        bool pledges = both(voucher.isIn(VoucherState.Pledged), verb != IVouchers.pledge.selector);
        bool same = (VoucherWord.unwrap(voucher) ^ VoucherWord.unwrap(was)) >> 240 & 0xff == 0;
        bool cut_ = verb == IVouchers.cut.selector;
        bool toNone = voucher.isIn(VoucherState.None);
        bool stored = !was.isIn(VoucherState.None);
        return either(same, both(!both(toNone, stored), either(cut_, both(!offers, !pledges))));
    }
}
