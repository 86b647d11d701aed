"""What was typed wrong, in the language of whoever typed it.

The library says it in English; for a Chinese reader the same follows in Chinese, so that neither
the exact words nor their meaning is lost.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, NoReturn

import typer

from ledger.cli.screen import Lang, language_of

__all__ = ["run", "usage_text"]

_CLICK: Final[type[Exception]] = typer.BadParameter.__mro__[2]
"""Whatever the library tells its user by itself: misuse, files that cannot be opened."""

_PATTERNS: Final[Sequence[tuple[str, str]]] = (
    (r"Missing option '?(.+?)'?\.", "缺少选项 {0}。"),
    (r"Missing argument '?(.+?)'?\.", "缺少参数 {0}。"),
    (r"Missing command\.", "缺少子命令。"),
    (r"No such option: (\S+) \(Possible options: (.+)\)", "没有选项 {0}，是否指：{1}。"),
    (r"No such option: (\S+).*", "没有选项 {0}。"),
    (r"No such command '(.+?)'\. Did you mean '?(.+?)'?\?", "没有命令 {0}，是否指：{1}。"),
    (r"No such command '(.+?)'.*", "没有命令 {0}。"),
    (r"Invalid value for '?(.+?)'?: .*'(.*)' is not one of (.+)\.", "{0} 不能是 {1}，可选：{2}。"),
    (r"Invalid value for '?(.+?)'?: (.+)", "{0} 的值无效：{1}"),
    (r"Got unexpected extra arguments?(?:\(s\))? \((.+)\)", "多出的参数：{0}。"),
    (r"Option '?(.+?)'? requires an argument\.", "选项 {0} 需要一个值。"),
    (r"Option '?(.+?)'? does not take a value\.", "选项 {0} 不带值。"),
)
"""What the library says of misuse, and the same in Chinese."""


def run(app: typer.Typer, arguments: Sequence[str], environment: Mapping[str, str]) -> NoReturn:
    """Run the command line and end the process with its status."""
    try:
        status = app(arguments, prog_name="fenbook", standalone_mode=False)
    except _CLICK as told:
        fault: Any = told
        fault.show()
        said = usage_text(fault.format_message())
        if said and _is_chinese(arguments, environment):
            typer.echo(f"错误：{said}", err=True)
        raise SystemExit(fault.exit_code) from None
    except typer.Abort:
        is_chinese = _is_chinese(arguments, environment)
        typer.echo("已取消。" if is_chinese else "Aborted.", err=True)
        raise SystemExit(1) from None
    raise SystemExit(status or 0)


def usage_text(message: str) -> str:
    """What the library says of misuse, in Chinese; empty for whatever else it says."""
    for pattern, text in _PATTERNS:
        if found := re.fullmatch(pattern, message.strip(), re.DOTALL):
            return text.format(*map(_bare, found.groups()))
    return ""


def _bare(names: str) -> str:
    return names.replace("', '", "、").replace("'", "")


def _is_chinese(arguments: Sequence[str], environment: Mapping[str, str]) -> bool:
    """By the arguments, which could not be read, else by the locale."""
    given = [one.removeprefix("--lang=") for one in arguments if one.startswith("--lang=")]
    given += [later for one, later in pairwise(arguments) if one == "--lang"]
    known = [one for one in given if one in {*Lang}]
    return (known[-1] if known else language_of(environment)) == "zh"
