// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Business days: days since 1970-01-01 in UTC+8.
library BusinessDay {
    /// @return the business day of a second of chain time
    function containing(uint256 time) internal pure returns (uint256) {
        return (time + 8 hours) / 1 days;
    }

    /// @return the business day of this block
    function today() internal view returns (uint256) {
        return containing(block.timestamp);
    }
}
