"""Verbs at the command line: prepared by the service, checked, read, signed and submitted here."""
# ruff: noqa: PLC0415 -- keys and HTTP are imported by the commands that need them

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ledger.cli.command_files import CommandFile
from ledger.cli.connection import Connection, SessionOption, connected
from ledger.cli.drafts import FILLED, draft_of, parameters_of
from ledger.cli.options import JsonOption, LangOption, NoColorOption
from ledger.cli.posting import Posting, post
from ledger.cli.screen import Screen
from ledger.cli.verbs import Verb
from ledger.model.code_words import CODES
from ledger.model.commands import COMMANDS
from ledger.model.structs import Command, fields_of

if TYPE_CHECKING:
    from ledger.cli.signing import Approval

__all__ = [
    "SIGNING_PARAMETERS", "Signing", "act", "beside_of", "beside_parameter", "command_of",
    "signing_of", "submit",
]  # fmt: skip

_NONE: Final = inspect.Parameter.empty


@dataclass(frozen=True, slots=True)
class Signing:
    """How a command is signed and submitted."""

    key: list[Path]
    password_file: list[Path]
    nonce: str | None
    deadline: str | None
    out: Path | None
    wait: int
    is_dry: bool
    reference: str | None
    is_yes: bool
    log_purpose: str
    session: Path | None
    lang: Any
    no_color: bool
    is_json: bool

    def screen(self, ctx: typer.Context) -> Screen:
        """Where the command writes."""
        return Screen.chosen(ctx, self.lang, no_color=self.no_color)


def _option(kind: Any, default: Any, *flags: str, **more: Any) -> tuple[Any, Any]:
    return Annotated[kind, typer.Option(*flags, show_default=False, **more)], default


_COMMON: Final[Mapping[str, tuple[Any, Any]]] = {
    "key": _option(
        list[Path],
        [],
        "--key",
        metavar="FILE",
        help="A signer's key file; may be repeated 签署人密钥.",
    ),
    "password_file": _option(
        list[Path],
        [],
        "--password-file",
        metavar="FILE",
        help="Its password, one for each key; asked for if not given 密码文件，每把密钥一个.",
    ),
    "nonce": _option(str | None, None, "--nonce", help="Command number 指令编号."),
    "deadline": _option(
        str | None, None, "--deadline", metavar="TIME", help="Valid until, in UTC 有效期至."
    ),
    "out": _option(
        Path | None,
        None,
        "--out",
        metavar="FILE",
        help="Write the command for other signers instead of submitting it 写出待签文件.",
    ),
    "wait": _option(
        int,
        30,
        "--wait",
        min=0,
        max=60,
        help="Seconds to wait for its effect; 30 if not given 等待生效的秒数.",
    ),
    "is_dry": _option(
        bool, False, "--dry-run", help="Say what would be answered; keep nothing 仅试算，不保留."
    ),
    "reference": _option(str | None, None, "--reference", help="Your own number for it 业务编号."),
    "is_yes": _option(bool, False, "--yes", help="Sign without asking, for scripts 不再询问."),
    "log_purpose": _option(
        str,
        "",
        "--log-purpose",
        envvar="FENBOOK_PURPOSE",
        help="What a regulator prepares or tries it for; logged 监管办理目的.",
    ),
    "session": (SessionOption, None),
    "lang": (LangOption, None),
    "no_color": (NoColorOption, False),
    "is_json": (JsonOption, False),
}

SIGNING_PARAMETERS: Final = [
    inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
    for name, (kind, default) in _COMMON.items()
]
"""The options of everything that is signed."""


def signing_of(given: dict[str, Any]) -> Signing:
    """Take the options of signing out of what was given."""
    return Signing(**{one.name: given.pop(one.name) for one in fields(Signing)})


def command_of(verb: Verb) -> Callable[..., None]:
    """The function behind a verb, with an option for each field that its signer chooses."""
    kind = COMMANDS[verb.command]
    named = [name for name in verb.beside if name in _BESIDE]
    beside = [beside_parameter(name) for name in named]

    def run(ctx: typer.Context, **given: Any) -> None:
        options = signing_of(given)
        more = beside_of(named, given)
        screen = options.screen(ctx)
        with connected(screen, options.session, options.log_purpose) as connection:
            draft = draft_of(kind, given)
            _fill(connection, kind, draft)
            act(screen, connection, verb, draft, options, more)

    context = inspect.Parameter(
        "ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context
    )
    parameters = [context, *parameters_of(kind), *beside, *SIGNING_PARAMETERS]
    signature = inspect.Signature(parameters)
    run.__signature__ = signature  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    said = " ".join((kind.__doc__ or "").split())
    run.__doc__ = f"{said.removesuffix('.')} {CODES[verb.act].zh}."
    return run


def act(
    screen: Screen,
    connection: Connection,
    verb: Verb,
    draft: dict[str, Any],
    options: Signing,
    beside: Mapping[str, Any],
) -> None:
    """Have a command prepared, check and show it, sign it, and submit it."""
    kind = COMMANDS[verb.command]
    named = {"nonce": options.nonce, "deadline": options.deadline}
    draft |= {name: value for name, value in named.items() if value is not None}
    prepared = connection.client.post(f"{verb.path}/typed-data", draft)
    sign_and_submit(screen, connection, (verb, kind, prepared), draft, options, beside)


def sign_and_submit(
    screen: Screen,
    connection: Connection,
    made: tuple[Verb, type[Command], Mapping[str, Any]],
    asked: Mapping[str, Any],
    options: Signing,
    beside: Mapping[str, Any],
) -> None:
    """Check what was prepared, show it, sign it, and submit it or write it to a file."""
    from ledger.chain.typed_data import digest
    from ledger.cli.signing import checked, confirmed, domain_of, names_for, sign, tell

    verb, kind, prepared = made
    if options.is_dry and options.out is not None:
        screen.fail(screen.say("dry_and_out"), screen.say("choose_one"))
    command = checked(connection, prepared, kind, asked)
    hashed = digest(command, domain_of(connection, kind))
    tell(screen, command, hashed, names_for(connection, command))
    if not options.key and options.out is None:
        screen.fail(screen.say("no_key"), screen.say("name_key"))
    approvals: list[Approval] = []
    if options.key:
        if not confirmed(screen, options.is_yes):
            screen.fail(screen.say("not_signed"), status=1)
        approvals = sign(screen, connection, hashed, options.key, options.password_file)
    body = {"message": command.to_message(), "approvals": approvals, **beside}
    if options.reference:
        body["external_reference"] = options.reference
    if options.out is not None:
        CommandFile(verb.command, prepared["typed_data"], body).save(options.out)
        screen.err.print(screen.say("written", path=options.out))
        return
    submit(screen, connection, verb.path, body, hashed, options)


def submit(
    screen: Screen,
    connection: Connection,
    path: str,
    body: Mapping[str, Any],
    hashed: bytes,
    options: Signing,
) -> None:
    """Post a signed command; the digest is its key, so that posting it again changes nothing."""
    how = Posting(hashed.hex(), options.wait, is_dry=options.is_dry, is_json=options.is_json)
    post(screen, connection, path, body, how)


def beside_parameter(name: str) -> inspect.Parameter:
    """The option of something that goes beside a command."""
    kind, default = _BESIDE[name][0]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)


def beside_of(names: Sequence[str], given: dict[str, Any]) -> dict[str, Any]:
    """Take what goes beside a command out of what was given; what is empty is left out."""
    found = {name: _BESIDE[name][1](given.pop(name)) for name in names}
    return {name: value for name, value in found.items() if value}


# ---- private


def _fill(connection: Connection, kind: type[Command], draft: dict[str, Any]) -> None:
    """Read the range from the voucher where it was not given; it is shown before it is signed."""
    known = {one.name for one in fields_of(kind)}
    names = [one for one in FILLED if one not in draft and one in known]
    if names and "voucher" in draft:
        voucher = connection.client.get(f"/v1/vouchers/{draft['voucher']}")
        draft |= {name: voucher[name] for name in names}


def _json_of(path: Path | None) -> Any:
    """The signed form in a file: by itself, or on its way from signer to signer."""
    import json

    if path is None:
        return None
    told = json.loads(path.read_text("utf-8"))
    if not isinstance(told, dict) or "format" not in told:
        return told
    body = CommandFile.load(path).body
    return {name: body[name] for name in ("message", "approvals")}


_File = Path | None
_BESIDE: Final[Mapping[str, tuple[tuple[Any, Any], Callable[[Any], Any]]]] = {
    "quote": (
        _option(Path, _NONE, "--quote", metavar="FILE", help="The signed quote as JSON 报价文件."),
        _json_of,
    ),
    "cost_share": (
        _option(
            _File,
            None,
            "--cost-share",
            metavar="FILE",
            help="The obligor's signed offer as JSON 债务人签署的费用分担承诺.",
        ),
        _json_of,
    ),
    "fingerprints": (
        _option(
            list[str],
            [],
            "--fingerprint",
            help="Of an invoice that is set free; may be repeated 释放的发票指纹，可重复.",
        ),
        list,
    ),
}
"""What the command line takes beside a command; co-signatures and proofs go through a file."""
