// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Member} from "./Records.sol";
import {ParticipantId} from "./Ids.sol";

/// @notice A `Member` as it stands in its one storage word.
///
///     | roles 0-15 | suspended 16-23 | freezes 24-31 | low 32-39 | high 40-47 | signers 48-55 | firstSigner 56-63 |
///     | highFrom 64-111 | committed 112-159 | day 160-175 | frozenAt 176-207 | recoveryBank 208-239 |
type MemberWord is uint256;

using {
    rolesOf, stoppedOf, suspendedOf, frozenOf, lowOf, highOf, signersOf, firstSignerOf, highFromOf, committedOn,
    freezesOf, frozenAtOf, recoveryBankOf, withSuspended, withFreezes, withFrozenAt, withThreshold, withSigners, withFirstSigner,
    withCommitted, toMember
} for MemberWord global;

/// @dev What a business day's commitments and the amount of the high threshold are kept up to: 2.8 trillion yuan.
uint256 constant COMMITTED_MAX = type(uint48).max;

function newMember(uint16 roles, ParticipantId recoveryBank) pure returns (MemberWord) {
    return MemberWord.wrap(uint256(roles) | (uint256(ParticipantId.unwrap(recoveryBank)) << 208));
}

function rolesOf(MemberWord word) pure returns (uint16) {
    return uint16(MemberWord.unwrap(word));
}

/// @dev Whether suspension or a freeze stops the participant's acts.
function stoppedOf(MemberWord word) pure returns (bool) {
    return uint16(MemberWord.unwrap(word) >> 16) != 0;
}

function suspendedOf(MemberWord word) pure returns (bool) {
    return uint8(MemberWord.unwrap(word) >> 16) != 0;
}

function frozenOf(MemberWord word) pure returns (bool) {
    return uint8(MemberWord.unwrap(word) >> 24) != 0;
}

/// @return how many cases keep the participant frozen
function freezesOf(MemberWord word) pure returns (uint256) {
    return uint8(MemberWord.unwrap(word) >> 24);
}

function lowOf(MemberWord word) pure returns (uint256) {
    return uint8(MemberWord.unwrap(word) >> 32);
}

function highOf(MemberWord word) pure returns (uint256) {
    return uint8(MemberWord.unwrap(word) >> 40);
}

function signersOf(MemberWord word) pure returns (uint256) {
    return uint8(MemberWord.unwrap(word) >> 48);
}

function firstSignerOf(MemberWord word) pure returns (uint256) {
    return uint8(MemberWord.unwrap(word) >> 56);
}

function highFromOf(MemberWord word) pure returns (uint256) {
    return uint48(MemberWord.unwrap(word) >> 64);
}

/// @return what the participant has committed on a business day
function committedOn(MemberWord word, uint256 day) pure returns (uint256) {
    uint256 raw = MemberWord.unwrap(word);
    return uint16(raw >> 160) == day ? uint48(raw >> 112) : 0;
}

function frozenAtOf(MemberWord word) pure returns (uint256) {
    return uint32(MemberWord.unwrap(word) >> 176);
}

function recoveryBankOf(MemberWord word) pure returns (ParticipantId) {
    return ParticipantId.wrap(uint32(MemberWord.unwrap(word) >> 208));
}

function withSuspended(MemberWord word, bool suspended) pure returns (MemberWord) {
    return _with(word, 16, type(uint8).max, suspended ? 1 : 0);
}

function withFreezes(MemberWord word, uint8 freezes) pure returns (MemberWord) {
    return _with(word, 24, type(uint8).max, freezes);
}

function withFrozenAt(MemberWord word, uint256 second) pure returns (MemberWord) {
    return _with(word, 176, type(uint32).max, uint32(second));
}

/// @dev An amount above what is kept stands for "never".
function withThreshold(MemberWord word, uint8 low, uint8 high, uint64 highFrom) pure returns (MemberWord) {
    uint256 from = highFrom > COMMITTED_MAX ? COMMITTED_MAX : highFrom;
    return _with(_with(_with(word, 32, type(uint8).max, low), 40, type(uint8).max, high), 64, type(uint48).max, from);
}

function withSigners(MemberWord word, uint8 signers) pure returns (MemberWord) {
    return _with(word, 48, type(uint8).max, signers);
}

function withFirstSigner(MemberWord word, uint8 firstSigner) pure returns (MemberWord) {
    return _with(word, 56, type(uint8).max, firstSigner);
}

/// @dev `sum` is kept up to its largest value, which reaches every high threshold.
function withCommitted(MemberWord word, uint256 day, uint256 sum) pure returns (MemberWord) {
    uint256 kept = sum > COMMITTED_MAX ? COMMITTED_MAX : sum;
    return _with(word, 112, type(uint64).max, kept | (uint256(uint16(day)) << 48));
}

function toMember(MemberWord word) pure returns (Member memory member) {
    member.roles = rolesOf(word);
    member.suspended = suspendedOf(word);
    member.frozen = frozenOf(word);
    member.thresholdLow = uint8(lowOf(word));
    member.thresholdHigh = uint8(highOf(word));
    member.signers = uint8(signersOf(word));
    member.firstSigner = uint8(firstSignerOf(word));
    member.highFrom = uint64(highFromOf(word));
    member.committed = uint64(uint48(MemberWord.unwrap(word) >> 112));
    member.committedDay = uint16(MemberWord.unwrap(word) >> 160);
    member.frozenAt = uint32(frozenAtOf(word));
    member.recoveryBank = recoveryBankOf(word);
}

/// @dev `value` has no bits outside of `mask`.
function _with(MemberWord word, uint256 shift, uint256 mask, uint256 value) pure returns (MemberWord) {
    return MemberWord.wrap((MemberWord.unwrap(word) & ~(mask << shift)) | (value << shift));
}
