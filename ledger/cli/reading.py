"""Lists and single things at the command line: tables for people, JSON for programs."""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.table import Table
from rich.text import Text

from ledger.cli.connection import PurposeOption, SessionOption, connected
from ledger.cli.nouns import NOUNS
from ledger.cli.options import JsonOption, LangOption, NoColorOption
from ledger.cli.resources import FLAGS, Export, List, Part
from ledger.cli.screen import Screen
from ledger.model.cells import cell_text
from ledger.model.heads import head

__all__ = [
    "OutOption", "exporter_of", "filter_options", "format_of", "lister_of", "part_of", "record_of",
    "show_record", "show_rows", "shower_of", "table_of", "typed",
]  # fmt: skip

_IdArgument = Annotated[str, typer.Argument(metavar="ID", help="Its number or name 编号.")]
_LimitOption = Annotated[
    int, typer.Option("--limit", min=1, max=100_000, help="Rows at most 最多行数.")
]
_AllOption = Annotated[bool, typer.Option("--all", help="All rows 全部.", show_default=False)]
OutOption = Annotated[
    Path, typer.Option("--out", metavar="FILE", help="Where to write it 输出文件.", dir_okay=False)
]
_NamesOption = Annotated[
    bool, typer.Option("--field-names", help="Heads that stay, for programs 以字段名为表头.")
]
_COMMON: Final[Mapping[str, tuple[Any, Any]]] = {
    "purpose": (PurposeOption, ""),
    "session": (SessionOption, None),
    "lang": (LangOption, None),
    "no_color": (NoColorOption, False),
}
_JSON: Final[Mapping[str, tuple[Any, Any]]] = {"is_json": (JsonOption, False)}


def lister_of(resource: List, *, limit: int = 50) -> Callable[..., None]:
    """The command that lists a noun, or what belongs to one thing."""

    def run(ctx: typer.Context, id: str = "", **given: Any) -> None:
        screen = _screen(ctx, given)
        most = None if given.pop("is_all") else given.pop("limit")
        is_json = given.pop("is_json")
        with connected(screen, given.pop("session"), given.pop("purpose")) as connection:
            asked = {name: given[name] for name in map(_name, resource.filters)}
            rows = list(connection.client.rows(resource.path.format(id=id), most, **asked))
        show_rows(screen, rows, resource.columns, is_json=is_json, of=_tail(resource.path))

    more = {"limit": (_LimitOption, limit), "is_all": (_AllOption, False)}
    filters = {**_identity(resource.path), **filter_options(resource.filters)}
    what = f"{_plural(resource)}; the newest first, only what concerns you"
    run.__doc__ = f"List {what} {NOUNS[resource.noun].zh}列表."
    return typed(run, {**filters, **more, **_COMMON, **_JSON})


def exporter_of(export: Export) -> Callable[..., None]:
    """The command that writes a list to a file."""

    def run(ctx: typer.Context, id: str = "", **given: Any) -> None:
        screen = _screen(ctx, given)
        out: Path = given.pop("out")
        with connected(screen, given.pop("session"), given.pop("purpose")) as connection:
            asked = {name: given[name] for name in map(_name, export.filters)}
            asked["heads"] = "names" if given["field_names"] else "words"
            path = export.path.format(id=id)
            out.write_bytes(connection.client.download(path, format=format_of(out), **asked))
        screen.err.print(screen.say("written", path=out))

    own = {"out": (OutOption, inspect.Parameter.empty), "field_names": (_NamesOption, False)}
    run.__doc__ = f"Write {_plural(export)} to a file; CSV or XLSX, by its name 导出."
    return typed(
        run, {**_identity(export.path), **own, **filter_options(export.filters), **_COMMON}
    )


def format_of(out: Path) -> str:
    """The format of a file, by its name."""
    return "xlsx" if out.suffix.lower() == ".xlsx" else "csv"


def shower_of(resource: List) -> Callable[..., None]:
    """The command that shows one thing."""
    run = _getter(f"{resource.path}/{{id}}", ())
    run.__doc__ = f"Show one {resource.noun} as it stands 查看{NOUNS[resource.noun].zh}."
    return run


def part_of(part: Part) -> Callable[..., None]:
    """The command that shows a part of one thing."""
    run = _getter(part.path, part.columns)
    run.__doc__ = part.help
    return run


def _getter(path: str, columns: Sequence[str]) -> Callable[..., None]:
    of = _tail(path.removesuffix("/{id}"))

    def run(ctx: typer.Context, id: str = "", **given: Any) -> None:
        screen = _screen(ctx, given)
        with connected(screen, given["session"], given["purpose"]) as connection:
            found = connection.client.whole(path.format(id=id))
        if columns and not given["is_json"]:
            show_rows(screen, found["data"], columns, is_json=False, of=of)
        else:
            show_record(screen, found, is_json=given["is_json"], of=of)

    return typed(run, {**_identity(path), **_COMMON, **_JSON})


def show_record(screen: Screen, found: Any, *, is_json: bool, of: str = "") -> None:
    """One thing as a table, or whole as JSON; `of` names the list that it is of."""
    if is_json:
        screen.print_json(found)
    else:
        screen.out.print(record_of(screen, found, of=of))


def show_rows(
    screen: Screen, rows: Sequence[Any], columns: Sequence[str], *, is_json: bool, of: str = ""
) -> None:
    """Rows as a table, or whole as JSON; `of` names their list."""
    if is_json:
        screen.print_json(list(rows))
    elif rows:
        screen.out.print(table_of(screen, rows, columns, of=of))
    else:
        screen.err.print(screen.say("no_rows"))


def table_of(screen: Screen, rows: Iterable[Any], columns: Sequence[str], *, of: str = "") -> Table:
    """Some columns of rows."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for name in columns:
        is_money = name.rpartition(".")[2] in _MONEY
        justify: Any = "right" if is_money else "left"
        table.add_column(_head(screen, name, of), justify=justify, overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(screen, name, _at(row, name), of)) for name in columns))
    return table


def record_of(screen: Screen, found: Mapping[str, Any], *, of: str = "") -> Table:
    """One thing: a line for each of its fields; `of` names the list that it is of."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in found.items():
        if name == "as_of":
            continue
        table.add_row(
            Text(_head(screen, name, of), style="dim"), Text(_cell(screen, name, value, of))
        )
    at = found.get("as_of")
    if at:
        said = screen.say("as_of", block=at["block"], date=at["business_date"])
        table.add_row(Text(""), Text(said, style="dim"))
    return table


def filter_options(filters: Sequence[str]) -> dict[str, tuple[Any, Any]]:
    """An option for each filter."""
    return {
        _name(one): (
            Annotated[
                (bool if one in FLAGS else str) | None,
                typer.Option(f"--{one}", show_default=False, help=_said(one)),
            ],
            None,
        )
        for one in filters
    }


def typed(run: Callable[..., None], options: Mapping[str, tuple[Any, Any]]) -> Callable[..., None]:
    """The function with a parameter for each option, as the command line reads it."""
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    context = inspect.Parameter("ctx", kind, annotation=typer.Context)
    named = [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation
        )
        for name, (annotation, default) in options.items()
    ]
    parameters = [context, *named]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run


# ---- private

_MONEY: Final = frozenset(
    [
        "amount",
        "face",
        "live",
        "late_interest",
        "owed",
        "principal_left",
        "paid",
        "principal",
        "price",
        "to_holder",
        "to_lender",
        "left",
        "net_cash",
        "cost",
        "at_maturity",
        "interest",
        "annual_percent",
        "start",
        "end",
    ]
)


def _identity(path: str) -> dict[str, tuple[Any, Any]]:
    return {"id": (_IdArgument, inspect.Parameter.empty)} if "{id}" in path else {}


def _said(flag: str) -> str:
    name = _name(flag)
    english, chinese = head(name, "en"), head(name, "zh")
    return f"{english} {chinese}" if english != name else name.replace("_", " ")


def _name(flag: str) -> str:
    return flag.replace("-", "_")


def _plural(resource: List | Export) -> str:
    return _tail(resource.path).replace("-", " ")


def _tail(path: str) -> str:
    return path.rpartition("/")[2]


def _screen(ctx: typer.Context, given: dict[str, Any]) -> Screen:
    lang, no_color = given.pop("lang"), given.pop("no_color")
    return Screen.chosen(ctx, lang, no_color=no_color)


def _at(row: Any, name: str) -> Any:
    for step in name.split("."):
        row = row.get(step) if isinstance(row, Mapping) else None
    return row


def _head(screen: Screen, name: str, of: str = "") -> str:
    return head(name.rpartition(".")[2], screen.language, of=of)


def _cell(screen: Screen, name: str, value: Any, of: str = "") -> str:
    return cell_text(name, value, screen.language, of=of)
