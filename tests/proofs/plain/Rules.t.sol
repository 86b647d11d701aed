// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Anything} from "../Anything.sol";
import {both, implies} from "../Logic.sol";
import {Induction} from "../Induction.sol";
import {IParticipants} from "contracts/interfaces/IParticipants.sol";
import {Rules} from "contracts/registry/Rules.sol";
import {RuleSet} from "contracts/types/Records.sol";
import {SetHolidays, SetRules} from "contracts/types/MoneyCommands.sol";
import {wordAt} from "../Storage.sol";
import {svm, vm} from "../Svm.sol";

/// @notice The laws of dated rules.
contract RulesLaws is Induction {
    uint256 private constant APPENDED = 0;
    uint256 private constant DATED = 1;

    /// Slot of the list of rules; each is one word.
    uint256 private constant SETS = 0;

    uint256 private index;
    uint256 private countWas;
    uint256 private was;

    function setUp() public {
        RuleSet memory first;
        (first.tenorDaysMax, first.offerDays, first.depthMax, first.overdueMultiplier) = (366, 10, 5, 1e9);
        target = address(new Rules(IParticipants(address(new Anything())), first));
        svm.enableSymbolicStorage(target);
    }

    function _before() internal override {
        index = svm.createUint(16, "any index");
        countWas = svm.createUint(16, "count");
        vm.store(target, bytes32(SETS), bytes32(countWas));
        vm.assume(index < countWas);
        was = _set(index);
        vm.assume(uint16(was) <= uint16(_set(countWas - 1)));
    }

    function _after() internal override {
        uint256 count = wordAt(target, SETS);
        _law(APPENDED, both(_set(index) == was, count >= countWas));
        _law(DATED, uint16(_set(index)) <= uint16(_set(count - 1)));
    }

    function _set(uint256 number) private view returns (uint256) {
        unchecked {
            return wordAt(target, uint256(keccak256(abi.encode(SETS))) + number);
        }
    }

    // ---- every state-changing function

    function check_setRules(SetRules calldata command) external {
        _step(abi.encodeCall(Rules.setRules, (command, "", "")));
    }

    function check_setHolidays(SetHolidays calldata command) external {
        _step(abi.encodeCall(Rules.setHolidays, (command, "", "")));
    }
}
