"""Putting a ledger on a chain: every contract with its final parts, nothing to set up afterwards.

Contracts name each other in their constructors; the addresses are known beforehand, since a
contract's address follows from its creator and the creator's transaction number.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import rlp
from eth_abi.abi import encode

from ledger.chain.artifacts import CONTRACTS, artifact
from ledger.chain.typed_data import keccak
from ledger.model.errors.service import DeploymentUnknown
from ledger.model.parts import RuleSet, Signer
from ledger.model.structs import fields_of

if TYPE_CHECKING:
    from ledger.chain.endpoint_node import EndpointNode
    from ledger.chain.node import Node

__all__ = ["DESKS", "Deployment", "Founder", "deploy"]

VERIFIERS: Final = (
    ("ERC7913P256Verifier", 1),
    ("ERC7913WebAuthnVerifier", 2),
    ("ERC7913RSAVerifier", 3),
)
"""The verifiers that signers' keys may name, with the kind of key they take (`KeyKind`)."""

DESKS: Final = tuple(
    name for name in CONTRACTS if name not in ("Participants", "Invoices", "Relay")
)
"""Contracts that ask the registry for authority or changes."""

_FOUNDER: Final = "(uint16,bytes32,uint32,uint8,uint8,uint64,(bytes,uint8,uint40,bytes32)[])"


@dataclass(frozen=True, slots=True)
class Founder:
    """A participant named at genesis, when nobody could sign yet."""

    roles: int
    identity: bytes
    recovery_bank: int
    threshold_low: int
    threshold_high: int
    high_from: int
    signers: tuple[Signer, ...]


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where a ledger stands: its chain, its first block, its contracts."""

    chain_id: int
    first_block: int
    addresses: Mapping[str, str]

    def address(self, contract: str) -> str:
        """Address of a contract by its name."""
        return self.addresses[contract]

    @property
    def text(self) -> str:
        """The manifest: where everything stands, as JSON."""
        data = {
            "chain_id": self.chain_id,
            "first_block": self.first_block,
            "addresses": dict(self.addresses),
        }
        return json.dumps(data, indent=2, sort_keys=True) + "\n"

    def save(self, path: Path) -> None:
        """Write the manifest."""
        path.write_text(self.text, "utf-8")

    @classmethod
    def load(cls, path: Path) -> "Deployment":
        """Read a manifest."""
        try:
            text = path.read_text("utf-8")
        except (OSError, ValueError) as failure:
            raise DeploymentUnknown(path=str(path), problem=str(failure)) from None
        return cls.from_text(text, name=str(path))

    @classmethod
    def from_text(cls, text: str, *, name: str = "its manifest") -> "Deployment":
        """Read a manifest's text."""
        try:
            data = json.loads(text)
            return cls(int(data["chain_id"]), int(data["first_block"]), dict(data["addresses"]))
        except (ValueError, KeyError, TypeError) as failure:
            raise DeploymentUnknown(path=name, problem=str(failure)) from None


def deploy(
    node: "Node | EndpointNode",
    founders: Sequence[Founder],
    rules: RuleSet,
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> Deployment:
    """Put all contracts on a chain; `progress` hears each one's name."""
    names = [name for name, _ in VERIFIERS] + list(CONTRACTS)
    first = node.nonce
    at = {name: _created(node.sender, first + number) for number, name in enumerate(names)}
    first_block = node.block + 1
    for name in names:
        progress(name)
        receipt = node.send(None, artifact(name).creation(*_arguments(name, at, founders, rules)))
        if (receipt.contract or "").lower() != at[name]:
            raise DeploymentUnknown(path=name, problem="came between")
    return Deployment(node.chain_id, first_block, at)


def _arguments(
    name: str, at: Mapping[str, str], founders: Sequence[Founder], rules: RuleSet
) -> tuple[Any, ...]:
    parts: dict[str, Callable[[], tuple[Any, ...]]] = {
        "Participants": lambda: (
            [_encoded(founder) for founder in founders],
            [at[desk] for desk in DESKS],
            [(at[verifier], kind) for verifier, kind in VERIFIERS],
            at["Administration"],
        ),
        "Rules": lambda: (at["Participants"], _record(rules)),
        "Vouchers": lambda: (
            _pick(at, "Participants Exposure Oversight Issuance Offers Sales Loans Settlement"),
        ),
        "Issuance": lambda: _pick(at, "Participants Vouchers Rules Exposure Invoices"),
        "Offers": lambda: _pick(at, "Participants Vouchers Exposure Invoices"),
        "Sales": lambda: _pick(at, "Participants Vouchers Settlement Rules Deposits"),
        "Loans": lambda: _pick(at, "Participants Vouchers Settlement Rules Deposits"),
        "Settlement": lambda: _pick(at, "Participants Vouchers Rules Deposits Loans"),
        "Oversight": lambda: _pick(at, "Participants Vouchers"),
    }
    if name in parts:
        return parts[name]()
    return (at["Participants"],) if name in CONTRACTS else ()


def _pick(at: Mapping[str, str], names: str) -> tuple[str, ...]:
    return tuple(at[name] for name in names.split())


def _encoded(founder: Founder) -> bytes:
    signers = [_record(signer) for signer in founder.signers]
    values = (
        founder.roles,
        founder.identity,
        founder.recovery_bank,
        founder.threshold_low,
        founder.threshold_high,
        founder.high_from,
        signers,
    )
    return bytes(encode([_FOUNDER], [values]))


def _record(struct: Any) -> tuple[Any, ...]:
    return tuple(getattr(struct, member.name) for member in fields_of(type(struct)))


def _created(sender: str, nonce: int) -> str:
    """The address that a creation gets (EVM: the hash of creator and transaction number)."""
    return "0x" + keccak(rlp.encode([bytes.fromhex(sender[2:]), nonce]))[12:].hex()
