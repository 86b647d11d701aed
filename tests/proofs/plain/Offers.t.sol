// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Anything} from "../Anything.sol";
import {DeclineVoucher, WithdrawOffer} from "contracts/types/Commands.sol";
import {IExposure, IInvoices} from "contracts/interfaces/IRegistry.sol";
import {IParticipants} from "contracts/interfaces/IParticipants.sol";
import {IVouchers, OfferEnd} from "contracts/interfaces/IVouchers.sol";
import {NOBODY, ParticipantId, PayableId, VoucherId} from "contracts/types/Ids.sol";
import {Offers} from "contracts/ledger/Offers.sol";
import {Payable, PayableState} from "contracts/types/Records.sol";
import {vm} from "../Svm.sol";

/// @notice Vouchers of which one offer is known, open or not.
contract OneOffer {
    ParticipantId public offeror;
    ParticipantId public offeree;
    PayableState private state;
    bool public ended;

    constructor(ParticipantId offeror_, ParticipantId offeree_, PayableState state_) {
        (offeror, offeree, state) = (offeror_, offeree_, state_);
    }

    function offerOf(VoucherId) external view returns (ParticipantId, ParticipantId) {
        return (offeror, offeree);
    }

    function payableOf(PayableId) external view returns (Payable memory payable_) {
        payable_.state = state;
    }

    function endOffer(VoucherId, OfferEnd, bytes32) external {
        ended = true;
    }
}

/// @notice Offers end by their offeree's or offeror's act, or by themselves; nobody else ends one.
contract OffersProofs {
    OneOffer private vouchers;
    Offers private offers;

    function _make(ParticipantId offeror, ParticipantId offeree, PayableState state) private {
        vouchers = new OneOffer(offeror, offeree, state);
        address any = address(new Anything());
        offers = new Offers(
            IParticipants(any), IVouchers(address(vouchers)), IExposure(any), IInvoices(any)
        );
    }

    function check_decline_is_the_offerees(
        DeclineVoucher calldata command, ParticipantId offeror, ParticipantId offeree, PayableState state
    ) external {
        vm.assume(ParticipantId.unwrap(command.participant) != 0);
        _make(offeror, offeree, state);
        try offers.decline(command, "", new bytes32[](0)) {} catch {}
        assert(!vouchers.ended() || offeree == command.participant);
    }

    function check_withdrawal_is_the_offerors(
        WithdrawOffer calldata command, ParticipantId offeror, ParticipantId offeree, PayableState state
    ) external {
        vm.assume(ParticipantId.unwrap(command.participant) != 0);
        _make(offeror, offeree, state);
        try offers.withdraw(command, "", new bytes32[](0)) {} catch {}
        assert(!vouchers.ended() || offeror == command.participant);
    }

    function check_lapse_is_of_ended_roots(
        PayableId payableId, ParticipantId offeror, ParticipantId offeree, PayableState state
    ) external {
        _make(offeror, offeree, state);
        try offers.lapse(payableId, new bytes32[](0)) {} catch {}
        assert(!vouchers.ended() || (offeror == NOBODY && state == PayableState.Offered));
    }
}
