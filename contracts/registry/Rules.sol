// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BusinessDay} from "../libraries/BusinessDay.sol";
import {Desk} from "./Desk.sol";
import {IParticipants} from "../interfaces/IParticipants.sol";
import {IRules, OFFER_DAYS_MAX} from "../interfaces/IRegistry.sol";
import {BadRules} from "../types/Errors.sol";
import {Level, ROLE_BANK, ROLE_OPERATOR, RATE_ONE, RuleSet} from "../types/Records.sol";
import {ParticipantId} from "../types/Ids.sol";
import {SetHolidays, SetRules} from "../types/MoneyCommands.sol";

/// @notice Rules are dated data: appended with the day they take effect, never edited.
contract Rules is Desk, IRules {
    bytes32 private constant SET_RULES = keccak256(
        "SetRules(uint32 participant,uint32 bank,RuleSet rules,uint256 nonce,uint64 deadline)RuleSet(uint16 effective,uint16 tenorDaysMax,uint16 offerDays,uint8 depthMax,uint32 piecesMax,uint56 pieceMin,uint32 lateRateDaily,uint40 overdueMultiplier,bool registrationRequired)"
    );
    bytes32 private constant RULE_SET = keccak256(
        "RuleSet(uint16 effective,uint16 tenorDaysMax,uint16 offerDays,uint8 depthMax,uint32 piecesMax,uint56 pieceMin,uint32 lateRateDaily,uint40 overdueMultiplier,bool registrationRequired)"
    );
    bytes32 private constant SET_HOLIDAYS = keccak256(
        "SetHolidays(uint32 participant,uint32 bank,uint16 firstDay,uint256 holidays,uint256 nonce,uint64 deadline)"
    );

    /// @dev Rule sets that may wait for their day at once; it bounds the search for those in force.
    uint256 private constant PENDING_MAX = 8;

    /// @dev The longest run of holidays that is skipped.
    uint256 private constant HOLIDAYS_RUN_MAX = 31;

    /// @dev Tenor is never longer than a year and a leap day.
    uint256 private constant TENOR_MAX = 366;

    RuleSet[] private _sets;
    mapping(uint256 word => uint256 days_) private _holidays;

    constructor(IParticipants participants_, RuleSet memory first) Desk(participants_) {
        _append(first);
    }

    /// @notice Appends rules; signed by the operator and a bank.
    function setRules(SetRules calldata command, bytes calldata approvals, bytes calldata cosigned) external {
        bytes32 structHash = _hash(command);
        _authoriseJointly(
            command.participant, command.bank, structHash, command.nonce, command.deadline, approvals, cosigned
        );
        uint256 today = BusinessDay.today();
        if (command.rules.effective < today) revert BadRules("effective", command.rules.effective);
        if (_sets.length >= PENDING_MAX && _sets[_sets.length - PENDING_MAX].effective > today) {
            revert BadRules("pending", PENDING_MAX);
        }
        _append(command.rules);
    }

    /// @notice Says which of 256 days are holidays; signed by the operator and a bank.
    function setHolidays(SetHolidays calldata command, bytes calldata approvals, bytes calldata cosigned) external {
        bytes32 structHash = keccak256(abi.encode(SET_HOLIDAYS, command));
        _authoriseJointly(
            command.participant, command.bank, structHash, command.nonce, command.deadline, approvals, cosigned
        );
        if (command.firstDay & 0xff != 0) revert BadRules("firstDay", command.firstDay);
        _holidays[command.firstDay >> 8] = command.holidays;
        emit HolidaysSet(command.firstDay, command.holidays);
    }

    // ---- views

    /// @inheritdoc IRules
    function inForce(uint256 day) external view returns (uint16 index, RuleSet memory rules) {
        uint256 i = _sets.length - 1;
        // At most PENDING_MAX steps: older sets are in force already.
        while (_sets[i].effective > day && i != 0) --i;
        return (uint16(i), _sets[i]);
    }

    /// @inheritdoc IRules
    function ruleSet(uint16 index) external view returns (RuleSet memory) {
        return _sets[index];
    }

    /// @inheritdoc IRules
    function businessDay(uint256 day) external view returns (uint256) {
        for (uint256 i; i < HOLIDAYS_RUN_MAX; ++i) {
            if (_holidays[day >> 8] & (1 << (day & 0xff)) == 0) return day;
            ++day;
        }
        return day;
    }

    function ruleSetCount() external view returns (uint256) {
        return _sets.length;
    }

    // ---- private

    function _hash(SetRules memory command) private pure returns (bytes32) {
        bytes32 rules = keccak256(abi.encode(RULE_SET, command.rules));
        return keccak256(
            abi.encode(SET_RULES, command.participant, command.bank, rules, command.nonce, command.deadline)
        );
    }

    function _authoriseJointly(
        ParticipantId operator,
        ParticipantId bank,
        bytes32 structHash,
        uint256 nonce,
        uint64 deadline,
        bytes calldata approvals,
        bytes calldata cosigned
    ) private {
        bytes32 digest = _authorise(operator, structHash, nonce, deadline, Level.Highest, approvals);
        _requireRole(operator, ROLE_OPERATOR);
        _requireCosigner(operator, bank, ROLE_BANK, digest, cosigned);
    }

    function _append(RuleSet memory rules) private {
        uint256 count = _sets.length;
        if (count != 0 && rules.effective < _sets[count - 1].effective) revert BadRules("effective", rules.effective);
        if (count == type(uint16).max) revert BadRules("count", count);
        if (rules.tenorDaysMax == 0 || rules.tenorDaysMax > TENOR_MAX) revert BadRules("tenorDaysMax", rules.tenorDaysMax);
        if (rules.offerDays == 0 || rules.offerDays > OFFER_DAYS_MAX) revert BadRules("offerDays", rules.offerDays);
        if (rules.depthMax == 0) revert BadRules("depthMax", rules.depthMax);
        if (rules.overdueMultiplier < RATE_ONE) revert BadRules("overdueMultiplier", rules.overdueMultiplier);
        if (rules.lateRateDaily > RATE_ONE / 10) revert BadRules("lateRateDaily", rules.lateRateDaily);
        _sets.push(rules);
        emit RulesSet(uint16(count), rules);
    }
}
