"""What every key that signs for a participant looks like, whatever its kind and custody."""

from typing import Protocol

from ledger.model.errors.input import InvalidField

__all__ = ["SigningKey", "check_code", "check_digest", "check_verifier"]


class SigningKey(Protocol):
    """A key of a signer: an account, or a key under one of the ledger's verifiers (ERC-7913)."""

    @property
    def key(self) -> bytes:
        """The public signer: an account's 20 bytes, or a verifier's 20 bytes and its key."""

    def sign(self, digest: bytes) -> bytes:
        """Sign the 32-byte digest of a command."""


def check_code(digest: bytes) -> str:
    """The head of a digest, short enough to compare between two screens or over the telephone."""
    return digest.hex()[:8]


def check_digest(digest: object) -> None:
    """Refuse to sign anything but a digest."""
    if not isinstance(digest, bytes) or len(digest) != 32:
        raise InvalidField(field="digest", value=digest, expected="digest")


def check_verifier(verifier: object) -> None:
    """Refuse a verifier that is no contract address."""
    if not isinstance(verifier, bytes) or len(verifier) != 20:
        raise InvalidField(field="verifier", value=verifier, expected="verifier")
