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

    /// @notice The digest of the command that a call of this desk carries; 0 where the call needs no signature.
    /// @dev For the relay, which names the command of a refused item.
    function digestOf(bytes calldata call) external view returns (bytes32) {
        bytes32 structHash = _structHashOf(bytes4(call), call[4:]);
        return structHash == 0 ? bytes32(0) : _hashTypedDataV4(structHash);
    }

    function _structHashOf(bytes4 verb, bytes calldata command) internal pure virtual returns (bytes32);

    /// @dev Authorises a signed act of the asset side, which pause, suspension and freeze stop.
    function _authoriseStoppable(
        ParticipantId participant, bytes32 structHash, uint256 nonce, uint64 deadline, uint64 amount, bytes[] calldata approvals
    ) internal {
        Act memory act =
            Act(participant, _hashTypedDataV4(structHash), nonce, deadline, amount, Level.Amount, true);
        participants.authorise(act, approvals);
    }

    /// @dev Authorises a signed act that nothing stops.
    function _authorise(
        ParticipantId participant, bytes32 structHash, uint256 nonce, uint64 deadline, Level level, bytes[] calldata approvals
    ) internal returns (bytes32 digest) {
        digest = _hashTypedDataV4(structHash);
        participants.authorise(Act(participant, digest, nonce, deadline, 0, level, false), approvals);
    }

    /// @dev Refuses unless the participant holds one of the roles.
    function _requireRole(ParticipantId participant, uint16 role) internal view {
        if (participants.rolesOf(participant) & role == 0) revert MissingRole(participant, role);
    }
}
