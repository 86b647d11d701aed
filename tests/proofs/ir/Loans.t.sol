// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeposits, IRules} from "contracts/interfaces/IRegistry.sol";
import {ISettlement} from "contracts/interfaces/ISettlement.sol";
import {IVouchers} from "contracts/interfaces/IVouchers.sol";
import {Loans} from "contracts/ledger/Loans.sol";
import {MoneyWorld} from "./MoneyWorld.sol";
import {ParticipantId} from "contracts/types/Ids.sol";
import {PledgeQuote, PledgeVoucher, ReleaseSecurity, RepayLoan} from "contracts/types/Commands.sol";
import {svm} from "../Svm.sol";
import {VoucherState} from "contracts/types/Records.sol";

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
