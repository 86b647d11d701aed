// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AmountTooLarge} from "../types/Errors.sol";
import {RATE_ONE} from "../types/Records.sol";

/// @notice Simple interest in fen, each line item rounded half up once.
library Interest {
    uint256 private constant DAYS_OF_YEAR = 360;

    /// @notice principal × rate × days / 360; the first day counts, the last does not.
    /// @param rate a year's, in parts per billion
    function yearly(uint256 principal, uint256 rate, uint256 from, uint256 to) internal pure returns (uint256) {
        return to <= from ? 0 : _halfUp(principal * rate * (to - from), DAYS_OF_YEAR * RATE_ONE);
    }

    /// @notice Interest at a rate raised by a factor, as one product.
    /// @param factor in parts per billion
    function yearlyTimes(uint256 principal, uint256 rate, uint256 factor, uint256 from, uint256 to)
        internal
        pure
        returns (uint256)
    {
        return to <= from
            ? 0
            : _halfUp(principal * rate * factor * (to - from), DAYS_OF_YEAR * RATE_ONE * RATE_ONE);
    }

    /// @notice Interest of a loan: one line item up to its due day and another at the raised rate from there.
    function acrossDue(uint256 principal, uint256 rate, uint256 factor, uint256 due, uint256 from, uint256 to)
        internal
        pure
        returns (uint256)
    {
        uint256 middle = due < from ? from : due > to ? to : due;
        return yearly(principal, rate, from, middle) + yearlyTimes(principal, rate, factor, middle, to);
    }

    /// @notice principal × daily rate × days.
    function daily(uint256 principal, uint256 rate, uint256 from, uint256 to) internal pure returns (uint256) {
        return to <= from ? 0 : _halfUp(principal * rate * (to - from), RATE_ONE);
    }

    /// @notice amount × share, half up.
    function part(uint256 amount, uint256 share) internal pure returns (uint256) {
        return _halfUp(amount * share, RATE_ONE);
    }

    /// @notice A sum as the 64 bits that records keep; refused where it does not fit, never cut.
    function toAmount(uint256 sum) internal pure returns (uint64) {
        if (sum > type(uint64).max) revert AmountTooLarge(sum, type(uint64).max);
        return uint64(sum);
    }

    function _halfUp(uint256 numerator, uint256 denominator) private pure returns (uint256) {
        return (2 * numerator + denominator) / (2 * denominator);
    }
}
