"""`fenbook key`: key files of the keystore format, version 3."""
# ruff: noqa: PLC0415 -- the curve is imported by the commands that need it

import json
import os
import shlex
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from ledger.cli.options import JsonOption, LangOption, NoColorOption
from ledger.cli.passwords import password_of, secret_in
from ledger.cli.private_files import new_private_file
from ledger.cli.reading import table_of
from ledger.cli.screen import Screen
from ledger.cli.settled import SettingsOption, settled
from ledger.model.errors.input import KeyFileInvalid

__all__ = ["PasswordOption", "evaluation", "new", "show"]

KeyFile = Annotated[Path, typer.Argument(metavar="FILE", help="The key file 密钥文件.")]
FolderArgument = Annotated[
    Path,
    typer.Argument(
        metavar="FOLDER",
        help="Where to write them, with a password of no worth where no file has one; made if "
        "need be 保存目录；未指定密码文件时一并写入公开的密码.",
    ),
]
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

_COLUMNS: Final = ("participant", "name", "roles", "signer", "duty", "uscc", "file")
_PASSWORD: Final = "evaluation"
"""Of key files that hold no secret."""
_WORK: Final = 2**12


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


def evaluation(
    ctx: typer.Context,
    folder: FolderArgument,
    password_file: PasswordOption = None,
    settings: SettingsOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Write key files of everybody on an evaluation chain; their keys are no secret 评估链密钥."""
    from ledger.service.running.settings import settings_from

    screen = Screen.chosen(ctx, lang, no_color=no_color)
    with screen.guarded():
        settled(settings)
        if not settings_from(os.environ).is_evaluation:
            screen.fail(screen.say("no_evaluation"), screen.say("key_of_own"))
        password = _PASSWORD if password_file is None else secret_in(password_file)
        chosen = password_file or folder / "password"
        rows = _members(folder)
        for file in [*(Path(row["file"]) for row in rows), folder / "password"]:
            if file.exists():
                screen.fail(screen.say("file_exists", path=file), screen.say("choose_folder"))
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if password_file is None:
            with new_private_file(chosen) as written:
                written.write(_PASSWORD + "\n")
        _write(rows, password)
    if is_json:
        screen.print_json(rows)
        return
    short = [{**row, "file": Path(row["file"]).name} for row in rows]
    screen.out.print(table_of(screen, short, _COLUMNS))
    quoted = {"file": shlex.quote(rows[0]["file"]), "password": shlex.quote(str(chosen))}
    screen.err.print(screen.say("evaluation_keys", **quoted), soft_wrap=True)


def _members(folder: Path) -> list[dict[str, Any]]:
    """A row for each signer of the cast."""
    from ledger.model.meanings import Meaning
    from ledger.model.plain import plain_value
    from ledger.service.running.cast import CAST

    return [
        {
            "participant": number,
            "name": name,
            "roles": plain_value(member.role, Meaning.ROLES),
            "signer": signer,
            "duty": duty,
            "uscc": member.uscc,
            "file": str(folder / f"{name}-{duty}.json"),
        }
        for number, (name, member) in enumerate(CAST.items(), start=1)
        for signer, duty in enumerate(("maker", "checker"))
    ]


def _write(rows: list[dict[str, Any]], password: str) -> None:
    from ledger.model.states import Duty
    from ledger.service.running.cast import evaluation_key

    for row in rows:
        key = evaluation_key(row["name"], Duty[row["duty"].upper()])
        key.save(Path(row["file"]), password, work=_WORK)


def _told(screen: Screen, file: Path, address: str, is_json: bool) -> None:
    if is_json:
        screen.print_json({"file": str(file), "address": address})
    else:
        screen.out.print(screen.say("key_told", path=file, address=address))
