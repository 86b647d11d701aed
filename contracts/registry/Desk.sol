// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {ActWord, newAct} from "../types/ActWord.sol";
import {IParticipants} from "../interfaces/IParticipants.sol";
import {Level} from "../types/Records.sol";
import {MissingRole, NotDesk, ParticipantSuspended, SameCosigner} from "../types/Errors.sol";
import {ParticipantId} from "../types/Ids.sol";

/// @notice A contract whose verbs are signed commands: it hashes them and has their actors authorise them in its own EIP-712
/// domain, which is `Fenbook`, version `1`, this chain and this contract.
abstract contract Desk {
    IParticipants public immutable participants;

    constructor(IParticipants participants_) {
        participants = participants_;
    }

    modifier onlyDesk() {
        if (!participants.isDesk(msg.sender)) revert NotDesk(msg.sender);
        _;
    }

    /// @notice The EIP-712 domain of this desk's commands, as ERC-5267 tells it.
    function eip712Domain()
        external
        view
        returns (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chainId,
            address verifyingContract,
            bytes32 salt,
            uint256[] memory extensions
        )
    {
        return (hex"0f", "Fenbook", "1", block.chainid, address(this), bytes32(0), new uint256[](0));
    }

    /// @dev Authorises a signed act that pause, suspension and freeze stop, by the threshold of its amount.
    function _authoriseStoppable(
        ParticipantId participant, bytes32 structHash, uint256 nonce, uint64 deadline, uint256 amount, bytes calldata approvals
    ) internal {
        _request(newAct(participant, deadline, amount, Level.Amount, true), nonce, structHash, approvals);
    }

    /// @dev The same, of an act toward another participant.
    /// @return roles of that participant
    function _authoriseStoppableToward(
        ParticipantId to,
        ParticipantId participant,
        bytes32 structHash,
        uint256 nonce,
        uint64 deadline,
        uint256 amount,
        bytes calldata approvals
    ) internal returns (uint256 roles) {
        ActWord act = newAct(participant, deadline, amount, Level.Amount, true).about(to);
        (roles,) = participants.authorise(act, nonce, structHash, approvals);
    }

    /// @dev Authorises an answer, for which one signer is enough.
    /// @return frozenAt the last second a freeze of any participant began
    function _authoriseAnswer(
        ParticipantId participant, bytes32 structHash, uint256 nonce, uint64 deadline, bool stoppable, bytes calldata approvals
    ) internal returns (uint256 frozenAt) {
        ActWord act = newAct(participant, deadline, 0, Level.One, stoppable);
        (, frozenAt) = participants.authorise(act, nonce, structHash, approvals);
    }

    /// @dev Authorises a payment, which nothing stops, by the threshold of its amount.
    function _authorisePayment(
        ParticipantId participant, bytes32 structHash, uint256 nonce, uint64 deadline, uint256 amount, bytes calldata approvals
    ) internal {
        _request(newAct(participant, deadline, amount, Level.Amount, false), nonce, structHash, approvals);
    }

    /// @dev Authorises a signed act that nothing stops and that commits no money.
    function _authorise(
        ParticipantId participant, bytes32 structHash, uint256 nonce, uint64 deadline, Level level, bytes calldata approvals
    ) internal returns (bytes32 digest) {
        _request(newAct(participant, deadline, 0, level, false), nonce, structHash, approvals);
        return _digest(structHash);
    }

    /// @dev Refuses unless the participant holds one of the roles.
    function _requireRole(ParticipantId participant, uint16 role) internal view {
        if (participants.rolesOf(participant) & role == 0) revert MissingRole(participant, role);
    }

    /// @dev Refuses unless another participant of a role, not suspended, has approved the digest too.
    function _requireCosigner(
        ParticipantId actor, ParticipantId cosigner, uint16 role, bytes32 digest, bytes calldata cosigned
    ) internal view {
        if (cosigner == actor) revert SameCosigner(cosigner);
        _requireRole(cosigner, role);
        if (participants.isSuspended(cosigner)) revert ParticipantSuspended(cosigner);
        participants.requireCosigned(cosigner, digest, cosigned);
    }

    /// @dev The digest of a command of this desk; the same as `participants` makes of it.
    function _digest(bytes32 structHash) internal view returns (bytes32) {
        bytes32 domainType =
            keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
        bytes32 domain = keccak256(
            abi.encode(domainType, keccak256("Fenbook"), keccak256("1"), block.chainid, address(this))
        );
        return MessageHashUtils.toTypedDataHash(domain, structHash);
    }

    function _request(ActWord act, uint256 nonce, bytes32 structHash, bytes calldata approvals) private {
        participants.authorise(act, nonce, structHash, approvals);
    }
}
