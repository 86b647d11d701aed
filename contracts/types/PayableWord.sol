// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ParticipantId} from "./Ids.sol";
import {Payable, PayableState} from "./Records.sol";

/// @notice A `Payable` as it stands in its one storage word.
///
///     | obligor 0-31 | offeree 32-63 | bank 64-95 | offeredAt 96-127 | face 128-183 | maturity 184-199 | due 200-215 |
///     | rules 216-231 | state 232-239 | invoices 240-247 | freezes 248-255 |
type PayableWord is uint256;

using {
    obligorOf, offereeOf, bankOf, issuedAtOf, faceOf, maturityOf, dueOf, rulesOf, payableStateOf, isPayableIn, freezesOf,
    withPayableState, withFreezes, toPayable
} for PayableWord global;

function obligorOf(PayableWord word) pure returns (ParticipantId) {
    return ParticipantId.wrap(uint32(PayableWord.unwrap(word)));
}

function offereeOf(PayableWord word) pure returns (ParticipantId) {
    return ParticipantId.wrap(uint32(PayableWord.unwrap(word) >> 32));
}

function bankOf(PayableWord word) pure returns (ParticipantId) {
    return ParticipantId.wrap(uint32(PayableWord.unwrap(word) >> 64));
}

function issuedAtOf(PayableWord word) pure returns (uint256) {
    return uint32(PayableWord.unwrap(word) >> 96);
}

function faceOf(PayableWord word) pure returns (uint256) {
    return uint56(PayableWord.unwrap(word) >> 128);
}

function maturityOf(PayableWord word) pure returns (uint256) {
    return uint16(PayableWord.unwrap(word) >> 184);
}

function dueOf(PayableWord word) pure returns (uint16) {
    return uint16(PayableWord.unwrap(word) >> 200);
}

function rulesOf(PayableWord word) pure returns (uint16) {
    return uint16(PayableWord.unwrap(word) >> 216);
}

function payableStateOf(PayableWord word) pure returns (PayableState) {
    return PayableState(uint8(PayableWord.unwrap(word) >> 232));
}

/// @dev As `isIn` of a voucher.
function isPayableIn(PayableWord word, PayableState state) pure returns (bool) {
    return uint8(PayableWord.unwrap(word) >> 232) == uint8(state);
}

function freezesOf(PayableWord word) pure returns (uint256) {
    return PayableWord.unwrap(word) >> 248;
}

function withPayableState(PayableWord word, PayableState state) pure returns (PayableWord) {
    uint256 rest = PayableWord.unwrap(word) & ~(uint256(type(uint8).max) << 232);
    return PayableWord.wrap(rest | (uint256(state) << 232));
}

function withFreezes(PayableWord word, uint8 freezes) pure returns (PayableWord) {
    return PayableWord.wrap((PayableWord.unwrap(word) << 8 >> 8) | (uint256(freezes) << 248));
}

function toPayable(PayableWord word) pure returns (Payable memory payable_) {
    payable_.obligor = obligorOf(word);
    payable_.offeree = offereeOf(word);
    payable_.bank = bankOf(word);
    payable_.offeredAt = uint32(issuedAtOf(word));
    payable_.face = uint56(faceOf(word));
    payable_.maturity = uint16(maturityOf(word));
    payable_.due = dueOf(word);
    payable_.rules = rulesOf(word);
    payable_.state = payableStateOf(word);
    payable_.invoices = uint8(PayableWord.unwrap(word) >> 240);
    payable_.freezes = uint8(freezesOf(word));
}

function toPayableWord(Payable memory payable_) pure returns (PayableWord) {
    uint256 parties = uint256(ParticipantId.unwrap(payable_.obligor))
        | (uint256(ParticipantId.unwrap(payable_.offeree)) << 32) | (uint256(ParticipantId.unwrap(payable_.bank)) << 64);
    uint256 terms = (uint256(payable_.offeredAt) << 96) | (uint256(payable_.face) << 128)
        | (uint256(payable_.maturity) << 184) | (uint256(payable_.due) << 200) | (uint256(payable_.rules) << 216);
    uint256 life = (uint256(payable_.state) << 232) | (uint256(payable_.invoices) << 240)
        | (uint256(payable_.freezes) << 248);
    return PayableWord.wrap(parties | terms | life);
}
