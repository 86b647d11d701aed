// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Act, IParticipants} from "../interfaces/IParticipants.sol";
import {Level} from "../types/Records.sol";
import {MissingRole, NotDesk} from "../types/Errors.sol";
import {ParticipantId} from "../types/Ids.sol";

/// @notice A contract whose verbs are signed commands: it hashes them in its own EIP-712 domain and has their actors authorise them.
abstract contract Desk is EIP712 {
    IParticipants public immutable participants;

    constructor(IParticipants participants_) EIP712("Fenbook", "1") {
        participants = participants_;
    }

    modifier onlyDesk() {
        if (!participants.isDesk(msg.sender)) revert NotDesk(msg.sender);
        _;
    }

    /// @dev Authorises a signed act that pause, suspension and freeze stop, by the threshold of its amount.
    function _authoriseStoppable(
        ParticipantId participant, bytes32 structHash, uint256 nonce, uint64 deadline, uint256 amount, bytes[] calldata approvals
    ) internal {
        _request(Act(participant, structHash, nonce, deadline, amount, Level.Amount, true), approvals);
    }

    /// @dev Authorises an answer to an offer, for which one signer is enough.
    function _authoriseAnswer(
        ParticipantId participant, bytes32 structHash, uint256 nonce, uint64 deadline, bool stoppable, bytes[] calldata approvals
    ) internal {
        _request(Act(participant, structHash, nonce, deadline, 0, Level.One, stoppable), approvals);
    }

    /// @dev Authorises a signed act that nothing stops.
    function _authorise(
        ParticipantId participant, bytes32 structHash, uint256 nonce, uint64 deadline, Level level, bytes[] calldata approvals
    ) internal returns (bytes32 digest) {
        return _request(Act(participant, structHash, nonce, deadline, 0, level, false), approvals);
    }

    /// @dev Refuses unless the participant holds one of the roles.
    function _requireRole(ParticipantId participant, uint16 role) internal view {
        if (participants.rolesOf(participant) & role == 0) revert MissingRole(participant, role);
    }

    /// @dev Takes the act with its struct hash and has it authorised under its digest. The one place that asks.
    function _request(Act memory act, bytes[] calldata approvals) private returns (bytes32 digest) {
        digest = _hashTypedDataV4(act.digest);
        act.digest = digest;
        participants.authorise(act, approvals);
    }
}
