// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Level} from "./Records.sol";
import {ParticipantId} from "./Ids.sol";

/// @notice One act of a participant, to be authorised by its own signers, in one word; its nonce and hash go beside it.
///
///     | participant 0-31 | counterparty 32-63 | deadline 64-127 | amount 128-223 | level 224-231 | stoppable 232-239 |
///
/// The amount, in fen, is what the act commits; it adds to the participant's business day. Pause, suspension and freeze stop a
/// stoppable act. The counterparty, if any, is only asked about.
type ActWord is uint256;

using {actorOf, counterpartyOf, deadlineOf, amountOf, levelOf, stoppableOf, about} for ActWord global;

/// @dev An amount above what is kept is above every threshold.
uint256 constant AMOUNT_MAX = type(uint96).max;

function newAct(ParticipantId participant, uint64 deadline, uint256 amount, Level level, bool stoppable)
    pure
    returns (ActWord)
{
    uint256 kept = amount > AMOUNT_MAX ? AMOUNT_MAX : amount;
    return ActWord.wrap(
        uint256(ParticipantId.unwrap(participant)) | (uint256(deadline) << 64) | (kept << 128)
            | (uint256(level) << 224) | (stoppable ? 1 << 232 : 0)
    );
}

/// @dev The same act, asking for the roles of another participant by the way.
function about(ActWord act, ParticipantId counterparty) pure returns (ActWord) {
    return ActWord.wrap(ActWord.unwrap(act) | (uint256(ParticipantId.unwrap(counterparty)) << 32));
}

function actorOf(ActWord act) pure returns (ParticipantId) {
    return ParticipantId.wrap(uint32(ActWord.unwrap(act)));
}

function counterpartyOf(ActWord act) pure returns (ParticipantId) {
    return ParticipantId.wrap(uint32(ActWord.unwrap(act) >> 32));
}

function deadlineOf(ActWord act) pure returns (uint256) {
    return uint64(ActWord.unwrap(act) >> 64);
}

function amountOf(ActWord act) pure returns (uint256) {
    return uint96(ActWord.unwrap(act) >> 128);
}

function levelOf(ActWord act) pure returns (Level) {
    return Level(uint8(ActWord.unwrap(act) >> 224));
}

function stoppableOf(ActWord act) pure returns (bool) {
    return ActWord.unwrap(act) >> 232 != 0;
}
