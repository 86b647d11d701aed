// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Anything} from "../Anything.sol";
import {both, implies} from "../Logic.sol";
import {Induction} from "../Induction.sol";
import {inner, wordAt} from "../Storage.sol";
import {Invoices} from "contracts/registry/Invoices.sol";
import {InvoiceUse} from "contracts/types/Records.sol";
import {IParticipants} from "contracts/interfaces/IParticipants.sol";
import {PayableId} from "contracts/types/Ids.sol";
import {svm, vm} from "../Svm.sol";

/// @notice The laws of invoices. Each function walks a list; one invoice is one step of it.
contract InvoicesLaws is Induction {
    uint256 private constant USED = 0;
    uint256 private constant TOTAL = 1;

    uint256 private constant INVOICE_OF = 0;

    bytes32 private fingerprint;
    uint256 private was;

    function setUp() public {
        target = address(new Invoices(IParticipants(address(new Anything()))));
        svm.enableSymbolicStorage(target);
    }

    function _before() internal override {
        fingerprint = svm.createBytes32("any fingerprint");
        was = _invoice();
        vm.assume(_usedAtMostTotal(was));
        vm.assume(implies(!_known(was), was == 0));
    }

    function _after() internal override {
        uint256 is_ = _invoice();
        _law(USED, both(_usedAtMostTotal(is_), implies(!_known(is_), is_ == 0)));
        _law(TOTAL, implies(_known(was), both(_known(is_), uint64(is_) == uint64(was))));
    }

    function _invoice() private view returns (uint256) {
        return wordAt(target, inner(uint256(fingerprint), INVOICE_OF));
    }

    /// @dev An invoice is known from its first use on: its first version is never 0.
    function _known(uint256 invoice) private pure returns (bool) {
        return uint32(invoice >> 224) != 0;
    }

    function _usedAtMostTotal(uint256 invoice) private pure returns (bool) {
        return uint64(invoice >> 64) <= uint64(invoice);
    }

    // ---- every state-changing function

    function check_use(PayableId payableId, InvoiceUse calldata one) external {
        InvoiceUse[] memory uses = new InvoiceUse[](1);
        uses[0] = one;
        _step(abi.encodeCall(Invoices.use, (payableId, uses)));
    }

    function check_free(PayableId payableId, bytes32 one) external {
        bytes32[] memory fingerprints = new bytes32[](1);
        fingerprints[0] = one;
        _step(abi.encodeCall(Invoices.free, (payableId, fingerprints)));
    }
}
