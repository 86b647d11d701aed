// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Anything} from "../Anything.sol";
import {both, either, when} from "../Logic.sol";
import {Deposits} from "contracts/registry/Deposits.sol";
import {Induction} from "../Induction.sol";
import {IParticipants} from "contracts/interfaces/IParticipants.sol";
import {IssueDeposit, MoveDeposit, WithdrawDeposit} from "contracts/types/MoneyCommands.sol";
import {ParticipantId, PayableId} from "contracts/types/Ids.sol";
import {Share} from "contracts/interfaces/IRegistry.sol";
import {svm, vm} from "../Svm.sol";

/// @notice The laws of the deposit rail. Whether an act is its participant's own is assumed where `authorise` returned.
/// @dev `payOut` is walked with one share.
contract DepositsLaws is Induction {
    uint256 private constant SUM = 0;
    uint256 private constant ISSUED = 1;
    uint256 private constant OTHERS = 2;

    /// The bank, the desk and the payable whose books are looked at, two owners that an act names, and any third.
    ParticipantId private bank;
    PayableId private payableId;
    ParticipantId private first;
    ParticipantId private second;
    ParticipantId private third;
    bool private mayIssue;

    uint256 private sumBefore;
    uint256 private issuedBefore;
    uint256 private thirdBefore;

    function setUp() public {
        target = address(new Deposits(IParticipants(address(new Anything()))));
        svm.enableSymbolicStorage(target);
    }

    function _before() internal override {
        third = ParticipantId.wrap(uint32(svm.createUint(32, "third")));
        vm.assume(both(third != first, third != second));
        (sumBefore, issuedBefore, thirdBefore) = _books();
    }

    function _after() internal override {
        (uint256 sum, uint256 issued, uint256 thirds) = _books();
        unchecked {
            _law(SUM, sum - sumBefore == issued - issuedBefore);
        }
        _law(ISSUED, either(mayIssue, issued == issuedBefore));
        _law(OTHERS, thirds == thirdBefore);
    }

    /// @dev What an act's two owners and the hold have between them, what the bank has issued, and what the third has.
    function _books() private view returns (uint256 sum, uint256 issued, uint256 thirds) {
        Deposits deposits = Deposits(target);
        sum = uint256(deposits.depositOf(bank, first)) + deposits.holdOf(bank, caller, payableId);
        sum += when(first != second, deposits.depositOf(bank, second));
        return (sum, deposits.issuedBy(bank), deposits.depositOf(bank, third));
    }

    // ---- every state-changing function

    function check_issueDeposit(IssueDeposit calldata command) external {
        (bank, first, second, mayIssue) = (command.participant, command.to, command.to, true);
        _step(abi.encodeCall(Deposits.issueDeposit, (command, "")));
    }

    function check_withdrawDeposit(WithdrawDeposit calldata command) external {
        (bank, first, second, mayIssue) = (command.bank, command.participant, command.participant, true);
        _step(abi.encodeCall(Deposits.withdrawDeposit, (command, "", "")));
    }

    function check_moveDeposit(MoveDeposit calldata command) external {
        (bank, first, second) = (command.bank, command.participant, command.to);
        _step(abi.encodeCall(Deposits.moveDeposit, (command, "")));
    }

    function check_move(ParticipantId of_, ParticipantId from, ParticipantId to, uint64 amount) external {
        (bank, first, second) = (of_, from, to);
        _step(abi.encodeCall(Deposits.move, (of_, from, to, amount, "")));
    }

    function check_takeReference(ParticipantId of_, bytes32 paymentReference, bytes32 fact) external {
        bank = of_;
        _step(abi.encodeCall(Deposits.takeReference, (of_, paymentReference, fact)));
    }

    function check_hold(ParticipantId of_, ParticipantId from, PayableId id, uint64 amount) external {
        (bank, first, second, payableId) = (of_, from, from, id);
        _step(abi.encodeCall(Deposits.hold, (of_, from, id, amount)));
    }

    function check_payOut(ParticipantId of_, PayableId id, Share calldata one) external {
        (bank, first, second, payableId) = (of_, one.to, one.to, id);
        Share[] memory shares = new Share[](1);
        shares[0] = one;
        _step(abi.encodeCall(Deposits.payOut, (of_, id, shares)));
    }
}

/// @notice I29: a reference of a bank stands for one fact, and whatever would take it again is refused.
contract References {
    Deposits private deposits;

    function setUp() public {
        deposits = new Deposits(IParticipants(address(new Anything())));
        svm.enableSymbolicStorage(address(deposits));
    }

    function check_reference_is_taken_once(ParticipantId bank, bytes32 paymentReference, bytes32 one, bytes32 other)
        external
    {
        vm.assume(one != 0);
        vm.prank(svm.createAddress("desk"));
        try deposits.takeReference(bank, paymentReference, one) {} catch { return; }
        vm.prank(svm.createAddress("another desk"));
        try deposits.takeReference(bank, paymentReference, other) { assert(false); } catch {}
    }
}
