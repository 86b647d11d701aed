// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Admitted, IParticipants} from "../interfaces/IParticipants.sol";
import {Authority} from "./Authority.sol";
import {KeyKind, Keys} from "../libraries/Keys.sol";
import {
    DUTY_CHECKER, DUTY_MAKER, Member, ROLE_BANK, ROLE_ISSUER, ROLE_OPERATOR, ROLE_REGULATOR, ROLE_SETTLEMENT, ROLE_SUPPLIER
} from "../types/Records.sol";
import {MemberWord, newMember} from "../types/MemberWord.sol";
import {NOBODY, ParticipantId, PayableId} from "../types/Ids.sol";
import {Signer} from "../types/AdminCommands.sol";
import {
    BadRoles, BadThreshold, IdentityTaken, NotDesk, NotFrozen, SignerRevoked, TooManyFreezes, TooManySigners, UnknownSigner
} from "../types/Errors.sol";

/// @notice A verifier contract that signers' keys may name.
struct Verifier {
    address account;
    KeyKind kind;
}

/// @notice The records of participants and their keys. `Administration` is the door to their changes.
contract Participants is Authority {
    using Keys for Keys.Ring;

    uint16 private constant ROLES_ALL =
        ROLE_ISSUER | ROLE_SUPPLIER | ROLE_BANK | ROLE_SETTLEMENT | ROLE_OPERATOR | ROLE_REGULATOR;
    uint256 private constant SIGNERS_MAX = 255;

    address public immutable administration;

    mapping(bytes32 identity => ParticipantId) public participantOf;

    /// @param founders the first participants, each an ABI-encoded `Admitted`; nobody could sign before
    /// @param desks the registry's desks and those of the first ledger version
    constructor(
        bytes[] memory founders, address[] memory desks, Verifier[] memory verifiers, address administration_
    ) {
        administration = administration_;
        for (uint256 i; i < verifiers.length; ++i) {
            _ring.verifiers[verifiers[i].account] = verifiers[i].kind;
            emit VerifierAllowed(verifiers[i].account, uint8(verifiers[i].kind));
        }
        _addDesks(desks);
        for (uint256 i; i < founders.length; ++i) {
            _admit(abi.decode(founders[i], (Admitted)));
        }
    }

    modifier onlyAdministration() {
        if (msg.sender != administration) revert NotDesk(msg.sender);
        _;
    }

    // ---- asked by `Administration`

    /// @inheritdoc IParticipants
    function admit(Admitted calldata admitted) external onlyAdministration returns (ParticipantId) {
        return _admit(admitted);
    }

    /// @inheritdoc IParticipants
    function setSuspended(ParticipantId subject, bool suspended, bytes32 reason) external onlyAdministration {
        _members[subject].word = _expect(subject).withSuspended(suspended);
        emit ParticipantSuspensionSet(subject, suspended, reason);
    }

    /// @inheritdoc IParticipants
    function setPaused(bool paused_, bytes32 reason) external onlyAdministration {
        paused = paused_;
        emit LedgerPauseSet(paused_, reason);
    }

    /// @inheritdoc IParticipants
    function addSigner(ParticipantId participant, Signer calldata signer) external onlyAdministration {
        _members[participant].word = _addSigner(participant, _expect(participant), signer);
    }

    /// @inheritdoc IParticipants
    function endSigner(ParticipantId participant, uint8 signer, bytes32 reason) external onlyAdministration {
        MemberWord member = _expect(participant);
        if (signer >= member.signersOf()) revert UnknownSigner(participant, signer);
        if (signer < member.firstSignerOf()) revert SignerRevoked(participant, signer);
        _ring.revoke(participant, signer);
        emit SignerEnded(participant, signer, reason);
    }

    /// @inheritdoc IParticipants
    function replaceSigners(ParticipantId participant, Signer[] calldata signers) external onlyAdministration {
        MemberWord member = _expect(participant);
        uint8 first = uint8(member.signersOf());
        member = member.withFirstSigner(first);
        for (uint256 i; i < signers.length; ++i) {
            member = _addSigner(participant, member, signers[i]);
        }
        _members[participant].word = member;
        emit SignersReplaced(participant, first);
    }

    /// @inheritdoc IParticipants
    function setThreshold(ParticipantId participant, uint8 low, uint8 high, uint64 highFrom)
        external
        onlyAdministration
    {
        _members[participant].word = _withThreshold(participant, _expect(participant), low, high, highFrom);
    }

    /// @inheritdoc IParticipants
    function voidNonce(ParticipantId participant, uint256 nonce) external onlyAdministration {
        _takeNonce(participant, nonce);
        emit NonceVoided(participant, nonce);
    }

    /// @inheritdoc IParticipants
    function addVersion(address[] calldata desks) external onlyAdministration {
        for (uint256 i; i < desks.length; ++i) {
            // Only a contract that everybody could read during the delay.
            if (desks[i].code.length == 0) revert NotDesk(desks[i]);
        }
        _addDesks(desks);
    }

    // ---- asked by `Oversight`

    /// @inheritdoc IParticipants
    function setFrozen(ParticipantId subject, bool frozen) external {
        if (versionOf[msg.sender] == 0) revert NotDesk(msg.sender);
        MemberWord member = _expect(subject);
        uint256 cases = member.freezesOf();
        if (frozen) {
            if (cases == type(uint8).max) revert TooManyFreezes(PayableId.wrap(0), cases);
            if (cases == 0) ++frozenCount;
            _lastFrozenAt = uint32(block.timestamp);
            member = member.withFrozenAt(block.timestamp).withFreezes(uint8(cases + 1));
        } else {
            if (cases == 0) revert NotFrozen();
            if (cases == 1) --frozenCount;
            member = member.withFreezes(uint8(cases - 1));
        }
        _members[subject].word = member;
        emit ParticipantFreezeStamped(subject, uint8(member.freezesOf()), uint32(member.frozenAtOf()));
    }

    // ---- views

    /// @inheritdoc IParticipants
    function isDesk(address desk) external view returns (bool) {
        return versionOf[desk] != 0;
    }

    /// @inheritdoc IParticipants
    function rolesOf(ParticipantId participant) external view returns (uint16) {
        return _members[participant].word.rolesOf();
    }

    /// @inheritdoc IParticipants
    function recoveryBankOf(ParticipantId participant) external view returns (ParticipantId) {
        return _expect(participant).recoveryBankOf();
    }

    /// @inheritdoc IParticipants
    function isSuspended(ParticipantId participant) external view returns (bool) {
        return _members[participant].word.suspendedOf();
    }

    /// @inheritdoc IParticipants
    function frozenSince(ParticipantId participant) external view returns (bool, uint32) {
        MemberWord member = _members[participant].word;
        return (member.frozenOf(), uint32(member.frozenAtOf()));
    }

    /// @inheritdoc IParticipants
    function frozenAfter(ParticipantId one, ParticipantId other, uint256 second) external view returns (bool) {
        if (_lastFrozenAt < second) return false;
        return _members[one].word.frozenAtOf() >= second || _members[other].word.frozenAtOf() >= second;
    }

    /// @inheritdoc IParticipants
    function accountOf(ParticipantId participant) external view returns (address) {
        return address((uint160(address(this)) & ~uint160(type(uint32).max)) | ParticipantId.unwrap(participant));
    }

    function memberOf(ParticipantId participant) external view returns (Member memory) {
        return _members[participant].word.toMember();
    }

    function signerOf(ParticipantId participant, uint256 index)
        external
        view
        returns (Keys.Key memory key, bytes memory publicKey)
    {
        return _ring.keyOf(participant, index);
    }

    // ---- private

    function _admit(Admitted memory admitted) private returns (ParticipantId participant) {
        if (admitted.roles == 0 || admitted.roles & ~ROLES_ALL != 0) revert BadRoles(admitted.roles);
        bytes32 identity = admitted.identity;
        if (participantOf[identity] != NOBODY || identity == 0) revert IdentityTaken(identity, participantOf[identity]);
        participant = ParticipantId.wrap(++participantCount);
        participantOf[identity] = participant;
        emit ParticipantAdmitted(participant, admitted.roles, identity, admitted.recoveryBank);
        MemberWord member = newMember(admitted.roles, admitted.recoveryBank);
        for (uint256 i; i < admitted.signers.length; ++i) {
            member = _addSigner(participant, member, admitted.signers[i]);
        }
        _members[participant].word = _withThreshold(
            participant, member, admitted.thresholdLow, admitted.thresholdHigh, admitted.highFrom
        );
    }

    function _addSigner(ParticipantId participant, MemberWord member, Signer memory signer)
        private
        returns (MemberWord)
    {
        uint256 index = member.signersOf();
        if (index == SIGNERS_MAX) revert TooManySigners(index + 1, SIGNERS_MAX);
        _ring.add(participant, index, signer);
        emit SignerAdded(participant, uint8(index), signer.key, signer.duty, signer.expiry, signer.certificate);
        return member.withSigners(uint8(index + 1));
    }

    function _withThreshold(ParticipantId participant, MemberWord member, uint8 low, uint8 high, uint64 highFrom)
        private
        returns (MemberWord)
    {
        (uint256 signers, uint256 duties) = _usable(participant, member);
        bool reachable = high <= signers && high <= APPROVALS_MAX && duties & DUTY_MAKER != 0
            && (high == 1 || duties & DUTY_CHECKER != 0);
        if (low == 0 || high < low || !reachable) revert BadThreshold(low, high, signers);
        member = member.withThreshold(low, high, highFrom);
        emit ThresholdSet(participant, low, high, uint64(member.highFromOf()));
        return member;
    }

    /// @dev How many signers of a participant may sign now, and which duties they have between them.
    function _usable(ParticipantId participant, MemberWord member)
        private
        view
        returns (uint256 signers, uint256 duties)
    {
        uint256 end = member.signersOf();
        for (uint256 index = member.firstSignerOf(); index < end; ++index) {
            uint256 duty = _ring.dutyOf(participant, index);
            if (duty == 0) continue;
            ++signers;
            duties |= duty;
        }
    }

    function _addDesks(address[] memory desks) private {
        uint32 version = ++versionCount;
        for (uint256 i; i < desks.length; ++i) {
            // A desk stays with the version it came with.
            if (versionOf[desks[i]] != 0) continue;
            versionOf[desks[i]] = version;
            emit DeskAdded(desks[i], version);
        }
    }
}
