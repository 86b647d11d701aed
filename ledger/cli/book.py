"""`fenbook book`: run a scenario book on a fresh chain, or check it against its outcome."""
# ruff: noqa: PLC0415 -- a chain takes seconds to import, and only these commands need one

import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from ledger.cli.options import (
    JsonOption,
    LangOption,
    NoColorOption,
    NodeOption,
    SaveOption,
)
from ledger.cli.outcomes import OutcomeTables, table_of
from ledger.cli.saved import SavedRun, last_run_path
from ledger.cli.screen import DIFFERENT, MISUSED, Screen
from ledger.model.errors.base import LedgerError
from ledger.views import entries

if TYPE_CHECKING:
    from ledger.books import BookRun, Difference

__all__ = ["check", "run"]

BookFile = Annotated[Path, typer.Argument(metavar="FILE", help="A scenario book (JSON) 账簿文件.")]
BookFiles = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE...", help="Scenario books with an outcome (JSON) 附预期结果的账簿文件."
    ),
]


def run(
    ctx: typer.Context,
    file: BookFile,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
    node: NodeOption = None,
    save: SaveOption = None,
) -> None:
    """Run a scenario book on a fresh chain and show what it comes to 在新链上运行账簿."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    with screen.guarded(file):
        done = _run(file, screen, node)
    saved = _saved(done, file)
    _keep(saved, save, screen)
    if is_json:
        screen.print_json(done.outcome)
        return
    refusals = _refusals(saved)
    screen.out.print(OutcomeTables(screen, saved, done.book).drawn(refusals))


def check(
    ctx: typer.Context,
    files: BookFiles,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
    node: NodeOption = None,
) -> None:
    """Compare the outcome of scenario books with what they expect 核对账簿结果."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    status = 0
    report: list[dict[str, Any]] = []
    for file in files:
        found = _checked(file, screen, node)
        if found is None:
            status = MISUSED
            continue
        steps, differences = found
        status = max(status, DIFFERENT if differences else 0)
        report.append(_reported(file, differences))
        if not is_json:
            _show(file, steps, differences, screen)
    if is_json:
        screen.print_json(report)
    raise typer.Exit(status)


# ---- private


def _run(file: Path, screen: Screen, url: str | None) -> "BookRun":
    from ledger import books
    from ledger.chain.node import Node

    book = books.load(file)
    node = None if url is None else Node.connect(url, secrets.token_bytes(32))
    with _progress(screen, str(book.get("name", file.name))) as heard:
        return books.run(book, node=node, progress=heard)


@contextmanager
def _progress(screen: Screen, name: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error while a book runs, where somebody watches."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, console=screen.err, transient=True, disable=not screen.err.is_terminal)
    with bar:
        task = bar.add_task(screen.say("running", name=name), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _saved(done: "BookRun", file: Path) -> SavedRun:
    titles = {party["id"]: str(party.get("name", party["id"])) for party in done.book["parties"]}
    ledger = done.ledger
    return SavedRun(
        book=str(done.book.get("name", file.stem)),
        second=ledger.now,
        outcome=done.outcome,
        parties={name: (party.id, titles[name]) for name, party in done.parties.items()},
        vouchers=dict(done.vouchers),
        payables=dict(done.payables),
        loans=dict(done.loans),
        events=tuple(entries(ledger.events(), ledger.node.block_second)),
    )


def _keep(saved: SavedRun, path: Path | None, screen: Screen) -> None:
    """Save a run. Where nobody named a file, a full or locked home is no reason to fail."""
    target = path or last_run_path(os.environ)
    try:
        saved.save(target)
    except OSError as failure:
        problem = failure.strerror or str(failure)
        if path is not None:
            screen.fail(
                screen.say("not_written", path=target, problem=problem), screen.say("check_path")
            )
        screen.complain(screen.say("not_saved", path=target, problem=problem))


def _refusals(saved: SavedRun) -> list[LedgerError | None]:
    """Why each refused step was refused: what the relay recorded, in the order of the steps."""
    from ledger.chain.codec import decode_refusal

    recorded = [decode_refusal(one.reason) for one in saved.projection().state.refused]
    codes = [entry["code"] for entry in saved.outcome["refused"]]
    if [one.code if one else "" for one in recorded] == codes:
        return recorded
    return [None] * len(codes)


def _checked(file: Path, screen: Screen, url: str | None) -> tuple[int, list["Difference"]] | None:
    """Steps and differences of a book; None where it cannot be used, which is said."""
    from ledger import books

    try:
        with screen.guarded(file):
            book = books.load(file)
            if "expect" not in book:
                next_step = screen.say("add_expect", file=file)
                screen.fail(screen.say("no_expect", file=file), next_step)
            done = _run(file, screen, url)
    except typer.Exit:
        return None
    return len(done.book["steps"]), books.differences(book["expect"], done.outcome)


def _reported(file: Path, differences: list["Difference"]) -> dict[str, Any]:
    found = [{"path": one.path, "expected": one.expected, "got": one.actual} for one in differences]
    return {"file": str(file), "equal": not differences, "differences": found}


def _show(file: Path, steps: int, differences: list["Difference"], screen: Screen) -> None:
    if not differences:
        mark = Text("✓ ", style="bold green")
        screen.out.print(mark + Text(screen.say("equal", file=file, steps=steps)), soft_wrap=True)
        return
    mark = Text("✗ ", style="bold red")
    count = len(differences)
    screen.out.print(mark + Text(screen.say("different", file=file, count=count)), soft_wrap=True)
    table = table_of("", *(screen.say(key) for key in ("path", "expected", "got")))
    for one in differences:
        table.add_row(one.path, *(_value(value, screen) for value in (one.expected, one.actual)))
    screen.out.print(table)


def _value(value: object, screen: Screen) -> Text:
    if value is None:
        return Text(screen.say("nothing_there"), style="dim")
    return Text(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
