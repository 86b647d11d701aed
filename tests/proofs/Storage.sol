// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {vm} from "./Svm.sol";

/// @dev A word of a contract's storage as it stands.
function wordAt(address target, uint256 slot) view returns (uint256) {
    return uint256(vm.load(target, bytes32(slot)));
}

/// @dev Where a mapping at `slot` keeps a key.
function inner(uint256 key, uint256 slot) pure returns (uint256) {
    return uint256(keccak256(abi.encode(key, slot)));
}
