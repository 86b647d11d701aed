// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice An admitted organisation; 0 names nobody.
type ParticipantId is uint32;

/// @notice A payable of one ledger version; 0 names none.
type PayableId is uint32;

/// @notice A voucher: its payable in the upper half, its serial number within the payable in the lower half.
type VoucherId is uint64;

/// @notice A loan against a pledged voucher; 0 names none.
type LoanId is uint32;

/// @notice A sale with recourse that its buyer may still turn back on; 0 names none.
type SaleId is uint32;

using {sameParticipant as ==, otherParticipant as !=} for ParticipantId global;
using {samePayable as ==} for PayableId global;
using {sameVoucher as ==} for VoucherId global;
using {payableOf, serialOf} for VoucherId global;
using {voucherOf} for PayableId global;

ParticipantId constant NOBODY = ParticipantId.wrap(0);

/// @dev Serial number of the root voucher of every payable.
uint32 constant ROOT_SERIAL = 1;

function sameParticipant(ParticipantId a, ParticipantId b) pure returns (bool) {
    return ParticipantId.unwrap(a) == ParticipantId.unwrap(b);
}

function otherParticipant(ParticipantId a, ParticipantId b) pure returns (bool) {
    return ParticipantId.unwrap(a) != ParticipantId.unwrap(b);
}

function samePayable(PayableId a, PayableId b) pure returns (bool) {
    return PayableId.unwrap(a) == PayableId.unwrap(b);
}

function sameVoucher(VoucherId a, VoucherId b) pure returns (bool) {
    return VoucherId.unwrap(a) == VoucherId.unwrap(b);
}

function payableOf(VoucherId id) pure returns (PayableId) {
    return PayableId.wrap(uint32(VoucherId.unwrap(id) >> 32));
}

function serialOf(VoucherId id) pure returns (uint32) {
    return uint32(VoucherId.unwrap(id));
}

function voucherOf(PayableId id, uint32 serial) pure returns (VoucherId) {
    return VoucherId.wrap((uint64(PayableId.unwrap(id)) << 32) | serial);
}
