"""Signatures checked in Python are those that the contracts take, and no others."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from ledger.chain.artifacts import artifact
from ledger.chain.keys import AccountKey, signed_by_account
from ledger.model.signing import SigningKey
from ledger.records.keys import CertificateKey, P256Key, PasskeyKey
from ledger.records.verification import (
    normalised,
    signed_by_certificate,
    signed_by_curve,
    signed_by_passkey,
)
from tests.cast import Cast, named

DIGEST = named("a command")
VERIFIER = bytes(20)
_ORDERS = {
    "account": 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
    "curve": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
}


@dataclass(frozen=True)
class Kind:
    """A kind of key and the check that an audit has for it."""

    make: Callable[[bytes], SigningKey]
    check: Callable[[bytes, bytes, bytes], bool]
    verifier: str = ""

    def public(self, key: SigningKey) -> bytes:
        return key.key[20:] if self.verifier else key.key


KINDS = {
    "account": Kind(lambda _: AccountKey.random(), signed_by_account),
    "curve": Kind(P256Key.random, signed_by_curve, "ERC7913P256Verifier"),
    "passkey": Kind(PasskeyKey.random, signed_by_passkey, "ERC7913WebAuthnVerifier"),
    "certificate": Kind(CertificateKey.random, signed_by_certificate, "ERC7913RSAVerifier"),
}


@pytest.mark.parametrize("name", KINDS)
def test_own_signature_is_taken_and_every_spoilt_one_refused(name: str) -> None:
    kind = KINDS[name]
    key = kind.make(VERIFIER)
    public, signature = kind.public(key), key.sign(DIGEST)
    assert kind.check(public, DIGEST, signature)
    assert not kind.check(public, named("another command"), signature)
    assert not kind.check(kind.public(kind.make(VERIFIER)), DIGEST, signature)
    for spoilt in (b"", signature[:-1], signature + bytes(1), signature + bytes(32)):
        assert not kind.check(public, DIGEST, spoilt)
    for bit in range(0, len(signature) * 8, 7):
        flipped = bytearray(signature)
        flipped[bit // 8] ^= 1 << bit % 8
        assert not kind.check(public, DIGEST, bytes(flipped)), bit


@pytest.mark.parametrize("name", _ORDERS)
def test_high_s_is_refused(name: str) -> None:
    kind = KINDS[name]
    key = kind.make(VERIFIER)
    signature = key.sign(DIGEST)
    high = (_ORDERS[name] - int.from_bytes(signature[32:64], "big")).to_bytes(32, "big")
    turned = bytes([55 - signature[64]]) if name == "account" else b""
    assert not kind.check(kind.public(key), DIGEST, signature[:32] + high + turned)


def test_one_private_key_has_one_form_whatever_it_comes_under() -> None:
    key = P256Key.random(VERIFIER)
    x, y = key.key[20:52], key.key[52:]
    assert normalised(1, x + y) == normalised(2, x + y) == x
    secret = rsa.generate_private_key(65537, 2048)
    modulus = secret.public_key().public_numbers().n.to_bytes(256, "big")
    assert normalised(3, CertificateKey(secret, VERIFIER).key[20:]) == modulus


@pytest.mark.deep
@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("seed", range(40))
def test_verifier_on_chain_says_the_same(cast: Cast, name: str, seed: int) -> None:
    """Good signatures and such with one bit turned, before both."""
    kind = KINDS[name]
    address = cast.ledger.deployment.addresses.get(kind.verifier, "0x" + bytes(20).hex())
    key = kind.make(bytes.fromhex(address[2:]))
    signature = bytearray(key.sign(DIGEST))
    if seed:
        place = seed * 8191 % (len(signature) * 8)
        signature[place // 8] ^= 1 << place % 8
    entry = artifact("Participants").functions["signedBy"]
    registry = cast.ledger.deployment.address("Participants")
    answer = cast.node.call(registry, entry.call(key.key, DIGEST, bytes(signature)))
    assert entry.answer(answer) == kind.check(kind.public(key), DIGEST, bytes(signature))
