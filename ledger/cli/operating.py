"""Commands of whoever runs a service, beside it: by its settings, on its database and its chain."""
# ruff: noqa: PLC0415 -- a database and a chain take seconds to import

import importlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from ledger.cli.options import JsonOption, LangOption, NoColorOption
from ledger.cli.reading import record_of, show_rows
from ledger.cli.screen import DIFFERENT, Screen
from ledger.cli.settled import SettingsOption, database_of, settled
from ledger.model.heads import head

if TYPE_CHECKING:
    from ledger.service.running.opening import Opened

__all__ = [
    "park", "pause", "rebuild", "reconcile", "release", "resume", "serve", "status",
]  # fmt: skip

_PORT: Final = 8371

HostOption = Annotated[
    str, typer.Option("--host", envvar="FENBOOK_HOST", help="Where to listen 监听地址.")
]
PortOption = Annotated[
    int,
    typer.Option("--port", envvar="FENBOOK_PORT", min=0, max=65535, help="And at which port 端口."),
]
OperationArgument = Annotated[str, typer.Argument(metavar="OPERATION", help="Its number 编号.")]
CompareOption = Annotated[
    bool, typer.Option("--compare", help="Only compare; leave the rows as they are 只比对，不改动.")
]
SampleOption = Annotated[
    int | None,
    typer.Option(
        "--sample",
        min=1,
        help="So many records of each matter alone 每类只抽查若干条.",
        show_default=False,
    ),
]
_DIFFERENCES: Final = ("matter", "record", "figure", "on_chain", "in_rows")


def serve(
    ctx: typer.Context,
    host: HostOption = "127.0.0.1",
    port: PortOption = _PORT,
    settings: SettingsOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
) -> None:
    """Serve the API until SIGTERM; without settings on SQLite and a chain in process 启动服务."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    with screen.guarded():
        settled(settings)
        # By its name: what is below a door never imports one.
        importlib.import_module("api.listening").expect_free(host, port)
        if not os.environ.get("FENBOOK_NODES"):
            screen.err.print(screen.say("evaluation", host=host, port=port), style="bold yellow")
        door: Any = importlib.import_module("api.serving")
        door.serve(host, port)


def rebuild(
    ctx: typer.Context,
    is_compared: CompareOption = False,
    settings: SettingsOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Make the views anew from the chain's first block; status 1 where they differed 重建视图."""
    from ledger.service.following.rebuild import rebuild as made_anew

    screen = Screen.chosen(ctx, lang, no_color=no_color)
    with screen.guarded(), _opened(settings) as found, _progress(screen) as heard:
        site = found.site
        done = made_anew(
            site.database, site.endpoint, site.deployment, heard=heard, takes_over=not is_compared
        )
    told = {"block": done.block, "events": done.event_count, "is_equal": done.is_equal}
    _tell(screen, told, is_json)
    if not done.is_equal:
        raise typer.Exit(DIFFERENT)


def reconcile(
    ctx: typer.Context,
    sample: SampleOption = None,
    settings: SettingsOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Compare chain, views and deposits fund by fund; status 1 where they differ 对账."""
    from ledger.service.reconciliation.reconcile import Pace
    from ledger.service.reconciliation.reconcile import reconcile as compared

    screen = Screen.chosen(ctx, lang, no_color=no_color)
    with screen.guarded(), _opened(settings) as found:
        site = found.site

        pace = Pace(settle=lambda: time.sleep(1.0))
        done = compared(site.database, site.endpoint, site.deployment, sample=sample, pace=pace)
    told = done.to_json()
    if is_json:
        screen.print_json(told)
    else:
        differences = told.pop("differences")
        screen.out.print(record_of(screen, told))
        if done.is_right:
            screen.err.print(screen.say("reconciled"))
        else:
            rows = [_in_words(screen, one) for one in differences]
            show_rows(screen, rows, _DIFFERENCES, is_json=False)
    if not done.is_right:
        raise typer.Exit(DIFFERENT)


def pause(
    ctx: typer.Context,
    settings: SettingsOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Stop sending to the chain; commands are taken in all the same 暂停发送."""
    _switch(Screen.chosen(ctx, lang, no_color=no_color), settings, "pause", is_json)


def resume(
    ctx: typer.Context,
    settings: SettingsOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Send to the chain again 恢复发送."""
    _switch(Screen.chosen(ctx, lang, no_color=no_color), settings, "resume", is_json)


def status(
    ctx: typer.Context,
    settings: SettingsOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Show whether the relayer sends, and how operations fare 发送状态."""
    _switch(Screen.chosen(ctx, lang, no_color=no_color), settings, "", is_json)


def park(
    ctx: typer.Context,
    operation: OperationArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why; its sender reads it 原因.")],
    settings: SettingsOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Set an operation aside that has not been carried out 搁置."""
    from ledger.model.errors.service import ParkedByOperator
    from ledger.service.intake.refusals import refusal_text

    screen = Screen.chosen(ctx, lang, no_color=no_color)
    with screen.guarded(), database_of(settings) as database:
        from ledger.service.relaying.outbox import Outbox

        told = refusal_text(ParkedByOperator(reason=reason))
        _tell(screen, _short(Outbox(database).park(operation, told)), is_json)


def release(
    ctx: typer.Context,
    operation: OperationArgument,
    settings: SettingsOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Let an operation that was set aside be tried again 放行."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    with screen.guarded(), database_of(settings) as database:
        from ledger.service.relaying.outbox import Outbox

        _tell(screen, _short(Outbox(database).release(operation)), is_json)


# ---- private


@contextmanager
def _opened(settings: Path | None) -> Iterator["Opened"]:
    """Database and chain of a service."""
    from ledger.service.running import logs
    from ledger.service.running.opening import opened
    from ledger.service.running.settings import settings_from

    settled(settings)
    logs.configure("error")  # standard output is the answer's alone
    found = opened(settings_from(os.environ))
    try:
        yield found
    finally:
        found.site.endpoint.close()
        found.site.database.close()


def _switch(screen: Screen, settings: Path | None, word: str, is_json: bool) -> None:
    with screen.guarded(), database_of(settings) as database:
        from ledger.service.relaying.outbox import Outbox

        outbox = Outbox(database)
        if word:
            getattr(outbox, word)()
        told = {"is_paused": outbox.is_paused, **outbox.counts()}
        told |= {"overdue_seconds": outbox.overdue_seconds()}
        _tell(screen, told, is_json, of="relayer")


def _in_words(screen: Screen, difference: dict[str, Any]) -> dict[str, Any]:
    language = screen.language
    return {
        **difference,
        "matter": head(difference["matter"], language, of="compared"),
        "figure": head(difference["figure"], language),
    }


def _short(operation: Any) -> dict[str, Any]:
    return {"id": operation.id, "verb": operation.verb, "state": operation.state}


def _tell(screen: Screen, told: dict[str, Any], is_json: bool, *, of: str = "") -> None:
    if is_json:
        screen.print_json(told)
    else:
        screen.out.print(record_of(screen, told, of=of))


@contextmanager
def _progress(screen: Screen) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, where somebody watches."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, console=screen.err, transient=True, disable=not screen.err.is_terminal)
    with bar:
        task = bar.add_task(screen.say("rebuilding"), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
