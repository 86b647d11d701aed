// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {svm, vm} from "./Svm.sol";

/// @notice One step of an induction over all storage: whatever a contract stores, whoever calls, whenever, if its laws hold before a
/// call they hold after it.
/// @dev A contract has several laws, and one walk through a function proves all of them: a broken one is named by `law` in the
/// counterexample. `LAW` in the environment picks one.
abstract contract Induction {
    uint256 private constant ALL = 255;

    address internal target;
    address internal caller;
    uint256 private _broken;

    /// @dev Chooses what the laws are about, and assumes what they say of it.
    function _before() internal virtual;

    /// @dev Says with `_law` which of them hold.
    function _after() internal virtual;

    function _law(uint256 law, bool holds) internal {
        uint256 broken = _broken;
        assembly ("memory-safe") {
            broken := or(broken, shl(law, iszero(holds)))
        }
        _broken = broken;
    }

    function _step(bytes memory call) internal {
        vm.warp(svm.createUint(32, "time"));
        caller = svm.createAddress("caller");
        _before();
        vm.prank(caller);
        (bool done,) = target.call(call);
        if (!done) return;
        _after();
        uint256 law = vm.envOr("LAW", ALL);
        if (law == ALL) law = svm.createUint(8, "law");
        assert((_broken >> law) & 1 == 0);
    }
}
