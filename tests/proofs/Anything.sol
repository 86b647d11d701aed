// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {svm} from "./Svm.sol";

/// @notice A neighbour that answers every question with anything. What is proved beside it holds whatever the neighbour does,
/// as long as it does not call back; none of ours does.
contract Anything {
    fallback() external {
        bytes memory answer = svm.createBytes(384, "answer");
        assembly ("memory-safe") {
            return(add(answer, 0x20), mload(answer))
        }
    }
}

/// @notice A contract that refuses every call with any error of one value.
contract Refusal {
    fallback() external {
        bytes memory reason = svm.createBytes(36, "reason");
        assembly ("memory-safe") {
            revert(add(reason, 0x20), mload(reason))
        }
    }
}
