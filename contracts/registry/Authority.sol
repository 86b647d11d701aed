// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Act, CommandDigest, IParticipants} from "../interfaces/IParticipants.sol";
import {Keys} from "../libraries/Keys.sol";
import {Level, DUTY_CHECKER, DUTY_MAKER} from "../types/Records.sol";
import {ParticipantId} from "../types/Ids.sol";
import {
    CheckerMissing, DeadlinePassed, DeadlineTooFar, InvalidSignature, LedgerPaused, MakerMissing, NonceUsed, NotDesk,
    ParticipantFrozen, ParticipantSuspended, SignerRevoked, SignersTooFew, SignersUnordered, TooManySigners,
    UnknownParticipant, UnknownSigner
} from "../types/Errors.sol";
import {BusinessDay} from "../libraries/BusinessDay.sol";

/// @notice Whether an act is its participant's own: signers, thresholds, nonces and what a business day has committed.
abstract contract Authority is IParticipants {
    using Keys for Keys.Ring;

    /// @dev No command may be good for longer.
    uint256 internal constant DEADLINE_MAX = 7 days;

    /// @dev More approvals on one act are refused.
    uint256 internal constant APPROVALS_MAX = 16;

    /// @dev One word.
    struct Member {
        uint16 roles;
        bool suspended;
        bool frozen;
        uint8 thresholdLow;
        uint8 thresholdHigh;
        /// Numbers given to signers; never reused.
        uint8 signers;
        /// Signers below were replaced by a recovery.
        uint8 firstSigner;
        /// Amount committed in a business day from which the high threshold applies.
        uint64 highFrom;
        /// The last second a freeze began; offers made before are ended.
        uint32 frozenAt;
        ParticipantId recoveryBank;
    }

    struct Commitment {
        uint16 day;
        uint128 amount;
    }

    /// @dev Set while `digestOf` asks a desk for a command's digest: authorisation then answers with it and nothing else.
    bool private transient _probing;

    bool internal _paused;
    uint32 internal _count;
    uint32 public frozenCount;
    uint32 internal _versions;
    /// The last second a freeze of any participant began.
    uint32 private _lastFrozenAt;
    mapping(ParticipantId => Member) internal _members;
    mapping(ParticipantId => Commitment) internal _committed;
    mapping(ParticipantId => mapping(uint256 word => uint256 bits)) internal _nonces;
    mapping(address desk => uint32) public versionOf;
    Keys.Ring internal _ring;

    modifier onlyDesk() {
        if (versionOf[msg.sender] == 0) revert NotDesk(msg.sender);
        _;
    }

    // ---- acts

    /// @inheritdoc IParticipants
    function authorise(Act calldata act, bytes[] calldata approvals) external onlyDesk {
        _authorise(act, approvals);
    }

    /// @inheritdoc IParticipants
    function requireCosigned(ParticipantId participant, bytes32 digest, bytes[] calldata approvals) external view {
        _requireCosigned(participant, digest, approvals);
    }

    /// @inheritdoc IParticipants
    function requireStanding(Act calldata act, bytes[] calldata approvals) external view {
        if (block.timestamp > act.deadline) revert DeadlinePassed(act.deadline, block.timestamp);
        _requireUnused(act.participant, act.nonce);
        Member memory member = _member(act.participant);
        _requireActive(act.participant, member);
        _requireApproved(act, member, _required(member, act.level, act.amount), approvals);
    }

    /// @inheritdoc IParticipants
    function digestOf(address desk, bytes calldata call) external returns (bytes32 digest) {
        if (desk != address(this) && versionOf[desk] == 0) revert NotDesk(desk);
        _probing = true;
        (bool done, bytes memory answer) = desk.call(call);
        _probing = false;
        // A call that needs no signature was carried out; undone with this one.
        if (done) revert();
        if (bytes4(answer) == CommandDigest.selector) {
            assembly ("memory-safe") {
                digest := mload(add(answer, 0x24))
            }
        }
    }

    /// @inheritdoc IParticipants
    function requireActive(ParticipantId participant) external view {
        _requireActive(participant, _member(participant));
    }

    /// @inheritdoc IParticipants
    function setFrozen(ParticipantId subject, bool frozen) external onlyDesk {
        Member memory member = _member(subject);
        if (frozen) {
            member.frozenAt = uint32(block.timestamp);
            _lastFrozenAt = uint32(block.timestamp);
            if (!member.frozen) ++frozenCount;
        } else if (member.frozen) {
            --frozenCount;
        }
        member.frozen = frozen;
        _members[subject] = member;
    }

    // ---- views

    /// @inheritdoc IParticipants
    function isDesk(address desk) external view returns (bool) {
        return versionOf[desk] != 0;
    }

    /// @inheritdoc IParticipants
    function rolesOf(ParticipantId participant) external view returns (uint16) {
        return _members[participant].roles;
    }

    /// @inheritdoc IParticipants
    function frozenSince(ParticipantId participant) external view returns (bool, uint32) {
        Member storage member = _members[participant];
        return (member.frozen, member.frozenAt);
    }

    /// @inheritdoc IParticipants
    function frozenAfter(ParticipantId one, ParticipantId other, uint256 second) external view returns (bool) {
        return _lastFrozenAt >= second && (_members[one].frozenAt >= second || _members[other].frozenAt >= second);
    }

    /// @inheritdoc IParticipants
    function accountOf(ParticipantId participant) external view returns (address) {
        return address((uint160(address(this)) & ~uint160(type(uint32).max)) | ParticipantId.unwrap(participant));
    }

    function isNonceUsed(ParticipantId participant, uint256 nonce) external view returns (bool) {
        return _nonces[participant][nonce >> 8] & (1 << (nonce & 0xff)) != 0;
    }

    function memberOf(ParticipantId participant) external view returns (Member memory) {
        return _members[participant];
    }

    function signerOf(ParticipantId participant, uint256 index)
        external
        view
        returns (Keys.Key memory key, bytes memory publicKey)
    {
        return (_ring.keys[participant][index], _ring.publicKeys[participant][index]);
    }

    /// @notice How many signers an act needs today.
    function requiredSigners(ParticipantId participant, Level level, uint256 amount) external view returns (uint256) {
        Member memory member = _member(participant);
        return _required(member, level, amount + _committedToday(participant));
    }

    function paused() external view returns (bool) {
        return _paused;
    }

    function participantCount() external view returns (uint32) {
        return _count;
    }

    // ---- private

    function _authorise(Act memory act, bytes[] calldata approvals) internal {
        if (_probing) revert CommandDigest(act.digest);
        Member memory member = _member(act.participant);
        if (block.timestamp > act.deadline) revert DeadlinePassed(act.deadline, block.timestamp);
        if (act.deadline > block.timestamp + DEADLINE_MAX) {
            revert DeadlineTooFar(act.deadline, block.timestamp + DEADLINE_MAX);
        }
        _requireUnused(act.participant, act.nonce);
        if (act.stoppable) _requireActive(act.participant, member);
        uint256 amount = act.amount == 0 ? 0 : _commit(act.participant, act.amount);
        _requireApproved(act, member, _required(member, act.level, amount), approvals);
        _nonces[act.participant][act.nonce >> 8] |= 1 << (act.nonce & 0xff);
        emit CommandExecuted(act.digest, act.participant, act.nonce);
    }

    function _member(ParticipantId participant) internal view returns (Member memory member) {
        member = _members[participant];
        if (member.roles == 0) revert UnknownParticipant(participant);
    }

    function _requireUnused(ParticipantId participant, uint256 nonce) internal view {
        if (_nonces[participant][nonce >> 8] & (1 << (nonce & 0xff)) != 0) revert NonceUsed(participant, nonce);
    }

    function _requireActive(ParticipantId participant, Member memory member) private view {
        if (_paused) revert LedgerPaused();
        if (member.suspended) revert ParticipantSuspended(participant);
        if (member.frozen) revert ParticipantFrozen(participant);
    }

    /// @dev Adds to what the participant has committed this business day and returns the sum.
    function _commit(ParticipantId participant, uint256 amount) private returns (uint256 sum) {
        sum = _committedToday(participant) + amount;
        uint128 kept = sum > type(uint128).max ? type(uint128).max : uint128(sum);
        _committed[participant] = Commitment(uint16(BusinessDay.today()), kept);
    }

    function _committedToday(ParticipantId participant) private view returns (uint256) {
        Commitment memory committed = _committed[participant];
        return committed.day == BusinessDay.today() ? committed.amount : 0;
    }

    function _required(Member memory member, Level level, uint256 amount) private pure returns (uint256) {
        if (level == Level.One) return 1;
        if (level == Level.Highest || amount >= member.highFrom) return member.thresholdHigh;
        return member.thresholdLow;
    }

    function _requireCosigned(ParticipantId participant, bytes32 digest, bytes[] calldata approvals) internal view {
        Member memory member = _member(participant);
        if (member.suspended) revert ParticipantSuspended(participant);
        Act memory act = Act(participant, digest, 0, 0, 0, Level.Highest, false);
        _requireApproved(act, member, member.thresholdHigh, approvals);
    }

    /// @dev At least `required` distinct signers; from two on one makes and another checks.
    function _requireApproved(Act memory act, Member memory member, uint256 required, bytes[] calldata approvals)
        private
        view
    {
        ParticipantId participant = act.participant;
        if (approvals.length < required) revert SignersTooFew(participant, required, approvals.length);
        if (approvals.length > APPROVALS_MAX) revert TooManySigners(approvals.length, APPROVALS_MAX);
        uint256 next;
        uint8 duties;
        for (uint256 i; i < approvals.length; ++i) {
            bytes calldata approval = approvals[i];
            uint256 index = approval.length == 0 ? type(uint256).max - 1 : uint8(approval[0]);
            if (index >= member.signers) revert UnknownSigner(participant, index);
            if (index < next) revert SignersUnordered(participant, index);
            if (index < member.firstSigner) revert SignerRevoked(participant, index);
            (bool valid, uint8 duty) = _ring.signed(participant, index, act.digest, approval[1:]);
            if (!valid) revert InvalidSignature(participant, index);
            duties |= duty;
            next = index + 1;
        }
        if (act.level == Level.One) return;
        if (duties & DUTY_MAKER == 0) revert MakerMissing(participant);
        if (required > 1 && duties & DUTY_CHECKER == 0) revert CheckerMissing(participant);
    }
}
