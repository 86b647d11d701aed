// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ROOT_SERIAL} from "./Ids.sol";
import {Tally} from "./Records.sol";

/// @notice A `Tally` as it stands in its one storage word.
///
///     | live 0-55 | paid 56-111 | redeemed 112-167 | pieces 168-199 | serials 200-231 | redemptions 232-239 |
type TallyWord is uint256;

using {liveOf, piecesOf, serialsOf, redemptionsOf, pay, redeem, cutOne, joinTwo, closeOne, toTally} for TallyWord global;

/// @dev One more piece and one more serial number.
uint256 constant _PIECE = 1 << 168;
uint256 constant _SERIAL = 1 << 200;
uint256 constant _REDEMPTION = 1 << 232;

function liveOf(TallyWord word) pure returns (uint256) {
    return uint56(TallyWord.unwrap(word));
}

function piecesOf(TallyWord word) pure returns (uint256) {
    return uint32(TallyWord.unwrap(word) >> 168);
}

function serialsOf(TallyWord word) pure returns (uint32) {
    return uint32(TallyWord.unwrap(word) >> 200);
}

function redemptionsOf(TallyWord word) pure returns (uint256) {
    return uint8(TallyWord.unwrap(word) >> 232);
}

/// @notice The tally of a payable that was just accepted: all of it live, in one piece.
function newTally(uint256 face) pure returns (TallyWord) {
    return TallyWord.wrap(face | _PIECE | (uint256(ROOT_SERIAL) * _SERIAL));
}

/// @dev `amount` is at most what is live, or the subtraction takes from the neighbours; so it is checked.
function pay(TallyWord word, uint256 amount) pure returns (TallyWord) {
    assert(amount <= liveOf(word));
    return TallyWord.wrap(TallyWord.unwrap(word) - amount + (amount << 56));
}

/// @dev As `pay`; the redeemed range is one more redemption and one piece less.
function redeem(TallyWord word, uint256 amount) pure returns (TallyWord) {
    assert(amount <= liveOf(word) && piecesOf(word) != 0);
    return TallyWord.wrap(TallyWord.unwrap(word) - amount + (amount << 112) - _PIECE + _REDEMPTION);
}

function cutOne(TallyWord word) pure returns (TallyWord) {
    return TallyWord.wrap(TallyWord.unwrap(word) + _PIECE + _SERIAL);
}

/// @dev Two pieces become one with a new serial number.
function joinTwo(TallyWord word) pure returns (TallyWord) {
    assert(piecesOf(word) > 1);
    return TallyWord.wrap(TallyWord.unwrap(word) - _PIECE + _SERIAL);
}

function closeOne(TallyWord word) pure returns (TallyWord) {
    assert(piecesOf(word) != 0);
    return TallyWord.wrap(TallyWord.unwrap(word) - _PIECE);
}

function toTally(TallyWord word) pure returns (Tally memory tally) {
    tally.live = uint56(liveOf(word));
    tally.paid = uint56(TallyWord.unwrap(word) >> 56);
    tally.redeemed = uint56(TallyWord.unwrap(word) >> 112);
    tally.pieces = uint32(piecesOf(word));
    tally.serials = serialsOf(word);
    tally.redemptions = uint8(redemptionsOf(word));
}
