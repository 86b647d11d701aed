// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {vm} from "./Vm.sol";
import {Clerk} from "./driver/Clerk.sol";
import {Oracle} from "./oracle/Oracle.sol";
import {Selectors} from "./driver/Selectors.sol";
import {Act, NewKey, Refusal, RuleTerms, Verb} from "./Act.sol";

contract CampaignTest is Clerk, Selectors {
    function setUp() external {
        vm.warp(1772413200);
        Act[] memory founders = new Act[](2);
        for (uint256 i; i < 2; ++i) {
            founders[i].roles = i == 0 ? 1 : 8;
            founders[i].word = bytes32(i + 1);
            founders[i].low = 1; founders[i].high = 1;
            founders[i].keys = new NewKey[](1);
            founders[i].keys[0] = NewKey(i + 1, 3, 0, 0, false);
        }
        RuleTerms memory terms = RuleTerms(0, 365, 10, 5, 0, 0, 500_000, 1_500_000_000, false);
        oracle = new Oracle();
        oracle.begin(founders, terms);
        deploy(founders, terms);
    }
    function test_one() external {
        Act memory act;
        act.verb = Verb.IssueDeposit;
        act.head.participant = 2;
        act.head.deadline = block.timestamp + 900;
        act.head.approval.signers = new uint256[](1);
        act.to = 1; act.amount = 100; act.word = "ref";
        (address desk, bytes memory call) = callOf(act);
        (bool done, bytes memory answer) = desk.call(call);
        require(done, vm.toString(uint256(_refusalOf[bytes4(answer)])));
        oracle.decide(act);
        require(deposits.depositOf(2, 1) == 100);
    }
}
