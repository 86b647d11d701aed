// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    AddSigner, AddVersion, AdmitParticipant, PauseLedger, ProposeRecovery, RevokeSigner, SetThreshold, SuspendParticipant,
    VetoRecovery, VoidNonce
} from "contracts/types/AdminCommands.sol";
import {Administration} from "contracts/registry/Administration.sol";
import {Anything} from "../Anything.sol";
import {both} from "../Logic.sol";
import {Deposits} from "contracts/registry/Deposits.sol";
import {Exposure} from "contracts/registry/Exposure.sol";
import {IExposure} from "contracts/interfaces/IRegistry.sol";
import {IFreezes} from "contracts/interfaces/IVouchers.sol";
import {Induction} from "../Induction.sol";
import {Invoices} from "contracts/registry/Invoices.sol";
import {IParticipants} from "contracts/interfaces/IParticipants.sol";
import {Parts} from "contracts/ledger/VoucherStore.sol";
import {Vouchers} from "contracts/ledger/Vouchers.sol";
import {svm} from "../Svm.sol";

/// @notice I42: no function of administration changes a claim, a deposit, a line or an invoice, whoever asks and whatever the
/// registry answers. A list is walked with one entry.
contract AdministrationLaws is Induction {
    uint256 private constant CLAIMS_KEPT = 0;

    address private deposits;
    address private vouchers;
    address private exposure;
    address private invoices;
    uint256[4] private was;

    function setUp() public {
        IParticipants any = IParticipants(address(new Anything()));
        target = address(new Administration(any));
        deposits = address(new Deposits(any));
        exposure = address(new Exposure(any));
        invoices = address(new Invoices(any));
        address desk = target;
        Parts memory parts = Parts(any, IExposure(exposure), IFreezes(address(any)), desk, desk, desk, desk, desk);
        vouchers = address(new Vouchers(parts));
        svm.enableSymbolicStorage(target);
        svm.enableSymbolicStorage(deposits);
        svm.enableSymbolicStorage(exposure);
        svm.enableSymbolicStorage(invoices);
        svm.enableSymbolicStorage(vouchers);
    }

    function _before() internal override {
        was = _claims();
    }

    function _after() internal override {
        uint256[4] memory is_ = _claims();
        bool kept = both(both(is_[0] == was[0], is_[1] == was[1]), both(is_[2] == was[2], is_[3] == was[3]));
        _law(CLAIMS_KEPT, kept);
    }

    function _claims() private returns (uint256[4] memory claims) {
        claims[0] = svm.snapshotStorage(deposits);
        claims[1] = svm.snapshotStorage(vouchers);
        claims[2] = svm.snapshotStorage(exposure);
        claims[3] = svm.snapshotStorage(invoices);
    }

    // ---- every state-changing function

    function check_admit(AdmitParticipant calldata command, bytes[] calldata proofs) external {
        _step(abi.encodeCall(Administration.admit, (command, "", "", "", proofs)));
    }

    function check_suspend(SuspendParticipant calldata command) external {
        _step(abi.encodeCall(Administration.suspend, (command, "")));
    }

    function check_pause(PauseLedger calldata command) external {
        _step(abi.encodeCall(Administration.pause, (command, "")));
    }

    function check_addSigner(AddSigner calldata command) external {
        _step(abi.encodeCall(Administration.addSigner, (command, "", "")));
    }

    function check_revokeSigner(RevokeSigner calldata command) external {
        _step(abi.encodeCall(Administration.revokeSigner, (command, "")));
    }

    function check_setThreshold(SetThreshold calldata command) external {
        _step(abi.encodeCall(Administration.setThreshold, (command, "")));
    }

    function check_voidNonce(VoidNonce calldata command) external {
        _step(abi.encodeCall(Administration.voidNonce, (command, "")));
    }

    function check_proposeRecovery(ProposeRecovery calldata command, bytes[] calldata proofs) external {
        _step(abi.encodeCall(Administration.proposeRecovery, (command, "", "", proofs)));
    }

    function check_vetoRecovery(VetoRecovery calldata command) external {
        _step(abi.encodeCall(Administration.vetoRecovery, (command, "")));
    }

    function check_completeRecovery(ProposeRecovery calldata command) external {
        _step(abi.encodeCall(Administration.completeRecovery, (command)));
    }

    function check_proposeVersion(AddVersion calldata command) external {
        _step(abi.encodeCall(Administration.proposeVersion, (command, "", "", "")));
    }

    function check_completeVersion(AddVersion calldata command) external {
        _step(abi.encodeCall(Administration.completeVersion, (command)));
    }
}
