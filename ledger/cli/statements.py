"""`fenbook report` and `fenbook about`: sums over some days, and which service this is."""

from pathlib import Path
from typing import Annotated, Final

import typer

from ledger.cli.connection import SessionOption, connected
from ledger.cli.options import JsonOption, LangOption, NoColorOption
from ledger.cli.reading import show_record, show_rows
from ledger.cli.screen import Screen

__all__ = ["about", "deposits", "maturities"]

_MATURITIES: Final = ("date", "payable_count", "owed", "voucher_count", "receivable")
_DEPOSITS: Final = ("bank", "opening", "received", "spent", "closing")

FirstOption = Annotated[str, typer.Option("--first", metavar="DATE", help="First day 起始日期.")]
LastOption = Annotated[str, typer.Option("--last", metavar="DATE", help="Last day 截止日期.")]


def maturities(
    ctx: typer.Context,
    first: FirstOption,
    last: LastOption,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Sum up what falls due to you and from you, day by day 到期汇总."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    _report(screen, session, ("maturities", first, last), _MATURITIES, is_json)


def deposits(
    ctx: typer.Context,
    first: FirstOption,
    last: LastOption,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Sum up your deposits over some days, bank by bank 存款对账."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    _report(screen, session, ("deposit-statements", first, last), _DEPOSITS, is_json)


def about(
    ctx: typer.Context,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Show which service this is, of which ledger, and whether it is for evaluation 服务信息."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    with connected(screen, session) as connection:
        found = connection.client.get("/v1/about")
    show_record(screen, found, is_json=is_json)


def _report(
    screen: Screen,
    session: Path | None,
    asked: tuple[str, str, str],
    columns: tuple[str, ...],
    is_json: bool,
) -> None:
    name, first, last = asked
    with connected(screen, session) as connection:
        found = connection.client.get(f"/v1/reports/{name}", first=first, last=last)["data"]
    show_rows(screen, found, columns, is_json=is_json, of=name)
