// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Act, Head, NewKey, Refusal, RuleTerms} from "../Act.sol";
import {Authority} from "./Authority.sol";

/// @notice Oversight, lines, rules, administration.
abstract contract Office is Authority {
    // ---- oversight

    function freezeRange(Act calldata act) internal {
        byRegulator(act);
        needCase(act);
        refuseIf(!exists(act.payableId), Refusal.UnknownPayable);
        Payable storage payable_ = payables[act.payableId];
        refuseIf(act.start >= act.end || act.end > payable_.face, Refusal.BadRange);
        Freeze memory made = Freeze(act.start, act.end, block.timestamp, false, act.word);
        // The number of a lifted freeze is given again when no offer of before it can be open: after 61 days.
        for (uint256 i; i < payable_.freezes.length; ++i) {
            Freeze storage old = payable_.freezes[i];
            if (!old.lifted || old.begun + 61 days >= block.timestamp) continue;
            payable_.freezes[i] = made;
            return;
        }
        refuseIf(payable_.freezes.length == 16, Refusal.TooManyFreezes);
        payable_.freezes.push(made);
    }

    function unfreezeRange(Act calldata act) internal {
        byRegulator(act);
        bool stands = exists(act.payableId) && act.number < payables[act.payableId].freezes.length
            && !payables[act.payableId].freezes[act.number].lifted;
        refuseIf(!stands, Refusal.NotFrozen);
        Freeze storage freeze_ = payables[act.payableId].freezes[act.number];
        refuseIf(freeze_.caseWord != act.word, Refusal.CaseMissing);
        freeze_.lifted = true;
    }

    function freezeParticipant(Act calldata act) internal {
        byRegulator(act);
        needCase(act);
        refuseIf(caseOpen[act.to][act.word], Refusal.CaseOpen);
        refuseIf(!isParty(act.to), Refusal.UnknownParticipant);
        caseOpen[act.to][act.word] = true;
        parties[act.to].cases += 1;
        parties[act.to].frozenAt = block.timestamp;
    }

    function unfreezeParticipant(Act calldata act) internal {
        byRegulator(act);
        refuseIf(!caseOpen[act.to][act.word], Refusal.NotFrozen);
        caseOpen[act.to][act.word] = false;
        parties[act.to].cases -= 1;
    }

    function byRegulator(Act calldata act) private {
        authorise(act.head, 0, Need.Highest, false);
        needRole(act.head.participant, REGULATOR);
    }

    function needCase(Act calldata act) private view {
        refuseIf(act.word == 0, Refusal.CaseMissing);
        refuseIf(act.day < today(), Refusal.ReviewDayPast);
    }

    // ---- lines and rules

    function setLimit(Act calldata act) internal {
        authorise(act.head, 0, Need.Highest, false);
        needRole(act.head.participant, BANK);
        limits[act.head.participant][act.to] = act.amount;
    }

    function setRules(Act calldata act) internal {
        jointly(act);
        refuseIf(act.rules.effective < today(), Refusal.BadRules);
        uint256 waiting;
        for (uint256 i; i < ruleSets.length; ++i) {
            if (ruleSets[i].effective > today()) ++waiting;
        }
        refuseIf(waiting >= 8, Refusal.BadRules);
        refuseIf(act.rules.effective < ruleSets[ruleSets.length - 1].effective, Refusal.BadRules);
        appendRules(act.rules);
    }

    function appendRules(RuleTerms memory rules) internal {
        bool bad = rules.tenorDaysMax == 0 || rules.tenorDaysMax > 366 || rules.offerDays == 0
            || rules.offerDays > 60 || rules.depthMax == 0 || rules.overdueMultiplier < ONE
            || rules.lateRateDaily > ONE / 10;
        refuseIf(bad, Refusal.BadRules);
        ruleSets.push(rules);
    }

    /// @dev Bit i of `number` says whether the day i days after `day` is a holiday.
    function setHolidays(Act calldata act) internal {
        jointly(act);
        refuseIf(act.day % 256 != 0, Refusal.BadRules);
        for (uint256 i; i < 256; ++i) {
            bool holiday = (act.number >> i) % 2 == 1;
            if (isHoliday[act.day + i] != holiday) isHoliday[act.day + i] = holiday;
        }
    }

    function jointly(Act calldata act) private {
        byOperator(act);
        cosign(act.quote, act.head.participant, BANK);
    }

    function byOperator(Act calldata act) private {
        authorise(act.head, 0, Need.Highest, false);
        needRole(act.head.participant, OPERATOR);
    }

    // ---- administration

    function suspend(Act calldata act) internal {
        byOperator(act);
        refuseIf(!isParty(act.to), Refusal.UnknownParticipant);
        parties[act.to].suspended = act.flag;
    }

    function pause(Act calldata act) internal {
        byOperator(act);
        paused = act.flag;
    }

    function voidNonce(Act calldata act) internal {
        authorise(act.head, 0, Need.One, false);
        useNonce(act.head.participant, act.number);
    }

    function addSigner(Act calldata act) internal {
        authorise(act.head, 0, Need.Highest, false);
        needProof(act.keys[0]);
        addKey(act.head.participant, act.keys[0]);
    }

    function revokeSigner(Act calldata act) internal {
        authorise(act.head, 0, Need.Highest, false);
        Party storage self = parties[act.head.participant];
        refuseIf(act.number >= self.keys.length, Refusal.UnknownSigner);
        bool ended = act.number < self.firstKey || self.keys[act.number].revoked;
        refuseIf(ended, Refusal.SignerRevoked);
        self.keys[act.number].revoked = true;
    }

    function setThreshold(Act calldata act) internal {
        authorise(act.head, 0, Need.Highest, false);
        setThresholds(act.head.participant, act);
    }

    /// @dev Admission of a bank, settlement bank, regulator or operator takes two institutions beside the operator.
    function admit(Act calldata act) internal {
        byOperator(act);
        uint256 actor = act.head.participant;
        bool institution = act.roles & (BANK | SETTLEMENT | REGULATOR | OPERATOR) != 0;
        uint256 by = institution ? BANK | SETTLEMENT | REGULATOR : BANK;
        cosign(act.quote, actor, by);
        if (institution) {
            refuseIf(act.offer.participant == act.quote.participant, Refusal.SameCosigner);
            cosign(act.offer, actor, by);
        }
        needProofs(act.keys);
        if (act.bank != 0) needRole(act.bank, BANK);
        refuseIf(act.roles == 0 || act.roles > 63, Refusal.BadRoles);
        refuseIf(act.word == 0 || identityTaken[act.word], Refusal.IdentityTaken);
        found(act);
    }

    /// @dev A new participant; at genesis nobody is asked.
    function found(Act memory act) internal {
        identityTaken[act.word] = true;
        Party storage party = parties.push();
        (party.roles, party.recoveryBank) = (act.roles, act.bank);
        for (uint256 i; i < act.keys.length; ++i) {
            addKey(parties.length - 1, act.keys[i]);
        }
        setThresholds(parties.length - 1, act);
    }

    function needProofs(NewKey[] calldata keys) private pure {
        refuseIf(keys.length == 0 || keys.length > 16, Refusal.TooManySigners);
        for (uint256 i; i < keys.length; ++i) {
            needProof(keys[i]);
        }
    }

    /// @dev A new key signs its own registration.
    function needProof(NewKey memory key) private pure {
        refuseIf(key.form == 1, Refusal.BadSigner);
        refuseIf(key.form == 2, Refusal.UnknownVerifier);
        refuseIf(key.unproved, Refusal.BadSigner);
    }

    function addKey(uint256 party, NewKey memory key) private {
        KeyRecord[] storage keys = parties[party].keys;
        refuseIf(keys.length == 255, Refusal.TooManySigners);
        refuseIf(key.duty == 0 || key.duty > 3, Refusal.BadSigner);
        for (uint256 i; i < keys.length; ++i) {
            refuseIf(keys[i].label == key.label, Refusal.SignerKeyTaken);
        }
        keys.push(KeyRecord(key.label, key.duty, key.expiry, false));
    }

    function setThresholds(uint256 party, Act memory act) private {
        Party storage self = parties[party];
        bool bad = act.low == 0 || act.high < act.low || act.high > 16 || !canReach(self, act.high);
        refuseIf(bad, Refusal.BadThreshold);
        (self.low, self.high) = (act.low, act.high);
        self.highFrom = act.highFrom > 2 ** 48 - 1 ? 2 ** 48 - 1 : act.highFrom;
    }

    /// @dev Whether the keys that sign today are enough, with a maker among them, and a checker where two are asked.
    function canReach(Party storage self, uint256 high) private view returns (bool) {
        uint256 count;
        bool makes;
        bool checks;
        for (uint256 i = self.firstKey; i < self.keys.length; ++i) {
            KeyRecord storage key = self.keys[i];
            if (key.revoked || (key.expiry != 0 && block.timestamp >= key.expiry)) continue;
            count += 1;
            makes = makes || key.duty != 2;
            checks = checks || key.duty != 1;
        }
        return count >= high && makes && (high == 1 || checks);
    }

    // ---- recovery; `word` stands for all that was proposed

    function proposeRecovery(Act calldata act) internal {
        byOperator(act);
        refuseIf(!isParty(act.to), Refusal.UnknownParticipant);
        cosignBy(act.quote, parties[act.to].recoveryBank, act.head.participant, BANK);
        needProofs(act.keys);
        recoveries[act.to] = Proposal(act.word, block.timestamp + 7 days);
    }

    function vetoRecovery(Act calldata act) internal {
        authorise(act.head, 0, Need.One, false);
        refuseIf(recoveries[act.head.participant].terms == 0, Refusal.RecoveryNotProposed);
        delete recoveries[act.head.participant];
    }

    function completeRecovery(Act calldata act) internal {
        Proposal memory proposal = recoveries[act.to];
        refuseIf(proposal.terms == 0 || proposal.terms != act.word, Refusal.RecoveryNotProposed);
        refuseIf(block.timestamp < proposal.effective, Refusal.RecoveryTooEarly);
        delete recoveries[act.to];
        Party storage party = parties[act.to];
        party.firstKey = party.keys.length;
        for (uint256 i; i < act.keys.length; ++i) {
            addKey(act.to, act.keys[i]);
        }
        setThresholds(act.to, act);
    }

    // ---- versions

    function proposeVersion(Act calldata act) internal {
        byOperator(act);
        refuseIf(act.quote.participant == act.offer.participant, Refusal.SameCosigner);
        cosign(act.quote, act.head.participant, BANK);
        cosign(act.offer, act.head.participant, BANK);
        versions[act.word] = block.timestamp + 7 days;
    }

    /// @dev `flag`: one of its desks has no code.
    function completeVersion(Act calldata act) internal {
        bool stands = versions[act.word] != 0 && block.timestamp <= versions[act.word] + 30 days;
        refuseIf(!stands, Refusal.VersionNotProposed);
        refuseIf(block.timestamp < versions[act.word], Refusal.VersionTooEarly);
        refuseIf(act.flag, Refusal.NotDesk);
        delete versions[act.word];
        versionCount += 1;
    }
}
