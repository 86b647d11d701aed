"""Call data, refusals and logs as the contracts encode them, for the model of a chain."""

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, cast

from eth_abi.abi import encode

from ledger.chain.artifacts import Entry, artifact, entries_of
from ledger.model.commands import COMMANDS
from ledger.model.errors import LedgerError
from ledger.model.structs import Command, Struct, fields_of, snake_case

__all__ = ["Log", "command_in", "items_of", "log", "refusal_data", "unpacked"]

Log = tuple[str, tuple[bytes, ...], bytes]
"""Address, topics and data."""


@cache
def _events() -> Mapping[str, Entry]:
    return {one.name: one for one in entries_of("event").values()}


@cache
def _errors() -> Mapping[str, Entry]:
    return {one.name: one for one in entries_of("error").values()}


@lru_cache(maxsize=256)
def log(address: str, event: str, **values: Any) -> Log:
    """A log of one of the ledger's events."""
    entry = _events()[event]
    topics, kinds, body = [entry.hash], [], []
    for member, kind in zip(entry.inputs, entry.types, strict=True):
        value = values[snake_case(member["name"])]
        if member["indexed"]:
            topics.append(encode([kind], [value]))
        else:
            kinds.append(kind)
            body.append(value)
    return address, tuple(topics), encode(kinds, body)


def refusal_data(refusal: LedgerError) -> bytes:
    """A refusal as its contract's error."""
    entry = _errors()[refusal.code]
    return entry.selector + encode(entry.types, list(refusal.values.values()))


def items_of(data: bytes) -> list[tuple[str, bytes]]:
    """The items of a call of the relay: address of the desk, and the call."""
    entry = artifact("Relay").functions["relay"]
    if data[:4] != entry.selector:
        raise ValueError("no call of the relay")
    desks, count, framed = entry.arguments(data[4:])
    found, place = [], 0
    while place < len(framed):
        end = place + 4 + int.from_bytes(framed[place + 1 : place + 4], "big")
        found.append((desks[framed[place]].lower(), framed[place + 4 : end]))
        place = end
    if len(found) != count or place != len(framed):
        raise ValueError("malformed batch")
    return found


@lru_cache(maxsize=64)
def command_in(desk: str, call: bytes) -> tuple[Command, bytes]:
    """The command that a call of a desk carries, and its approvals."""
    functions = {one.selector: one for one in artifact(desk).functions.values()}
    entry = functions[call[:4]]
    values = entry.arguments(call[4:] + bytes(-len(call[4:]) % 32))
    kind = str(entry.inputs[0]["internalType"]).rpartition(" ")[2]
    return cast(Command, _struct(COMMANDS[kind], values[0])), values[1]


def _struct(kind: type[Struct], values: tuple[Any, ...]) -> Struct:
    members = zip(fields_of(kind), values, strict=True)
    made: Struct = cast("Any", kind)(**{member.name: value for member, value in members})
    return made


def unpacked(approvals: bytes) -> list[tuple[int, bytes]]:
    """Signers by number with their signatures."""
    found, place = [], 0
    while place < len(approvals):
        end = place + 3 + int.from_bytes(approvals[place + 1 : place + 3], "big")
        found.append((approvals[place], approvals[place + 3 : end]))
        place = end
    return found
