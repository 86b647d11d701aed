// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// The signature verifiers that Fenbook deploys as they are. `ledger.chain.compiler` ships the
// contracts named here; the code is OpenZeppelin's and none of it is ours.
import {ERC7913P256Verifier} from
    "@openzeppelin/contracts/utils/cryptography/verifiers/ERC7913P256Verifier.sol";
import {ERC7913RSAVerifier} from
    "@openzeppelin/contracts/utils/cryptography/verifiers/ERC7913RSAVerifier.sol";
import {ERC7913WebAuthnVerifier} from
    "@openzeppelin/contracts/utils/cryptography/verifiers/ERC7913WebAuthnVerifier.sol";
