// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Sharing} from "contracts/libraries/Sharing.sol";
import {vm} from "../Svm.sol";

/// @notice The sharing rule: all small cases, and random large ones. Products of unknowns are beyond the solver of the proofs.
/// @dev I20, I21, I22. `SHARING_FACE` bounds the small faces, `SHARING_CASES` counts the large cases, `SHARING_SEED` begins them.
contract SharingCases {
    uint256 private constant PAYMENTS_MAX = 4;

    /// What is owed on the units below each bound.
    uint256[] private owedBelow;
    uint256 public cases;

    /// @notice Every face, every run of payments, every range and every split of it.
    function test_every_small_case() external {
        uint256 most = vm.envOr("SHARING_FACE", 10);
        for (uint256 face = 1; face <= most; ++face) {
            uint256[] memory owed = new uint256[](face + 1);
            for (uint256 unit; unit <= face; ++unit) {
                owed[unit] = unit;
            }
            _payOn(owed, PAYMENTS_MAX);
        }
    }

    /// @dev Tries every next payment, and what may follow it.
    function _payOn(uint256[] memory owed, uint256 payments) private {
        uint256 debt = owed[owed.length - 1];
        for (uint256 payment = 1; payment <= debt; ++payment) {
            uint256[] memory left = new uint256[](owed.length);
            uint256[] memory paid = new uint256[](owed.length);
            for (uint256 unit; unit < owed.length; ++unit) {
                paid[unit] = Sharing.below(owed[unit], payment, debt);
                left[unit] = owed[unit] - paid[unit];
            }
            require(paid[0] == 0 && paid[owed.length - 1] == payment, "the shares do not add up");
            _requireFair(owed, paid, payment, debt);
            ++cases;
            if (payments > 1) _payOn(left, payments - 1);
        }
    }

    function _requireFair(uint256[] memory owed, uint256[] memory paid, uint256 payment, uint256 debt) private pure {
        for (uint256 start; start < owed.length; ++start) {
            for (uint256 end = start + 1; end < owed.length; ++end) {
                uint256 share = Sharing.share(owed[start], owed[end], payment, debt);
                require(share == paid[end] - paid[start], "the share is not what is below its bounds");
                require(share <= owed[end] - owed[start], "a range is paid more than it is owed");
                require(payment != debt || share == owed[end] - owed[start], "the whole debt leaves something");
                for (uint256 middle = start + 1; middle < end; ++middle) {
                    uint256 low = Sharing.share(owed[start], owed[middle], payment, debt);
                    uint256 high = Sharing.share(owed[middle], owed[end], payment, debt);
                    require(low + high == share, "a split changes the share");
                }
            }
        }
    }

    /// @notice Faces up to the largest, four payments of any size, one range and a split of it.
    function test_random_large_cases() external view {
        uint256 count = vm.envOr("SHARING_CASES", 15_000);
        uint256 dice = vm.envOr("SHARING_SEED", 1);
        for (uint256 i; i < count; ++i) {
            dice = uint256(keccak256(abi.encode(dice)));
            _pay(dice);
        }
    }

    function _pay(uint256 dice) private pure {
        // Large and small faces alike: as many of each length in bits.
        uint256 debt = 1 + ((dice & type(uint56).max) >> ((dice >> 248) % 56));
        uint256 one = (dice >> 56) % (debt + 1);
        uint256 other = (dice >> 96) % (debt + 1);
        (uint256 start, uint256 end) = one < other ? (one, other) : (other, one);
        uint256 middle = start + (dice >> 136) % (end - start + 1);
        uint256 received;
        for (uint256 payments; payments < PAYMENTS_MAX && debt != 0; ++payments) {
            uint256 payment = payments == PAYMENTS_MAX - 1 ? debt : 1 + (dice >> (176 + 8 * payments)) % debt;
            uint256 share = Sharing.share(start, end, payment, debt);
            uint256 low = Sharing.share(start, middle, payment, debt);
            require(low + Sharing.share(middle, end, payment, debt) == share, "a split changes the share");
            require(share <= end - start, "a range is paid more than it is owed");
            require(Sharing.below(debt, payment, debt) == payment, "the shares do not add up");
            start -= Sharing.below(start, payment, debt);
            middle -= Sharing.below(middle, payment, debt);
            end -= Sharing.below(end, payment, debt);
            debt -= payment;
            received += share;
        }
        require(debt != 0 || end == start, "the whole debt leaves something");
    }
}
