// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice What the proofs ask of halmos.
interface Svm {
    function enableSymbolicStorage(address target) external;
    function snapshotStorage(address target) external returns (uint256);
    function createUint(uint256 bits, string memory name) external returns (uint256);
    function createBytes32(string memory name) external returns (bytes32);
    function createAddress(string memory name) external returns (address);
    function createBytes(uint256 length, string memory name) external returns (bytes memory);
}

interface Vm {
    function assume(bool condition) external pure;
    function prank(address sender) external;
    function load(address target, bytes32 slot) external view returns (bytes32);
    function store(address target, bytes32 slot, bytes32 value) external;
    function warp(uint256 time) external;
    function envOr(string calldata name, uint256 otherwise) external view returns (uint256);
}

Svm constant svm = Svm(address(uint160(uint256(keccak256("svm cheat code")))));
Vm constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
