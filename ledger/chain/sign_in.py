"""Signing in: EIP-712 in a domain of its own, which names no contract.

No contract can take such a signature for a command's: its domain has another type, so the digests
of the two never meet. The service's name is signed too, so that a copy of it elsewhere
cannot use what it is shown.
"""

from dataclasses import dataclass
from typing import Any, Final

from ledger.chain.typed_data import keccak

__all__ = ["SignIn"]

NAME: Final = "Fenbook sign-in"
VERSION: Final = "1"

_DOMAIN: Final = (("name", "string"), ("version", "string"), ("chainId", "uint256"))
_MEMBERS: Final = (
    ("service", "string"),
    ("participant", "uint32"),
    ("signer", "uint8"),
    ("challenge", "bytes32"),
    ("endsAt", "uint64"),
)


def _type_hash(name: str, members: tuple[tuple[str, str], ...]) -> bytes:
    return keccak(f"{name}({','.join(f'{kind} {one}' for one, kind in members)})".encode())


def _word(value: int) -> bytes:
    return value.to_bytes(32, "big")


@dataclass(frozen=True, slots=True)
class SignIn:
    """What a signer signs to begin a session."""

    chain_id: int
    service: str
    """The name under which the service is reached."""
    participant: int
    signer: int
    """The signer's number within its participant."""
    challenge: bytes
    ends_at: int
    """Second of this machine's clock after which the challenge is no longer taken."""

    @property
    def digest(self) -> bytes:
        """The 32 bytes that are signed."""
        domain = (
            _type_hash("EIP712Domain", _DOMAIN),
            keccak(NAME.encode()),
            keccak(VERSION.encode()),
            _word(self.chain_id),
        )
        members = (
            _type_hash("SignIn", _MEMBERS),
            keccak(self.service.encode()),
            _word(self.participant),
            _word(self.signer),
            self.challenge,
            _word(self.ends_at),
        )
        return keccak(b"\x19\x01" + keccak(b"".join(domain)) + keccak(b"".join(members)))

    def document(self) -> dict[str, Any]:
        """The whole EIP-712 document in JSON, as `eth_signTypedData_v4` takes it."""
        return {
            "types": {
                "EIP712Domain": [{"name": name, "type": kind} for name, kind in _DOMAIN],
                "SignIn": [{"name": name, "type": kind} for name, kind in _MEMBERS],
            },
            "primaryType": "SignIn",
            "domain": {"name": NAME, "version": VERSION, "chainId": self.chain_id},
            "message": {
                "service": self.service,
                "participant": self.participant,
                "signer": self.signer,
                "challenge": "0x" + self.challenge.hex(),
                "endsAt": str(self.ends_at),
            },
        }
