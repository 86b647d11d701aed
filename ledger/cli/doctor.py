"""`fenbook doctor`: look a service over, and say what is wrong with it."""
# ruff: noqa: PLC0415 -- a database and a chain take seconds to import

import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import typer
from rich.table import Table
from rich.text import Text

from ledger.cli.options import JsonOption, LangOption, NoColorOption
from ledger.cli.screen import DIFFERENT, Screen
from ledger.cli.settled import SettingsOption, settled
from ledger.model.cells import cell_text
from ledger.model.heads import head

__all__ = ["doctor"]

_MARKS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {"ok": ("✓", "green"), "look": ("!", "yellow"), "wrong": ("✗", "bold red")}
)


def doctor(
    ctx: typer.Context,
    settings: SettingsOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Look a service over: settings, files, database, nodes, code; status 1 if wrong 体检."""
    from ledger.service.running.doctor import Finding, State, look_over
    from ledger.service.running.settings import settings_from

    screen = Screen.chosen(ctx, lang, no_color=no_color)
    found: list[Finding] = []
    with screen.guarded():
        settled(settings)
        chosen = settings_from(os.environ)
        for one in look_over(chosen, os.environ, embedded=_evaluation(chosen)):
            found.append(one)
            if not is_json:
                screen.out.print(_line(screen, one))
    if is_json:
        screen.print_json(
            [{"check": one.check, "state": one.state.value, **one.facts} for one in found]
        )
    if any(one.state is State.WRONG for one in found):
        raise typer.Exit(DIFFERENT)


def _evaluation(settings: Any) -> Any:
    """The chain of an evaluation that has begun; a look begins none."""
    from ledger.service.running import evaluation
    from ledger.store.cursor import setting
    from ledger.store.database import Database

    def made() -> Any:
        database = Database.open(url)
        try:
            found = evaluation.reopened(database)
            assert found is not None
            return found.endpoint, found.deployment
        finally:
            database.close()

    url = settings.database.get_secret_value()
    if not settings.is_evaluation or not Database.has_begun(url):
        return None
    database = Database.open(url)
    try:
        if not database.revision:
            return None
        with database.reading() as connection:
            has_begun = setting(connection, "evaluation_deployment") is not None
        return made if has_begun else None
    finally:
        database.close()


def _line(screen: Screen, finding: Any) -> Table:
    mark, style = _MARKS[finding.state.value]
    line = Table.grid(padding=(0, 1))
    line.add_column(no_wrap=True)
    line.add_column(no_wrap=True, min_width=12)
    line.add_column(overflow="fold")
    told = dict(finding.facts)
    if finding.refusal is not None:
        told["detail"] = finding.refusal.message(screen.language)
        told["next_step"] = finding.refusal.next_step(screen.language)
    facts = " · ".join(
        f"{head(name, screen.language, of='doctor')} {cell_text(name, value, screen.language)}"
        for name, value in told.items()
        if value != ""
    )
    line.add_row(Text(mark, style=style), Text(screen.say(f"check_{finding.check}")), Text(facts))
    return line
