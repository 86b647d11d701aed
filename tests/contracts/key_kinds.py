"""Signers of every kind, the same in every run, and a cast that signs with one kind."""

import random
from collections.abc import Callable, Container, Iterator
from functools import cache
from itertools import combinations
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from web3.utils import get_create_address

from ledger.chain.deployment import VERIFIERS
from ledger.chain.keys import AccountKey
from ledger.model.signing import SigningKey
from ledger.records.keys import CertificateKey, P256Key, PasskeyKey
from tests.cast import CHECKER, MAKER, Cast, SteppedNode, key_of, named

__all__ = ["KINDS", "cast_of", "like"]

KINDS: Final = ("Account", "P256", "WebAuthn", "RSA")
"""By the verifier that takes them; an account needs none."""

_PRIMES: Final = 7
_SMALL: Final = [n for n in range(3, 2000, 2) if all(n % m for m in range(3, int(n**0.5) + 1, 2))]


def cast_of(kind: str, node: SteppedNode, signers: Container[int] = (MAKER, CHECKER)) -> Cast:
    """A ledger whose makers and checkers have one kind of key; all other signers are accounts."""
    if kind == "Account":
        return Cast(node)
    names = [f"ERC7913{one}Verifier" for one in KINDS[1:]]
    assert names == [name for name, _ in VERIFIERS]
    number = node.nonce + names.index(f"ERC7913{kind}Verifier")
    # A contract's address follows from its creator and the creator's transaction number.
    verifier = bytes.fromhex(get_create_address(node.sender, number)[2:])

    def key(name: str, number: int) -> SigningKey:
        if number not in signers:
            return key_of(name, number)
        return _made(kind, verifier, f"{name} {number}")

    return Cast(node, key)


def like(key: SigningKey, text: str) -> SigningKey:
    """Another key of the same kind: a stranger's."""
    kind = {AccountKey: "Account", P256Key: "P256", PasskeyKey: "WebAuthn", CertificateKey: "RSA"}
    return _made(kind[type(key)], key.key[:20], text)


def _made(kind: str, verifier: bytes, text: str) -> SigningKey:
    secret = named(text)
    if kind == "Account":
        return AccountKey(secret)
    if kind == "RSA":
        return CertificateKey(_certificate(text), verifier)
    make: Callable[..., SigningKey] = P256Key if kind == "P256" else PasskeyKey
    # One byte less, so that it is below the curve's order.
    return make(ec.derive_private_key(int.from_bytes(secret[1:], "big"), ec.SECP256R1()), verifier)


@cache
def _certificate(text: str) -> rsa.RSAPrivateKey:
    """The next RSA key of two out of a few primes: weak together, and made fast."""
    del text
    p, q = next(_pairs())
    exponent = 65537
    secret = pow(exponent, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(exponent, p * q)
    parts = (secret % (p - 1), secret % (q - 1), pow(q, -1, p))
    return rsa.RSAPrivateNumbers(p, q, secret, *parts, public).private_key()


@cache
def _pairs() -> Iterator[tuple[int, int]]:
    return combinations(_primes(), 2)


def _primes() -> list[int]:
    source = random.Random("primes of the tests")
    found: list[int] = []
    while len(found) < _PRIMES:
        # Both high bits, so that a product has all its 2,048 bits.
        candidate = source.getrandbits(1024) | 3 << 1022 | 1
        if all(candidate % small for small in _SMALL) and _is_prime(candidate):
            found.append(candidate)
    return found


def _is_prime(number: int) -> bool:
    return all(pow(base, number - 1, number) == 1 for base in (2, 3, 5))
