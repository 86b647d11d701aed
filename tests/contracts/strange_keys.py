"""Keys to look at twice: raw RSA keys in any spelling, curve keys and their mirrors."""

import hashlib
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from eth_abi.abi import encode

from ledger.service.ledger import Ledger

__all__ = ["RawRsaKey", "curve_secret", "mirrored", "rsa_secret", "verifier"]

_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_DIGEST_INFO: Final = bytes.fromhex("3031300d060960864801650304020105000420")


def verifier(ledger: Ledger, kind: str) -> bytes:
    """Address of a deployed verifier: `P256`, `WebAuthn` or `RSA`."""
    return bytes.fromhex(ledger.deployment.address(f"ERC7913{kind}Verifier")[2:])


def curve_secret(number: int = 7) -> ec.EllipticCurvePrivateKey:
    """A P-256 key, the same in every run."""
    return ec.derive_private_key(number, ec.SECP256R1())


def mirrored(secret: ec.EllipticCurvePrivateKey) -> ec.EllipticCurvePrivateKey:
    """The key of (x, -y), which whoever holds that of (x, y) has as well."""
    number = secret.private_numbers().private_value
    return ec.derive_private_key(_ORDER - number, ec.SECP256R1())


def rsa_secret() -> rsa.RSAPrivateKey:
    """An RSA key of the least length."""
    return rsa.generate_private_key(65537, 2048)


class RawRsaKey:
    """An RSA key by its numbers, with its public key written in any way."""

    def __init__(self, verifier: bytes, exponent: int, modulus: int, secret: int) -> None:
        self._verifier, self._secret = verifier, secret
        self._exponent, self._modulus = exponent, modulus
        self._length = 256
        self.key = verifier + encode(["bytes", "bytes"], [_bytes(exponent), _bytes(modulus)])

    def written(self, exponent: bytes | None = None, modulus: bytes | None = None) -> "RawRsaKey":
        """The same key with its numbers in these bytes."""
        exponent = _bytes(self._exponent) if exponent is None else exponent
        modulus = _bytes(self._modulus) if modulus is None else modulus
        self._length = len(modulus)
        self.key = self._verifier + encode(["bytes", "bytes"], [exponent, modulus])
        return self

    def sign(self, digest: bytes) -> bytes:
        """PKCS#1 v1.5 over the digest's own SHA-256, as long as the modulus is written."""
        info = _DIGEST_INFO + hashlib.sha256(digest).digest()
        padding = b"\xff" * (self._length - 3 - len(info))
        message = int.from_bytes(b"\0\1" + padding + b"\0" + info, "big")
        return pow(message, self._secret, self._modulus).to_bytes(self._length, "big")


def _bytes(value: int) -> bytes:
    return value.to_bytes((value.bit_length() + 7) // 8, "big")
