// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice A set of days (16 bits) whose first member is found with two reads.
/// @dev 256 words of 256 days, and one word that says which of them are not empty. Day 0 is never a member.
library DaySet {
    struct Set {
        uint256 summary;
        mapping(uint256 word => uint256 bits) words;
    }

    function add(Set storage self, uint16 day) internal {
        self.words[day >> 8] |= 1 << (day & 0xff);
        self.summary |= 1 << (day >> 8);
    }

    function remove(Set storage self, uint16 day) internal {
        uint256 bits = self.words[day >> 8] & ~(1 << (day & 0xff));
        self.words[day >> 8] = bits;
        if (bits == 0) self.summary &= ~(1 << (day >> 8));
    }

    /// @return the first day of the set; 0 of an empty one
    function first(Set storage self) internal view returns (uint16) {
        uint256 summary = self.summary;
        if (summary == 0) return 0;
        uint256 word = _lowestBit(summary);
        return uint16((word << 8) | _lowestBit(self.words[word]));
    }

    function _lowestBit(uint256 bits) private pure returns (uint256) {
        return Math.log2(bits & (~bits + 1));
    }
}
