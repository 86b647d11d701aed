// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Connectives that do not branch: `&&` makes two paths of one, and a proof walks every path.

function both(bool a, bool b) pure returns (bool c) {
    assembly ("memory-safe") {
        c := and(a, b)
    }
}

function either(bool a, bool b) pure returns (bool c) {
    assembly ("memory-safe") {
        c := or(a, b)
    }
}

function implies(bool a, bool b) pure returns (bool c) {
    assembly ("memory-safe") {
        c := or(iszero(a), b)
    }
}

/// @dev `value` where `condition` holds, else 0.
function when(bool condition, uint256 value) pure returns (uint256 result) {
    assembly ("memory-safe") {
        result := and(sub(0, condition), value)
    }
}
