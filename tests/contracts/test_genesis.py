"""Founders are named when nobody can sign yet: their keys are looked at all the same."""

import pytest
from eth_abi.abi import encode
from web3.utils import get_create_address

from ledger.chain.deployment import VERIFIERS, Founder, deploy
from ledger.model.errors.service import BatchReverted
from ledger.model.parts import Signer
from ledger.model.states import Duty, Role
from tests.cast import RULES, Cast, named

MODULUS = b"\xc1" * 256
LONG = 2**33 + 1


def rsa_key(exponent: bytes, modulus: bytes) -> bytes:
    return encode(["bytes", "bytes"], [exponent, modulus])


KEYS = {
    "the account of zeros": ("", bytes(20)),
    "too short for an account": ("", bytes(19)),
    "a curve's key of 63 bytes": ("P256", bytes([1]) * 63),
    "a curve's key of 65 bytes": ("P256", bytes([1]) * 65),
    "a passkey of 63 bytes": ("WebAuthn", bytes([1]) * 63),
    "RSA of a byte": ("RSA", b"\1"),
    "RSA of 1,024 bits": ("RSA", rsa_key(b"\3", MODULUS[:128])),
    "RSA of 2,040 bits": ("RSA", rsa_key(b"\3", MODULUS[:255])),
    "RSA of 4,104 bits": ("RSA", rsa_key(b"\3", MODULUS * 2 + b"\1")),
    "RSA of 8,192 bits": ("RSA", rsa_key(b"\3", MODULUS * 4)),
    "RSA without an exponent": ("RSA", rsa_key(b"", MODULUS)),
    "RSA with a long exponent": ("RSA", rsa_key(LONG.to_bytes(5, "big"), MODULUS)),
    "RSA with an even exponent": ("RSA", rsa_key(b"\4", MODULUS)),
    "RSA with exponent one": ("RSA", rsa_key(b"\1", MODULUS)),
    "RSA with a zero before its exponent": ("RSA", rsa_key(b"\0\3", MODULUS)),
    "RSA with a zero before its modulus": ("RSA", rsa_key(b"\3", b"\0" + MODULUS)),
    "RSA with a byte behind": ("RSA", rsa_key(b"\3", MODULUS) + b"\0"),
}


def founded_with(cast: Cast, verifier: str, public: bytes) -> None:
    """A ledger of one founder whose second signer has this key."""
    kinds = [name for name, _ in VERIFIERS]
    prefix = b""
    if verifier:
        number = cast.node.nonce + kinds.index(f"ERC7913{verifier}Verifier")
        prefix = bytes.fromhex(get_create_address(cast.node.sender, number)[2:])
    keys = (cast.acme.keys[0].key, prefix + public)
    signers = tuple(Signer(key, int(Duty.MAKER | Duty.CHECKER), 0, bytes(32)) for key in keys)
    founder = Founder(int(Role.OPERATOR), named("Operator"), 0, 1, 2, 10**6, signers)
    deploy(cast.node, [founder], RULES)


@pytest.mark.parametrize("name", KEYS)
def test_a_founder_with_a_bad_key_is_refused(cast: Cast, name: str) -> None:
    with pytest.raises(BatchReverted):
        founded_with(cast, *KEYS[name])


@pytest.mark.parametrize(
    ("verifier", "public"),
    [
        ("", b"\1" * 20),
        ("P256", b"\1" * 64),
        ("WebAuthn", b"\1" * 64),
        ("RSA", rsa_key(b"\3", MODULUS)),
        ("RSA", rsa_key(b"\1\0\1", MODULUS * 2)),
    ],
)
def test_a_founder_with_a_good_key_is_taken(cast: Cast, verifier: str, public: bytes) -> None:
    founded_with(cast, verifier, public)
