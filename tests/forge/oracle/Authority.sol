// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Approval, Head, Refusal} from "../Act.sol";
import {Book} from "./Book.sol";

/// @notice Who may act: signers, thresholds, nonces, deadlines, stops.
abstract contract Authority is Book {
    enum Need { One, ByAmount, Highest }

    /// @dev A signed act; `amount` is what it commits.
    function authorise(Head calldata head, uint256 amount, Need need, bool stoppable) internal {
        uint256 party = head.participant;
        refuseIf(!isParty(party), Refusal.UnknownParticipant);
        refuseIf(block.timestamp > head.deadline, Refusal.DeadlinePassed);
        refuseIf(head.deadline > block.timestamp + 7 days, Refusal.DeadlineTooFar);
        useNonce(party, head.nonce);
        if (stoppable) refuseStopped(party);
        uint256 sum = amount == 0 ? 0 : commit(party, amount);
        approve(head.approval, party, needed(party, sum, need), need == Need.One);
    }

    function useNonce(uint256 party, uint256 nonce) internal {
        refuseIf(nonceUsed[party][nonce], Refusal.NonceUsed);
        nonceUsed[party][nonce] = true;
    }

    function refuseStopped(uint256 party) internal view {
        refuseIf(paused, Refusal.LedgerPaused);
        refuseIf(parties[party].suspended, Refusal.ParticipantSuspended);
        refuseIf(parties[party].cases != 0, Refusal.ParticipantFrozen);
    }

    /// @dev What a participant commits in one business day adds up, and is kept up to 2^48 - 1.
    function commit(uint256 party, uint256 amount) internal returns (uint256 sum) {
        Party storage self = parties[party];
        if (self.committedDay != today()) (self.committedDay, self.committed) = (today(), 0);
        sum = self.committed + amount;
        self.committed = sum > 2 ** 48 - 1 ? 2 ** 48 - 1 : sum;
    }

    function needed(uint256 party, uint256 sum, Need need) internal view returns (uint256) {
        Party storage self = parties[party];
        if (need == Need.One) return 1;
        if (need == Need.Highest || sum >= self.highFrom) return self.high;
        return self.low;
    }

    function approve(Approval calldata approval, uint256 party, uint256 required, bool anyDuty) internal view {
        KeyRecord[] storage keys = parties[party].keys;
        uint256 given = approval.signers.length;
        bool makes;
        bool checks;
        for (uint256 i; i < given; ++i) {
            // The last signature lacks a byte.
            refuseIf(approval.cutShort && i + 1 == given, Refusal.ApprovalsMalformed);
            refuseIf(i == 16, Refusal.TooManySigners);
            uint256 number = approval.signers[i];
            refuseIf(number >= keys.length, Refusal.UnknownSigner);
            refuseIf(i != 0 && number <= approval.signers[i - 1], Refusal.SignersUnordered);
            KeyRecord storage key = keys[number];
            refuseIf(number < parties[party].firstKey || key.revoked, Refusal.SignerRevoked);
            refuseIf(key.expiry != 0 && block.timestamp >= key.expiry, Refusal.SignerExpired);
            refuseIf((approval.wrong >> i) % 2 == 1, Refusal.InvalidSignature);
            makes = makes || key.duty == 1 || key.duty == 3;
            checks = checks || key.duty == 2 || key.duty == 3;
        }
        refuseIf(given < required, Refusal.SignersTooFew);
        if (anyDuty) return;
        refuseIf(!makes, Refusal.MakerMissing);
        refuseIf(required > 1 && !checks, Refusal.CheckerMissing);
    }

    function needRole(uint256 party, uint256 roles) internal view {
        refuseIf(rolesOf(party) & roles == 0, Refusal.MissingRole);
    }

    /// @dev Another participant of a role approves the same digest.
    function cosign(Head calldata other, uint256 actor, uint256 roles) internal view {
        cosignBy(other, other.participant, actor, roles);
    }

    function cosignBy(Head calldata other, uint256 cosigner, uint256 actor, uint256 roles) internal view {
        refuseIf(cosigner == actor, Refusal.SameCosigner);
        needRole(cosigner, roles);
        refuseIf(parties[cosigner].suspended, Refusal.ParticipantSuspended);
        approve(other.approval, cosigner, parties[cosigner].high, false);
    }
}
