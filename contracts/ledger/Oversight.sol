// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BusinessDay} from "../libraries/BusinessDay.sol";
import {Desk} from "../registry/Desk.sol";
import {FreezeParticipant, FreezeRange, UnfreezeParticipant, UnfreezeRange} from "../types/MoneyCommands.sol";
import {IFreezes, IVouchers} from "../interfaces/IVouchers.sol";
import {IParticipants} from "../interfaces/IParticipants.sol";
import {Level, Payable, PayableState, ROLE_REGULATOR} from "../types/Records.sol";
import {OFFER_DAYS_MAX} from "../interfaces/IRegistry.sol";
import {ParticipantId, PayableId} from "../types/Ids.sol";
import {
    BadRange, CaseMissing, CaseOpen, NotFrozen, ReviewDayPast, TooManyFreezes, UnknownPayable} from "../types/Errors.sol";

/// @notice Freezes by a regulator with a case number. A court's or regulator's order must be able to keep claims where they are
/// while a case is open; it can never give them to anybody.
/// @dev What overlaps a freeze cannot move, open offers of it end, and its money stays in the hold, due to the same holder.
contract Oversight is Desk, IFreezes {
    bytes32 private constant FREEZE = keccak256(
        "FreezeRange(uint32 participant,uint32 payableId,uint64 start,uint64 end,bytes32 caseCommitment,uint16 reviewDay,uint256 nonce,uint64 deadline)"
    );
    bytes32 private constant UNFREEZE = keccak256(
        "UnfreezeRange(uint32 participant,uint32 payableId,uint8 freeze,bytes32 caseCommitment,uint256 nonce,uint64 deadline)"
    );
    bytes32 private constant FREEZE_PARTICIPANT = keccak256(
        "FreezeParticipant(uint32 participant,uint32 subject,bytes32 caseCommitment,uint16 reviewDay,uint256 nonce,uint64 deadline)"
    );
    bytes32 private constant UNFREEZE_PARTICIPANT = keccak256(
        "UnfreezeParticipant(uint32 participant,uint32 subject,bytes32 caseCommitment,uint256 nonce,uint64 deadline)"
    );

    /// @dev Freezes of one payable that may stand at once; every check walks them.
    uint256 private constant FREEZES_MAX = 16;

    struct Freeze {
        uint56 start;
        uint56 end;
        uint32 begun;
        bool lifted;
        bytes32 caseCommitment;
    }

    event RangeFrozenBy(
        PayableId indexed payableId,
        uint8 indexed freeze,
        ParticipantId indexed regulator,
        uint64 start,
        uint64 end,
        bytes32 caseCommitment,
        uint16 reviewDay
    );
    event RangeUnfrozen(PayableId indexed payableId, uint8 indexed freeze, ParticipantId indexed regulator);
    event ParticipantFreezeSet(
        ParticipantId indexed subject, ParticipantId indexed regulator, bool frozen, bytes32 caseCommitment, uint16 reviewDay
    );

    IVouchers public immutable vouchers;

    mapping(PayableId => mapping(uint256 number => Freeze)) private _freezes;
    mapping(ParticipantId subject => mapping(bytes32 caseCommitment => bool)) public isCaseOpen;

    constructor(IParticipants participants_, IVouchers vouchers_) Desk(participants_) {
        vouchers = vouchers_;
    }

    // ---- verbs

    /// @notice Freezes a range of a payable.
    function freeze(FreezeRange calldata command, bytes calldata approvals) external returns (uint8 number) {
        bytes32 structHash = keccak256(abi.encode(FREEZE, command));
        _authoriseRegulator(command.participant, structHash, command.nonce, command.deadline, approvals);
        _requireCase(command.caseCommitment, command.reviewDay);
        PayableId payableId = command.payableId;
        Payable memory payable_ = vouchers.payableOf(payableId);
        if (payable_.state == PayableState.None) revert UnknownPayable(payableId);
        if (command.start >= command.end || command.end > payable_.face) revert BadRange(command.start, command.end);
        number = _freeNumber(payableId, payable_.freezes);
        _freezes[payableId][number] = Freeze(
            uint56(command.start), uint56(command.end), uint32(block.timestamp), false, command.caseCommitment
        );
        if (number == payable_.freezes) vouchers.setFreezes(payableId, number + 1);
        emit RangeFrozenBy(
            payableId,
            number,
            command.participant,
            command.start,
            command.end,
            command.caseCommitment,
            command.reviewDay
        );
    }

    /// @notice Lifts a freeze, under the same case.
    function unfreeze(UnfreezeRange calldata command, bytes calldata approvals) external {
        bytes32 structHash = keccak256(abi.encode(UNFREEZE, command));
        _authoriseRegulator(command.participant, structHash, command.nonce, command.deadline, approvals);
        Freeze storage frozen_ = _freezes[command.payableId][command.freeze];
        if (frozen_.end == 0 || frozen_.lifted) revert NotFrozen();
        if (frozen_.caseCommitment != command.caseCommitment) revert CaseMissing();
        frozen_.lifted = true;
        emit RangeUnfrozen(command.payableId, command.freeze, command.participant);
    }

    /// @notice Freezes all that a participant holds and may do, but for what nothing stops.
    function freezeParticipant(FreezeParticipant calldata command, bytes calldata approvals) external {
        bytes32 structHash = keccak256(abi.encode(FREEZE_PARTICIPANT, command));
        _authoriseRegulator(command.participant, structHash, command.nonce, command.deadline, approvals);
        _requireCase(command.caseCommitment, command.reviewDay);
        if (isCaseOpen[command.subject][command.caseCommitment]) revert CaseOpen(command.caseCommitment);
        isCaseOpen[command.subject][command.caseCommitment] = true;
        participants.setFrozen(command.subject, true);
        emit ParticipantFreezeSet(
            command.subject, command.participant, true, command.caseCommitment, command.reviewDay
        );
    }

    /// @notice Lifts a participant's freeze, under the same case.
    function unfreezeParticipant(UnfreezeParticipant calldata command, bytes calldata approvals) external {
        bytes32 structHash = keccak256(abi.encode(UNFREEZE_PARTICIPANT, command));
        _authoriseRegulator(command.participant, structHash, command.nonce, command.deadline, approvals);
        if (!isCaseOpen[command.subject][command.caseCommitment]) revert NotFrozen();
        delete isCaseOpen[command.subject][command.caseCommitment];
        participants.setFrozen(command.subject, false);
        emit ParticipantFreezeSet(command.subject, command.participant, false, command.caseCommitment, 0);
    }

    // ---- views

    /// @inheritdoc IFreezes
    function frozen(PayableId payableId, uint256 start, uint256 end, uint256 offeredAt)
        external
        view
        returns (bool now_, bool sinceOffer)
    {
        for (uint256 i; i < FREEZES_MAX; ++i) {
            Freeze storage freeze_ = _freezes[payableId][i];
            if (freeze_.end == 0) break;
            if (freeze_.end <= start || freeze_.start >= end) continue;
            if (!freeze_.lifted) now_ = true;
            if (freeze_.begun >= offeredAt) sinceOffer = true;
        }
    }

    function freezeOf(PayableId payableId, uint256 number) external view returns (Freeze memory) {
        return _freezes[payableId][number];
    }

    // ---- private

    function _authoriseRegulator(
        ParticipantId regulator, bytes32 structHash, uint256 nonce, uint64 deadline, bytes calldata approvals
    ) private {
        _authorise(regulator, structHash, nonce, deadline, Level.Highest, approvals);
        _requireRole(regulator, ROLE_REGULATOR);
    }

    function _requireCase(bytes32 caseCommitment, uint256 reviewDay) private view {
        if (caseCommitment == 0) revert CaseMissing();
        uint256 today = BusinessDay.today();
        if (reviewDay < today) revert ReviewDayPast(reviewDay, today);
    }

    /// @dev A lifted freeze's number is free again once no offer from before it can be open.
    function _freeNumber(PayableId payableId, uint8 count) private view returns (uint8) {
        for (uint8 i; i < count; ++i) {
            Freeze storage freeze_ = _freezes[payableId][i];
            if (freeze_.lifted && freeze_.begun + (OFFER_DAYS_MAX + 1) * 1 days < block.timestamp) return i;
        }
        if (count == FREEZES_MAX) revert TooManyFreezes(payableId, FREEZES_MAX);
        return count;
    }
}
