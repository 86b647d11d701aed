// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Anything} from "../Anything.sol";
import {BatchIssue} from "contracts/types/Commands.sol";
import {IExposure, IInvoices, IRules} from "contracts/interfaces/IRegistry.sol";
import {IParticipants} from "contracts/interfaces/IParticipants.sol";
import {Issuance} from "contracts/ledger/Issuance.sol";
import {IVouchers} from "contracts/interfaces/IVouchers.sol";
import {ParticipantId} from "contracts/types/Ids.sol";
import {svm, vm} from "../Svm.sol";

/// @notice A leaf of a batch is issued once, and never more than the batch has left.
contract IssuanceProofs {
    Issuance private issuance;

    function setUp() public {
        address any = address(new Anything());
        issuance = new Issuance(IParticipants(any), IVouchers(any), IRules(any), IExposure(any), IInvoices(any));
        svm.enableSymbolicStorage(address(issuance));
    }

    function _issue(bytes32 batch, uint32 index, uint64 face) private returns (bool done) {
        BatchIssue memory item;
        (item.index, item.face, item.evidence) = (index, face, "evidence");
        item.to = ParticipantId.wrap(uint32(svm.createUint(32, "to")));
        item.bank = ParticipantId.wrap(uint32(svm.createUint(32, "bank")));
        item.maturity = uint16(svm.createUint(16, "maturity"));
        (done,) = address(issuance).call(abi.encodeCall(Issuance.issueFromBatch, (batch, item, new bytes32[](0))));
    }

    function check_batch_item_is_issued_once(bytes32 batch, uint32 index, uint64 face, uint64 other) external {
        vm.warp(svm.createUint(32, "time"));
        if (!_issue(batch, index, face)) return;
        assert(!_issue(batch, index, other));
    }

    function check_batch_never_exceeds_its_total(bytes32 batch, uint32 index, uint64 face) external {
        vm.warp(svm.createUint(32, "time"));
        (,,, uint64 left,,,) = issuance.batchOf(batch);
        if (!_issue(batch, index, face)) return;
        (,,, uint64 leaves,,,) = issuance.batchOf(batch);
        assert(face <= left && leaves == left - face);
    }
}
