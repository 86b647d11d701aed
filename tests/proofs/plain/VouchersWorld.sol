// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Anything} from "../Anything.sol";
import {AcceptVoucher, JoinVouchers, TransferVoucher} from "contracts/types/Commands.sol";
import {IExposure} from "contracts/interfaces/IRegistry.sol";
import {IFreezes, IVouchers, OfferEnd} from "contracts/interfaces/IVouchers.sol";
import {Induction} from "../Induction.sol";
import {both, either, implies} from "../Logic.sol";
import {inner, wordAt} from "../Storage.sol";
import {IParticipants} from "contracts/interfaces/IParticipants.sol";
import {Limits, Payable, PayableState, VoucherState} from "contracts/types/Records.sol";
import {ParticipantId, PayableId, SaleId, VoucherId} from "contracts/types/Ids.sol";
import {Parts} from "contracts/ledger/VoucherStore.sol";
import {PayableWord} from "contracts/types/PayableWord.sol";
import {TallyWord} from "contracts/types/TallyWord.sol";
import {Vouchers} from "contracts/ledger/Vouchers.sol";
import {VoucherWord} from "contracts/types/VoucherWord.sol";
import {svm, vm} from "../Svm.sol";

/// @notice `Vouchers` with anything stored and neighbours that answer anything, and its words as they stand.
abstract contract VouchersBooks is Induction {
    address internal constant ISSUANCE = address(0x1001);
    address internal constant OFFERS = address(0x1002);
    address internal constant SALES = address(0x1003);
    address internal constant LOANS = address(0x1004);
    address internal constant SETTLEMENT = address(0x1005);

    /// Slots of `Vouchers`.
    uint256 internal constant COUNT = 0;
    uint256 internal constant PAYABLES = 1;
    uint256 internal constant TALLIES = 2;
    uint256 internal constant VOUCHERS = 3;
    uint256 internal constant RECOURSES = 5;

    function setUp() public {
        address any = address(new Anything());
        target = address(
            new Vouchers(
                Parts(IParticipants(any), IExposure(any), IFreezes(any), ISSUANCE, OFFERS, SALES, LOANS, SETTLEMENT)
            )
        );
        svm.enableSymbolicStorage(target);
    }

    function _payable(PayableId id) internal view returns (PayableWord) {
        return PayableWord.wrap(wordAt(target, inner(PayableId.unwrap(id), PAYABLES)));
    }

    function _tally(PayableId id) internal view returns (TallyWord) {
        return TallyWord.wrap(wordAt(target, inner(PayableId.unwrap(id), TALLIES)));
    }

    function _voucher(VoucherId id) internal view returns (VoucherWord) {
        return VoucherWord.wrap(wordAt(target, inner(VoucherId.unwrap(id), VOUCHERS)));
    }

    /// @dev Whether a payable has a tally: it was accepted.
    function _isCounted(PayableId id) internal view returns (bool) {
        PayableWord payable_ = _payable(id);
        return either(payable_.isPayableIn(PayableState.Live), payable_.isPayableIn(PayableState.Settled));
    }

    /// @dev I07: exactly the serials that an accepted payable has given out name vouchers, each with a
    /// length, and no more of them are open.
    function _isSound(VoucherId id) internal view returns (bool) {
        VoucherWord voucher = _voucher(id);
        PayableWord payable_ = _payable(id.payableOf());
        bool given = both(id.serialOf() != 0, id.serialOf() <= _tally(id.payableOf()).serialsOf());
        bool exists = VoucherWord.unwrap(voucher) != 0;
        bool ranged = both(voucher.startOf() < voucher.endOf(), !voucher.isIn(VoucherState.None));
        bool faced = either(payable_.isPayableIn(PayableState.None), payable_.faceOf() != 0);
        bool fewer = _tally(id.payableOf()).piecesOf() <= _tally(id.payableOf()).serialsOf();
        return both(both(faced, fewer), both(both(_isCounted(id.payableOf()), given) == exists, implies(exists, ranged)));
    }

    /// @dev Nobody cuts or joins four thousand million times.
    function _hasSerialsLeft(VoucherId id) internal view returns (bool) {
        return _tally(id.payableOf()).serialsOf() < type(uint32).max;
    }
}

/// @notice Every state-changing function of `Vouchers`, asked by anybody in any storage. A transfer is walked with one part.
/// @dev Assumed of the desks that ask, and proved of them in Desks.t.sol or seen in the differential test: a payable is opened as
/// offered, with a face; only a live one is paid; a redeemed voucher is one of a live payable and has a length; only an open offer is ended; only
/// what is held is sold, pledged, redeemed or turned back; only what is pledged is freed or settled as such. A voucher whose offer has
/// lapsed counts as held; `cut`, and `join` of its upper voucher, are walked without those, which `transfer` and `join` read alike.
abstract contract VouchersWorld is VouchersBooks {
    /// Who acts, and the vouchers that the act names.
    ParticipantId internal actor;
    VoucherId internal named;
    VoucherId internal alsoNamed;
    bytes4 internal verb;

    function _call(bytes memory call, VoucherId id) private {
        (verb, named) = (bytes4(call), id);
        _step(call);
    }

    // ---- signed by participants

    function check_transfer(TransferVoucher calldata command) external {
        actor = command.participant;
        _call(abi.encodeCall(Vouchers.transfer, (command, "")), command.parts[0].voucher);
    }

    function check_accept(AcceptVoucher calldata command) external {
        actor = command.participant;
        _call(abi.encodeCall(Vouchers.accept, (command, "")), command.voucher);
    }

    function check_join(JoinVouchers calldata command) external {
        (actor, alsoNamed) = (command.participant, command.high);
        vm.assume(_voucher(alsoNamed).isIn(VoucherState.Held));
        _call(abi.encodeCall(Vouchers.join, (command, "")), command.low);
    }

    // ---- asked by desks

    function check_open(Payable calldata terms, Limits calldata limits, bytes32 evidence) external {
        vm.assume(both(terms.state == PayableState.Offered, terms.face != 0));
        _call(abi.encodeCall(IVouchers.open, (terms, limits, evidence)), VoucherId.wrap(0));
    }

    function check_endOffer(VoucherId id, OfferEnd reason, bytes32 detail) external {
        vm.assume(either(_voucher(id).isIn(VoucherState.Offered), _payable(id.payableOf()).isPayableIn(PayableState.Offered)));
        _call(abi.encodeCall(IVouchers.endOffer, (id, reason, detail)), id);
    }

    function check_cut(VoucherId id, uint64 amount) external {
        vm.assume(either(_voucher(id).isIn(VoucherState.Pledged), _voucher(id).isIn(VoucherState.Held)));
        _call(abi.encodeCall(IVouchers.cut, (id, amount)), id);
    }

    function check_sell(VoucherId id, ParticipantId buyer, SaleId recourse, bool costShared) external {
        vm.assume(_isOfferedOrHeld(id));
        _call(abi.encodeCall(IVouchers.sell, (id, buyer, recourse, costShared)), id);
    }

    function check_turnBack(VoucherId id, ParticipantId seller, SaleId recourse) external {
        vm.assume(_isOfferedOrHeld(id));
        _call(abi.encodeCall(IVouchers.turnBack, (id, seller, recourse)), id);
    }

    function check_pledge(VoucherId id, ParticipantId lender) external {
        vm.assume(_isOfferedOrHeld(id));
        _call(abi.encodeCall(IVouchers.pledge, (id, lender)), id);
    }

    function check_freeLien(VoucherId id) external {
        vm.assume(_voucher(id).isIn(VoucherState.Pledged));
        _call(abi.encodeCall(IVouchers.freeLien, (id)), id);
    }

    function check_redeem(VoucherId id) external {
        vm.assume(_isOfferedOrHeld(id));
        vm.assume(_payable(id.payableOf()).isPayableIn(PayableState.Live));
        _call(abi.encodeCall(IVouchers.redeem, (id)), id);
    }

    function check_pay(PayableId payableId, uint64 principal) external {
        vm.assume(_payable(payableId).isPayableIn(PayableState.Live));
        _call(abi.encodeCall(IVouchers.pay, (payableId, principal)), VoucherId.wrap(0));
    }

    function check_settleUnpledged(VoucherId id, uint16 settled) external {
        vm.assume(!_voucher(id).isIn(VoucherState.None));
        _call(abi.encodeCall(IVouchers.settleUnpledged, (id, settled)), id);
    }

    function check_settlePledged(VoucherId id, uint16 settled, bool lienEnds) external {
        vm.assume(_voucher(id).isIn(VoucherState.Pledged));
        _call(abi.encodeCall(IVouchers.settlePledged, (id, settled, lienEnds)), id);
    }

    function check_setFreezes(PayableId payableId, uint8 freezes) external {
        vm.assume(!_payable(payableId).isPayableIn(PayableState.None));
        _call(abi.encodeCall(IVouchers.setFreezes, (payableId, freezes)), VoucherId.wrap(0));
    }

    /// @dev A stored offer may have ended, so that the voucher counts as held.
    function _isOfferedOrHeld(VoucherId id) private view returns (bool) {
        return either(_voucher(id).isIn(VoucherState.Offered), _voucher(id).isIn(VoucherState.Held));
    }
}
