// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CommandDigest, IParticipants} from "./interfaces/IParticipants.sol";
import {BatchMalformed, NotDesk} from "./types/Errors.sol";

/// @notice Carries many commands in one transaction, each isolated. It holds no rights: every command is its signers' own.
/// @dev Only the contracts' own errors are refusals. Anything else, running out of gas first of all, reverts the whole batch, so
/// that a relayer who starves an item cannot have it refused.
contract Relay {
    bytes4 private constant PANIC = 0x4e487b71;
    bytes4 private constant ERROR = 0x08c379a0;

    /// @notice An item was refused and changed nothing. An item that was carried out leaves the events of its verb.
    /// @param digest of the item's command; 0 where it carries none
    /// @param reason the refusal with its values, as the desk's error
    event ItemRefused(bytes32 indexed digest, uint256 indexed index, bytes reason);
    event BatchRelayed(uint256 items, uint256 refused);

    IParticipants public immutable participants;

    constructor(IParticipants participants_) {
        participants = participants_;
    }

    /// @param desks the contracts that the items go to, each named once
    /// @param count of the items
    /// @param items one behind the other: one byte that numbers the desk, three that say how long the call is, and the call
    /// @return refusals none where all were carried out; else one an item, empty where that was; for who only asks
    function relay(address[] calldata desks, uint256 count, bytes calldata items)
        external
        returns (bytes[] memory refusals)
    {
        for (uint256 i; i < desks.length; ++i) {
            if (!participants.isDesk(desks[i])) revert NotDesk(desks[i]);
        }
        uint256 refused;
        uint256 place;
        for (uint256 i; i < count; ++i) {
            uint256 head;
            bytes calldata data = items;
            assembly ("memory-safe") {
                // What lies behind the items is never taken for one: `place` is held against their length next.
                head := calldataload(add(items.offset, place))
                data.length := and(shr(224, head), 0xffffff)
                data.offset := add(items.offset, add(place, 4))
                place := add(add(place, 4), data.length)
            }
            if (place > items.length) revert BatchMalformed(i);
            address desk = desks[head >> 248];
            if (_carryOut(desk, data)) continue;
            bytes memory reason = _returned();
            _requireRefusal(reason);
            if (refused++ == 0) refusals = new bytes[](count);
            refusals[i] = reason;
            emit ItemRefused(participants.digestOf(desk, data), i, reason);
        }
        if (place != items.length) revert BatchMalformed(count);
        emit BatchRelayed(count, refused);
    }

    /// @dev A refusal is the callee's revert; what it answers stays in the return buffer.
    function _carryOut(address desk, bytes calldata data) private returns (bool done) {
        assembly ("memory-safe") {
            // Behind the memory in use, which the call neither reads nor keeps.
            let free := mload(0x40)
            calldatacopy(free, data.offset, data.length)
            done := call(gas(), desk, 0, free, data.length, 0, 0)
        }
    }

    /// @dev What the last call answered.
    function _returned() private pure returns (bytes memory answer) {
        assembly ("memory-safe") {
            // As the compiler would allocate it, up to a whole word.
            answer := mload(0x40)
            mstore(answer, returndatasize())
            returndatacopy(add(answer, 0x20), 0, returndatasize())
            mstore(0x40, and(add(add(answer, returndatasize()), 0x3f), not(0x1f)))
        }
    }

    /// @dev Empty data is a starved or malformed item; a panic or a string is a fault of ours; neither is an answer.
    function _requireRefusal(bytes memory reason) private pure {
        bytes4 selector = bytes4(reason);
        bool refusal = reason.length >= 4 && selector != PANIC && selector != ERROR && selector != CommandDigest.selector;
        if (refusal) return;
        assembly ("memory-safe") {
            revert(add(reason, 0x20), mload(reason))
        }
    }

}
