"""The compiled contracts that ship with the package: what is deployed and how it is spoken to."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from eth_abi.abi import decode, encode

from ledger.chain.typed_data import keccak

__all__ = ["CONTRACTS", "Artifact", "Entry", "artifact", "code_fingerprint", "entries_of"]

CONTRACTS = (
    "Participants",
    "Administration",
    "Rules",
    "Exposure",
    "Invoices",
    "Deposits",
    "Vouchers",
    "Issuance",
    "Offers",
    "Sales",
    "Loans",
    "Settlement",
    "Oversight",
    "Relay",
)
"""Every contract of ours, in the order of deployment (the verifiers come first)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One function, event or error of a contract."""

    contract: str
    name: str
    inputs: tuple[Mapping[str, Any], ...]
    types: tuple[str, ...]
    outputs: tuple[Mapping[str, Any], ...]
    output_types: tuple[str, ...]
    hash: bytes
    """keccak of the signature: its first four bytes select a function or an error."""

    @property
    def selector(self) -> bytes:
        """The four bytes that name a function or an error in call data."""
        return self.hash[:4]

    def call(self, *values: Any) -> bytes:
        """Call data of the function."""
        return self.selector + encode(self.types, values)

    def answer(self, data: bytes) -> Any:
        """What the function answered: one value, or a tuple of them; records as dictionaries."""
        values = decode(self.output_types, data)
        named = tuple(_named(kind, value) for kind, value in zip(self.outputs, values, strict=True))
        return named[0] if len(named) == 1 else named

    def arguments(self, data: bytes) -> tuple[Any, ...]:
        """The values that follow a selector, read as a contract reads them: padding is nothing."""
        return tuple(decode(self.types, data, strict=False))


@dataclass(frozen=True, slots=True)
class Artifact:
    """A compiled contract."""

    name: str
    abi: tuple[Mapping[str, Any], ...]
    bytecode: bytes
    deployed: bytes
    """The code at its address, with nothing where the immutables stand."""
    immutables: tuple[tuple[int, ...], ...]
    """Of each immutable, the places of its 32 bytes in the deployed code."""
    functions: Mapping[str, Entry]

    @property
    def constructor_types(self) -> tuple[str, ...]:
        """Types of the constructor's arguments."""
        found = [item for item in self.abi if item["type"] == "constructor"]
        return tuple(_type(member) for member in found[0]["inputs"]) if found else ()

    def creation(self, *values: Any) -> bytes:
        """Call data that creates the contract."""
        return self.bytecode + encode(self.constructor_types, values)


@cache
def artifact(name: str) -> Artifact:
    """The artifact of a contract by its name."""
    text = files("ledger.chain").joinpath("artifacts", f"{name}.json").read_text("utf-8")
    data = json.loads(text)
    abi = tuple(data["abi"])
    functions = {entry.name: entry for entry in _entries(name, abi, "function")}
    references = data["immutableReferences"].values()
    return Artifact(
        name=name,
        abi=abi,
        bytecode=_hex(data["bytecode"]),
        deployed=_hex(data["deployedBytecode"]),
        immutables=tuple(tuple(one["start"] for one in places) for places in references),
        functions=functions,
    )


@cache
def code_fingerprint() -> str:
    """Which contracts this package ships: the first 12 digits of a hash of all their code."""
    code = b"".join(keccak(artifact(name).bytecode) for name in sorted(CONTRACTS))
    return keccak(code).hex()[:12]


@cache
def entries_of(kind: str) -> Mapping[bytes, Entry]:
    """Every event (by its hash) or error (by its selector) of every contract."""
    found: dict[bytes, Entry] = {}
    for name in CONTRACTS:
        for entry in _entries(name, artifact(name).abi, kind):
            found[entry.hash if kind == "event" else entry.selector] = entry
    return found


def _entries(contract: str, abi: tuple[Mapping[str, Any], ...], kind: str) -> Iterator[Entry]:
    for item in abi:
        if item["type"] == kind:
            inputs = tuple(item["inputs"])
            outputs = tuple(item.get("outputs", ()))
            types = tuple(_type(member) for member in inputs)
            signature = f"{item['name']}({','.join(types)})"
            yield Entry(
                contract,
                item["name"],
                inputs,
                types,
                outputs,
                tuple(_type(member) for member in outputs),
                keccak(signature.encode()),
            )


def _hex(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def _type(member: Mapping[str, Any]) -> str:
    kind: str = member["type"]
    if not kind.startswith("tuple"):
        return kind
    parts = ",".join(_type(part) for part in member["components"])
    return f"({parts}){kind.removeprefix('tuple')}"


def _named(member: Mapping[str, Any], value: Any) -> Any:
    """A record as a dictionary by its members' names; anything else as it is."""
    if member["type"] == "tuple":
        pairs = zip(member["components"], value, strict=True)
        return {part["name"]: _named(part, item) for part, item in pairs}
    return value
