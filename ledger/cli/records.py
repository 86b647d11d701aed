"""`fenbook records`: who participants are, the key of the private records, and who read them."""
# ruff: noqa: PLC0415 -- a database takes a second to import, and only these commands need one

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ledger.cli.options import JsonOption, LangOption, NoColorOption
from ledger.cli.private_files import new_private_file
from ledger.cli.screen import Screen
from ledger.cli.settled import SettingsOption, directory_of
from ledger.model.glossary import Term

if TYPE_CHECKING:
    from ledger.records.profiles import Profile

__all__ = ["check_log", "identity", "new_key", "put", "rotate"]

KeyArgument = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        help="Where to write the key; it must not exist yet 密钥保存位置，不得已存在.",
    ),
]

ProfilesArgument = Annotated[
    Path,
    typer.Argument(
        metavar="FILE", help="JSON of one profile, or of a list of them 一份或多份档案."
    ),
]
CodeArgument = Annotated[
    str,
    typer.Argument(
        metavar="CODE", help="A unified social credit code, 18 characters 18 位统一社会信用代码."
    ),
]
ActorOption = Annotated[
    str,
    typer.Option(
        "--by",
        metavar="WHO",
        help="Who has checked the documents; it is logged 核验人，将记入日志.",
    ),
]

_SAID: Final[Mapping[str, Term]] = MappingProxyType(
    {
        "made": Term(
            "A new key stands in {path}; nobody else can read the file. Keep a copy in a safe "
            "place: without it the records are lost.",
            "新密钥已写入 {path}，仅当前账户可读。请另存一份于安全之处：没有它，档案无法读取。",
        ),
        "rotated": Term(
            "{count} data keys are wrapped by the key in force now, and {records} records are "
            "sealed anew. The previous key may go once every service runs with the new one.",
            "已用现行主密钥重新封装 {count} 把数据密钥，并重新加密 {records} 条档案。"
            "所有服务均改用新密钥后，可停用上一把。",
        ),
        "resealing": Term("{table}: {looked} looked at", "{table}：已处理 {looked} 条"),
        "recorded": Term(
            "Profiles recorded, in place of what was recorded before: {count}.",
            "已登记 {count} 份档案，取代此前登记的内容。",
        ),
        "identity": Term("{identity}", "{identity}"),
        "checked": Term(
            "None of the log's readings is missing, changed or added; it has {count}.",
            "查阅日志共 {count} 条，无缺失、改动或添加。",
        ),
    }
)


def new_key(
    ctx: typer.Context, path: KeyArgument, lang: LangOption = None, no_color: NoColorOption = False
) -> None:
    """Make a master key for the private records 生成档案主密钥."""
    from ledger.records.vault import new_master_key

    screen = Screen.chosen(ctx, lang, no_color=no_color)
    with screen.guarded(path), new_private_file(path) as file:
        file.write(new_master_key() + "\n")
    _say(screen, "made", path=path)


def rotate(
    ctx: typer.Context,
    settings: SettingsOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Wrap all data keys by the master key in force, and seal all records anew 更换档案密钥.

    `records_key_file` (FENBOOK_RECORDS_KEY_FILE) names the new key,
    `records_key_previous_file` the one before.
    Services may run meanwhile. If it is stopped, it goes on when it is called again.
    """
    from ledger.service.records.resealing import reseal

    screen = Screen.chosen(ctx, lang, no_color=no_color)

    def heard(table: str, looked: int) -> None:
        if not is_json:
            _say(screen, "resealing", table=table, looked=looked)

    with screen.guarded(), directory_of(settings) as directory:
        count = directory.keyring.rotate()
        records = reseal(directory.database, directory.keyring, heard)
    _answer(screen, is_json, "rotated", count=count, records=records)


def check_log(
    ctx: typer.Context,
    settings: SettingsOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Follow the log of readings from its first row 核验查阅日志."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    with screen.guarded(), directory_of(settings) as directory:
        count = directory.check_readings()
    _answer(screen, is_json, "checked", count=count)


def put(
    ctx: typer.Context,
    path: ProfilesArgument,
    by: ActorOption,
    settings: SettingsOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Record profiles whose documents you have checked 登记参与方档案.

    A code must be the one under which its participant was admitted.
    """
    from ledger.service.records.directory import Reader
    from ledger.service.records.recording import record_profiles

    screen = Screen.chosen(ctx, lang, no_color=no_color)
    with screen.guarded(path):
        profiles = _profiles_of(path.read_text("utf-8"))
        with directory_of(settings) as directory:
            record_profiles(directory, profiles, Reader(0, by, "profile recorded"))
    _answer(screen, is_json, "recorded", count=len(profiles))


def identity(
    ctx: typer.Context,
    code: CodeArgument,
    settings: SettingsOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """What stands on the ledger for an organisation when it is admitted 计算准入身份."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    with screen.guarded(), directory_of(settings) as directory:
        found = "0x" + directory.identity(code).hex()
    _answer(screen, is_json, "identity", identity=found)


# ---- private


def _profiles_of(text: str) -> list["Profile"]:
    """What a file holds; raises `InvalidField` where it holds anything else."""
    from ledger.model.errors.input import InvalidField
    from ledger.records.profiles import Profile

    try:
        given = json.loads(text)
    except ValueError:
        raise InvalidField(field="file", value=text[:40], expected="message") from None
    listed = given if isinstance(given, list) else [given]
    for one in listed:
        if not isinstance(one, dict):
            raise InvalidField(field="profile", value=one, expected="message")
    return [Profile.from_values(one) for one in listed]


def _answer(screen: Screen, is_json: bool, key: str, **values: object) -> None:
    if is_json:
        screen.print_json(values)
    else:
        _say(screen, key, **values)


def _say(screen: Screen, key: str, **values: object) -> None:
    screen.out.print(_SAID[key].text(screen.language).format_map(values))
