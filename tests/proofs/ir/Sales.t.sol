// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CostShareOffer, RedeemVoucher, RedemptionQuote, SaleQuote, SellVoucher} from "contracts/types/Commands.sol";
import {IDeposits, IRules} from "contracts/interfaces/IRegistry.sol";
import {ISettlement} from "contracts/interfaces/ISettlement.sol";
import {IVouchers} from "contracts/interfaces/IVouchers.sol";
import {MoneyWorld} from "./MoneyWorld.sol";
import {Sales} from "contracts/ledger/Sales.sol";
import {vm} from "../Svm.sol";

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
