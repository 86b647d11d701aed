// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ActWord} from "../types/ActWord.sol";
import {ParticipantId} from "../types/Ids.sol";
import {Signer} from "../types/AdminCommands.sol";

/// @notice A participant as it is admitted.
struct Admitted {
    uint16 roles;
    bytes32 identity;
    ParticipantId recoveryBank;
    uint8 thresholdLow;
    uint8 thresholdHigh;
    uint64 highFrom;
    Signer[] signers;
}

/// @notice Not a refusal: how `digestOf` learns the digest of a command from the desk that it would go to.
error CommandDigest(bytes32 digest);

/// @notice Who takes part, with which keys, and whether an act is theirs.
/// @dev It outlives ledger versions: participants, their signers and nonces are shared by all of them. Whoever asks for authority
/// gets it for commands of its own EIP-712 domain only, so that a stranger can ask for nothing but commands signed to itself.
///
/// Approvals are packed: for each signer, by rising number, one byte that numbers it, two that say how long its signature is,
/// and the signature.
interface IParticipants {
    event ParticipantAdmitted(
        ParticipantId indexed participant, uint16 roles, bytes32 indexed identity, ParticipantId recoveryBank
    );
    event ParticipantSuspensionSet(ParticipantId indexed participant, bool suspended, bytes32 reason);
    /// @param cases how many keep it frozen now
    event ParticipantFreezeStamped(ParticipantId indexed participant, uint8 cases, uint32 frozenAt);
    event LedgerPauseSet(bool paused, bytes32 reason);
    event SignerAdded(
        ParticipantId indexed participant, uint8 indexed signer, bytes key, uint8 duty, uint40 expiry, bytes32 certificate
    );
    event SignerEnded(ParticipantId indexed participant, uint8 indexed signer, bytes32 reason);
    event SignersReplaced(ParticipantId indexed participant, uint8 firstSigner);
    event ThresholdSet(ParticipantId indexed participant, uint8 low, uint8 high, uint64 highFrom);
    event NonceVoided(ParticipantId indexed participant, uint256 nonce);
    event VerifierAllowed(address indexed verifier, uint8 kind);
    event DeskAdded(address indexed desk, uint32 indexed version);

    /// @notice Emitted first of all events of a signed act; those that follow until the next of its kind are its effects.
    event CommandExecuted(
        bytes32 indexed digest, ParticipantId indexed participant, uint256 nonce, uint256 amount
    );

    /// @notice A part of a standing offer was used under its digest.
    event StandingOfferUsed(bytes32 indexed digest, ParticipantId indexed participant, uint256 amount);

    // ---- acts

    /// @notice Takes an act's nonce if its approvals carry it, and adds its amount to the participant's day.
    /// @param structHash EIP-712 hash of the command; its domain is that of the contract that asks
    /// @return roles those of the act's counterparty, as `rolesOf` has them
    /// @return frozenAt the last second a freeze of any participant began
    function authorise(ActWord act, uint256 nonce, bytes32 structHash, bytes calldata approvals)
        external
        returns (uint256 roles, uint256 frozenAt);

    /// @notice Refuses unless the participant's highest threshold has approved the digest; takes no nonce.
    function requireCosigned(ParticipantId participant, bytes32 digest, bytes calldata approvals) external view;

    /// @notice Uses a part of a standing offer that is approved, in time and not void; takes no nonce.
    /// @param act its amount is the offer's whole budget
    /// @param used what is used of it now; it adds to the participant's day, whose threshold the approvals must reach too
    function useStanding(ActWord act, uint256 nonce, bytes32 structHash, uint256 used, bytes calldata approvals)
        external
        returns (bytes32 digest);

    /// @notice Refuses while pause, suspension or a freeze stops a participant's acts.
    function requireActive(ParticipantId participant) external view;

    /// @notice The digest of the command that a call of a desk carries; 0 where it carries none. Changes nothing.
    function digestOf(address desk, bytes calldata call) external returns (bytes32);

    // ---- views

    /// @notice Institution roles of a participant; 0 of an unknown one.
    function rolesOf(ParticipantId participant) external view returns (uint16);

    /// @notice The recovery bank named at admission.
    function recoveryBankOf(ParticipantId participant) external view returns (ParticipantId);

    function isSuspended(ParticipantId participant) external view returns (bool);

    /// @notice Whether the participant is frozen, and the last second a freeze of it began.
    function frozenSince(ParticipantId participant) external view returns (bool frozen, uint32 since);

    /// @notice Whether a freeze of either participant began at or after a second.
    function frozenAfter(ParticipantId one, ParticipantId other, uint256 second) external view returns (bool);

    /// @notice How many participants are frozen now.
    function frozenCount() external view returns (uint32);

    /// @notice Whether a contract may ask the registry for changes.
    function isDesk(address desk) external view returns (bool);

    /// @notice The ledger version a desk belongs to; 0 of a stranger.
    function versionOf(address desk) external view returns (uint32);

    /// @notice Whether a key, registered or not, signed a digest.
    function signedBy(bytes calldata key, bytes32 digest, bytes calldata signature) external view returns (bool);

    /// @notice The address under which explorers show a participant. No key moves anything under it.
    function accountOf(ParticipantId participant) external view returns (address);

    // ---- asked by `Oversight`

    /// @notice Opens or ends one case against a participant, which is frozen while any is open.
    function setFrozen(ParticipantId subject, bool frozen) external;

    // ---- asked by `Administration`

    function admit(Admitted calldata admitted) external returns (ParticipantId);

    function setSuspended(ParticipantId subject, bool suspended, bytes32 reason) external;

    function setPaused(bool paused, bytes32 reason) external;

    function addSigner(ParticipantId participant, Signer calldata signer) external;

    function endSigner(ParticipantId participant, uint8 signer, bytes32 reason) external;

    /// @notice Ends all signers of a participant and adds others.
    function replaceSigners(ParticipantId participant, Signer[] calldata signers) external;

    function setThreshold(ParticipantId participant, uint8 low, uint8 high, uint64 highFrom) external;

    function voidNonce(ParticipantId participant, uint256 nonce) external;

    /// @notice Lets the desks of a new ledger version take part.
    function addVersion(address[] calldata desks) external;
}
