"""Keys under an ERC-7913 verifier: P-256, passkey and RSA certificate keys.

Each signature is exactly what OpenZeppelin's verifier of that kind accepts. The cryptography is
the library's; here are only the shapes.
"""

import base64
import hashlib
import json
from typing import Final, NoReturn

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from ledger.model.errors.input import InvalidField
from ledger.model.signing import check_digest, check_verifier

__all__ = ["CertificateKey", "P256Key", "PasskeyKey"]

_P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_RSA_BITS_MIN: Final = 2048
_RSA_EXPONENT: Final = 65537

# Authenticator data flags: the user was present and was verified; the key is not backed up.
_USER_PRESENT: Final = 0x01
_USER_VERIFIED: Final = 0x04


class _VerifiedKey:
    """What the three kinds share: the signer's bytes, a quiet repr, no copies."""

    __slots__ = ("key",)

    key: bytes

    def _join(self, verifier: bytes, public: bytes) -> None:
        check_verifier(verifier)
        self.key = verifier + public

    def __repr__(self) -> str:
        return f"{type(self).__name__}(0x{self.key[:40].hex()}…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not copied to another process")


class P256Key(_VerifiedKey):
    """A P-256 key as an HSM, a token or a key service holds it; it signs the digest itself."""

    __slots__ = ("_secret",)

    def __init__(self, secret: ec.EllipticCurvePrivateKey, verifier: bytes) -> None:
        self._secret = _p256(secret)
        self._join(verifier, _point(secret))

    @classmethod
    def random(cls, verifier: bytes) -> "P256Key":
        """A new key from the system's random source."""
        return cls(ec.generate_private_key(ec.SECP256R1()), verifier)

    @classmethod
    def from_pem(cls, pem: bytes, verifier: bytes, *, password: bytes | None = None) -> "P256Key":
        """A key from a PEM file of a private key."""
        return cls(_p256(serialization.load_pem_private_key(pem, password)), verifier)

    def sign(self, digest: bytes) -> bytes:
        """64 bytes r, s with the low s."""
        check_digest(digest)
        return _low_s(self._secret.sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA256()))))


class PasskeyKey(_VerifiedKey):
    """A passkey in software, for the demonstration and the tests; a real one lives in a device."""

    __slots__ = ("_origin", "_secret", "_site")

    def __init__(
        self,
        secret: ec.EllipticCurvePrivateKey,
        verifier: bytes,
        *,
        site: str = "localhost",
        origin: str = "https://localhost",
    ) -> None:
        self._secret = _p256(secret)
        self._site, self._origin = site, origin
        self._join(verifier, _point(secret))

    @classmethod
    def random(cls, verifier: bytes) -> "PasskeyKey":
        """A new key from the system's random source."""
        return cls(ec.generate_private_key(ec.SECP256R1()), verifier)

    def sign(self, digest: bytes) -> bytes:
        """The encoded assertion whose challenge is the digest, with the user verified."""
        check_digest(digest)
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        client_data = json.dumps(
            {
                "type": "webauthn.get",
                "challenge": challenge,
                "origin": self._origin,
                "crossOrigin": False,
            },
            separators=(",", ":"),
        ).encode()
        flags = bytes([_USER_PRESENT | _USER_VERIFIED])
        # The signature counter stays 0: the verifiers keep no state to compare it with.
        data = hashlib.sha256(self._site.encode()).digest() + flags + bytes(4)
        signed = data + hashlib.sha256(client_data).digest()
        signature = _low_s(self._secret.sign(signed, ec.ECDSA(hashes.SHA256())))
        places = (client_data.index(b'"challenge"'), client_data.index(b'"type"'))
        words = (signature[:32], signature[32:], *map(_word, places))
        return _encode(*words, tails=(data, client_data))


class CertificateKey(_VerifiedKey):
    """The RSA key of an enterprise certificate; PKCS#1 v1.5 with SHA-256 over the digest."""

    __slots__ = ("_secret",)

    def __init__(self, secret: rsa.RSAPrivateKey, verifier: bytes) -> None:
        self._secret = _rsa(secret)
        numbers = secret.public_key().public_numbers()
        self._join(verifier, _encode(tails=(_shortest(numbers.e), _shortest(numbers.n))))

    @classmethod
    def random(cls, verifier: bytes) -> "CertificateKey":
        """A new key from the system's random source."""
        return cls(rsa.generate_private_key(_RSA_EXPONENT, _RSA_BITS_MIN), verifier)

    @classmethod
    def from_pem(
        cls, pem: bytes, verifier: bytes, *, password: bytes | None = None
    ) -> "CertificateKey":
        """A key from a PEM file of a private key."""
        return cls(_rsa(serialization.load_pem_private_key(pem, password)), verifier)

    def sign(self, digest: bytes) -> bytes:
        """As many bytes as the modulus has; the verifier hashes the digest once more, so do we."""
        check_digest(digest)
        return self._secret.sign(digest, padding.PKCS1v15(), hashes.SHA256())


def _p256(secret: object) -> ec.EllipticCurvePrivateKey:
    """The secret, if it is a key on P-256."""
    if isinstance(secret, ec.EllipticCurvePrivateKey) and isinstance(secret.curve, ec.SECP256R1):
        return secret
    raise InvalidField(field="secret", value="…", expected="p256")


def _rsa(secret: object) -> rsa.RSAPrivateKey:
    """The secret, if it is an RSA key of the length that the verifier accepts."""
    if isinstance(secret, rsa.RSAPrivateKey) and secret.key_size >= _RSA_BITS_MIN:
        return secret
    raise InvalidField(field="secret", value="…", expected="rsa_2048")


def _point(secret: ec.EllipticCurvePrivateKey) -> bytes:
    """The public point as qx, qy."""
    return secret.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )[1:]


def _low_s(signature: bytes) -> bytes:
    """A DER signature as r, s; of s and its mirror the lower one, the only one accepted."""
    r, s = utils.decode_dss_signature(signature)
    return _word(r) + _word(min(s, _P256_ORDER - s))


def _word(value: int) -> bytes:
    return value.to_bytes(32, "big")


def _shortest(value: int) -> bytes:
    """An integer without leading zeros: each key has one spelling."""
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def _encode(*words: bytes, tails: tuple[bytes, ...]) -> bytes:
    """ABI encoding of some words followed by byte strings."""
    head, tail = list(words), b""
    start = 32 * (len(words) + len(tails))
    for data in tails:
        head.append(_word(start + len(tail)))
        tail += _word(len(data)) + data + bytes(-len(data) % 32)
    return b"".join(head) + tail
