// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Act, Refusal, RuleTerms, Verb} from "../Act.sol";
import {Finder} from "./Finder.sol";

/// @notice Decides each act by the rules in plain Solidity: it remembers what an accepted one does, and refuses by name.
contract Oracle is Finder {
    /// @notice The first participants and rules; place 0 of every record is nobody and nothing.
    function begin(Act[] calldata founders, RuleTerms calldata rules) external {
        parties.push();
        payables.push();
        sales.push();
        loans.push();
        payouts.push();
        appendRules(rules);
        for (uint256 i; i < founders.length; ++i) {
            found(founders[i]);
        }
    }

    /// @notice Carries an act out or refuses it whole. What became of each voucher that settlement names is told.
    function decide(Act calldata act) external returns (Settled[] memory results) {
        if (act.verb == Verb.Settle) return settle(act);
        if (uint256(act.verb) <= uint256(Verb.Join)) circulate(act);
        else if (uint256(act.verb) <= uint256(Verb.Release)) finance(act);
        else if (uint256(act.verb) <= uint256(Verb.MoveDeposit)) handleMoney(act);
        else if (uint256(act.verb) <= uint256(Verb.SetHolidays)) oversee(act);
        else administer(act);
    }

    function circulate(Act calldata act) private {
        if (act.verb == Verb.Issue) issue(act);
        else if (act.verb == Verb.RecordBatch) recordBatch(act);
        else if (act.verb == Verb.IssueFromBatch) issueFromBatch(act);
        else if (act.verb == Verb.VoidBatch) voidBatch(act);
        else if (act.verb == Verb.Accept) accept(act);
        else if (act.verb == Verb.Decline) decline(act);
        else if (act.verb == Verb.Withdraw) withdraw(act);
        else if (act.verb == Verb.Lapse) lapse(act);
        else if (act.verb == Verb.Transfer) transfer(act);
        else join(act);
    }

    function finance(Act calldata act) private {
        if (act.verb == Verb.Sell) sell(act);
        else if (act.verb == Verb.Redeem) redeem(act);
        else if (act.verb == Verb.Recourse) recourse(act);
        else if (act.verb == Verb.Pledge) pledge(act);
        else if (act.verb == Verb.Repay) repay(act);
        else release(act);
    }

    function handleMoney(Act calldata act) private {
        if (act.verb == Verb.Pay) pay(act);
        else if (act.verb == Verb.Attest) attest(act);
        else if (act.verb == Verb.ApplyUnapplied) applyUnapplied(act);
        else if (act.verb == Verb.ReturnUnapplied) returnUnapplied(act);
        else if (act.verb == Verb.ConfirmPayout) confirmPayout(act);
        else if (act.verb == Verb.ReturnPayout) returnPayout(act);
        else if (act.verb == Verb.IssueDeposit) issueDeposit(act);
        else if (act.verb == Verb.WithdrawDeposit) withdrawDeposit(act);
        else moveDeposit(act);
    }

    function oversee(Act calldata act) private {
        if (act.verb == Verb.FreezeRange) freezeRange(act);
        else if (act.verb == Verb.UnfreezeRange) unfreezeRange(act);
        else if (act.verb == Verb.FreezeParticipant) freezeParticipant(act);
        else if (act.verb == Verb.UnfreezeParticipant) unfreezeParticipant(act);
        else if (act.verb == Verb.SetLimit) setLimit(act);
        else if (act.verb == Verb.SetRules) setRules(act);
        else setHolidays(act);
    }

    function administer(Act calldata act) private {
        if (act.verb == Verb.Suspend) suspend(act);
        else if (act.verb == Verb.Pause) pause(act);
        else if (act.verb == Verb.VoidNonce) voidNonce(act);
        else if (act.verb == Verb.AddSigner) addSigner(act);
        else if (act.verb == Verb.RevokeSigner) revokeSigner(act);
        else if (act.verb == Verb.SetThreshold) setThreshold(act);
        else if (act.verb == Verb.Admit) admit(act);
        else if (act.verb == Verb.ProposeRecovery) proposeRecovery(act);
        else if (act.verb == Verb.VetoRecovery) vetoRecovery(act);
        else if (act.verb == Verb.CompleteRecovery) completeRecovery(act);
        else if (act.verb == Verb.ProposeVersion) proposeVersion(act);
        else if (act.verb == Verb.CompleteVersion) completeVersion(act);
        else trespass(act);
    }

    /// @dev The doors between desks open to no stranger, and ERC-721's to nobody.
    function trespass(Act calldata act) private pure {
        refuseIf(act.number < 14, Refusal.NotDesk);
        refuseIf(act.number < 16, Refusal.SignedCommandsOnly);
        refuseIf(act.number == 16, Refusal.CountNotKept);
        // Nor is a batch carried out that holds less than it says.
        revert Refused(Refusal.BatchMalformed);
    }
}
