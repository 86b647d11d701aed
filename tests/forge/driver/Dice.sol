// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Every choice of a run follows from its seed.
abstract contract Dice {
    uint256 private _dice;

    function shake(bytes32 seed) internal {
        _dice = uint256(seed);
    }

    function roll() internal returns (uint256 random) {
        random = _dice;
        assembly ("memory-safe") {
            mstore(0, random)
            random := keccak256(0, 0x20)
        }
        _dice = random;
    }

    function roll(uint256 below) internal returns (uint256 random) {
        random = roll();
        assembly ("memory-safe") {
            random := mod(random, below)
        }
    }

    function between(uint256 least, uint256 most) internal returns (uint256) {
        return least + roll(most - least + 1);
    }

    function chance(uint256 percent) internal returns (bool) {
        return roll(100) < percent;
    }

    /// @dev An amount out of `available`: often a part or all of it, sometimes an edge or just too much.
    function amountOf(uint256 available) internal returns (uint256) {
        uint256 kind = roll(40);
        if (kind < 12) return available;
        if (kind == 12) return 0;
        if (kind == 13) return available + 1;
        if (kind == 14) return 1;
        if (kind == 15) return available == 0 ? 0 : available - 1;
        if (kind < 20) return available / 2;
        return available == 0 ? 0 : between(1, available);
    }

    /// @dev Small and large sums alike.
    function sumOf(uint256 digits) internal returns (uint256) {
        uint256 most = 10 ** between(1, digits);
        return between(1, most);
    }
}
