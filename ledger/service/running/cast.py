"""Who takes part in an evaluation: everything here is public, the keys too."""

from dataclasses import dataclass
from typing import Final

from ledger.chain.keys import AccountKey
from ledger.chain.typed_data import keccak
from ledger.model.states import Duty, Role

__all__ = ["CAST", "RECORDS_KEY", "Member", "evaluation_key"]


@dataclass(frozen=True, slots=True)
class Member:
    """A role, and a unified social credit code in a region that there is not."""

    role: Role
    uscc: str


CAST: Final = {
    "core": Member(Role.ISSUER, "91999999FENBK001XA"),
    "a": Member(Role.SUPPLIER, "91999999FENBK0028A"),
    "b": Member(Role.SUPPLIER, "91999999FENBK00365"),
    "bank": Member(Role.BANK, "91999999FENBK00440"),
    "settlement": Member(Role.SETTLEMENT, "91999999FENBK0052T"),
    "operator": Member(Role.OPERATOR, "91999999FENBK0060M"),
    "regulator": Member(Role.REGULATOR, "11999999FENBK0079T"),
}
"""Who takes part, in the order of their numbers; each signs as maker (0) and checker (1)."""

RECORDS_KEY: Final = keccak(b"Fenbook evaluation, records")
"""Seals the private records where no other key is set; everybody can compute it."""


def evaluation_key(name: str, duty: Duty) -> AccountKey:
    """A signer's key of the cast; no secret."""
    return AccountKey(keccak(f"Fenbook evaluation, {name}, {int(duty)}".encode()))
