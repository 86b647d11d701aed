// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Level} from "../types/Records.sol";
import {ParticipantId} from "../types/Ids.sol";

/// @notice One act of a participant, to be authorised by its own signers.
struct Act {
    ParticipantId participant;
    bytes32 digest;
    uint256 nonce;
    uint64 deadline;
    /// What the act commits, in fen; it adds to the participant's business day.
    uint256 amount;
    Level level;
    /// Pause, suspension and freeze stop it.
    bool stoppable;
}

/// @notice Not a refusal: how `digestOf` learns the digest of a command from the desk that it would go to.
error CommandDigest(bytes32 digest);

/// @notice Who takes part, with which keys, and whether an act is theirs.
/// @dev It outlives ledger versions: participants, their signers and nonces are shared by all of them.
interface IParticipants {
    /// @notice Emitted first of all events of a signed act; those that follow until the next of its kind are its effects.
    event CommandExecuted(bytes32 indexed digest, ParticipantId indexed participant, uint256 nonce);

    /// @notice Takes an act's nonce if its approvals carry it, and adds its amount to the participant's day.
    /// @dev Warning: only desks of a registered version may call; the digest must be the caller's own.
    /// @param approvals one per signer, rising: one byte that numbers the signer, then its signature
    function authorise(Act calldata act, bytes[] calldata approvals) external;

    /// @notice Refuses unless the participant's highest threshold has approved the digest; takes no nonce.
    function requireCosigned(ParticipantId participant, bytes32 digest, bytes[] calldata approvals) external view;

    /// @notice Refuses unless a standing offer is approved, in time and not void; takes no nonce.
    function requireStanding(Act calldata act, bytes[] calldata approvals) external view;

    /// @notice Refuses while pause, suspension or a freeze stops a participant's acts.
    function requireActive(ParticipantId participant) external view;

    /// @notice The digest of the command that a call of a desk carries; 0 where it carries none. Changes nothing.
    function digestOf(address desk, bytes calldata call) external returns (bytes32);

    /// @notice Stamps or lifts a freeze of a participant; asked by `Oversight`.
    function setFrozen(ParticipantId subject, bool frozen) external;

    /// @notice Institution roles of a participant; 0 of an unknown one.
    function rolesOf(ParticipantId participant) external view returns (uint16);

    /// @notice Whether the participant is frozen, and the last second a freeze of it began.
    function frozenSince(ParticipantId participant) external view returns (bool frozen, uint32 since);

    /// @notice Whether a freeze of either participant began at or after a second.
    function frozenAfter(ParticipantId one, ParticipantId other, uint256 second) external view returns (bool);

    /// @notice Whether a contract may ask the registry for changes.
    function isDesk(address desk) external view returns (bool);

    /// @notice The ledger version a desk belongs to; 0 of a stranger.
    function versionOf(address desk) external view returns (uint32);

    /// @notice How many participants are frozen now.
    function frozenCount() external view returns (uint32);

    /// @notice The address under which explorers show a participant. No key moves anything under it.
    function accountOf(ParticipantId participant) external view returns (address);
}
