"""`fenbook event` and `fenbook operation wait`: following what happens."""
# ruff: noqa: PLC0415 -- HTTP is imported by the commands that need it

import json
import time
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.text import Text

from ledger.cli.connection import PurposeOption, SessionOption, connected
from ledger.cli.operations import await_end, end_with, ended, show_operation
from ledger.cli.options import JsonOption, LangOption, NoColorOption
from ledger.cli.reading import filter_options, show_rows, typed
from ledger.cli.resources import EVENT_FILTERS
from ledger.cli.screen import DIFFERENT, Lang, Screen
from ledger.model.code_words import in_words

__all__ = ["follow", "listed", "wait"]

_COLUMNS: Final = ("seq", "time", "kind", "data")
_AGAIN_SECONDS: Final = 2.0

AfterOption = Annotated[
    int, typer.Option("--after", min=0, help="Events behind this number 该序号之后的事件.")
]
LimitOption = Annotated[int, typer.Option("--limit", min=1, max=100_000, help="At most 上限.")]
CountOption = Annotated[
    int | None,
    typer.Option(
        "--count",
        min=1,
        help="Stop after so many; never if not given 收到若干条后停止.",
        show_default=False,
    ),
]


def _listed(
    ctx: typer.Context,
    after: int,
    limit: int,
    purpose: str,
    session: Path | None,
    lang: Lang | None,
    no_color: bool,
    is_json: bool,
    **asked: Any,
) -> None:
    """List events that concern you, from a number on 事件."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    with connected(screen, session, purpose) as connection:
        rows = list(connection.client.feed("/v1/events", limit, after=after, **asked))
    show_rows(screen, rows, _COLUMNS, is_json=is_json, of="events")


def _follow(
    ctx: typer.Context,
    after: int,
    count: int | None,
    purpose: str,
    session: Path | None,
    lang: Lang | None,
    no_color: bool,
    is_json: bool,
    **asked: Any,
) -> None:
    """Print events as they happen, one a line, until stopped 跟踪事件."""
    from ledger.model.errors.client import ServiceUnreachable

    screen, left = Screen.chosen(ctx, lang, no_color=no_color), count
    with connected(screen, session, purpose) as connection:
        while left is None or left > 0:
            try:
                for one in connection.client.events("/v1/events/stream", after=after, **asked):
                    if not one.data:
                        continue
                    after = int(one.id)
                    _print(screen, json.loads(one.data), is_json)
                    left = None if left is None else left - 1
                    if left == 0:
                        return
            except ServiceUnreachable as gone:
                # A stream ends by itself now and then; a service that is away comes back.
                screen.err.print(Text(gone.message(screen.language), style="dim"))
                time.sleep(_AGAIN_SECONDS)


_AFTER: Final = {"after": (AfterOption, 0), **filter_options(EVENT_FILTERS)}
_COMMON: Final = {
    "purpose": (PurposeOption, ""),
    "session": (SessionOption, None),
    "lang": (LangOption, None),
    "no_color": (NoColorOption, False),
    "is_json": (JsonOption, False),
}

listed = typed(_listed, {**_AFTER, "limit": (LimitOption, 50), **_COMMON})
follow = typed(_follow, {**_AFTER, "count": (CountOption, None), **_COMMON})


def wait(
    ctx: typer.Context,
    id: Annotated[str, typer.Argument(metavar="OPERATION", help="An operation 业务请求编号.")],
    seconds: Annotated[int, typer.Option("--seconds", min=1, help="At most 上限.")] = 60,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Wait for the end of an operation: status 0 once it took effect, 1 otherwise 等待办结."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    with connected(screen, session) as connection:
        operation = await_end(connection.client, id, seconds)
    show_operation(screen, operation, is_json=is_json)
    end_with(operation)
    if not ended(operation):
        state = in_words("state", operation["state"], screen.language, of="operations")
        screen.complain(screen.say("still_waiting", state=state))
        raise typer.Exit(DIFFERENT)


def _print(screen: Screen, event: Any, is_json: bool) -> None:
    if is_json:
        screen.print_json_line(event)
        return
    values = " ".join(f"{name}={value}" for name, value in event["data"].items())
    head = Text.assemble(
        (str(event["seq"]), "dim"), " ", event["time"], " ", (event["kind"], "bold")
    )
    screen.out.print(head + Text(" " + values), soft_wrap=True)
