// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ParticipantId} from "./Ids.sol";
import {Voucher, VoucherState} from "./Records.sol";

/// @notice A `Voucher` as it stands in its one storage word. Read and changed by shifts: a struct would be read and written
/// field by field.
///
///     | start 0-55 | end 56-111 | holder 112-143 | counterparty 144-175 | offeredAt 176-207 | depth 208-223 |
///     | settled 224-239 | state 240-247 | flags 248-255 |
type VoucherWord is uint256;

using {
    startOf, endOf, holderOf, counterpartyOf, offeredAtOf, depthOf, settledOf, stateOf, flagsOf, withRange, withHolder,
    withCounterparty, withState, withOffer, withDepth, withSettled, withFlags, toVoucher
} for VoucherWord global;

function startOf(VoucherWord word) pure returns (uint256) {
    return uint56(VoucherWord.unwrap(word));
}

function endOf(VoucherWord word) pure returns (uint256) {
    return uint56(VoucherWord.unwrap(word) >> 56);
}

function holderOf(VoucherWord word) pure returns (ParticipantId) {
    return ParticipantId.wrap(uint32(VoucherWord.unwrap(word) >> 112));
}

function counterpartyOf(VoucherWord word) pure returns (ParticipantId) {
    return ParticipantId.wrap(uint32(VoucherWord.unwrap(word) >> 144));
}

function offeredAtOf(VoucherWord word) pure returns (uint256) {
    return uint32(VoucherWord.unwrap(word) >> 176);
}

function depthOf(VoucherWord word) pure returns (uint256) {
    return uint16(VoucherWord.unwrap(word) >> 208);
}

function settledOf(VoucherWord word) pure returns (uint256) {
    return uint16(VoucherWord.unwrap(word) >> 224);
}

function stateOf(VoucherWord word) pure returns (VoucherState) {
    return VoucherState(uint8(VoucherWord.unwrap(word) >> 240));
}

function flagsOf(VoucherWord word) pure returns (uint256) {
    return VoucherWord.unwrap(word) >> 248;
}

/// @dev Both bounds fit 56 bits: they are at most the face.
function withRange(VoucherWord word, uint256 start, uint256 end) pure returns (VoucherWord) {
    return VoucherWord.wrap((VoucherWord.unwrap(word) >> 112 << 112) | start | (end << 56));
}

function withHolder(VoucherWord word, ParticipantId holder) pure returns (VoucherWord) {
    return _with(word, 112, type(uint32).max, ParticipantId.unwrap(holder));
}

function withCounterparty(VoucherWord word, ParticipantId counterparty) pure returns (VoucherWord) {
    return _with(word, 144, type(uint32).max, ParticipantId.unwrap(counterparty));
}

function withState(VoucherWord word, VoucherState state) pure returns (VoucherWord) {
    return _with(word, 240, type(uint8).max, uint8(state));
}

/// @dev Opens an offer at a second that fits 32 bits (until 2106).
function withOffer(VoucherWord word, ParticipantId offeree, uint256 second) pure returns (VoucherWord) {
    return _with(withState(withCounterparty(word, offeree), VoucherState.Offered), 176, type(uint32).max, uint32(second));
}

/// @dev A depth that does not fit stays at the largest that does.
function withDepth(VoucherWord word, uint256 depth) pure returns (VoucherWord) {
    return _with(word, 208, type(uint16).max, depth > type(uint16).max ? type(uint16).max : depth);
}

/// @dev A payable has few payments, so that their number fits.
function withSettled(VoucherWord word, uint16 settled) pure returns (VoucherWord) {
    return _with(word, 224, type(uint16).max, settled);
}

function withFlags(VoucherWord word, uint8 flags) pure returns (VoucherWord) {
    return _with(word, 248, type(uint8).max, flags);
}

function toVoucher(VoucherWord word) pure returns (Voucher memory voucher) {
    voucher.start = uint56(startOf(word));
    voucher.end = uint56(endOf(word));
    voucher.holder = holderOf(word);
    voucher.counterparty = counterpartyOf(word);
    voucher.offeredAt = uint32(offeredAtOf(word));
    voucher.depth = uint16(depthOf(word));
    voucher.settled = uint16(settledOf(word));
    voucher.state = stateOf(word);
    voucher.flags = uint8(flagsOf(word));
}

/// @dev `value` has no bits outside of `mask`.
function _with(VoucherWord word, uint256 shift, uint256 mask, uint256 value) pure returns (VoucherWord) {
    return VoucherWord.wrap((VoucherWord.unwrap(word) & ~(mask << shift)) | (value << shift));
}
