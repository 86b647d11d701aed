"""`fenbook api-key`: keys by which an organisation's systems sign in; only a session makes them."""

from pathlib import Path
from typing import Annotated, Final

import typer

from ledger.cli.connection import SessionOption, connected
from ledger.cli.once import DryRunOption, KeyOption, Once
from ledger.cli.options import JsonOption, LangOption, NoColorOption
from ledger.cli.private_files import new_private_file
from ledger.cli.screen import Screen

__all__ = ["make", "revoke"]

_PATH: Final = "/v1/api-keys"

KeyArgument = Annotated[str, typer.Argument(metavar="KEY", help="A key's number 密钥编号.")]
LabelOption = Annotated[str, typer.Option("--label", help="Which system it is for 用途.")]
ScopeOption = Annotated[
    list[str],
    typer.Option("--scope", help="read, export, prepare, submit or manage; may be repeated 权限."),
]
DaysOption = Annotated[
    int, typer.Option("--days", min=1, max=400, help="How long it holds 有效期.")
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FILE",
        help="A new file for the secret, which is then not shown; for sign-in --api-key-file "
        "密钥写入新文件，不再显示.",
        show_default=False,
        dir_okay=False,
    ),
]


def make(
    ctx: typer.Context,
    label: LabelOption,
    scope: ScopeOption,
    days: DaysOption = 90,
    out: OutOption = None,
    idempotency_key: KeyOption = None,
    is_dry: DryRunOption = False,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Make a key; its secret is told once 新建."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    if out is not None and out.exists():
        screen.fail(screen.say("file_exists", path=out), screen.say("choose_path"))
    once = Once(idempotency_key, is_dry)
    with connected(screen, session) as connection:
        body = {"label": label, "scopes": scope, "days": days}
        if out is None or is_dry:
            made = connection.client.post(_PATH, body, **once.sent)
        else:
            with new_private_file(out) as file:
                made = connection.client.post(_PATH, body, **once.sent)
                file.write(f"{made.pop('secret')}\n")
            screen.err.print(screen.say("written", path=out))
    once.show(screen, made, is_json=is_json)


def revoke(
    ctx: typer.Context,
    key: KeyArgument,
    idempotency_key: KeyOption = None,
    is_dry: DryRunOption = False,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
) -> None:
    """Take a key out of use at once 吊销."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    once = Once(idempotency_key, is_dry)
    with connected(screen, session) as connection:
        answer = connection.client.delete(f"{_PATH}/{key}", **once.sent)
    once.show(screen, answer, is_json=False)
