// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {ActWord} from "../types/ActWord.sol";
import {CommandDigest, IParticipants} from "../interfaces/IParticipants.sol";
import {BusinessDay} from "../libraries/BusinessDay.sol";
import {DUTY_CHECKER, DUTY_MAKER, Level} from "../types/Records.sol";
import {Keys} from "../libraries/Keys.sol";
import {MemberWord} from "../types/MemberWord.sol";
import {NOBODY, ParticipantId} from "../types/Ids.sol";
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

    /// @dev Where a participant's word stands, so that it is found once to be read and written.
    struct MemberSlot {
        MemberWord word;
    }

    /// @dev 256 neighbouring nonces; a bit is set once its nonce is used.
    struct NonceWord {
        uint256 bits;
    }

    /// @dev Set while `digestOf` asks a desk for a command's digest: authorisation then answers with it and nothing else.
    bool private _probing;

    bool public paused;
    uint32 public participantCount;
    uint32 public frozenCount;
    uint32 public versionCount;
    /// @dev The last second a freeze of any participant began.
    uint32 internal _lastFrozenAt;
    mapping(ParticipantId => MemberSlot) internal _members;
    mapping(ParticipantId => mapping(uint256 word => NonceWord)) internal _nonces;
    mapping(address desk => uint32) public versionOf;
    Keys.Ring internal _ring;

    // ---- acts

    /// @inheritdoc IParticipants
    function authorise(ActWord act, uint256 nonce, bytes32 structHash, bytes calldata approvals)
        external
        returns (uint256 roles, uint256 frozenAt)
    {
        bytes32 digest = _digest(structHash);
        // These stand in one word, and are read before anything is written.
        bool probing = _probing;
        bool paused_ = paused;
        frozenAt = _lastFrozenAt;
        if (probing) revert CommandDigest(digest);
        ParticipantId participant = act.actorOf();
        MemberSlot storage slot = _members[participant];
        MemberWord member = slot.word;
        _requireKnown(participant, member);
        _requireTimely(act.deadlineOf());
        _takeNonce(participant, nonce);
        if (act.stoppableOf()) _requireActive(participant, member, paused_);
        Level level = act.levelOf();
        // Only what the amount decides commits it.
        uint256 amount = level == Level.Amount ? act.amountOf() : 0;
        emit CommandExecuted(digest, participant, nonce, amount);
        if (amount != 0) {
            uint256 today = BusinessDay.today();
            amount += member.committedOn(today);
            slot.word = member.withCommitted(today, amount);
        }
        _requireApproved(participant, member, digest, _required(member, level, amount), level, approvals);
        ParticipantId counterparty = act.counterpartyOf();
        if (counterparty != NOBODY) roles = _members[counterparty].word.rolesOf();
    }

    /// @inheritdoc IParticipants
    function requireCosigned(ParticipantId participant, bytes32 digest, bytes calldata approvals) external view {
        MemberWord member = _expect(participant);
        _requireApproved(participant, member, digest, member.highOf(), Level.Highest, approvals);
    }

    /// @inheritdoc IParticipants
    function useStanding(ActWord act, uint256 nonce, bytes32 structHash, uint256 used, bytes calldata approvals)
        external
        returns (bytes32 digest)
    {
        digest = _digest(structHash);
        ParticipantId participant = act.actorOf();
        MemberWord member = _expect(participant);
        uint256 deadline = act.deadlineOf();
        if (block.timestamp > deadline) revert DeadlinePassed(uint64(deadline), block.timestamp);
        if (isNonceUsed(participant, nonce)) revert NonceUsed(participant, nonce);
        _requireActive(participant, member, paused);
        uint256 today = BusinessDay.today();
        uint256 sum = used + member.committedOn(today);
        _members[participant].word = member.withCommitted(today, sum);
        uint256 amount = act.amountOf() > sum ? act.amountOf() : sum;
        // Whatever the asker says: what adds to the day needs the day's threshold.
        uint256 required = _required(member, Level.Amount, amount);
        _requireApproved(participant, member, digest, required, Level.Amount, approvals);
        emit StandingOfferUsed(digest, participant, used);
    }

    /// @inheritdoc IParticipants
    function requireActive(ParticipantId participant) external view {
        _requireActive(participant, _expect(participant), paused);
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
        return _nonces[participant][nonce >> 8].bits & (1 << (nonce & 0xff)) != 0;
    }

    /// @inheritdoc IParticipants
    function signedBy(bytes calldata key, bytes32 digest, bytes calldata signature) external view returns (bool) {
        return _ring.signedBy(key, digest, signature);
    }

    /// @notice How many signers an act would need now.
    function requiredSigners(ParticipantId participant, Level level, uint256 amount) external view returns (uint256) {
        MemberWord member = _expect(participant);
        // What commits nothing does not reach for the higher threshold.
        uint256 sum = amount == 0 ? 0 : amount + member.committedOn(BusinessDay.today());
        return _required(member, level, sum);
    }

    // ---- private

    /// @dev The EIP-712 digest of a command in the domain of the contract that asks.
    function _digest(bytes32 structHash) private view returns (bytes32) {
        (bytes32 domain, bytes32 name, bytes32 version) = (DOMAIN, NAME, VERSION);
        assembly ("memory-safe") {
            // As `abi.encode` would put it, without taking memory for good.
            let free := mload(0x40)
            mstore(free, domain)
            mstore(add(free, 0x20), name)
            mstore(add(free, 0x40), version)
            mstore(add(free, 0x60), chainid())
            mstore(add(free, 0x80), caller())
            domain := keccak256(free, 0xa0)
        }
        return MessageHashUtils.toTypedDataHash(domain, structHash);
    }

    function _expect(ParticipantId participant) internal view returns (MemberWord member) {
        member = _members[participant].word;
        _requireKnown(participant, member);
    }

    function _requireKnown(ParticipantId participant, MemberWord member) private pure {
        if (member.rolesOf() == 0) revert UnknownParticipant(participant);
    }

    function _requireTimely(uint256 deadline) private view {
        if (block.timestamp > deadline) revert DeadlinePassed(uint64(deadline), block.timestamp);
        uint256 latest = block.timestamp + DEADLINE_MAX;
        if (deadline > latest) revert DeadlineTooFar(uint64(deadline), latest);
    }

    /// @dev Taken here and given back by the revert of whatever refuses the act later.
    function _takeNonce(ParticipantId participant, uint256 nonce) internal {
        NonceWord storage word = _nonces[participant][nonce >> 8];
        (uint256 used, uint256 bit) = (word.bits, 1 << (nonce & 0xff));
        if (used & bit != 0) revert NonceUsed(participant, nonce);
        word.bits = used | bit;
    }

    function _requireActive(ParticipantId participant, MemberWord member, bool paused_) private pure {
        if (paused_) revert LedgerPaused();
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
        for (uint256 place; place < approvals.length;) {
            uint256 head;
            bytes calldata signature = approvals;
            assembly ("memory-safe") {
                // What lies behind the approvals is never taken for one: `place` is held against their length next.
                head := calldataload(add(approvals.offset, place))
                signature.length := and(shr(232, head), 0xffff)
                place := add(place, 3)
                signature.offset := add(approvals.offset, place)
                place := add(place, signature.length)
            }
            if (place > approvals.length) revert ApprovalsMalformed(participant);
            uint256 index = head >> 248;
            if (given == APPROVALS_MAX) revert TooManySigners(given + 1, APPROVALS_MAX);
            if (index >= member.signersOf()) revert UnknownSigner(participant, index);
            if (index < next) revert SignersUnordered(participant, index);
            if (index < member.firstSignerOf()) revert SignerRevoked(participant, index);
            (bool valid, uint256 duty) = _ring.signed(participant, index, digest, signature);
            if (!valid) revert InvalidSignature(participant, index);
            duties |= duty;
            next = index + 1;
            ++given;
        }
        if (given < required) revert SignersTooFew(participant, required, given);
        if (level == Level.One) return;
        if (duties & DUTY_MAKER == 0) revert MakerMissing(participant);
        if (required > 1 && duties & DUTY_CHECKER == 0) revert CheckerMissing(participant);
    }
}
