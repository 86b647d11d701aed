// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BusinessDay} from "../libraries/BusinessDay.sol";
import {Desk} from "../registry/Desk.sol";
import {IDeposits, IRules} from "../interfaces/IRegistry.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {IParticipants} from "../interfaces/IParticipants.sol";
import {IVouchers} from "../interfaces/IVouchers.sol";
import {Interest} from "../libraries/Interest.sol";
import {AttestPayment, ConfirmPayout, PayPayable, ReturnPayout, ReturnUnapplied} from "../types/MoneyCommands.sol";
import {FACE_MAX, Level, Payable, PayableState} from "../types/Records.sol";
import {ParticipantId, PayableId, VoucherId} from "../types/Ids.sol";
import {
    AmountTooLarge, NotObligor, NotSettlementBank, NotYetDue, NothingUnapplied, PayableNotLive, PaymentExceedsDebt,
    PaymentTooSmall, PayoutMismatch, PayoutNotConfirmed, PayoutNotOpen, UnappliedExceeded, UnknownPayable,
    UnknownPayout, ZeroAmount
} from "../types/Errors.sol";

/// @notice Money for payables: paid from deposits or attested by the settlement bank, and what the bank has still to pay out.
abstract contract Payments is Desk, ISettlement {
    bytes32 private constant PAY =
        keccak256("PayPayable(uint32 participant,uint32 payableId,uint64 amount,uint256 nonce,uint64 deadline)");
    bytes32 private constant ATTEST = keccak256(
        "AttestPayment(uint32 participant,uint32 payableId,uint64 amount,uint16 valueDay,bytes32 paymentReference,uint256 nonce,uint64 deadline)"
    );
    bytes32 private constant RETURN_UNAPPLIED = keccak256(
        "ReturnUnapplied(uint32 participant,uint32 payableId,uint64 amount,bytes32 paymentReference,uint256 nonce,uint64 deadline)"
    );
    bytes32 private constant CONFIRM = keccak256(
        "ConfirmPayout(uint32 participant,uint64 payout,uint64 amount,bytes32 paymentReference,uint256 nonce,uint64 deadline)"
    );
    bytes32 private constant RETURN = keccak256(
        "ReturnPayout(uint32 participant,uint64 payout,uint64 amount,bytes32 paymentReference,uint256 nonce,uint64 deadline)"
    );

    /// @dev A part payment is at least this part of the face, so that a payable has few payments.
    uint256 private constant PAYMENT_PART_MIN = 100;

    /// @dev After this many only the whole debt is taken; it bounds what a voucher has to catch up with.
    uint256 public constant PAYMENTS_MAX = 250;

    /// @dev How far back a bank may date a payment, in days.
    uint256 private constant VALUE_DAYS_BACK = 5;

    /// @dev One word. `owed` is the principal owed before it.
    struct Payment {
        uint64 principal;
        uint64 interest;
        uint64 owed;
        uint16 day;
        bool onBankRail;
    }

    /// @dev One word.
    struct Account {
        /// Late interest that payments did not cover; bears none and comes first in the next.
        uint64 carried;
        /// Attested money that is not shared yet, and its value day.
        uint64 unapplied;
        uint16 unappliedDay;
        /// Day of the last payment; 0 for none.
        uint16 lastDay;
        uint16 payments;
    }

    enum PayoutState {
        None,
        Open,
        Confirmed
    }

    struct Payout {
        ParticipantId bank;
        ParticipantId payee;
        uint64 amount;
        PayoutState state;
        VoucherId voucher;
    }

    event PaymentRecorded(
        PayableId indexed payableId,
        uint16 indexed number,
        uint64 interest,
        uint64 principal,
        uint64 carried,
        uint16 day,
        bool onBankRail
    );
    event PaymentAttested(
        PayableId indexed payableId, ParticipantId indexed bank, uint64 amount, uint16 valueDay, bytes32 paymentReference
    );
    event UnappliedReturned(PayableId indexed payableId, uint64 amount, bytes32 paymentReference);
    event PayoutOpened(
        uint64 indexed payout, VoucherId indexed voucher, ParticipantId indexed payee, ParticipantId bank, uint64 amount
    );
    event PayoutConfirmed(uint64 indexed payout, bytes32 paymentReference);
    event PayoutReturned(uint64 indexed payout, bytes32 paymentReference);

    IVouchers public immutable vouchers;
    IRules public immutable rules;
    IDeposits public immutable deposits;

    mapping(PayableId => Account) internal _accounts;
    mapping(PayableId => mapping(uint256 number => Payment)) internal _payments;
    uint64 public payoutCount;
    mapping(uint64 => Payout) private _payouts;

    constructor(IParticipants participants_, IVouchers vouchers_, IRules rules_, IDeposits deposits_)
        Desk(participants_)
    {
        vouchers = vouchers_;
        rules = rules_;
        deposits = deposits_;
    }

    // ---- the obligor pays from its deposit

    /// @notice Pays on or after maturity, the whole debt or at least a hundredth of the face; the money stands in the hold.
    function pay(PayPayable calldata command, bytes calldata approvals) external {
        bytes32 structHash = keccak256(abi.encode(PAY, command));
        _authorisePayment(
            command.participant, structHash, command.nonce, command.deadline, command.amount, approvals
        );
        PayableId payableId = command.payableId;
        Payable memory payable_ = _expect(payableId);
        if (payable_.obligor != command.participant) revert NotObligor(payableId, command.participant);
        if (payable_.state != PayableState.Live) revert PayableNotLive(payableId, payable_.state);
        uint256 today = BusinessDay.today();
        if (today < payable_.maturity) revert NotYetDue(payableId, payable_.maturity, today);
        if (command.amount == 0) revert ZeroAmount();
        uint256 lateInterest = _lateInterest(payableId, payable_, today);
        uint256 debt = lateInterest + vouchers.tallyOf(payableId).live;
        if (command.amount > debt) revert PaymentExceedsDebt(payableId, command.amount, debt);
        if (!_shareable(payableId, payable_.face, command.amount, debt)) {
            revert PaymentTooSmall(payableId, command.amount, _leastPayment(payable_.face));
        }
        deposits.hold(payable_.bank, command.participant, payableId, command.amount);
        _record(payableId, command.amount, lateInterest, today, false);
    }

    // ---- the settlement bank attests

    /// @notice Records money that the bank has received. It is never refused for amount or date: what cannot be shared is unapplied.
    function attest(AttestPayment calldata command, bytes calldata approvals) external {
        bytes32 structHash = keccak256(abi.encode(ATTEST, command));
        _authorise(command.participant, structHash, command.nonce, command.deadline, Level.Highest, approvals);
        PayableId payableId = command.payableId;
        _requireBank(payableId, command.participant);
        if (command.amount == 0) revert ZeroAmount();
        uint256 sum = uint256(_accounts[payableId].unapplied) + command.amount;
        if (sum > FACE_MAX) revert AmountTooLarge(sum, FACE_MAX);
        bytes32 fact = keccak256(abi.encode(ATTEST, address(this), payableId, command.amount, command.valueDay));
        deposits.takeReference(command.participant, command.paymentReference, fact);
        uint16 day = _valueDay(payableId, command.valueDay);
        Account storage account = _accounts[payableId];
        account.unapplied += command.amount;
        if (day > account.unappliedDay) account.unappliedDay = day;
        emit PaymentAttested(payableId, command.participant, command.amount, day, command.paymentReference);
        _apply(payableId);
    }

    /// @notice Shares attested money that could not be shared when it came. Anyone may ask.
    function applyUnapplied(PayableId payableId) external {
        if (!_apply(payableId)) revert NothingUnapplied(payableId);
    }

    /// @notice The bank has sent unapplied money back.
    function returnUnapplied(ReturnUnapplied calldata command, bytes calldata approvals) external {
        bytes32 structHash = keccak256(abi.encode(RETURN_UNAPPLIED, command));
        _authorise(command.participant, structHash, command.nonce, command.deadline, Level.Highest, approvals);
        PayableId payableId = command.payableId;
        _requireBank(payableId, command.participant);
        uint64 available = _accounts[payableId].unapplied;
        if (command.amount == 0) revert ZeroAmount();
        if (command.amount > available) revert UnappliedExceeded(payableId, command.amount, available);
        bytes32 fact = keccak256(abi.encode(RETURN_UNAPPLIED, address(this), payableId, command.amount));
        deposits.takeReference(command.participant, command.paymentReference, fact);
        _reduceUnapplied(_accounts[payableId], command.amount);
        emit UnappliedReturned(payableId, command.amount, command.paymentReference);
    }

    // ---- the settlement bank pays out

    /// @notice The bank has paid a settled share to its payee.
    function confirmPayout(ConfirmPayout calldata command, bytes calldata approvals) external {
        bytes32 structHash = keccak256(abi.encode(CONFIRM, command));
        _authorise(command.participant, structHash, command.nonce, command.deadline, Level.Highest, approvals);
        Payout storage payout = _expectPayout(command.payout, command.participant, command.amount);
        if (payout.state != PayoutState.Open) revert PayoutNotOpen(command.payout);
        _takePayoutReference(CONFIRM, command.participant, command.payout, command.paymentReference);
        payout.state = PayoutState.Confirmed;
        emit PayoutConfirmed(command.payout, command.paymentReference);
    }

    /// @notice A paid share came back; it is payable by the bank again.
    function returnPayout(ReturnPayout calldata command, bytes calldata approvals) external {
        bytes32 structHash = keccak256(abi.encode(RETURN, command));
        _authorise(command.participant, structHash, command.nonce, command.deadline, Level.Highest, approvals);
        Payout storage payout = _expectPayout(command.payout, command.participant, command.amount);
        if (payout.state != PayoutState.Confirmed) revert PayoutNotConfirmed(command.payout);
        _takePayoutReference(RETURN, command.participant, command.payout, command.paymentReference);
        payout.state = PayoutState.Open;
        emit PayoutReturned(command.payout, command.paymentReference);
    }

    // ---- views

    function accountOf(PayableId payableId) external view returns (Account memory) {
        return _accounts[payableId];
    }

    function paymentOf(PayableId payableId, uint256 number) external view returns (Payment memory) {
        return _payments[payableId][number];
    }

    function payoutOf(uint64 payout) external view returns (Payout memory) {
        return _payouts[payout];
    }

    /// @notice What is owed on a payable on a day: late interest and principal.
    function debtOf(PayableId payableId, uint256 day) external view returns (uint256 lateInterest, uint256 principal) {
        return (
            _lateInterest(payableId, vouchers.payableOf(payableId), day), vouchers.tallyOf(payableId).live
        );
    }

    // ---- private

    function _expect(PayableId payableId) private view returns (Payable memory payable_) {
        payable_ = vouchers.payableOf(payableId);
        if (payable_.state == PayableState.None) revert UnknownPayable(payableId);
    }

    function _requireBank(PayableId payableId, ParticipantId bank) private view {
        if (_expect(payableId).bank != bank) revert NotSettlementBank(payableId, bank);
    }

    function _expectPayout(uint64 number, ParticipantId bank, uint64 amount) private view returns (Payout storage payout) {
        payout = _payouts[number];
        if (payout.state == PayoutState.None || payout.bank != bank) revert UnknownPayout(number);
        if (payout.amount != amount) revert PayoutMismatch(number, amount, payout.amount);
    }

    function _takePayoutReference(bytes32 kind, ParticipantId bank, uint64 payout, bytes32 paymentReference) private {
        deposits.takeReference(bank, paymentReference, keccak256(abi.encode(kind, address(this), payout)));
    }

    /// @dev The stated day, brought to within five days back and not before the last payment's.
    function _valueDay(PayableId payableId, uint16 stated) private view returns (uint16) {
        uint256 today = BusinessDay.today();
        uint256 earliest = today - VALUE_DAYS_BACK;
        uint16 lastDay = _accounts[payableId].lastDay;
        if (lastDay > earliest) earliest = lastDay;
        uint256 day = stated < earliest ? earliest : stated;
        return uint16(day > today ? today : day);
    }

    /// @dev Money counts from its value day, but not before maturity, when nothing was owed yet, nor before the last payment.
    function _applicationDay(Account memory account, Payable memory payable_) private pure returns (uint256 day) {
        day = account.unappliedDay > account.lastDay ? account.unappliedDay : account.lastDay;
        if (day < payable_.maturity) day = payable_.maturity;
    }

    function _reduceUnapplied(Account storage account, uint64 amount) private {
        account.unapplied -= amount;
        if (account.unapplied == 0) account.unappliedDay = 0;
    }

    /// @dev Whether attested money waits that could be shared now.
    function _isShareable(PayableId payableId, Payable memory payable_) internal view returns (bool) {
        Account memory account = _accounts[payableId];
        bool due = payable_.state == PayableState.Live && BusinessDay.today() >= payable_.maturity;
        if (!due || account.unapplied == 0) return false;
        uint256 lateInterest = _lateInterest(payableId, payable_, _applicationDay(account, payable_));
        uint256 debt = lateInterest + vouchers.tallyOf(payableId).live;
        uint256 amount = account.unapplied < debt ? account.unapplied : debt;
        return _shareable(payableId, payable_.face, amount, debt);
    }

    /// @dev Shares unapplied money as far as there is debt, from maturity on.
    function _apply(PayableId payableId) private returns (bool) {
        Account storage account = _accounts[payableId];
        Payable memory payable_ = vouchers.payableOf(payableId);
        if (!_isShareable(payableId, payable_)) return false;
        uint256 day = _applicationDay(account, payable_);
        uint256 lateInterest = _lateInterest(payableId, payable_, day);
        uint256 debt = lateInterest + vouchers.tallyOf(payableId).live;
        uint256 amount = account.unapplied < debt ? account.unapplied : debt;
        _reduceUnapplied(account, uint64(amount));
        _record(payableId, amount, lateInterest, day, true);
        return true;
    }

    function _shareable(PayableId payableId, uint256 face, uint256 amount, uint256 debt) private view returns (bool) {
        if (amount == debt) return true;
        return amount >= _leastPayment(face) && _accounts[payableId].payments < PAYMENTS_MAX;
    }

    function _leastPayment(uint256 face) private pure returns (uint256) {
        return (face + PAYMENT_PART_MIN - 1) / PAYMENT_PART_MIN;
    }

    /// @dev Late interest first, then principal; what of the interest is not covered is carried.
    function _record(PayableId payableId, uint256 amount, uint256 lateInterest, uint256 day, bool onBankRail) private {
        Account storage account = _accounts[payableId];
        uint256 interest = amount < lateInterest ? amount : lateInterest;
        uint256 principal = amount - interest;
        uint16 number = account.payments++;
        account.carried = Interest.toAmount(lateInterest - interest);
        account.lastDay = uint16(day);
        _payments[payableId][number] = Payment({
            principal: uint64(principal),
            interest: uint64(interest),
            owed: vouchers.tallyOf(payableId).live,
            day: uint16(day),
            onBankRail: onBankRail
        });
        emit PaymentRecorded(
            payableId, number, uint64(interest), uint64(principal), account.carried, uint16(day), onBankRail
        );
        vouchers.pay(payableId, uint64(principal));
    }

    /// @dev Late interest owed on a day: what is carried and what has accrued since the last payment.
    function _lateInterest(PayableId payableId, Payable memory payable_, uint256 day) internal view returns (uint256) {
        Account memory account = _accounts[payableId];
        if (payable_.state != PayableState.Live) return 0;
        uint256 rate = rules.ruleSet(payable_.rules).lateRateDaily;
        uint256 from = _interestFrom(account, payable_);
        return account.carried + Interest.daily(vouchers.tallyOf(payableId).live, rate, from, day);
    }

    /// @dev The day interest on unpaid principal runs from: the last payment, the due day if none is later.
    function _interestFrom(Account memory account, Payable memory payable_) internal pure returns (uint256) {
        return account.lastDay > payable_.due ? account.lastDay : payable_.due;
    }

    /// @dev A share of a payment that came by the bank rail is payable by the bank.
    function _openPayout(ParticipantId bank, VoucherId voucher, ParticipantId payee, uint256 amount) internal {
        uint64 payout = ++payoutCount;
        _payouts[payout] = Payout(bank, payee, uint64(amount), PayoutState.Open, voucher);
        emit PayoutOpened(payout, voucher, payee, bank, uint64(amount));
    }
}
