// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DeclineVoucher, WithdrawOffer} from "../types/Commands.sol";
import {Desk} from "../registry/Desk.sol";
import {IExposure, IInvoices} from "../interfaces/IRegistry.sol";
import {IParticipants} from "../interfaces/IParticipants.sol";
import {IVouchers, OfferEnd} from "../interfaces/IVouchers.sol";
import {InvoicesIncomplete, OfferOpen, PayableNotOffered, VoucherNotOffered} from "../types/Errors.sol";
import {Level, Payable, PayableState} from "../types/Records.sol";
import {NOBODY, ParticipantId, PayableId, ROOT_SERIAL, VoucherId} from "../types/Ids.sol";

/// @notice Ends offers that nobody accepts. Silence is never consent: it ends an offer too.
/// @dev Where the offer is a payable's root, `fingerprints` names the invoices that back it; they are free again with it.
contract Offers is Desk {
    bytes32 private constant DECLINE = keccak256(
        "DeclineVoucher(uint32 participant,uint64 voucher,bytes32 reason,uint256 nonce,uint64 deadline)"
    );
    bytes32 private constant WITHDRAW =
        keccak256("WithdrawOffer(uint32 participant,uint64 voucher,uint256 nonce,uint64 deadline)");

    IVouchers public immutable vouchers;
    IExposure public immutable exposure;
    IInvoices public immutable invoices;

    constructor(IParticipants participants_, IVouchers vouchers_, IExposure exposure_, IInvoices invoices_)
        Desk(participants_)
    {
        vouchers = vouchers_;
        exposure = exposure_;
        invoices = invoices_;
    }

    /// @notice The offeree sends an offer back; of a root, the payable is cancelled.
    function decline(DeclineVoucher calldata command, bytes calldata approvals, bytes32[] calldata fingerprints)
        external
    {
        bytes32 structHash = keccak256(abi.encode(DECLINE, command));
        _authoriseAnswer(command.participant, structHash, command.nonce, command.deadline, false, approvals);
        (, ParticipantId offeree) = vouchers.offerOf(command.voucher);
        if (offeree != command.participant) revert VoucherNotOffered(command.voucher, command.participant);
        _end(command.voucher, OfferEnd.Declined, command.reason, fingerprints);
    }

    /// @notice The offeror takes an unanswered offer back.
    function withdraw(WithdrawOffer calldata command, bytes calldata approvals, bytes32[] calldata fingerprints)
        external
    {
        bytes32 structHash = keccak256(abi.encode(WITHDRAW, command));
        _authorise(command.participant, structHash, command.nonce, command.deadline, Level.Amount, approvals);
        (ParticipantId offeror,) = vouchers.offerOf(command.voucher);
        if (offeror != command.participant) revert VoucherNotOffered(command.voucher, command.participant);
        _end(command.voucher, OfferEnd.Withdrawn, 0, fingerprints);
    }

    /// @notice Cancels a payable whose root offer is past its time; anyone may ask. A lapsed part is held without it.
    function lapse(PayableId payableId, bytes32[] calldata fingerprints) external {
        VoucherId root = payableId.voucherOf(ROOT_SERIAL);
        PayableState state = vouchers.payableOf(payableId).state;
        if (state != PayableState.Offered) revert PayableNotOffered(payableId, state);
        (ParticipantId offeror,) = vouchers.offerOf(root);
        if (offeror != NOBODY) revert OfferOpen(root);
        _end(root, OfferEnd.Lapsed, 0, fingerprints);
    }

    function _end(VoucherId id, OfferEnd reason, bytes32 detail, bytes32[] calldata fingerprints) private {
        PayableId payableId = id.payableOf();
        Payable memory payable_ = vouchers.payableOf(payableId);
        vouchers.endOffer(id, reason, detail);
        if (payable_.state != PayableState.Offered) return;
        if (fingerprints.length != payable_.invoices) {
            revert InvoicesIncomplete(payableId, fingerprints.length, payable_.invoices);
        }
        exposure.reduced(payable_.obligor, payable_.face);
        if (fingerprints.length != 0) invoices.free(payableId, fingerprints);
    }
}
