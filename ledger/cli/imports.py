"""`fenbook import`: a file of payables, previewed, signed by maker and checker, issued."""

import mimetypes
import time
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from ledger.cli.connection import SessionOption, connected
from ledger.cli.once import DryRunOption, KeyOption, Once
from ledger.cli.options import JsonOption, LangOption, NoColorOption
from ledger.cli.reading import OutOption, lister_of, record_of, show_rows
from ledger.cli.resources import ROWS
from ledger.cli.screen import DIFFERENT, Screen

__all__ = [
    "ImportArgument", "error_file", "preview", "rows", "show", "show_import", "template", "upload",
    "wait",
]  # fmt: skip

_PATH: Final = "/v1/imports"
_TYPES: Final = {
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xls": "application/vnd.ms-excel",
}
_FINDINGS: Final = ("line", "cell", "code", "detail")
_FINAL: Final = ("done", "failed", "cancelled")
_LOOK_SECONDS: Final = 1.0

ImportArgument = Annotated[str, typer.Argument(metavar="IMPORT", help="An import 导入批次.")]
ColumnOption = Annotated[
    list[str],
    typer.Option(
        "--column",
        metavar="FIELD=HEADING",
        help="What a column means, such as amount=F; may be repeated 列对应.",
    ),
]


def upload(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, XLSX or XLS 导入文件.")],
    key: KeyOption = None,
    is_dry: DryRunOption = False,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Take a file in and preview it; nothing becomes a payable by it 上传并预览."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    once = Once(key, is_dry)
    kind = _TYPES.get(file.suffix.lower()) or mimetypes.guess_type(file.name)[0] or _TYPES[".csv"]
    with connected(screen, session) as connection:
        query = {"name": file.name, **once.query}
        data, headers = file.read_bytes(), once.headers
        made = connection.client.upload(_PATH, data, kind, query=query, headers=headers)
        if is_dry:
            once.show(screen, made, is_json=is_json)
            return
        path = f"{_PATH}/{made['id']}"
        _previewed(screen, connection, (path, {}, once.then("preview")), is_json=is_json)


def preview(
    ctx: typer.Context,
    id: ImportArgument,
    column: ColumnOption = [],  # noqa: B006 -- the parser makes a list of its own
    sheet: Annotated[str | None, typer.Option("--sheet", help="Of a workbook 工作表.")] = None,
    settlement_bank: Annotated[
        int | None, typer.Option("--settlement-bank", help="Of rows that name none 清算行.")
    ] = None,
    key: KeyOption = None,
    is_dry: DryRunOption = False,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Read the file again, by other columns or another sheet 重新预览."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    pairs = [one.partition("=") for one in column]
    body = {
        "columns": {name: heading for name, _, heading in pairs} or None,
        "sheet": sheet,
        "settlement_bank": settlement_bank,
    }
    with connected(screen, session) as connection:
        asked = (f"{_PATH}/{id}", body, Once(key, is_dry))
        _previewed(screen, connection, asked, is_json=is_json)


rows = lister_of(ROWS, limit=10_000)
rows.__doc__ = "List the rows as they were read, and what has become of each 明细."


def show(
    ctx: typer.Context,
    id: ImportArgument,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Show an import as it stands 查看."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    with connected(screen, session) as connection:
        show_import(screen, connection.client.get(f"{_PATH}/{id}"), is_json)


def wait(
    ctx: typer.Context,
    id: ImportArgument,
    seconds: Annotated[int, typer.Option("--seconds", min=1, help="At most 上限.")] = 600,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Wait until every payable of it is issued or refused 等待办结."""
    screen, limit = Screen.chosen(ctx, lang, no_color=no_color), time.monotonic() + seconds
    with connected(screen, session) as connection:
        made = connection.client.get(f"{_PATH}/{id}")
        while made["state"] not in _FINAL and time.monotonic() < limit:
            time.sleep(_LOOK_SECONDS)
            made = connection.client.get(f"{_PATH}/{id}")
        show_import(screen, made, is_json)
    if made["state"] != "done" or made["refused"]:
        raise typer.Exit(DIFFERENT)


def template(
    ctx: typer.Context,
    out: OutOption,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
) -> None:
    """Write a workbook to fill in 模板."""
    _download(Screen.chosen(ctx, lang, no_color=no_color), session, f"{_PATH}/template", out)


def error_file(
    ctx: typer.Context,
    id: ImportArgument,
    out: OutOption,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
) -> None:
    """Write the file with one column more that says what is wrong 错误文件."""
    _download(Screen.chosen(ctx, lang, no_color=no_color), session, f"{_PATH}/{id}/error-file", out)


def show_import(screen: Screen, made: Any, is_json: bool) -> None:
    """An import as it stands."""
    if is_json:
        screen.print_json(made)
    else:
        screen.out.print(record_of(screen, _short(made)))


# ---- private


def _previewed(
    screen: Screen, connection: Any, asked: tuple[str, dict[str, Any], Once], *, is_json: bool
) -> None:
    """Preview, tell what was found, and end with status 1 where a row cannot be issued."""
    path, body, once = asked
    made = connection.client.post(f"{path}/preview", body, **once.sent)
    if once.is_dry:
        once.show(screen, made, is_json=is_json)
        return
    faulty = list(connection.client.rows(f"{path}/rows", 200, faulty="true"))
    found = [*made["findings"], *(one for row in faulty for one in row["findings"])]
    if is_json:
        screen.print_json({**made, "faults": found})
    else:
        screen.out.print(record_of(screen, _short(made)))
        if made["valid"] and not found:
            screen.err.print(screen.say("faultless", id=made["id"]))
        else:
            show_rows(screen, found, _FINDINGS, is_json=False)
    if made["errors"]:
        raise typer.Exit(DIFFERENT)


def _download(screen: Screen, session: Path | None, path: str, out: Path) -> None:
    with connected(screen, session) as connection:
        out.write_bytes(connection.client.download(path))
    screen.err.print(screen.say("written", path=out))


def _short(made: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in made.items() if name not in ("findings", "columns")}
