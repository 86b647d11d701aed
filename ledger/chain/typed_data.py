"""EIP-712: the digest that a participant signs, and the document that a signing device shows.

The digest is also the trace id of the command everywhere. Type hashes are computed once per
struct; one digest is a handful of slices and two hashes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any, Final

import sha3

from ledger.model.commands import Command, Struct, command_of
from ledger.model.errors.input import InvalidField, MissingField
from ledger.model.meanings import Meaning
from ledger.model.once import once
from ledger.model.structs import Field, fields_of, structs_of

__all__ = [
    "NAME",
    "VERSION",
    "Domain",
    "command_from",
    "digest",
    "encode_type",
    "keccak",
    "struct_hash",
    "type_hash",
    "typed_data",
]

NAME: Final = "Fenbook"
VERSION: Final = "1"

_DOMAIN_TYPE: Final = (
    ("name", "string"),
    ("version", "string"),
    ("chainId", "uint256"),
    ("verifyingContract", "address"),
)

_CHAIN_ID: Final = Field("chain_id", "chainId", "uint256", Meaning.NUMBER, None, is_list=False)
_CONTRACT: Final = Field(
    "contract", "verifyingContract", "address", Meaning.ADDRESS, None, is_list=False
)


def keccak(data: bytes) -> bytes:
    """Ethereum's hash; straight from the C library, five times as fast as through `eth_hash`."""
    return bytes(sha3.keccak_256(data).digest())


def _word(value: int) -> bytes:
    return value.to_bytes(32, "big")


@dataclass(frozen=True, slots=True)
class Domain:
    """Where a signature holds: one chain and one desk contract, named by its 20 bytes."""

    chain_id: int
    contract: bytes
    separator: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _CHAIN_ID.check(self.chain_id, path="chain_id")
        _CONTRACT.check(self.contract, path="contract")
        members = ",".join(f"{kind} {name}" for name, kind in _DOMAIN_TYPE)
        words = (
            keccak(f"EIP712Domain({members})".encode()),
            keccak(NAME.encode()),
            keccak(VERSION.encode()),
            _word(self.chain_id),
            self.contract.rjust(32, b"\0"),
        )
        object.__setattr__(self, "separator", keccak(b"".join(words)))

    @classmethod
    @lru_cache(maxsize=256, typed=True)
    def of(cls, chain_id: int, address: str) -> "Domain":
        """The domain of a contract whose address is written in hexadecimal."""
        try:
            contract = bytes.fromhex(address.removeprefix("0x"))
        except ValueError:
            raise InvalidField(field="contract", value=address, expected="address") from None
        return cls(chain_id, contract)


def digest(command: Struct, domain: Domain) -> bytes:
    """The 32 bytes that are signed."""
    return keccak(b"\x19\x01" + domain.separator + struct_hash(command))


def struct_hash(value: Struct) -> bytes:
    """EIP-712's hashStruct."""
    head, encoders = _plan(type(value))
    return keccak(head + b"".join([encode(getattr(value, name)) for name, encode in encoders]))


@once
def encode_type(struct: type[Struct]) -> str:
    """The struct's type text, followed by those of the structs inside it."""
    return "".join(
        f"{one.__name__}({','.join(f'{member.type} {member.camel}' for member in fields_of(one))})"
        for one in structs_of(struct)
    )


@once
def type_hash(struct: type[Struct]) -> bytes:
    """The hash of the struct's type text, as the contracts hold it."""
    return keccak(encode_type(struct).encode())


@once
def _plan(struct: type[Struct]) -> tuple[bytes, tuple[tuple[str, Callable[[Any], bytes]], ...]]:
    return type_hash(struct), tuple((one.name, _encoder(one)) for one in fields_of(struct))


def _encoder(member: Field) -> Callable[[Any], bytes]:
    encode = _item_encoder(member)
    return partial(_list_hash, encode) if member.is_list else encode


def _item_encoder(member: Field) -> Callable[[Any], bytes]:
    if member.struct is not None:
        return struct_hash
    if member.item == "bytes":
        return keccak
    if member.item == "bytes32":
        return bytes
    if member.item == "address":
        return _address_word
    return _word


def _address_word(address: bytes) -> bytes:
    return address.rjust(32, b"\0")


def _list_hash(encode: Callable[[Any], bytes], values: tuple[Any, ...]) -> bytes:
    return keccak(b"".join([encode(value) for value in values]))


def typed_data(command: Struct, domain: Domain) -> dict[str, Any]:
    """The whole EIP-712 document in JSON, as `eth_signTypedData_v4` takes it."""
    types = {
        one.__name__: [{"name": member.camel, "type": member.type} for member in fields_of(one)]
        for one in structs_of(type(command))
    }
    types["EIP712Domain"] = [{"name": name, "type": kind} for name, kind in _DOMAIN_TYPE]
    return {
        "types": types,
        "primaryType": type(command).__name__,
        "domain": {
            "name": NAME,
            "version": VERSION,
            "chainId": domain.chain_id,
            "verifyingContract": "0x" + domain.contract.hex(),
        },
        "message": command.to_message(),
    }


def command_from(document: Mapping[str, Any], domain: Domain) -> Command:
    """Read a command back from its document; every part of it must be the command's own."""
    for name in ("primaryType", "message"):
        if name not in document:
            raise MissingField(field=name, struct="EIP-712 document")
    if not isinstance(document["message"], Mapping):
        raise InvalidField(field="message", value=document["message"], expected="message")
    command = command_of(str(document["primaryType"]), document["message"])
    own = typed_data(command, domain)
    for name in ("types", "domain"):
        if document.get(name) != own[name]:
            raise InvalidField(field=name, value=document.get(name), expected=name)
    return command
