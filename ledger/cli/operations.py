"""Operations at the command line: how one fares, and waiting for its end."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import typer
from rich.table import Table
from rich.text import Text

from ledger.cli.screen import DIFFERENT, Screen
from ledger.model.code_words import in_words
from ledger.model.heads import head

if TYPE_CHECKING:
    from ledger.cli.client import Client

__all__ = ["await_end", "end_with", "ended", "show_operation"]

_FINAL: Final = ("done", "refused")
_LOOK_SECONDS: Final = 0.5


def ended(operation: Mapping[str, Any]) -> bool:
    """Whether nothing more will become of an operation."""
    return operation["state"] in _FINAL


def end_with(operation: Mapping[str, Any]) -> None:
    """End with status 1 where the operation was refused or set aside."""
    if operation["state"] in ("refused", "parked"):
        raise typer.Exit(DIFFERENT)


def await_end(client: "Client", id_: str, seconds: float) -> Any:
    """An operation at its end, or as it stands when the time is over."""
    limit = time.monotonic() + seconds
    while True:
        operation = client.get(f"/v1/operations/{id_}")
        if ended(operation) or time.monotonic() >= limit:
            return operation
        time.sleep(_LOOK_SECONDS)


def show_operation(screen: Screen, operation: Mapping[str, Any], *, is_json: bool) -> None:
    """How an operation stands, with its refusal and what to do about it."""
    if is_json:
        screen.print_json(operation)
        return
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    for name in ("id", "verb", "state", "block", "digest"):
        if operation.get(name) is not None:
            value = in_words(name, operation[name], screen.language, of="operations")
            table.add_row(Text(head(name, screen.language)), Text(str(value)))
    screen.out.print(table)
    refusal = operation.get("refusal")
    if refusal:
        before = refusal.get("after")
        if before:
            screen.complain(f"{before['code']}: {before['detail']}", before["next_step"])
        screen.complain(f"{refusal['code']}: {refusal['detail']}", refusal["next_step"])
