// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {vm} from "../Vm.sol";
import {Act, Head, NewKey, RuleTerms, Verb} from "../Act.sol";
import {Finder} from "../oracle/Finder.sol";
import {Offices} from "./Offices.sol";
import {Oracle} from "../oracle/Oracle.sol";

/// @notice Sets the stage, lets time pass and says what is tried next.
abstract contract Director is Offices {
    uint256 internal constant FIRST_SECOND = 1772413200;

    /// @dev One verb a byte, each as often as it is to come.
    bytes[3] private _tables;

    function setStage() internal {
        vm.warp(FIRST_SECOND);
        RuleTerms memory terms = RuleTerms(0, 365, 10, 5, 0, 0, 500_000, 1_500_000_000, false);
        Act[] memory founders = cast();
        oracle = new Oracle();
        oracle.begin(founders, terms);
        deploy(founders, terms);
        for (uint256 i; i < 3; ++i) {
            _tables[i] = table(i);
        }
    }

    function cast() private pure returns (Act[] memory founders) {
        uint256[8] memory roles = [uint256(1), 3, 2, 4, 12, 8, 16, 32];
        founders = new Act[](8);
        for (uint256 i; i < 8; ++i) {
            Act memory founder = founders[i];
            (founder.roles, founder.word) = (roles[i], bytes32(i + 1));
            (founder.low, founder.high, founder.highFrom) = (1, 2, 50_000);
            founder.bank = i == 3 ? ECHO : DELTA;
            founder.keys = new NewKey[](4);
            // A maker, a checker, a maker that expires, and one that does both.
            for (uint256 j; j < 4; ++j) {
                uint256 duty = j == 1 ? 2 : j == 3 ? 3 : 1;
                founder.keys[j] = NewKey((i + 1) * 10 + j * 2, duty, j == 2 ? FIRST_SECOND + 40 days : 0, 0, false);
            }
        }
    }

    function table(uint256 theme_) private pure returns (bytes memory all) {
        uint16[46] memory weights = [
            // issue to join
            uint16(60), 14, 22, 3, 115, 12, 12, 16, 110, 40,
            // sell to release
            70, 28, 25, 60, 50, 30,
            // pay to move
            60, 45, 14, 10, 30, 14, 95, 10, 10, 12,
            // freeze to holidays
            7, 10, 4, 12, 7, 4, 4,
            // administration
            6, 3, 6, 6, 4, 4, 10, 5, 4, 8, 4, 6, 5
        ];
        if (theme_ == 1) weights[uint256(Verb.Redeem)] = 1500;
        if (theme_ == 2) weights[uint256(Verb.FreezeRange)] = 120;
        for (uint256 verb; verb < 46; ++verb) {
            bytes memory one = new bytes(weights[verb]);
            for (uint256 i; i < one.length; ++i) {
                one[i] = bytes1(uint8(verb));
            }
            all = bytes.concat(all, one);
        }
    }

    // ---- what every run begins with

    function opening(uint256 place) internal view returns (Act memory act) {
        act.head.deadline = block.timestamp + 900;
        act.head.approval.signers = new uint256[](2);
        act.head.approval.signers[1] = 1;
        act.head.nonce = place + 1;
        if (place < 2) {
            act.verb = Verb.SetLimit;
            (act.head.participant, act.to) = (place == 0 ? DELTA : ECHO, place == 0 ? ACME : BIRCH);
            act.amount = 5_000_000;
        } else if (place < 12) {
            act.verb = Verb.IssueDeposit;
            act.head.participant = place % 2 == 0 ? ECHO : CLEARING;
            (act.to, act.amount, act.word) = (place / 2, 20_000_000, bytes32(place));
        } else {
            act.verb = Verb.Issue;
            (act.head.participant, act.to, act.bank, act.evidence) = (ACME, CEDAR, CLEARING, "focus");
            (act.amount, act.day) = (100_000, nowDay() + 300);
        }
    }

    uint256 internal constant OPENINGS = 13;

    // ---- time

    /// @dev Mostly some minutes; sometimes days; sometimes just before, at or after a maturity.
    function passTime() internal {
        uint256 kind = roll(100);
        if (kind < 55) return;
        if (kind < 93) return vm.warp(block.timestamp + roll(2 hours));
        if (kind < 98) return vm.warp(block.timestamp + roll(2 days));
        Finder.Brief memory record = payableRecord(anyPayable());
        uint256 moment = record.maturity * DAY + roll(3) + (chance(40) ? DAY : 0);
        // A business day begins eight hours before the day of UTC.
        moment = moment < DAY ? 0 : moment - 8 hours - 1;
        if (moment > block.timestamp && moment < block.timestamp + 20 days) vm.warp(moment);
    }

    // ---- what is tried next

    /// @dev A verb with nothing to be tried on mostly makes room for another.
    function nextAct() internal returns (Act memory act) {
        makeAny(act);
        while (idle) {
            idle = false;
            act = nothing();
            makeAny(act);
        }
    }

    function nothing() private pure returns (Act memory act) {}

    function makeAny(Act memory act) private {
        Verb verb = Verb(uint8(_tables[theme][roll(_tables[theme].length)]));
        if (chance(10) && oracle.isPaused()) verb = Verb.Pause;
        act.verb = verb;
        if (uint256(verb) <= uint256(Verb.Release)) trade(act);
        else if (uint256(verb) <= uint256(Verb.MoveDeposit)) money(act);
        else office(act);
    }

    function trade(Act memory act) private {
        Verb verb = act.verb;
        if (verb == Verb.Issue) makeIssue(act);
        else if (verb == Verb.RecordBatch) makeRecordBatch(act);
        else if (verb == Verb.IssueFromBatch) makeIssueFromBatch(act);
        else if (verb == Verb.VoidBatch) makeVoidBatch(act);
        else if (verb == Verb.Accept) makeAccept(act);
        else if (verb == Verb.Decline || verb == Verb.Withdraw) makeEndOffer(act);
        else if (verb == Verb.Lapse) makeLapse(act);
        else if (verb == Verb.Transfer) makeTransfer(act);
        else if (verb == Verb.Join) makeJoin(act);
        else if (verb == Verb.Sell) makeSell(act);
        else if (verb == Verb.Redeem) makeRedeem(act);
        else if (verb == Verb.Recourse) makeRecourse(act);
        else if (verb == Verb.Pledge) makePledge(act);
        else if (verb == Verb.Repay) makeRepay(act);
        else makeRelease(act);
    }

    function money(Act memory act) private {
        Verb verb = act.verb;
        if (verb == Verb.Pay) makePay(act);
        else if (verb == Verb.Attest) makeAttest(act);
        else if (verb == Verb.ApplyUnapplied) makeApply(act);
        else if (verb == Verb.ReturnUnapplied) makeReturnUnapplied(act);
        else if (verb == Verb.ConfirmPayout) makePayout(act, false);
        else if (verb == Verb.ReturnPayout) makePayout(act, true);
        else if (verb == Verb.Settle) makeSettle(act);
        else if (verb == Verb.IssueDeposit) makeIssueDeposit(act);
        else if (verb == Verb.WithdrawDeposit) makeWithdrawDeposit(act);
        else makeMoveDeposit(act);
    }

    function office(Act memory act) private {
        Verb verb = act.verb;
        if (verb == Verb.FreezeRange) makeFreeze(act);
        else if (verb == Verb.UnfreezeRange) makeUnfreeze(act);
        else if (verb == Verb.FreezeParticipant) makeFreezeParticipant(act);
        else if (verb == Verb.UnfreezeParticipant) makeUnfreezeParticipant(act);
        else if (verb == Verb.SetLimit) makeSetLimit(act);
        else if (verb == Verb.SetRules) makeSetRules(act);
        else if (verb == Verb.SetHolidays) makeSetHolidays(act);
        else if (verb == Verb.Suspend) makeSuspend(act);
        else if (verb == Verb.Pause) makePause(act);
        else if (verb == Verb.VoidNonce) makeVoidNonce(act);
        else if (verb == Verb.AddSigner) makeAddSigner(act);
        else if (verb == Verb.RevokeSigner) makeRevokeSigner(act);
        else if (verb == Verb.SetThreshold) makeSetThreshold(act);
        else if (verb == Verb.Admit) makeAdmit(act);
        else if (verb == Verb.ProposeRecovery) makeProposeRecovery(act);
        else if (verb == Verb.VetoRecovery) makeVetoRecovery(act);
        else if (verb == Verb.CompleteRecovery) makeCompleteRecovery(act);
        else if (verb == Verb.ProposeVersion) makeProposeVersion(act);
        else if (verb == Verb.CompleteVersion) makeCompleteVersion(act);
        else act.number = roll(18);
    }
}
