// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ParticipantId, VoucherId} from "../types/Ids.sol";

/// @notice What is owed on vouchers, for the desks that price or lend against them.
interface ISettlement {
    /// @notice What is owed on a voucher: unpaid principal, its share of carried late interest, and the day interest runs from.
    function openClaimOf(VoucherId voucher) external view returns (uint256 principal, uint256 carried, uint256 from);

    /// @notice Refuses while payments are not distributed to the voucher yet.
    function requireCaughtUp(VoucherId voucher) external view;
}

/// @notice Loans, as settlement pays them.
interface ILoans {
    /// @notice Pays the loan on a voucher what it is owed on the day of a payment, out of the voucher's share of it.
    /// @return lender who is paid
    /// @return paid at most the share; the rest is the holder's
    /// @return ends whether the loan is paid in full
    function applyShare(VoucherId voucher, uint256 share, uint256 day)
        external
        returns (ParticipantId lender, uint256 paid, bool ends);
}
