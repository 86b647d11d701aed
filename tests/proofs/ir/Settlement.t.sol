// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AttestPayment, PayPayable} from "contracts/types/MoneyCommands.sol";
import {IDeposits, IRules} from "contracts/interfaces/IRegistry.sol";
import {ILoans} from "contracts/interfaces/ISettlement.sol";
import {IVouchers} from "contracts/interfaces/IVouchers.sol";
import {MoneyWorld} from "./MoneyWorld.sol";
import {PayableId} from "contracts/types/Ids.sol";
import {RuleSet} from "contracts/types/Records.sol";
import {Settlement} from "contracts/ledger/Settlement.sol";
import {svm} from "../Svm.sol";

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
