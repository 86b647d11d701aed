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
    startOf, endOf, holderOf, counterpartyOf, offeredAtOf, depthOf, settledOf, stateOf, isIn, flagsOf, withRange, withHolder,
    withSettled, withFlags, deeper, held, offered, pledgedTo, closed, toVoucher
} for VoucherWord global;

uint256 constant _HOLDER = uint256(type(uint32).max) << 112;
uint256 constant _COUNTERPARTY = uint256(type(uint32).max) << 144;
uint256 constant _OFFERED_AT = uint256(type(uint32).max) << 176;
uint256 constant _DEPTH = uint256(type(uint16).max) << 208;
uint256 constant _SETTLED = uint256(type(uint16).max) << 224;
uint256 constant _STATE = uint256(type(uint8).max) << 240;
uint256 constant _FLAGS = uint256(type(uint8).max) << 248;

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

/// @dev Compares numbers: an enum would be checked to be one at every look, for 80 gas.
function isIn(VoucherWord word, VoucherState state) pure returns (bool) {
    return uint8(VoucherWord.unwrap(word) >> 240) == uint8(state);
}

function flagsOf(VoucherWord word) pure returns (uint256) {
    return VoucherWord.unwrap(word) >> 248;
}

/// @dev Both bounds fit 56 bits: they are at most the face.
function withRange(VoucherWord word, uint256 start, uint256 end) pure returns (VoucherWord) {
    return VoucherWord.wrap((VoucherWord.unwrap(word) >> 112 << 112) | start | (end << 56));
}

function withHolder(VoucherWord word, ParticipantId holder) pure returns (VoucherWord) {
    return VoucherWord.wrap((VoucherWord.unwrap(word) & ~_HOLDER) | (uint256(ParticipantId.unwrap(holder)) << 112));
}

/// @dev A payable has few payments, so that their number fits.
function withSettled(VoucherWord word, uint16 settled) pure returns (VoucherWord) {
    return VoucherWord.wrap((VoucherWord.unwrap(word) & ~_SETTLED) | (uint256(settled) << 224));
}

function withFlags(VoucherWord word, uint256 flags) pure returns (VoucherWord) {
    return VoucherWord.wrap((VoucherWord.unwrap(word) & ~_FLAGS) | (flags << 248));
}

/// @dev One hop more; a depth that would not fit stays at the largest that does.
function deeper(VoucherWord word) pure returns (VoucherWord) {
    uint256 raw = VoucherWord.unwrap(word);
    return raw & _DEPTH == _DEPTH ? word : VoucherWord.wrap(raw + (1 << 208));
}

/// @dev Held, with no offer or lien open.
function held(VoucherWord word) pure returns (VoucherWord) {
    return VoucherWord.wrap(
        (VoucherWord.unwrap(word) & ~(_COUNTERPARTY | _STATE)) | (uint256(VoucherState.Held) << 240)
    );
}

/// @dev Opens an offer at a second that fits 32 bits (until 2106).
function offered(VoucherWord word, ParticipantId offeree, uint256 second) pure returns (VoucherWord) {
    uint256 rest = VoucherWord.unwrap(word) & ~(_COUNTERPARTY | _OFFERED_AT | _STATE);
    uint256 offer = (uint256(ParticipantId.unwrap(offeree)) << 144) | (uint256(uint32(second)) << 176);
    return VoucherWord.wrap(rest | offer | (uint256(VoucherState.Offered) << 240));
}

function pledgedTo(VoucherWord word, ParticipantId lender) pure returns (VoucherWord) {
    uint256 rest = VoucherWord.unwrap(word) & ~(_COUNTERPARTY | _STATE);
    return VoucherWord.wrap(
        rest | (uint256(ParticipantId.unwrap(lender)) << 144) | (uint256(VoucherState.Pledged) << 240)
    );
}

function closed(VoucherWord word) pure returns (VoucherWord) {
    return VoucherWord.wrap(
        (VoucherWord.unwrap(word) & ~(_COUNTERPARTY | _STATE)) | (uint256(VoucherState.Closed) << 240)
    );
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
