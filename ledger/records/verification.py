"""Whether a key under a verifier signed a digest, as the verifiers on chain decide it.

Signers sign with `ledger.records.keys`; whoever checks them later needs only what is public. The
cryptography is the library's; here are only the shapes.
"""

import base64
import hashlib
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

__all__ = ["normalised", "signed_by_certificate", "signed_by_curve", "signed_by_passkey"]

_P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_ASSERTION_MAX: Final = 4096
_HEAD: Final = 6 * 32

# DigestInfo of SHA-256 with its parameters and, as RFC 8017 also lets signers write it, without.
_DIGEST_INFO: Final = (
    bytes.fromhex("3031300d060960864801650304020105000420"),
    bytes.fromhex("302f300b06096086480165030402010420"),
)

_USER_PRESENT: Final = 0x01
_USER_VERIFIED: Final = 0x04
_BACKUP_ELIGIBLE: Final = 0x08
_BACKED_UP: Final = 0x10


def signed_by_curve(public: bytes, digest: bytes, signature: bytes) -> bool:
    """A P-256 key x ‖ y over the digest itself: 64 bytes r, s with the low s."""
    if len(public) != 64 or len(signature) != 64:
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not (0 < r < _P256_ORDER and 0 < s <= _P256_ORDER // 2):
        return False
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + public)
        encoded = utils.encode_dss_signature(r, s)
        key.verify(encoded, digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))
    except (InvalidSignature, ValueError):
        return False
    return True


def signed_by_passkey(public: bytes, digest: bytes, signature: bytes) -> bool:
    """A passkey's assertion, canonically encoded, whose challenge is the digest."""
    parts = _assertion(signature)
    if parts is None:
        return False
    challenge_at, type_at, data, client = parts
    challenge = b'"challenge":"' + base64.urlsafe_b64encode(digest).rstrip(b"=") + b'"'
    kind = b'"type":"webauthn.get"'
    if len(data) < 37 or client[challenge_at : challenge_at + len(challenge)] != challenge:
        return False
    if client[type_at : type_at + len(kind)] != kind:
        return False
    flags = data[32]
    is_backed_up_wrongly = flags & _BACKED_UP and not flags & _BACKUP_ELIGIBLE
    if not flags & _USER_PRESENT or not flags & _USER_VERIFIED or is_backed_up_wrongly:
        return False
    signed = hashlib.sha256(data + hashlib.sha256(client).digest()).digest()
    return signed_by_curve(public, signed, signature[:64])


def signed_by_certificate(public: bytes, digest: bytes, signature: bytes) -> bool:
    """An RSA key over the digest: PKCS#1 v1.5 with SHA-256."""
    parts = _rsa_parts(public)
    if parts is None:
        return False
    exponent, modulus = (int.from_bytes(part, "big") for part in parts)
    try:
        key = rsa.RSAPublicNumbers(exponent, modulus).public_key()
        info = key.recover_data_from_signature(signature, padding.PKCS1v15(), None)
    except (InvalidSignature, ValueError):
        return False
    return info in tuple(head + hashlib.sha256(digest).digest() for head in _DIGEST_INFO)


def normalised(kind: int, public: bytes) -> bytes:
    """What tells one private key whatever it comes under: x of a point, the modulus of RSA."""
    if kind != 3:
        return public[:32]
    parts = _rsa_parts(public)
    return public if parts is None else parts[1]


def _rsa_parts(public: bytes) -> tuple[bytes, bytes] | None:
    """Exponent and modulus; only their canonical encoding is a key."""
    exponent, place = _tail(public, 0, 64)
    modulus, end = _tail(public, 32, place)
    return (exponent, modulus) if exponent and modulus and end == len(public) else None


def _assertion(signature: bytes) -> tuple[int, int, bytes, bytes] | None:
    """Places of challenge and type, authenticator data and client data; None if not canonical."""
    if not _HEAD <= len(signature) <= _ASSERTION_MAX:
        return None
    words = [int.from_bytes(signature[at : at + 32], "big") for at in (64, 96)]
    data, place = _tail(signature, 128, _HEAD)
    client, end = _tail(signature, 160, place)
    return (words[0], words[1], data, client) if end == len(signature) else None


def _tail(encoded: bytes, head: int, place: int) -> tuple[bytes, int]:
    """The byte string that a head points to, if that is where it has to be, and where it ends."""
    if int.from_bytes(encoded[head : head + 32], "big") != place:
        return b"", -1
    length = int.from_bytes(encoded[place : place + 32], "big")
    end = place + 32 + length
    padded = end + -length % 32
    if padded > len(encoded) or any(encoded[end:padded]):
        return b"", -1
    return encoded[place + 32 : end], padded
