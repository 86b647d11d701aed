// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {WebAuthn} from "@openzeppelin/contracts/utils/cryptography/WebAuthn.sol";
import {ParticipantId} from "../types/Ids.sol";
import {Signer} from "../types/AdminCommands.sol";
import {DUTY_CHECKER, DUTY_MAKER} from "../types/Records.sol";
import {BadSigner, SignerExpired, SignerKeyTaken, SignerRevoked, UnknownVerifier} from "../types/Errors.sol";

/// @notice What kind of key a verifier takes; tells how its public key is normalised.
enum KeyKind {
    /// secp256k1, known by its account; the only kind that needs no verifier.
    Account,
    /// P-256, 64 bytes x ‖ y, signing plainly.
    Curve,
    /// P-256, 64 bytes x ‖ y, signing through WebAuthn.
    Passkey,
    /// RSA, abi.encode(exponent, modulus).
    Certificate
}

/// @notice The keys that may sign for participants, unique within a participant by the normalised public key.
library Keys {
    /// @dev What a verification in a verifier contract is given at least; a poorer batch reverts whole instead of being refused.
    uint256 internal constant VERIFIER_GAS = 1_500_000;

    uint256 private constant REVOKED = 1 << 216;

    /// @dev Bounds of an RSA key in bytes: 2,048 to 4,096 bits, and an exponent that keeps verification far below VERIFIER_GAS.
    uint256 private constant MODULUS_MIN = 256;
    uint256 private constant MODULUS_MAX = 512;
    uint256 private constant EXPONENT_MAX = 4;
    uint256 private constant PUBLIC_KEY_MIN = 0x1a0;
    uint256 private constant PUBLIC_KEY_MAX = 0x2c0;

    /// @dev The longest assertion of a passkey that is looked at.
    uint256 private constant ASSERTION_MAX = 4096;

    /// @dev One word, and for a verifier's key its bytes beside it.
    struct Key {
        /// The account itself, or the verifier.
        address account;
        uint40 expiry;
        uint8 duty;
        KeyKind kind;
        bool revoked;
    }

    struct Ring {
        /// By participant and number; each a word of account 160, expiry 40, duty 8, kind 8 and revoked 8 bits.
        mapping(uint256 signer => uint256 word) keys;
        mapping(uint256 signer => bytes) publicKeys;
        mapping(ParticipantId => mapping(bytes32 normalised => bool)) taken;
        mapping(address verifier => KeyKind) verifiers;
    }

    /// @dev Stores a key under a number that is new to the participant.
    function add(Ring storage ring, ParticipantId participant, uint256 index, Signer memory signer) internal {
        if (signer.duty == 0 || signer.duty > (DUTY_MAKER | DUTY_CHECKER) || signer.key.length < 20) revert BadSigner(index);
        bytes32 normalised = _normalise(ring, index, signer.key);
        if (ring.taken[participant][normalised]) revert SignerKeyTaken(participant, normalised);
        ring.taken[participant][normalised] = true;
        KeyKind kind = _kindOf(ring, signer.key);
        uint256 place = _place(participant, index);
        ring.keys[place] = uint160(_account(signer.key)) | (uint256(signer.expiry) << 160)
            | (uint256(signer.duty) << 200) | (uint256(kind) << 208);
        if (kind != KeyKind.Account) ring.publicKeys[place] = _publicKey(signer.key);
    }

    /// @dev Whether the key with this number signed the digest. Refuses a revoked or expired key.
    function signed(
        Ring storage ring, ParticipantId participant, uint256 index, bytes32 digest, bytes calldata signature
    ) internal view returns (bool valid, uint256 duty) {
        uint256 place = _place(participant, index);
        uint256 word = ring.keys[place];
        if (word & REVOKED != 0) revert SignerRevoked(participant, index);
        uint256 expiry = uint40(word >> 160);
        if (expiry != 0 && block.timestamp >= expiry) revert SignerExpired(participant, index, expiry);
        duty = uint8(word >> 200);
        // Compared as a number: most keys are accounts, and an enum would be checked first.
        if (uint8(word >> 208) == uint8(KeyKind.Account)) {
            return (_recovers(address(uint160(word)), digest, signature), duty);
        }
        KeyKind kind = KeyKind(uint8(word >> 208));
        bytes memory key = abi.encodePacked(address(uint160(word)), ring.publicKeys[place]);
        valid = _verify(kind, key, digest, signature);
    }

    /// @return duty of a key that may sign now; 0 of a revoked or expired one
    function dutyOf(Ring storage ring, ParticipantId participant, uint256 index) internal view returns (uint256 duty) {
        uint256 word = ring.keys[_place(participant, index)];
        uint256 expiry = uint40(word >> 160);
        bool ended = word & REVOKED != 0 || (expiry != 0 && block.timestamp >= expiry);
        return ended ? 0 : uint8(word >> 200);
    }

    function revoke(Ring storage ring, ParticipantId participant, uint256 index) internal {
        uint256 place = _place(participant, index);
        if (ring.keys[place] & REVOKED != 0) revert SignerRevoked(participant, index);
        ring.keys[place] |= REVOKED;
    }

    function keyOf(Ring storage ring, ParticipantId participant, uint256 index)
        internal
        view
        returns (Key memory key, bytes memory publicKey)
    {
        uint256 word = ring.keys[_place(participant, index)];
        key.account = address(uint160(word));
        key.expiry = uint40(word >> 160);
        key.duty = uint8(word >> 200);
        key.kind = KeyKind(uint8(word >> 208));
        key.revoked = word & REVOKED != 0;
        publicKey = ring.publicKeys[_place(participant, index)];
    }

    /// @dev Whether a key that is about to be registered signed the digest.
    function signedBy(Ring storage ring, bytes memory key, bytes32 digest, bytes calldata signature)
        internal
        view
        returns (bool)
    {
        if (key.length < 20) return false;
        KeyKind kind = _kindOf(ring, key);
        return kind == KeyKind.Account
            ? _recovers(_account(key), digest, signature)
            : _verify(kind, key, digest, signature);
    }

    /// @dev An account is checked by ECDSA alone, never by code at its address.
    function _recovers(address account, bytes32 digest, bytes calldata signature) private pure returns (bool) {
        (address recovered, ECDSA.RecoverError problem,) = ECDSA.tryRecoverCalldata(digest, signature);
        return problem == ECDSA.RecoverError.NoError && recovered == account;
    }

    function _verify(KeyKind kind, bytes memory key, bytes32 digest, bytes calldata signature)
        private
        view
        returns (bool)
    {
        // The verifier itself takes bytes behind the signature; one act has one form here.
        if (kind == KeyKind.Curve && signature.length != 64) return false;
        if (kind == KeyKind.Passkey && !_isCanonical(signature)) return false;
        // A verifier that runs out of gas answers like one that refuses; so it is not asked at all with less.
        if (gasleft() < VERIFIER_GAS) revert();
        return SignatureChecker.isValidSignatureNow(key, digest, signature);
    }

    /// @dev Whether an assertion is encoded in the one way, without bytes between or behind its parts.
    function _isCanonical(bytes calldata signature) private pure returns (bool) {
        if (signature.length > ASSERTION_MAX) return false;
        (bool decoded, WebAuthn.WebAuthnAuth calldata assertion) = WebAuthn.tryDecodeAuth(signature);
        if (!decoded) return false;
        // The verifier looks where these say, however far behind the end that is, and pays for the memory up to there.
        uint256 end = bytes(assertion.clientDataJSON).length;
        if (assertion.typeIndex >= end || assertion.challengeIndex >= end) return false;
        bytes memory canonical = abi.encode(assertion);
        bytes32 expected;
        assembly ("memory-safe") {
            // Behind the length and the word that says where the struct begins.
            expected := keccak256(add(canonical, 0x40), sub(mload(canonical), 0x20))
        }
        return keccak256(signature) == expected;
    }

    /// @dev One private key has one normalised form, whatever verifier its public key comes under.
    function _normalise(Ring storage ring, uint256 index, bytes memory key) private view returns (bytes32) {
        KeyKind kind = _kindOf(ring, key);
        if (kind == KeyKind.Account) {
            if (_account(key) == address(0)) revert BadSigner(index);
            return keccak256(key);
        }
        bytes memory publicKey = _publicKey(key);
        if (kind != KeyKind.Certificate) {
            if (publicKey.length != 64) revert BadSigner(index);
            // x alone: the holder of (x, y) also signs for (x, -y).
            return keccak256(abi.encodePacked(bytes32(publicKey)));
        }
        return _normaliseModulus(index, publicKey);
    }

    function _kindOf(Ring storage ring, bytes memory key) private view returns (KeyKind kind) {
        if (key.length == 20) return KeyKind.Account;
        kind = ring.verifiers[_account(key)];
        if (kind == KeyKind.Account) revert UnknownVerifier(_account(key));
    }

    /// @dev Only the canonical encoding without leading zeros is taken; the modulus alone tells the key.
    function _normaliseModulus(uint256 index, bytes memory publicKey) private pure returns (bytes32) {
        if (publicKey.length < PUBLIC_KEY_MIN || publicKey.length > PUBLIC_KEY_MAX) revert BadSigner(index);
        (bytes memory exponent, bytes memory modulus) = abi.decode(publicKey, (bytes, bytes));
        bool sized = modulus.length >= MODULUS_MIN && modulus.length <= MODULUS_MAX && exponent.length != 0
            && exponent.length <= EXPONENT_MAX;
        // An exponent of 1 would be a key that anybody signs with; an even one is none.
        if (!sized || uint8(exponent[exponent.length - 1]) & 1 == 0) revert BadSigner(index);
        bool canonical = modulus[0] != 0 && exponent[0] != 0 && !(exponent.length == 1 && uint8(exponent[0]) == 1)
            && keccak256(abi.encode(exponent, modulus)) == keccak256(publicKey);
        if (!canonical) revert BadSigner(index);
        return keccak256(modulus);
    }

    function _place(ParticipantId participant, uint256 index) private pure returns (uint256) {
        return (uint256(ParticipantId.unwrap(participant)) << 8) | index;
    }

    function _account(bytes memory key) private pure returns (address) {
        return address(bytes20(key));
    }

    function _publicKey(bytes memory key) private pure returns (bytes memory publicKey) {
        publicKey = new bytes(key.length - 20);
        assembly ("memory-safe") {
            // `publicKey` has room for exactly the bytes behind the verifier's address.
            mcopy(add(publicKey, 0x20), add(key, 0x34), mload(publicKey))
        }
    }
}
