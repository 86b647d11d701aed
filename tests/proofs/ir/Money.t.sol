// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Anything} from "../Anything.sol";
import {AttestPayment, PayPayable} from "contracts/types/MoneyCommands.sol";
import {
    CostShareOffer, PledgeQuote, PledgeVoucher, RedeemVoucher, RedemptionQuote, ReleaseSecurity, RepayLoan, SaleQuote,
    SellVoucher
} from "contracts/types/Commands.sol";
import {IDeposits, IRules} from "contracts/interfaces/IRegistry.sol";
import {ILoans, ISettlement} from "contracts/interfaces/ISettlement.sol";
import {IParticipants} from "contracts/interfaces/IParticipants.sol";
import {IVouchers} from "contracts/interfaces/IVouchers.sol";
import {Loans} from "contracts/ledger/Loans.sol";
import {ParticipantId, PayableId, SaleId, VoucherId} from "contracts/types/Ids.sol";
import {Payable, PayableState, RuleSet, Tally, Voucher, VoucherState} from "contracts/types/Records.sol";
import {Sales} from "contracts/ledger/Sales.sol";
import {Settlement} from "contracts/ledger/Settlement.sol";
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

/// @notice Rules without late interest: what it comes to is multiplied out of unknowns, and decides nothing here.
contract NoInterest {
    function ruleSet(uint16) external pure returns (RuleSet memory rules) {}
}

/// @notice I33: a payment is booked on a live payable only, from its maturity on.
contract SettlementProofs is MoneyWorld {
    Settlement private settlement;

    function _settlement(uint8 state) private {
        _meet(state, 0);
        address any = address(participants);
        IVouchers watched = IVouchers(address(vouchers));
        IRules rules = IRules(address(new NoInterest()));
        settlement = new Settlement(participants, watched, rules, IDeposits(any), ILoans(any));
        svm.enableSymbolicStorage(address(settlement));
    }

    function check_obligor_pays_from_maturity_on(PayPayable calldata command, uint8 state) external {
        _settlement(state);
        try settlement.pay(command, "") {} catch {}
        assert(!vouchers.paid() || (_isDue() && terms.obligor == command.participant));
    }

    function check_attested_money_is_shared_from_maturity_on(AttestPayment calldata command, uint8 state) external {
        _settlement(state);
        try settlement.attest(command, "") {} catch {}
        assert(!vouchers.paid() || (_isDue() && terms.bank == command.participant));
    }

    function check_unapplied_money_is_shared_from_maturity_on(PayableId payableId, uint8 state) external {
        _settlement(state);
        try settlement.applyUnapplied(payableId) {} catch {}
        assert(!vouchers.paid() || _isDue());
    }
}

/// @notice I33, I09: only what its holder may dispose of is sold, redeemed or pledged.
contract SalesProofs is MoneyWorld {
    function _sales(uint8 state) private returns (Sales) {
        _meet(state, 0);
        address any = address(participants);
        return new Sales(participants, IVouchers(address(vouchers)), ISettlement(any), IRules(any), IDeposits(any));
    }

    function check_only_disposable_vouchers_are_sold(SellVoucher calldata command, SaleQuote calldata quote, uint8 state)
        external
    {
        vm.assume(command.obligorShare == 0);
        CostShareOffer memory none;
        try _sales(state).sell(command, "", quote, "", none, "") {} catch {}
        assert(!vouchers.moved() || disposable);
    }

    function check_only_disposable_vouchers_are_redeemed(
        RedeemVoucher calldata command, RedemptionQuote calldata quote, uint8 state
    ) external {
        try _sales(state).redeem(command, "", quote, "") {} catch {}
        assert(!vouchers.moved() || (disposable && quote.participant == terms.obligor));
    }
}

/// @notice I09: a lien is laid on what its holder may dispose of, and loosened by the lender or by repayment in full.
contract LoansProofs is MoneyWorld {
    Loans private loans;

    function _loans(uint8 state, uint8 voucherState) private {
        _meet(state, voucherState);
        address any = address(participants);
        loans = new Loans(participants, IVouchers(address(vouchers)), ISettlement(any), IRules(any), IDeposits(any));
        svm.enableSymbolicStorage(address(loans));
    }

    function check_only_disposable_vouchers_are_pledged(
        PledgeVoucher calldata command, PledgeQuote calldata quote, uint8 state
    ) external {
        _loans(state, 0);
        try loans.pledge(command, "", quote, "") {} catch {}
        assert(!vouchers.moved() || (disposable && quote.participant == command.lender));
    }

    function check_security_is_released_by_its_lender(ReleaseSecurity calldata command, uint8 state, uint8 voucherState)
        external
    {
        _loans(state, voucherState);
        ParticipantId lender = loans.loanOf(command.loan).lender;
        try loans.release(command, "") {} catch {}
        assert(!vouchers.freed() || (lender == command.participant && voucher.state == VoucherState.Pledged));
    }

    function check_repayment_frees_its_own_lien(RepayLoan calldata command, uint8 state, uint8 voucherState) external {
        _loans(state, voucherState);
        ParticipantId borrower = loans.loanOf(command.loan).borrower;
        try loans.repay(command, "") {} catch {}
        assert(!vouchers.freed() || (borrower == command.participant && voucher.state == VoucherState.Pledged));
    }
}
