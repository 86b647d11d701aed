"""`fenbook key`: key files of the keystore format, version 3."""
# ruff: noqa: PLC0415 -- the curve is imported by the commands that need it

import json
from pathlib import Path
from typing import Annotated

import typer

from ledger.cli.options import JsonOption, LangOption, NoColorOption
from ledger.cli.passwords import password_of
from ledger.cli.screen import Screen
from ledger.model.errors.input import KeyFileInvalid

__all__ = ["PasswordOption", "new", "show"]

KeyFile = Annotated[Path, typer.Argument(metavar="FILE", help="The key file 密钥文件.")]
PasswordOption = Annotated[
    Path | None,
    typer.Option(
        "--password-file",
        metavar="FILE",
        help="Where the password stands, readable by its owner alone; asked for if not given "
        "密码文件，仅本人可读.",
        show_default=False,
        dir_okay=False,
    ),
]


def new(
    ctx: typer.Context,
    file: KeyFile,
    password_file: PasswordOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Make a new key and write it to a file that only its owner can read 生成密钥."""
    from ledger.chain.keys import AccountKey

    screen = Screen.chosen(ctx, lang, no_color=no_color)
    if file.exists():
        screen.fail(screen.say("file_exists", path=file), screen.say("choose_path"))
    with screen.guarded():
        password = password_of(screen, file, password_file, is_new=True)
        key = AccountKey.random()
        key.save(file, password)
    _told(screen, file, key.address, is_json)


def show(
    ctx: typer.Context,
    file: KeyFile,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Show the account of a key file; needs no password 查看密钥账户."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    with screen.guarded(), file.open(encoding="utf-8") as stream:
        try:
            address = str(json.load(stream)["address"])
        except (ValueError, KeyError, TypeError):
            raise KeyFileInvalid(path=str(file)) from None
    _told(screen, file, "0x" + address.removeprefix("0x").lower(), is_json)


def _told(screen: Screen, file: Path, address: str, is_json: bool) -> None:
    if is_json:
        screen.print_json({"file": str(file), "address": address})
    else:
        screen.out.print(screen.say("key_told", path=file, address=address))
