"""The dearest keys that the ledger takes, and keys that sign the same digest the same way."""

import hashlib
import random
from itertools import combinations, islice
from math import prod
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from eth_abi.abi import encode

from ledger.records.keys import P256Key, PasskeyKey

__all__ = ["LongCertificateKey", "curve_key", "long_certificate_keys", "long_passkeys"]

_EXPONENT: Final = 2**32 - 5
"""The largest prime of four bytes."""

_MODULUS_BYTES: Final = 512
_PRIME_BITS: Final = 256
_PRIMES_OF_ONE: Final = _MODULUS_BYTES * 8 // _PRIME_BITS
_DIGEST_INFO: Final = bytes.fromhex("3031300d060960864801650304020105000420")

_ORIGIN_LETTERS: Final = 3_624
"""So many that the assertion has the 4,096 bytes that are looked at at most."""


class LongCertificateKey:
    """An RSA key of the longest modulus and exponent: of many small primes, weak and fast."""

    def __init__(self, verifier: bytes, primes: tuple[int, ...]) -> None:
        self._primes, self._modulus = primes, prod(primes)
        modulus = self._modulus.to_bytes(_MODULUS_BYTES, "big")
        self.key = verifier + encode(["bytes", "bytes"], [_EXPONENT.to_bytes(4, "big"), modulus])

    def sign(self, digest: bytes) -> bytes:
        """PKCS#1 v1.5 over the digest's own SHA-256, prime by prime."""
        info = _DIGEST_INFO + hashlib.sha256(digest).digest()
        padded = b"\0\1" + b"\xff" * (_MODULUS_BYTES - 3 - len(info)) + b"\0" + info
        message, signature = int.from_bytes(padded, "big"), 0
        for one in self._primes:
            rest = self._modulus // one
            root = pow(message % one, pow(_EXPONENT, -1, one - 1), one)
            signature += root * rest * pow(rest, -1, one)
        return (signature % self._modulus).to_bytes(_MODULUS_BYTES, "big")


def long_certificate_keys(verifier: bytes, count: int) -> list[LongCertificateKey]:
    """So many different keys out of a few primes."""
    chosen = combinations(_primes(_PRIMES_OF_ONE + 2), _PRIMES_OF_ONE)
    return [LongCertificateKey(verifier, primes) for primes in islice(chosen, count)]


def _primes(count: int) -> list[int]:
    source = random.Random("primes of the worst keys")
    found: list[int] = []
    while len(found) < count:
        # Both high bits, so that a product has all its bytes.
        candidate = source.getrandbits(_PRIME_BITS) | 3 << (_PRIME_BITS - 2) | 1
        if all(pow(base, candidate - 1, candidate) == 1 for base in (2, 3, 5)):
            found.append(candidate)
    return found


class _Steady:
    """A P-256 secret that gives one signature for one digest: what it costs depends on it."""

    def __init__(self, number: int) -> None:
        self._secret = ec.derive_private_key(number, ec.SECP256R1())
        self.curve = self._secret.curve
        self.public_key = self._secret.public_key

    def sign(self, data: bytes, algorithm: Any) -> bytes:
        steady = ec.ECDSA(algorithm.algorithm, deterministic_signing=True)
        return self._secret.sign(data, steady)


ec.EllipticCurvePrivateKey.register(_Steady)


def curve_key(verifier: bytes) -> P256Key:
    """A P-256 key."""
    secret: Any = _Steady(7)
    return P256Key(secret, verifier)


def long_passkeys(verifier: bytes, count: int) -> list[PasskeyKey]:
    """Passkeys whose assertions are as long as any that is looked at."""
    secrets: list[Any] = [_Steady(number) for number in range(11, 11 + count)]
    return [PasskeyKey(one, verifier, origin="https://" + "x" * _ORIGIN_LETTERS) for one in secrets]
