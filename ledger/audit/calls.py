"""Call data read back: which desks a transaction calls, and with which commands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from ledger.audit.contracts import Contract, Contracts
from ledger.chain.artifacts import Entry, artifact
from ledger.chain.call_data import values_of
from ledger.chain.history import Transaction
from ledger.model.commands import COMMANDS
from ledger.model.errors.input import InvalidField
from ledger.model.parts import BatchIssue
from ledger.model.structs import Command, Struct, fields_of, snake_case

__all__ = ["Call", "commands_of", "read_call", "read_calls", "searched"]

_STRUCTS: Mapping[str, type[Struct]] = {**COMMANDS, "BatchIssue": BatchIssue}


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a desk."""

    desk: Contract
    function: str
    arguments: Mapping[str, Any]
    """By their snake_case names; commands as such, and None for what no contract could read."""
    item: int | None = None
    """Its place in a relayed batch."""

    @property
    def command(self) -> Command | None:
        """The command that it carries; none where anybody may ask."""
        found = self.arguments.get("command")
        # Recovery and versions are completed by naming the command that proposed them.
        return found if "approvals" in self.arguments else None

    @property
    def is_readable(self) -> bool:
        """Whether a contract could carry it out; a sale without a cost share looks at no offer."""
        return all(one is not None for name, one in self.arguments.items() if name != "offer")


def read_calls(
    transaction: Transaction, contracts: Contracts, desks: Mapping[str, Contract]
) -> list[Call] | None:
    """The calls that a transaction makes, refused ones too; None where it reads as none of desks.

    Refused ones may be unreadable. The registry is no desk: who calls it himself asks for what was
    signed to him.
    """
    to = transaction.to
    if to is None or to == contracts.registry:
        return None
    if contracts.is_relay(to):
        return _relayed(transaction.data, desks)
    call = read_call(desks.get(to), transaction.data)
    return None if call is None or not call.is_readable else [call]


def searched(data: bytes, desks: Mapping[str, Contract]) -> Iterator[Call]:
    """Signed commands that stand anywhere in call data of a contract that nobody knows.

    Whoever uses one has to see its digest among the events: then it is what was carried out.
    """
    for place in range(len(data) - 4):
        for name in _carrying(data[place : place + 4]):
            for desk in desks.values():
                call = read_call(desk, data[place:]) if desk.name == name else None
                if call is not None and call.is_readable:
                    yield call


def commands_of(call: Call) -> Iterator[Command]:
    """Every command that a call carries: its own, a quote, an offer."""
    if call.command is not None:
        yield from (one for one in call.arguments.values() if isinstance(one, Command))


def _relayed(data: bytes, known: Mapping[str, Contract]) -> list[Call] | None:
    entry = artifact("Relay").functions["relay"]
    if data[:4] != entry.selector:
        return None
    desks, count, items = values_of(entry, data)
    if desks is None or items is None:
        return None
    calls = []
    for number, (desk, call) in enumerate(_unframed(items)):
        if desk >= len(desks):
            return None
        target = known.get(desks[desk])
        if target is None:
            return None
        unread = Call(target, "", {"data": None}, number)
        calls.append(read_call(target, call, number) or unread)
    return calls if len(calls) == count else None


def _unframed(items: bytes) -> Iterator[tuple[int, bytes]]:
    """The items of a batch: each a desk's number, three bytes of length, and the call."""
    place = 0
    while place < len(items):
        end = place + 4 + int.from_bytes(items[place + 1 : place + 4], "big")
        yield items[place], items[place + 4 : end]
        place = end


def read_call(desk: Contract | None, data: bytes, item: int | None = None) -> Call | None:
    """One call of a desk as it stands in call data; None where it is of no function of the desk."""
    entry = _functions(desk.name).get(data[:4]) if desk is not None and desk.name else None
    if desk is None or entry is None:
        return None
    arguments = {
        snake_case(member["name"]): _value(member, value)
        for member, value in zip(entry.inputs, values_of(entry, data), strict=True)
    }
    return Call(desk, entry.name, arguments, item)


def _value(member: Mapping[str, Any], value: Any) -> Any:
    kind = _STRUCTS.get(str(member.get("internalType", "")).rpartition(" ")[2])
    if kind is not None and value is not None and not str(member["type"]).endswith("]"):
        return _struct(kind, value)
    if str(member["type"]) == "bytes[]" and value is not None:
        # Of a list of proofs a contract looks at as many as there are keys.
        return tuple(b"" if one is None else one for one in value)
    is_whole = not isinstance(value, tuple) or None not in value
    return value if is_whole else None


def _struct(kind: type[Struct], values: tuple[Any, ...]) -> Struct | None:
    """A struct from its nested values; None where one of them cannot be read."""
    made = {}
    for member, value in zip(fields_of(kind), values, strict=True):
        if member.is_list and value is not None:
            made[member.name] = tuple(_member(member.struct, item) for item in value)
        else:
            made[member.name] = _member(member.struct, value)
    try:
        read: Struct = cast("Any", kind)(**made)
    except InvalidField:
        return None
    return read


def _member(struct: type[Struct] | None, value: Any) -> Any:
    if struct is not None and value is not None:
        return _struct(struct, value)
    return bytes.fromhex(value[2:]) if isinstance(value, str) else value


@cache
def _functions(name: str) -> Mapping[bytes, Entry]:
    return {one.selector: one for one in artifact(name).functions.values()}


@cache
def _carrying(selector: bytes) -> tuple[str, ...]:
    """The desks that take a signed command by a function of this selector."""
    desks = {command.desk for command in COMMANDS.values()}
    found = []
    for name in sorted(desks):
        entry = _functions(name).get(selector)
        if entry is not None and any(one["name"] == "approvals" for one in entry.inputs):
            found.append(name)
    return tuple(found)
