// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BusinessDay} from "../libraries/BusinessDay.sol";
import {Desk} from "../registry/Desk.sol";
import {IDeposits, IRules} from "../interfaces/IRegistry.sol";
import {ILoans, ISettlement} from "../interfaces/ISettlement.sol";
import {IParticipants} from "../interfaces/IParticipants.sol";
import {IVouchers} from "../interfaces/IVouchers.sol";
import {Interest} from "../libraries/Interest.sol";
import {PledgeQuote, PledgeVoucher, ReleaseSecurity, RepayLoan} from "../types/Commands.sol";
import {Loan, Payable, RATE_MAX, RATE_ONE, ROLE_BANK, Voucher, VoucherState} from "../types/Records.sol";
import {LoanId, NOBODY, ParticipantId, VoucherId} from "../types/Ids.sol";
import {
    AmountExceedsVoucher, BadTerms, CoverTooLow, NotBorrower, NotDesk, NotEligible, NotLender, ParticipantFrozen, PastMaturity,
    QuoteMismatch, RangeChanged, RegistrationMissing, RepaymentExceedsLoan, SelfTransfer, UnknownLoan, VoucherNotHeld,
    ZeroAmount
} from "../types/Errors.sol";

/// @notice Loans against pledged vouchers. A loan paid in full frees its voucher without anybody's act.
contract Loans is Desk, ILoans {
    bytes32 private constant PLEDGE_QUOTE = keccak256(
        "PledgeQuote(uint32 participant,uint32 taker,uint64 voucher,uint64 start,uint64 end,uint64 amount,uint64 advance,uint32 ltv,uint32 rate,uint16 due,bytes32 registration,uint256 nonce,uint64 deadline)"
    );
    bytes32 private constant PLEDGE = keccak256(
        "PledgeVoucher(uint32 participant,uint32 lender,uint64 voucher,uint64 start,uint64 end,uint64 amount,uint64 advance,uint32 ltv,uint32 rate,uint16 due,bytes32 registration,uint256 nonce,uint64 deadline)"
    );
    bytes32 private constant REPAY = keccak256(
        "RepayLoan(uint32 participant,uint32 loan,uint64 principal,uint64 release,uint256 nonce,uint64 deadline)"
    );
    bytes32 private constant RELEASE =
        keccak256("ReleaseSecurity(uint32 participant,uint32 loan,uint64 amount,uint256 nonce,uint64 deadline)");

    event LoanAdvanced(LoanId indexed loanId, VoucherId indexed voucher, Loan loan, bytes32 registration);
    event LoanRepaid(LoanId indexed loanId, uint64 principal, uint64 interest);
    event SecurityReleased(LoanId indexed loanId, VoucherId indexed released);

    /// @notice What a payment of the payable brought the loan; interest runs from `day` on.
    event LoanServed(LoanId indexed loanId, uint64 interest, uint64 principal, uint64 interestLeft, uint16 day);

    IVouchers public immutable vouchers;
    ISettlement public immutable settlement;
    IRules public immutable rules;
    IDeposits public immutable deposits;

    uint32 public loanCount;
    mapping(LoanId => Loan) private _loans;
    /// @dev The last loan on a voucher; in force while the voucher is pledged.
    mapping(VoucherId => LoanId) public loanOn;

    constructor(
        IParticipants participants_, IVouchers vouchers_, ISettlement settlement_, IRules rules_, IDeposits deposits_
    ) Desk(participants_) {
        vouchers = vouchers_;
        settlement = settlement_;
        rules = rules_;
        deposits = deposits_;
    }

    // ---- verbs

    /// @notice The holder takes a bank's quote: an advance against a part held as security.
    function pledge(
        PledgeVoucher calldata command,
        bytes calldata approvals,
        PledgeQuote calldata quote,
        bytes calldata quoted
    ) external returns (LoanId) {
        bytes32 structHash = keccak256(abi.encode(PLEDGE, command));
        _authoriseStoppable(
            command.participant, structHash, command.nonce, command.deadline, command.amount, approvals
        );
        structHash = keccak256(abi.encode(PLEDGE_QUOTE, quote));
        _authoriseStoppable(quote.participant, structHash, quote.nonce, quote.deadline, quote.advance, quoted);
        _requireSamePledge(command, quote);
        (Voucher memory voucher, Payable memory payable_) =
            vouchers.requireDisposable(command.voucher, command.participant);
        if (voucher.start != command.start || voucher.end != command.end) {
            revert RangeChanged(command.voucher, voucher.start, voucher.end);
        }
        _requireTerms(command, payable_);
        VoucherId part = vouchers.cut(command.voucher, command.amount);
        _requireCover(command.amount, command.ltv, command.advance);
        vouchers.pledge(part, command.lender);
        deposits.move(payable_.bank, command.lender, command.participant, command.advance, "advance");
        return _record(command, part);
    }

    /// @notice The borrower repays principal with the interest on it, and may have a part of the security set free.
    function repay(RepayLoan calldata command, bytes calldata approvals) external {
        bytes32 structHash = keccak256(abi.encode(REPAY, command));
        _authorisePayment(
            command.participant, structHash, command.nonce, command.deadline, command.principal, approvals
        );
        Loan memory loan = _expect(command.loan);
        if (loan.borrower != command.participant) revert NotBorrower(command.loan, command.participant);
        if (command.principal == 0) revert ZeroAmount();
        if (command.principal > loan.principal) {
            revert RepaymentExceedsLoan(command.loan, command.principal, loan.principal);
        }
        settlement.requireCaughtUp(loan.voucher);
        Payable memory payable_ = vouchers.payableOf(loan.voucher.payableOf());
        uint256 interest = _interest(loan, command.principal, payable_.rules, BusinessDay.today());
        loan.principal -= command.principal;
        bool whole = loan.principal == 0;
        if (whole) {
            interest += loan.interestLeft;
            loan.interestLeft = 0;
        }
        _loans[command.loan] = loan;
        emit LoanRepaid(command.loan, command.principal, Interest.toAmount(interest));
        if (whole) _freeWhole(loan.voucher);
        else if (command.release != 0) _release(command.loan, loan, payable_, command.release);
        deposits.move(
            payable_.bank, loan.borrower, loan.lender, Interest.toAmount(command.principal + interest), "repayment"
        );
    }

    /// @notice The lender sets a part of the security free, from its low end, while cover holds.
    function release(ReleaseSecurity calldata command, bytes calldata approvals) external {
        bytes32 structHash = keccak256(abi.encode(RELEASE, command));
        _authorisePayment(
            command.participant, structHash, command.nonce, command.deadline, command.amount, approvals
        );
        Loan memory loan = _expect(command.loan);
        if (loan.lender != command.participant) revert NotLender(command.loan, command.participant);
        if (command.amount == 0) revert ZeroAmount();
        (bool frozen,) = participants.frozenSince(loan.lender);
        if (frozen) revert ParticipantFrozen(loan.lender);
        _release(command.loan, loan, vouchers.payableOf(loan.voucher.payableOf()), command.amount);
    }

    // ---- asked by settlement

    /// @inheritdoc ILoans
    function applyShare(VoucherId voucher, uint256 share, uint256 day)
        external
        returns (ParticipantId lender, uint256 paid, bool ends)
    {
        if (msg.sender != address(settlement)) revert NotDesk(msg.sender);
        LoanId loanId = loanOn[voucher];
        Loan memory loan = _loans[loanId];
        uint16 ruleIndex = vouchers.payableOf(voucher.payableOf()).rules;
        uint256 interestOwed = loan.interestLeft + _interest(loan, loan.principal, ruleIndex, day);
        uint256 interest = share < interestOwed ? share : interestOwed;
        uint256 principal = share - interest < loan.principal ? share - interest : loan.principal;
        loan.interestLeft = Interest.toAmount(interestOwed - interest);
        loan.principal -= uint64(principal);
        if (day > loan.interestFrom) loan.interestFrom = uint16(day);
        _loans[loanId] = loan;
        emit LoanServed(loanId, uint64(interest), uint64(principal), loan.interestLeft, loan.interestFrom);
        return (loan.lender, interest + principal, loan.principal == 0 && loan.interestLeft == 0);
    }

    // ---- views

    function loanOf(LoanId loanId) external view returns (Loan memory) {
        return _loans[loanId];
    }

    // ---- private

    function _expect(LoanId loanId) private view returns (Loan memory loan) {
        loan = _loans[loanId];
        if (loan.borrower == NOBODY) revert UnknownLoan(loanId);
    }

    function _requireSamePledge(PledgeVoucher calldata command, PledgeQuote calldata quote) private pure {
        if (quote.participant != command.lender) revert QuoteMismatch("lender");
        if (quote.taker != command.participant) revert QuoteMismatch("taker");
        bool sameRange =
            quote.voucher == command.voucher && quote.start == command.start && quote.end == command.end;
        if (!sameRange) revert QuoteMismatch("voucher");
        if (quote.amount != command.amount) revert QuoteMismatch("amount");
        if (quote.advance != command.advance) revert QuoteMismatch("advance");
        if (quote.ltv != command.ltv) revert QuoteMismatch("ltv");
        if (quote.rate != command.rate) revert QuoteMismatch("rate");
        if (quote.due != command.due) revert QuoteMismatch("due");
        if (quote.registration != command.registration) revert QuoteMismatch("registration");
    }

    function _requireTerms(PledgeVoucher calldata command, Payable memory payable_) private view {
        uint16 roles = participants.rolesOf(command.lender);
        if (roles & ROLE_BANK == 0) revert NotEligible(command.lender, roles);
        if (command.lender == command.participant) revert SelfTransfer(command.lender);
        if (command.rate > RATE_MAX) revert BadTerms("rate", command.rate);
        if (command.ltv == 0 || command.ltv > RATE_ONE) revert BadTerms("ltv", command.ltv);
        if (command.advance == 0) revert BadTerms("advance", command.advance);
        if (command.due <= BusinessDay.today()) revert BadTerms("due", command.due);
        bool registered = command.registration != 0 || !rules.ruleSet(payable_.rules).registrationRequired;
        if (!registered) revert RegistrationMissing();
    }

    /// @dev security × ltv ≥ owed, compared exactly.
    function _requireCover(uint256 security, uint256 ltv, uint256 owed) private pure {
        if (owed * RATE_ONE > security * ltv) revert CoverTooLow(security * ltv / RATE_ONE, owed);
    }

    function _record(PledgeVoucher calldata command, VoucherId part) private returns (LoanId loanId) {
        loanId = LoanId.wrap(++loanCount);
        Loan memory loan = Loan({
            voucher: part,
            borrower: command.participant,
            lender: command.lender,
            principal: command.advance,
            interestLeft: 0,
            rate: command.rate,
            ltv: command.ltv,
            // Due on a holiday means due on the next business day.
            due: uint16(rules.businessDay(command.due)),
            interestFrom: uint16(BusinessDay.today())
        });
        _loans[loanId] = loan;
        loanOn[part] = loanId;
        emit LoanAdvanced(loanId, part, loan, command.registration);
    }

    /// @dev Interest on a principal of the loan; once the loan is due its rate is raised.
    function _interest(Loan memory loan, uint256 principal, uint16 ruleIndex, uint256 day)
        private
        view
        returns (uint256)
    {
        uint256 factor = rules.ruleSet(ruleIndex).overdueMultiplier;
        return Interest.acrossDue(principal, loan.rate, factor, loan.due, loan.interestFrom, day);
    }

    /// @dev The voucher may be closed already, its payable settled, with the loan still owed.
    function _freeWhole(VoucherId voucher) private {
        if (vouchers.voucherOf(voucher).state == VoucherState.Pledged) vouchers.freeLien(voucher);
    }

    function _release(LoanId loanId, Loan memory loan, Payable memory payable_, uint64 amount) private {
        Voucher memory voucher = vouchers.voucherOf(loan.voucher);
        // A voucher that was freed and pledged again secures the later loan, which is not this one's to release.
        bool secures = LoanId.unwrap(loanOn[loan.voucher]) == LoanId.unwrap(loanId);
        if (voucher.state != VoucherState.Pledged || !secures) revert VoucherNotHeld(loan.voucher, voucher.state);
        uint256 today = BusinessDay.today();
        if (today >= payable_.maturity) revert PastMaturity(loan.voucher.payableOf(), payable_.maturity, today);
        vouchers.requireNotFrozen(loan.voucher);
        uint256 length = voucher.end - voucher.start;
        if (amount > length) revert AmountExceedsVoucher(loan.voucher, amount, length);
        _requireCover(length - amount, loan.ltv, uint256(loan.principal) + loan.interestLeft);
        VoucherId released = vouchers.cut(loan.voucher, amount);
        vouchers.freeLien(released);
        emit SecurityReleased(loanId, released);
    }
}
