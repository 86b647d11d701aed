// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {Act, CommandDigest, IParticipants} from "../interfaces/IParticipants.sol";
import {BusinessDay} from "../libraries/BusinessDay.sol";
import {DUTY_CHECKER, DUTY_MAKER, Level} from "../types/Records.sol";
import {Keys} from "../libraries/Keys.sol";
import {MemberWord} from "../types/MemberWord.sol";
import {ParticipantId} from "../types/Ids.sol";
import {
    ApprovalsMalformed, CheckerMissing, DeadlinePassed, DeadlineTooFar, InvalidSignature, LedgerPaused, MakerMissing,
    NonceUsed, NotDesk, ParticipantFrozen, ParticipantSuspended, SignerRevoked, SignersTooFew, SignersUnordered,
    TooManySigners, UnknownParticipant, UnknownSigner
} from "../types/Errors.sol";

/// @notice Whether an act is its participant's own: signers, thresholds, nonces and what a business day has committed.
abstract contract Authority is IParticipants {
    using Keys for Keys.Ring;

    bytes32 private constant DOMAIN =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant NAME = keccak256("Fenbook");
    bytes32 private constant VERSION = keccak256("1");

    /// @dev No command may be good for longer.
    uint256 internal constant DEADLINE_MAX = 7 days;

    /// @dev More approvals on one act are refused.
    uint256 internal constant APPROVALS_MAX = 16;

    /// @dev Set while `digestOf` asks a desk for a command's digest: authorisation then answers with it and nothing else.
    bool private transient _probing;

    bool public paused;
    uint32 public participantCount;
    uint32 public frozenCount;
    uint32 public versionCount;
    /// @dev The last second a freeze of any participant began.
    uint32 internal _lastFrozenAt;
    mapping(ParticipantId => MemberWord) internal _members;
    mapping(ParticipantId => mapping(uint256 word => uint256 bits)) internal _nonces;
    mapping(address desk => uint32) public versionOf;
    Keys.Ring internal _ring;

    // ---- acts

    /// @inheritdoc IParticipants
    function authorise(Act calldata act, bytes calldata approvals) external returns (bytes32 digest) {
        digest = _digest(act.structHash);
        if (_probing) revert CommandDigest(digest);
        ParticipantId participant = act.participant;
        MemberWord member = _expect(participant);
        _requireTimely(act.deadline);
        _takeNonce(participant, act.nonce);
        if (act.stoppable) _requireActive(participant, member);
        emit CommandExecuted(digest, participant, act.nonce, act.amount);
        uint256 amount = act.amount;
        if (amount != 0) {
            uint256 today = BusinessDay.today();
            amount += member.committedOn(today);
            _members[participant] = member.withCommitted(today, amount);
        }
        Level level = act.level;
        _requireApproved(participant, member, digest, _required(member, level, amount), level, approvals);
    }

    /// @inheritdoc IParticipants
    function requireCosigned(ParticipantId participant, bytes32 digest, bytes calldata approvals) external view {
        MemberWord member = _expect(participant);
        _requireApproved(participant, member, digest, member.highOf(), Level.Highest, approvals);
    }

    /// @inheritdoc IParticipants
    function useStanding(Act calldata act, uint256 used, bytes calldata approvals) external returns (bytes32 digest) {
        digest = _digest(act.structHash);
        ParticipantId participant = act.participant;
        MemberWord member = _expect(participant);
        if (block.timestamp > act.deadline) revert DeadlinePassed(act.deadline, block.timestamp);
        if (isNonceUsed(participant, act.nonce)) revert NonceUsed(participant, act.nonce);
        _requireActive(participant, member);
        uint256 today = BusinessDay.today();
        uint256 sum = used + member.committedOn(today);
        _members[participant] = member.withCommitted(today, sum);
        uint256 amount = act.amount > sum ? act.amount : sum;
        _requireApproved(participant, member, digest, _required(member, act.level, amount), act.level, approvals);
        emit StandingOfferUsed(digest, participant, used);
    }

    /// @inheritdoc IParticipants
    function requireActive(ParticipantId participant) external view {
        _requireActive(participant, _expect(participant));
    }

    /// @inheritdoc IParticipants
    function digestOf(address desk, bytes calldata call) external returns (bytes32 digest) {
        if (versionOf[desk] == 0) revert NotDesk(desk);
        _probing = true;
        (bool done, bytes memory answer) = desk.call(call);
        _probing = false;
        // A call that needs no signature was carried out; undone with this one.
        if (done) revert();
        // Nor is a call that ran out of gas an answer.
        if (answer.length == 0) revert();
        if (bytes4(answer) == CommandDigest.selector) {
            assembly ("memory-safe") {
                digest := mload(add(answer, 0x24))
            }
        }
    }

    // ---- views

    function isNonceUsed(ParticipantId participant, uint256 nonce) public view returns (bool) {
        return _nonces[participant][nonce >> 8] & (1 << (nonce & 0xff)) != 0;
    }

    /// @inheritdoc IParticipants
    function signedBy(bytes calldata key, bytes32 digest, bytes calldata signature) external view returns (bool) {
        return _ring.signedBy(key, digest, signature);
    }

    /// @notice How many signers an act would need now.
    function requiredSigners(ParticipantId participant, Level level, uint256 amount) external view returns (uint256) {
        MemberWord member = _expect(participant);
        return _required(member, level, amount + member.committedOn(BusinessDay.today()));
    }

    // ---- private

    /// @dev The EIP-712 digest of a command in the domain of the contract that asks.
    function _digest(bytes32 structHash) private view returns (bytes32) {
        bytes32 domain = keccak256(abi.encode(DOMAIN, NAME, VERSION, block.chainid, msg.sender));
        return MessageHashUtils.toTypedDataHash(domain, structHash);
    }

    function _expect(ParticipantId participant) internal view returns (MemberWord member) {
        member = _members[participant];
        if (member.rolesOf() == 0) revert UnknownParticipant(participant);
    }

    function _requireTimely(uint64 deadline) private view {
        if (block.timestamp > deadline) revert DeadlinePassed(deadline, block.timestamp);
        if (deadline > block.timestamp + DEADLINE_MAX) revert DeadlineTooFar(deadline, block.timestamp + DEADLINE_MAX);
    }

    /// @dev Taken here and given back by the revert of whatever refuses the act later.
    function _takeNonce(ParticipantId participant, uint256 nonce) internal {
        mapping(uint256 => uint256) storage words = _nonces[participant];
        (uint256 word, uint256 bit) = (nonce >> 8, 1 << (nonce & 0xff));
        uint256 used = words[word];
        if (used & bit != 0) revert NonceUsed(participant, nonce);
        words[word] = used | bit;
    }

    function _requireActive(ParticipantId participant, MemberWord member) private view {
        if (paused) revert LedgerPaused();
        if (!member.stoppedOf()) return;
        if (member.suspendedOf()) revert ParticipantSuspended(participant);
        revert ParticipantFrozen(participant);
    }

    function _required(MemberWord member, Level level, uint256 amount) private pure returns (uint256) {
        if (level == Level.One) return 1;
        return level == Level.Highest || amount >= member.highFromOf() ? member.highOf() : member.lowOf();
    }

    /// @dev At least `required` distinct signers; from two on one makes and another checks.
    function _requireApproved(
        ParticipantId participant,
        MemberWord member,
        bytes32 digest,
        uint256 required,
        Level level,
        bytes calldata approvals
    ) private view {
        uint256 next;
        uint256 duties;
        uint256 given;
        for (uint256 place; place < approvals.length; ++given) {
            if (place + 3 > approvals.length) revert ApprovalsMalformed(participant);
            uint256 index = uint8(approvals[place]);
            uint256 end = place + 3 + uint16(bytes2(approvals[place + 1:]));
            if (end > approvals.length) revert ApprovalsMalformed(participant);
            if (given == APPROVALS_MAX) revert TooManySigners(given + 1, APPROVALS_MAX);
            if (index >= member.signersOf()) revert UnknownSigner(participant, index);
            if (index < next) revert SignersUnordered(participant, index);
            if (index < member.firstSignerOf()) revert SignerRevoked(participant, index);
            (bool valid, uint256 duty) = _ring.signed(participant, index, digest, approvals[place + 3:end]);
            if (!valid) revert InvalidSignature(participant, index);
            duties |= duty;
            (next, place) = (index + 1, end);
        }
        if (given < required) revert SignersTooFew(participant, required, given);
        if (level == Level.One) return;
        if (duties & DUTY_MAKER == 0) revert MakerMissing(participant);
        if (required > 1 && duties & DUTY_CHECKER == 0) revert CheckerMissing(participant);
    }
}
