// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BusinessDay} from "../libraries/BusinessDay.sol";
import {DaySet} from "../libraries/DaySet.sol";
import {Desk} from "./Desk.sol";
import {IExposure} from "../interfaces/IRegistry.sol";
import {IParticipants} from "../interfaces/IParticipants.sol";
import {IssuerBlocked, LimitExceeded} from "../types/Errors.sol";
import {Level, ROLE_BANK} from "../types/Records.sol";
import {ParticipantId} from "../types/Ids.sol";
import {SetLimit} from "../types/MoneyCommands.sol";

/// @notice Lines of banks, what obligors have outstanding on them, and whether an obligor is in default.
/// @dev It outlives ledger versions. Default needs nobody's report: the unpaid payables of an obligor are counted by the day
/// they fall due, and the first such day stands beside the outstanding sum.
contract Exposure is Desk, IExposure {
    using DaySet for DaySet.Set;

    bytes32 private constant SET_LIMIT =
        keccak256("SetLimit(uint32 participant,uint32 obligor,uint64 amount,uint256 nonce,uint64 deadline)");

    /// @dev One word.
    struct Line {
        /// Sum of the lines of all banks, capped at its type's largest value.
        uint64 limit;
        uint64 outstanding;
        /// First day on which an unpaid payable fell or falls due; 0 for none.
        uint16 unpaidDue;
    }

    mapping(ParticipantId obligor => Line) private _lines;
    mapping(ParticipantId bank => mapping(ParticipantId obligor => uint64)) public limitOf;
    mapping(ParticipantId obligor => uint256) private _limitSum;
    mapping(ParticipantId obligor => mapping(uint256 day => uint32)) public unpaidCount;
    mapping(ParticipantId obligor => DaySet.Set) private _unpaidDays;

    constructor(IParticipants participants_) Desk(participants_) {}

    /// @notice Sets how much an obligor may have outstanding on a bank's line; what is out stays untouched.
    function setLimit(SetLimit calldata command, bytes calldata approvals) external {
        bytes32 structHash = keccak256(abi.encode(SET_LIMIT, command));
        _authorise(command.participant, structHash, command.nonce, command.deadline, Level.Highest, approvals);
        _requireRole(command.participant, ROLE_BANK);
        uint256 sum = _limitSum[command.obligor] - limitOf[command.participant][command.obligor] + command.amount;
        _limitSum[command.obligor] = sum;
        limitOf[command.participant][command.obligor] = command.amount;
        uint64 limit = sum > type(uint64).max ? type(uint64).max : uint64(sum);
        _lines[command.obligor].limit = limit;
        emit LimitSet(command.participant, command.obligor, command.amount, limit);
    }

    /// @inheritdoc IExposure
    function issued(ParticipantId obligor, uint64 face) external onlyDesk {
        Line storage line = _lines[obligor];
        (uint64 limit, uint64 outstanding) = (line.limit, line.outstanding);
        if (uint256(outstanding) + face > limit) revert LimitExceeded(obligor, outstanding, face, limit);
        line.outstanding = outstanding + face;
        emit OutstandingChanged(obligor, outstanding + face);
    }

    /// @inheritdoc IExposure
    function reduced(ParticipantId obligor, uint64 amount) external onlyDesk {
        uint64 outstanding = _lines[obligor].outstanding - amount;
        _lines[obligor].outstanding = outstanding;
        emit OutstandingChanged(obligor, outstanding);
    }

    /// @inheritdoc IExposure
    function owed(ParticipantId obligor, uint16 due) external onlyDesk {
        uint32 count = ++unpaidCount[obligor][due];
        if (count == 1) {
            _unpaidDays[obligor].add(due);
            uint16 first = _lines[obligor].unpaidDue;
            if (first == 0 || due < first) _lines[obligor].unpaidDue = due;
        }
        emit UnpaidChanged(obligor, due, count);
    }

    /// @inheritdoc IExposure
    function cleared(ParticipantId obligor, uint16 due) external onlyDesk {
        uint32 count = --unpaidCount[obligor][due];
        if (count == 0) {
            _unpaidDays[obligor].remove(due);
            if (_lines[obligor].unpaidDue == due) _lines[obligor].unpaidDue = _unpaidDays[obligor].first();
        }
        emit UnpaidChanged(obligor, due, count);
    }

    // ---- views

    /// @inheritdoc IExposure
    function requireNotBlocked(ParticipantId obligor) external view {
        uint16 due = _lines[obligor].unpaidDue;
        if (due != 0 && due < BusinessDay.today()) revert IssuerBlocked(obligor, due);
    }

    /// @inheritdoc IExposure
    function exposureOf(ParticipantId obligor) external view returns (uint64, uint64, uint16) {
        Line storage line = _lines[obligor];
        return (line.limit, line.outstanding, line.unpaidDue);
    }

}
