"""Signatures of every kind of key, written as they must not be: false, or true in another form."""

import base64
import hashlib
import json
from collections.abc import Iterator
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature

from ledger.chain.keys import AccountKey
from ledger.model.signing import SigningKey
from ledger.records.keys import CertificateKey, P256Key, PasskeyKey

__all__ = ["Spelling", "flipped", "wrong_spellings"]

Spelling = tuple[str, str, bytes]
"""Class of the falsehood, its name, and the signature."""

ACCOUNT_ORDER: Final = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
CURVE_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def wrong_spellings(key: SigningKey, digest: bytes) -> Iterator[Spelling]:
    """What must not stand for a key's signature of a digest; other software takes some of it."""
    good = key.sign(digest)
    yield "cut", "nothing", b""
    yield "cut", "the last byte cut", good[:-1]
    yield "cut", "the first byte cut", good[1:]
    yield "cut", "half of it", good[: len(good) // 2]
    yield "padded", "a byte behind", good + b"\0"
    yield "padded", "a byte in front", b"\0" + good
    yield "padded", "a word behind", good + bytes(32)
    yield "spelling", "zeros", bytes(len(good))
    yield "spelling", "ones", b"\xff" * len(good)
    if isinstance(key, AccountKey):
        yield from _account(good)
    elif isinstance(key, P256Key):
        yield from _curve(key, digest, good)
    elif isinstance(key, PasskeyKey):
        yield from _passkey(key, digest, good)
    elif isinstance(key, CertificateKey):
        yield from _certificate(key, digest, good)


def flipped(data: bytes, bit: int) -> bytes:
    """The bytes with one bit turned."""
    byte = data[bit // 8] ^ 1 << bit % 8
    return data[: bit // 8] + bytes([byte]) + data[bit // 8 + 1 :]


def _account(good: bytes) -> Iterator[Spelling]:
    r, s, v = good[:32], int.from_bytes(good[32:64], "big"), good[64]
    mirrored = _word(ACCOUNT_ORDER - s)
    yield "high s", "high s", r + mirrored + bytes([55 - v])
    yield "high s", "high s and the old v", r + mirrored + bytes([v])
    yield "compact", "compact form", r + _word(s | (v - 27) << 255)
    yield "compact", "high s in compact form", r + _word((ACCOUNT_ORDER - s) & (1 << 255) - 1)
    yield "spelling", "v from 0", good[:64] + bytes([v - 27])
    yield "spelling", "v of a chain", good[:64] + bytes([v + 8])
    yield "spelling", "v in front", good[64:] + good[:64]
    yield "spelling", "r of zero", bytes(32) + good[32:]
    yield "spelling", "s of the order", r + _word(ACCOUNT_ORDER) + bytes([v])


def _curve(key: P256Key, digest: bytes, good: bytes) -> Iterator[Spelling]:
    yield from _mirrored(good[:32], good[32:], b"")
    der = key._secret.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256())))
    yield "compact", "DER", der
    yield "padded", "a recovery byte behind", good + b"\x1b"
    hashed = key._secret.sign(digest, ec.ECDSA(hashes.SHA256()))
    yield "other message", "over the hash of the digest", _raw(hashed)
    yield "spelling", "as a passkey", PasskeyKey(key._secret, key.key[:20]).sign(digest)


def _mirrored(r: bytes, s: bytes, rest: bytes) -> Iterator[Spelling]:
    """Curve signatures whose numbers are out of their bounds; `rest` follows them."""
    number = int.from_bytes(s, "big")
    yield "high s", "high s", r + _word(CURVE_ORDER - number) + rest
    yield "spelling", "r and s exchanged", s + r + rest
    yield "spelling", "r of zero", bytes(32) + s + rest
    yield "spelling", "s of zero", r + bytes(32) + rest
    yield "spelling", "s of the order", r + _word(CURVE_ORDER) + rest
    yield "spelling", "r of the order", _word(CURVE_ORDER) + s + rest


def _passkey(key: PasskeyKey, digest: bytes, good: bytes) -> Iterator[Spelling]:
    yield from _mirrored(good[:32], good[32:64], good[64:])
    plain = P256Key(key._secret, key.key[:20]).sign(digest)
    yield "compact", "without its assertion", plain
    yield "compact", "numbers of a plain signature", plain + good[64:]
    yield "spelling", "wrapped once more", _word(32) + good
    yield "spelling", "challenge at another place", _with_word(good, 2, 2)
    yield "spelling", "type at another place", _with_word(good, 3, 0)
    for place, name in ((2, "challenge"), (3, "type"), (4, "data"), (5, "client data")):
        yield "spelling", f"{name} beyond all bounds", _with_word(good, place, 2**256 - 1)
    yield "spelling", "one part twice", _with_word(good, 5, 0xC0)
    yield from _assertions(key, digest)


def _assertions(key: PasskeyKey, digest: bytes) -> Iterator[Spelling]:
    """Assertions that the key itself has signed, but not for this, or not in this way."""
    usual = {"type": "webauthn.get", "challenge": _url(digest)}
    yield "other message", "a registration", _signed(key, {**usual, "type": "webauthn.create"})
    yield (
        "other message",
        "another challenge",
        _signed(key, {**usual, "challenge": _url(bytes(32))}),
    )
    yield (
        "other message",
        "half a challenge",
        _signed(key, {**usual, "challenge": _url(digest[:16])}),
    )
    yield (
        "other message",
        "a padded challenge",
        _signed(key, {**usual, "challenge": _url(digest) + "="}),
    )
    yield "other message", "nobody there", _signed(key, usual, flags=0x04)
    yield "other message", "a user not verified", _signed(key, usual, flags=0x01)
    yield "other message", "backed up, which it cannot be", _signed(key, usual, flags=0x15)
    yield "padded", "a book as client data", _signed(key, {**usual, "more": "x" * 4096})
    yield "other message", "data without a counter", _signed(key, usual, counter=b"")


def _signed(
    key: PasskeyKey, client: dict[str, str], *, flags: int = 5, counter: bytes = bytes(4)
) -> bytes:
    text = json.dumps(client, separators=(",", ":")).encode()
    data = hashlib.sha256(b"localhost").digest() + bytes([flags]) + counter
    message = data + hashlib.sha256(text).digest()
    numbers = _raw(key._secret.sign(message, ec.ECDSA(hashes.SHA256())))
    words = [_word(text.index(b'"challenge"')), _word(text.index(b'"type"'))]
    parts = [_word(len(part)) + part + bytes(-len(part) % 32) for part in (data, text)]
    places = [_word(0xC0), _word(0xC0 + len(parts[0]))]
    return numbers + b"".join([*words, *places, *parts])


def _certificate(key: CertificateKey, digest: bytes, good: bytes) -> Iterator[Spelling]:
    secret = key._secret
    modulus = secret.private_numbers().public_numbers.n
    number = int.from_bytes(good, "big")
    size = len(good)
    yield "high s", "its mirror", (modulus - number).to_bytes(size, "big")
    yield "high s", "more than the modulus", (modulus + number).to_bytes(size + 1, "big")
    yield "spelling", "one", (1).to_bytes(size, "big")
    yield "spelling", "the modulus", modulus.to_bytes(size, "big")
    yield "spelling", "one less than the modulus", (modulus - 1).to_bytes(size, "big")
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.MAX_LENGTH)
    yield "compact", "of the newer padding", secret.sign(digest, pss, hashes.SHA256())
    for other in (hashes.SHA512(), hashes.SHA224()):
        yield (
            "other message",
            f"hashed by {other.name}",
            secret.sign(digest, padding.PKCS1v15(), other),
        )
    bare = secret.sign(digest, padding.PKCS1v15(), Prehashed(hashes.SHA256()))
    yield "other message", "the digest not hashed", bare
    hashed = secret.sign(hashlib.sha256(digest).digest(), padding.PKCS1v15(), hashes.SHA256())
    yield "other message", "the digest hashed twice", hashed
    info = bytes.fromhex("3031300d060960864801650304020105000420") + hashlib.sha256(digest).digest()
    short = b"\0\1" + b"\xff" * 8 + b"\0" + info
    exponent = secret.private_numbers().d
    for name, message in (
        ("rubbish behind the digest", short + b"\xaa" * (size - len(short))),
        ("another block type", b"\0\2" + b"\xff" * (size - len(info) - 3) + b"\0" + info),
        ("zeros as padding", b"\0\1" + bytes(size - len(info) - 2) + info),
    ):
        forged = pow(int.from_bytes(message, "big"), exponent, modulus)
        yield "other message", name, forged.to_bytes(size, "big")


def _raw(der: bytes) -> bytes:
    """A DER signature as r and the lower s."""
    r, s = decode_dss_signature(der)
    return _word(r) + _word(min(s, CURVE_ORDER - s))


def _with_word(data: bytes, place: int, value: int) -> bytes:
    return data[: 32 * place] + _word(value) + data[32 * place + 32 :]


def _url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _word(value: int) -> bytes:
    return value.to_bytes(32, "big")
