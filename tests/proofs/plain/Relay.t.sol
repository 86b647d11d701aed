// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CommandDigest, IParticipants} from "contracts/interfaces/IParticipants.sol";
import {Relay} from "contracts/Relay.sol";
import {svm, vm} from "../Svm.sol";

/// @notice Says which contracts are desks: those that the proof says; and names every command alike.
contract Register {
    bool private immutable IS_DESK;

    constructor(bool isDesk_) {
        IS_DESK = isDesk_;
    }

    function isDesk(address) external view returns (bool) {
        return IS_DESK;
    }

    function digestOf(address, bytes calldata) external pure returns (bytes32) {
        return "digest";
    }
}

/// @notice A desk that notes that it was asked, and refuses with what it was given, if with anything.
contract Noting {
    bool public asked;
    bool private refuses;
    bytes private reason;

    function refuse(bytes calldata reason_) external {
        (refuses, reason) = (true, reason_);
    }

    fallback() external {
        asked = true;
        if (!refuses) return;
        bytes memory answer = reason;
        assembly ("memory-safe") {
            revert(add(answer, 0x20), mload(answer))
        }
    }
}

/// @notice What the relay forwards and what it takes for a refusal.
contract RelayProofs {
    bytes4 private constant PANIC = 0x4e487b71;
    bytes4 private constant ERROR = 0x08c379a0;

    function check_relay_asks_desks_only(bool isDesk, bytes4 selector) external {
        Noting desk = new Noting();
        Relay relay = new Relay(IParticipants(address(new Register(isDesk))));
        (bool done,) = _relay(relay, desk, selector);
        assert(!(done && !isDesk));
        assert(!(desk.asked() && !isDesk));
    }

    /// @notice I47: only an error of the contracts is a refusal; an empty answer, a panic or a text reverts the whole batch.
    function check_relay_tells_refusals_from_faults(bytes4 selector, bytes4 name, bool isEmpty) external {
        Noting desk = new Noting();
        bytes memory reason = isEmpty ? bytes("") : abi.encodePacked(name, svm.createBytes32("value"));
        desk.refuse(reason);
        Relay relay = new Relay(IParticipants(address(new Register(true))));
        (bool done, bytes memory answer) = _relay(relay, desk, selector);
        bool fault = isEmpty || name == PANIC || name == ERROR || name == CommandDigest.selector;
        assert(done != fault);
        if (fault) assert(keccak256(answer) == keccak256(reason));
    }

    /// @dev One item of four bytes, packed as the relay reads it.
    function _relay(Relay relay, Noting desk, bytes4 selector) private returns (bool, bytes memory) {
        vm.assume(selector != desk.refuse.selector && selector != desk.asked.selector);
        address[] memory desks = new address[](1);
        desks[0] = address(desk);
        vm.prank(svm.createAddress("relayer"));
        return address(relay).call(abi.encodeCall(Relay.relay, (desks, 1, abi.encodePacked(uint8(0), uint24(4), selector))));
    }
}
