"""The options that several commands have."""

from pathlib import Path
from typing import Annotated

import typer

from ledger.cli.screen import Lang

__all__ = ["JsonOption", "LangOption", "NoColorOption", "NodeOption", "RunOption", "SaveOption"]

LangOption = Annotated[
    Lang | None,
    typer.Option(
        "--lang", help="Language 语言; the locale decides if not given.", show_default=False
    ),
]
NoColorOption = Annotated[
    bool, typer.Option("--no-color", help="No colours 不使用颜色.", show_default=False)
]
JsonOption = Annotated[
    bool,
    typer.Option("--json", help="JSON alone on standard output 仅输出 JSON.", show_default=False),
]
NodeOption = Annotated[
    str | None,
    typer.Option(
        "--node",
        metavar="URL",
        help="JSON-RPC of an evaluation chain with free gas (anvil); in process if not given "
        "评估链节点，默认在本进程内.",
        show_default=False,
    ),
]
SaveOption = Annotated[
    Path | None,
    typer.Option(
        "--save",
        metavar="FILE",
        help="Where to save the run for `inspect`; the state directory if not given "
        "运行结果保存位置.",
        show_default=False,
        dir_okay=False,
    ),
]
RunOption = Annotated[
    Path | None,
    typer.Option(
        "--run",
        metavar="FILE",
        help="A saved run; the last one if not given 已保存的运行结果，默认为最近一次.",
        show_default=False,
        dir_okay=False,
    ),
]
