"""The command line of Fenbook."""

from dataclasses import dataclass

import typer

from ledger import __version__
from ledger.cli import audit, book, inspection, records, register
from ledger.cli.options import JsonOption, LangOption, NoColorOption
from ledger.cli.screen import Lang, Screen

__all__ = ["app"]

_HELP = """Fenbook 分账本: a ledger of supply-chain receivables, exact to the fen.

A core enterprise promises to pay; suppliers pass parts of the promise on; banks lend on it; at
maturity the money finds every holder by itself. Start with `fenbook demo` (中文：`--lang zh`).

Exit status: 0 done, 1 refused or different, 2 misused.
"""

_SETTINGS = {"help_option_names": ["-h", "--help"]}

app = typer.Typer(
    name="fenbook",
    help=_HELP,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings=_SETTINGS,
)
_book = typer.Typer(
    help="Run scenario books, or check them 情景账簿.", no_args_is_help=True, rich_markup_mode=None
)
_inspect = typer.Typer(
    help="Look closely at a voucher or payable of a run 查看明细.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(_book, name="book")
_records = typer.Typer(
    help="The key of the private records, and who read them 私密档案.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(_inspect, name="inspect")
app.add_typer(_records, name="records")


@dataclass(frozen=True, slots=True)
class Settings:
    """What was said before the command."""

    lang: Lang | None
    no_color: bool


@app.callback()
def settings(ctx: typer.Context, lang: LangOption = None, no_color: NoColorOption = False) -> None:
    """Keep the options that hold for every command."""
    ctx.obj = Settings(lang, no_color)


settings.__doc__ = _HELP

_book.command("run")(book.run)
_book.command("check")(book.check)
_inspect.command("voucher")(inspection.voucher)
_inspect.command("payable")(inspection.payable)
_records.command("new-key")(records.new_key)
_records.command("put")(records.put)
_records.command("identity")(records.identity)
_records.command("rotate")(records.rotate)
_records.command("check-log")(records.check_log)
app.command("audit")(audit.audit)
register.register(app)


@app.command()
def demo(
    ctx: typer.Context,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Tell a voucher's life in five steps on a fresh chain 五步演示."""
    from ledger.cli import demo as story  # noqa: PLC0415 -- a chain takes seconds to import

    story.tell(Screen.chosen(ctx, lang, no_color=no_color), is_json)


@app.command()
def version() -> None:
    """Show the version 版本."""
    typer.echo(f"fenbook {__version__}")
