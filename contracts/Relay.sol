// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CommandDigest, IParticipants} from "./interfaces/IParticipants.sol";
import {NotDesk} from "./types/Errors.sol";

/// @notice Carries many commands in one transaction, each isolated. It holds no rights: every command is its signers' own.
/// @dev Only the contracts' own errors are refusals. Anything else, running out of gas first of all, reverts the whole batch, so
/// that a relayer who starves an item cannot have it refused.
contract Relay {
    bytes4 private constant PANIC = 0x4e487b71;
    bytes4 private constant ERROR = 0x08c379a0;

    struct Item {
        /// Which of the batch's desks the call goes to.
        uint8 desk;
        bytes call;
    }

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
    /// @return refusals one an item: empty where it was carried out, else the refusal; for who only asks
    function relay(address[] calldata desks, Item[] calldata items) external returns (bytes[] memory refusals) {
        for (uint256 i; i < desks.length; ++i) {
            if (!participants.isDesk(desks[i])) revert NotDesk(desks[i]);
        }
        refusals = new bytes[](items.length);
        uint256 refused;
        for (uint256 i; i < items.length; ++i) {
            address desk = desks[items[i].desk];
            bytes calldata data = items[i].call;
            (bool done, bytes memory reason) = desk.call(data);
            if (done) continue;
            _requireRefusal(reason);
            ++refused;
            refusals[i] = reason;
            emit ItemRefused(participants.digestOf(desk, data), i, reason);
        }
        emit BatchRelayed(items.length, refused);
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
