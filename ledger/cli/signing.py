"""Signing at the command line: what is signed is checked here, and read before it is signed.

The service prepares a command and could prepare another one. So the struct is read back from its
answer, compared with what was asked for, and its digest computed from the struct itself, in the
domain of the ledger that was signed in to. The sentence is made here too.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import typer
from rich.table import Table
from rich.text import Text

from ledger.chain.keys import AccountKey
from ledger.chain.typed_data import Domain, command_from, digest
from ledger.cli.connection import Connection
from ledger.cli.lines import wrapped
from ledger.cli.passwords import password_of
from ledger.cli.printable import one_line
from ledger.cli.screen import Screen
from ledger.model.commands import COMMANDS
from ledger.model.errors.base import LedgerError
from ledger.model.errors.client import AnswerFalse, SignerUnknown
from ledger.model.errors.input import InvalidField, MissingField, UnknownCommand, UnknownField
from ledger.model.glossary import LABELS
from ledger.model.meanings import Meaning
from ledger.model.plain import plain_of, struct_of
from ledger.model.rendering import NO_NAMES, Names
from ledger.model.sentences import fields, sentence
from ledger.model.signing import check_code
from ledger.model.structs import Command, Struct, fields_of
from ledger.model.values import VALUES

__all__ = [
    "Approval",
    "checked",
    "confirmed",
    "domain_of",
    "kind_of",
    "names_for",
    "proofs",
    "sign",
    "tell",
]

_WIDTH: Final = 88
_NAME_LENGTH: Final = 60
"""Of a party's name on the screen that is read before signing."""
_FORMS: Final = (InvalidField, MissingField, UnknownCommand, UnknownField)

Approval = dict[str, Any]
"""A signer's number and its signature, as the service takes them."""


def domain_of(connection: Connection, kind: type[Command]) -> Domain:
    """Where a command's signatures hold: the ledger that was signed in to."""
    session = connection.session
    return Domain.of(session.chain_id, session.contracts[kind.desk])


def checked(
    connection: Connection,
    prepared: Mapping[str, Any],
    kind: type[Command],
    asked: Mapping[str, Any],
) -> Command:
    """The command that the service prepared, if it is what was asked for.

    Raises `AnswerFalse` where anything of it differs, or its digest is another's.
    """
    domain = domain_of(connection, kind)
    try:
        command = command_from(prepared["typed_data"], domain)
        _require("primaryType", type(command) is kind)
        _require("participant", command.participant == connection.session.participant)
        for name, value in plain_of(struct_of(kind, {**plain_of(command), **asked})).items():
            _require(name, plain_of(command)[name] == value)
    except _FORMS as refusal:
        raise AnswerFalse(what=_field_of(refusal)) from None
    except (KeyError, TypeError, AttributeError):
        raise AnswerFalse(what="typed_data") from None
    _require("digest", prepared.get("digest") == "0x" + digest(command, domain).hex())
    return command


def tell(screen: Screen, command: Command, hashed: bytes, names: Names = NO_NAMES) -> None:
    """Show on standard error what will be signed: the sentence, every field, the check code."""
    language = screen.language
    text = wrapped(sentence(command, names, language), _WIDTH)
    screen.err.print(Text("\n" + text, style="bold"))
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 2), pad_edge=True)
    for name, value in fields(command, names, language):
        table.add_row(Text(name), Text(value))
    table.add_row(Text(screen.say("digest_code")), Text(check_code(hashed), style="bold"))
    screen.err.print(table)


def confirmed(screen: Screen, is_yes: bool) -> bool:
    """Whether the person who reads it wants to sign; scripts say `--yes`."""
    return is_yes or typer.confirm(screen.say("sign_it"), default=False, err=True)


def names_for(connection: Connection, command: Command) -> Names:
    """Display names of the command's parties as the service tells them; none where it does not.

    A name beside a number is a help to the reader: the number is what is signed.
    """
    from ledger.cli.client import Refused  # noqa: PLC0415

    found: dict[int, str] = {}
    for one in sorted(_parties(command)):
        try:
            name = connection.client.get(f"/v1/participants/{one}")["name"]
        except (Refused, LedgerError, KeyError, TypeError):
            continue
        if isinstance(name, str) and name:
            plain = name.replace("[", "(").replace("]", ")")  # a number in brackets is the party's
            found[one] = f"{one_line(plain, _NAME_LENGTH)} [{one}]"
    return found


@dataclass(frozen=True, slots=True)
class _Signer:
    number: int
    key: AccountKey


def sign(
    screen: Screen,
    connection: Connection,
    hashed: bytes,
    keys: Sequence[Path],
    password_files: Sequence[Path],
) -> list[Approval]:
    """Approvals of a digest by the signers whose key files are named, by their numbers."""
    signers = [
        _signer(screen, connection, path, password_files[at] if at < len(password_files) else None)
        for at, path in enumerate(keys)
    ]
    return [
        {"signer": one.number, "signature": "0x" + one.key.sign(hashed).hex()}
        for one in sorted(signers, key=lambda one: one.number)
    ]


def proofs(
    screen: Screen, hashed: bytes, keys: Sequence[Path], password_files: Sequence[Path]
) -> list[str]:
    """Signatures by which new signers prove their keys, in the order of their files."""
    found = []
    for at, path in enumerate(keys):
        given = password_files[at] if at < len(password_files) else None
        found.append(AccountKey.load(path, password_of(screen, path, given)).sign(hashed))
    return ["0x" + one.hex() for one in found]


def _signer(
    screen: Screen, connection: Connection, path: Path, password_file: Path | None
) -> _Signer:
    """The signer of a key file; its number is found by its account."""
    key = AccountKey.load(path, password_of(screen, path, password_file))
    own = connection.client.get(f"/v1/participants/{connection.session.participant}")
    numbers = [
        int(one["number"])
        for one in own.get("signers") or ()
        if one["key"].lower() == key.address and one["may_sign"]
    ]
    if not numbers:
        raise SignerUnknown(key=key.address)
    return _Signer(numbers[0], key)


def _require(what: str, is_so: bool) -> None:
    if not is_so:
        raise AnswerFalse(what=what)


def _field_of(refusal: LedgerError) -> str:
    """The command's field that a refusal is about; the whole where that has no word of its own."""
    field = str(refusal.values.get("field", "")).partition(".")[0].partition("[")[0]
    return field if field in LABELS or field in VALUES else "typed_data"


def _parties(struct: Struct) -> set[int]:
    """The participants that a struct names, in lists and structs too."""
    found: set[int] = set()
    for member in fields_of(type(struct)):
        value = getattr(struct, member.name)
        some: Iterable[Any] = value if member.is_list else (value,)
        for one in some:
            if isinstance(one, Struct):
                found |= _parties(one)
            elif member.meaning is Meaning.PARTICIPANT and one:
                found.add(one)
    return found


def kind_of(name: str) -> type[Command]:
    """The struct of a command; raises `UnknownCommand`."""
    if name not in COMMANDS:
        raise UnknownCommand(name=name)
    return COMMANDS[name]
