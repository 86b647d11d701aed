"""A signed command as it is posted, read strictly; and acts that nobody has to sign.

    {"command": "PledgeVoucher", "message": {…}, "approvals": ["0x00…"], "beside": [{…}]}

`beside` holds what the verb takes beside its command, in the contract's order: a quote or an offer
is a signed command itself (`null` for no offer of a share), a co-signature a list of approvals, a
proof one signature, proofs and fingerprints lists. An approval is the byte that numbers its signer
and the signature.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ledger.chain.artifacts import Entry, artifact
from ledger.chain.calls import ENTRY_POINTS, Item, Signed, abi_values, item_of
from ledger.model.canonical import canonical
from ledger.model.commands import COMMANDS, Command, CostShareOffer, command_of
from ledger.model.errors.input import InvalidField, MissingField, UnknownCommand, UnknownField
from ledger.model.ids import payable_of
from ledger.model.once import once
from ledger.model.structs import Struct

__all__ = ["ACTS", "QUOTES", "Act", "Posted", "Written", "read_posted", "read_quote"]

ACTS: Final[Mapping[str, str]] = {
    "settle": "Settlement",
    "applyUnapplied": "Settlement",
    "lapse": "Offers",
    "issueFromBatch": "Issuance",
    "completeRecovery": "Administration",
    "completeVersion": "Administration",
}
"""What anybody may ask for, and the desk that does it."""

QUOTES: Final[Mapping[str, type[Command]]] = {
    name: COMMANDS[name] for name in ("SaleQuote", "RedemptionQuote", "PledgeQuote")
}
"""Firm offers on one exact range, which go beside the command that takes them."""

APPROVALS_MAX: Final = 16
SIGNATURE_MAX: Final = 4096
"""The longest is a passkey's assertion."""
LIST_MAX: Final = 512
"""Elements of a list beside a command."""

_HEX: Final = re.compile(r"0x(?:[0-9a-f]{2})*", re.ASCII)
_FIELDS: Final = ("command", "message", "approvals")
_VERBS: Final = {name: COMMANDS[name] for name in ENTRY_POINTS}
"""Commands by name; a quote is no act of its own."""
_NO_OFFER: Final = Signed(CostShareOffer(0, 0, 0, 0, 0, 0, 0), ())


@dataclass(frozen=True, slots=True)
class Posted:
    """A signed command with everything that goes to its desk."""

    signed: Signed
    beside: tuple[Any, ...]
    """As `item_of` takes it."""
    text: str
    """What was posted, as canonical JSON."""
    message: str
    """What was signed, as canonical JSON."""
    data: Mapping[str, Any]
    """What was posted, as it was read from JSON."""

    @property
    def command(self) -> Command:
        """What was signed."""
        return self.signed.command

    @property
    def verb(self) -> str:
        """Function of the desk."""
        return ENTRY_POINTS[type(self.command).__name__]

    @property
    def item(self) -> Item:
        """The call of the desk."""
        return item_of(self.signed, *self.beside)

    @property
    def signatures(self) -> tuple[Signed, ...]:
        """The command, and the quotes and offers beside it: each with its own participant's."""
        beside = (one for one in self.beside if isinstance(one, Signed) and one.approvals)
        return (self.signed, *beside)


_ON_PAYABLES: Final = frozenset({"lapse", "applyUnapplied"})
"""Acts whose first value is their payable."""


@dataclass(frozen=True, slots=True)
class Act:
    """An act without a signature: `settle`, `lapse`, `issueFromBatch`, …"""

    verb: str
    values: tuple[Any, ...]
    """As the contract's function takes them; structs as such."""
    gas: int | None = None
    """What it may use, where that is known better than from its verb."""

    @property
    def item(self) -> Item:
        """The call of the desk."""
        desk = ACTS[self.verb]
        return Item(desk, artifact(desk).functions[self.verb].call(*map(_encoded, self.values)))

    @property
    def text(self) -> str:
        """The values by their names, as canonical JSON."""
        return canonical(self._message)

    @property
    def payable(self) -> int | None:
        """The payable that it is about; None for acts that are about none, or make one."""
        if self.verb == "settle":
            [vouchers] = self.values
            return payable_of(vouchers[0]) if vouchers else None
        return int(self.values[0]) if self.verb in _ON_PAYABLES else None

    @property
    def told(self) -> str:
        """What stands with its operation, as canonical JSON."""
        room = {} if self.gas is None else {"gas": self.gas}
        return canonical({"message": self._message, **room})

    @property
    def _message(self) -> dict[str, Any]:
        entry = artifact(ACTS[self.verb]).functions[self.verb]
        names = (member["name"] for member in entry.inputs)
        return dict(zip(names, map(_shown, self.values), strict=True))


@dataclass(frozen=True, slots=True)
class Written:
    """Canonical JSON of what was posted, and of its message alone."""

    text: str
    message: str

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Written":
        """Write all that makes a command; what stands there beside it is left out."""
        message = canonical(data["message"])
        beside = list(data.get("beside", ()))
        rest = {"approvals": data["approvals"], "beside": beside, "command": data["command"]}
        # Its name comes last, so that it need not be written twice.
        return cls(f'{canonical(rest)[:-1]},"message":{message}}}', message)


def read_posted(data: object, written: Written | None = None) -> Posted:
    """Read what was posted. Refuses whatever is not exactly a command of the ledger.

    `written` is the same, written down, where somebody has done that already.
    """
    if not isinstance(data, Mapping):
        raise InvalidField(field="", value=data, expected="message")
    beside = data.get("beside", [])
    signed = _signed({name: one for name, one in data.items() if name != "beside"}, _VERBS, "")
    places = _beside_of(type(signed.command).__name__)
    if not isinstance(beside, Sequence) or isinstance(beside, str) or len(beside) != len(places):
        raise InvalidField(field="beside", value=beside, expected="list")
    read = tuple(
        _read_beside(kind, name, value) for (kind, name), value in zip(places, beside, strict=True)
    )
    found = written or Written.of(data)
    return Posted(signed, read, found.text, found.message, data)


def read_quote(data: object) -> Signed:
    """Read a signed quote. Refuses whatever is not exactly one."""
    return _signed(data, QUOTES, "")


@once
def _beside_of(command: str) -> tuple[tuple[str, str], ...]:
    """Kind and name of what a verb takes beside its command and approvals."""
    entry: Entry = artifact(COMMANDS[command].desk).functions[ENTRY_POINTS[command]]
    found, members = [], list(entry.inputs[2:])
    while members:
        member = members.pop(0)
        kind = str(member["internalType"]).removeprefix("struct ")
        if kind in COMMANDS:
            members.pop(0)  # its approvals
        elif member["name"] == "proof":
            kind = "proof"
        found.append((kind, member["name"]))
    return tuple(found)


def _read_beside(kind: str, name: str, value: object) -> Any:
    path = f"beside.{name}"
    if kind in COMMANDS:
        if value is None and kind == CostShareOffer.__name__:
            return _NO_OFFER
        return _signed(value, {kind: COMMANDS[kind]}, path + ".")
    if kind == "proof":
        return _bytes(value, path, SIGNATURE_MAX)
    if kind == "bytes":
        return _approvals(value, path)
    length = 32 if kind == "bytes32[]" else None
    values = _list(value, path, LIST_MAX)
    read = [_bytes(one, path, SIGNATURE_MAX) for one in values]
    if length is not None and any(len(one) != length for one in read):
        raise InvalidField(field=path, value=value, expected="bytes32")
    return read


def _signed(data: object, kinds: Mapping[str, type[Command]], path: str) -> Signed:
    """A command with its approvals, and nothing else."""
    if not isinstance(data, Mapping):
        raise InvalidField(field=path.rstrip("."), value=data, expected="message")
    for name in data:
        if name not in _FIELDS:
            raise UnknownField(field=path + str(name), struct="command")
    for name in _FIELDS:
        if name not in data:
            raise MissingField(field=path + name, struct="command")
    name, message = data["command"], data["message"]
    if not isinstance(name, str) or name not in kinds:
        raise UnknownCommand(name=str(name)[:64])
    if not isinstance(message, Mapping):
        raise InvalidField(field=path + "message", value=message, expected="message")
    command = command_of(name, message, path=path + "message.")
    if dict(message) != command.to_message():
        # One act has one spelling: what was posted is kept, and must be what was signed.
        raise InvalidField(field=path + "message", value=name, expected="message")
    return Signed(command, _approvals(data["approvals"], path + "approvals"))


def _approvals(value: object, path: str) -> tuple[bytes, ...]:
    approvals = _list(value, path, APPROVALS_MAX)
    read = tuple(_bytes(one, path, SIGNATURE_MAX + 1) for one in approvals)
    if not read or any(len(one) < 2 for one in read):
        raise InvalidField(field=path, value=value, expected="bytes")
    return read


def _list(value: object, path: str, most: int) -> Sequence[object]:
    if not isinstance(value, list | tuple) or len(value) > most:
        raise InvalidField(field=path, value=type(value).__name__, expected="list")
    return value


def _bytes(value: object, path: str, most: int) -> bytes:
    if isinstance(value, str) and len(value) <= 2 * most + 2 and _HEX.fullmatch(value):
        return bytes.fromhex(value[2:])
    raise InvalidField(field=path, value=value, expected="bytes")


def _encoded(value: Any) -> Any:
    return abi_values(value) if isinstance(value, Struct) else value


def _shown(value: Any) -> Any:
    if isinstance(value, Struct):
        return value.to_message()
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, list | tuple):
        return [_shown(one) for one in value]
    return str(value) if isinstance(value, int) and value.bit_length() > 48 else value
