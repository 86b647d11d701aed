"""`fenbook command`: files that pass a command from signer to signer until it is submitted."""
# ruff: noqa: PLC0415 -- keys and HTTP are imported by the commands that need them

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from ledger.cli.acting import Signing, submit
from ledger.cli.command_files import CommandFile
from ledger.cli.connection import SessionOption, connected
from ledger.cli.options import JsonOption, LangOption, NoColorOption
from ledger.cli.screen import Screen
from ledger.cli.verbs import QUOTE_VERBS, VERBS, Verb

__all__ = ["send", "show", "sign"]

FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help="A file of --out 待签文件.", dir_okay=False)
]
KeyOption = Annotated[list[Path], typer.Option("--key", metavar="FILE", help="A key file 密钥.")]
PasswordsOption = Annotated[
    list[Path],
    typer.Option(
        "--password-file",
        metavar="FILE",
        help="Its password, one for each key 密码文件，每把密钥一个.",
    ),
]
PlaceOption = Annotated[
    str,
    typer.Option(
        "--as",
        help="approvals, cosigned or second-cosigned (as another participant), "
        "proof (a new signer's own); approvals if not given 签名栏.",
        show_default=False,
    ),
]
YesOption = Annotated[
    bool, typer.Option("--yes", help="Sign without asking 不再询问，直接签署.", show_default=False)
]
WaitOption = Annotated[
    int,
    typer.Option("--wait", min=0, max=60, help="Seconds to wait for its effect 等待生效的秒数."),
]

_APPROVALS: Final = ("approvals", "cosigned", "second_cosigned")


def show(
    ctx: typer.Context,
    file: FileArgument,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
) -> None:
    """Show what a file would have signed: sentence, fields, check code 查看待签内容."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    with connected(screen, session) as connection:
        _read(screen, connection, CommandFile.load(file))


def sign(
    ctx: typer.Context,
    file: FileArgument,
    key: KeyOption,
    password_file: PasswordsOption = [],  # noqa: B006 -- the parser makes a list of its own
    place: PlaceOption = "approvals",
    is_yes: YesOption = False,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
) -> None:
    """Add signatures to a file, after reading what it says 签署."""
    from ledger.cli.signing import confirmed, proofs
    from ledger.cli.signing import sign as approvals

    screen = Screen.chosen(ctx, lang, no_color=no_color)
    name = place.replace("-", "_")
    if name not in (*_APPROVALS, "proof"):
        screen.fail(screen.say("no_such_place", place=place))
    with connected(screen, session) as connection:
        made = CommandFile.load(file)
        _, hashed = _read(screen, connection, made)
        if not confirmed(screen, is_yes):
            screen.fail(screen.say("not_signed"), status=1)
        if name == "proof":
            _add_proofs(made.body, proofs(screen, hashed, key, password_file))
        else:
            _add(made.body, name, approvals(screen, connection, hashed, key, password_file))
        made.save(file)
        screen.err.print(screen.say("written", path=file))


def send(
    ctx: typer.Context,
    file: FileArgument,
    wait: WaitOption = 30,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Submit a file that all its signers have signed 提交."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    with connected(screen, session) as connection:
        made = CommandFile.load(file)
        verb, hashed = _read(screen, connection, made)
        options = Signing(
            key=[],
            password_file=[],
            nonce=None,
            deadline=None,
            out=None,
            wait=wait,
            is_dry=False,
            reference=None,
            is_yes=True,
            log_purpose="",
            session=session,
            lang=lang,
            no_color=no_color,
            is_json=is_json,
        )
        submit(screen, connection, verb.path, made.body, hashed, options)


# ---- private


def _read(screen: Screen, connection: Any, made: CommandFile) -> tuple[Verb, bytes]:
    """Show what a file says; returns the verb of what stands in it, and what its signers sign."""
    from ledger.chain.typed_data import command_from, digest
    from ledger.cli.signing import domain_of, kind_of, names_for, tell
    from ledger.model.errors.client import AnswerFalse

    domain = domain_of(connection, kind_of(made.command))
    command = command_from(made.typed_data, domain)
    if made.body.get("message") != command.to_message():
        raise AnswerFalse(what="message")
    hashed = digest(command, domain)
    tell(screen, command, hashed, names_for(connection, command))
    name = type(command).__name__
    return VERBS.get(name) or QUOTE_VERBS[name], hashed


def _add(body: dict[str, Any], name: str, fresh: list[Any]) -> None:
    """Approvals by rising number of their signers, each once."""
    known = {one["signer"]: one for one in body.get(name, ())}
    known |= {one["signer"]: one for one in fresh}
    body[name] = [known[number] for number in sorted(known)]


def _add_proofs(body: dict[str, Any], fresh: list[str]) -> None:
    """New signers prove their keys: one signature for `proof`, a list for `proofs`."""
    if "proofs" in body or len(fresh) > 1:
        body["proofs"] = [*body.get("proofs", ()), *fresh]
    else:
        body["proof"] = fresh[0]
