// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice How a payment is shared over what is still owed.
/// @dev A range [s, e) receives below(pos(e)) − below(pos(s)), with pos(u) what is owed on the units below u. The shares of any
/// partition add up to the payment exactly, none is negative and none exceeds what its range is owed.
library Sharing {
    /// @notice What of a payment goes to the units below a position.
    /// @param position what is owed on those units, at most `owed`
    /// @param owed what is owed in all
    function below(uint256 position, uint256 payment, uint256 owed) internal pure returns (uint256) {
        // All three are below 2^64, so that the product cannot overflow.
        return owed == 0 ? 0 : position * payment / owed;
    }

    /// @notice What of a payment goes to the units between two positions.
    function share(uint256 low, uint256 high, uint256 payment, uint256 owed) internal pure returns (uint256) {
        return below(high, payment, owed) - below(low, payment, owed);
    }
}
